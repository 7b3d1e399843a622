"""Trends against a planted series and against sums done by hand."""

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import chi
from scipy.stats import t as student

from pipelines.methods.trend import (
    SeriesBreak,
    Trend,
    TrendCalendar,
    daily_trend,
    monthly_trend,
    new_year_phases,
)

NONE = np.array([], dtype="datetime64[D]")
NEW_YEARS = np.array(
    ["2012-01-23", "2013-02-10", "2014-01-31", "2015-02-19", "2016-02-08", "2017-01-28",
     "2018-02-16", "2023-01-22", "2024-02-10", "2025-01-29"],
    dtype="datetime64[D]",
)  # fmt: skip
KNOT, BREAK = date(2014, 7, 1), date(2016, 1, 1)
SLOPES, STEP, HOLIDAY = (0.08, -0.05), 0.22, (-0.25, -1.2, 0.25)


def calendar(kind: str = "rule", **other: object) -> TrendCalendar:
    options = {"off_days": NONE, "made_up_days": NONE} | other
    return TrendCalendar(NEW_YEARS, knots=[KNOT], breaks=[SeriesBreak(BREAK, kind)], **options)


def planted(seed: int | None, level: float = 6.0):
    """Six years of days; without a seed the counts are their own means."""
    days = np.arange("2012-01-01", "2018-01-01", dtype="datetime64[D]")
    years = (days - days[0]).astype(float) / 365.25
    knot = float((np.datetime64(KNOT) - days[0]).astype(float)) / 365.25
    weekday = np.array([d.weekday() for d in days.tolist()])
    log_mean = (
        level
        + SLOPES[0] * np.minimum(years, knot)
        + SLOPES[1] * np.maximum(years - knot, 0)
        + STEP * (days >= np.datetime64(BREAK))
        + new_year_phases(days, NEW_YEARS) @ np.array(HOLIDAY)
        - 1.5 * (weekday >= 5)
    )
    mean = np.exp(log_mean)
    return days, mean if seed is None else np.random.default_rng(seed).poisson(mean).astype(float)


def test_what_was_planted_comes_back_where_there_is_no_noise():
    trend = daily_trend(*planted(None), calendar())
    first, second = trend.annual_changes()
    assert first.change.value == pytest.approx(np.exp(SLOPES[0]) - 1, abs=1e-6)
    assert second.change.value == pytest.approx(np.exp(SLOPES[1]) - 1, abs=1e-6)
    assert (first.since, first.until, second.until) == (date(2012, 1, 1), KNOT, date(2018, 1, 1))
    assert trend.coefficient(f"step_{BREAK}").value == pytest.approx(STEP, abs=1e-6)
    names = ("new_year_before", "new_year", "new_year_after")
    found = [trend.coefficient(name).value for name in names]
    assert found == pytest.approx(HOLIDAY, abs=1e-6)


def coverage(trend: Trend) -> list[bool]:
    truth = {f"step_{BREAK}": STEP, "new_year": HOLIDAY[1], "slope_0": SLOPES[0]}
    ends = {name: trend.coefficient(name) for name in truth}
    return [ends[n].low <= value <= ends[n].high for n, value in truth.items()]


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = np.array([coverage(daily_trend(*planted(seed), calendar())) for seed in range(40)])
    # 120 draws at 95 %: fewer than 103 has a chance below one in a thousand if they are honest.
    assert held.sum() >= 103


def test_waves_that_last_for_weeks_do_not_make_intervals_too_narrow():
    days, mean = planted(None, level=4.5)
    held: list[list[bool]] = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        wave = lfilter([0.06], [1, -0.8], rng.normal(size=len(days) // 7 + 1))
        counts = rng.poisson(mean * np.exp(wave[np.arange(len(days)) // 7])).astype(float)
        held.append(coverage(daily_trend(days, counts, calendar())))
    # With errors robust over 56 days only, slopes and steps held in about 83 % of worlds.
    of_step, of_holiday, of_slope = np.mean(held, axis=0)
    assert min(of_step, of_slope) >= 0.9
    assert of_holiday >= 0.9


def test_the_share_of_the_holiday_in_each_month():
    # Golden facts of the dates: the eight days -1..+6 of 2014, 2023, 2024 and 2025.
    days = np.arange("2014-01-01", "2025-12-31", dtype="datetime64[D]")
    inside = days[new_year_phases(days, NEW_YEARS)[:, 1] == 1].astype("datetime64[M]")
    wanted = ["2014-01", "2014-02", "2023-01", "2023-02", "2024-01", "2024-02", "2025-01"]
    share = [(inside == np.datetime64(month)).sum() / 8 for month in wanted]
    assert share == [0.25, 0.75, 1, 0, 0, 1, 0.5]


def test_a_moving_holiday_leaves_no_trace_in_the_adjusted_series():
    days, counts = planted(None)
    trend = daily_trend(days, counts, calendar())
    february = [(date(y, 2, 1), date(y, 3, 1)) for y in (2012, 2013)]
    raw = [
        counts[(days >= np.datetime64(a)) & (days < np.datetime64(b))].sum() for a, b in february
    ]
    # The holiday of 2012 lay in January, that of 2013 in February: the raw change is far off.
    assert raw[1] / raw[0] - 1 < -0.15
    assert trend.change(*february).value == pytest.approx(np.exp(SLOPES[0]) - 1, abs=0.002)


def test_the_interval_of_a_change_is_that_of_two_totals_with_what_rows_share():
    days, counts = planted(1)
    trend = daily_trend(days, counts, calendar())
    first, second = (date(2012, 1, 1), date(2013, 1, 1)), (date(2013, 1, 1), date(2014, 1, 1))
    change = trend.change(first, second)
    adjusted = trend.adjusted
    totals = [adjusted[:366].sum(), adjusted[366:731].sum()]
    errors = trend.errors.reach(1 / np.sqrt(trend.mean), 0.95)
    reach = errors * np.sqrt(1 / totals[0] + 1 / totals[1])
    ratio = np.log(totals[1] / 365) - np.log(totals[0] / 366)
    ends = [change.low, change.value, change.high]
    assert ends == pytest.approx(np.expm1(ratio + np.array([-1, 0, 1]) * reach))


def test_what_neighbouring_days_share_widens_the_interval_of_a_change():
    days, mean = planted(None)
    weeks = np.arange(len(days)) // 7
    found: list[list[float]] = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        wave = rng.gamma(50, 1 / 50, weeks.max() + 1)[weeks]
        counts = [rng.poisson(mean * each).astype(float) for each in (wave, rng.permutation(wave))]
        fits = [daily_trend(days, each, calendar()) for each in counts]
        found.append([each.errors.reach(1 / np.sqrt(each.mean), 0.95) for each in fits])
    alike, apart = np.mean(found, axis=0)
    # Sums over a week vary with its wave. The twelve slow waves of six years, less what the columns
    # take of them, leave about nine degrees of freedom, with which an error is known to a quarter.
    of_week = (np.bincount(weeks, np.sqrt(mean)) ** 2).sum() / 50 / len(days)
    known = student.ppf(0.975, 9) * chi.mean(9) / 3
    assert alike == pytest.approx(known * np.sqrt(1 + of_week), rel=0.15)
    assert apart == pytest.approx(known * np.sqrt(1 + mean.mean() / 50), rel=0.15)


def test_no_change_is_given_across_a_break_of_definition():
    years = [(date(y, 1, 1), date(y + 1, 1, 1)) for y in (2013, 2014, 2015, 2016)]
    trend = daily_trend(*planted(1), calendar("definition"))
    across = trend.change(years[2], years[3])
    assert np.isnan([across.value, across.low, across.high]).all()
    assert str(BREAK) in across.reason
    assert np.isfinite(trend.change(years[0], years[1]).value)
    assert np.isfinite(daily_trend(*planted(1), calendar("rule")).change(*years[2:]).value)


def test_days_off_and_made_up_are_told_apart():
    days, counts = planted(None)
    off = np.array(
        [f"{y}-10-0{d}" for y in range(2012, 2018) for d in range(1, 8)], "datetime64[D]"
    )
    weekday = np.array([d.weekday() for d in off.tolist()])
    off = off[weekday < 5]
    counts = np.where(np.isin(days, off), counts * np.exp(-1.0), counts)
    trend = daily_trend(days, counts, calendar(off_days=off))
    assert trend.coefficient("weekday_off").value == pytest.approx(-1.0, abs=1e-6)


def test_kinds_of_days_are_held_against_ordinary_working_days():
    """Twice as much is registered on Mondays; a Sunday that is worked is like a Tuesday."""
    days, counts = planted(None)
    weekday = np.array([d.weekday() for d in days.tolist()])
    near = new_year_phases(days, NEW_YEARS).any(axis=1)
    made_up = days[(weekday == 6) & (np.arange(len(days)) % 70 == 0) & ~near]
    assert len(made_up) > 3
    counts = counts * np.where(weekday == 0, 2.0, 1.0)
    counts = np.where(np.isin(days, made_up), counts * np.exp(1.5), counts)
    trend = daily_trend(days, counts, calendar(made_up_days=made_up))
    working_day = np.log(2.0) / 5  # above that of Tuesday to Friday
    assert trend.effect("weekend").value == pytest.approx(np.expm1(-1.5 - working_day), abs=1e-6)
    assert trend.effect("made_up").value == pytest.approx(np.expm1(-working_day), abs=1e-6)
    assert trend.effect("new_year").value == pytest.approx(np.expm1(HOLIDAY[1]), abs=1e-6)
    monday = trend.coefficient("monday")
    reach = trend.combination({"monday": 2.0})
    assert reach.high - reach.low == pytest.approx(2 * (monday.high - monday.low))


def test_months_give_the_same_trend_and_too_small_a_holiday():
    days, counts = planted(None)
    months, place = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    trend = monthly_trend(months, np.bincount(place, weights=counts), calendar())
    found = [segment.change.value for segment in trend.annual_changes()]
    assert found == pytest.approx(np.expm1(SLOPES), abs=0.004)
    assert trend.coefficient(f"step_{BREAK}").value == pytest.approx(STEP, abs=0.01)
    assert -1.0 < trend.coefficient("new_year").value < -0.4


def test_what_is_left_over_has_no_trend_step_or_season_in_it():
    months, left = daily_trend(*planted(None), calendar()).unexplained()
    assert (len(months), months[0]) == (72, np.datetime64("2012-01-01"))
    assert np.abs(left).max() < 1e-6


def test_knots_and_breaks_outside_the_series_touch_nothing():
    before = SeriesBreak(date(2005, 5, 1), "rule")
    wide = TrendCalendar(NEW_YEARS, NONE, NONE, [date(2030, 1, 1)], [before])
    trend = daily_trend(*planted(None), wide)
    assert len(trend.annual_changes()) == 1
    assert not [name for name in trend.names if name.startswith("step")]


@pytest.mark.parametrize(("drop", "words"), [(500, "without a gap"), (0, "two years")])
def test_gaps_and_short_series_are_refused(drop, words):
    days, counts = planted(None)
    kept = np.delete(np.arange(len(days)), drop) if drop else np.arange(600)
    with pytest.raises(ValueError, match=words):
        daily_trend(days[kept], counts[kept], calendar())


def test_a_step_on_the_last_day_but_one_is_not_confused_with_noise():
    days, counts = planted(3)
    late = date(2018, 1, 1) - timedelta(days=2)
    trend = daily_trend(
        days, counts, TrendCalendar(NEW_YEARS, NONE, NONE, [], [SeriesBreak(late, "rule")])
    )
    end = trend.coefficient(f"step_{late}")
    assert end.low < 0 < end.high
