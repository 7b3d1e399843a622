"""Which column of a file is which column of its mapping.

A column that no mapping knows is counted and left in the vault; its header is repeated nowhere but
to whoever tries the mapping (`source check`), for it may say anything.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.ingest.header import Names, comparable
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.source import From, MappedColumn, Source


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


def names_of(source: Source, required: Sequence[str]) -> Names:
    """The names by which the columns of a mapping are looked for.

    Args:
        source: the mapping.
        required: targets without which no record can be made.
    """
    each = [(column, frozenset(_names(column))) for column in source.columns]
    return Names(
        needed=tuple(names for column, names in each if _is_needed(column, source, required)),
        known=frozenset(name for _, names in each for name in names),
    )


def find_layout(
    header: Sequence[str],
    source: Source,
    required: Sequence[str],
    unknown_count: int | None = None,
) -> Layout:
    """Find the columns of a mapping in the header of a file.

    Args:
        header: the file's column names.
        source: the mapping.
        required: targets without which no record can be made.
        unknown_count: columns that the mapping does not know, where the reader has left them out.

    Raises:
        Refused: two columns have one name, or a required column is missing.
    """
    names = [comparable(name) for name in header]
    if any(count > 1 for name, count in Counter(names).items() if name):
        raise Refused(FileReason.HEADER_DUP)
    places: list[tuple[MappedColumn, int]] = []
    missing: list[str] = []
    for column in source.columns:
        found = [names.index(name) for name in _names(column) if name in names]
        if len(found) > 1:
            raise Refused(FileReason.HEADER_DUP, column.header)
        if found:
            places.append((column, found[0]))
        elif _is_needed(column, source, required):
            raise Refused(FileReason.HEADER, column.header)
        elif column.is_taken:
            missing.append(column.header)
    if unknown_count is None:
        unknown_count = len(names) - len(places)
    return Layout(tuple(places), tuple(missing), unknown_count)


def _names(column: MappedColumn) -> list[str]:
    return [comparable(name) for name in (column.header, *column.aliases)]


def _is_needed(column: MappedColumn, source: Source, required: Sequence[str]) -> bool:
    names_file = column.header in {
        origin.column for origin in (source.sender, source.as_of) if origin.kind is From.COLUMN
    }
    return column.is_required or names_file or column.target in required
