"""The staging database: what a run builds, from the landed files up. Readers never open it.

It is disposable: every run begins with an empty file, in which the landed rows are views over their
Parquet files. Here are the files, their facts and their rows as they landed; what is made of them
is written by the steps that follow.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

import duckdb

from pipelines.contract import Table
from pipelines.ingest.connection import connect
from pipelines.ingest.durable import make_private_folder
from pipelines.ingest.manifest import Listing, Manifest, read_manifests
from pipelines.ingest.receipts import REFUSALS, SIGHTINGS, Receipt, read_receipt
from pipelines.ingest.source import EVENT_TABLE, Shape
from pipelines.ingest.statements import LINEAGE, REFUSAL_COLUMNS, SIGHTING_COLUMNS
from pipelines.ingest.texts import path_literal
from pipelines.privacy.pseudonyms import link_breaks
from pipelines.quoting import literal
from pipelines.settings import Home, Settings

SCHEMAS = (
    "ops",
    "landing",
    "quarantine",
    "model",
    "geo",
    "indicators",
    "methods",
    "public",
    "dictionary",
    "quality",
)
FILES = """
create table ops.files (
    file_id varchar, sha256 varchar, source varchar, table_name varchar, sender_id varchar,
    period_start date, period_end date, as_of timestamp, records bigint, name varchar,
    shape varchar, made_from varchar
)
"""
LISTINGS = """
create table ops.listings (
    file_id varchar, source varchar, sender_id varchar, as_of timestamp, unseen_count bigint
)
"""
FINDINGS = """
create table ops.file_findings (
    file_id varchar, name varchar, source varchar, severity varchar, reason_code varchar,
    column_name varchar, detail varchar, found_count bigint
)
"""
LINK_BREAKS = "create table ops.link_breaks (broken_on date)"
FIELD_MARK, NULL_MARK = "\x1f", "\x1e"


def rebuild_staging(
    home: Home,
    settings: Settings,
    tables: dict[str, Table],
    known_at: datetime | None = None,
) -> None:
    """Begin a new staging database with everything that has landed.

    Writes `ops.files` (a row for each file and table that it feeds), `ops.file_findings` (files
    that were refused, and remarks about columns), `ops.link_breaks` (days on which the key was
    changed), `landing.<table>` for every table that exports feed, `landing.refusals` and
    `landing.sightings`.

    Args:
        home: the installation; `build_landing` has been run.
        settings: memory and threads.
        tables: every contract by name.
        known_at: leave out files that were exported later: so an earlier state can be built again.
    """
    make_private_folder(home.warehouse)
    for path in (home.staging, home.staging.with_name(f"{home.staging.name}.wal")):
        path.unlink(missing_ok=True)
    landed = [
        (_as_known(manifest, known_at), receipt)
        for manifest in read_manifests(home)
        if (receipt := read_receipt(home, manifest.sha256))
        and not _is_later(manifest.provenance.as_of or receipt.latest, known_at)
    ]
    receipts = [receipt for _, receipt in landed]
    with open_staging(home, settings) as con:
        con.begin()
        for schema in SCHEMAS:
            con.execute(f"create schema {schema}")
        _list_files(con, landed)
        con.execute(LINK_BREAKS)
        _insert(con, "ops.link_breaks", [(day,) for day in link_breaks(home)])
        for table in tables.values():
            if table.version:
                con.execute(_landing_view(home, table, receipts))
        con.execute(_plain_view(home, REFUSALS, receipts, REFUSAL_COLUMNS))
        con.execute(_plain_view(home, SIGHTINGS, receipts, SIGHTING_COLUMNS))
        con.commit()


def open_staging(home: Home, settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open the staging database for writing; its spill folder is emptied first."""
    return connect(
        home.staging,
        memory_limit=settings.memory_limit,
        threads=settings.threads,
        spill=home.warehouse / "tmp",
    )


def _list_files(con: duckdb.DuckDBPyConnection, landed: Iterable[tuple[Manifest, Receipt]]) -> None:
    for statement in (FILES, LISTINGS, FINDINGS):
        con.execute(statement)
    files: list[tuple[object, ...]] = []
    listings: list[tuple[object, ...]] = []
    findings: list[tuple[object, ...]] = []
    for manifest, receipt in landed:
        who = (receipt.file_id, receipt.name, receipt.source)
        files += _file_rows(manifest, receipt)
        listings += _listing_rows(manifest, receipt)
        if receipt.refusal:
            findings.append((*who, "error", receipt.refusal, "", receipt.detail, 1))
        findings += [
            (*who, "warning", finding.reason, finding.header, "", finding.count)
            for finding in receipt.findings
        ]
    _insert(con, "ops.files", files)
    _insert(con, "ops.listings", listings)
    _insert(con, "ops.file_findings", findings)


def _file_rows(manifest: Manifest, receipt: Receipt) -> Iterator[tuple[object, ...]]:
    """A row for each table that the file feeds, the one that counts its records first.

    Steps made from submissions are counted as steps; records only once. The steps that a list of
    what is open tells are not known before all such lists are seen together (`validate`).
    """
    fed = [(output.kind, output.rows) for output in receipt.landed]
    if receipt.shape == Shape.SNAPSHOT and fed:
        fed.append((EVENT_TABLE, 0))
    facts = manifest.provenance
    as_of = facts.as_of or receipt.latest
    for place, (table, rows) in enumerate(fed):
        yield (
            receipt.file_id,
            receipt.sha256,
            receipt.source,
            table,
            facts.sender_id,
            facts.period_start,
            facts.period_end,
            max((listing.as_of for listing in _listings(manifest, receipt)), default=as_of),
            rows if place else receipt.records,
            receipt.name,
            receipt.shape,
            fed[0][0] if place else "",
        )


def _listing_rows(manifest: Manifest, receipt: Receipt) -> Iterator[tuple[object, ...]]:
    """A row for each moment at which the file was a list of what is open."""
    for listing in _listings(manifest, receipt):
        who = (receipt.file_id, receipt.source, listing.sender_id)
        yield (*who, listing.as_of, receipt.unseen_count)


def _listings(manifest: Manifest, receipt: Receipt) -> list[Listing]:
    """When the file was a list of what is open, and whose.

    The same bytes from another sender are a copy and say nothing, unless they say that nothing is
    open, in which all empty lists agree.
    """
    if receipt.shape != Shape.SNAPSHOT or not receipt.landed:
        return []
    sender = manifest.provenance.sender_id
    return [li for li in manifest.listings if li.sender_id == sender or not receipt.records]


def _as_known(manifest: Manifest, known_at: datetime | None) -> Manifest:
    """The manifest without what was said of the file later than that."""
    listings = (li for li in manifest.listings if not _is_later(li.as_of, known_at))
    return replace(manifest, listings=tuple(listings))


def _is_later(moment: datetime | None, known_at: datetime | None) -> bool:
    return moment is not None and known_at is not None and moment > known_at


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        con.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


def _landing_view(home: Home, table: Table, receipts: Collection[Receipt]) -> str:
    """The rows of all files, and a hash of what they say to tell a duplicate from a conflict.

    The hash is worked out only for rows of which someone asks it: almost none.
    """
    columns = {column.name: column.sql_type for column in table.columns} | LINEAGE
    said = ", ".join(
        f"coalesce(cast({column.name} as varchar), {literal(NULL_MARK)})"
        for column in table.columns
    )
    content_hash = f"md5(concat_ws({literal(FIELD_MARK)}, {said}))"
    source = _rows_of(home, table.name, receipts, columns)
    return (
        f"create view landing.{table.name} as select {', '.join(columns)}, "
        f"{_precedence_sql(table.name, receipts)} as precedence, "
        f"{content_hash} as content_hash from {source}"
    )


def _precedence_sql(table: str, receipts: Iterable[Receipt]) -> str:
    """SQL for the precedence of a row's source: a constant, unless sources differ in it."""
    files: dict[int, list[str]] = {}
    for receipt in receipts:
        if any(output.kind == table for output in receipt.landed):
            files.setdefault(receipt.precedence, []).append(literal(receipt.file_id))
    if len(files) <= 1:
        return "1"
    arms = " ".join(f"when file_id in ({', '.join(files[n])}) then {n}" for n in sorted(files))
    return f"case {arms} end"


def _plain_view(home: Home, kind: str, receipts: Iterable[Receipt], columns: dict[str, str]) -> str:
    source = _rows_of(home, kind, receipts, columns)
    return f"create view landing.{kind} as select {', '.join(columns)} from {source}"


def _rows_of(home: Home, kind: str, receipts: Iterable[Receipt], columns: dict[str, str]) -> str:
    """The rows of one kind of all files; typed and empty where there is none."""
    paths = [
        path_literal(output.path(home, receipt.file_id))
        for receipt in receipts
        for output in receipt.outputs
        if output.kind == kind and output.rows
    ]
    if paths:
        return f"read_parquet([{', '.join(paths)}])"
    empty = ", ".join(f"cast(null as {type_}) as {name}" for name, type_ in columns.items())
    return f"(select {empty} where false)"
