"""Versions: of several records with one key, which is current.

The newest version wins: the contract's `version` columns compared in order, nothing known being
oldest. An equal record of the same version is a duplicate. Records of the same newest version that
disagree are all out, because nothing may pick a winner; older ones stay superseded all the same.

The answer depends on the set of records only, never on the order in which files came. Almost every
key occurs once, so one grouping finds those that do not and only they are looked at again: by a
short hash of the key, which needs half the memory and whose collisions the second look removes. A
file gives at most one row for a key and record number; `accept.py` makes use of the answer.
"""

import duckdb

from pipelines.engine.contract import Table
from pipelines.validate.checks import counts
from pipelines.validate.rules import UNIQUE, labels, quoted, rule_table

DUPLICATE, CONFLICT, FAULT = "duplicate", "conflict", "fault"


def resolve_versions(con: duckdb.DuckDBPyConnection, table: Table) -> tuple[int, int]:
    """Find the newest version of each repeated key of `quarantine.sound_<table>`.

    Writes `quarantine.newest_<table>` (key, newest), a row for each repeated key, and
    `quarantine.out_<table>` (key, file_id, record_no, fate), the records of a newest version that
    are duplicates or in conflict; conflicts go to `quarantine.records` as well.

    Returns:
        How many keys occur more than once, and how many records are in conflict.
    """
    name, key = table.name, key_list(table)
    con.execute(
        f"create or replace table quarantine.newest_{name} as "
        f"with twins as (select hash({key}) as mark from quarantine.sound_{name} "
        "group by mark having count(*) > 1) "
        f"select {key}, max({version_of(table)}) as newest from quarantine.sound_{name} "
        f"where hash({key}) in (select mark from twins) group by {key} having count(*) > 1"
    )
    con.execute(f"create or replace table quarantine.out_{name} as {_ties_sql(table)}")
    (repeated,) = counts(con, f"select count(*) from quarantine.newest_{name}")
    (unique,) = (rule for rule in rule_table(table) if rule.id == UNIQUE)
    (conflicts,) = counts(
        con,
        "insert into quarantine.records "
        f"select file_id, {quoted(name)}, record_no, {labels(unique)} "
        f"from quarantine.out_{name} where fate = '{CONFLICT}'",
    )
    return repeated, conflicts


def key_list(table: Table) -> str:
    """The key's columns, separated by commas."""
    return ", ".join(table.key)


def row_of(table: Table) -> str:
    """An expression that tells each landed row of `table` from every other."""
    return f"row({key_list(table)}, file_id, record_no)"


def version_of(table: Table) -> str:
    """An expression that orders the records of one key from oldest to newest."""
    never = "timestamp '0001-01-01 00:00:00'"
    return "{" + ", ".join(f"'{v}': coalesce({v}, {never})" for v in table.version) + "}"


def _ties_sql(table: Table) -> str:
    name, key = table.name, key_list(table)
    return (
        f"with newest as (select {key}, file_id, record_no, content_hash "
        f"from quarantine.sound_{name} join quarantine.newest_{name} using ({key}) "
        f"where {version_of(table)} = newest), "
        f"tied as (select {key}, min(content_hash) <> max(content_hash) as is_conflict, "
        f"min(row(file_id, record_no)) as kept from newest group by {key} having count(*) > 1) "
        f"select {key}, file_id, record_no, "
        f"case when is_conflict then '{CONFLICT}' else '{DUPLICATE}' end as fate "
        f"from newest join tied using ({key}) "
        "where is_conflict or row(file_id, record_no) <> kept"
    )
