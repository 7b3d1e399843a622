"""Simulate a province into a home: draw the world, write what its offices would send, the truth.

The cases are drawn and written city by city, and within a city in pieces, so memory is bounded by
the largest city and not by the world.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.settings import Home
from pipelines.simulate.calendar import FOLLOW_UP_DAYS, lunar_new_years
from pipelines.simulate.city import write_city, write_province
from pipelines.simulate.dirt import plan_dirt
from pipelines.simulate.exports import Outbox
from pipelines.simulate.home import demand_demo_home, move_in, scratch_folder
from pipelines.simulate.scenario import DEFAULT_SEED, FULL_SIZE, Scenario
from pipelines.simulate.truth import Tally, truth_of
from pipelines.simulate.world import build_world
from pipelines.words import UserError

DEFAULT_UNTIL = date(2026, 10, 31)
FEWEST_CASES, MOST_CASES = 1_000, 50_000_000
FIRST_UNTIL = date(2004, 12, 31)


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """What was written.

    Attributes:
        home: the demo's home.
        scenario: the parameters.
        rows: data rows by export.
        faults: planted faults by kind.
        files: number of files in the inbox.
    """

    home: Home
    scenario: Scenario
    rows: dict[str, int]
    faults: dict[str, int]
    files: int


def simulate(  # noqa: PLR0913 - the parameters of a world
    home: Home,
    *,
    cases: int = FULL_SIZE,
    seed: int = DEFAULT_SEED,
    until: date = DEFAULT_UNTIL,
    visit_selection: float = 1.0,
    visit_effect: float = 1.0,
    issue_times: float = 2.5,
) -> SimulationReport:
    """Write the exports of an invented province, their settings and their truth into a home.

    The same arguments give the same bytes, so a second call changes nothing.

    Args:
        home: an empty home, or one that this simulator filled.
        cases: submissions from 2003-01-01 to `until`.
        seed: seed of all randomness.
        until: last day that the exports see.
        visit_selection: how strongly leaders go where trouble is; 0 = at random.
        visit_effect: times the planted effects of visits; 0 = visits change nothing.
        issue_times: times the usual number in the emerging issues; 1 = none.

    Raises:
        UserError: the home holds anything else, or an argument is out of range.
    """
    scenario = Scenario(cases, seed, until, visit_selection, visit_effect, issue_times)
    _demand_range(scenario)
    demand_demo_home(home, scenario)
    outbox = Outbox(scratch_folder(home), until)
    world = build_world(scenario)
    tally, plan = Tally.empty(world), plan_dirt(world)
    planted = write_province(world, outbox)
    faults: Counter[str] = Counter()
    for city in range(world.places.cities):
        city_faults, city_planted = write_city(world, city, plan, tally, outbox)
        faults += city_faults
        planted.update(city_planted)  # unlike +=, it keeps what is zero
    truth = truth_of(world, tally, faults, planted, outbox.written)
    move_in(home, scenario, truth)
    return SimulationReport(
        home=home,
        scenario=scenario,
        rows=truth["rows"],
        faults=truth["planted_faults"],
        files=len(outbox.written),
    )


def _demand_range(scenario: Scenario) -> None:
    last = lunar_new_years()[-1] - timedelta(days=FOLLOW_UP_DAYS)
    if not FIRST_UNTIL <= scenario.until <= last:
        raise UserError(
            "simulate.UNTIL_OUT_OF_RANGE",
            exit_code=2,
            until=scenario.until,
            first=FIRST_UNTIL,
            last=last,
        )
    if not FEWEST_CASES <= scenario.cases <= MOST_CASES:
        raise UserError(
            "simulate.CASES_OUT_OF_RANGE",
            exit_code=2,
            cases=scenario.cases,
            fewest=FEWEST_CASES,
            most=MOST_CASES,
        )
