"""Declared corrections: applied where they hold, recorded always, ended by themselves."""

import pytest

from pipelines.words import UserError
from tests.unit.ingest.world import CASES_NAME, CASES_PATH, World, cases

HEADER = "table,file,record_no,column,old_value,new_value,reason,declared_by,declared_on,expires_on"
LATER = CASES_PATH.replace("20261031", "20261130")


def declare(world: World, *rows: str) -> None:
    """Declare corrections, each written as `record_no column old new`, `-` for nothing."""
    lines = [HEADER]
    for row in rows:
        cells = ["" if cell == "-" else cell for cell in row.split()]
        lines.append(
            f"cases,{CASES_NAME},{','.join(cells)},检查,data_steward,2026-11-01,2027-01-31"
        )
    write(world, "\n".join(lines) + "\n")


def write(world: World, text: str) -> None:
    world.home.reference.mkdir(parents=True, exist_ok=True)
    (world.home.reference / "corrections.csv").write_text(text, encoding="utf-8")


def outcomes(world: World) -> list[tuple[int, str]]:
    world.accept()
    assert world.query("select * from ops.checks where check_id = 'RECEIPTS' and not passed") == []
    return world.query("select line_no, outcome from quarantine.corrections order by line_no")


def persons(world: World) -> list[int | None]:
    return [n for (n,) in world.query("select persons from model.cases order by case_id, persons")]


@pytest.fixture
def office(world: World) -> World:
    world.drop(CASES_PATH, cases("A1,M1,F0101,2026-01-05,2", "A2,M2,F0101,2026-01-06,30"))
    return world


def test_a_correction_counts_and_is_recorded(office):
    declare(office, "2 persons 30 3")
    assert outcomes(office) == [(2, "applied")]
    assert sorted(persons(office)) == [2, 3]
    assert office.query(
        "select passed, failed_count, total_count from ops.checks where check_id = 'CORRECTIONS'"
    ) == [(True, 0, 1)]


def test_what_is_recorded_holds_no_value(office):
    declare(office, "2 persons 30 3")
    outcomes(office)
    columns = [name for name, *_ in office.query("describe quarantine.corrections")]
    assert not {"old_value", "new_value", "reason"} & set(columns)


def test_a_newer_version_that_says_the_same_is_corrected_too(office):
    declare(office, "2 persons 30 3")
    office.drop(LATER, cases("A1,M1,F0101,2026-01-05,2", "A2,M2,F0101,2026-01-06,30"))
    assert outcomes(office) == [(2, "applied")]
    assert sorted(persons(office)) == [2, 3]


def test_a_correction_ends_when_the_source_has_mended_the_record(office):
    declare(office, "2 persons 30 3")
    office.drop(LATER, cases("A1,M1,F0101,2026-01-05,2", "A2,M2,F0101,2026-01-06,4"))
    assert outcomes(office) == [(2, "source_changed")]
    assert sorted(persons(office)) == [2, 4]


def test_a_correction_ends_on_its_last_day(office):
    declare(office, "2 persons 30 3")
    office.drop(CASES_PATH.replace("20261031", "20270201"), cases("A3,M3,F0101,2026-01-05,2"))
    assert outcomes(office) == [(2, "expired")]
    assert 30 in persons(office)


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ("9 persons 30 3", "no_such_record"),
        ("2 persons 31 3", "source_changed"),
        ("2 persons 30 0", "breaks_rule"),
        ("2 registered_at 2026-01-06 1987-01-06", "breaks_rule"),
        ("2 persons 30 -", "applied"),
        ("2 scope_flag - test", "applied"),
        ("2 - current withdrawn", "applied"),
    ],
)
def test_what_becomes_of_a_correction(office, row, outcome):
    declare(office, row)
    assert outcomes(office) == [(2, outcome)]
    assert office.query("select passed from ops.checks where check_id = 'CORRECTIONS'") == [
        (outcome == "applied",)
    ]


def test_a_record_in_quarantine_is_not_corrected(office):
    office.drop(CASES_PATH, cases("A1,M1,F0101,2026-01-05,2", "A2,M2,F0101,2026-01-06,0"))
    declare(office, "2 persons 0 3")
    assert outcomes(office) == [(2, "not_current")]


def test_a_withdrawn_record_is_superseded_by_what_was_declared(office):
    declare(office, "2 - current withdrawn")
    outcomes(office)
    assert persons(office) == [2]
    assert office.query(
        "select records, current_count, superseded_count, quarantined_count from quarantine.fates "
        "where table_name = 'cases'"
    ) == [(2, 1, 1, 0)]


def test_the_file_may_be_named_by_its_id(office):
    receipt = office.build_one()
    declare(office, "2 persons 30 3")
    path = office.home.reference / "corrections.csv"
    write(office, path.read_text(encoding="utf-8").replace(CASES_NAME, receipt.file_id))
    assert outcomes(office) == [(2, "applied")]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("persons", "case_id", "column"),
        ("persons", "matter_key", "column"),
        ("persons", "updated_at", "column"),
        ("persons", "nonsense", "column"),
        (",30,", ",many,", "old_value"),
        (",3,", ",3.5,", "new_value"),
        ("cases,", "offices,", "table"),
        ("data_steward", "王五", "declared_by"),
        ("检查", " ", "reason"),
        ("2026-11-01", "soon", "declared_on"),
        ("2027-01-31", "2026-10-31", "expires_on"),
        (",2,persons", ",two,persons", "record_no"),
        ("record_no", "record", "-"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_without_what_it_says(office, old, new, column):
    declare(office, "2 persons 30 3")
    path = office.home.reference / "corrections.csv"
    write(office, path.read_text(encoding="utf-8").replace(old, new, 1))
    with pytest.raises(UserError) as caught:
        office.accept()
    assert caught.value.facts["column"] == column
    assert "王五" not in str(caught.value)


def test_one_column_of_a_record_is_corrected_once(office):
    declare(office, "2 persons 30 3", "2 persons 30 4")
    with pytest.raises(UserError) as caught:
        office.accept()
    assert caught.value.facts["line"] == 3
