"""Check results: `ops.checks`, where every step says what it looked at and what it found.

Counts and verdicts only; a cell of a record never comes here. Which checks a publication must see
passed is listed in `required_checks`, so that a check that never ran is as loud as one that failed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import duckdb

from pipelines.contract import Severity
from pipelines.quoting import literal

RECEIPTS = "RECEIPTS"

_CREATE = """
create table if not exists ops.checks (
    check_id varchar, table_name varchar, severity varchar,
    passed boolean, failed_count bigint, total_count bigint
)
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one table.

    Attributes:
        check_id: a rule's id, or the name of a check that is no rule.
        table_name: the table that was looked at.
        severity: what a failure costs; only `block` stops a publication.
        failed_count: rows, files or totals that failed; 0 means passed.
        total_count: how many there were to look at.
    """

    check_id: str
    table_name: str
    severity: Severity
    failed_count: int
    total_count: int

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return self.failed_count == 0


def record_checks(con: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> None:
    """Write results to `ops.checks`; a check that runs again replaces what it said before."""
    con.execute("create schema if not exists ops")
    con.execute(_CREATE)
    if not checks:
        return
    rows = ", ".join(_literals(check) for check in checks)
    con.execute(
        "create or replace temp table results as select * from "
        f"(values {rows}) as r(check_id, table_name, severity, passed, failed_count, total_count)"
    )
    con.execute(
        "delete from ops.checks where exists (select 1 from results "
        "where results.check_id = checks.check_id and results.table_name = checks.table_name)"
    )
    con.execute("insert into ops.checks by name select * from results")


def _literals(check: Check) -> str:
    words = ", ".join(map(literal, (check.check_id, check.table_name, check.severity)))
    return f"({words}, {check.passed}, {check.failed_count}, {check.total_count})"


def counts(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    """The single row of integers that `sql` answers."""
    return cast("tuple[int, ...]", con.execute(sql).fetchall()[0])
