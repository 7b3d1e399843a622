"""Workbooks of any age, read by calamine.

Cells become text by fixed rules: whole numbers without a point, other numbers in their shortest
form, times rounded to the second, dates and times in ISO 8601. A number with more digits than a
spreadsheet can hold is written with an exponent, by which the loss can be told. The sheet's
declared size is not believed; the cells that are there are read.
"""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
from pipelines.ingest.child.markings import count_filled, markings_of
from pipelines.ingest.child.rows import CELLS, Grid, Merged, Row
from pipelines.ingest.child.verdict import Unreadable
from pipelines.ingest.format import ALL_SHEETS

HALF_SECOND = timedelta(milliseconds=500)
EXACT_DIGITS = 15  # a spreadsheet keeps no more and puts noughts in their place


def open_workbook(path: Path, wanted: str) -> Grid:
    """Open one sheet.

    Args:
        path: the workbook.
        wanted: name or number, from 1, of the sheet; empty for the only visible one with data;
            `ALL_SHEETS` for all of these.

    Raises:
        Unreadable: there is no such sheet, several, or one that is too large; or the archive is
            not what a spreadsheet is.
    """
    is_zip = zipfile.is_zipfile(path)
    if is_zip:
        _look_into_zip(path)
    book = _Book(path, CalamineWorkbook.from_path(str(path)), is_zip=is_zip)
    grid = _choose(book, wanted)
    sheets = book.workbook.sheets_metadata
    grid.hidden_count += sum(meta.visible is not SheetVisibleEnum.Visible for meta in sheets)
    return grid


def _choose(book: "_Book", wanted: str) -> Grid:
    if wanted and wanted != ALL_SHEETS:
        place = _place_of(wanted, book.workbook.sheets_metadata)
        grid = book.grid(place, book.workbook.get_sheet_by_index(place))
        grid.unread_count = book.count_others(place)
        return grid
    filled = book.filled()
    first = next(filled, None)
    if first is None:
        raise Unreadable("F_EMPTY")
    if wanted != ALL_SHEETS:
        if next(filled, None):
            raise Unreadable("F_MULTISHEET")
        return book.grid(*first)
    grid = book.grid(*first)
    grid.others = (book.grid(*one) for one in filled)
    return grid


def _place_of(wanted: str, sheets: list[SheetMetadata]) -> int:
    for place, meta in enumerate(sheets):
        if meta.name.strip() == wanted.strip():
            return place
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(sheets):
        return int(wanted) - 1
    raise Unreadable("F_MULTISHEET", wanted)


@dataclass(slots=True)
class _Book:
    """A workbook whose sheets are read one after the other, never more cells than `CELLS`."""

    path: Path
    workbook: CalamineWorkbook
    is_zip: bool
    cells: int = 0

    def filled(self, but: int | None = None) -> Iterator[tuple[int, CalamineSheet]]:
        """The visible sheets with data, and their places; each is read when it is asked for."""
        for place in self._visible(but):
            sheet = self.workbook.get_sheet_by_index(place)
            if sheet.start is not None:
                yield place, sheet

    def count_others(self, but: int) -> int:
        """How many other visible sheets hold data; those of an XLSX file are not read for that."""
        count = count_filled(self.path, self._visible(but)) if self.is_zip else None
        return sum(1 for _ in self.filled(but)) if count is None else count

    def _visible(self, but: int | None) -> Iterator[int]:
        """The places of the visible sheets, without one."""
        for place, meta in enumerate(self.workbook.sheets_metadata):
            is_visible = meta.visible is SheetVisibleEnum.Visible
            if place != but and is_visible and meta.typ is SheetTypeEnum.WorkSheet:
                yield place

    def grid(self, place: int, sheet: CalamineSheet) -> Grid:
        """The rows of a sheet and what is odd in it."""
        self.cells += sheet.total_height * sheet.total_width
        if self.cells > CELLS:
            raise Unreadable("F_TOO_LARGE")
        grid = Grid(_rows(sheet), name=sheet.name)
        grid.merged = [
            Merged(first[0], last[0], range(first[1], last[1] + 1))
            for first, last in sheet.merged_cell_ranges or ()
        ]
        if self.is_zip:
            marks = markings_of(self.path, place)
            grid.odd, grid.hidden_count = marks.odd, marks.hidden_count
        return grid


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
