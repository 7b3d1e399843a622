"""R21: nothing is published without the complete, passed and sealed list of checks."""

import duckdb
import pytest

from pipelines.publish.proof import seal
from pipelines.publish.release import publish
from pipelines.settings import Home
from pipelines.words import UserError
from tests.unit.publish.world import DEMANDED, SETTINGS, edition, state_of, write_staging


def refusal(
    home: Home, statement: str, *, then_seal: bool, demanded: tuple[tuple[str, str], ...] = DEMANDED
) -> UserError:
    """What publication says of a staging database to which something has been done."""
    frozen = write_staging(home)
    with duckdb.connect(home.staging) as con:
        con.execute(statement)
        if then_seal:
            seal(con)
    with pytest.raises(UserError) as caught:
        publish(home, SETTINGS, edition(frozen, state_of(home), demanded))
    assert not (home.published / "CURRENT").exists()
    assert list((home.published / "releases").iterdir()) == []
    return caught.value


def test_a_check_that_never_ran_is_named(home: Home):
    more = (*DEMANDED, ("V53", "cases"), ("V01", "cases"))
    error = refusal(home, "select 1", then_seal=True, demanded=more)
    assert error.key == "release.CHECKS_MISSING"
    assert error.facts == {"checks": "V01 (cases), V53 (cases)"}


def test_a_result_that_was_lost_is_named(home: Home):
    error = refusal(home, "delete from ops.checks where check_id = 'V01'", then_seal=True)
    assert (error.key, error.facts) == ("release.CHECKS_MISSING", {"checks": "V01 (receptions)"})


def test_no_results_at_all(home: Home):
    error = refusal(home, "drop table ops.checks", then_seal=False)
    assert error.key == "release.CHECKS_MISSING"
    assert error.facts == {"checks": "RECEIPTS (receptions), V01 (receptions)"}


@pytest.mark.parametrize("verdict", ["false", "null"])
def test_a_demanded_check_that_did_not_pass_is_named(home: Home, verdict: str):
    statement = f"update ops.checks set passed = {verdict} where check_id = 'RECEIPTS'"
    error = refusal(home, statement, then_seal=True)
    assert error.key == "release.CHECKS_FAILED"
    assert error.facts == {"checks": "RECEIPTS (receptions)"}


def test_a_failed_blocking_check_counts_even_if_nobody_demanded_it(home: Home):
    statement = "insert into ops.checks values ('V01', 'cases', 'block', false, 1, 9)"
    assert refusal(home, statement, then_seal=True).facts == {"checks": "V01 (cases)"}


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_quarantined_records_and_remarks_stop_nothing(home: Home, severity: str):
    frozen = write_staging(home)
    with duckdb.connect(home.staging) as con:
        con.execute(f"insert into ops.checks values ('V01', 'cases', '{severity}', false, 1, 9)")
        seal(con)
    assert publish(home, SETTINGS, edition(frozen, state_of(home))).id


@pytest.mark.parametrize(
    "statement",
    [
        "update public.indicator_values set n = n + 1 where numerator = 120",
        "insert into quality.suppression values ('letter_count', 'city', 'year', '', 1, 1)",
        "update geo.regions set name_zh = name_zh || '市' where region_code = '990100'",
        "create table model.cases as select 1 as persons",
        "update ops.checks set failed_count = 0",
        "drop table quality.receipts",
    ],
)
def test_whatever_is_changed_after_the_seal_breaks_it(home: Home, statement: str):
    assert refusal(home, statement, then_seal=False).key == "release.SEAL_BROKEN"


def test_unsealed_checks_prove_nothing(home: Home):
    assert refusal(home, "drop table ops.seal", then_seal=False).key == "release.NOT_SEALED"


def test_there_must_be_something_to_publish(home: Home):
    frozen = write_staging(home)
    home.staging.unlink()
    with pytest.raises(UserError, match=r"staging\.duckdb"):
        publish(home, SETTINGS, edition(frozen, state_of(home)))
