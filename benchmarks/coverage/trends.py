"""Trends: days and months with waves that last for weeks, series of many and of few events."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.signal import lfilter

from benchmarks.coverage.harness import Floats, Row, holds, measured, rngs, smallest_effect
from pipelines.estimates.every import read_new_years
from pipelines.estimates.trends import NEW_YEARS
from pipelines.methods.structural_breaks import possible_breaks
from pipelines.methods.trend import (
    SeriesBreak,
    Trend,
    TrendCalendar,
    daily_trend,
    monthly_trend,
    new_year_phases,
)
from pipelines.settings import SHIPPED_REFERENCE

SLOPE, STEP, HOLIDAYS = 0.03, 0.10, (-0.25, -1.20, 0.25)
NOTHING = np.array([], dtype="datetime64[D]")
LUNAR = read_new_years(SHIPPED_REFERENCE / NEW_YEARS)
YEARLY = np.array([0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16])
JUMP = 0.3  # on the log scale, registered nowhere


@dataclass(frozen=True, slots=True)
class World:
    """A series of whole years that ends in 2025.

    Attributes:
        daily: mean count of a day.
        wave_sd: standard deviation of a weekly wave of the log mean; 0.8 of it remains next week.
        shape: of the gamma law of each day's own mean.
    """

    setting: str
    years: int
    daily: float
    wave_sd: float
    shape: float

    @property
    def days(self) -> np.ndarray:
        first = np.datetime64(f"{2026 - self.years}-01-01")
        return np.arange(first, np.datetime64("2026-01-01"))

    @property
    def break_on(self) -> date:
        return date(2026 - self.years // 2, 3, 1)

    def draw(self, rng: np.random.Generator, slope: float = SLOPE, jump: float = 0.0) -> Floats:
        """Counts of days; the step is registered, the jump a year and a half later is not."""
        days = self.days
        at = np.arange(len(days))
        noise = rng.normal(size=len(days) // 7 + 1)
        wave = lfilter([self.wave_sd * 0.6], [1, -0.8], noise)[at // 7]
        weekday = (days.astype(int) + 3) % 7
        on = np.datetime64(self.break_on)
        log_mean = (
            np.log(self.daily)
            + slope * (at - len(days) / 2) / 365.25
            + STEP * (days >= on)
            + jump * (days >= on + 549)
            + 0.08 * np.sin(2 * np.pi * at / 365.25)
            + new_year_phases(days, LUNAR) @ np.array(HOLIDAYS)
            - 1.5 * (weekday >= 5)
            + wave
        )
        mean = np.exp(log_mean) * rng.gamma(self.shape, 1 / self.shape, len(days))
        return rng.poisson(mean).astype(float)

    def fit(self, counts: Floats, *, by_month: bool = True) -> Trend:
        """As published: a step at the break, one slope."""
        calendar = TrendCalendar(LUNAR, NOTHING, NOTHING, (), (SeriesBreak(self.break_on, "rule"),))
        if not by_month:
            return daily_trend(self.days, counts, calendar)
        months, place = np.unique(self.days.astype("datetime64[M]"), return_inverse=True)
        return monthly_trend(months, np.bincount(place, weights=counts), calendar)


MANY = World("years_20_many", 20, 60.0, 0.10, 12.0)
SHORT = World("years_6_many", 6, 60.0, 0.10, 12.0)
FEW = World("years_20_few", 20, 0.2, 0.05, 1e3)
SHORT_FEW = World("years_6_few", 6, 0.2, 0.05, 1e3)
DAILY = World("days_6_years", 6, 30.0, 0.10, 12.0)


def trends(runs: int, seed: int) -> Iterator[Row]:
    """Yearly change, registered step and change on a year; then breaks that nobody registered."""
    for number, world in enumerate((MANY, SHORT, FEW, SHORT_FEW)):
        yield from _held(world, runs, (seed, number), by_month=True)
    yield from _held(DAILY, max(runs // 2, 2), (seed, 9), by_month=False)
    yield from _found(MANY, max(runs // 2, 2), seed)
    yield from _breaks(MANY, max(runs // 4, 2), seed)


def _held(world: World, runs: int, seed: tuple[int, int], *, by_month: bool) -> Iterator[Row]:
    held = np.zeros((runs, 3), dtype=bool)
    for run, rng in enumerate(rngs(runs, *seed)):
        trend = world.fit(world.draw(rng), by_month=by_month)
        years = [(date(y, 1, 1), date(y + 1, 1, 1)) for y in (2024, 2025)]
        found = (
            (trend.annual_changes()[0].change, np.expm1(SLOPE)),
            (trend.coefficient(f"step_{world.break_on}"), STEP),
            (trend.change(*years), np.expm1(SLOPE)),
        )
        held[run] = [holds(each.low, truth, each.high) for each, truth in found]
    for name, column in zip(("slope", "step", "on_year"), held.T, strict=True):
        setting = f"{name}_{world.setting}"
        yield measured("trend", setting, "coverage", column, seed=seed[0], nominal=0.95)


def _found(world: World, runs: int, seed: int) -> Iterator[Row]:
    found = np.zeros((runs, len(YEARLY)), dtype=bool)
    for run, rng in enumerate(rngs(runs, seed, 10)):
        counts = world.draw(rng, slope=0.0)
        years = (np.arange(len(counts)) - len(counts) / 2) / 365.25
        for at, slope in enumerate(YEARLY):
            # Thinning or thickening by the slope leaves the noise of each day as it was.
            change = world.fit(np.round(counts * np.exp(slope * years))).annual_changes()[0].change
            found[run, at] = change.low > 0
    yield smallest_effect("trend", world.setting, YEARLY, found, seed=seed)


def _breaks(world: World, runs: int, seed: int) -> Iterator[Row]:
    false = []
    for rng in rngs(4 * runs, seed, 11):
        _, left = world.fit(world.draw(rng)).unexplained()
        false.append(bool(possible_breaks(left, replicates=2)))
    yield measured("trend", "possible_break", "false_alarm", false, seed=seed)
    months = world.days.astype("datetime64[M]")
    planted = np.datetime64(world.break_on) + 549
    true_at = int((planted.astype("datetime64[M]") - months[0]).astype(int))
    dates, named = [], np.zeros(runs)
    for run, rng in enumerate(rngs(runs, seed, 12)):
        counts = world.draw(rng, jump=JUMP)
        found = possible_breaks(world.fit(counts).unexplained()[1])
        near = [each for each in found if abs(each.at - true_at) <= 12]
        named[run] = bool(near)
        dates += [each.low <= true_at <= each.high for each in near]
    yield measured("trend", "possible_break_jump", "power", named, seed=seed)
    if len(dates) > 1:
        yield measured("trend", "possible_break_date", "coverage", dates, seed=seed, nominal=0.95)
