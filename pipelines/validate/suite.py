"""The second reading: Great Expectations suites, generated from the rule table.

After acceptance no accepted row may break an error rule. Our own SQL took the bad ones out; here an
independent program reads what was accepted and must agree, or nothing is published. It runs inside
DuckDB, answers yes or no (`BOOLEAN_ONLY`: its other formats quote values), and is imported only
when it runs, once for all tables, because the import alone takes four seconds.

What a contract's columns imply becomes Great Expectations' own expectations. The predicate of a row
rule becomes a boolean column of a view, so that all of a table's are counted in one query. A rule
across tables becomes a query for unexpected rows, which answers with a constant. The order of steps
is left out: its rules read the faults already found (a property test holds it to a slow reading).
"""

import logging
import sys
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from pipelines.contract import Rule, Scope, Severity, Table
from pipelines.ingest.connection import reopen
from pipelines.validate.checks import Check, counts, record_checks
from pipelines.validate.crossing import LISTING, PREPARATION
from pipelines.validate.rules import CODES, MISSING, UNIQUE, fed_tables, rule_table

SEARCH_PATH = "model,geo,quarantine"
LIMITS = {"memory_limit": "2GB"}


def suite_rules(table: Table) -> tuple[Rule, ...]:
    """The rules that no accepted row may break, so that reading it again can say something.

    A remark on a row stays true of it; only a code off its list is gone, as it became unknown.
    """
    prepared = PREPARATION.get((table.name, Severity.ERROR), {})
    return tuple(
        rule
        for rule in rule_table(table)
        if (rule.severity is Severity.ERROR or rule.id.startswith(f"{CODES}:"))
        and (
            rule.scope is Scope.ROW
            or (rule.scope in LISTING and not any(step in rule.query for step in prepared))
        )
    )


def suite_check_id(rule: Rule) -> str:
    """The name under which the second reading of a rule is recorded."""
    return f"GX:{rule.id}"


def run_suites(
    path: Path, tables: dict[str, Table], limits: Mapping[str, str] = LIMITS
) -> list[Check]:
    """Read the accepted rows of every fed table again and write the verdicts to `ops.checks`.

    Args:
        path: the staging database, closed: nobody else may have it open.
        tables: every contract by name.
        limits: DuckDB settings for the reading, such as `memory_limit` and `threads`.

    Returns:
        A check for each rule of each table; a rule that could not be judged has failed.
    """
    fed = fed_tables(tables)
    with reopen(path, read_only=False) as con:
        for table in fed.values():
            con.execute(judged_view(table, f"model.{table.name}"))
        # Nothing breaks a rule where there is nothing; some expectations think otherwise.
        filled = {n: t for n, t in fed.items() if counts(con, f"select count(*) from model.{n}")[0]}
    verdicts = judge(path, filled, limits)
    checks = [
        Check(suite_check_id(rule), name, _severity(rule), 0 if holds else 1, 1)
        for name, table in fed.items()
        for rule in suite_rules(table)
        for holds in [name not in filled or verdicts[name].get(rule.id, False)]
    ]
    with reopen(path, read_only=False) as con:
        record_checks(con, checks)
    return checks


def suite_checks(tables: dict[str, Table]) -> set[tuple[str, str]]:
    """The `(check_id, table_name)` of second readings that a publication must see passed."""
    return {
        (suite_check_id(rule), name)
        for name, table in fed_tables(tables).items()
        for rule in suite_rules(table)
        if rule.severity is Severity.ERROR
    }


def judged_view(table: Table, relation: str) -> str:
    """The view `quarantine.judged_<table>`: rows of `relation`, with a flag for each predicate."""
    flags = [f'({rule.predicate}) as "{rule.id}"' for rule in table.rules if rule.predicate]
    own = [column.name for column in table.columns]
    return (
        f"create or replace view quarantine.judged_{table.name} as "
        f"select {', '.join(own + flags)} from {relation}"
    )


@cache
def load_gx() -> Any:
    """Great Expectations, loaded without the client of Spark.

    It would import that client, which is slow; and where `__main__` is no file the client believes
    itself under test, looks for a Spark of its own and, without one, ends the process.
    """
    theirs = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_spark(name)}
    sys.modules["pyspark"] = None  # type: ignore[assignment] - as if it were not installed
    try:
        return import_module("great_expectations")
    finally:
        del sys.modules["pyspark"]
        sys.modules.update(theirs)


def _is_spark(module: str) -> bool:
    return module.partition(".")[0] == "pyspark"


def judge(
    path: Path, fed: Mapping[str, Table], limits: Mapping[str, str]
) -> dict[str, dict[str, bool]]:
    """Run one suite for each `quarantine.judged_<table>` of the database at `path`.

    Returns:
        By table and rule id whether the rule holds; a rule that could not be judged is absent.
    """
    from pipelines.validate.dialect import register  # noqa: PLC0415 - loads SQLAlchemy

    register()
    # Great Expectations opens a connection for each question; one that stays open keeps the
    # database loaded between them.
    with _silence(), reopen(path, read_only=True):
        gx = load_gx()
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        source = context.data_sources.add_sql(
            "staging",
            connection_string="duckdb+reading://",
            kwargs={"connect_args": {**limits, "database": str(path), "search_path": SEARCH_PATH}},
        )
        return {name: _run_suite(context, source, table) for name, table in fed.items()}


def _run_suite(context: Any, source: Any, table: Table) -> dict[str, bool]:
    gx = load_gx()
    asset = source.add_table_asset(
        table.name, table_name=f"judged_{table.name}", schema_name="quarantine"
    )
    rows = asset.add_batch_definition_whole_table("accepted")
    expectations = [expectation(table, rule) for rule in suite_rules(table)]
    suite = context.suites.add(gx.ExpectationSuite(table.name, expectations=expectations))
    definition = gx.ValidationDefinition(name=table.name, data=rows, suite=suite)
    results = context.validation_definitions.add(definition).run(result_format="BOOLEAN_ONLY")
    return {
        result.expectation_config.meta["rule"]: bool(result.success)
        for result in results.results
        if not result.exception_info.get("raised_exception", True)
    }


def expectation(table: Table, rule: Rule) -> Any:
    """The expectation that holds where no row of `quarantine.judged_<table>` breaks `rule`."""
    gxe = load_gx().expectations
    meta = {"rule": rule.id}
    if rule.id == UNIQUE and len(table.key) == 1:
        return gxe.ExpectColumnProportionOfUniqueValuesToBeBetween(
            column=rule.column, min_value=1.0, meta=meta
        )
    if rule.query:
        # Without a mention of the batch, Great Expectations prints that it is missing.
        query = f"select 1 as broken from ({rule.query}) as listed /* {{batch}} */ limit 1"
        return gxe.UnexpectedRowsExpectation(unexpected_rows_query=query, meta=meta)
    if rule.code == MISSING:
        return gxe.ExpectColumnValuesToNotBeNull(column=rule.column, meta=meta)
    if rule.id.startswith(f"{CODES}:"):
        codes = list(table.column(rule.column).codes)
        return gxe.ExpectColumnValuesToBeInSet(column=rule.column, value_set=codes, meta=meta)
    return gxe.ExpectColumnValuesToBeInSet(column=rule.id, value_set=[False], meta=meta)


def _severity(rule: Rule) -> Severity:
    return Severity.BLOCK if rule.severity is Severity.ERROR else Severity.WARNING


@contextmanager
def _silence() -> Generator[None]:
    """Keep Great Expectations quiet: what it logs or warns of can quote a value."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
