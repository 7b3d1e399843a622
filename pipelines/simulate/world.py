"""The world that all cities share: calendar, places, visits, and how many cases arise where.

Everything here is a table over place and day, small whatever the number of cases; the cases
themselves are drawn city by city from it.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.calendar import Calendar, build_calendar
from pipelines.simulate.durations import SPEED_SD, Pace, pace_of
from pipelines.simulate.intake import daily_counts, weekly_shocks
from pipelines.simulate.places import Places, load_places
from pipelines.simulate.scenario import Floats, Ints, Scenario, Stream
from pipelines.simulate.visits import Visits, intake_effect, plan_visits, resolution_effect

# Two offices that really differ, and one that closes at the limit and registers anew (places are
# numbered from 0 in the order of places.csv).
SLOW_PLACE, FAST_PLACE = 30, 70
OUTLIER_SPEED = {SLOW_PLACE: -0.6, FAST_PLACE: 0.5}
GAMING_PLACE = 50


@dataclass(frozen=True, slots=True)
class World:
    """What is fixed before the first case is drawn. `counts` is [place, day] over the seen days."""

    scenario: Scenario
    calendar: Calendar
    places: Places
    visits: Visits
    counts: Ints
    log_speed: Floats
    visit_speed: Floats

    def pace(self, city: int) -> Pace:
        """The working pace of a city's places."""
        inside = self.places.in_city(city)
        return pace_of(self.calendar, self.log_speed[inside], self.visit_speed[inside])


def build_world(scenario: Scenario) -> World:
    """Draw the world of a scenario."""
    calendar = build_calendar(scenario.until)
    places = load_places(calendar.days)
    shocks = weekly_shocks(scenario, places, calendar.days)
    visits = plan_visits(scenario, calendar, places, shocks)
    counts = daily_counts(
        scenario,
        calendar,
        places,
        shocks,
        scenario.visit_effect * intake_effect(visits, calendar, places),
    )
    rng = scenario.rng(Stream.DURATIONS)
    log_speed = rng.normal(0.0, SPEED_SD, places.count)
    for place, speed in OUTLIER_SPEED.items():
        log_speed[place] = speed
    visit_speed = scenario.visit_effect * resolution_effect(visits, calendar, places)
    return World(scenario, calendar, places, visits, counts, log_speed, visit_speed)


def held_visit_at(world: World, sender: int) -> Ints:
    """[place, day] over the seen days: the visit held there that `sender` reports, else -1.

    `sender` is the index of an office: the province reports the visits of its own leaders, a
    city's office all others in the city.
    """
    table = np.full(world.counts.shape, -1, dtype=np.int64)
    reported = np.flatnonzero(world.visits.is_held & (reporting_office(world) == sender))
    table[world.visits.place[reported], world.visits.day[reported]] = reported
    return table[world.places.host[:, : world.calendar.seen], np.arange(world.calendar.seen)]


def reporting_office(world: World) -> Ints:
    """For each visit, the index of the office that sends its record."""
    visits, places = world.visits, world.places
    return np.where(visits.tier == 0, 0, places.city_office(0) + places.city[visits.place])
