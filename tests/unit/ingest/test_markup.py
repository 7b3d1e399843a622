"""What many systems call an .xls file: a table in HTML, in the XML of Excel 2003, or a text."""

from pathlib import Path

import openpyxl
import pytest

from pipelines.ingest.receipts import Receipt
from tests.unit.ingest.old_workbook import old_workbook
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import World

STEM = "own/F01_own_20261031"
HEADER, RECORD = ["编号", "机构", "时间"], ["A1", "F01", "2026-01-05"]
TEXT = "\n".join(",".join(row) for row in (HEADER, RECORD)) + "\n"


def html(*rows: list[str], cell: str = "td", before: str = "<html><body>") -> str:
    lines = ["".join(f"<{cell}>{text}</{cell}>" for text in row) for row in rows]
    return f"{before}<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


GOOD_HTML = html(HEADER, RECORD)
AFTER_AN_EMPTY_TABLE = html(["", ""], before="<!DOCTYPE html>") + GOOD_HTML
WITH_TITLE_AND_STYLE = html(HEADER, RECORD, before="<title>x</title><style>td {}</style>")
SPREADSHEET_XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><ss:Worksheet ss:Name="数据">
<ss:Table><ss:Row><ss:Cell><ss:Data>编号</ss:Data></ss:Cell><ss:Cell ss:Index="3"><ss:Data>机构
</ss:Data></ss:Cell><ss:Cell><ss:Data>时间</ss:Data></ss:Cell></ss:Row><ss:Row>
<ss:Cell ss:MergeAcross="1"><ss:Data>A1</ss:Data></ss:Cell><ss:Cell><ss:Data>F01</ss:Data></ss:Cell>
<ss:Cell><ss:Data>2026-01-05</ss:Data></ss:Cell></ss:Row></ss:Table></ss:Worksheet></ss:Workbook>
"""


def landed(world: World, content: bytes | str, name: str = ".xls", written: str = "") -> Receipt:
    both = "encoding: [utf-8, gb18030]"
    world.mapping(f"{GOOD}format: {{{', '.join(filter(None, (both, written)))}}}\n")
    world.drop(f"{STEM}{name}", content)
    return world.build_one()


def workbook(path: Path) -> bytes:
    made = openpyxl.Workbook()
    made.active.append(HEADER)  # type: ignore[union-attr]
    made.active.append(RECORD)  # type: ignore[union-attr]
    made.save(path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "name", "reader"),
    [
        (GOOD_HTML, ".xls", "markup"),
        (GOOD_HTML, ".html", "markup"),
        (GOOD_HTML, ".csv", "markup"),
        ("\ufeff\n" + GOOD_HTML, ".xls", "markup"),
        (GOOD_HTML.encode("gb18030"), ".xls", "markup"),
        (GOOD_HTML.encode("utf-16"), ".xls", "markup"),
        (html(HEADER, RECORD, cell="th", before="<table>").upper(), ".xls", "markup"),
        (html(["登记表"], [], HEADER, RECORD), ".xls", "markup"),
        (AFTER_AN_EMPTY_TABLE, ".xls", "markup"),
        (f"<html>{WITH_TITLE_AND_STYLE}", ".xls", "markup"),
        (GOOD_HTML.replace("</td>", "").replace("</tr>", ""), ".xls", "markup"),
        (GOOD_HTML.replace("A1", "<b>A</b>1<script>evil()</script>&nbsp;"), ".xls", "markup"),
        (SPREADSHEET_XML, ".xls", "markup"),
        (TEXT, ".xls", "fast"),
        (TEXT, ".xlsx", "fast"),
        (TEXT.replace(",", "\t").encode("utf-16"), ".xls", "fast"),
        (old_workbook(HEADER, RECORD), ".xls", "workbook"),
        (old_workbook(HEADER, RECORD), ".xlsx", "workbook"),
        (old_workbook(HEADER, RECORD), ".csv", "workbook"),
    ],
)  # fmt: skip
def test_a_file_is_read_as_what_it_is(world: World, content: bytes | str, name: str, reader: str):
    receipt = landed(world, content, name)
    assert (receipt.refusal, receipt.reader, receipt.records) == ("", reader, 1)
    assert world.refusals() == []
    assert world.rows("cases", "office_id, day(registered_at)") == [("F01", 5)]


@pytest.mark.parametrize("name", [".xlsx", ".xlsm", ".xls", ".csv"])
def test_so_is_a_workbook(world: World, tmp_path: Path, name: str):
    receipt = landed(world, workbook(tmp_path / "x.xlsx"), name)
    assert (receipt.refusal, receipt.reader, receipt.records) == ("", "workbook", 1)


def test_merged_cells_belong_to_their_first_cell(world: World):
    content = """<table>
    <tr><td colspan="3">登记表</td></tr>
    <tr><td>编号</td><td>机构</td><td>时间</td></tr>
    <tr><td>A1</td><td rowspan="3">F01</td><td rowspan="2">2026-01-05</td></tr>
    <tr><td>A2</td></tr>
    <tr><td>A3</td><td>2026-01-06</td></tr>
    <tr><td>A4</td><td>F02</td><td>2026-01-07</td></tr>
    </table>"""
    assert landed(world, content).records == 4
    assert world.rows("cases", "record_no, office_id, day(registered_at)") == [
        (1, "F01", 5),
        (4, "F02", 7),
    ]
    assert [(number, column) for number, column, *_ in world.refusals()] == [
        (2, "office_id"),
        (2, "registered_at"),
        (3, "office_id"),
    ]


@pytest.mark.parametrize(
    ("content", "written", "reason"),
    [
        (GOOD_HTML * 2, "", "F_MULTISHEET"),
        (GOOD_HTML, "sheet: 2", "F_MULTISHEET"),
        ("<html><body>登录超时，请重新登录</body></html>", "", "F_EMPTY"),
        (html(["登录"], ["超时"]), "", "F_HEADER"),
        (html(["A1"] * 2_001), "", "F_TOO_WIDE"),
    ],
)
def test_what_is_no_single_table_is_refused(world: World, content: str, written: str, reason: str):
    assert landed(world, content, written=written).refusal == reason


def test_one_table_of_several_can_be_named(world: World):
    content = html(["导航", "首页"]) + GOOD_HTML
    assert landed(world, content, written="sheet: 2").records == 1


def test_a_table_with_more_cells_than_memory_holds_is_given_up(world: World):
    # A span stands for as many cells as it covers.
    wide = "<tr>" + '<td colspan="16384">x</td>' * 4_000 + "</tr>"
    assert landed(world, f"<table>{wide}</table>").refusal == "F_TOO_LARGE"
