"""Rules about all that one sender sends: shares that are hard to believe, never a single record.

A rule of scope `sender` is a query that lists whom it can judge: `sender_id, part, failed, total,
allowed`. Where `failed` is more than `allowed` the sender breaks the rule; `part` tells a month or
a value apart, and is empty where there is nothing to tell. What is allowed of a share is
`at_most(share, total)`: the share and three standard errors of a binomial count, the upper limit of
a p chart, so that a small sender is not accused by chance (W. A. Shewhart, Economic Control of
Quality of Manufactured Product, 1931; NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.2).

Each row is kept in `ops.sender_checks`; in `ops.checks` a rule counts the senders that break it.
"""

from collections.abc import Iterable

import duckdb

from pipelines.contract import Rule, Scope, Table
from pipelines.quoting import literal
from pipelines.validate.checks import Check, counts
from pipelines.validate.crossing import run_step
from pipelines.validate.rules import MIDNIGHTS, midnight_stamp, rule_table, stamp_of


def create_sender_checks(con: duckdb.DuckDBPyConnection) -> None:
    """Make an empty `ops.sender_checks` and the macro `quarantine.at_most`."""
    con.execute(
        "create or replace table ops.sender_checks (check_id varchar, table_name varchar, "
        "sender_id varchar, part varchar, failed_count bigint, total_count bigint, "
        "allowed_count double)"
    )
    con.execute(
        "create or replace macro quarantine.at_most(share, total) as "
        "share * total + 3 * sqrt(share * (1 - share) * total)"
    )


def date_midnights(
    con: duckdb.DuckDBPyConnection, table: Table, relation: str
) -> tuple[str, list[Check]]:
    """Take midnights for dates where a sender has too many to be times (V08).

    They keep their value; their precision becomes the day. What a sender wrote to the second
    stays so.

    Args:
        con: the staging database.
        table: the table.
        relation: its rows that are to be judged.

    Returns:
        The relation to go on with, and the check; none where the records of `table` have no time.
    """
    stamp = stamp_of(table)
    if stamp is None:
        return relation, []
    (rule,) = (rule for rule in rule_table(table) if rule.id == MIDNIGHTS)
    check = judge_senders(con, table, rule)
    if check.passed:
        return relation, [check]
    _, precision = stamp
    dated = f"quarantine.dated_{table.name}"
    con.execute(
        f"create or replace view {dated} as select * replace (case when {midnight_stamp(stamp)} "
        f"and sender_id in ({_broken(rule, table)}) then 'day' else {precision} end "
        f"as {precision}) from {relation}"
    )
    return dated, [check]


def check_senders(con: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> list[Check]:
    """Judge every sender by the rules that look at all it sent, once the model is built."""
    run_step(con, "closing_shares", "table")
    return [
        judge_senders(con, table, rule)
        for table in tables
        for rule in rule_table(table)
        if rule.scope is Scope.SENDER and rule.id != MIDNIGHTS
    ]


def judge_senders(con: duckdb.DuckDBPyConnection, table: Table, rule: Rule) -> Check:
    """Run one rule: a row of `ops.sender_checks` for each sender and part, and the check."""
    con.execute(
        f"insert into ops.sender_checks select {literal(rule.id)}, {literal(table.name)}, "
        f"sender_id, part, failed, total, allowed from ({rule.query}) order by sender_id, part"
    )
    failed, total = counts(
        con,
        f"select (select count(*) from ({_broken(rule, table)})), count(distinct sender_id) "
        f"from ops.sender_checks where {_rows(rule, table)}",
    )
    return Check(rule.id, table.name, rule.severity, failed, total)


def _broken(rule: Rule, table: Table) -> str:
    return (
        "select distinct sender_id from ops.sender_checks "
        f"where {_rows(rule, table)} and failed_count > allowed_count"
    )


def _rows(rule: Rule, table: Table) -> str:
    return f"check_id = {literal(rule.id)} and table_name = {literal(table.name)}"
