"""What goes back to an office: its own records only, where nobody else can read them."""

from pathlib import Path

import openpyxl
import pytest

from pipelines.returns.place import fit_name
from pipelines.returns.workbook import LABELS
from pipelines.spreadsheet import FORMULA_SIGNS, guarded, unguarded
from pipelines.words import UserError
from tests.unit.ingest.world import CASES_HEADER, CASES_PATH, GOOD_ROW, World, cases
from tests.unit.returns.office import export, rows

BAD = "A2,M2,F0101,昨天,2"


def one_workbook(world: World, tmp_path: Path) -> list[list[str]]:
    (made,) = export(world, tmp_path / "returns")
    ((path, _),) = made.workbooks
    return rows(path)


def test_the_office_finds_its_columns_its_rows_and_the_reason(world: World, tmp_path: Path):
    world.drop(CASES_PATH, cases(GOOD_ROW, BAD))
    world.judge()
    header, row = one_workbook(world, tmp_path)
    assert header == [*LABELS, *CASES_HEADER.split(",")]
    assert row[1:] == ["3", "登记时间", "不是日期，或不是所约定的写法", *BAD.split(",")]


def test_of_several_sheets_the_office_finds_the_sheet_and_its_row(world: World, tmp_path: Path):
    book = openpyxl.Workbook()
    for name, day in (("9月", "2026-09-02"), ("10月", "昨天")):
        sheet = book.create_sheet(name)
        for row in (["编号", "报送单位", "登记时间"], [f"{name}1", "F01", "2026-09-01"]):
            sheet.append(row)
        sheet.append([f"{name}2", "F01", day])
    book.save(tmp_path / "all.xlsx")
    world.mapping(MIXED.replace("columns:", "format: {sheet: all}\ncolumns:"), "mixed")
    world.drop("mixed/all.xlsx", (tmp_path / "all.xlsx").read_bytes())
    world.judge()
    _, row = one_workbook(world, tmp_path)
    assert row[1:3] == ["10月!3", "登记时间"]


def test_a_day_of_a_step_goes_by_the_name_that_the_office_gives_it(world: World, tmp_path: Path):
    step = "  办结: {to: case_events.close, dates: [year_first]}"
    world.mapping(MIXED.replace("columns:", f"columns:\n{step}"), "mixed")
    world.drop("mixed/all.csv", "编号,报送单位,登记时间,办结\n1,F01,2026-01-05,昨天\n")
    world.judge()
    _, row = one_workbook(world, tmp_path)
    assert row[2] == "办结"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (cases(GOOD_ROW, "", BAD), "4"),
        (cases("", "", GOOD_ROW, BAD), "5"),
        (cases('A1,"M\n\n1",F0101,2026-01-05,2', BAD), "3"),
        (cases(",,,,", BAD), "3"),
        (cases(GOOD_ROW, 'A3,"x"y,F0101,2026-01-05,2', "", BAD), "5"),
    ],
)
def test_rows_are_numbered_as_a_spreadsheet_shows_the_file(
    world: World, tmp_path: Path, text: str, row: str
):
    world.drop(CASES_PATH, text)
    world.judge()
    found = {cells[4]: cells[1] for cells in one_workbook(world, tmp_path)[1:]}
    assert found["A2"] == row


def test_a_broken_record_comes_back_as_far_as_it_can_be_told_apart(world: World, tmp_path: Path):
    world.drop(CASES_PATH, cases("A1,M1,F0101", "A2,M2,F0101,2026-01-05,2,more", GOOD_ROW))
    world.judge()
    _, short, long = one_workbook(world, tmp_path)
    assert short[2:7] == ["", "字段少于标题行", "A1", "M1", "F0101"]
    assert long[3:] == ["字段多于标题行", "A2", "M2", "F0101", "2026-01-05", "2", "more"]


@pytest.mark.parametrize("start", FORMULA_SIGNS)
def test_nothing_in_it_is_a_formula(world: World, tmp_path: Path, start: str):
    text = f"{start}HYPERLINK(1)"
    cell = f'"{text}"' if start in "\r\t" else text
    world.drop(CASES_PATH, cases(f"A1,{cell},F0101,昨天,2"))
    world.judge()
    (made,) = export(world, tmp_path / "returns")
    ((path, _),) = made.workbooks
    (sheet,) = openpyxl.load_workbook(path).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.value.startswith(FORMULA_SIGNS) for cell in cells)
    assert guarded(text).startswith("'")


@pytest.mark.parametrize("text", ["", "a", "'", "''", "'a", "=1", "'=1", "''=1", "-5", "＝1"])
def test_a_guard_comes_off_again(text: str):
    assert unguarded(guarded(text)) == text


def test_offices_are_never_mixed(world: World, tmp_path: Path):
    world.drop(CASES_PATH, cases(BAD.replace("A2", "OF_F01")))
    world.drop(CASES_PATH.replace("F01_", "F02_"), cases(BAD.replace("A2", "OF_F02")))
    world.judge()
    made = export(world, tmp_path / "returns")
    assert [one.sender for one in made] == ["F01", "F02"]
    for one in made:
        ((path, _),) = one.workbooks
        assert path.parent == one.folder
        assert [row[4] for row in rows(path)[1:]] == [f"OF_{one.sender}"]
        note = (one.folder / "回执.txt").read_text(encoding="utf-8")
        (other,) = {"F01", "F02"} - {one.sender}
        assert one.sender in note
        assert other not in note


MIXED = """
source: mixed
title: {zh: 混合, en: Mixed}
shape: cases
table: cases
sender: {from: column, column: 报送单位}
as_of: {from: fixed, value: "2026-10-31"}
columns:
  编号: {to: case_id, required: true}
  报送单位: {to: office_id, required: true}
  登记时间: {to: registered_at, required: true, dates: ["%Y-%m-%d"]}
"""


def test_a_file_of_several_offices_is_taken_apart(world: World, tmp_path: Path):
    world.mapping(MIXED, "mixed")
    text = "编号,报送单位,登记时间\n1,F01,x\n2,F02,x\n3,,x\n4,F02\n5,F01,2026-01-05\n"
    world.drop("mixed/all.csv", text)
    world.judge()
    made = export(world, tmp_path / "returns")
    found = {one.sender: [row[4] for path, _ in one.workbooks for row in rows(path)[1:]]
             for one in made}  # fmt: skip
    assert found == {"F01": ["1"], "F02": ["2"]}  # 3 and 4 do not say whose they are


def test_one_office_can_be_asked_for(world: World, tmp_path: Path):
    world.drop(CASES_PATH, cases(BAD))
    world.drop(CASES_PATH.replace("F01_", "F02_"), cases(BAD.replace("2", "3")))
    world.judge()
    (made,) = export(world, tmp_path / "returns", "F02")
    assert [path.name for path in (tmp_path / "returns").iterdir()] == [made.folder.name] == ["F02"]
    with pytest.raises(UserError, match="no office `F99`"):
        export(world, tmp_path / "other", "F99")


def test_only_the_owner_can_open_what_is_written(world: World, tmp_path: Path):
    world.drop(CASES_PATH, cases(BAD))
    world.judge()
    export(world, tmp_path / "returns")
    for path in [tmp_path / "returns", *(tmp_path / "returns").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
    assert not list((tmp_path / "returns").rglob(".*"))


@pytest.mark.parametrize("place", ["home/published", "home/published/latest/x", "home/inbox/x"])
def test_nothing_is_written_where_readers_or_the_next_run_would_find_it(
    world: World, tmp_path: Path, place: str
):
    world.drop(CASES_PATH, cases(BAD))
    world.judge()
    with pytest.raises(UserError, match="lies inside"):
        export(world, tmp_path / place)


def test_nothing_is_written_where_others_may_look(world: World, tmp_path: Path):
    world.judge()
    (tmp_path / "open").mkdir(mode=0o755)
    with pytest.raises(UserError, match="others may open it"):
        export(world, tmp_path / "open")
    link = tmp_path / "link"
    link.symlink_to(world.home.published)
    with pytest.raises(UserError, match="lies inside"):
        export(world, link)


def test_two_names_never_become_one():
    names = ["F01", "F01/..", "F01 ..", "F01_", "..", "", "甲" * 100, "甲" * 101]
    assert len({fit_name(name) for name in names}) == len(names)
    assert all("/" not in fit_name(name) and fit_name(name) not in {".", ".."} for name in names)
