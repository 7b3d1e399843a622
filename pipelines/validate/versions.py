"""Versions: of several records with one key, which is current.

The newest version wins: the precedence that the mappings give to sources, then the contract's
`version` columns compared in order, nothing known being oldest. An equal record of the same version
is a duplicate. Records of the same newest version that disagree are all out, because nothing may
pick a winner; older ones stay superseded all the same.

The answer depends on the set of records only, never on the order in which files came. Almost every
key occurs once, so one grouping finds those that do not and only they are looked at again: by a
short hash of the key, which needs half the memory and whose collisions the second look removes.
`accept.py` makes use of the answer.
"""

from dataclasses import dataclass

import duckdb

from pipelines.contract import Table
from pipelines.quoting import literal
from pipelines.validate.checks import counts
from pipelines.validate.rules import UNIQUE, labels, rule_table

LINEAGE = ("file_id", "record_no", "sender_id", "as_of")
PRECEDENCE = "precedence"
SUPERSEDED, DUPLICATE, CONFLICT, FAULT = "superseded", "duplicate", "conflict", "fault"
WITHDRAWN = "withdrawn"  # by a declared correction; superseded by what people said
PLACES = {"case_events": "coalesce(seq, 0)"}
"""What tells rows apart that one record gave to a table: ingestion numbers the steps it makes of
the dates of a submission. File, record number and place together are a row; short enough to join
by at every reading, as keys are not."""

MANY = 0.02  # share of repeated keys above which superseded records are not listed one by one


@dataclass(frozen=True, slots=True)
class Versions:
    """What was found out about the keys of a table.

    Attributes:
        is_many: whether so many keys are repeated that `quarantine.out_<table>` leaves out the
            superseded records; `quarantine.newest_<table>` tells which they are.
        conflicts: records that are out because another of the same version disagrees.
    """

    is_many: bool
    conflicts: int


def resolve_versions(con: duckdb.DuckDBPyConnection, table: Table, rows: int) -> Versions:
    """Find the newest version of each repeated key of `quarantine.sound_<table>`.

    Writes `quarantine.newest_<table>` (key, newest), a row for each repeated key, and
    `quarantine.out_<table>` (file_id, record_no, place, fate), the records that are not current;
    those in conflict go to `quarantine.records` as well.

    Args:
        con: the staging database.
        table: the table; of its sound rows there is a view.
        rows: how many rows landed.
    """
    name, key = table.name, key_list(table)
    con.execute(
        f"create or replace temp table twins as select hash({key}) as mark "
        f"from quarantine.sound_{name} group by mark having count(*) > 1"
    )
    (repeated,) = counts(con, "select count(*) from twins")
    is_many = repeated > MANY * rows
    among = "true" if is_many else f"hash({key}) in (select mark from twins)"
    con.execute(
        f"create or replace table quarantine.newest_{name} as "
        f"select {key}, max({version_of(table)}) as newest from quarantine.sound_{name} "
        f"where {among} group by {key} having count(*) > 1"
    )
    con.execute("drop table twins")
    con.execute(f"create or replace temp table repeats as {_repeats_sql(table, is_many=is_many)}")
    con.execute(f"create or replace table quarantine.out_{name} as {_fates_sql(table)}")
    con.execute("drop table repeats")
    (unique,) = (rule for rule in rule_table(table) if rule.id == UNIQUE)
    (conflicts,) = counts(
        con,
        "insert into quarantine.records "
        f"select file_id, {literal(name)}, record_no, {labels(unique)} "
        f"from quarantine.out_{name} where fate = '{CONFLICT}'",
    )
    return Versions(is_many, conflicts)


def key_list(table: Table) -> str:
    """The key's columns, separated by commas."""
    return ", ".join(table.key)


def place_of(table: Table) -> str:
    """An expression for the place of a row among those of its record."""
    return PLACES.get(table.name, "0")


def version_of(table: Table) -> str:
    """An expression that orders the records of one key from oldest to newest."""
    never = "timestamp '0001-01-01 00:00:00'"
    parts = [f"'{PRECEDENCE}': {PRECEDENCE}"]
    parts += [f"'{name}': coalesce({name}, {never})" for name in table.version]
    return "{" + ", ".join(parts) + "}"


def superseded_sql(table: Table) -> str:
    """The sound rows of `table` that a newer version replaced, as something to select from."""
    return (
        f"(select * from quarantine.sound_{table.name} "
        f"join quarantine.newest_{table.name} using ({key_list(table)}) "
        f"where {version_of(table)} < newest)"
    )


def _repeats_sql(table: Table, *, is_many: bool) -> str:
    """The rows of repeated keys; of many, only those of keys whose newest version is shared."""
    key, version = key_list(table), version_of(table)
    columns = ", ".join(column.name for column in table.columns)
    found = f"quarantine.sound_{table.name} join quarantine.newest_{table.name} using ({key})"
    query = (
        f"select {columns}, file_id, record_no, {place_of(table)} as place, "
        f"{version} = newest as is_newest from {found}"
    )
    if is_many:
        query += (
            f" where ({key}) in (select {key} from {found} "
            f"where {version} = newest group by {key} having count(*) > 1)"
        )
    return query


def _fates_sql(table: Table) -> str:
    key = key_list(table)
    said = ", ".join(f"'{column.name}': {column.name}" for column in table.columns)
    return (
        f"with newest as (select {key}, count(distinct {{{said}}}) as contents, "
        "min(row(file_id, record_no, place)) as first "
        f"from repeats where is_newest group by {key}), "
        "fates as (select file_id, record_no, place, case "
        f"when not is_newest then '{SUPERSEDED}' "
        f"when contents > 1 then '{CONFLICT}' "
        f"when row(file_id, record_no, place) <> first then '{DUPLICATE}' end as fate "
        f"from repeats join newest using ({key})) "
        "select file_id, record_no, place, fate from fates where fate is not null"
    )
