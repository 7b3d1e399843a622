"""What is planted around visits is found, and nothing where nothing is planted."""

import numpy as np
import pytest

from pipelines.estimates.table import Row
from pipelines.estimates.visits import MAIN, WHOLE, visit_effects
from pipelines.privacy.policy import load_policy
from tests.unit.estimates.world import AS_OF, add_cases, staging

EFFECT = 0.4
POLICY = load_policy()


@pytest.fixture(scope="module", params=[EFFECT, 0.0], ids=["planted", "nothing"])
def world(request: pytest.FixtureRequest) -> tuple[float, dict[tuple[str, str], Row]]:
    """The planted effect, and every row by measure and contrast."""
    con = staging()
    add_cases(con, effect=request.param)
    rows = list(visit_effects(con, AS_OF, POLICY))
    return request.param, {(r.estimate.measure, r.stratum.contrast): r for r in rows}


def test_the_interval_of_each_phase_holds_the_planted_effect(
    world: tuple[float, dict[tuple[str, str], Row]],
):
    planted, rows = world
    for phase in (*MAIN, WHOLE):
        found = rows["pace", phase].estimate
        assert found.low is not None
        assert found.high is not None
        assert found.low <= np.expm1(planted) <= found.high, phase


def test_an_effect_is_claimed_only_where_there_is_one(
    world: tuple[float, dict[tuple[str, str], Row]],
):
    planted, rows = world
    assert rows["pace", WHOLE].estimate.finding == ("above" if planted else "")
    assert rows["excess", WHOLE].estimate.finding == ("above" if planted else "")
    assert rows["intake", "lagged"].estimate.finding == ""


def test_few_visits_give_no_number_but_the_reason():
    con = staging()
    add_cases(con, effect=0.0, counties=6, cases=2000)
    con.execute("delete from model.visits where visit_on > date '2021-01-01'")
    rows = list(visit_effects(con, AS_OF, POLICY))
    assert {row.estimate.reason for row in rows} == {"fewer_than_30_visits"}
    assert all(row.estimate.value is None for row in rows)


def test_a_phase_with_few_resolutions_is_not_printed():
    con = staging()
    add_cases(con, effect=0.0, counties=6, cases=900)
    printed = [
        row.estimate for row in visit_effects(con, AS_OF, POLICY) if row.estimate.value is not None
    ]
    assert all(row.n_events is None for row in printed)  # the days grow with each extract
    assert all((row.n or 0) >= 30 for row in printed)


def test_a_home_that_tightens_the_policy_prints_no_phase_of_fewer_resolutions():
    con = staging()
    add_cases(con, effect=0.0, counties=6, cases=2000)
    usual, tight = (
        [row.estimate for row in visit_effects(con, AS_OF, load_policy({"k": k}))]
        for k in (10, 1_000)
    )
    assert any(row.measure == "pace" and row.value is not None for row in usual)
    paces = [row for row in tight if row.measure == "pace"]
    assert {row.reason for row in paces} == {"few_resolutions"}


def test_phases_are_withheld_when_visited_counties_differed_before():
    con = staging()
    add_cases(con, effect=EFFECT)
    # The notice comes a week later than the work that it sets off.
    con.execute("update model.visits set visit_on = visit_on + 9, "
                "first_announced_on = first_announced_on + 9")  # fmt: skip
    rows = {(r.estimate.measure, r.stratum.contrast): r for r in visit_effects(con, AS_OF, POLICY)}
    assert rows["pace", "lead_7_1"].estimate.finding == "above"
    for contrast in (*MAIN, WHOLE):
        assert rows["pace", contrast].estimate.reason == "leads_not_flat"


def test_counties_that_stopped_sending_do_not_count_as_quiet():
    """A third sent nothing in the last three years. Zeros in their stead would be a fall of all.

    With zeros all 150 visits are used and the intervals are 0.23 wide; before they stopped it was
    0.04 and 0.06.
    """
    con = staging()
    add_cases(con, effect=0.0)
    stopped = "region_row like '9901%@' and left(region_row, 6)::int % 3 = 0"
    for change in (
        f"delete from model.case_timelines where {stopped} and registered_on > '2022-12-31'",
        f"update model.case_timelines set seen_until_on = '2022-12-31' where {stopped}",
        f"update model.coverage set until_on = '2023-01-01' where {stopped}",
    ):
        con.execute(change)
    rows = {(r.estimate.measure, r.stratum.contrast): r for r in visit_effects(con, AS_OF, POLICY)}
    for contrast in ("lagged", "differenced"):
        found = rows["intake", contrast].estimate
        assert found.finding == ""
        assert found.low is not None
        assert found.high is not None
        assert found.high - found.low < 0.12
        assert (found.n or 0) < 130
