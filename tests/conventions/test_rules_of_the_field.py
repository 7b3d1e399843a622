"""The 66 rules that the field asks for, of records, sets, tables, time and what is published.

A rule's id is its number, with letters where one number became several rules (V29, V29X, V29W). A
number is in some contract, or follows from how columns are declared, or it is listed here with the
test that holds it instead, and why it is no rule of a contract.
"""

import ast
import re

import pytest

from pipelines.contract import Severity, load_tables
from pipelines.ingest.reasons import RecordReason, Remark
from pipelines.settings import PACKAGE, PROJECT
from pipelines.validate.families import FAMILIES
from pipelines.validate.report import check_words
from pipelines.validate.rules import rule_table

TABLES = load_tables(PACKAGE / "model")
ELSEWHERE = {
    24: (
        "unit/model/test_receiving.py::test_a_batch_is_collective_by_the_threshold_of_its_day",
        "holds by construction: no export says it; persons and the threshold in force do",
    ),
    61: (
        "unit/bulletins/test_verdicts.py::test_a_figure_agrees_inside_its_interval",
        "a printed figure that disagrees is said so, and holds no release up (architecture.md §9)",
    ),
    62: (
        "pipeline/test_run.py::test_nothing_personal_leaves_the_vault",
        "also refused record by record, as V62:<column>, before it is typed (E_PII)",
    ),
    63: (
        "pipeline/test_run.py::test_no_small_cell_is_public",
        "the gate decides; properties/privacy attacks what it lets pass",
    ),
    64: (
        "unit/publish/test_downloads.py::test_parquet_and_csv_hold_the_rows_of_the_database",
        "every output is made of the gated tables; Parquet and CSV are compared row by row",
    ),
    65: (
        "properties/privacy/test_attack.py::test_two_releases_together_give_no_more_away_than_the_first",
        "closed periods freeze, and a revision keeps what moved by fewer than k",
    ),
    66: (
        "unit/publish/test_catalogue.py::test_indicator_values_has_the_columns_that_the_architecture_lists",
        "they are columns of the published table, so no number comes without them",
    ),
}
"""By number: the test that holds it, below `tests/`, and why it is no rule of a contract."""
SEVERITIES = {
    Severity.ERROR: (
        *(1, 2, 3, 4, 5, 6, 10, 11, 12, 14, 15, 17, 20, 23, 27, 28, 29, 32, 33, 34, 37, 40, 43, 44),
        *(45, 47, 49, 50, 51),
    ),
    Severity.WARNING: (
        *(
            7,
            8,
            9,
            13,
            16,
            18,
            19,
            21,
            22,
            25,
            26,
            36,
            38,
            39,
            41,
            42,
            46,
            48,
            52,
            55,
            56,
            57,
            58,
            59,
        ),
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
    assert found | set(ELSEWHERE) == set(range(1, 67))
    assert found & set(ELSEWHERE) == set()
    assert ("V54", "cases") in check_words(TABLES)


@pytest.mark.parametrize("number", ELSEWHERE)
def test_what_is_kept_elsewhere_is_tested_there(number: int):
    place, why = ELSEWHERE[number]
    file, _, test = place.partition("::")
    tree = ast.parse((PROJECT / "tests" / file).read_text(encoding="utf-8"))
    tests = [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
    assert test in tests
    assert why


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
