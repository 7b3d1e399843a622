"""Receipts: what became of every record of every file, and the proof that none was lost.

The five numbers of a file are counted apart, each from the rows themselves, so that their sum is a
check and not a definition. Reasons are in `quarantine.records`; here are counts only.
"""

from collections.abc import Sequence

import duckdb

from pipelines.contract import Rule, Severity, Table
from pipelines.quoting import literal
from pipelines.validate.checks import RECEIPTS, Check, counts
from pipelines.validate.rules import breaks_any
from pipelines.validate.versions import (
    CONFLICT,
    DUPLICATE,
    FAULT,
    SUPERSEDED,
    WITHDRAWN,
    Versions,
    superseded_sql,
)

CURRENT = "current"
ADDED = {"case_events": "snapshot_steps"}  # rows that no record of their file holds
FALLEN = {"case_events": "fallen"}  # records that took the rows made from them along


def create_fates(con: duckdb.DuckDBPyConnection) -> None:
    """Make an empty `quarantine.fates`: one row for each file and table that it feeds."""
    con.execute(
        "create or replace table quarantine.fates (file_id varchar, table_name varchar, "
        "current_count bigint, superseded_count bigint, duplicate_count bigint, "
        "quarantined_count bigint, records bigint)"
    )


def write_fates(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    relation: str,
    errors: Sequence[Rule],
    versions: Versions,
) -> None:
    """Write the fates of the files that feed `table`, once its rows have been judged.

    Args:
        con: the staging database; `model.<table>` and `quarantine.out_<table>` are final.
        table: the table.
        relation: its rows that were judged.
        errors: the row rules of severity error that some of them break.
        versions: whether superseded records are listed among those that are out.
    """
    name = table.name
    counted = [
        f"select file_id, '{CURRENT}' as fate, count(*) as n from model.{name} group by file_id",
        f"select file_id, fate, count(*) as n from quarantine.out_{name} "
        f"where {not versions.is_many} or fate <> '{SUPERSEDED}' group by file_id, fate",
        f"select file_id, '{FAULT}' as fate, count(*) as n from {relation} "
        f"where {breaks_any(errors)} group by file_id",
        f"select file_id, '{FAULT}' as fate, count(distinct record_no) as n from landing.refusals "
        f"where table_name = {literal(name)} and severity = 'error' group by file_id",
    ]
    if versions.is_many:
        counted.append(
            f"select file_id, '{SUPERSEDED}' as fate, count(*) as n from {superseded_sql(table)} "
            "group by file_id"
        )
    if name in FALLEN:
        counted.append(
            f"select file_id, fate, count(*) as n from landing.{name} "
            f"join quarantine.{FALLEN[name]} using (file_id, record_no) group by file_id, fate"
        )
    added = f"quarantine.{ADDED[name]}" if name in ADDED else "(select '' as file_id where false)"
    con.execute(
        f"""
        insert into quarantine.fates
        with
            counted as ({" union all ".join(counted)}),
            fates as (
                select
                    file_id,
                    sum(n) filter (where fate = '{CURRENT}') as current_count,
                    sum(n) filter (
                        where fate in ('{SUPERSEDED}', '{WITHDRAWN}')
                    ) as superseded_count,
                    sum(n) filter (where fate = '{DUPLICATE}') as duplicate_count,
                    sum(n) filter (where fate in ('{CONFLICT}', '{FAULT}')) as quarantined_count
                from counted
                group by file_id
            ),
            added as (select file_id, count(*) as n from {added} group by file_id)
        select
            files.file_id,
            files.table_name,
            coalesce(current_count, 0),
            coalesce(superseded_count, 0),
            coalesce(duplicate_count, 0),
            coalesce(quarantined_count, 0),
            files.records + coalesce(added.n, 0)
        from ops.files as files
        left join fates using (file_id)
        left join added using (file_id)
        where files.table_name = {literal(name)}
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
            f"from quarantine.fates where table_name = {literal(name)}",
        )
        checks.append(Check(RECEIPTS, name, Severity.BLOCK, failed, total))
    return checks
