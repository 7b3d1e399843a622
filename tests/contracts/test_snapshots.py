"""Lists of what is open: a closing is an absence, known to an interval and never invented."""

from pathlib import Path

import pytest

from tests.unit.ingest.world import World

MAPPING = Path(__file__).parent / "mappings" / "open_list.yml"
STEPS = (
    "select c.registered_at::date::varchar, event_type, event_after_at::date::varchar, "
    "event_at::date::varchar from model.case_events join model.cases as c using (case_id) "
    "order by all"
)


@pytest.fixture
def office(world: World) -> World:
    world.mapping(MAPPING.read_text(encoding="utf-8"), "open_list")
    return world


def send(office: World, day: str, *rows: str, sender: str = "F01") -> None:
    """Send the list of a day of 2026; a row is a number and, where it is told, a registration."""
    lines = [f"{number},F01,{on}," for number, _, on in (row.partition(" ") for row in rows)]
    month, day = day.split("-")
    text = "\n".join(("编号,机构,登记日期,人次", *lines)) + "\n"
    office.drop(f"{sender}_未结清单_2026{month}{day}.csv", text)


def steps(office: World) -> list[str]:
    """Steps as `registered type after at`, of the days only."""
    office.accept()
    assert office.query("select * from ops.checks where check_id = 'RECEIPTS' and not passed") == []
    return [" ".join(cell or "-" for cell in row) for row in office.query(STEPS)]


def test_a_submission_that_is_no_longer_listed_was_closed_between_the_two_lists(office):
    send(office, "01-31", "1 2026-01-05", "2 2026-01-06")
    send(office, "02-28", "2 2026-01-06")
    assert steps(office) == [
        "2026-01-05 close 2026-01-31 2026-02-28",
        "2026-01-05 register - 2026-01-05",
        "2026-01-06 register - 2026-01-06",
    ]


def test_a_month_without_a_list_closes_nothing_and_widens_the_interval(office):
    send(office, "01-31", "1 2026-01-05", "2 2026-01-06")
    send(office, "04-30", "2 2026-01-06")
    assert "2026-01-05 close 2026-01-31 2026-04-30" in steps(office)


def test_a_late_list_narrows_the_interval(office):
    send(office, "01-31", "1 2026-01-05", "2 2026-01-06")
    send(office, "04-30", "2 2026-01-06")
    office.accept()
    send(office, "02-28", "1 2026-01-05", "2 2026-01-06")
    assert "2026-01-05 close 2026-02-28 2026-04-30" in steps(office)


def test_a_list_of_another_office_closes_nothing(office):
    send(office, "01-31", "1 2026-01-05")
    send(office, "02-28", "1 2026-02-05", sender="F02")
    assert [step for step in steps(office) if "close" in step] == []


def test_two_lists_of_one_moment_are_one(office):
    send(office, "01-31", "1 2026-01-05", "2 2026-01-06")
    send(office, "02-28", "1 2026-01-05")
    office.drop("part2/F01_未结清单_20260228.csv", "编号,机构,登记日期,人次\n2,F01,2026-01-06,\n")
    assert [step for step in steps(office) if "close" in step] == []


def test_an_empty_list_says_that_nothing_is_open(office):
    send(office, "01-31", "1 2026-01-05")
    send(office, "02-28")
    assert "2026-01-05 close 2026-01-31 2026-02-28" in steps(office)


def test_what_is_listed_again_was_opened_again(office):
    send(office, "01-31", "1 2026-01-05")
    send(office, "02-28")
    send(office, "03-31", "9 2026-03-01")
    send(office, "04-30", "1 2026-01-05")
    assert [step for step in steps(office) if "2026-01-05" in step] == [
        "2026-01-05 close 2026-01-31 2026-02-28",
        "2026-01-05 register - 2026-01-05",
        "2026-01-05 reopen 2026-03-31 2026-04-30",
    ]


def test_a_refused_record_is_listed_all_the_same(office):
    send(office, "01-31", "1 2026-01-05", "2 2026-01-06")
    send(office, "02-28", "1 someday", "2 2026-01-06")
    assert [step for step in steps(office) if "close" in step] == []
    assert office.refusals() == [(1, "registered_at", "E_DATE", "error")]


def test_a_list_with_a_number_that_cannot_be_read_is_no_proof_of_absence(office):
    send(office, "01-31", "1 2026-01-05", "2 2026-01-06")
    send(office, "02-28", " 2026-01-05", "2 2026-01-06")
    assert [step for step in steps(office) if "close" in step] == []
    send(office, "03-31", "2 2026-01-06")
    assert "2026-01-05 close 2026-01-31 2026-03-31" in steps(office)


def test_a_later_list_may_leave_out_the_day_of_registration(office):
    send(office, "01-31", "1 2026-01-05")
    send(office, "02-28", "1", "2 2026-02-05")
    assert steps(office) == ["2026-01-05 register - 2026-01-05", "2026-02-05 register - 2026-02-05"]


def test_without_any_day_of_registration_the_submission_waits_in_quarantine(office):
    send(office, "01-31", "1", "2 2026-01-05")
    assert steps(office) == ["2026-01-05 register - 2026-01-05"]
    assert office.query("select record_no, reason_code from quarantine.records") == [
        (1, "E_REQUIRED")
    ]


def test_open_stock_is_exact_on_the_days_of_the_lists_and_the_interval_is_kept(office):
    send(office, "01-31", "1 2026-01-05", "2 2026-01-06", "3 2026-01-07")
    send(office, "02-28", "2 2026-01-06", "3 2026-01-07", "4 2026-02-02")
    send(office, "03-31", "4 2026-02-02")
    office.accept()
    listed = {"2026-01-31": 3, "2026-02-28": 3, "2026-03-31": 1}
    for day, count in listed.items():
        assert office.query(
            "select count(*) from model.case_timelines where registered_on <= $day and "
            "(closed_on is null or closed_on > $day)".replace("$day", f"date '{day}'")
        ) == [(count,)]
    # In between the answer lies between two counts: open for sure, and not known to be closed.
    assert office.query(
        "select count(*) filter (where coalesce(closed_after_at >= date '2026-02-15', true)), "
        "count(*) from model.case_timelines where registered_on <= date '2026-02-15' "
        "and (closed_on is null or closed_on > date '2026-02-15')"
    ) == [(3, 4)]


def test_a_closed_submission_was_watched_until_the_last_list(office):
    send(office, "01-31", "1 2026-01-05")
    send(office, "02-28", "2 2026-01-06")
    send(office, "03-31", "2 2026-01-06")
    office.accept()
    assert office.query("select distinct seen_until_on::varchar from model.case_timelines") == [
        ("2026-03-31",)
    ]


def test_one_row_that_is_missing_is_no_record_of_its_list(office):
    send(office, "01-31", "1 2026-01-05", "2 2026-01-06")
    send(office, "02-28", "2 2026-01-06")
    office.accept()
    assert office.query(
        "select table_name, records, current_count, superseded_count from quarantine.fates "
        "join ops.files using (file_id, table_name, records) order by as_of, table_name"
    ) == [("cases", 2, 1, 1), ("cases", 1, 1, 0)]
    assert office.query(
        "select sum(records), sum(current_count) from quarantine.fates "
        "where table_name = 'case_events'"
    ) == [(3, 3)]
