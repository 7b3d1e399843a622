"""Leaders' visits, the monthly reception days of counties, their notices, and what they do.

Visits of province and city leaders go where trouble is (the shock of the last eight weeks), with
planted effects on intake and on resolution from the first notice on. The fixed reception days of
counties come every month, trouble or not, and have no effect at all: the negative control.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.simulate import labels
from pipelines.simulate.calendar import Calendar, day_number
from pipelines.simulate.places import Places
from pipelines.simulate.scenario import Flags, Floats, Ints, Scenario, Stream

VISITS_PER_YEAR, WORKDAYS_PER_YEAR = 2.5, 250
PROVINCE_SHARE = 0.15
SELECTION_DAYS = 56
NEVER = -1

# Planted effects on the log scale: first and last day counted from the visit; "notice" runs from
# the first notice to the day before the visit.
INTAKE_NOTICE = 0.40
INTAKE_AFTER = ((1, 56, -0.08), (57, 84, -0.04))
RESOLUTION_NOTICE = float(np.log(1.5))
RESOLUTION_AFTER = (
    (0, 0, float(np.log(1.8))),
    (1, 6, float(np.log(1.5))),
    (7, 27, float(np.log(1.2))),
    (28, 55, float(np.log(0.95))),
)

# County leaders receive once a month, on the 15th or the next open day; some days fall out, more
# of them before the duty was written down.
FIXED_DAY = 15
DUTY_SINCE = date(2009, 4, 1)
FALLS_OUT_BEFORE, FALLS_OUT_SINCE = 0.10, 0.03
CANCELLED_SHARE = 0.03
PLANNED_AHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits in order of day and place; arrays of equal length.

    Attributes:
        place: seat of the county visited.
        day: day number; planned visits lie after the last day that exports see.
        tier: labels.PROVINCE, labels.CITY or labels.COUNTY.
        state: labels.HELD, CANCELLED, MOVED or PLANNED.
        notice: day of the first notice, or NEVER.
        reminder: day of the second notice, or NEVER.
        rooms, leaders, mode: as exported.
    """

    place: Ints
    day: Ints
    tier: Ints
    state: Ints
    notice: Ints
    reminder: Ints
    rooms: Ints
    leaders: Ints
    mode: Ints

    @property
    def count(self) -> int:
        """How many visits there are, held or not."""
        return len(self.day)

    @property
    def is_fixed(self) -> Flags:
        """True for the monthly reception days of counties."""
        return self.tier == labels.COUNTY

    @property
    def is_held(self) -> Flags:
        """True for visits that took place."""
        return self.state == labels.HELD


def plan_visits(scenario: Scenario, calendar: Calendar, places: Places, shocks: Floats) -> Visits:
    """Draw all visits of the world."""
    rng = scenario.rng(Stream.VISITS)
    fixed_place, fixed_day = _fixed_days(calendar, places)
    lead_place, lead_day = _chosen_visits(scenario, calendar, places, shocks, rng)
    clash = np.isin(lead_place * calendar.days + lead_day, fixed_place * calendar.days + fixed_day)
    lead_place, lead_day = lead_place[~clash], lead_day[~clash]
    tier = np.where(rng.random(len(lead_day)) < PROVINCE_SHARE, labels.PROVINCE, labels.CITY)
    place = np.concatenate([lead_place, fixed_place])
    day = np.concatenate([lead_day, fixed_day])
    tier = np.concatenate([tier, np.full(len(fixed_day), labels.COUNTY)])
    order = np.lexsort((tier, place, day))
    return _with_details(place[order], day[order], tier[order], calendar, rng)


def intake_effect(visits: Visits, calendar: Calendar, places: Places) -> Floats:
    """Effect on the log mean of registrations, [place, day]."""
    return _effect(visits, calendar, places, INTAKE_NOTICE, INTAKE_AFTER)


def resolution_effect(visits: Visits, calendar: Calendar, places: Places) -> Floats:
    """Effect on the log hazard of being resolved, [place, day]."""
    return _effect(visits, calendar, places, RESOLUTION_NOTICE, RESOLUTION_AFTER)


def _fixed_days(calendar: Calendar, places: Places) -> tuple[Ints, Ints]:
    last = calendar.seen + PLANNED_AHEAD_DAYS
    month_start = np.flatnonzero(np.diff(calendar.month[:last], prepend=0) != 0)
    day = calendar.next_open(month_start + FIXED_DAY - 1)
    day = day[day < last]
    seat_month, seat = np.nonzero(places.seats[:, day].T)
    return seat.astype(np.int64), day[seat_month]


def _chosen_visits(
    scenario: Scenario,
    calendar: Calendar,
    places: Places,
    shocks: Floats,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    seen = calendar.seen
    total = np.cumsum(np.pad(shocks[:, :seen], ((0, 0), (1, 0))), axis=1)
    recent = np.zeros((places.count, seen))
    recent[:, SELECTION_DAYS:] = total[:, SELECTION_DAYS:seen] - total[:, : seen - SELECTION_DAYS]
    weight = np.exp(scenario.visit_selection * recent / SELECTION_DAYS)
    weight *= places.seats[:, :seen]
    chance = weight / weight.sum(axis=0) * places.seats[:, :seen].sum(axis=0)
    chance *= VISITS_PER_YEAR / WORKDAYS_PER_YEAR * ~calendar.is_closed[:seen]
    chance[:, :SELECTION_DAYS] = 0
    day, place = np.nonzero((rng.random(chance.shape) < chance).T)
    return place.astype(np.int64), day.astype(np.int64)


def _with_details(
    place: Ints, day: Ints, tier: Ints, calendar: Calendar, rng: np.random.Generator
) -> Visits:
    n = len(day)
    fixed = tier == labels.COUNTY
    falls_out = np.where(day < day_number(DUTY_SINCE), FALLS_OUT_BEFORE, FALLS_OUT_SINCE)
    falls_out = np.where(fixed, falls_out, CANCELLED_SHARE)
    out = np.where(rng.random(n) < 0.5, labels.CANCELLED, labels.MOVED)
    state = np.where(rng.random(n) < falls_out, out, labels.HELD)
    state = np.where(day >= calendar.seen, labels.PLANNED, state)
    lead = np.where(fixed, rng.integers(3, 15, n), rng.integers(7, 15, n))
    announced = rng.random(n) < np.where(fixed, 0.88, 0.95)
    again = announced & (rng.random(n) < np.where(fixed, 0.15, 0.60))
    reminder = np.maximum(day - np.minimum(rng.integers(3, 7, n), lead), 0)
    busy = np.select([tier == labels.PROVINCE, tier == labels.CITY], [12, 6], 2)
    modes = np.where(rng.random(n) < 0.7, 0, rng.integers(2, 4, n))
    return Visits(
        place=place,
        day=day,
        tier=tier,
        state=state,
        notice=np.where(announced, np.maximum(day - lead, 0), NEVER),
        reminder=np.where(again, reminder, NEVER),
        rooms=busy + rng.integers(0, 3, n),
        leaders=1 + rng.poisson(busy / 3),
        mode=np.where(fixed, 1, modes),
    )


def _effect(
    visits: Visits,
    calendar: Calendar,
    places: Places,
    notice: float,
    after: tuple[tuple[int, int, float], ...],
) -> Floats:
    """Sum the pulses of all held visits of leaders; overlapping visits add on the log scale."""
    step = np.zeros((places.count, calendar.days + 1))
    acts = visits.is_held & ~visits.is_fixed
    told = acts & (visits.notice != NEVER)
    _pulse(step, visits.place[told], visits.notice[told], visits.day[told], notice)
    place, day = visits.place[acts], visits.day[acts]
    for first, last, size in after:
        _pulse(step, place, day + first, day + last + 1, size)
    effect = np.cumsum(step[:, :-1], axis=1)
    return effect[places.host, np.arange(calendar.days)]


def _pulse(step: Floats, place: Ints, start: Ints, end: Ints, size: float) -> None:
    np.add.at(step, (place, start), size)
    np.add.at(step, (place, end), -size)
