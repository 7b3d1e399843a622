"""Receipts: for each file, what was read from it and what became of its records.

The first half is known when a file is landed and lies in the vault (`receipts/<sha256>.json`). The
second, the fate of each record, is known when all files have been judged together (`validate`).
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import duckdb

from pipelines.ingest.durable import write_whole
from pipelines.settings import Home

REFUSALS = "refusals"  # positions and codes, for all
REFUSED = "refused"  # the refused records as they stand in the original, for the vault only
SIGHTINGS = "sightings"  # the numbers of refused records, where those can be read
PARQUET_MARK = b"PAR1"


@dataclass(frozen=True, slots=True)
class Output:
    """A Parquet file made from an original.

    Attributes:
        kind: the table whose rows it holds, or `REFUSALS`, `REFUSED` or `SIGHTINGS`.
        rows: how many.
        bytes: its size, by which one that a power cut left incomplete is known.
    """

    kind: str
    rows: int
    bytes: int

    def path(self, home: Home, file_id: str) -> Path:
        """Where it lies."""
        return output_path(home, self.kind, file_id)

    def is_whole(self, home: Home, file_id: str) -> bool:
        """Whether it lies there complete."""
        try:
            with self.path(home, file_id).open("rb") as file:
                head = file.read(len(PARQUET_MARK))
                size = file.seek(0, os.SEEK_END)
                file.seek(-len(PARQUET_MARK), os.SEEK_END)
                return size == self.bytes and head == file.read() == PARQUET_MARK
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the columns of a file: a reason code, the mapping's header, how many."""

    reason: str
    header: str
    count: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was read from one original.

    Attributes:
        file_id: short name of the original.
        sha256: its hash.
        source: name of the source that read it.
        name: the last part of the name that it came under.
        landing_key: what the landed rows depend on; another key means that they are made anew.
        shape: what one row of the source is.
        precedence: of the source, over others that have records of the same number.
        refusal: why the whole file was refused; empty where it was not.
        detail: of the refusal: a header of the mapping, an offset, a number.
        reader: how it was read.
        encoding: of the original; empty for workbooks.
        confidence: how sure that is, 0 to 1; none for workbooks.
        as_of: the latest extract moment of its records, ISO 8601.
        records: records in the file.
        refused_count: records among them that were refused when they were read.
        outputs: the files made from it; the first is that of the table that counts the records.
        findings: what the columns gave reason to remark on.
    """

    file_id: str
    sha256: str
    source: str
    name: str
    landing_key: str
    shape: str = ""
    precedence: int = 1
    refusal: str = ""
    detail: str = ""
    reader: str = ""
    encoding: str = ""
    confidence: float | None = None
    as_of: str = ""
    records: int = 0
    refused_count: int = 0
    outputs: tuple[Output, ...] = ()
    findings: tuple[Finding, ...] = ()

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Self:
        """The receipt that was written as `facts`."""
        known = {field.name for field in fields(cls)}
        if set(facts) != known:
            raise ValueError("a receipt of another version")
        read: dict[str, Any] = {
            **facts,
            "outputs": tuple(Output(**output) for output in facts["outputs"]),
            "findings": tuple(Finding(**finding) for finding in facts["findings"]),
        }
        return cls(**read)

    @property
    def landed(self) -> tuple[Output, ...]:
        """The outputs that are rows of tables."""
        return tuple(o for o in self.outputs if o.kind not in {REFUSALS, REFUSED, SIGHTINGS})

    @property
    def unseen_count(self) -> int:
        """Refused records of which not even the number could be read."""
        return self.refused_count - sum(o.rows for o in self.outputs if o.kind == SIGHTINGS)

    @property
    def latest(self) -> datetime | None:
        """The latest extract moment of its records."""
        return datetime.fromisoformat(self.as_of) if self.as_of else None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the records of one file in one table."""

    file: str
    table: str
    sender: str
    as_of: datetime
    records: int
    current: int
    superseded: int
    duplicate: int
    quarantined: int


COUNTS = ("records", "current", "superseded", "duplicate", "quarantined")


def receipt_path(home: Home, sha256: str) -> Path:
    """Where the receipt of an original lies."""
    return home.vault / "receipts" / f"{sha256}.json"


def output_path(home: Home, kind: str, file_id: str) -> Path:
    """Where a Parquet file made from an original lies."""
    folder = home.vault if kind == REFUSED else home.warehouse / "landing"
    return folder / kind / f"{file_id}.parquet"


def read_receipt(home: Home, sha256: str) -> Receipt | None:
    """The receipt of an original, if there is one that this version can read."""
    try:
        facts = json.loads(receipt_path(home, sha256).read_text(encoding="utf-8"))
        return Receipt.from_json(facts)
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return None


def write_receipt(home: Home, receipt: Receipt) -> None:
    """Put a receipt into the vault."""
    text = json.dumps(asdict(receipt), ensure_ascii=False, indent=1)
    write_whole(receipt_path(home, receipt.sha256), text + "\n")


def receipts(con: duckdb.DuckDBPyConnection) -> list[Fate]:
    """The fate of the records of every file and table, in order of table and file.

    Args:
        con: the staging database, in which acceptance has judged all records.
    """
    rows = con.execute(
        """
        select coalesce(files.name, file_id), table_name, files.sender_id, files.as_of,
            fates.records, current_count, superseded_count, duplicate_count, quarantined_count
        from quarantine.fates as fates
        left join ops.files as files using (file_id, table_name)
        order by table_name, files.name, file_id
        """
    ).fetchall()
    return [Fate(*row) for row in rows]


def totals(fates: Iterable[Fate]) -> dict[str, int]:
    """The counts of all files and tables together, by the names in `COUNTS`."""
    listed = list(fates)
    return {count: sum(getattr(fate, count) for fate in listed) for count in COUNTS}
