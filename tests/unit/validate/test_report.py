"""What validation tells others: every check in words, receipts in sums, reasons in order."""

import pytest

from pipelines.contract import Severity
from pipelines.validate.report import (
    ReasonCount,
    ReceiptTotals,
    check_results,
    check_words,
    receipt_totals,
    top_reasons,
)
from pipelines.validate.totals import required_checks
from tests.unit.validate.world import TABLES, World


@pytest.fixture
def world() -> World:
    """Two files of submissions: three good ones, one of them twice, and three bad ones."""
    world = World()
    world.land("cases", "case_id | persons", "c1 | 1", "c1 | 1", "c2 | 0", "c3 | 0")
    world.land("cases", "case_id | file_id | channel", "c4 | b | letter", "c5 | b | pigeon")
    world.land("cases", "case_id | file_id | region_code", "c6 | b | 0")
    world.refuse("cases", 9)
    world.accept()
    return world


def test_every_check_has_words_in_both_languages():
    words = check_words(TABLES)
    assert required_checks(TABLES) <= set(words)
    assert all(meaning.zh and meaning.en for meaning in words.values())
    assert words["V23", "cases"].en == "Persons is a whole number from 1 to 5000"
    assert words["GX:V23", "cases"].zh == "复核：采用的记录无一违反“人次为1至5000的整数”"
    assert words["REQUIRED:office_id", "cases"].en == "Registering office: never empty"


def test_results_of_checks_come_with_words_and_failures_first(world):
    results = check_results(world.con, TABLES)
    ((recorded,),) = world.con.execute("select count(*) from ops.checks").fetchall()
    assert len(results) == recorded
    assert [(r.check_id, r.failed_count) for r in results if not r.passed] == [
        ("V02:channel", 1),
        ("V23", 2),
        ("V29", 1),
    ]
    assert [r.passed for r in results] == sorted(r.passed for r in results)
    assert results[1].words.zh == "人次为1至5000的整数"


def test_receipts_add_up_over_files(world):
    assert receipt_totals(world.con) == [
        ReceiptTotals(
            table_name="cases",
            files=2,
            records=4 + 3 + 1,
            current=3,
            superseded=0,
            duplicate=1,
            quarantined=2 + 1 + 1,
        )
    ]


def test_reasons_come_most_frequent_first_and_warnings_last(world):
    assert top_reasons(world.con) == [
        ReasonCount("cases", "V23", "E_NUM_RANGE", Severity.ERROR, records=2, files=1),
        ReasonCount("cases", "E_DATE", "E_DATE", Severity.ERROR, records=1, files=1),
        ReasonCount("cases", "V29", "E_REGION_UNKNOWN", Severity.ERROR, records=1, files=1),
        ReasonCount("cases", "V02:channel", "W_ENUM_UNKNOWN", Severity.WARNING, records=1, files=1),
    ]
    assert [reason.rule_id for reason in top_reasons(world.con, limit=1)] == ["V23"]
