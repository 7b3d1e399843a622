"""Workbooks of any age, read by calamine.

Cells become text by fixed rules: whole numbers without a point, other numbers in their shortest
form, times rounded to the second, dates and times in ISO 8601. A number with more digits than a
spreadsheet can hold is written with an exponent, by which the loss can be told. The sheet's
declared size is not believed; the cells that are there are read.
"""

import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from pipelines.ingest.bounds import exceeds
from pipelines.ingest.child.markings import markings_of
from pipelines.ingest.child.rows import CELLS, Grid, Row
from pipelines.ingest.child.verdict import Unreadable

HALF_SECOND = timedelta(milliseconds=500)
EXACT_DIGITS = 15  # a spreadsheet keeps no more and puts noughts in their place


def open_workbook(path: Path, wanted: str) -> Grid:
    """Open one sheet.

    Args:
        path: the workbook.
        wanted: name or number, from 1, of the sheet; empty for the only visible one with data.

    Raises:
        Unreadable: there is no such sheet, several, or one that is too large; or the archive is
            not what a spreadsheet is.
    """
    is_zip = zipfile.is_zipfile(path)
    if is_zip:
        _look_into_zip(path)
    workbook = CalamineWorkbook.from_path(str(path))
    sheets = workbook.sheets_metadata
    place, sheet = _choose(workbook, wanted)
    if sheet.total_height * sheet.total_width > CELLS:
        raise Unreadable("F_TOO_LARGE")
    hidden = sum(meta.visible is not SheetVisibleEnum.Visible for meta in sheets)
    grid = Grid(_rows(sheet), hidden_count=hidden)
    if is_zip:
        marks = markings_of(path, place)
        grid.odd = marks.odd
        grid.hidden_count += marks.hidden_count
    return grid


def _choose(workbook: CalamineWorkbook, wanted: str) -> tuple[int, CalamineSheet]:
    sheets = workbook.sheets_metadata
    if not wanted:
        return _only_one(workbook, sheets)
    for place, meta in enumerate(sheets):
        if meta.name.strip() == wanted.strip():
            return place, workbook.get_sheet_by_index(place)
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(sheets):
        return int(wanted) - 1, workbook.get_sheet_by_index(int(wanted) - 1)
    raise Unreadable("F_MULTISHEET", wanted)


def _only_one(workbook: CalamineWorkbook, sheets: list[SheetMetadata]) -> tuple[int, CalamineSheet]:
    visible = [
        (place, workbook.get_sheet_by_index(place))
        for place, meta in enumerate(sheets)
        if meta.visible is SheetVisibleEnum.Visible and meta.typ is SheetTypeEnum.WorkSheet
    ]
    filled = [(place, sheet) for place, sheet in visible if sheet.start is not None]
    if not filled:
        raise Unreadable("F_EMPTY")
    if len(filled) > 1:
        raise Unreadable("F_MULTISHEET")
    return filled[0]


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """The rows as text; empty columns before the first cell are put back, empty rows are there."""
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for cells in sheet.iter_rows():
        yield before + [cell if isinstance(cell, str) else as_text(cell) for cell in cells]


def as_text(cell: object) -> str:
    """The text that a cell stands for."""
    if cell is None:
        return ""
    return _TEXT.get(type(cell), str)(cell)


def _number(cell: float) -> str:
    if abs(cell) >= 10**EXACT_DIGITS:
        return f"{cell:.{EXACT_DIGITS - 1}e}"
    return str(int(cell)) if float(cell).is_integer() else repr(cell)


def _moment(cell: datetime) -> str:
    return (cell + HALF_SECOND).strftime("%Y-%m-%d %H:%M:%S")


def _clock(cell: time) -> str:
    return cell.strftime("%H:%M:%S")


def _truth(cell: object) -> str:
    return "TRUE" if cell else "FALSE"


_TEXT: dict[type, Callable[..., str]] = {
    bool: _truth,
    int: _number,
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    time: _clock,
}


def _look_into_zip(path: Path) -> None:
    """Refuse an archive that would unpack to more than a spreadsheet ever does."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if exceeds(unpacked, packed):
        raise Unreadable("F_ZIP_BOMB")
