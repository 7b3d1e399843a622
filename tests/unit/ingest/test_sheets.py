"""Spreadsheets: cells become text by fixed rules, and a deadly one costs itself only."""

import csv
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook

from pipelines.ingest import cage as module
from pipelines.ingest.cage import Cage
from pipelines.ingest.decoded import Decoded
from pipelines.ingest.format import Format
from pipelines.ingest.header import Names
from pipelines.ingest.reasons import FileReason, Refused, Remark
from pipelines.ingest.sheets import read_sheet
from tests.unit.ingest.old_workbook import compound, old_workbook
from tests.unit.ingest.world import World

NAMES = Names((frozenset("a"),), frozenset("abcd"))


@pytest.fixture(scope="module")
def reader() -> Iterator[Cage]:
    with Cage() as made:
        yield made


SHEET = "xl/worksheets/sheet1.xml"


def book(path: Path, *rows: list[Any], do: Callable[[Any], object] = bool) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    do(made)
    made.save(path)
    return path


def opened(reader: Cage, path: Path, written: Format | None = None) -> Decoded:
    return read_sheet(reader, path, written or Format(header_row=None), NAMES, path)


def read(reader: Cage, path: Path, written: Format | None = None) -> tuple[str, str]:
    found = opened(reader, path, written)
    return plain(found.path), plain(found.refused) if found.refused else ""


def plain(path: Path) -> str:
    """A CSV file as it reads without the quotes that it does not need."""
    out = io.StringIO()
    with path.open(encoding="utf-8", newline="") as text:
        csv.writer(out, lineterminator="\n").writerows(csv.reader(text))
    return out.getvalue()


def refusal(reader: Cage, path: Path) -> FileReason:
    with pytest.raises(Refused) as caught:
        read(reader, path)
    return caught.value.reason


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("来信", "来信"),
        (3, "3"),
        (3.0, "3"),
        (3.5, "3.5"),
        (-0.1, "-0.1"),
        (330106198, "330106198"),
        # A number that a spreadsheet cannot hold shows it.
        (123456789012345678901, "1.23456789012346e+20"),
        (1234567890123456, "1.23456789012346e+15"),
        (123456789012345, "123456789012345"),
        (True, "TRUE"),
        (date(2003, 9, 18), "2003-09-18"),
        (datetime.fromisoformat("2003-09-18 08:05:00"), "2003-09-18 08:05:00"),
        (datetime.fromisoformat("2003-09-18 08:04:59.9996"), "2003-09-18 08:05:00"),
        (time(8, 5), "08:05:00"),
    ],
)
def test_cells_as_text(reader: Cage, tmp_path: Path, cell: object, text: str):
    kept, _ = read(reader, book(tmp_path / "x.xlsx", ["a", "b"], ["x", cell]))
    assert kept == f"1,x,{text}\n"


def test_empty_rows_are_no_records_and_too_long_ones_are_refused(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "2"], [], ["3", "4", "5"], ["6"])
    assert read(reader, path) == ("1,1,2\n3,6,\n", '2,E_RAGGED_LONG,"3,4,5"\n')


def test_a_workbook_of_before_2007_is_read_the_same(reader: Cage, tmp_path: Path):
    path = tmp_path / "x.xls"
    path.write_bytes(old_workbook(["a", "b"], ["编号", 2.0], ["y", 3.5]))
    assert read(reader, path) == ("1,编号,2\n2,y,3.5\n", "")


def test_a_table_may_begin_anywhere_on_its_sheet(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", [], [None, "登记表"], [], [None, "a", "b"], [None, "1", "2"])
    found = opened(reader, path)
    assert found.heading.names == ("", "a", "b")
    assert plain(found.path) == "1,,1,2\n"


def test_the_value_of_a_merged_cell_is_that_of_its_first_cell(reader: Cage, tmp_path: Path):
    def merge(made: Workbook) -> None:
        made.active.merge_cells("A1:B1")
        made.active.merge_cells("A3:A4")

    path = book(tmp_path / "x.xlsx", ["登记表"], ["a", "b"], ["1", "2"], [None, "3"], do=merge)
    assert read(reader, path) == ("1,1,2\n2,,3\n", "")


def test_a_header_of_two_rows(reader: Cage, tmp_path: Path):
    rows = [["a", "b", None, "c"], [None, "x", "y", None], ["1", "2", "3", "4"]]
    found = opened(reader, book(tmp_path / "x.xlsx", *rows), Format(header_row=None, header_rows=2))
    assert found.heading.names == ("a", "b/x", "b/y", "c")
    assert plain(found.path) == "1,1,2,3,4\n"


def test_a_header_that_comes_again_and_totals_are_no_records(reader: Cage, tmp_path: Path):
    rows = [["a", "b"], ["1", "2"], ["a", "b"], ["合 计", "2"], ["3", "4"]]
    kept, refused = read(reader, book(tmp_path / "x.xlsx", *rows))
    assert (kept, refused) == ("1,1,2\n3,3,4\n", '2,E_TOTAL_ROW,"合 计,2"\n')


def test_dates_are_those_that_people_see_whatever_the_workbook_counts_from(
    reader: Cage, tmp_path: Path
):
    def count_from_1904(made: Workbook) -> None:
        made.epoch = CALENDAR_MAC_1904

    rows = [["a", "b"], [1, datetime.fromisoformat("2003-09-18 08:05:00")]]
    path = book(tmp_path / "x.xlsx", *rows, do=count_from_1904)
    assert read(reader, path) == ("1,1,2003-09-18 08:05:00\n", "")


def test_errors_and_formulas_without_a_result_refuse_their_records(reader: Cage, tmp_path: Path):
    rows = [["a", "b", "note"], ["1", "#N/A", ""], ["=1+1", None, ""], ["3", "4", "=NOW()"]]
    path = book(tmp_path / "x.xlsx", *rows, ["5", "6", "7"], [None, "=B2", None])
    kept, refused = read(reader, path)
    # The note is nobody's column: what is in it does no harm.
    assert kept == "3,3,4,\n4,5,6,7\n"
    assert [line.split(",")[:2] for line in refused.splitlines()] == [
        ["1", "E_FORMULA"],
        ["2", "E_FORMULA"],
        ["5", "E_FORMULA"],
    ]


@pytest.mark.parametrize("result", ["2", "x"])
def test_a_formula_with_a_result_is_its_result(reader: Cage, tmp_path: Path, result: str):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "=1+1"])
    _edit(path, SHEET, "<v ?/>|<v></v>", f"<v>{result}</v>")
    _edit(path, SHEET, '(<c r="B2"[^>]*)(?=><f)', r'\1 t="str"')
    assert read(reader, path) == (f"1,1,{result}\n", "")


def test_an_empty_text_is_a_result(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", '=""'])
    _edit(path, SHEET, '(<c r="B2"[^>]*)(?=><f)', r'\1 t="str"')
    assert read(reader, path) == ("1,1,\n", "")


def test_hidden_sheets_are_not_read_hidden_rows_and_columns_are(reader: Cage, tmp_path: Path):
    def hide(made: Workbook) -> None:
        made.create_sheet("旧").append(["a", "b"])
        made["旧"].sheet_state = "veryHidden"
        made.active.row_dimensions[2].hidden = True
        made.active.column_dimensions["B"].hidden = True

    found = opened(reader, book(tmp_path / "x.xlsx", ["a", "b"], ["1", "2"], do=hide))
    assert plain(found.path) == "1,1,2\n"
    assert found.remarks == ((Remark.HIDDEN, 3),)


def test_a_sheet_is_named_numbered_or_the_only_one(reader: Cage, tmp_path: Path):
    def add(made: Workbook) -> None:
        sheet = made.create_sheet("二月")
        sheet.append(["a", "b"])
        sheet.append(["2", "2"])

    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "1"], do=add)
    for sheet, kept in (("1", "1,1,1\n"), ("2", "1,2,2\n"), ("二月", "1,2,2\n")):
        assert read(reader, path, Format(sheet=sheet))[0] == kept
    for sheet in ("", "3", "三月"):
        with pytest.raises(Refused) as caught:
            opened(reader, path, Format(sheet=sheet))
        assert (caught.value.reason, caught.value.detail) == (FileReason.MULTISHEET, sheet)


def test_an_empty_sheet_beside_the_data_is_no_second_one(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a"], ["1"], do=lambda made: made.create_sheet("Sheet3"))
    assert read(reader, path)[0] == "1,1\n"


def test_a_sheet_as_long_as_the_old_format_allows_is_remarked_on(
    reader: Cage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pipelines.ingest.text.ROW_LIMITS", (3,))
    path = book(tmp_path / "x.xlsx", ["a"], ["1"], ["2"])
    assert opened(reader, path).remarks == ((Remark.ROW_LIMIT, 1),)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_declaration_of_entities_refuses_the_workbook(
    reader: Cage, tmp_path: Path, declaration: str, part: str
):
    path = book(tmp_path / "x.xlsx", ["a"], ["1"])
    _edit(path, part, r"\A(<\?xml[^>]*>)?", lambda found: found[0] + declaration)
    assert refusal(reader, path) is FileReason.XML


def test_a_workbook_without_its_end_is_damaged(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a"], ["1"])
    path.write_bytes(path.read_bytes()[:-200])
    assert refusal(reader, path) is FileReason.CORRUPT
    path.write_bytes(old_workbook(["a"], ["1"])[:1600])
    assert refusal(reader, path) is FileReason.CORRUPT


@pytest.mark.parametrize(
    "content",
    [old_workbook(["a"], ["1"], is_locked=True), compound(b"x", "EncryptedPackage")],
    ids=["xls", "xlsx"],
)
def test_a_workbook_with_a_password_is_not_opened(world: World, content: bytes):
    world.drop("case_register/F01_信访件登记_20261031.xlsx", content)
    assert world.build_one().refusal == FileReason.ENCRYPTED


def test_a_compound_file_without_a_workbook_is_none(reader: Cage, tmp_path: Path):
    path = tmp_path / "x.xls"
    path.write_bytes(compound(b"x", "WordDocument"))
    assert refusal(reader, path) is FileReason.CORRUPT


@pytest.mark.parametrize("declared", ["A1", "A1:A2"])
def test_the_declared_size_is_not_believed(reader: Cage, tmp_path: Path, declared: str):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "2"], ["3", "4"])
    _edit(
        path, "xl/worksheets/sheet1.xml", r'<dimension ref="[^"]*"', f'<dimension ref="{declared}"'
    )
    assert read(reader, path) == ("1,1,2\n2,3,4\n", "")


def test_a_workbook_that_kills_its_reader_costs_itself_only(reader: Cage, tmp_path: Path):
    made = openpyxl.Workbook()
    made.active["A1"] = "a"  # type: ignore[index]
    made.active["XFD1048576"] = "far"  # type: ignore[index]
    made.save(tmp_path / "deadly.xlsx")
    good = book(tmp_path / "good.xlsx", ["a", "b"], ["1", "2"])
    before = reader._child
    assert refusal(reader, tmp_path / "deadly.xlsx") in {FileReason.CORRUPT, FileReason.TOO_LARGE}
    assert read(reader, good) == ("1,1,2\n", "")
    assert reader._child is not before


def test_one_process_reads_many_workbooks(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "2"])
    read(reader, path)
    child = reader._child
    read(reader, path)
    assert reader._child is child


def test_a_reader_that_ended_while_nobody_asked_costs_no_workbook(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "2"])
    read(reader, path)
    assert reader._child is not None
    reader._child.kill()
    reader._child.wait()
    assert read(reader, path) == ("1,1,2\n", "")


def test_a_workbook_that_takes_too_long_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "WALL_FACTOR", 0)
    with Cage() as impatient:
        path = book(tmp_path / "x.xlsx", ["a", "b"])
        assert refusal(impatient, path) is FileReason.TOO_LARGE
        assert impatient._child is None


UNDER_A_LIMIT = """
import resource, sys
from pipelines.ingest.cage import Cage
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
with Cage() as cage:
    cage.ask({"do": "open", "form": "workbook", "path": sys.argv[1], "sheet": "", "rows": 1})
    print(resource.prlimit(cage._child.pid, resource.RLIMIT_CPU))
"""


def test_the_reader_keeps_to_the_time_that_we_were_given(tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a", "b"])
    told = subprocess.check_output([sys.executable, "-c", UNDER_A_LIMIT, path], text=True)
    assert told == "(20, 20)\n"


def test_an_archive_that_unpacks_without_end_is_not_opened(reader: Cage, tmp_path: Path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (80 << 20))
    assert refusal(reader, path) is FileReason.ZIP_BOMB


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a zip", b""])
def test_what_is_no_workbook_is_corrupt(reader: Cage, tmp_path: Path, content: bytes):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    assert refusal(reader, path) is FileReason.CORRUPT


def test_a_sheet_without_any_cell_is_empty(reader: Cage, tmp_path: Path):
    assert refusal(reader, book(tmp_path / "x.xlsx")) is FileReason.EMPTY


def test_a_header_alone_is_a_sheet_without_records(reader: Cage, tmp_path: Path):
    assert read(reader, book(tmp_path / "x.xlsx", ["a", "b"])) == ("", "")


def test_a_header_has_its_limit(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", [f"c{n}" for n in range(2_001)])
    assert refusal(reader, path) is FileReason.TOO_WIDE


def test_a_control_character_refuses_its_row(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "MARK"], ["2", "3"])
    _edit(path, "xl/worksheets/sheet1.xml", "MARK", "M_x0007_K")
    kept, refused = read(reader, path)
    assert "2,2,3\n" in kept
    assert refused == '1,E_CTRL_CHAR,"1,M\x07K"\n'


def _edit(path: Path, part: str, pattern: str, by: str | Callable[[re.Match[str]], str]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = re.sub(pattern, by, parts[part].decode()).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    path.write_bytes(buffer.getvalue())
