"""The tolerances of the recovery tests on whole simulated provinces of 600,000 cases.

Worlds are the simulator's own, on seeds that nobody developed with; cases are drawn without their
documents. What is measured is the share of worlds in which an estimate keeps within its tolerance,
and the mean error of what is estimated of registrations and of routine reception days.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.coverage.harness import Bools, Floats, Ints, Row, measured, smallest_effect
from benchmarks.coverage.trends import LUNAR, NOTHING
from pipelines.estimates.issues import FEWEST_EVER, FEWEST_RECENT, WEEKS
from pipelines.estimates.person_days import risk_of_stays
from pipelines.methods.emerging import LEAST_CASES_WEEKS, screen
from pipelines.methods.funnel import funnel
from pipelines.methods.local_projections import Bracket, bracket, event_strata, expected_counts
from pipelines.methods.person_time import phase_effects
from pipelines.methods.phases import PHASES, Events, exposures
from pipelines.methods.survival import EVENT, OPEN, aalen_johansen
from pipelines.methods.trend import SeriesBreak, TrendCalendar, daily_trend, new_year_phases
from pipelines.simulate.calendar import day_number
from pipelines.simulate.durations import RESOLVED, STILL_OPEN, draw_endings
from pipelines.simulate.intake import BREAKS, ISSUE, LNY_EFFECTS, TREND
from pipelines.simulate.mixes import CONTENT_MIX
from pipelines.simulate.scenario import START, Scenario
from pipelines.simulate.visits import NEVER
from pipelines.simulate.world import FAST_PLACE, SLOW_PLACE, World, build_world

CASES, UNTIL = 600_000, date(2026, 10, 31)
SIZES = np.array([0.6, 2.0, 6.0, 12.0, 24.0])  # of provinces, in million cases
DAYS_OFF, DAYS_FLATTERED, STEP, HOLIDAY = 1, 8, 0.05, 0.06
NOTICE, ON_THE_DAY, LEAD = (0.34, 0.42), (0.48, 0.60), 0.03
LAGGED, PLAIN, AGREE, PLACEBO = (-0.115, -0.03), -0.13, 0.04, 0.03
AFTER = -0.077  # planted, mean over weeks 1 to 8 after a visit
OTHERS, WEEKS_TO_FLAG = 2, 4
ROUTINE = tuple(p for p in PHASES if p.name in {"announced", "event_day", "after_1_6"})


def recovery(runs: int, seed: int) -> Iterator[Row]:
    """The tolerances of methods.md, section 11, and the mean errors of four estimates."""
    of = provinces(max(runs // 15, 2), seed)
    yield from tolerances(of, seed)
    yield smallest_effect(
        "emerging_issue_signal",
        "four_weeks_size",
        SIZES,
        of["flagged"],
        seed=seed,
        what="smallest_size",
    )
    for setting, off in (
        ("lagged_province", of["lagged"] - AFTER),
        ("differenced_province", of["plain"] - AFTER),
        ("agree_province", of["gap"]),
        ("reception_province", of["placebo"]),
    ):
        yield measured("visit_effect", setting, "bias", off, seed=seed, nominal=0.0)


def provinces(count: int, seed: int) -> dict[str, NDArray[Any]]:
    """What the methods find in so many provinces, by name; seeds count up from the first."""
    worlds = [_found(seed + run) for run in range(count)]
    return {name: np.array([world[name] for world in worlds]) for name in worlds[0]}


def tolerances(of: Mapping[str, NDArray[Any]], seed: int) -> Iterator[Row]:
    """The share of provinces in which each estimate keeps within its tolerance."""
    for method, setting, inside in (
        ("kaplan_meier_median", "median_tolerance", np.abs(of["median"]) <= DAYS_OFF),
        ("kaplan_meier_median", "closed_only_tolerance", of["closed_only"] <= -DAYS_FLATTERED),
        ("trend", "steps_tolerance", (np.abs(of["steps"]) < STEP).all(axis=1)),
        ("trend", "holiday_tolerance", np.abs(of["holiday"]) < HOLIDAY),
        ("visit_effect", "notice_tolerance", _between(of["announced"], NOTICE)),
        ("visit_effect", "day_tolerance", _between(of["event_day"], ON_THE_DAY)),
        ("visit_effect", "leads_tolerance", (np.abs(of["leads"]) < LEAD).all(axis=1)),
        ("visit_effect", "lagged_tolerance", _between(of["lagged"], LAGGED)),
        ("visit_effect", "differenced_tolerance", of["plain"] < PLAIN),
        ("visit_effect", "agree_tolerance", np.abs(of["gap"]) < AGREE),
        ("visit_effect", "reception_tolerance", np.abs(of["placebo"]) < PLACEBO),
        ("funnel", "outliers_tolerance", of["named"]),
        ("emerging_issue_signal", "four_weeks_tolerance", of["flagged"][:, 0]),
    ):
        yield measured(method, setting, "within_tolerance", inside, seed=seed)


def _found(seed: int) -> dict[str, object]:
    """What the methods find in one province: estimates, errors of estimates, and verdicts."""
    world = _province(CASES, seed)
    stays, between = _stays(world, seed), _bracket(world)
    apart = _bracket(_province(CASES, seed, selection=0.0))
    return {
        **_medians(stays),
        **_trend(world),
        **_pace(world, stays),
        "lagged": between.lagged.value,
        "plain": between.differenced.value,
        "gap": apart.lagged.value - apart.differenced.value,
        "named": _only_outliers(world, stays),
        "flagged": [_is_flagged(_province(1e6 * size, seed), seed) for size in SIZES],
    }


def _province(cases: float, seed: int, *, selection: float = 1.0) -> World:
    return build_world(Scenario(round(cases), seed, UNTIL, selection))


def _between(values: Floats, ends: tuple[float, float]) -> Bools:
    return (ends[0] <= values) & (values <= ends[1])


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
    """Each case's county, first and last day seen, the days that it really takes, how it ended."""
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
        is_ended = until <= last
        is_resolved = is_ended & (ends.outcome == RESOLVED)
        days = np.where(ends.days == STILL_OPEN, world.calendar.days, ends.days)
        parts.append(
            (unit[inside[place]], day, np.minimum(until, last), days, is_ended, is_resolved)
        )
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    names = ("unit", "since", "until", "days", "is_ended", "is_resolved")
    return dict(zip(names, columns, strict=True)) | {"cases": np.ones(len(columns[0]))}


def _medians(stays: dict[str, Ints]) -> dict[str, float]:
    """Days by which two medians of the newest half-year miss that of its cases at their end."""
    newest = stays["since"] >= day_number(date(UNTIL.year, 7, 1))
    cohort = {name: column[newest] for name, column in stays.items()}
    true, is_ended = np.median(cohort["days"]), cohort["is_ended"].astype(bool)
    lasted = cohort["until"] - cohort["since"]
    nobody = np.zeros_like(lasted)
    found = aalen_johansen(
        nobody, lasted, np.where(is_ended, EVENT, OPEN), nobody + 1, quantiles=(0.5,)
    )
    return {
        "median": float(found.quantiles[0.5].value[0] - true),
        "closed_only": float(np.median(lasted[is_ended]) - true),
    }


def _trend(world: World) -> dict[str, object]:
    """Errors of the planted steps and of the holiday, in a fit by days."""
    knots = [until for _, until in TREND if until]
    breaks = [SeriesBreak(on, "rule") for on in BREAKS]
    counts = world.counts.sum(axis=0).astype(float)
    days = np.datetime64(START) + np.arange(len(counts))
    calendar = TrendCalendar(LUNAR, NOTHING, NOTHING, knots, breaks)
    trend = daily_trend(days, counts, calendar)
    return {
        "steps": [trend.coefficient(f"step_{on}").value - size for on, size in BREAKS.items()],
        "holiday": trend.coefficient("new_year").value - LNY_EFFECTS["holiday"],
    }


def _pace(world: World, stays: dict[str, Ints]) -> dict[str, object]:
    """Log rate ratios of a visit's phases, and of the day of routine receptions, which has none."""
    _, units = _units(world)
    days = world.calendar.seen
    exposed = [
        exposures(_events(world, is_fixed=False), units, days),
        exposures(_events(world, is_fixed=True), units, days, ROUTINE),
    ]
    names = tuple(p.name for p in PHASES) + tuple(f"routine_{p.name}" for p in ROUTINE)
    table = risk_of_stays(stays, (units, days))
    found = phase_effects(table, np.concatenate(exposed, axis=2), names, np.arange(days) // 7)
    pace = dict(zip(names, found.log_ratio.tolist(), strict=True))
    return {
        "announced": pace["announced"],
        "event_day": pace["event_day"],
        "leads": [pace[phase.name] for phase in PHASES if phase.is_lead],
        "placebo": pace["routine_event_day"],
    }


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
    """Whether the planted issue is flagged within four weeks: in a county, their city, at all.

    All classes of all places are screened at once, and as many cases demanded, as in a report.
    """
    rng = np.random.default_rng([seed, 2])
    last = day_number(ISSUE.start) + 7 * WEEKS_TO_FLAG
    days = np.arange(last - 7 * WEEKS, last)
    shape = (world.places.count, WEEKS)
    surge = ISSUE.covers(np.arange(shape[0])[:, None], days[::7][None, :])
    mix = np.broadcast_to(CONTENT_MIX, (*shape, len(CONTENT_MIX))).copy()
    mix[surge, ISSUE.content] += ISSUE.surplus(world.scenario)
    weekly = world.counts[:, days].reshape(*shape, 7).sum(axis=2)
    of_class = rng.multinomial(weekly, mix / mix.sum(axis=2, keepdims=True)).swapaxes(1, 2)
    unit, units = _units(world)
    groups = np.stack([unit, units + world.places.city, np.full_like(unit, -1)])
    counts = np.zeros((units + world.places.cities + 1, *of_class.shape[1:]))
    np.add.at(counts, groups, of_class[None])
    is_planted = np.zeros(counts.shape[:2], dtype=bool)
    is_planted[groups[:, ISSUE.places], ISSUE.content] = True
    enough = counts.sum(axis=2) >= FEWEST_EVER
    calendar = np.datetime64(START) + days
    holidays = new_year_phases(calendar, LUNAR).reshape(WEEKS, 7, 3).mean(axis=1)
    for week in range(WEEKS - WEEKS_TO_FLAG, WEEKS):
        recent = counts[enough][:, week - LEAST_CASES_WEEKS + 1 : week + 1].sum(axis=1)
        flagged = screen(counts[enough], week, regressors=holidays).flagged
        if (flagged & is_planted[enough] & (recent >= FEWEST_RECENT)).any():
            return True
    return False
