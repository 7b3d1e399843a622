"""The records of one file, read, typed and pseudonymised, in temporary tables of a worker.

A regular file is read by DuckDB in one pass. If that fails, finds another number of records than
there are lines, or a line that may be no record, nothing of it is believed and the careful reader
has the word. What was refused can be told in the words of the original, for the vault only.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import duckdb

from pipelines.contract import Table
from pipelines.ingest import reading, statements, texts
from pipelines.ingest.cage import Cage
from pipelines.ingest.clean import KEPT_CHARACTERS, CsvWriter
from pipelines.ingest.connection import connect
from pipelines.ingest.decode import decode
from pipelines.ingest.decoded import Original, Reader
from pipelines.ingest.excerpts import record_texts
from pipelines.ingest.layout import find_layout, names_of
from pipelines.ingest.manifest import Manifest
from pipelines.ingest.plan import Plan, Reading, make_plan
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.source import Source
from pipelines.ingest.text import careful_twin
from pipelines.privacy.pseudonyms import Key, use_key

HEADER_NUMBER = 0  # the header among refused records, so that they can be read without the original


@dataclass(frozen=True, slots=True)
class Typed:
    """The records of a file, lying in the view `typed` of the worker that read them.

    Attributes:
        plan: how they were made.
        records: how many there are, those that the CSV reader refused included.
        refused_count: how many of them are refused.
        has_problems: whether there is anything to say about any of them.
        as_of: the latest extract moment.
    """

    plan: Plan
    records: int
    refused_count: int
    has_problems: bool
    as_of: datetime | None


class Worker:
    """A database connection, a child that reads and a place for decoded text; for a file at a time.

    Args:
        scratch: the name of the text to write, without ending.
        key: makes the pseudonyms.
        memory_limit: of the connection.
        threads: how many may read the file.
        places: names of places that are like a person's (`namesakes.py`).
    """

    def __init__(
        self,
        scratch: Path,
        key: Key,
        memory_limit: str,
        threads: int = 1,
        places: Collection[str] = (),
    ) -> None:
        self.scratch = scratch
        self.places = places
        self._threads = threads
        self.con = connect(
            None,
            memory_limit=memory_limit,
            threads=1,
            spill=scratch.with_name(f"{scratch.name}.spill"),
        )
        # Swapping the sides of a join would lose the order of the records.
        self.con.execute("set disabled_optimizers = 'build_side_probe_side,join_order'")
        use_key(self.con, key)
        self.cage = Cage()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cage.close()
        self.con.close()

    def read(
        self,
        original: Original,
        manifest: Manifest,
        source: Source,
        tables: dict[str, Table],
        zone: str,
    ) -> Typed:
        """Read a file into the view `typed` (`reading.py`).

        Args:
            original: where it lies and what is known of its bytes.
            manifest: who sent it and as of when.
            source: its mapping.
            tables: every contract by name.
            zone: the home's time zone.

        Raises:
            Refused: the file cannot be read as its mapping says.
        """
        required = [column.name for column in tables[source.table].columns if column.required]
        names = names_of(source, required)
        decoded = decode(original, source, names, self.scratch, self.cage)
        layout = find_layout(decoded.header, source, required, decoded.unknown_count)
        plan = make_plan(Reading(manifest, source, decoded, layout), tables, zone, self.places)
        typed = self._type(plan)
        if typed is None and decoded.reader is Reader.FAST:
            decoded = careful_twin(decoded, self.scratch)
            plan = make_plan(Reading(manifest, source, decoded, layout), tables, zone, self.places)
            typed = self._type(plan)
        if typed is None:
            raise Refused(FileReason.CORRUPT)
        return typed

    def _type(self, plan: Plan) -> Typed | None:
        """Make `typed`; none if the reader stumbled or did not find all records."""
        try:
            self._execute_at_once(reading.plain_sql(plan))
        except duckdb.InvalidInputException:
            return None
        if self._has("is_stray"):
            return None
        if has_odd := self._has("is_odd"):
            self.con.execute(reading.careful_sql(plan))
        self.con.execute(reading.typed_sql(plan, has_odd=has_odd))
        counted = self.con.execute(statements.count_sql(plan)).fetchone()
        lines, records, problems, errors, as_of = cast("tuple[int, int, int, int, Any]", counted)
        decoded = plan.reading.decoded
        if lines != decoded.record_count:
            return None
        left_out = decoded.refused_count
        return Typed(
            plan,
            records=records + left_out,
            refused_count=errors + left_out,
            has_problems=bool(problems or left_out),
            as_of=as_of,
        )

    def make_keys(self, plan: Plan) -> None:
        """Make the pseudonyms of numbers that repeat."""
        for statement in statements.reference_sql(plan):
            self._execute_at_once(statement)

    def _execute_at_once(self, statement: str) -> None:
        """Execute with all threads what keeps its order all the same, as a scan does, or has none.

        A join would lose the order of the records.
        """
        self.con.execute(f"set threads = {self._threads}")
        try:
            self.con.execute(statement)
        finally:
            self.con.execute("set threads = 1")

    def _has(self, flag: str) -> bool:
        return bool(self.con.execute(f"select 1 from plain where {flag} limit 1").fetchall())

    def refused_sql(self, typed: Typed) -> str:
        """A query for the refused records as they stand in the original: `record_no, original`.

        The header is record 0. A record is cut after `KEPT_CHARACTERS`; the original has all of it.
        """
        numbers = self.con.execute(statements.REFUSED_RECORDS).fetchall()
        decoded = typed.plan.reading.decoded
        listed = self.scratch.with_suffix(".originals.csv")
        with listed.open("w", encoding="utf-8", newline="") as target:
            out = CsvWriter(target)
            out.write((HEADER_NUMBER, "", ",".join(decoded.header)))
            for number, text in record_texts(decoded, [number for (number,) in numbers]):
                out.write((number, "", text[:KEPT_CHARACTERS]))
        files = [listed, decoded.refused] if decoded.refused else [listed]
        parts = (
            f"select record_no, original from {texts.read_refused_sql(file)}" for file in files
        )
        return f"{' union all '.join(parts)} order by record_no"
