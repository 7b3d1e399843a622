"""Checks across exports: what a later export, or another system, says of the same records.

A record that a fuller export leaves out stays current, and a record of which two systems say
different things is taken from the one that takes precedence: both are remarked on. An export that
takes back many closings, of which much is refused, or that holds far less than its sender's last
ones, holds the publication until somebody has looked at it and lists the file under
`accepted_changes` in `petitions.toml`. One whose name speaks of another place than its rows, whose
codes of places are of a later list than its records, or in which nearly every record has an office
of its own, is doubtful.
"""

from collections.abc import Collection

import duckdb

from pipelines.contract import Column, Severity, Table
from pipelines.ingest.reasons import Remark
from pipelines.quoting import literal
from pipelines.validate.checks import Check, counts
from pipelines.validate.crossing import run_step
from pipelines.validate.gathering import SUBMISSIONS
from pipelines.validate.versions import key_list, version_of

HELD = {
    Remark.VOLUME: "volumes",
    Remark.MASS_CHANGE: "reopenings",
    Remark.MASS_REFUSAL: "refusals_in_mass",
}
"""Why a publication is held, and the step that lists files: `file_id, table_name, is_held, n`."""

DOUBTED = {
    Remark.REGION_MISMATCH: "foreign_names",
    Remark.REGION_RECODED: "recoded_codes",
    Remark.CARDINALITY: "many_offices",
}
"""What is only remarked on, and the step that lists files in the same way."""

FULLER = 0.5  # share of an earlier export that a later one must repeat to be a fuller one


def create_repeats(con: duckdb.DuckDBPyConnection) -> None:
    """Make an empty `quarantine.repeats`: how many records of a file were sent before."""
    con.execute(
        "create or replace table quarantine.repeats (file_id varchar, table_name varchar, n bigint)"
    )


def remark_on_exports(con: duckdb.DuckDBPyConnection, table: Table) -> list[Check]:
    """List in `quarantine.records` what later exports leave out and where systems differ.

    Counts in `quarantine.repeats` what was sent before.

    Args:
        con: the staging database; the rows of `table` have been judged.
        table: the table.
    """
    files = f"ops.files where table_name = {literal(table.name)}"
    vanished = "select '' as file_id, 0 as record_no where false"
    # The first export of everybody repeats nothing and leaves nothing out.
    if counts(con, f"select count(*) from ({_later_extracts(files)})") > (0,):
        con.execute(f"insert into quarantine.repeats {_repeats_sql(table)}")
        vanished = _vanished_sql(table)
    checks = [_remark(con, table, Remark.ROWS_VANISHED, vanished)]
    if counts(con, f"select count(distinct source) from {files}") > (1,):
        checks.append(_remark(con, table, Remark.DUP_CONFLICT, _differing_sql(table)))
    return checks


def _later_extracts(files: str) -> str:
    """Senders who sent exports of one kind at several moments."""
    return f"select 1 from {files} group by source, sender_id having count(distinct as_of) > 1"


def remark_on_nothing(table: Table) -> list[Check]:
    """What `remark_on_exports` says of a table that no export feeds."""
    return [Check(Remark.ROWS_VANISHED, table.name, Severity.WARNING, 0, 0)]


def hold_changes(
    con: duckdb.DuckDBPyConnection, names: Collection[str], accepted: Collection[str]
) -> list[Check]:
    """Check no export changes so much that somebody should look before it is published.

    Writes `ops.file_findings` of the files that do, and of those that are only doubtful; what
    somebody has accepted is a warning.

    Args:
        con: the staging database; all rows have been judged.
        names: the tables that exports feed.
        accepted: ids of the files that somebody has looked at.
    """
    checks: list[Check] = []
    for reason, step in HELD.items():
        run_step(con, step, "table")
        con.execute(
            f"update quarantine.{step} set is_held = false where list_contains($1, file_id)",
            [list(accepted)],
        )
        _tell(con, reason, step)
        checks += [_check(con, reason, name) for name in _looked_at(reason, names)]
    for reason, step in DOUBTED.items():
        run_step(con, step, "table")
        _tell(con, reason, step)
    return checks


def _tell(con: duckdb.DuckDBPyConnection, reason: Remark, step: str) -> None:
    con.execute(f"delete from ops.file_findings where reason_code = '{reason}'")
    con.execute(
        "insert into ops.file_findings select file_id, files.name, files.source, "
        "case when is_held then 'error' else 'warning' end, "
        f"'{reason}', '', file_id, max(n) from quarantine.{step} "
        "join ops.files as files using (file_id, table_name) group by all order by all",
    )


def held_checks(names: Collection[str]) -> set[tuple[str, str]]:
    """The `(check_id, table_name)` of the checks that hold a publication."""
    return {(reason, name) for reason in HELD for name in _looked_at(reason, names)}


def _looked_at(reason: Remark, names: Collection[str]) -> Collection[str]:
    """The tables that a check looks at: only submissions have closings to take back."""
    return (SUBMISSIONS,) if reason == Remark.MASS_CHANGE else names


def _check(con: duckdb.DuckDBPyConnection, reason: Remark, name: str) -> Check:
    where = f"where table_name = {literal(name)}"
    found = f"quarantine.{HELD[reason]} {where} and is_held"
    (failed,) = counts(con, f"select count(*) from {found}")
    (total,) = counts(con, f"select count(*) from ops.files {where}")
    return Check(reason, name, Severity.BLOCK, failed, total)


def _remark(con: duckdb.DuckDBPyConnection, table: Table, reason: str, query: str) -> Check:
    con.execute(f"create or replace temp table remarked as {query}")
    con.execute(
        f"insert into quarantine.records select file_id, {literal(table.name)}, record_no, '', "
        f"'{reason}', '{reason}', 'warning' from remarked"
    )
    (failed,) = counts(con, "select count(*) from remarked")
    (total,) = counts(con, f"select count(*) from model.{table.name}")
    con.execute("drop table remarked")
    return Check(reason, table.name, Severity.WARNING, failed, total)


def _repeats_sql(table: Table) -> str:
    """For each file, the records whose number its sender has sent in an earlier export."""
    name, key = table.name, key_list(table)
    return f"""
        with
            sent as (
                select sound.file_id, files.as_of, min(files.as_of) over (
                    partition by {key}, files.source, files.sender_id
                ) as first_as_of
                from quarantine.sound_{name} as sound
                join ops.files as files
                    on files.file_id = sound.file_id and files.table_name = {literal(name)}
                where ({key}) in (select ({key}) from quarantine.newest_{name})
            )
        select file_id, {literal(name)}, count(*) from sent
        where as_of > first_as_of group by file_id
    """


def _vanished_sql(table: Table) -> str:
    """Current rows of an export that the newest export for its period leaves out.

    Only where that one is a fuller export: if it repeats too little, it is another part of the
    records, or its volume is looked at. A record that it holds and that was refused is there.
    """
    name, (first, *_) = table.name, table.key
    return f"""
        with
            exports as (
                select files.file_id, source, sender_id, as_of, records,
                    coalesce(repeats.n, 0) as repeated,
                    coalesce(period_start, date '0001-01-01') as covered_from,
                    coalesce(period_end, date '9999-12-31') as covered_until
                from ops.files as files
                left join quarantine.repeats as repeats
                    on repeats.file_id = files.file_id and repeats.table_name = files.table_name
                where files.table_name = {literal(name)} and made_from = '' and shape <> 'snapshot'
            ),
            moments as (
                select source, sender_id, as_of, sum(repeated) as repeated,
                    min(covered_from) as covered_from, max(covered_until) as covered_until
                from exports group by source, sender_id, as_of
            ),
            newest as (
                select earlier.file_id, earlier.records, earlier.source, earlier.sender_id,
                    max(later.as_of) as newest_as_of
                from exports as earlier join moments as later using (source, sender_id)
                where later.as_of > earlier.as_of and later.covered_from <= earlier.covered_from
                    and later.covered_until >= earlier.covered_until
                    and later.repeated >= {FULLER} * earlier.records
                group by earlier.file_id, earlier.records, earlier.source, earlier.sender_id
            ),
            left_over as (
                select file_id, record_no, {key_list(table)}, newest.* exclude (file_id)
                from model.{name} join newest using (file_id)
            ),
            repeated as (
                select {key_list(table)}, exports.source, exports.sender_id, exports.as_of
                from landing.{name} as landed join exports on exports.file_id = landed.file_id
                where {first} in (select {first} from left_over)
                {_sighted_sql(table)}
            ),
            vanished as (
                select * from left_over
                where not exists (
                    select 1 from repeated
                    where repeated.source = left_over.source
                        and repeated.sender_id = left_over.sender_id
                        and repeated.as_of = left_over.newest_as_of
                        and {_same_key(table, "repeated", "left_over")}
                )
            )
        select file_id, record_no from vanished
        qualify count(*) over (partition by file_id) <= {1 - FULLER} * records
    """


def _differing_sql(table: Table) -> str:
    """Records that another system's record was taken over though it says something else.

    Of each system its newest record of the number is asked, and only for what both of them say.
    """
    name, key = table.name, key_list(table)
    said = " or ".join(
        f"({_comparable(column, 'other')} <> {_comparable(column, 'taken')})"
        for column in table.columns
        if column.name not in {*table.key, *table.version}
        and not column.name.endswith("_precision")
    )
    sources = f"select distinct file_id, source from ops.files where table_name = {literal(name)}"
    return f"""
        with
            sources as ({sources}),
            told as (
                select sound.*, sources.source
                from quarantine.sound_{name} as sound join sources using (file_id)
                where ({key}) in (select ({key}) from quarantine.newest_{name})
                qualify row_number() over (
                    partition by {key}, sources.source
                    order by {version_of(table)} desc, file_id, record_no
                ) = 1
            ),
            taken as (
                select accepted.*, sources.source
                from model.{name} as accepted join sources using (file_id)
            )
        select other.file_id, other.record_no from told as other join taken using ({key})
        where other.source <> taken.source and ({said})
    """


def _comparable(column: Column, side: str) -> str:
    """A column of a row; times by the day, for systems differ in how finely they write them."""
    name = f"{side}.{column.name}"
    return f"cast({name} as date)" if column.type == "timestamp" else name


def _sighted_sql(table: Table) -> str:
    """The keys of records that were refused; they are known where a key is one number."""
    if len(table.key) > 1:
        return ""
    return f"""
        union all
        select seen.record_key, exports.source, exports.sender_id, exports.as_of
        from landing.sightings as seen join exports on exports.file_id = seen.file_id
        where seen.table_name = {literal(table.name)}
    """


def _same_key(table: Table, one: str, other: str) -> str:
    return " and ".join(f"{one}.{name} = {other}.{name}" for name in table.key)
