"""Export, repair, replay, run: the repaired rows count, once, and nothing is lost."""

from pathlib import Path

import pytest

from pipelines.words import UserError
from tests.unit.ingest.world import CASES_NAME, CASES_PATH, GOOD_ROW, STEPS_NAME, World, cases
from tests.unit.returns.office import Row, export, repair, rows, send_in

BAD_DATE = "A2,M2,F0101,昨天,2"
ZERO = "A3,M3,F0101,2026-01-06 09:00:00,0"
PERSONS, REGISTERED = 8, 7  # places in a returned row: four columns of ours come first


def identity(world: World) -> None:
    """Records = current + superseded + duplicate + quarantined, for every file."""
    sums = "current_count + superseded_count + duplicate_count + quarantined_count"
    assert world.query(f"select * from quarantine.fates where records <> {sums}") == []


def current(world: World) -> list[tuple[object, ...]]:
    return world.query("select persons from model.cases order by registered_at, persons")


@pytest.fixture
def returned(world: World, tmp_path: Path) -> Path:
    world.drop(CASES_PATH, cases(GOOD_ROW, BAD_DATE, ZERO))
    world.judge()
    (made,) = export(world, tmp_path / "returns")
    ((path, count),) = made.workbooks
    assert count == 2
    return path


def mended(row: Row) -> Row:
    if row[REGISTERED] == "昨天":
        row[REGISTERED] = "2026-01-05 10:00:00"
    if row[PERSONS] == "0":
        row[PERSONS] = "7"
    return row


def test_repaired_rows_become_current_and_old_refusals_stay(world: World, returned: Path):
    before = world.query("select * from quarantine.records order by all")
    repair(returned, mended)
    (sent,) = send_in(world, returned)
    assert (sent.records, sent.is_new) == (2, True)
    world.judge()
    identity(world)
    assert current(world) == [(2,), (2,), (7,)]
    assert set(before) <= set(world.query("select * from quarantine.records order by all"))


def test_the_correction_is_of_the_same_office_and_day(world: World, returned: Path):
    repair(returned, mended)
    send_in(world, returned)
    world.judge()
    query = "select sender_id, source, cast(as_of as date), count(*) from ops.files group by all"
    ((sender, source, _, count),) = world.query(query)
    assert (sender, source, count) == ("F01", "case_register", 2)
    first, second = world.query("select as_of from ops.files order by as_of")
    assert first < second


def test_the_same_workbook_again_changes_nothing(world: World, returned: Path):
    repair(returned, mended)
    send_in(world, returned)
    world.judge()
    after = world.query("select * from quarantine.fates order by all")
    (again,) = send_in(world, returned)
    assert not again.is_new
    world.judge()
    assert world.query("select * from quarantine.fates order by all") == after


def test_what_was_repaired_is_not_returned_again(world: World, returned: Path, tmp_path: Path):
    repair(returned, mended)
    send_in(world, returned)
    world.judge()
    (made,) = export(world, tmp_path / "second")
    assert made.workbooks == []


def test_what_is_still_wrong_comes_back_as_a_row_of_the_correction(
    world: World, returned: Path, tmp_path: Path
):
    send_in(world, returned)  # nothing was mended
    world.judge()
    identity(world)
    (made,) = export(world, tmp_path / "second")
    ((second, count),) = made.workbooks
    assert count == 2
    repair(second, mended)
    send_in(world, second)
    world.judge()
    identity(world)
    assert current(world) == [(2,), (2,), (7,)]


def test_a_repair_may_be_repaired(world: World, returned: Path):
    repair(returned, mended)
    send_in(world, returned)
    repair(returned, lambda row: [*row[:PERSONS], "9"] if row[PERSONS] == "7" else row)
    (sent,) = send_in(world, returned)
    assert sent.is_new
    world.judge()
    identity(world)
    assert current(world) == [(2,), (2,), (9,)]


def test_two_versions_of_one_record_are_settled_by_the_office(world: World, tmp_path: Path):
    twins = ("A1,M1,F0101,2026-01-05 09:00:00,2", "A1,M1,F0101,2026-01-05 09:00:00,3")
    world.drop(CASES_PATH, cases(*twins))
    world.judge()
    assert current(world) == []
    (made,) = export(world, tmp_path / "returns")
    ((path, count),) = made.workbooks
    assert count == 2
    repair(path, lambda row: row if row[PERSONS] == "3" else None)
    send_in(world, path)
    world.judge()
    identity(world)
    assert current(world) == [(3,)]


def test_an_orphan_is_returned_and_can_be_repaired(world: World, tmp_path: Path):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    world.drop(f"step_log/{STEPS_NAME}", "信访编号,步骤序号,步骤,时间\nZZ,1,受理,2026-01-07\n")
    world.judge()
    (made,) = export(world, tmp_path / "returns")
    ((path, _),) = made.workbooks
    assert rows(path)[1][1:5] == ["2", "信访编号", "所指的记录不存在", "ZZ"]
    repair(path, lambda row: [*row[:4], "A1", *row[5:]])
    send_in(world, path)
    world.judge()
    identity(world)
    assert world.query("select event_type from model.case_events where event_type = 'accept'")


def test_a_correction_wins_over_nothing_that_was_extracted_later(world: World, returned: Path):
    repair(returned, mended)
    later = CASES_NAME.replace("20261031", "20261130")
    world.drop(f"case_register/{later}", cases(GOOD_ROW, "A3,M3,F0101,2026-01-06 09:00:00,5"))
    send_in(world, returned)
    world.judge()
    identity(world)
    assert current(world) == [(2,), (2,), (5,)]


def test_a_workbook_that_was_not_sent_out_is_refused(world: World, returned: Path, tmp_path: Path):
    repair(returned, lambda row: ["0123-1", *row[1:]])
    with pytest.raises(UserError, match="not a workbook that was sent out"):
        send_in(world, returned)
    with pytest.raises(UserError, match=r"no \.xlsx"):
        send_in(world, tmp_path / "absent")
    assert not list(world.home.inbox.rglob("更正*"))


def test_of_several_workbooks_all_are_taken_or_none(world: World, returned: Path):
    (returned.parent / "z.xlsx").write_bytes(b"PK")
    with pytest.raises(UserError):
        send_in(world, returned.parent)
    assert not list(world.home.inbox.rglob("更正*"))
