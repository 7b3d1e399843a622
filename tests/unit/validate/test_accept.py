"""What becomes of records: versions, duplicates, conflicts, orphans, and the receipts."""

import pytest

from pipelines.validate.accept import acceptance_order
from pipelines.validate.rules import fed_tables
from pipelines.validate.versions import MANY
from tests.unit.validate.world import TABLES, World


@pytest.fixture
def world() -> World:
    return World()


def kind_of(world: World, table: str) -> str:
    ((kind,),) = world.con.execute(
        "select table_type from information_schema.tables "
        "where table_schema = 'model' and table_name = ?",
        [table],
    ).fetchall()
    return kind


def test_a_sound_row_is_current_and_its_receipt_adds_up(world):
    world.land("cases")
    world.accept()
    assert world.current("cases", "case_id file_id record_no sender_id") == ["c1 a 1 F01"]
    assert world.fates("cases") == ["a 1 0 0 0 1"]
    assert world.check("RECEIPTS", "cases") == ("block", True, 0, 1)


def test_an_accepted_table_has_the_contract_then_the_lineage(world):
    world.land("receptions")
    world.accept()
    names = [row[0] for row in world.con.execute("describe model.receptions").fetchall()]
    contract = [column.name for column in TABLES["receptions"].columns]
    assert names == [*contract, "file_id", "record_no", "sender_id", "as_of"]


def test_an_accepted_table_carries_the_comments_of_its_contract(world):
    world.accept()
    ((comment,),) = world.con.execute(
        "select comment from duckdb_columns() "
        "where schema_name = 'model' and table_name = 'cases' and column_name = 'persons'"
    ).fetchall()
    assert comment == "涉及人次 Persons in the submission [人次]"


def test_without_any_file_every_table_is_there_and_empty(world):
    world.accept()
    assert {name: world.current(name) for name in fed_tables(TABLES)} == {
        name: [] for name in fed_tables(TABLES)
    }
    assert world.check("RECEIPTS", "cases") == ("block", True, 0, 0)


def test_tables_are_judged_after_those_that_they_refer_to():
    order = acceptance_order(fed_tables(TABLES))
    assert sorted(order) == sorted(fed_tables(TABLES))
    for early, late in (
        ("leader_visits", "visit_announcements"),
        ("leader_visits", "receptions"),
        ("cases", "case_events"),
        ("cases", "evaluations"),
    ):
        assert order.index(early) < order.index(late)


# Versions


def test_the_last_change_in_the_source_wins(world):
    world.land(
        "cases", "persons | updated_at", "1 | 2024-05-01", "2 | 2024-07-01", "3 | 2024-06-01"
    )
    world.accept()
    assert world.current("cases", "case_id persons") == ["c1 2"]
    assert world.fates("cases") == ["a 1 2 0 0 3"]
    assert world.reasons("cases") == []


def test_a_known_time_of_change_beats_an_unknown_one_even_of_a_later_file(world):
    world.land(
        "cases",
        "file_id | as_of | persons | updated_at",
        "a | 2024-06-30 23:59:59 | 1 | 2024-05-01",
        "b | 2024-12-31 23:59:59 | 2 |",
    )
    world.accept()
    assert world.current("cases", "persons") == ["1"]


def test_of_equal_changes_the_later_extract_wins(world):
    world.land(
        "cases",
        "file_id | as_of | persons",
        "b | 2024-06-30 23:59:59 | 1",
        "a | 2024-12-31 23:59:59 | 2",
    )
    world.accept()
    assert world.current("cases", "persons") == ["2"]
    assert world.fates("cases") == ["a 1 0 0 0 1", "b 0 1 0 0 1"]


def test_an_equal_record_of_the_same_version_is_a_duplicate_and_the_first_place_keeps_it(world):
    world.land("cases", "file_id | record_no", "b | 1", "a | 2", "a | 9")
    world.accept()
    assert world.current("cases", "file_id record_no") == ["a 2"]
    assert world.fates("cases") == ["a 1 0 1 0 2", "b 0 0 1 0 1"]


def test_records_of_one_version_that_disagree_are_all_out_and_none_wins(world):
    world.land("cases", "persons", "1", "2", "2")
    world.land("cases", "case_id | file_id", "c2 | b")
    world.accept()
    assert world.current("cases") == ["c2"]
    assert world.reasons("cases") == [f"a {n} V01 E_DUP_CONFLICT error" for n in (1, 2, 3)]
    assert world.fates("cases") == ["a 0 0 0 3 3", "b 1 0 0 0 1"]
    assert world.check("V01", "cases") == ("error", False, 3, 4)


def test_a_key_of_two_columns_tells_records_apart_by_both(world):
    world.land("leader_visits", "visit_id", "v1", "v2")
    world.land(
        "visit_leaders",
        "leader_post_id | visit_id | tier",
        "p1 | v1 | county",
        "p1 | v2 | county",
        "p2 | v1 | county",
        "p2 | v1 | county",
        "p3 | v1 | county",
        "p3 | v1 | city",
    )
    world.accept()
    assert world.current("visit_leaders", "leader_post_id visit_id") == ["p1 v1", "p1 v2", "p2 v1"]
    assert world.fates("visit_leaders") == ["a 3 0 1 2 6"]


def test_a_conflict_that_a_newer_version_settles_is_only_superseded(world):
    world.land(
        "cases", "persons | updated_at", "1 | 2024-05-01", "2 | 2024-05-01", "3 | 2024-06-01"
    )
    world.accept()
    assert world.current("cases", "persons") == ["3"]
    assert world.fates("cases") == ["a 1 2 0 0 3"]
    assert world.reasons("cases") == []


def test_a_conflict_does_not_bring_an_older_version_back(world):
    world.land(
        "cases", "persons | updated_at", "1 | 2024-04-01", "2 | 2024-05-01", "3 | 2024-05-01"
    )
    world.accept()
    assert world.current("cases") == []
    assert world.fates("cases") == ["a 0 1 0 2 3"]


def test_a_bad_correction_leaves_the_good_record_in_force(world):
    world.land("cases", "persons | updated_at", "1 | 2024-04-01", "0 | 2024-05-01")
    world.accept()
    assert world.current("cases", "persons") == ["1"]
    assert world.fates("cases") == ["a 1 0 0 1 2"]


@pytest.mark.parametrize(("again", "kind"), [(0, "VIEW"), (1, "VIEW"), (50, "BASE TABLE")])
def test_a_table_is_copied_only_where_much_was_replaced(world, again, kind):
    """The rows and receipts are the same; 100 records, then some of them again, one at fault."""
    world.land("cases", "case_id", *(f"c{n}" for n in range(100)))
    world.land("cases", "case_id | updated_at", *(f"c{n} | 2024-05-01" for n in range(again)))
    world.land("cases", "case_id | region_code", "cx | 123456")
    world.accept()
    assert (again / (101 + again) > MANY) == (kind == "BASE TABLE")
    assert kind_of(world, "cases") == kind
    assert world.current("cases") == sorted(f"c{n}" for n in range(100))
    assert world.fates("cases") == [f"a 100 {again} 0 1 {101 + again}"]


def test_in_a_copied_table_too_the_newest_version_is_kept_once_and_a_conflict_not_at_all(world):
    header = "case_id | updated_at | persons"
    world.land("cases", header, *(f"c{n} | 2024-04-01 | 1" for n in range(4)))
    world.land("cases", header, *(f"c{n} | 2024-05-01 | 2" for n in range(3)))
    world.land("cases", header, "c1 | 2024-05-01 | 2", "c2 | 2024-05-01 | 3")
    world.accept()
    assert kind_of(world, "cases") == "BASE TABLE"
    assert world.current("cases", "case_id persons record_no") == ["c0 2 5", "c1 2 6", "c3 1 4"]
    assert world.fates("cases") == ["a 3 3 1 2 9"]


def test_acceptance_can_run_again_and_says_the_same(world):
    world.land("cases", "case_id | persons", "c1 | 1", "c2 | 0")
    world.land("cases", "case_id | updated_at", "c1 | 2024-05-01")
    world.land("case_events")
    world.accept()
    before = (
        world.fates("cases"),
        world.current("cases", "case_id record_no"),
        world.reasons("cases"),
    )
    world.accept()
    assert before == (
        world.fates("cases"),
        world.current("cases", "case_id record_no"),
        world.reasons("cases"),
    )
    assert world.check("V23", "cases") == ("error", False, 1, 3)


# What ingestion refused, codes, receipts


def test_a_record_that_ingestion_refused_is_quarantined_once_and_a_remark_costs_nothing(world):
    world.land("cases")
    world.refuse("cases", 2)
    world.refuse("cases", 1, severity="warning")
    world.accept()
    assert world.reasons("cases") == ["a 1 E_DATE E_DATE warning", "a 2 E_DATE E_DATE error"]
    assert world.fates("cases") == ["a 1 0 0 1 2"]


def test_a_record_that_breaks_two_rules_is_listed_twice_and_counted_once(world):
    world.land("cases", "persons | registered_at", "0 | 1987-01-01")
    world.accept()
    assert world.reasons("cases") == ["a 1 V03 E_DATE_RANGE error", "a 1 V23 E_NUM_RANGE error"]
    assert world.fates("cases") == ["a 0 0 0 1 1"]


def test_a_code_that_no_list_knows_is_kept_as_unknown_with_a_warning(world):
    world.land("cases", "case_id | channel", "c1 | pigeon", "c2 | letter", "c3 |")
    world.accept()
    assert world.current("cases", "case_id channel") == ["c1 unknown", "c2 letter", "c3 -"]
    assert world.reasons("cases") == ["a 1 V02:channel W_ENUM_UNKNOWN warning"]


def test_a_step_of_unknown_type_is_out(world):
    world.land("cases")
    world.land("case_events", "event_type", "levitate")
    world.accept()
    assert world.current("case_events") == []
    assert world.reasons("case_events") == ["a 1 V02:event_type E_ENUM_UNKNOWN error"]


def test_a_lost_record_blocks_publication(world):
    world.land("cases")
    world.con.execute(
        "insert into ops.files (file_id, table_name, sender_id, as_of, records) "
        "values ('a', 'cases', 'F01', timestamp '2024-12-31', 2)"
    )
    world.accept()
    assert world.check("RECEIPTS", "cases") == ("block", False, 1, 1)


# Cascades


def test_what_belongs_to_a_quarantined_submission_is_orphaned_with_it(world):
    world.land("cases", "case_id | persons", "c1 | 0", "c2 | 1")
    world.land("case_events", "event_id | case_id", "e1 | c1", "e2 | c2")
    world.land("evaluations", "evaluation_id | case_id", "q1 | c1", "q2 | c2")
    world.accept()
    assert world.current("case_events") == ["e2"]
    assert world.current("evaluations") == ["q2"]
    assert world.reasons("case_events") == ["a 1 V33 E_ORPHAN error"]
    assert world.reasons("evaluations") == ["a 1 V33 E_ORPHAN error"]


def test_a_quarantined_step_leaves_its_submission(world):
    world.land("cases")
    world.land("case_events", "event_at", "2025-06-01 09:00:00")
    world.accept()
    assert world.current("cases") == ["c1"]
    assert world.reasons("case_events") == ["a 1 V04 E_FUTURE error"]


def test_two_steps_of_one_record_are_told_apart(world):
    """Dates of one submission that ingestion makes into steps: one record, numbered by `seq`."""
    world.land("cases")
    world.land(
        "case_events",
        "event_id | record_no | seq | event_type | event_at",
        "e1 | 1 | 1 | register | 2024-01-01 09:00:00",
        "e2 | 1 | 2 | close | 2023-01-01 09:00:00",
    )
    world.accept()
    assert world.current("case_events") == ["e1"]
    assert world.fates("case_events") == ["a 1 0 0 1 2"]
