"""Rows of text as a clean CSV, and what is wrong with them beside it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pipelines.ingest.clean import CleanWriter, fault_in, is_total, repeats
from pipelines.ingest.header import COLUMNS
from pipelines.ingest.reasons import RecordReason

CELLS = 50_000_000
NAME_CHARACTERS = 1_000

Row = list[str]


@dataclass(slots=True)
class Grid:
    """A sheet as rows of text, from its first row on.

    Attributes:
        rows: the rows, to be read once.
        odd: cells that show something else than a value (an error, a formula that nobody has
            worked out): columns by row, both from 0.
        hidden_count: hidden sheets, rows and columns.
    """

    rows: Iterable[Row]
    odd: Mapping[int, Collection[int]] = field(default_factory=dict)
    hidden_count: int = 0

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

    header: frozenset[tuple[str, ...]]
    skip: int
    width: int
    taken: frozenset[int]


def write_rows(grid: Grid, shape: Shape, target: Path) -> dict[str, Any]:
    """Write the records of a sheet as the clean CSV that `clean.py` describes.

    Args:
        grid: the sheet.
        shape: what its rows are.
        target: where the clean copy goes.

    Returns:
        `kept`, `refused_count`, how many `rows` there are, and the `gaps` of `Decoded`.
    """
    rows = number = gap = 0
    gaps: list[tuple[int, int]] = []
    with CleanWriter(target) as out:
        for place, cells in _with_rows_that_show_nothing(grid):
            rows = place + 1
            fields = (cells + [""] * (shape.width - len(cells)))[: shape.width]
            is_odd = not shape.taken.isdisjoint(grid.odd.get(place, ()))
            is_record = (is_odd or any(cells)) and not repeats(fields, shape.header)
            if place < shape.skip or not is_record:
                continue
            number += 1
            if rows - number != gap:
                gap = rows - number
                gaps.append((number, gap))
            if reason := _fault(cells, shape.width, is_odd=is_odd):
                out.refuse(number, reason, ",".join(cells))
            else:
                out.keep(number, fields)
    done = out.done
    return {
        "kept": done.kept_count,
        "refused_count": done.refused_count,
        "rows": rows,
        "gaps": gaps,
    }


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
