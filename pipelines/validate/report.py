"""What validation found, in counts and words, for whoever shows it.

Counts of records are counts of submissions: what is published of them passes the gate like any
other figure. Nothing here reads a record.
"""

from dataclasses import dataclass

import duckdb

from pipelines.contract import Severity, Table, Words
from pipelines.ingest.reasons import Remark
from pipelines.validate.checks import RECEIPTS
from pipelines.validate.corrections import CHECK as CORRECTIONS
from pipelines.validate.exports import HELD
from pipelines.validate.rules import fed_tables, rule_table
from pipelines.validate.suite import suite_check_id, suite_rules
from pipelines.validate.totals import EVENTLESS, MARGINS, RECODED
from pipelines.words import Lang, say

REMARKS = (Remark.ROWS_VANISHED, Remark.DUP_CONFLICT, *HELD)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One row of `ops.checks` with what it means."""

    check_id: str
    table_name: str
    severity: Severity
    passed: bool
    failed_count: int
    total_count: int
    words: Words


@dataclass(frozen=True, slots=True)
class ReceiptTotals:
    """What became of the records of all files that feed a table; the four add up to `records`."""

    table_name: str
    files: int
    records: int
    current: int
    superseded: int
    duplicate: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many records of a table break a rule, and in how many files."""

    table_name: str
    rule_id: str
    reason_code: str
    severity: Severity
    records: int
    files: int


def check_words(tables: dict[str, Table]) -> dict[tuple[str, str], Words]:
    """The meaning of every check by `(check_id, table_name)`."""
    words = {
        (rule.id, table.name): rule.words for table in tables.values() for rule in rule_table(table)
    }
    for table in fed_tables(tables).values():
        for check_id in (RECEIPTS, CORRECTIONS, *REMARKS):
            words[check_id, table.name] = _say(check_id)
        for rule in suite_rules(table):
            words[suite_check_id(rule), table.name] = Words(
                zh=say("validate.SUITE", Lang.ZH, rule=rule.words.zh),
                en=say("validate.SUITE", Lang.EN, rule=rule.words.en),
            )
    whole = {MARGINS: "MARGINS", RECODED: "RECODED", EVENTLESS: "EVENTLESS"}
    return words | {(check_id, "cases"): _say(key) for check_id, key in whole.items()}


def check_results(con: duckdb.DuckDBPyConnection, tables: dict[str, Table]) -> list[CheckResult]:
    """Every check with its words, what failed first, then by table and rule."""
    words = check_words(tables)
    rows = con.execute(
        "select check_id, table_name, severity, passed, failed_count, total_count "
        "from ops.checks order by passed, table_name, check_id"
    ).fetchall()
    return [
        CheckResult(check, table, Severity(severity), passed, failed, total, words[check, table])
        for check, table, severity, passed, failed, total in rows
        if (check, table) in words
    ]


def receipt_totals(con: duckdb.DuckDBPyConnection) -> list[ReceiptTotals]:
    """The fates of all records by table."""
    rows = con.execute(
        "select table_name, count(*), sum(records)::bigint, sum(current_count)::bigint, "
        "sum(superseded_count)::bigint, sum(duplicate_count)::bigint, "
        "sum(quarantined_count)::bigint from quarantine.fates group by table_name order by all"
    ).fetchall()
    return [ReceiptTotals(*row) for row in rows]


def top_reasons(con: duckdb.DuckDBPyConnection, limit: int = 10) -> list[ReasonCount]:
    """The rules that most records break, errors before warnings."""
    rows = con.execute(
        "select table_name, rule_id, reason_code, severity, count(*), count(distinct file_id) "
        "from quarantine.records group by table_name, rule_id, reason_code, severity "
        "order by severity, count(*) desc, table_name, rule_id, reason_code limit ?",
        [limit],
    ).fetchall()
    return [
        ReasonCount(table, rule, code, Severity(severity), records, files)
        for table, rule, code, severity, records, files in rows
    ]


def _say(key: str) -> Words:
    return Words(zh=say(f"validate.{key}", Lang.ZH), en=say(f"validate.{key}", Lang.EN))
