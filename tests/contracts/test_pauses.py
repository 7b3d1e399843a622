"""Planted hearings and suspensions on their way from the exports to the clocks of the model.

What the simulator says was kept in time is counted exactly by the clock that stops; one that runs
on calls offices late that were not.
"""

from datetime import date
from typing import Any

import duckdb
import pytest

from pipelines.engine.compute import compute_indicators
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import load_indicators
from pipelines.settings import PACKAGE
from tests.contracts.planted import Truth, accepted

FEW, UNTIL = 6_000, date(2026, 10, 31)
EXPORTS = {"case_register", "step_log", "people_call_steps"}
RATE = {
    id_: each
    for id_, each in load_indicators(PACKAGE / "indicators").items()
    if id_ == "review_ontime_rate"
}


Found = dict[str, dict[str, Any]]
SUSPENDED = "select distinct case_id from model.case_events where event_type = 'suspend'"
COUNTS = """
    select case event_type when 'suspend' then 'suspensions' else 'hearings' end, count(*)
    from model.case_events where event_type in ('suspend', 'hearing_start') group by 1
"""
# The same exports under rules that know no pause.
NO_PAUSES = (
    "update model.rule_calendar set is_stopped_by_hearing = false",
    "create table model.unpaused as select * from model.case_events "
    "where event_type not in ('suspend', 'resume')",
    "drop view model.case_events",
    "alter table model.unpaused rename to case_events",
)
OF_RECHECKS = """
    select sum(denominator)::int, sum(numerator)::int from indicators.indicator_values
    where measure = 'recheck' and level = 'province' and period_kind = 'year'
"""
OF_SUSPENDED = f"""
    select count(*)::int, count(*) filter (where replied_on <= limits.due_on)::int
    from model.case_limits as limits
    inner join model.case_timelines using (case_id)
    inner join suspended using (case_id)
    where limits.due_on <= date '{UNTIL}'
"""


@pytest.fixture(scope="module")
def clocks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Found, Truth]:
    """What each clock finds, how many pauses there are, and what was planted."""
    root = tmp_path_factory.mktemp("pauses")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(root / "state"))
        with accepted(root / "home", EXPORTS, cases=FEW, until=UNTIL) as (con, build, truth):
            build()
            con.execute(f"create table suspended as {SUSPENDED}")
            found = {"stops": limits(con), "count": dict(con.execute(COUNTS).fetchall())}
            for forget in NO_PAUSES:
                con.execute(forget)
            build()
            return found | {"runs_on": limits(con)}, truth["pauses"]


def limits(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Limits passed and kept: of rechecks by the indicator, of suspended cases by the model."""
    compute_indicators(con, RATE, Frame(UNTIL))
    return {
        name: dict(zip(("due", "in_time"), *con.execute(query).fetchall(), strict=True))
        for name, query in (("rechecks", OF_RECHECKS), ("suspended", OF_SUSPENDED))
    }


@pytest.mark.parametrize("clock", ["stops", "runs_on"])
def test_either_clock_finds_what_was_planted(clocks, clock):
    found, planted = clocks
    assert found[clock] == {of: each[clock] for of, each in planted["limits"].items()}


@pytest.mark.parametrize("of", ["rechecks", "suspended"])
def test_the_one_that_runs_on_calls_offices_late_that_were_not(clocks, of):
    found, _ = clocks
    stops, runs_on = (
        found[clock][of]["in_time"] / found[clock][of]["due"] for clock in ("stops", "runs_on")
    )
    assert runs_on + 0.05 < stops < 1


def test_every_pause_is_in_the_model(clocks):
    found, planted = clocks
    assert found["count"] == {name: planted[name]["count"] for name in ("suspensions", "hearings")}
