"""Where the column names of a file stand, and what they are.

Names are compared in one form (compatibility characters composed, invisible ones and outer spaces
gone), because they are what people retype. Which name is which column of the contract is for
`layout.py`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from pipelines.ingest.format import HEADER_WITHIN, Format
from pipelines.ingest.reasons import FileReason, Refused

COLUMNS = 2_000
LEVEL = "/"  # between the names of a header of several rows

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(r"\s+")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a mapping gives to columns, in the form in which they are compared.

    Attributes:
        needed: for each column without which no record can be made, the names it may have.
        known: all names.
    """

    needed: tuple[frozenset[str], ...]
    known: frozenset[str]

    def found_in(self, row: Iterable[str]) -> tuple[int, int]:
        """How many needed columns, and how many known names, are in a row."""
        names = {comparable(name) for name in row}
        return sum(not names.isdisjoint(one) for one in self.needed), len(names & self.known)

    def found_below(self, row: Iterable[str]) -> int:
        """How many known names are in a row, each without the levels above it."""
        return self.found_in(map(lowest, row))[1]

    def are_in(self, row: Iterable[str]) -> bool:
        """Whether every needed column is in a row."""
        return self.found_in(row)[0] == len(self.needed)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a file.

    Attributes:
        names: the names of its columns, as the file has them.
        rows: the rows that they were taken from, by which a repeated header is known.
        end: how many rows or records come before the first that can hold data.
    """

    names: Row
    rows: tuple[Row, ...]
    end: int

    def trimmed(self) -> Self:
        """Without the empty names at its end: a sheet is as wide as its widest row.

        Raises:
            Refused: nothing is left, or more than any export has.
        """
        width = max((place for place, name in enumerate(self.names, 1) if name), default=0)
        if not width:
            raise Refused(FileReason.EMPTY)
        if width > COLUMNS:
            raise Refused(FileReason.TOO_WIDE, str(width))
        return type(self)(self.names[:width], tuple(row[:width] for row in self.rows), self.end)


def lowest(name: str) -> str:
    """The name of a column without the levels above it."""
    return name.rpartition(LEVEL)[2]


def comparable(name: str) -> str:
    """A column name in the form in which it is compared."""
    composed = unicodedata.normalize("NFKC", _INVISIBLE.sub("", name))
    return _SPACES.sub(" ", composed).strip()


def find_header(rows: Sequence[Sequence[str]], written: Format, names: Names) -> Header:
    """The header among the first rows of a file.

    Where the mapping does not say which row it is, it is the first one with all needed names; if
    there is none, the one that comes nearest, so that what is missing can be told. Of rows that
    come equally near, a title of a few cells is passed over. Where its depth is open, it takes one
    row unless more names are found in several.

    Args:
        rows: the first rows, as many as `written.head_rows` where there are so many.
        written: what the mapping says.
        names: the mapping's columns.

    Raises:
        Refused: there are no such rows.
    """
    depths = (1, written.header_rows) if written.is_depth_open else (written.header_rows,)
    within = len(rows) + 1 - (written.header_row or 1)
    headers = [
        _header(rows, depth, written.header_row, names) for depth in depths if depth <= within
    ]
    if not headers:
        raise Refused(FileReason.EMPTY)
    return max(headers, key=lambda header: _worth(header.names, names))


def _worth(row: Row, names: Names) -> tuple[int, int]:
    """How many known names a header has below its upper levels, then how many names at all."""
    known = names.found_below(row)
    return known, sum(map(bool, row)) if known else 0


def _header(rows: Sequence[Sequence[str]], depth: int, at_row: int | None, names: Names) -> Header:
    """The header of so many rows; from the row that is told, or the one that comes nearest."""
    starts = range(len(rows) - depth + 1)[: at_row or HEADER_WITHIN]
    at_once = [tuple(map(tuple, rows[at : at + depth])) for at in starts]
    composed = [_compose(block) for block in at_once]
    start = len(at_once) - 1
    if not at_row:
        filled = [sum(map(bool, row)) for row in composed]
        start = max(
            range(len(composed)),
            key=lambda at: (
                *names.found_in(composed[at]),
                names.found_below(composed[at]),
                2 * filled[at] > max(filled),
                -at,
            ),
        )
    return Header(composed[start], at_once[start], start + depth)


def _compose(rows: Sequence[Row]) -> Row:
    """One name for each column of a header of several rows."""
    names = rows[0]
    for lower in rows[1:]:
        width = max(len(names), len(lower))
        names = _join(names + ("",) * (width - len(names)), lower + ("",) * (width - len(lower)))
    return names


def _join(upper: Row, lower: Row) -> Row:
    """Names of two levels; an upper name covers the columns to its right that have none.

    One over an empty cell is a whole name (its cell is merged downwards) and covers itself only.
    """
    names: list[str] = []
    group = ""
    for above, below in zip(upper, lower, strict=True):
        group = above or (group if below else "")
        names.append(LEVEL.join(filter(None, (group, below))))
        group = group if below else ""
    return tuple(names)
