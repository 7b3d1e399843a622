"""Which rows of a table are judged: those that landed, and what only all files together can tell.

Steps made from a submission go with it: where another record of the submission counts, so do the
steps of that record and no others, so that a date that a correction empties is gone. Lists of what
is open tell steps too (`steps/snapshot_steps.sql`), and an earlier list a date that a later one
leaves out. No rule is applied here.
"""

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from pipelines.contract import Rule, Table
from pipelines.quoting import literal
from pipelines.validate.checks import Check, counts
from pipelines.validate.crossing import run_step
from pipelines.validate.rules import breaks_any
from pipelines.validate.versions import (
    CONFLICT,
    DUPLICATE,
    FAULT,
    LINEAGE,
    PRECEDENCE,
    SUPERSEDED,
    WITHDRAWN,
    key_list,
    version_of,
)

SUBMISSIONS, STEPS = "cases", "case_events"
STEPS_TOLD = {SUBMISSIONS: ("snapshot_dates",), STEPS: ("snapshot_steps",)}
"""Queries over the lists of what is open; what they leave in `quarantine` is empty without any."""
ORPHAN = "V33"  # the rule that a step breaks whose submission is out


def gather_rows(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """Make the relation of the rows of `table` that are to be judged, and return its name.

    It has the contract's columns, the lineage and the precedence, and is `landing.<table>` itself
    wherever nothing is to be added or left out. Steps come after submissions.
    """
    landed, gathered = f"landing.{table.name}", f"quarantine.gathered_{table.name}"
    for step in STEPS_TOLD.get(table.name, ()):
        run_step(con, step, "table")
    if table.name == SUBMISSIONS and _has_snapshots(con):
        query = _dated_sql(table)
    elif table.name == STEPS and (parts := _step_parts(con, table)):
        query = " union all by name ".join(parts)
    else:
        return landed
    con.execute(f"create or replace view {gathered} as {query}")
    return gathered


def list_fallen(
    con: duckdb.DuckDBPyConnection, table: Table, relation: str, errors: Sequence[Rule]
) -> None:
    """Write `quarantine.fallen` (file_id, record_no, fate): records whose steps go with them.

    Of the records of one submission that made steps, only the newest keeps them; a source that
    makes none takes nobody's steps away. The steps of a record that is quarantined have nothing to
    belong to; they are listed in `quarantine.records`.

    Args:
        con: the staging database; the rows of `table` have been judged.
        table: the table of submissions.
        relation: its rows that were judged.
        errors: the row rules of severity error that some of them break.
    """
    name, key = table.name, key_list(table)
    makers = (
        f"file_id in (select file_id from ops.files where table_name = {literal(STEPS)} "
        f"and made_from = {literal(name)})"
    )
    con.execute(
        f"""
        create or replace table quarantine.fallen as
        with
            faulty as (
                select distinct file_id, record_no from quarantine.out_{name}
                where {makers} and fate in ('{CONFLICT}', '{FAULT}')
                union
                select file_id, record_no from {relation}
                where {makers} and {breaks_any(errors)}
            ),
            repeated as (
                select file_id, record_no, {version_of(table)} as version,
                    max(version) over same as newest, row_number() over (
                        same order by version desc, file_id, record_no
                    ) as place
                from quarantine.sound_{name}
                where {makers} and ({key}) in (select ({key}) from quarantine.newest_{name})
                window same as (partition by {key})
            )
        select file_id, record_no, '{FAULT}' as fate from faulty
        union all
        select file_id, record_no, '{SUPERSEDED}' as fate from quarantine.out_{name}
        where {makers} and fate = '{WITHDRAWN}'
        union all
        select file_id, record_no,
            case when version = newest then '{DUPLICATE}' else '{SUPERSEDED}' end as fate
        from repeated
        where place > 1
            and (file_id, record_no) not in (select (file_id, record_no) from faulty)
        """
    )
    con.execute(
        f"insert into quarantine.records select file_id, {literal(STEPS)}, record_no, 'case_id', "
        f"'{ORPHAN}', 'E_ORPHAN', 'error' from landing.{STEPS} "
        f"join quarantine.fallen using (file_id, record_no) where fate = '{FAULT}'"
    )


def with_fallen(con: duckdb.DuckDBPyConnection, check: Check) -> Check:
    """The check of orphaned steps, those counted too that were never judged."""
    if (check.check_id, check.table_name) != (ORPHAN, STEPS):
        return check
    (orphans,) = counts(
        con,
        f"select count(*) from landing.{STEPS} join quarantine.fallen using (file_id, record_no) "
        f"where fate = '{FAULT}'",
    )
    return replace(
        check,
        failed_count=check.failed_count + orphans,
        total_count=check.total_count + orphans,
    )


def _step_parts(con: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    """Queries that together are the steps; none where they are simply those that landed."""
    columns = ", ".join((*(column.name for column in table.columns), *LINEAGE, PRECEDENCE))
    landed = f"select {columns} from landing.{table.name}"
    fallen = counts(con, "select count(*) from quarantine.fallen") != (0,)
    if fallen:
        landed += (
            " where row(file_id, record_no) not in "
            "(select row(file_id, record_no) from quarantine.fallen)"
        )
    if not _has_snapshots(con):
        return [landed] if fallen else []
    return [landed, f"select *, 1 as {PRECEDENCE} from quarantine.snapshot_steps"]


def _dated_sql(table: Table) -> str:
    """The submissions, dated by an earlier list where the later one says nothing."""
    dates = {"registered_at", "registered_precision"}
    columns = ", ".join(
        f"coalesce(landed.{name}, dated.{name}) as {name}" if name in dates else f"landed.{name}"
        for name in (*(column.name for column in table.columns), *LINEAGE, PRECEDENCE)
    )
    return (
        f"select {columns} from landing.{table.name} as landed "
        "left join ops.files as files on files.file_id = landed.file_id "
        f"and files.table_name = {literal(table.name)} and files.shape = 'snapshot' "
        "left join quarantine.snapshot_dates as dated on dated.case_id = landed.case_id "
        "and dated.source = files.source and dated.sender_id = files.sender_id "
        "and landed.registered_at is null"
    )


def _has_snapshots(con: duckdb.DuckDBPyConnection) -> bool:
    return counts(con, "select count(*) from ops.files where shape = 'snapshot'") != (0,)
