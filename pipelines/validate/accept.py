"""Acceptance: from the rows that landed to the rows that count, and a fate for every record.

For each table that exports feed, in the order in which they refer to each other: row rules, then
versions (`versions.py`), then the rules that look at other tables. Nothing is repaired and nothing
disappears: a record is current, superseded, duplicate or quarantined, and `quarantine.fates` adds up.

A record that is out takes no other with it by itself; but a step, a notice or a rating whose
submission or visit is out has nothing to belong to and is an orphan (V33). One pass in the order of
the tables settles this, since no table refers to a later one, and every run judges the whole set
anew: an orphan comes back when what it belongs to arrives.

Copies are avoided: `model.<table>` is a view over the landing files, less what is out, unless so many
records were replaced by newer ones that reading round them would cost more than a table.
"""

import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import cast

import duckdb

from pipelines.engine.contract import Column, Scope, Severity, Table
from pipelines.validate import versions
from pipelines.validate.checks import RECEIPTS, Check, counts, record_checks
from pipelines.validate.rules import (
    CODES,
    UNIQUE,
    UNKNOWN,
    Tally,
    breaks_any,
    code_list,
    count_sql,
    fed_tables,
    labels,
    listing_rules,
    quarantine_sql,
    quoted,
    row_rules,
    rule_table,
)
from pipelines.validate.versions import key_list

LINEAGE = ("file_id", "record_no", "sender_id", "as_of")
COPY_ABOVE = 0.02
"""Share of repeated keys above which `model.<table>` is a table: each read of a view joins them."""

STEPS = Path(__file__).parent / "steps"
PREPARATION = {
    "case_events": ("earliest", "latest", "event_spans", "event_suspects", "event_faults")
}
"""Queries that must run before the rules of a table, which read what they leave behind."""


def accept_rows(con: duckdb.DuckDBPyConnection, tables: dict[str, Table]) -> None:
    """Judge every row that landed and make `model.<table>` of those that are current.

    Reads `landing.<table>`, `landing.refusals`, `ops.files`, `geo.region_validity`. Writes
    `model.<table>` (contract columns and lineage), `quarantine.records`, `quarantine.fates` and
    `ops.checks`.

    Args:
        con: the staging database, its reference tables loaded.
        tables: every contract by name.
    """
    fed = fed_tables(tables)
    _start(con)
    for name in acceptance_order(fed):
        _accept(con, fed[name])
    con.execute("reset search_path")
    _check_receipts(con)


def acceptance_order(fed: dict[str, Table]) -> list[str]:
    """Table names such that each comes after those that its rules look at."""
    looks_at = {
        name: {
            other
            for other in fed
            if other != name and any(re.search(rf"\b{other}\b", r.query) for r in _crossing(table))
        }
        for name, table in sorted(fed.items())
    }
    return list(TopologicalSorter(looks_at).static_order())


def _crossing(table: Table) -> list[Rule]:
    return [rule for rule in table.rules if rule.scope in {Scope.SET, Scope.CROSS}]


def _start(con: duckdb.DuckDBPyConnection) -> None:
    for schema in ("ops", "quarantine", "model"):
        con.execute(f"create schema if not exists {schema}")
    con.execute(
        "create or replace table quarantine.records as select file_id, table_name, record_no, "
        "column_name, rule_id, reason_code, severity from landing.refusals"
    )
    con.execute(
        "create or replace table quarantine.fates (file_id varchar, table_name varchar, "
        "current_count bigint, superseded_count bigint, duplicate_count bigint, "
        "quarantined_count bigint, records bigint)"
    )
    con.execute("set search_path = 'model,geo,quarantine'")
