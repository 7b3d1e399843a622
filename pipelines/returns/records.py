"""The records that go back: which ones, why, and as they stand in the office's own file.

Which ones and why is in the staging database of the last run; what they say is only in the vault,
and is read from the original there. A record that has been sent in again is no longer returned: its
refusal stays as history.
"""

import csv
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import Self

import duckdb

from pipelines.contract import Table, load_tables
from pipelines.ingest import statements
from pipelines.ingest.careful import read_records
from pipelines.ingest.decoded import Decoded, Original
from pipelines.ingest.excerpts import record_texts
from pipelines.ingest.manifest import Manifest, object_path
from pipelines.ingest.mapping import load_sources
from pipelines.ingest.plan import Plan
from pipelines.ingest.records import Worker
from pipelines.ingest.source import From, Source
from pipelines.settings import PACKAGE, Home, Settings

Fault = tuple[str, str]  # column of the contract, empty for the whole record; reason code
Faults = dict[int, tuple[Fault, ...]]  # by number of the record

FAULTS = """
    with errors as (
        select distinct
            file_id, record_no, column_name, reason_code, made_from = '' as is_own
        from quarantine.records
        join ops.files as files using (file_id, table_name)
        where severity = 'error'
    )
    select file_id, record_no, list((column_name, reason_code) order by column_name, reason_code)
    from (
        select *, bool_or(is_own) over (partition by file_id, record_no) as has_own from errors
    )
    -- What was made of a record falls with it; only its own faults can be mended.
    where is_own = has_own
    group by file_id, record_no
    order by file_id, record_no
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """What originals are read with."""

    home: Home
    settings: Settings
    sources: dict[str, Source]
    tables: dict[str, Table]

    @classmethod
    def at(cls, home: Home) -> Self:
        """What the originals of `home` are read with."""
        return cls(home, Settings.load(home), load_sources(home), load_tables(PACKAGE / "model"))


@dataclass(frozen=True, slots=True)
class Returned:
    """A record that goes back.

    Attributes:
        number: its number in the file.
        row: where a person finds it there: its row, the first one being 1, after the name of its
            sheet where there are several.
        cells: what stands in its columns; of a broken record, as far as it can be told apart.
        columns: headers of the columns at fault.
        reasons: reason codes.
    """

    number: int
    row: str
    cells: tuple[str, ...]
    columns: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reopened:
    """A file in which refused records are looked up.

    Attributes:
        header: the names of its columns.
        sender_place: place of the column that names the sender; none where the file has one sender.
        records: the records asked for, in order.
    """

    header: tuple[str, ...]
    sender_place: int | None
    records: Iterator[Returned]


def list_faults(con: duckdb.DuckDBPyConnection) -> dict[str, Faults]:
    """The records that the last run refused, by file, and what is wrong with each.

    Args:
        con: the staging database.
    """
    found: dict[str, Faults] = {}
    for file_id, number, faults in con.execute(FAULTS).fetchall():
        found.setdefault(file_id, {})[number] = tuple((f[0], f[1]) for f in faults)
    return found


def reopen(
    installed: Installed, worker: Worker, manifest: Manifest, source: Source, faults: Faults
) -> Reopened:
    """Look up records in the original.

    Raises:
        Refused: the file cannot be read any more as it was.
    """
    path = object_path(installed.home, manifest.sha256)
    original = Original(path, manifest.stated_by, manifest.survey)
    zone = installed.settings.zone
    plan = worker.read(original, manifest, source, installed.tables, zone).plan
    decoded = plan.reading.decoded
    places = {column.header: place for column, place in plan.reading.layout.places}
    rows = _row_numbers(decoded, faults)
    headers = _headers(plan)
    return Reopened(
        header=decoded.header,
        sender_place=places[source.sender.column] if source.sender.kind is From.COLUMN else None,
        records=(
            Returned(
                number=number,
                row=next(rows, str(number)),
                cells=cells,
                columns=tuple(dict.fromkeys(headers.get(c, c) for c, _ in faults[number] if c)),
                reasons=tuple(dict.fromkeys(reason for _, reason in faults[number])),
            )
            for number, cells in _cells(worker, decoded, faults)
        ),
    )


def _headers(plan: Plan) -> dict[str, str]:
    """The file's own name of the column that fills each column of a contract."""
    header = plan.reading.decoded.header
    return {
        (column.words if column.event else column.target or column.of_case): header[place]
        for column, place in plan.reading.layout.places
        if column.is_taken
    }


def _cells(
    worker: Worker, decoded: Decoded, faults: Faults
) -> Iterator[tuple[int, tuple[str, ...]]]:
    left_out: dict[int, str] = {}
    if decoded.refused:
        query = f"select record_no, original from {statements.read_refused_sql(decoded.refused)}"
        left_out = dict(worker.con.execute(query).fetchall())
    kept = (
        (number, _split(text, decoded.delimiter))
        for number, text in record_texts(decoded, sorted(faults.keys() - left_out.keys()))
    )
    broken = (
        (number, _split(left_out[number] or "", decoded.text_delimiter))
        for number in sorted(faults.keys() & left_out.keys())
    )
    return merge(kept, broken)


def _split(text: str, delimiter: str) -> tuple[str, ...]:
    """The fields of a record; of one whose quoting is broken, the whole of it as one."""
    try:
        (fields,) = csv.reader([text], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        return (text,)
    return tuple(fields)


def _row_numbers(decoded: Decoded, wanted: Iterable[int]) -> Iterator[str]:
    """The row of each record in its file; rows on which nothing is written are rows too."""
    if decoded.text:
        return map(str, _rows_of_text(decoded.text, decoded, wanted))
    above = decoded.heading.end
    starts = [number for number, _ in decoded.gaps]
    gaps = [above, *(gap for _, gap in decoded.gaps)]
    firsts = [number for number, _ in decoded.sheets]
    sheets = ["", *(f"{name}!" for _, name in decoded.sheets)]
    return (
        f"{sheets[bisect_right(firsts, number)]}{number + gaps[bisect_right(starts, number)]}"
        for number in sorted(wanted)
    )


def _rows_of_text(text: Path, decoded: Decoded, wanted: Iterable[int]) -> Iterator[int]:
    numbers = iter(sorted(wanted))
    awaited = next(numbers, None)
    above = decoded.heading.end
    with text.open(encoding="utf-8-sig", newline="") as file:
        lines = _Lines(file)
        found = read_records(lines, decoded.text_delimiter, len(decoded.header))
        for number, record in enumerate(found, 1 - above):
            if awaited is None:
                return
            lines.inside += sum(not line.strip() for line in record.text.splitlines())
            if number == awaited:
                yield above + number + lines.blank - lines.inside
                awaited = next(numbers, None)


class _Lines:
    """Lines, and how many of those that were read are blank."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        self.blank = 0
        self.inside = 0  # of them, those that are part of a record

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.blank += not line.strip()
            yield line
