"""How many submissions each place receives on each day.

Formula: methods.md §11.3. The log mean is the sum of size, trend, breaks, season, weekday, Lunar
New Year, a weekly AR(1) shock of the place and the effects of leader visits; the counts are
gamma-Poisson (shape 12) given their total, which is exactly the number of cases asked for.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.simulate.calendar import MONDAY, SATURDAY, Calendar, day_number
from pipelines.simulate.mixes import CONTENT_MIX
from pipelines.simulate.places import Places
from pipelines.simulate.scenario import Flags, Floats, Ints, Scenario, Stream

COUNTY_SD, CITY_SD = 0.5, 0.2
SHOCK_SD, SHOCK_RHO = 0.25, 0.8
GAMMA_SHAPE = 12.0

# Yearly slope of the log mean up to each date; the last one goes on.
TREND = ((0.05, date(2006, 7, 1)), (-0.03, date(2014, 4, 1)), (0.045, None))
BREAKS = {
    date(2005, 5, 1): 0.06,
    date(2014, 1, 1): 0.22,
    date(2017, 3, 1): -0.10,
    date(2022, 5, 1): 0.12,
}
SEASON_SIN, SEASON_COS2 = 0.08, 0.05
LNY_EFFECTS = {"before": -0.25, "holiday": -1.20, "after": 0.25}
MONDAY_EFFECT, WEEKEND_EFFECT = 0.15, -1.5


@dataclass(frozen=True, slots=True)
class EmergingIssue:
    """One content class that surges in a few places for some weeks: planted, to be found."""

    content: int
    places: tuple[int, ...]
    start: date
    weeks: int

    def surplus(self, scenario: Scenario) -> float:
        """Cases that the surge adds, per ordinary case of all classes."""
        return (scenario.issue_times - 1) * CONTENT_MIX[self.content]

    def covers(self, place: Ints, day: Ints) -> Flags:
        """True for cases registered inside the surge."""
        first = day_number(self.start)
        in_time = (day >= first) & (day < first + 7 * self.weeks)
        return in_time & np.isin(place, self.places)


ISSUE = EmergingIssue(content=10, places=(37, 38, 39), start=date(2025, 3, 3), weeks=26)
# The largest class of a whole city, in the last weeks of an ordinary demo: its report names it.
RECENT_ISSUE = EmergingIssue(
    content=0, places=tuple(range(51, 59)), start=date(2026, 9, 14), weeks=12
)
ISSUES = (ISSUE, RECENT_ISSUE)


def weekly_shocks(scenario: Scenario, places: Places, days: int) -> Floats:
    """The passing trouble of each place, [place, day], constant within a week."""
    weeks = days // 7 + 1
    noise = scenario.rng(Stream.SHOCKS).normal(0.0, SHOCK_SD, (weeks, places.count))
    noise[1:] *= (1 - SHOCK_RHO**2) ** 0.5
    for week in range(1, weeks):
        noise[week] += SHOCK_RHO * noise[week - 1]
    return np.repeat(noise.T, 7, axis=1)[:, :days]


def daily_counts(
    scenario: Scenario,
    calendar: Calendar,
    places: Places,
    shocks: Floats,
    visit_effect: Floats,
) -> Ints:
    """Submissions registered, [place, day], over the days that exports see; sums to `cases`."""
    rng = scenario.rng(Stream.INTAKE)
    seen = calendar.seen
    size = np.log(places.share) + rng.normal(0.0, COUNTY_SD, places.count)
    size += rng.normal(0.0, CITY_SD, places.cities)[places.city]
    log_mean = size[:, None] + day_effects(calendar)[None, :seen]
    log_mean = log_mean + shocks[:, :seen] + visit_effect[:, :seen]
    day = np.arange(seen)
    for place in ISSUE.places:
        surge = ISSUE.covers(np.full(seen, place), day)
        log_mean[place, surge] += np.log1p(ISSUE.surplus(scenario))
    rate = np.exp(log_mean) * rng.gamma(GAMMA_SHAPE, 1 / GAMMA_SHAPE, log_mean.shape)
    counts = rng.multinomial(scenario.cases, (rate / rate.sum()).ravel()).reshape(rate.shape)
    return _with_recent_issue(scenario, counts, rate)


def _with_recent_issue(scenario: Scenario, counts: Ints, rate: Floats) -> Ints:
    """Deal the cases of its city out anew, as many as they were, with more of them in the surge.

    The stream is its own, so the other cities are as they would be without it.
    """
    inside = np.array(RECENT_ISSUE.places)
    surplus = RECENT_ISSUE.surplus(scenario)
    surge = RECENT_ISSUE.covers(inside[:, None], np.arange(counts.shape[1]))
    if not surplus or not surge.any():
        return counts
    local = rate[inside] * np.where(surge, 1 + surplus, 1.0)
    drawn = scenario.rng(Stream.ISSUES).multinomial(
        counts[inside].sum(), (local / local.sum()).ravel()
    )
    dealt = counts.copy()
    dealt[inside] = drawn.reshape(local.shape)
    return dealt


def day_effects(calendar: Calendar) -> Floats:
    """The part of the log mean that all places share, by day."""
    day = np.arange(calendar.days)
    turn = 2 * np.pi * day / 365.25
    effect = _trend(day) + SEASON_SIN * np.sin(turn) + SEASON_COS2 * np.cos(2 * turn)
    for start, step in BREAKS.items():
        effect += step * (day >= day_number(start))
    for phase, step in LNY_EFFECTS.items():
        effect += step * calendar.lny_phase[phase]
    effect += MONDAY_EFFECT * (calendar.weekday == MONDAY)
    return effect + WEEKEND_EFFECT * (calendar.weekday >= SATURDAY)


def _trend(day: Ints) -> Floats:
    level = np.zeros(len(day))
    start = 0
    for slope, until in TREND:
        end = len(day) if until is None else day_number(until)
        level += slope / 365.25 * np.clip(day - start, 0, end - start)
        start = end
    return level
