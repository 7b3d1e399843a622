"""The tolerances of the recovery tests on whole simulated provinces of 600,000 cases.

Worlds are the simulator's own, on seeds that nobody developed with; cases are drawn without their
documents. What is measured is the share of worlds in which an estimate keeps within its tolerance,
and the mean error of the two estimates of registrations.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np

from benchmarks.coverage.harness import Floats, Ints, Row, measured
from benchmarks.coverage.trends import LUNAR
from pipelines.estimates.person_days import risk_of_stays
from pipelines.methods.emerging import screen
from pipelines.methods.funnel import funnel
from pipelines.methods.local_projections import Bracket, bracket, event_strata, expected_counts
from pipelines.methods.person_time import phase_effects
from pipelines.methods.phases import PHASES, Events, exposures
from pipelines.methods.trend import new_year_phases
from pipelines.simulate.calendar import day_number
from pipelines.simulate.durations import RESOLVED, STILL_OPEN, draw_endings
from pipelines.simulate.intake import ISSUE
from pipelines.simulate.mixes import CONTENT_MIX
from pipelines.simulate.scenario import START, Scenario
from pipelines.simulate.visits import NEVER
from pipelines.simulate.world import FAST_PLACE, SLOW_PLACE, World, build_world

CASES, UNTIL = 600_000, date(2026, 10, 31)
LAGGED, PLAIN, AGREE, PLACEBO = (-0.115, -0.03), -0.13, 0.04, 0.03
AFTER = -0.077  # planted, mean over weeks 1 to 8 after a visit
OTHERS, WEEKS_TO_FLAG = 2, 4
ROUTINE = tuple(p for p in PHASES if p.name in {"announced", "event_day", "after_1_6"})


def recovery(runs: int, seed: int) -> Iterator[Row]:
    """The six tolerances of methods.md, section 11, that had not been calibrated."""
    runs = max(runs // 8, 2)
    lagged, plain, gap, placebo, named, flagged, busy = (np.zeros(runs) for _ in range(7))
    for run in range(runs):
        world = build_world(Scenario(CASES, seed + run, UNTIL, 1.0))
        found = _bracket(world)
        lagged[run], plain[run] = found.lagged.value, found.differenced.value
        stays = _stays(world, seed + run)
        placebo[run] = _placebo(world, stays)
        named[run] = _only_outliers(world, stays)
        flagged[run] = _is_flagged(world, seed + run)
        larger = build_world(Scenario(10 * CASES, seed + run, UNTIL, 1.0))
        busy[run] = _is_flagged(larger, seed + run)
        apart = _bracket(build_world(Scenario(CASES, seed + run, UNTIL, 0.0)))
        gap[run] = apart.lagged.value - apart.differenced.value
    for method, setting, inside in (
        ("visit_effect", "lagged_tolerance", (LAGGED[0] <= lagged) & (lagged <= LAGGED[1])),
        ("visit_effect", "differenced_tolerance", plain < PLAIN),
        ("visit_effect", "agree_tolerance", np.abs(gap) < AGREE),
        ("visit_effect", "reception_tolerance", np.abs(placebo) < PLACEBO),
        ("funnel", "outliers_tolerance", named),
        ("emerging_issue_signal", "four_weeks_tolerance", flagged),
        ("emerging_issue_signal", "four_weeks_busy_tolerance", busy),
    ):
        yield measured(method, setting, "within_tolerance", inside, seed=seed)
    for setting, off in (
        ("lagged_province", lagged - AFTER),
        ("differenced_province", plain - AFTER),
        ("agree_province", gap),
        ("reception_province", placebo),
    ):
        yield measured("visit_effect", setting, "bias", off, seed=seed, nominal=0.0)


def _units(world: World) -> tuple[Ints, int]:
    """The county of each place, by the boundaries of the last day, and how many there are."""
    last = world.places.host[:, world.calendar.seen - 1]
    names, unit = np.unique(last, return_inverse=True)
    return unit, len(names)


def _events(world: World, *, is_fixed: bool) -> Events:
    visits = world.visits
    kept = visits.is_held & (visits.is_fixed == is_fixed)
    day, notice = visits.day[kept], visits.notice[kept]
    return Events(_units(world)[0][visits.place[kept]], np.where(notice == NEVER, day, notice), day)


def _bracket(world: World) -> Bracket:
    unit, units = _units(world)
    weeks = world.counts.shape[1] // 7
    weekly = world.counts[:, : weeks * 7].reshape(len(unit), weeks, 7).sum(axis=2)
    counts = np.zeros((units, weeks))
    np.add.at(counts, unit, weekly)
    return bracket(event_strata(counts, expected_counts(counts), _events(world, is_fixed=False)))


def _stays(world: World, seed: int) -> dict[str, Ints]:
    """Each case's county, first and last day, and whether it was resolved."""
    rng = np.random.default_rng([seed, 1])
    unit, last = _units(world)[0], world.calendar.seen - 1
    parts: list[tuple[Ints, ...]] = []
    for city in range(world.places.cities):
        inside = world.places.in_city(city)
        place, day = np.nonzero(world.counts[inside])
        times = world.counts[inside][place, day]
        place, day = np.repeat(place, times), np.repeat(day, times)
        ends = draw_endings(place, day, world.pace(city), rng)
        until = np.where(ends.days == STILL_OPEN, last + 1, day + ends.days)
        is_resolved = (until <= last) & (ends.outcome == RESOLVED)
        parts.append((unit[inside[place]], day, np.minimum(until, last), is_resolved))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    names = ("unit", "since", "until", "is_resolved")
    return dict(zip(names, columns, strict=True)) | {"cases": np.ones(len(columns[0]))}


def _placebo(world: World, stays: dict[str, Ints]) -> float:
    """The effect found of reception days that have none, the mean over their phases."""
    _, units = _units(world)
    days = world.calendar.seen
    exposed = [
        exposures(_events(world, is_fixed=False), units, days),
        exposures(_events(world, is_fixed=True), units, days, ROUTINE),
    ]
    names = tuple(p.name for p in PHASES) + tuple(f"routine_{p.name}" for p in ROUTINE)
    table = risk_of_stays(stays, (units, days))
    found = phase_effects(table, np.concatenate(exposed, axis=2), names, np.arange(days) // 7)
    return float(found.log_ratio[names.index("routine_event_day")])


def _only_outliers(world: World, stays: dict[str, Ints]) -> bool:
    """Whether a funnel of the last whole year names both planted offices and few others."""
    unit, units = _units(world)
    first = day_number(date(UNTIL.year - 1, 1, 1))
    within = (stays["since"] >= first) & (stays["since"] < first + 365)
    soon = within & stays["is_resolved"] & (stays["until"] - stays["since"] <= 60)
    trials, late = (
        np.bincount(stays["unit"][which], minlength=units).astype(float)
        for which in (within, within & ~soon)
    )
    beyond = funnel(late, trials * late.sum() / trials.sum()).is_beyond
    planted = unit[[SLOW_PLACE, FAST_PLACE]]
    return bool(beyond[planted].all() and beyond.sum() <= len(planted) + OTHERS)


def _is_flagged(world: World, seed: int) -> bool:
    """Whether the planted issue is flagged within four weeks, in one of its counties or its city.

    The class is screened in all counties and cities at once.
    """
    rng = np.random.default_rng([seed, 2])
    start = day_number(ISSUE.start)
    first = start % 7
    weeks = (start - first) // 7 + WEEKS_TO_FLAG
    days = np.arange(first, first + weeks * 7)
    surge = ISSUE.covers(np.arange(world.places.count)[:, None], days[None, :])
    share = CONTENT_MIX[ISSUE.content]
    chance = np.where(surge, (share + ISSUE.extra) / (1 + ISSUE.extra), share)
    of_class = rng.binomial(world.counts[:, days], chance)
    weekly = of_class.reshape(world.places.count, weeks, 7).sum(axis=2)
    unit, units = _units(world)
    groups = np.concatenate([unit, units + world.places.city])
    counts: Floats = np.zeros((units + world.places.cities, weeks))
    np.add.at(counts, groups, np.concatenate([weekly, weekly]))
    calendar = np.datetime64(START) + days
    holidays = new_year_phases(calendar, LUNAR).reshape(weeks, 7, 3).mean(axis=1)
    planted = np.unique(groups[[*ISSUE.places, *(len(unit) + p for p in ISSUE.places)]])
    return any(
        screen(counts, week, regressors=holidays).flagged[planted].any()
        for week in range(weeks - WEEKS_TO_FLAG, weeks)
    )
