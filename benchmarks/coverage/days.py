"""Registrations by day, fitted as published: registered breaks, days off and days made up.

The worlds are not the model. Counts vary by more than Poisson's, a day is alike with the next and a
week with the next ones; the season has a third wave, of 2 %, which the model has not; and what the
New Year does differs from year to year.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.signal import lfilter

from benchmarks.coverage.harness import Floats, Row, holds, measured, rngs
from benchmarks.coverage.trends import LUNAR
from pipelines.estimates.trends import knots
from pipelines.methods.trend import (
    DAYS_A_YEAR,
    Interval,
    SeriesBreak,
    Trend,
    TrendCalendar,
    daily_trend,
    kinds_of_days,
)
from pipelines.settings import SHIPPED_REFERENCE

# Steps, and slopes a year, on the log scale; the slope changes where the model's may.
STEPS = {date(2005, 5, 1): 0.06, date(2014, 5, 1): 0.22, date(2022, 5, 1): -0.10}
SLOPES = {date(2003, 1, 1): 0.03, date(2014, 5, 1): -0.03, date(2022, 5, 1): 0.045}
HOLIDAYS = {"new_year_before": -0.25, "new_year": -1.20, "new_year_after": 0.25}
WEEKEND, DAY_OFF = -1.5, -1.3
WAVE_SD, DAY_SD, HOLIDAY_SD, SHAPE = 0.10, 0.10, 0.15, 12.0
UNTIL = date(2026, 1, 1)


@dataclass(frozen=True)
class Registrations:
    """Whole years until the end of 2025; `daily` is the mean count of an ordinary working day."""

    setting: str
    first_year: int
    daily: float

    @property
    def first(self) -> date:
        return date(self.first_year, 1, 1)

    @cached_property
    def days(self) -> np.ndarray:
        return np.arange(self.first, UNTIL, dtype="datetime64[D]")

    @cached_property
    def calendar(self) -> TrendCalendar:
        """What the published model is told."""
        with (SHIPPED_REFERENCE / "calendar_days.csv").open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        day = np.array([line["day"] for line in lines], dtype="datetime64[D]")
        works, is_weekday = np.array([x["is_workday"] == "true" for x in lines]), np.is_busday(day)
        breaks = [on for on in STEPS if on > self.first]
        return TrendCalendar(
            new_years=LUNAR,
            off_days=day[is_weekday & ~works],
            made_up_days=day[~is_weekday & works],
            knots=knots(breaks, self.first, UNTIL),
            breaks=[SeriesBreak(on, "rule") for on in breaks],
        )

    @cached_property
    def slopes(self) -> list[float]:
        """Of each piece."""
        return list(SLOPES.values())[-len(self.calendar.knots) - 1 :]

    @cached_property
    def effects(self) -> dict[str, float]:
        """Of each kind of days; a day made up is one like others."""
        return HOLIDAYS | {"weekend": WEEKEND, "weekday_off": DAY_OFF, "made_up": 0.0}

    @cached_property
    def log_mean(self) -> Floats:
        """Of each day, but for what chance does."""
        days = np.arange(len(self.days))
        ends = np.array([self.first, *self.calendar.knots, UNTIL], dtype="datetime64[D]")
        rise = [
            slope * np.clip((self.days - since).astype(float), 0, (until - since).astype(float))
            for slope, (since, until) in zip(self.slopes, pairwise(ends), strict=True)
        ]
        steps = [STEPS[each.on] * (self.days >= np.datetime64(each.on))
                 for each in self.calendar.breaks]  # fmt: skip
        kinds = kinds_of_days(self.days, self.calendar)
        kinds["weekend"] = kinds["weekend"] & ~kinds["made_up"]
        of_kind = [effect * kinds[kind] for kind, effect in self.effects.items()]
        turn = 2 * np.pi * days / DAYS_A_YEAR
        season = 0.08 * np.sin(turn) + 0.05 * np.cos(2 * turn) + 0.02 * np.sin(3 * turn)
        parts = [np.divide(rise, DAYS_A_YEAR), steps, of_kind]
        return np.log(self.daily) + season + sum(np.sum(part, axis=0) for part in parts)

    def draw(self, rng: np.random.Generator) -> Floats:
        """Counts of days."""
        days = np.arange(len(self.days))
        of_week = lfilter([WAVE_SD * 0.6], [1, -0.8], rng.normal(size=len(days) // 7 + 1))
        of_day = lfilter([DAY_SD * 0.8], [1, -0.6], rng.normal(size=len(days)))
        years = self.days.astype("datetime64[Y]").astype(int) - (self.first_year - 1970)
        holiday = HOLIDAY_SD * rng.normal(size=years[-1] + 1)[years]
        holiday *= kinds_of_days(self.days, self.calendar)["new_year"]
        mean = np.exp(self.log_mean + of_week[days // 7] + of_day + holiday) * rng.gamma(
            SHAPE, 1 / SHAPE, len(days)
        )
        return rng.poisson(mean).astype(float)

    def published(self, trend: Trend) -> dict[str, list[tuple[Interval, float]]]:
        """The intervals that are published of a fit, and what is true."""
        years = [(date(y, 1, 1), date(y + 1, 1, 1)) for y in (UNTIL.year - 2, UNTIL.year - 1)]
        changes = [segment.change for segment in trend.annual_changes()]
        of_kind = {kind: (trend.effect(kind), np.expm1(x)) for kind, x in self.effects.items()}
        return {
            "slope": list(zip(changes, np.expm1(self.slopes), strict=True)),
            "step": [(trend.coefficient(f"step_{each.on}"), STEPS[each.on])
                     for each in self.calendar.breaks],
            "on_year": [(trend.change(*years), np.expm1(self.slopes[-1]))],
            "new_year": [pair for kind, pair in of_kind.items() if kind in HOLIDAYS],
            "days_off": [pair for kind, pair in of_kind.items() if kind not in HOLIDAYS],
        }  # fmt: skip


LONG = Registrations("days_23_years", 2003, 60.0)
SHORT = Registrations("days_5_years", 2021, 60.0)  # the fewest years that are fitted


def days(runs: int, seed: int) -> Iterator[Row]:
    """Yearly changes, steps, the change on a year, and effects of kinds of days."""
    for number, world in enumerate((LONG, SHORT)):
        held: dict[str, list[list[bool]]] = {}
        for rng in rngs(runs, seed, 20 + number):
            trend = daily_trend(world.days, world.draw(rng), world.calendar)
            for name, pairs in world.published(trend).items():
                each = [bool(holds(found.low, truth, found.high)) for found, truth in pairs]
                held.setdefault(name, []).append(each)
        for name, of_runs in held.items():
            setting = f"{name}_{world.setting}"
            yield measured("trend", setting, "coverage", of_runs, seed=seed, nominal=0.95)
