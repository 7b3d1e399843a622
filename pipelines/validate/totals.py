"""Checks of whole tables once the model is built: identities that no single record can break.

Rules of scope `total` stand in the contracts, each a query that lists what does not add up; the
margins (V54) follow from the code lists. Here also is the list of the checks that a publication
must see passed, so that one that never ran is as loud as one that failed.

Published figures are checked by the gate and the release; here are the tables that they come from.
"""

from collections.abc import Iterator

import duckdb

from pipelines.contract import Column, Rule, Scope, Severity, Table
from pipelines.engine.search_path import bare_names
from pipelines.validate.checks import RECEIPTS, Check, counts, record_checks
from pipelines.validate.crossing import run_step
from pipelines.validate.exports import held_checks
from pipelines.validate.rules import UNKNOWN, code_list, fed_tables
from pipelines.validate.senders import check_senders
from pipelines.validate.suite import suite_checks

MARGINS = "V54"
RECODED = "V29S"
EVENTLESS = "V33E"


def check_totals(con: duckdb.DuckDBPyConnection, tables: dict[str, Table]) -> None:
    """Run the checks of whole tables and write their results to `ops.checks`.

    Args:
        con: the staging database, its model built.
        tables: every contract by name.
    """
    run_step(con, "stock_flow", "view")
    run_step(con, "office_months", "table")
    with bare_names(con, "quarantine"):
        checks = [_run(con, table, rule) for table, rule in total_rules(tables)]
        checks.append(_check_margins(con, tables["cases"]))
        checks += [_check_recoded(con), _check_eventless(con)]
        checks += check_senders(con, tables.values())
    record_checks(con, checks)


def total_rules(tables: dict[str, Table]) -> Iterator[tuple[Table, Rule]]:
    """Every rule of scope `total` with the table whose contract it stands in."""
    for table in tables.values():
        for rule in table.rules:
            if rule.scope is Scope.TOTAL:
                yield table, rule


def required_checks(tables: dict[str, Table]) -> set[tuple[str, str]]:
    """The `(check_id, table_name)` that must be in `ops.checks`, and passed, before publication."""
    receipts = {(RECEIPTS, name) for name in fed_tables(tables)}
    totals = {
        (rule.id, table.name)
        for table, rule in total_rules(tables)
        if rule.severity is Severity.BLOCK
    }
    held = held_checks(fed_tables(tables))
    return receipts | totals | held | {(MARGINS, "cases")} | suite_checks(tables)


def _run(con: duckdb.DuckDBPyConnection, table: Table, rule: Rule) -> Check:
    (failed,) = counts(con, f"select count(*) from ({rule.query})")
    (total,) = counts(con, f"select count(*) from {table.name}")
    return Check(rule.id, table.name, rule.severity, failed, total)


def _check_margins(con: duckdb.DuckDBPyConnection, cases: Table) -> Check:
    """Each month, the sum over the codes of a list and over the regions is the month's total."""
    margins = {
        name: f"select registered_on from case_timelines where {_is_counted(cases.column(name))}"
        for name in ("channel", "content_code", "tier_received", "purpose")
    }
    margins["region"] = "select registered_on from case_timelines join regions using (region_row)"
    by_month = "date_trunc('month', registered_on) as month_start, count(*) as n"
    sums = " union all ".join(
        f"select '{name}' as margin, {by_month} from ({rows}) group by month_start"
        for name, rows in margins.items()
    )
    names = ", ".join(f"('{name}')" for name in margins)
    failed, total = counts(
        con,
        f"with totals as (select {by_month} from case_timelines group by month_start), "
        f"sums as ({sums}) "
        "select count(*) filter (where totals.n is distinct from sums.n), count(*) "
        f"from totals cross join (values {names}) as margins(margin) "
        "left join sums using (margin, month_start)",
    )
    return Check(MARGINS, "cases", Severity.BLOCK, failed, total)


def _is_counted(column: Column) -> str:
    """Whether a value has a place in the list; a missing one counts as unknown."""
    return f"coalesce({column.name}, '{UNKNOWN}') in {code_list(column)}"


def _check_recoded(con: duckdb.DuckDBPyConnection) -> Check:
    """Files whose region codes are largely of a later list: their export was recoded."""
    failed, total = counts(
        con,
        "select (select count(*) from recoded_codes where table_name = 'cases'), count(*) "
        "from quarantine.fates where table_name = 'cases'",
    )
    return Check(RECODED, "cases", Severity.WARNING, failed, total)


def _check_eventless(con: duckdb.DuckDBPyConnection) -> Check:
    """Submissions without any step: the other half of V33, which accuses no record."""
    failed, total = counts(
        con,
        # Every step belongs to an accepted submission by now.
        "select count(*) - (select count(distinct case_id) from case_events), count(*) from cases",
    )
    return Check(EVENTLESS, "cases", Severity.WARNING, failed, total)
