"""The 62 rules about records, sets, tables and time that the field asks for, and where each lives.

A rule's id is its number, with letters where one number became several rules (V29, V29X, V29W). A
number is in some contract, or follows from how columns are declared, or it is listed here with the
place where it is kept instead, or the reason why it cannot be judged.
"""

import re

from pipelines.contract import Severity, load_tables
from pipelines.ingest.reasons import RecordReason, Remark
from pipelines.settings import PACKAGE
from pipelines.validate.families import FAMILIES
from pipelines.validate.report import check_words
from pipelines.validate.rules import rule_table

TABLES = load_tables(PACKAGE / "model")
ELSEWHERE = {
    24: "whether a visit is collective is never read: it is derived from persons and the threshold",
    34: "no export names the earlier submission; the matter key links them (V35)",
    36: "no export names the submission that one was merged into",
    61: "the ledger of published figures",
    62: "the scan for planted personal values, over everything but the vault",
}
SEVERITIES = {
    Severity.ERROR: (
        *(1, 2, 3, 4, 5, 6, 10, 11, 12, 14, 15, 17, 20, 23, 27, 28, 29, 32, 33, 37, 40, 43, 44),
        *(45, 47, 49, 50, 51),
    ),
    Severity.WARNING: (
        *(7, 8, 9, 13, 16, 18, 19, 21, 22, 25, 26, 38, 39, 41, 42, 46, 48, 52, 55, 56, 57, 58, 59),
        35,  # listed as an error: what only all exports together tell is no fault of the record
        60,  # listed as blocking: figures are provisional instead, as its own text says
    ),
    Severity.BLOCK: (30, 31, 53, 54),  # 30 and 31 judge a reference table, which has no quarantine
}


def severities() -> dict[int, set[Severity]]:
    """The severities of the rules of each number; V54 is a check of totals."""
    found: dict[int, set[Severity]] = {54: {Severity.BLOCK}}
    for table in TABLES.values():
        for rule in rule_table(table):
            if match := re.match(r"V(\d\d)", rule.id):
                found.setdefault(int(match[1]), set()).add(rule.severity)
    return found


def test_every_number_has_one_place():
    found = set(severities())
    assert found | set(ELSEWHERE) == set(range(1, 63))
    assert found & set(ELSEWHERE) == set()
    assert ("V54", "cases") in check_words(TABLES)


def test_every_number_costs_what_the_list_says():
    found = severities()
    wrong = {
        number: found[number]
        for severity, numbers in SEVERITIES.items()
        for number in numbers
        if severity not in found[number]
    }
    assert wrong == {}
    assert sorted(n for numbers in SEVERITIES.values() for n in numbers) == sorted(found)


def test_a_listed_family_is_of_a_code_that_something_can_have():
    codes = {rule.code for table in TABLES.values() for rule in rule_table(table)}
    assert set(FAMILIES) - codes - set(RecordReason) - set(Remark) == set()
