"""What every check demands, in words, for whoever shows its result."""

from pipelines.contract import Table, Words
from pipelines.ingest.reasons import Remark
from pipelines.validate.checks import RECEIPTS
from pipelines.validate.corrections import CHECK as CORRECTIONS
from pipelines.validate.exports import HELD
from pipelines.validate.rules import fed_tables, rule_table
from pipelines.validate.suite import suite_check_id, suite_rules
from pipelines.validate.totals import EVENTLESS, MARGINS, RECODED
from pipelines.words import Lang, say

REMARKS = (Remark.ROWS_VANISHED, Remark.DUP_CONFLICT, *HELD)


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


def _say(key: str) -> Words:
    return Words(zh=say(f"validate.{key}", Lang.ZH), en=say(f"validate.{key}", Lang.EN))
