"""`petitions source check`: how much of each column could be read, and never a value."""

import openpyxl
import pytest

from pipelines.ingest.check import SourceReport, check_source
from pipelines.words import Lang, UserError
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import World

HEADER = "编号,机构,时间,形式,初次,姓名"
ROWS = """
1,F01,2026-01-05,来信,是,SECRET
2,F01,2026-01-06,来电,,SECRET
,F01,SECRET,来信,是,SECRET
4,F01,2026-01-07,,no,SECRET
5,F01
"""
NAME = "F01_own_20261031.csv"


def check(world: World, content: str, name: str = NAME) -> SourceReport:
    world.mapping(GOOD)
    path = world.drop(name, content)
    return check_source(world.home, world.settings, world.sources["own"], path)


def test_the_report_counts_by_column(world: World):
    report = check(world, HEADER + ROWS)
    assert (report.records, report.refused_count, report.reader) == (5, 2, "careful")
    found = {c.target: (c.filled, c.parsed, [(t.reason, t.count) for t in c.troubles])
             for c in report.columns if c.header}  # fmt: skip
    assert found == {
        "case_id": (3, 3, [("E_REQUIRED", 1)]),
        "office_id": (4, 4, []),
        "registered_at": (4, 3, [("E_DATE", 1)]),
        "channel": (3, 2, [("W_ENUM_UNKNOWN", 1)]),
        "is_first": (3, 3, []),
        "case_events.close": (0, 0, [("W_COLUMN_MISSING", 1)]),
        "–": (4, 4, []),
    }
    assert [t.reason for t in report.columns[-1].troubles] == ["E_RAGGED_SHORT"]
    assert report.has_errors


@pytest.mark.parametrize("lang", list(Lang))
def test_the_rows_for_the_screen_show_shares_and_no_value(world: World, lang: Lang):
    rows = list(check(world, HEADER + ROWS).rows(lang))
    assert rows[2][:3] == ("时间", "registered_at", "75.0%")
    assert "E_DATE" in rows[2][4]
    assert "SECRET" not in str(rows)


def test_a_good_file_has_no_errors(world: World):
    report = check(world, f"{HEADER},备注\n1,F01,2026-01-05,来信,是,x,y\n")
    assert not report.has_errors
    assert [t.reason for t in report.columns[-1].troubles] == ["W_COLUMN_UNKNOWN"]
    assert report.provenance is not None
    assert report.provenance.sender_id == "F01"


def test_columns_that_are_not_listed_are_named_unless_they_name_a_person(world: World):
    report = check(world, f"{HEADER},备注,13812345678,张伟\n1,F01,2026-01-05,来信,是,x,y,z,z\n")
    last = report.columns[-1]
    assert (last.header, [t.count for t in last.troubles]) == ("备注", [3])


def test_what_a_workbook_hides_is_told(world: World):
    world.mapping(GOOD.replace("columns:", "format: {sheet: 登记}\ncolumns:"))
    book = openpyxl.Workbook()
    book.active.append(["封面"])
    sheet = book.create_sheet("登记")
    for row in (HEADER.split(","), *(f"{n},F01,2026-01-05,来信,是,x".split(",") for n in range(3))):
        sheet.append(row)
    sheet.merge_cells("D2:D4")
    book.save(path := world.home.root.parent / "F01_own_20261031.xlsx")
    report = check_source(world.home, world.settings, world.sources["own"], path)
    found = {t.reason: t.count for column in report.columns for t in column.troubles}
    assert found == {"W_COLUMN_MISSING": 1, "W_MERGED": 2, "W_SHEETS_UNREAD": 1}


def test_what_would_refuse_the_file_is_told_all_at_once(world: World):
    report = check(world, "编号,机构\n1,F01\n", "own.csv")
    assert report.refusals == (("F_NAME", "sender"), ("F_HEADER", "时间"))
    assert report.has_errors
    assert all("own.csv" in row[4] for row in report.rows(Lang.ZH))


def test_a_name_that_says_nothing_does_not_keep_the_rows_from_being_tried(world: World):
    report = check(world, f"{HEADER}\n1,F01,2026-01-05,来信,是,x\n", "own.csv")
    assert (report.refusals, report.records) == ((("F_NAME", "sender"),), 1)


def test_nothing_is_kept(world: World):
    check(world, HEADER + ROWS)
    assert [p.name for p in world.home.vault.rglob("*")] == ["tmp"]
    assert not world.home.warehouse.exists()


def test_a_file_that_is_not_there_is_a_sentence(world: World):
    world.mapping(GOOD)
    with pytest.raises(UserError, match=r"nowhere\.csv"):
        check_source(
            world.home, world.settings, world.sources["own"], world.home.root / "nowhere.csv"
        )


def test_examples_show_the_form_and_not_the_content(world: World):
    rows = "张3x,F01,2026-01-05,来信,是,SECRET\n4,F0２,2026-01-06,来信,是,SECRET\n"
    report = check(world, f"{HEADER}\n{rows}")
    shapes = {column.header: column.shapes for column in report.columns}
    assert shapes["编号"] == ("9", "某9a")
    assert shapes["机构"] == ("a99",)
    assert shapes["时间"] == ("9999-99-99",)
    assert shapes["形式"] == ("某某",)


def test_a_personal_column_has_no_examples(world: World):
    report = check(world, HEADER + ROWS)
    assert [column.shapes for column in report.columns if column.header == "姓名"] == [()]
