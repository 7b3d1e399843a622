"""The staging database: what a run builds, from the landed files up. Readers never open it.

It is disposable: every run begins with an empty file, in which the landed rows are views over their
Parquet files. Here are the files, their facts and their rows as they landed; what is made of them
is written by the steps that follow.
"""

from collections.abc import Iterable

import duckdb

from pipelines.engine.contract import Table
from pipelines.ingest.connection import connect
from pipelines.ingest.durable import make_private_folder
from pipelines.ingest.manifest import Manifest, read_manifests
from pipelines.ingest.quoting import literal
from pipelines.ingest.receipts import REFUSALS, Receipt, read_receipt
from pipelines.ingest.statements import LINEAGE, REFUSAL_COLUMNS, path_literal
from pipelines.privacy.pseudonyms import link_breaks
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
    period_start date, period_end date, as_of timestamp, records bigint, name varchar
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


def rebuild_staging(home: Home, settings: Settings, tables: dict[str, Table]) -> None:
    """Begin a new staging database with everything that has landed.

    Writes `ops.files` (a row for each file and table that it feeds), `ops.file_findings` (files
    that were refused, and remarks about columns), `ops.link_breaks` (days on which the key was
    changed), `landing.<table>` for every table that exports feed and `landing.refusals`.

    Args:
        home: the installation; `build_landing` has been run.
        settings: memory and threads.
        tables: every contract by name.
    """
    make_private_folder(home.warehouse)
    for path in (home.staging, home.staging.with_name(f"{home.staging.name}.wal")):
        path.unlink(missing_ok=True)
    landed = [
        (manifest, receipt)
        for manifest in read_manifests(home)
        if (receipt := read_receipt(home, manifest.sha256))
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
        con.execute(_refusals_view(home, receipts))
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
    con.execute(FILES)
    con.execute(FINDINGS)
    files: list[tuple[object, ...]] = []
    findings: list[tuple[object, ...]] = []
    for manifest, receipt in landed:
        who = (receipt.file_id, receipt.name, receipt.source)
        facts = manifest.provenance
        for place, output in enumerate(receipt.landed):
            files.append(
                (
                    receipt.file_id,
                    receipt.sha256,
                    receipt.source,
                    output.kind,
                    facts.sender_id,
                    facts.period_start,
                    facts.period_end,
                    facts.as_of or receipt.latest,
                    # Steps made from submissions are counted as steps; records only once.
                    output.rows if place else receipt.records,
                    receipt.name,
                )
            )
        if receipt.refusal:
            findings.append((*who, "error", receipt.refusal, "", receipt.detail, 1))
        findings += [
            (*who, "warning", finding.reason, finding.header, "", finding.count)
            for finding in receipt.findings
        ]
    _insert(con, "ops.files", files)
    _insert(con, "ops.file_findings", findings)


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        con.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


def _landing_view(home: Home, table: Table, receipts: Iterable[Receipt]) -> str:
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
        f"{content_hash} as content_hash from {source}"
    )


def _refusals_view(home: Home, receipts: Iterable[Receipt]) -> str:
    source = _rows_of(home, REFUSALS, receipts, REFUSAL_COLUMNS)
    return f"create view landing.{REFUSALS} as select {', '.join(REFUSAL_COLUMNS)} from {source}"


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
