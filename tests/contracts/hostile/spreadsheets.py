"""Group I: workbooks, and files that pretend to be workbooks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial as bound
from itertools import pairwise
from typing import Any

from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.contracts.hostile.biff import ole, xls
from tests.contracts.hostile.case import Case, Expected, Values, accepted, partial, rejected
from tests.contracts.hostile.exports import (
    HEADER,
    NAME,
    PHONE,
    REGISTER,
    MappingFile,
    csv,
    lines,
    records,
)
from tests.contracts.hostile.workbooks import SHEET, edited, grid, plain, xlsx

FILE = "来件登记_20261031.xlsx"
XLS = "来件登记_20261031.xls"
GOOD: Values = {1: {"persons": "1"}, 5: {"persons": "5", "registered_at": "2023-03-05 09:00:00"}}
PERSONS, TIME = HEADER.index("人次"), HEADER.index("登记时间")
LEVELS = ("基本情况",) * 6 + ("时间",) * 3 + ("其他",) * 5
TWO_LEVELS = REGISTER.under(LEVELS, HEADER).varied("register_two_levels", format={"header_rows": 2})
ROW_LIMIT = 65_536
PADDING = 80 << 20
TENFOLD = [f"&l{n};" * 10 for n in range(9)]
LAUGHS = "".join(f'<!ENTITY l{n} "{text}">' for n, text in enumerate(("哈哈哈哈", *TENFOLD)))


def _case(
    number: int,
    title: str,
    expected: Expected,
    content: Callable[[], bytes],
    name: str = FILE,
    *,
    mapping: MappingFile = REGISTER,
    canaries: tuple[str, ...] = (),
) -> Case:
    return Case(f"I{number:02}", title, expected, ((name, content),), mapping, canaries=canaries)


def _refused_or_read() -> Expected:
    """What a file is counts, not what it is called; but no more than that is guessed."""
    read = accepted(5, GOOD)
    return replace(read, otherwise=rejected("F_TYPE_MISMATCH"), choice="read as it is, or refused")


def _typed() -> list[list[Any]]:
    """Five records with numbers and times as such."""
    cells = grid(records(5))
    for number, row in enumerate(cells[1:], 1):
        row[PERSONS] = number
        row[TIME] = datetime(2023, 3, number, 9)  # noqa: DTZ001 - a workbook knows no zones
    return cells


def _second(column: int, cell: object) -> bytes:
    """Five records, in the second of which a cell is something else."""
    cells = _typed()
    cells[2][column] = cell
    return xlsx(cells)


def _titled(workbook: Any) -> None:
    sheet = workbook.active
    sheet.insert_rows(1)
    sheet["A1"] = "澜川市信访局来件登记表"
    sheet.merge_cells("A1:N1")


def _two_levels() -> bytes:
    upper = [name if name != before else None for before, name in pairwise(("", *LEVELS))]
    return xlsx([upper, *grid(records(5))], _merged_levels)


def _merged_levels(workbook: Any) -> None:
    for area in ("A1:F1", "G1:I1", "J1:N1"):
        workbook.active.merge_cells(area)


def _merged_offices(workbook: Any) -> None:
    workbook.active.merge_cells("B2:B4")


def _more_sheet(workbook: Any, state: str = "visible") -> None:
    sheet = workbook.create_sheet("二月")
    for row in grid(records(2)):
        sheet.append(row)
    sheet.sheet_state = state


def _hidden_rows(workbook: Any) -> None:
    workbook.active.row_dimensions[3].hidden = True


def _since_1904(workbook: Any) -> None:
    workbook.epoch = CALENDAR_MAC_1904


def _remarked(workbook: Any) -> None:
    workbook.active["A2"].comment = Comment(f"{NAME} {PHONE} 又来了", "司马铁铲")
    workbook.properties.creator = "司马铁铲"
    workbook.properties.description = f"{NAME} {PHONE}"


def _erring() -> bytes:
    cells = _typed()
    cells[2][PERSONS], cells[3][TIME] = "#N/A", "#REF!"
    return xlsx(cells, _as_errors)


def _as_errors(workbook: Any) -> None:
    for place in ("F3", "G4"):
        workbook.active[place].data_type = "e"


def _html() -> bytes:
    cells = [[f"<td>{cell or ''}</td>" for cell in row] for row in grid(records(5))]
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    page = f"<html><head><meta charset='utf-8'></head><body><table>{rows}</table></body></html>"
    return page.encode()


def _wide_tabs() -> bytes:
    return "".join(f"{row}\r\n" for row in lines(records(5), delimiter="\t")).encode("utf-16")


def _old() -> bytes:
    return xls([[cell or "" for cell in row] for row in grid(records(5))])


def _cut_off() -> bytes:
    header = ("编号", "登记机构", "登记时间")
    return xls([header, *((n, "F01", "2023-03-01") for n in range(1, ROW_LIMIT))])


def _protected() -> bytes:
    return ole(
        {"EncryptionInfo": b"\4\0\4\0" + b"<encryption/>", "EncryptedPackage": b"\x8f" * 9000}
    )


def _bomb() -> bytes:
    return edited(plain(), SHEET, "</sheetData>", f"</sheetData>{' ' * PADDING}")


def _entities(definitions: str, name: str) -> bytes:
    """A workbook whose first text is an entity."""
    begun = edited(plain(), SHEET, "<worksheet", f"<!DOCTYPE x [{definitions}]><worksheet")
    return edited(begun, SHEET, "来信", f"&{name};")


def _in_last_cell() -> bytes:
    cell = '<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    return edited(plain(), SHEET, "</sheetData>", cell)


def _with_macro() -> bytes:
    types = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain_type = r"application/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet\.main\+xml"
    macro = {"xl/vbaProject.bin": ole({"VBA": b"Sub Auto_Open()"})}
    return edited(plain(), "[Content_Types].xml", plain_type, types, macro)


def _declared(size: str) -> bytes:
    return edited(plain(), SHEET, 'dimension ref="[A-Z0-9:]+"', f'dimension ref="{size}"')


def _changed(change: Callable[[Any], None]) -> Callable[[], bytes]:
    return lambda: xlsx(_typed(), change)


CASES = (
    _case(1, "all cells text", accepted(5, GOOD), plain),
    _case(2, "numbers and times as such", accepted(5, GOOD), lambda: xlsx(_typed())),
    _case(3, "a merged title above the header", accepted(5, GOOD), _changed(_titled)),
    _case(
        4,
        "a header of two levels",
        accepted(5, GOOD, choice="declared; the names are joined by a slash"),
        _two_levels,
        mapping=TWO_LEVELS,
    ),
    _case(
        5,
        "an office merged over three records",
        partial(
            5,
            {2: "E_REQUIRED", 3: "E_REQUIRED"},
            GOOD,
            remarks="W_MERGED",
            choice="the value of merged cells belongs to the first of them",
        ),
        _changed(_merged_offices),
    ),
    _case(
        6,
        "two sheets with records",
        rejected("F_MULTISHEET", choice="one visible sheet, or the mapping names one"),
        _changed(_more_sheet),
    ),
    _case(
        7,
        "a very hidden sheet",
        accepted(5, GOOD, remarks="W_HIDDEN", choice="hidden sheets are not read"),
        _changed(bound(_more_sheet, state="veryHidden")),
    ),
    _case(
        8,
        "a hidden row",
        accepted(5, GOOD, remarks="W_HIDDEN", choice="hidden rows are read"),
        _changed(_hidden_rows),
    ),
    _case(
        9,
        "a formula without its result",
        partial(5, {2: "E_FORMULA"}, GOOD),
        lambda: _second(PERSONS, "=1+1"),
    ),
    _case(
        10,
        "cells that are errors",
        partial(5, {2: "E_FORMULA E_NUM", 3: "E_FORMULA E_DATE E_REQUIRED"}, GOOD),
        _erring,
    ),
    _case(
        11,
        "a number of 21 digits",
        partial(5, {2: "E_PRECISION_LOST"}, GOOD),
        lambda: _second(0, 330108202303010000001),
    ),
    _case(12, "days counted from 1904", accepted(5, GOOD), _changed(_since_1904)),
    _case(
        13,
        "a workbook called .csv",
        _refused_or_read(),
        plain,
        "来件登记_20261031.csv",
    ),
    _case(14, "text called .xlsx", _refused_or_read(), lambda: csv(records(5))),
    _case(15, "a web page called .xls", accepted(5, GOOD), _html, XLS),
    _case(16, "text with tabs called .xls", accepted(5, GOOD), _wide_tabs, XLS),
    _case(17, "a true .xls", accepted(5, GOOD), _old, XLS),
    _case(
        18,
        "cut off at the last row of an .xls",
        accepted(ROW_LIMIT - 1, remarks="W_ROW_LIMIT"),
        _cut_off,
        XLS,
    ),
    _case(19, "protected by a password", rejected("F_ENCRYPTED"), _protected),
    _case(20, "cut in the middle", rejected("F_CORRUPT F_TRUNCATED"), lambda: plain()[: 4 * 1024]),
    _case(21, "a bomb", rejected("F_ZIP_BOMB"), _bomb),
    _case(22, "a billion laughs", rejected("F_XML F_CORRUPT"), lambda: _entities(LAUGHS, "l9")),
    _case(
        23,
        "text from a file of the machine",
        rejected("F_XML F_CORRUPT"),
        lambda: _entities('<!ENTITY x SYSTEM "file:///etc/passwd">', "x"),
        canaries=("root:x:0",),
    ),
    _case(
        24,
        "a value in the last cell",
        rejected("F_CORRUPT F_TOO_LARGE F_TOO_WIDE"),
        _in_last_cell,
    ),
    _case(25, "with macros", accepted(5, GOOD), _with_macro, "来件登记_20261031.xlsm"),
    _case(
        26,
        "names in comments and properties",
        accepted(5, GOOD),
        _changed(_remarked),
        canaries=("司马铁铲",),
    ),
    _case(
        27,
        "whole numbers as fractions",
        accepted(5, {2: {"persons": "2", "region_code": "990102"}}),
        lambda: _second(HEADER.index("属地"), 990102.0),
    ),
    _case(28, "declared as a single cell", accepted(5, GOOD), lambda: _declared("A1")),
    _case(29, "declared as three rows", accepted(5, GOOD), lambda: _declared("A1:N3")),
)
