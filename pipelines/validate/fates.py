"""Receipts: what became of every record of every file, and the proof that none was lost.

The five numbers of a file are counted apart, each from the rows themselves, so that their sum is a
check and not a definition. Reasons are in `quarantine.records`; here are counts only.
"""

from collections.abc import Iterable, Sequence

import duckdb

from pipelines.engine.contract import Rule, Severity, Table
from pipelines.validate.checks import RECEIPTS, Check, counts
from pipelines.validate.rules import breaks_any, quoted
from pipelines.validate.versions import (
    CONFLICT,
    DUPLICATE,
    FAULT,
    SUPERSEDED,
    Versions,
    key_list,
    version_of,
)


def create_fates(con: duckdb.DuckDBPyConnection) -> None:
    """Make an empty `quarantine.fates`: one row for each file and table that it feeds."""
    con.execute(
        "create or replace table quarantine.fates (file_id varchar, table_name varchar, "
        "current_count bigint, superseded_count bigint, duplicate_count bigint, "
        "quarantined_count bigint, records bigint)"
    )


def write_fates(
    con: duckdb.DuckDBPyConnection, table: Table, broken: Iterable[Rule], versions: Versions
) -> None:
    """Write the fates of the files that feed `table`, once its rows have been judged.

    Args:
        con: the staging database.
        table: the table; `model.<table>` and `quarantine.out_<table>` are final.
        broken: the row rules that some row of `landing.<table>` breaks.
        versions: whether superseded records are listed among those that are out.
    """
    name = table.name
    errors = [rule for rule in broken if rule.severity is Severity.ERROR]
    older = f"select file_id, count(*) as n from quarantine.out_{name} where fate = '{SUPERSEDED}'"
    if versions.is_many:
        older = (
            f"select file_id, count(*) as n from quarantine.sound_{name} "
            f"join quarantine.newest_{name} using ({key_list(table)}) "
            f"where {version_of(table)} < newest"
        )
    con.execute(
        f"""
        insert into quarantine.fates
        with
            current_rows as (select file_id, count(*) as n from model.{name} group by file_id),
            older as ({older} group by file_id),
            outs as (
                select
                    file_id,
                    count(*) filter (where fate = '{DUPLICATE}') as doubles,
                    count(*) filter (where fate in ('{CONFLICT}', '{FAULT}')) as n
                from quarantine.out_{name}
                group by file_id
            ),
            unsound as (
                select file_id, count(*) as n from landing.{name}
                where {breaks_any(errors)} group by file_id
            ),
            refused as (
                select file_id, count(distinct record_no) as n from landing.refusals
                where table_name = {quoted(name)} and severity = 'error' group by file_id
            )
        select
            files.file_id,
            files.table_name,
            coalesce(current_rows.n, 0),
            coalesce(older.n, 0),
            coalesce(outs.doubles, 0),
            coalesce(outs.n, 0) + coalesce(unsound.n, 0) + coalesce(refused.n, 0),
            files.records
        from ops.files as files
        left join current_rows using (file_id)
        left join older using (file_id)
        left join outs using (file_id)
        left join unsound using (file_id)
        left join refused using (file_id)
        where files.table_name = {quoted(name)}
        """
    )


def check_receipts(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[Check]:
    """Check for each table that in all its files the four fates add up to the records."""
    sums = "current_count + superseded_count + duplicate_count + quarantined_count"
    checks: list[Check] = []
    for name in names:
        failed, total = counts(
            con,
            f"select count(*) filter (where records is distinct from {sums}), count(*) "
            f"from quarantine.fates where table_name = {quoted(name)}",
        )
        checks.append(Check(RECEIPTS, name, Severity.BLOCK, failed, total))
    return checks
