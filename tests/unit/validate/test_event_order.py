"""The order of steps (V05, V06, V10): which step is out of order, and which is left alone.

A submission is registered at 09:00 on 10 January 2024 unless the test says otherwise. Steps are
written as `type day time`; one without a time is dated to the day, one without a day to the month.
"""

import duckdb
import pytest

from pipelines.contract import Severity
from pipelines.validate.crossing import prepare
from tests.unit.validate.world import TABLES, World


def faults(*steps: str, registered: str = "10 09:00:00") -> list[str]:
    """The steps that are out, as `rule type`, sorted."""
    con = duckdb.connect()
    con.execute("create schema quarantine; create schema model; create schema ops")
    con.execute(
        "create table ops.files (file_id varchar, table_name varchar, made_from varchar, "
        "source varchar, sender_id varchar)"
    )
    for name in ("cases", "case_events"):
        con.execute(TABLES[name].create_sql(f"model.{name}"))
        con.execute(f"alter table model.{name} add column file_id varchar default 'a'")
        con.execute(f"alter table model.{name} add column record_no bigint")
    con.execute(
        "insert into model.cases (case_id, registered_at, registered_precision) "
        "values ('c1', ?, ?)",
        moment(*registered.split()),
    )
    for number, step in enumerate(steps):
        kind, *when = step.split()
        con.execute(
            "insert into model.case_events "
            "(record_no, case_id, event_type, event_at, at_precision) values (?, 'c1', ?, ?, ?)",
            [number, kind, *moment(*when)],
        )
    prepare(con, TABLES["case_events"], Severity.ERROR)
    listed = con.execute("select rule_id, record_no from quarantine.event_faults")
    return sorted(f"{rule} {steps[number].split()[0]}" for rule, number in listed.fetchall())


def moment(day: str = "", time: str = "") -> tuple[str, str]:
    if time:
        return f"2024-01-{day} {time}", "second"
    return f"2024-01-{day or '01'} 00:00:00", "day" if day else "month"


def test_an_orderly_submission_has_no_fault():
    assert (
        faults(
            "register 10 09:00:00",
            "accept 12 09:00:00",
            "handle 13 09:00:00",
            "reply 20 09:00:00",
            "close 20 09:00:00",
        )
        == []
    )


@pytest.mark.parametrize(
    ("registration", "found"),
    [
        ("10 09:00:00", []),
        ("10 08:59:59", ["V05 register"]),
        ("10 09:00:01", ["V05 register"]),
        ("10", []),
        ("", []),
        ("09", ["V05 register"]),
        ("11", ["V05 register"]),
    ],
)
def test_the_registration_step_is_at_the_time_of_registration(registration, found):
    assert faults(f"register {registration}") == found


def test_a_registration_known_to_the_day_agrees_with_a_step_known_to_the_second():
    assert faults("register 10 17:30:00", registered="10") == []
    assert faults("register 11 00:00:00", registered="10") == ["V05 register"]


@pytest.mark.parametrize(
    ("step", "rule"),
    [
        ("accept", "V10"),
        ("refuse", "V10"),
        ("handle", "V05"),
        ("reply", "V05"),
        ("close", "V06"),
        ("withdraw", "V06"),
        ("terminate", "V06"),
    ],
)
def test_no_step_is_before_registration(step, rule):
    assert faults("register 10 09:00:00", f"{step} 10 08:59:59") == [f"{rule} {step}"]
    assert faults("register 10 09:00:00", f"{step} 10 09:00:00") == []


def test_a_step_dated_to_the_day_of_registration_is_not_before_it():
    assert faults("register 10 09:00:00", "close 10") == []
    assert faults("register 10 09:00:00", "close 09") == ["V06 close"]


def test_a_step_dated_to_the_month_of_registration_is_not_before_it():
    assert faults("register 10 09:00:00", "close") == []


def test_a_reply_before_acceptance_is_out_and_acceptance_stays():
    assert faults("accept 12 09:00:00", "reply 12 08:59:59") == ["V10 reply"]
    assert faults("accept 12 09:00:00", "reply 12 09:00:00") == []
    assert faults("reply 12 09:00:00") == []


def test_only_the_first_acceptance_counts_for_a_reply():
    assert faults("accept 12 09:00:00", "reply 13 09:00:00", "accept 14 09:00:00") == []


def test_a_closing_before_the_reply_is_out_and_the_reply_stays():
    assert faults("reply 15 09:00:00", "close 15 08:59:59") == ["V10 close"]
    assert faults("reply 15 09:00:00", "close 15 09:00:00") == []
    assert faults("close 15 09:00:00") == []


def test_a_withdrawal_before_the_reply_is_in_order():
    assert faults("withdraw 14 09:00:00", "reply 15 09:00:00") == []


@pytest.mark.parametrize("again", ["reopen", "redo"])
def test_a_closing_before_the_reply_is_in_order_where_the_submission_was_opened_again(again):
    assert faults("close 12 09:00:00", f"{again} 13 09:00:00", "reply 15 09:00:00") == []


def test_a_reopening_that_is_out_itself_excuses_nothing():
    assert faults("reopen 01 09:00:00", "close 12 09:00:00", "reply 15 09:00:00") == [
        "V05 reopen",
        "V10 close",
    ]


def test_an_acceptance_that_is_out_accuses_no_reply():
    """The first acceptance is before registration; the second is what the reply is held against."""
    assert faults("accept 09 09:00:00", "reply 11 09:00:00", "accept 12 09:00:00") == [
        "V10 accept",
        "V10 reply",
    ]
    assert faults("accept 09 09:00:00", "reply 11 09:00:00") == ["V10 accept"]


def test_a_reply_that_is_out_accuses_no_closing():
    """The early reply is out, so the closing stands before the second reply and is out as well."""
    assert faults("accept 12 09:00:00", "reply 11 09:00:00", "close 11 10:00:00") == ["V10 reply"]
    assert faults(
        "accept 12 09:00:00", "reply 11 09:00:00", "close 13 09:00:00", "reply 14 09:00:00"
    ) == ["V10 close", "V10 reply"]


def test_a_step_that_is_out_is_quarantined_and_its_submission_stays():
    world = World()
    world.land("cases", "case_id", "c1", "c2")
    world.land(
        "case_events",
        "event_id | case_id | event_type | event_at",
        "e1 | c1 | reply | 2024-02-01 09:00:00",
        "e2 | c2 | close | 2024-01-15 09:00:00",
        "e3 | c2 | close | 2023-12-15 09:00:00",
    )
    world.accept()
    assert world.current("cases") == ["c1", "c2"]
    assert world.current("case_events") == ["e1", "e2"]
    assert world.reasons("case_events") == ["a 3 V06 E_ORDER error"]
    assert world.fates("case_events") == ["a 2 0 0 1 3"]
