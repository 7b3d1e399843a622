"""Rules that look at other rows or tables: each is a query that lists bad records.

It lists `file_id, record_no` (and `place`, see `versions.PLACES`) and names tables bare. It sees
the accepted rows of every other table and, of its own, the rows that are sound and current; `geo`
and `quarantine` are in reach too. All error rules of a table are judged on the same rows, so their
order does not matter; warnings describe what was accepted.
"""

from pathlib import Path

import duckdb

from pipelines.contract import Scope, Severity, Table
from pipelines.validate.checks import Check
from pipelines.validate.rules import UNIQUE, labels, rule_table
from pipelines.validate.versions import FAULT, PLACES

LISTING = frozenset({Scope.SET, Scope.CROSS})
STEPS = Path(__file__).parent / "steps"
PREPARATION = {
    ("case_events", Severity.ERROR): {
        "event_spans": "view",
        "event_suspects": "table",
        "event_faults": "table",
        "event_sequels": "table",
        "sequence_faults": "table",
    },
    ("evaluations", Severity.ERROR): {"case_answers": "table"},
    ("case_events", Severity.WARNING): {"event_delays": "table", "event_aftermath": "table"},
}
"""Queries to run before the rules of a table, which read what they leave in `quarantine`."""

COARSE_PRECISIONS = ("year", "month", "day", "minute")


def list_faults(
    con: duckdb.DuckDBPyConnection, table: Table, severity: Severity, landed: int
) -> list[Check]:
    """Run the rules of that severity and write what they list to `quarantine.records`.

    Records that break an error rule are added to `quarantine.out_<table>` too.

    Returns:
        A check for each rule, of all the rows that landed.
    """
    rules = [
        r
        for r in rule_table(table)
        if r.scope in LISTING and r.severity is severity and r.id != UNIQUE
    ]
    if not rules:
        return []
    prepare(con, table, severity)
    place = "place" if table.name in PLACES else "0"
    listed = " union ".join(
        f"select file_id, record_no, {place}, {labels(rule)} from ({rule.query})" for rule in rules
    )
    con.execute(
        "create or replace temp table faults(file_id, record_no, place, column_name, rule_id, "
        f"reason_code, severity) as {listed}"
    )
    con.execute(
        "insert into quarantine.records select file_id, ?, record_no, column_name, rule_id, "
        "reason_code, severity from faults",
        [table.name],
    )
    if severity is Severity.ERROR:
        con.execute(
            f"insert into quarantine.out_{table.name} "
            f"select distinct file_id, record_no, place, '{FAULT}' from faults"
        )
    found = dict(con.execute("select rule_id, count(*) from faults group by rule_id").fetchall())
    return [Check(r.id, table.name, severity, found.get(r.id, 0), landed) for r in rules]


def run_step(con: duckdb.DuckDBPyConnection, step: str, kind: str) -> None:
    """Make `quarantine.<step>`, a view or a table, of the query `steps/<step>.sql`."""
    query = (STEPS / f"{step}.sql").read_text(encoding="utf-8")
    con.execute(f"create or replace {kind} quarantine.{step} as {query}")


def prepare(con: duckdb.DuckDBPyConnection, table: Table, severity: Severity) -> None:
    """Run the queries whose answers the rules of `table` of that severity read."""
    create_spans(con)
    for step, kind in PREPARATION.get((table.name, severity), {}).items():
        run_step(con, step, kind)


def create_spans(con: duckdb.DuckDBPyConnection) -> None:
    """Make the macros `quarantine.earliest` and `quarantine.latest`.

    They give the span of instants that a time written to a precision can mean; `latest` is
    exclusive. One time is before another only where its span ends before the other's begins.
    """
    for macro in _span_macros():
        con.execute(macro)


def _span_macros() -> tuple[str, str]:
    begins = {unit: f"date_trunc('{unit}', written_at)" for unit in (*COARSE_PRECISIONS, "second")}
    ends = {unit: f"{begin} + interval '1' {unit}" for unit, begin in begins.items()}
    named = "create or replace macro quarantine.{}(written_at, precision_code) as {}"
    return named.format("earliest", _by_precision(begins)), named.format(
        "latest", _by_precision(ends)
    )


def _by_precision(instants: dict[str, str]) -> str:
    coarse = " ".join(f"when '{unit}' then {instants[unit]}" for unit in COARSE_PRECISIONS)
    return f"case precision_code {coarse} else {instants['second']} end"
