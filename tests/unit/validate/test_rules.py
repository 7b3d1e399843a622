"""Every rule of every fed table: a row that breaks it and one, just beside it, that does not.

All examples land together and are judged once. What a row does not say is sound. The rules of the
order of steps, which need several rows to say anything, are in `test_event_order.py`.
"""

from collections.abc import Iterator

import pytest

from pipelines.contract import Scope
from pipelines.validate.rules import UNIQUE, fed_tables, rule_table
from tests.unit.validate.example import Example
from tests.unit.validate.rule_examples import COMPANY_EXAMPLES, add_company
from tests.unit.validate.system_examples import SYSTEM_EXAMPLES
from tests.unit.validate.world import TABLES, World

OF_MANY = {Scope.TOTAL, Scope.SENDER}  # see test_totals.py and test_senders.py
IN_OTHER_TESTS = {UNIQUE, "V05", "V06", "V10", "V11E", "V13", "V13D", "V14", "V14W", "V15"} | {
    *("V16", "V17", "V18", "V19", "V20", "V21")
}


EXAMPLES = [
    Example("cases", "REQUIRED:office_id", "E_REQUIRED error", "office_id=", "office_id=F01"),
    Example("cases", "REQUIRED:registered_at", "E_REQUIRED error", "registered_at=", ""),
    *(
        Example(
            "cases", f"V02:{name}", "W_ENUM_UNKNOWN warning", f"{name}=a word", f"{name}={code}"
        )
        for name, code in (
            ("channel", "unknown"),
            ("purpose", "consult"),
            ("content_code", "land"),
            ("tier_received", ""),
            ("scope_flag", "test"),
        )
    ),
    *(
        Example("cases", f"V02:{name}", "E_ENUM_UNKNOWN error", f"{name}=fortnight", f"{name}=day")
        for name in ("registered_precision", "due_precision")
    ),
    Example(
        "cases",
        "V03",
        "E_DATE_RANGE error",
        "registered_at=1989-12-31 23:59:59",
        "registered_at=1990-01-01 00:00:00",
    ),
    Example(
        "cases",
        "V03F",
        "E_FUTURE error",
        "registered_at=2024-06-30 12:00:01, as_of=2024-06-30 12:00:00",
        "registered_at=2024-06-30 12:00:00, as_of=2024-06-30 12:00:00",
    ),
    Example(
        "cases",
        "V04U",
        "E_FUTURE error",
        "updated_at=2024-06-30 12:00:01, as_of=2024-06-30 12:00:00",
        "updated_at=2024-06-30 12:00:00, as_of=2024-06-30 12:00:00",
    ),
    Example("cases", "V23", "E_NUM_RANGE error", "persons=0", "persons=1"),
    Example("cases", "V23", "E_NUM_RANGE error", "persons=5001", "persons=5000"),
    Example("cases", "V23", "E_NUM_RANGE error", "persons=-1", "persons="),
    Example("cases", "V29", "E_REGION_UNKNOWN error", "region_code=123456", "region_code=990102"),
    Example("cases", "V29", "E_REGION_UNKNOWN error", "region_code=99010", "region_code=990100"),
    Example("cases", "V29N", "E_REGION_UNCLEAR error", "region_code=?甲", "region_code=990100"),
    Example("cases", "V29", "E_REGION_UNKNOWN error", "region_code=甲区", "region_code="),
    Example(
        "cases",
        "V29X",
        "E_REGION_EXPIRED error",
        "region_code=990103, registered_at=2011-02-06 00:00:00",
        "region_code=990103, registered_at=2011-02-05 23:59:59",
    ),
    Example(
        "cases",
        "V29W",
        "W_REGION_MISMATCH warning",
        "region_code=990103, registered_at=2010-01-01 00:00:00",
        "region_code=990103, registered_at=2009-12-31 23:59:59",
    ),
    Example(
        "cases",
        "V29R",
        "W_REGION_RECODED warning",
        "region_code=990104, registered_at=2009-12-31 23:59:59",
        "region_code=990104, registered_at=2010-01-01 00:00:00",
    ),
    Example("cases", "V33V", "W_ORPHAN warning", "visit_id=nowhere", "visit_id=v1"),
    Example("case_events", "REQUIRED:case_id", "E_REQUIRED error", "case_id=", ""),
    Example("case_events", "REQUIRED:event_type", "E_REQUIRED error", "event_type=", ""),
    Example("case_events", "REQUIRED:event_at", "E_REQUIRED error", "event_at=", ""),
    Example(
        "case_events",
        "V02:event_type",
        "E_ENUM_UNKNOWN error",
        "event_type=ponder",
        "event_type=urge",
    ),
    Example(
        "case_events", "V02:at_precision", "E_ENUM_UNKNOWN error", "at_precision=h", "at_precision="
    ),
    Example(
        "case_events",
        "V02:conclusion",
        "W_ENUM_UNKNOWN warning",
        "conclusion=maybe",
        "conclusion=upheld",
    ),
    Example(
        "case_events", "V02:opinion", "W_ENUM_UNKNOWN warning", "opinion=maybe", "opinion=support"
    ),
    Example(
        "case_events",
        "V04",
        "E_FUTURE error",
        "event_at=2024-06-30 12:00:01, as_of=2024-06-30 12:00:00",
        "event_at=2024-06-30 12:00:00, as_of=2024-06-30 12:00:00",
    ),
    Example(
        "case_events",
        "V12",
        "E_NUM_RANGE error",
        "event_type=extend, extension_days=0",
        "event_type=extend, extension_days=1",
    ),
    Example("case_events", "V12", "E_NUM_RANGE error", "event_type=extend", "event_type=handle"),
    Example("case_events", "V33", "E_ORPHAN error", "case_id=nobody", "case_id=c1"),
    Example("leader_visits", "REQUIRED:visit_on", "E_REQUIRED error", "visit_on=", ""),
    Example("leader_visits", "REQUIRED:region_code", "E_REQUIRED error", "region_code=", ""),
    Example("leader_visits", "REQUIRED:tier", "E_REQUIRED error", "tier=", ""),
    Example("leader_visits", "V02:tier", "W_ENUM_UNKNOWN warning", "tier=street", "tier=village"),
    Example("leader_visits", "V02:mode", "W_ENUM_UNKNOWN warning", "mode=fly_by", "mode=reception"),
    Example("leader_visits", "V02:status", "W_ENUM_UNKNOWN warning", "status=so", "status=moved"),
    Example(
        "leader_visits",
        "V02:on_precision",
        "E_ENUM_UNKNOWN error",
        "on_precision=w",
        "on_precision=",
    ),
    Example(
        "leader_visits",
        "V37",
        "E_FUTURE error",
        "visit_on=2025-01-01, status=held",
        "visit_on=2024-12-31, status=held",
    ),
    Example(
        "leader_visits",
        "V37",
        "E_FUTURE error",
        "visit_on=2025-02-01, status=held",
        "visit_on=2025-02-01, status=planned",
    ),
    Example(
        "leader_visits", "V23V", "E_NUM_RANGE error", "leaders_present=-1", "leaders_present=0"
    ),
    Example(
        "leader_visits", "V29", "E_REGION_UNKNOWN error", "region_code=0", "region_code=990100"
    ),
    Example(
        "leader_visits", "V29N", "E_REGION_UNCLEAR error", "region_code=?甲", "region_code=990100"
    ),
    Example(
        "leader_visits",
        "V29X",
        "E_REGION_EXPIRED error",
        "region_code=990103, visit_on=2011-02-06",
        "region_code=990103, visit_on=2011-02-05",
    ),
    Example(
        "leader_visits",
        "V29W",
        "W_REGION_MISMATCH warning",
        "region_code=990103, visit_on=2010-01-01",
        "region_code=990103, visit_on=2009-12-31",
    ),
    Example(
        "leader_visits",
        "V29R",
        "W_REGION_RECODED warning",
        "region_code=990104, visit_on=2009-12-31",
        "region_code=990104, visit_on=2010-01-01",
    ),
    Example("visit_announcements", "REQUIRED:visit_id", "E_REQUIRED error", "visit_id=", ""),
    Example(
        "visit_announcements", "REQUIRED:announced_on", "E_REQUIRED error", "announced_on=", ""
    ),
    Example("visit_announcements", "V02:medium", "W_ENUM_UNKNOWN warning", "medium=gong", ""),
    Example(
        "visit_announcements",
        "V04A",
        "E_FUTURE error",
        "announced_on=2025-01-01, visit_id=vague",
        "announced_on=2024-12-31, visit_id=vague",
    ),
    Example("visit_announcements", "V33", "E_ORPHAN error", "visit_id=nowhere", "visit_id=v1"),
    Example(
        "visit_announcements",
        "V38",
        "W_ORDER warning",
        "announced_on=2024-03-02",
        "announced_on=2024-03-01",
    ),
    Example("receptions", "REQUIRED:received_at", "E_REQUIRED error", "received_at=", ""),
    Example("receptions", "REQUIRED:persons", "E_REQUIRED error", "persons=", ""),
    Example("receptions", "V02:tier", "W_ENUM_UNKNOWN warning", "tier=street", "tier=county"),
    Example("receptions", "V02:outcome", "W_ENUM_UNKNOWN warning", "outcome=so", "outcome=solved"),
    Example(
        "receptions", "V02:received_precision", "E_ENUM_UNKNOWN error", "received_precision=h", ""
    ),
    Example(
        "receptions",
        "V04R",
        "E_FUTURE error",
        "received_at=2025-01-01 00:00:00",
        "received_at=2024-12-31 23:59:59",
    ),
    Example("receptions", "V23R", "E_NUM_RANGE error", "persons=0", "persons=1"),
    Example("receptions", "V23R", "E_NUM_RANGE error", "persons=5001", "persons=5000"),
    Example(
        "receptions",
        "V27",
        "E_CONSISTENCY error",
        "problems=2, solved_on_spot=3",
        "problems=2, solved_on_spot=2",
    ),
    Example("receptions", "V27", "E_CONSISTENCY error", "problems=0", "problems=1"),
    Example("receptions", "V27", "E_CONSISTENCY error", "solved_on_spot=-1", "solved_on_spot=0"),
    Example(
        "receptions",
        "V28",
        "E_CONSISTENCY error",
        "visit_id=v1, received_at=2024-03-02 00:00:00",
        "visit_id=v1, received_at=2024-03-01 23:59:59",
    ),
    Example(
        "receptions",
        "V28",
        "E_CONSISTENCY error",
        "visit_id=v1, received_at=2024-02-29 09:00:00",
        "visit_id=vague, received_at=2024-02-29 09:00:00",
    ),
    Example("receptions", "V29", "E_REGION_UNKNOWN error", "region_code=0", "region_code="),
    Example("receptions", "V29N", "E_REGION_UNCLEAR error", "region_code=?甲", "region_code="),
    Example(
        "receptions",
        "V29X",
        "E_REGION_EXPIRED error",
        "region_code=990103, received_at=2011-02-06 00:00:00",
        "region_code=990103, received_at=2011-02-05 23:59:59",
    ),
    Example(
        "receptions",
        "V29W",
        "W_REGION_MISMATCH warning",
        "region_code=990103, received_at=2010-01-01 00:00:00",
        "region_code=990103, received_at=2009-12-31 23:59:59",
    ),
    Example(
        "receptions",
        "V29R",
        "W_REGION_RECODED warning",
        "region_code=990104, received_at=2009-12-31 23:59:59",
        "region_code=990104, received_at=2010-01-01 00:00:00",
    ),
    Example("receptions", "V33V", "W_ORPHAN warning", "visit_id=nowhere", "visit_id="),
    Example("receptions", "V33C", "W_ORPHAN warning", "case_id=nobody", "case_id=c1"),
    Example("evaluations", "REQUIRED:case_id", "E_REQUIRED error", "case_id=", ""),
    Example("evaluations", "REQUIRED:asked_at", "E_REQUIRED error", "asked_at=", ""),
    Example("evaluations", "V02:target", "W_ENUM_UNKNOWN warning", "target=moon", "target=unknown"),
    Example("evaluations", "V02:method", "W_ENUM_UNKNOWN warning", "method=owl", "method=sms"),
    Example("evaluations", "V02:rating", "W_ENUM_UNKNOWN warning", "rating=5", "rating=satisfied"),
    Example(
        "evaluations",
        "V04E",
        "E_FUTURE error",
        "asked_at=2025-01-01 00:00:00",
        "asked_at=2024-12-31 23:59:59",
    ),
    Example(
        "evaluations",
        "V04E",
        "E_FUTURE error",
        "answered_at=2025-01-01 00:00:00",
        "answered_at=2024-12-31 23:59:59",
    ),
    Example(
        "evaluations",
        "V11",
        "E_ORDER error",
        "asked_at=2024-02-02 09:00:00, answered_at=2024-02-01 10:00:00",
        "asked_at=2024-02-01 09:00:00, answered_at=2024-02-01 00:00:00",
    ),
    Example("evaluations", "V33", "E_ORPHAN error", "case_id=nobody", "case_id=c1"),
    *(
        Example(name, f"V01:{table.key[0]}", "E_REQUIRED error", f"{table.key[0]}=", "")
        for name, table in fed_tables(TABLES).items()
    ),
    *SYSTEM_EXAMPLES,
    *COMPANY_EXAMPLES,
]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Submission `c1`, visit `v1` of 1 March 2024, `vague` of that month, letter `l1`; examples."""
    world = World()
    world.land("cases")
    world.land("leader_visits")
    world.land("leader_visits", "visit_id | on_precision", "vague | month")
    world.land("court_petitions")
    add_company(world)
    for number, example in enumerate(EXAMPLES):
        for name in ("bad", "good"):
            given = dict(pair.split("=") for pair in getattr(example, name).split(", ") if pair)
            row = {TABLES[example.table].key[0]: f"{name}{number}"} | given
            row["file_id"] = f"{name}{number}"
            world.land(example.table, " | ".join(row), " | ".join(row.values()))
    world.accept()
    yield world
    world.con.close()


@pytest.mark.parametrize(
    ("number", "example"),
    list(enumerate(EXAMPLES)),
    ids=[f"{example.table} {example.rule} {example.bad}" for example in EXAMPLES],
)
def test_a_bad_row_breaks_its_rule_and_the_row_beside_it_does_not(world, number, example):
    reasons = world.reasons(example.table)
    assert f"bad{number} 1 {example.rule} {example.verdict}" in reasons
    assert [r for r in reasons if r.split()[:3:2] == [f"good{number}", example.rule]] == []


def test_only_errors_take_a_row_out(world):
    for table in fed_tables(TABLES):
        out = {
            reason.split()[0] for reason in world.reasons(table) if reason.split()[-1] == "error"
        }
        landed = set(world.show(f"landing.{table}", "file_id"))
        assert set(world.current(table, "file_id")) == landed - out


def test_every_rule_has_an_example():
    rules = {
        (table.name, rule.id)
        for table in fed_tables(TABLES).values()
        for rule in rule_table(table)
        if rule.scope not in OF_MANY and rule.id not in IN_OTHER_TESTS
    }
    assert rules == {(example.table, example.rule) for example in EXAMPLES}


def test_the_count_of_each_check_is_the_number_of_records_quarantined_under_it(world):
    for table in fed_tables(TABLES).values():
        for rule in rule_table(table):
            if rule.scope in OF_MANY:
                continue
            severity, passed, failed, _ = world.check(rule.id, table.name)
            listed = [r for r in world.reasons(table.name) if r.split()[2] == rule.id]
            assert (severity, passed, failed) == (rule.severity, not listed, len(listed))


def test_rules_of_a_table_have_ids_and_words_of_their_own():
    for table in TABLES.values():
        ids = [rule.id for rule in rule_table(table)]
        assert len(ids) == len(set(ids))
        for rule in rule_table(table):
            assert rule.words.zh
            assert rule.words.en
            assert "{" not in rule.words.zh + rule.words.en
