"""Rows of text as a clean CSV, and what is wrong with them beside it."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import Any

from pipelines.ingest.clean import CleanWriter, fault_in, is_total, repeats
from pipelines.ingest.header import COLUMNS
from pipelines.ingest.reasons import RecordReason

CELLS = 50_000_000
NAME_CHARACTERS = 1_000

Row = list[str]


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells that are one: rows from and to, both from 0, and columns; the value is in the first."""

    first: int
    last: int
    columns: range


@dataclass(slots=True)
class Grid:
    """A sheet as rows of text, from its first row on.

    Attributes:
        rows: the rows, to be read once.
        odd: cells that show something else than a value (an error, a formula that nobody has
            worked out): columns by row, both from 0.
        merged: its merged cells.
        hidden_count: hidden sheets, rows and columns.
        unread_count: other visible sheets with data, which nobody has asked for.
        others: further sheets that may belong to it, to be read once, one after the other.
        name: of the sheet.
    """

    rows: Iterable[Row]
    odd: Mapping[int, Collection[int]] = field(default_factory=dict)
    merged: Sequence[Merged] = ()
    hidden_count: int = 0
    unread_count: int = 0
    others: Iterable["Grid"] = ()
    name: str = ""

    def head(self, count: int) -> list[Row]:
        """The first rows, as much of them as a header can be; they are still there to be read."""
        rows = iter(self.rows)
        head = list(islice(rows, count))
        self.rows = chain(head, rows)
        return [[cell[:NAME_CHARACTERS] for cell in row[: COLUMNS + 1]] for row in head]


@dataclass(frozen=True, slots=True)
class Shape:
    """What the mapping has made of the first rows of a sheet.

    Attributes:
        header: the rows of its header.
        skip: rows before the first that can be a record.
        width: columns of the header.
        taken: those that the mapping uses: an odd cell elsewhere does no harm.
    """

    header: tuple[tuple[str, ...], ...]
    skip: int
    width: int
    taken: frozenset[int]

    def fit(self, cells: Row) -> Row:
        """The cells of a row as many as the header has columns."""
        return (cells + [""] * (self.width - len(cells)))[: self.width]

    def is_of(self, grid: Grid) -> bool:
        """Whether the header of a sheet is this one, in the same rows."""
        head = grid.head(self.skip)[-len(self.header) :]
        is_wider = any(any(row[self.width :]) for row in head)
        return not is_wider and tuple(tuple(self.fit(row)) for row in head) == self.header


@dataclass(slots=True)
class _Tally:
    """What is counted while sheets are written; see `write_rows`."""

    rows: int = 0
    number: int = 0
    gap: int = 0
    merged: int = 0
    hidden: int = 0
    unread: int = 0
    gaps: list[tuple[int, int]] = field(default_factory=list)
    sheets: list[tuple[int, str]] = field(default_factory=list)


def write_rows(grid: Grid, shape: Shape, target: Path) -> dict[str, Any]:
    """Write the records of a sheet, and of others like it, as the CSV that `clean.py` describes.

    Args:
        grid: the sheet; of its `others`, those with the same header are read, too.
        shape: what its rows are.
        target: where the clean copy goes.

    Returns:
        `kept` and `refused_count`; `rows` of the longest sheet; `gaps` and `sheets` of `Decoded`;
        `merged`, records without a value of their own in a column that is taken, since one cell
        spans several of them; what is `hidden`; and how many sheets with data are `unread`.
    """
    tally = _Tally(unread=grid.unread_count)
    with CleanWriter(target) as out:
        _write_sheet(grid, shape, out, tally)
        for other in grid.others:
            if shape.is_of(other):
                _write_sheet(other, shape, out, tally)
            else:
                tally.unread += 1
    done = out.done
    return {
        "kept": done.kept_count,
        "refused_count": done.refused_count,
        "rows": tally.rows,
        "gaps": tally.gaps,
        "sheets": tally.sheets if len(tally.sheets) > 1 else [],
        "merged": tally.merged,
        "hidden": tally.hidden,
        "unread": tally.unread,
    }


def _write_sheet(grid: Grid, shape: Shape, out: CleanWriter, tally: _Tally) -> None:
    tally.hidden += grid.hidden_count
    tally.sheets.append((tally.number + 1, grid.name))
    is_covered = _covered(grid, shape)
    rows = 0
    for place, cells in _with_rows_that_show_nothing(grid):
        rows = place + 1
        fields = shape.fit(cells)
        is_odd = not shape.taken.isdisjoint(grid.odd.get(place, ()))
        is_record = (is_odd or any(cells)) and not repeats(fields, shape.header)
        if place < shape.skip or not is_record:
            continue
        tally.number += 1
        tally.merged += is_covered(place)
        if rows - tally.number != tally.gap:
            tally.gap = rows - tally.number
            tally.gaps.append((tally.number, tally.gap))
        if reason := _fault(cells, shape.width, is_odd=is_odd):
            out.refuse(tally.number, reason, ",".join(cells))
        else:
            out.keep(tally.number, fields)
    tally.rows = max(tally.rows, rows)


def _covered(grid: Grid, shape: Shape) -> Callable[[int], bool]:
    """Tells of a row whether a cell of a row above, of the data as well, reaches down to it."""
    spans = sorted(
        (cells.first + 1, cells.last)
        for cells in grid.merged
        if cells.last > cells.first >= shape.skip and not shape.taken.isdisjoint(cells.columns)
    )
    starts = [first for first, _ in spans]
    ends = list(accumulate((last for _, last in spans), max))

    def is_covered(row: int) -> bool:
        before = bisect_right(starts, row)
        return before > 0 and ends[before - 1] >= row

    return is_covered


def _with_rows_that_show_nothing(grid: Grid) -> Iterator[tuple[int, Row]]:
    """The rows with their places, then those after the last text that have odd cells only."""
    place = -1
    for place, cells in enumerate(grid.rows):
        yield place, cells
    for odd in sorted(row for row in grid.odd if row > place):
        yield odd, []


def _fault(cells: Row, width: int, *, is_odd: bool) -> RecordReason | None:
    if is_total(cells):
        return RecordReason.TOTAL_ROW
    if any(cells[width:]):
        return RecordReason.RAGGED_LONG
    if is_odd:
        return RecordReason.FORMULA
    return fault_in("".join(cells))
