"""Acceptance: from the rows that landed to the rows that count, and a fate for every record.

For each table that exports feed, in the order in which they refer to each other: the rules that one
row can break, then versions (`versions.py`), then the rules that look at other tables
(`crossing.py`). Nothing disappears: a record is current, superseded, duplicate or quarantined, and
the receipts (`fates.py`) add up.

A record that is out takes no other with it by itself; but a step, a notice or a rating whose
submission or visit is out has nothing to belong to and is an orphan (V33). One pass in the order of
the tables settles this, since no table refers to a later one, and every run judges the whole set
anew: an orphan comes back when what it belongs to arrives.

Copies are avoided: `model.<table>` is a view over the landing files, less what is out, unless so
many records were replaced by newer ones that reading round them would cost more than a table.
"""

import re
from collections.abc import Collection, Sequence
from graphlib import TopologicalSorter

import duckdb

from pipelines.contract import Column, Rule, Scope, Severity, Table
from pipelines.engine.search_path import bare_names
from pipelines.validate.checks import Check, counts, record_checks
from pipelines.validate.corrections import (
    Patch,
    check_corrections,
    corrected,
    create_corrections,
    find_patches,
)
from pipelines.validate.crossing import LISTING, create_spans, list_faults
from pipelines.validate.decisions import NO_DECISIONS, Decisions
from pipelines.validate.exports import (
    create_repeats,
    hold_changes,
    remark_on_exports,
    remark_on_nothing,
)
from pipelines.validate.fates import check_receipts, create_fates, write_fates
from pipelines.validate.gathering import STEPS, SUBMISSIONS, gather_rows, list_fallen, with_fallen
from pipelines.validate.place_names import read_place_names
from pipelines.validate.rules import (
    CODES,
    MIDNIGHTS,
    UNIQUE,
    UNKNOWN,
    breaks_any,
    code_list,
    count_sql,
    fed_tables,
    quarantine_sql,
    row_rules,
    rule_table,
)
from pipelines.validate.senders import create_sender_checks, date_midnights
from pipelines.validate.versions import (
    LINEAGE,
    PRECEDENCE,
    key_list,
    place_of,
    resolve_versions,
    version_of,
)
from pipelines.validate.vintages import follow_codes_back


def accept_rows(
    con: duckdb.DuckDBPyConnection,
    tables: dict[str, Table],
    decisions: Decisions = NO_DECISIONS,
    recoded: Collection[str] = (),
    named: Collection[str] = (),
) -> None:
    """Judge every row that landed and make `model.<table>` of those that are current.

    Reads `landing.<table>`, `landing.refusals`, `ops.files` and `geo.region_validity`. Writes
    `model.<table>` (contract columns, then lineage), `quarantine.records`, `quarantine.fates` and
    `ops.checks`.

    Args:
        con: the staging database, its reference tables loaded.
        tables: every contract by name.
        decisions: what people have declared about records and files.
        recoded: names of the sources that rewrite old records to the region codes of a later list.
        named: names of the sources that write places by name.
    """
    for schema in ("ops", "quarantine", "model", "geo"):
        con.execute(f"create schema if not exists {schema}")
    con.execute(
        "create or replace table quarantine.records as select file_id, table_name, record_no, "
        "column_name, rule_id, reason_code, severity from landing.refusals"
    )
    create_fates(con)
    create_spans(con)
    create_corrections(con)
    create_repeats(con)
    create_sender_checks(con)
    fed = fed_tables(tables)
    with bare_names(con, "quarantine"):
        busy = _busy_tables(con, decisions)
        checks: list[Check] = []
        for name in acceptance_order(fed):
            table = fed[name]
            if name in busy:
                checks += _accept(con, table, decisions, recoded, named)
            else:
                checks += _accept_nothing(con, table)
    checks += check_receipts(con, list(fed))
    checks += hold_changes(con, list(fed), decisions.accepted_changes)
    record_checks(con, checks)


def acceptance_order(fed: dict[str, Table]) -> list[str]:
    """Names of the tables such that each comes after those that its rules look at.

    Raises:
        graphlib.CycleError: two tables look at each other.
    """
    looks_at = {
        name: [
            other
            for other in sorted(fed)
            if other != name and any(_names(rule, other) for rule in table.rules)
        ]
        for name, table in sorted(fed.items())
    }
    return list(TopologicalSorter(looks_at).static_order())


def _names(rule: Rule, table: str) -> bool:
    return rule.scope in LISTING and re.search(rf"\b{table}\b", rule.query) is not None


def _busy_tables(con: duckdb.DuckDBPyConnection, decisions: Decisions) -> set[str]:
    """The tables about which there is something to judge; most installations feed a few of them.

    Submissions and steps are always among them: each is made of the other as well.
    """
    fed = con.execute("select distinct table_name from ops.files").fetchall()
    corrected = {correction.table for correction in decisions.corrections}
    return {SUBMISSIONS, STEPS, *corrected, *(name for (name,) in fed)}


def _accept_nothing(con: duckdb.DuckDBPyConnection, table: Table) -> list[Check]:
    """Make `model.<table>` of a table that no file feeds: empty, and every rule holds."""
    _drop_accepted(con, table)
    columns = ", ".join((*(column.name for column in table.columns), *LINEAGE))
    con.execute(
        f"create view model.{table.name} as select {columns} from landing.{table.name} where false"
    )
    _comment(con, table, "view")
    judged = [
        Check(rule.id, table.name, rule.severity, 0, 0)
        for rule in rule_table(table)
        if rule.scope in {Scope.ROW, *LISTING} or rule.id == MIDNIGHTS
    ]
    return [*judged, *remark_on_nothing(table)]


def _accept(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    decisions: Decisions,
    recoded: Collection[str],
    named: Collection[str],
) -> list[Check]:
    relation, checks = date_midnights(con, table, gather_rows(con, table))
    relation = read_place_names(con, table, relation, named)
    relation = follow_codes_back(con, table, relation, recoded)
    judged, broken = judge_rows(con, table, relation)
    checks += judged
    landed = judged[0].total_count
    errors = [rule for rule in broken if rule.severity is Severity.ERROR]
    if broken:
        con.execute(quarantine_sql(broken, table.name, relation))
    _keep_sound_rows(con, table, relation, broken)
    versions = resolve_versions(con, table, landed)
    checks.append(Check(UNIQUE, table.name, Severity.ERROR, versions.conflicts, landed))
    _create(con, table, is_copy=versions.is_many)
    patches = find_patches(con, table, decisions.corrections)
    if patches:
        _create(con, table, patches, is_copy=versions.is_many)
        checks.append(check_corrections(table, patches))
    faults = list_faults(con, table, Severity.ERROR, landed)
    if any(not check.passed for check in faults):
        _take_out(con, table, patches, is_copy=versions.is_many)
    checks += [with_fallen(con, check) for check in faults]
    checks += list_faults(con, table, Severity.WARNING, landed)
    checks += remark_on_exports(con, table)
    write_fates(con, table, relation, errors, versions)
    if table.name == SUBMISSIONS:
        list_fallen(con, table, relation, errors)
    return checks


def judge_rows(
    con: duckdb.DuckDBPyConnection, table: Table, relation: str
) -> tuple[list[Check], list[Rule]]:
    """Count in one pass how many rows of `relation` break each row rule of `table`.

    Returns:
        A check for each row rule, and the rules that some row breaks.
    """
    rules = row_rules(table)
    total, *failed = counts(con, count_sql(rules, relation))
    judged = list(zip(rules, failed, strict=True))
    checks = [Check(rule.id, table.name, rule.severity, n, total) for rule, n in judged]
    return checks, [rule for rule, n in judged if n]


def _keep_sound_rows(
    con: duckdb.DuckDBPyConnection, table: Table, relation: str, broken: Collection[Rule]
) -> None:
    """Make the view of the rows that break no error rule; a code off an open list is unknown."""
    ids = {rule.id for rule in broken}
    columns = ", ".join(
        _code_or_unknown(column) if f"{CODES}:{column.name}" in ids else column.name
        for column in table.columns
    )
    errors = [rule for rule in broken if rule.severity is Severity.ERROR]
    where = f" where not {breaks_any(errors)}" if errors else ""
    con.execute(
        f"create or replace view quarantine.sound_{table.name} as select {columns}, "
        f"{', '.join((*LINEAGE, PRECEDENCE))} from {relation}{where}"
    )


def _code_or_unknown(column: Column) -> str:
    known = f"{column.name} is null or {column.name} in {code_list(column)}"
    return f"case when {known} then {column.name} else '{UNKNOWN}' end as {column.name}"


def _create(
    con: duckdb.DuckDBPyConnection, table: Table, patches: Sequence[Patch] = (), *, is_copy: bool
) -> None:
    """Create `model.<table>` from the sound rows, corrected, less those that are out."""
    name, kind = table.name, "table" if is_copy else "view"
    _drop_accepted(con, table)
    columns = ", ".join((*(corrected(column, patches) for column in table.columns), *LINEAGE))
    source, where = f"quarantine.sound_{name}", "true"
    if is_copy:
        source += f" left join quarantine.newest_{name} using ({key_list(table)})"
        where += f" and (newest is null or {version_of(table)} = newest)"
    if counts(con, f"select count(*) from quarantine.out_{name}") != (0,):
        where += f" and not {_is_out(table)}"
    con.execute(f"create {kind} model.{name} as select {columns} from {source} where {where}")
    _comment(con, table, kind)


def _drop_accepted(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    old = con.execute(
        "select table_type from information_schema.tables "
        "where table_schema = 'model' and table_name = ?",
        [table.name],
    ).fetchall()
    if old:
        con.execute(f"drop {'view' if old[0][0] == 'VIEW' else 'table'} model.{table.name}")


def _comment(con: duckdb.DuckDBPyConnection, table: Table, kind: str) -> None:
    for comment in table.comment_sql(f"model.{table.name}"):
        con.execute(comment.replace("comment on table", f"comment on {kind}", 1))


def _take_out(
    con: duckdb.DuckDBPyConnection, table: Table, patches: Sequence[Patch], *, is_copy: bool
) -> None:
    """Remove from `model.<table>` the records that `quarantine.out_<table>` has come to hold."""
    if is_copy:
        con.execute(f"delete from model.{table.name} where {_is_out(table)}")
    else:
        _create(con, table, patches, is_copy=False)


def _is_out(table: Table) -> str:
    return (
        f"row(file_id, record_no, {place_of(table)}) in "
        f"(select row(file_id, record_no, place) from quarantine.out_{table.name})"
    )
