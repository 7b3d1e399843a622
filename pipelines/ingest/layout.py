"""Which column of a file is which column of its mapping.

Headers are compared in one form (compatibility characters composed, invisible ones and outer spaces
gone), because they are what people retype. A column that no mapping knows is counted and left in
the vault; its header is not repeated anywhere, for it may say anything.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.source import From, MappedColumn, Source

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a mapping stand in a file.

    Attributes:
        places: each column found, with its place from 0.
        missing: headers of optional columns that the file does not have.
        unknown_count: columns of the file that the mapping does not know.
    """

    places: tuple[tuple[MappedColumn, int], ...]
    missing: tuple[str, ...]
    unknown_count: int


def find_layout(header: Sequence[str], source: Source, required: Sequence[str]) -> Layout:
    """Find the columns of a mapping in the header of a file.

    Args:
        header: the file's column names.
        source: the mapping.
        required: targets without which no record can be made.

    Raises:
        Refused: two columns have one name, or a required column is missing.
    """
    names = [_comparable(name) for name in header]
    if any(count > 1 for name, count in Counter(names).items() if name):
        raise Refused(FileReason.HEADER_DUP)
    places: list[tuple[MappedColumn, int]] = []
    missing: list[str] = []
    for column in source.columns:
        found = [
            names.index(name)
            for name in map(_comparable, (column.header, *column.aliases))
            if name in names
        ]
        if len(found) > 1:
            raise Refused(FileReason.HEADER_DUP, column.header)
        if found:
            places.append((column, found[0]))
        elif _is_needed(column, source, required):
            raise Refused(FileReason.HEADER, column.header)
        elif column.is_taken:
            missing.append(column.header)
    return Layout(tuple(places), tuple(missing), len(names) - len(places))


def _is_needed(column: MappedColumn, source: Source, required: Sequence[str]) -> bool:
    names_file = column.header in {
        origin.column for origin in (source.sender, source.as_of) if origin.kind is From.COLUMN
    }
    return column.is_required or names_file or column.target in required


def _comparable(name: str) -> str:
    composed = unicodedata.normalize("NFKC", _INVISIBLE.sub("", name))
    return _SPACES.sub(" ", composed).strip()
