"""Tables in HTML, and in the XML that Excel 2003 wrote: what many systems call an .xls file.

Nothing in it is run, followed or looked up. As in a workbook the value of a merged cell belongs to
its first cell only, and there must be exactly one table unless the mapping says which.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from pipelines.ingest.child.rows import CELLS, Grid, Row
from pipelines.ingest.child.verdict import Unreadable

CHUNK = 1 << 16
ROW_TAGS = {"tr", "row"}
CELL_TAGS = {"td", "th", "cell"}
UNSEEN = {"script", "style", "title"}
SPACES = re.compile(r"[ \t\r\n]+")
WIDEST = 16_384  # columns of a sheet

Attributes = list[tuple[str, str | None]]


def open_markup(path: Path, wanted: str) -> Grid:
    """Open the table of a text in UTF-8.

    Args:
        path: the text.
        wanted: number, from 1, of the table; empty for the only one with data.

    Raises:
        Unreadable: there is no such table, several, or one that is too large.
    """
    reader = _TableReader()
    with path.open(encoding="utf-8-sig", newline="") as text:
        while chunk := text.read(CHUNK):
            reader.feed(chunk)
    reader.close()
    filled = [table for table in reader.tables if any(map(any, table))]
    if wanted.isascii() and wanted.isdigit():
        if not 1 <= int(wanted) <= len(filled):
            raise Unreadable("F_MULTISHEET", wanted)
        return Grid(filled[int(wanted) - 1], unread_count=len(filled) - 1)
    if not filled:
        raise Unreadable("F_EMPTY")
    if len(filled) > 1:
        raise Unreadable("F_MULTISHEET")
    return Grid(filled[0])


class _TableReader(HTMLParser):
    """Collects the rows of every table; a table inside a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[Row]] = []
        self._open: list[list[Row]] = []
        self._cell: list[str] | None = None
        self._below: dict[int, int] = {}  # rows that a merged cell still covers, by column
        self._unseen = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        local = tag.rpartition(":")[2]
        if local == "table":
            self._end_cell()
            self.tables.append([])
            self._open.append(self.tables[-1])
            self._below = {}
        elif local in ROW_TAGS:
            self._begin_row()
        elif local in CELL_TAGS:
            self._begin_cell({name.rpartition(":")[2]: value or "" for name, value in attrs})
        elif local == "br":
            self.handle_data("\n")
        self._unseen += local in UNSEEN

    def handle_endtag(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        if local in ROW_TAGS | CELL_TAGS | {"table"}:
            self._end_cell()
        if local == "table" and self._open:
            self._open.pop()
        if local in UNSEEN and self._unseen:
            self._unseen -= 1

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._unseen:
            self._cell.append(data)

    @property
    def _rows(self) -> list[Row]:
        if not self._open:
            self.tables.append([])
            self._open.append(self.tables[-1])
        return self._open[-1]

    def _begin_row(self) -> None:
        self._end_cell()
        if self._rows:
            row = self._rows[-1]
            row.extend(_covered(self._below, len(row)))
        self._rows.append([])

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._end_cell()
        if not self._rows:
            self._rows.append([])
        row = self._rows[-1]
        row.extend(_covered(self._below, len(row)))
        # Excel 2003 leaves empty cells out and numbers the next one.
        row.extend([""] * (_whole(attributes, "index", 1) - 1 - len(row)))
        width = _whole(attributes, "colspan", 1) + _whole(attributes, "mergeacross", 0)
        height = _whole(attributes, "rowspan", 1) + _whole(attributes, "mergedown", 0)
        if height > 1:
            self._below |= dict.fromkeys(range(len(row), len(row) + width), height)
        self._cell = []
        row.extend([""] * width)
        self._place = len(row) - width
        self._cells += width
        if self._cells > CELLS:
            raise Unreadable("F_TOO_LARGE")

    def _end_cell(self) -> None:
        if self._cell is not None:
            text = SPACES.sub(" ", "".join(self._cell)).strip(" \u00a0\u3000")
            self._rows[-1][self._place] = text
        self._cell = None


def _covered(below: dict[int, int], place: int) -> Iterator[str]:
    """Empty cells where one from above reaches down; each row uses one of its rows up."""
    while below.get(place, 0) > 1:
        below[place] -= 1
        place += 1
        yield ""


def _whole(attributes: dict[str, str], name: str, default: int) -> int:
    found = attributes.get(name, "")
    return min(int(found), WIDEST) if found.isascii() and found.isdigit() else default
