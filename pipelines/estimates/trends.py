"""Trends and breaks from 2003 on, for the province and each city, by days where they are known.

Only monthly counts pass the gate, so that the picture of months and the search for breaks that
nobody registered rest on these. Yearly changes, steps and what the calendar does to registrations
come from days (`days`, with a rule of disclosure of its own), which months tell too little of; a
caveat says which. Both models have a step at each registered break that concerns the indicator, and
their slope may change at those that lie three years and more from one another and from both ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import numpy as np

from pipelines.estimates.days import DailyCounts, read_days
from pipelines.estimates.series import Maker, Period, Series, read_series
from pipelines.estimates.table import Row
from pipelines.methods.estimates import Method
from pipelines.methods.structural_breaks import possible_breaks
from pipelines.methods.trend import (
    DAYS_A_YEAR,
    Days,
    Interval,
    SeriesBreak,
    Trend,
    TrendCalendar,
    daily_trend,
    monthly_trend,
)
from pipelines.privacy.policy import Policy

METHOD = Method.TREND
TRENDED = (
    ("submission_count", "submissions", ("province", "city")),
    ("leader_visit_count", "events", ("province",)),
)
BY_DAY = "submission_count"
FEWEST_MONTHS = 60
YEARS_BETWEEN_KNOTS = 3
CONF_LEVEL = 0.95
NEW_YEARS = "lunar_new_year.csv"
FROM_MONTHS, FROM_DAYS = "trend_from_months", "trend_from_days"
NOTHING = np.array([], dtype="datetime64[D]")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Dates that the model is told of; `breaks` are those of one indicator."""

    new_years: Days
    breaks: tuple[SeriesBreak, ...]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A model, the published months that it covers, and what makes its rows."""

    trend: Trend
    months: Series
    maker: Maker


def trends(
    con: duckdb.DuckDBPyConnection, as_of: date, new_years: Days, policy: Policy
) -> Iterator[Row]:
    """Estimates of every series of `TRENDED`.

    Measures: `annual_change` of each straight piece; `step` at each registered break, named by its
    day; `change_on_year` of the last whole year on the one before; `calendar_effect` of each kind
    of days, where days are known; `possible_break`, its period being the interval of its date;
    `adjusted` months, as if all were equally long, held against the level fitted to months.
    """
    daily = read_days(con, policy)
    for indicator, measure, levels in TRENDED:
        calendar = Calendar(new_years, _breaks(con, indicator))
        for level in levels:
            by_place = {
                series.place.region_code: series
                for kind in ("year", "month")
                for series in read_series(con, indicator, measure, level, kind)
                if kind == "year" or series.shown.any()
            }
            for series in by_place.values():
                counts = daily if indicator == BY_DAY else None
                yield from _of_series(series, calendar, counts, as_of)


def _of_series(
    whole: Series, calendar: Calendar, daily: DailyCounts | None, as_of: date
) -> Iterator[Row]:
    series = whole.since_first()
    maker = replace(series.maker(METHOD, as_of, unit="share", caveats=FROM_MONTHS), version="2")
    if not len(series.shown):
        return
    span = Period("span", series.periods[0].start, series.periods[-1].end)
    if series.periods[0].kind != "month":
        yield maker.missing(span, "too_few", "months_not_printed", measure="annual_change")
        return
    if len(series.shown) < FEWEST_MONTHS:
        yield maker.missing(span, "too_few", "fewer_than_60_months", measure="annual_change")
        return
    if not series.shown.all():
        yield maker.missing(span, "not_available", "months_missing", measure="annual_change")
        return
    months = np.array([period.start for period in series.periods], dtype="datetime64[D]")
    try:
        trend = monthly_trend(months, series.value, _told(series, calendar), conf_level=CONF_LEVEL)
    except ValueError:
        yield maker.missing(span, "too_few", "model_unsettled", measure="annual_change")
        return
    by_month = _Fitted(trend, series, maker)
    by_day = _by_day(by_month, calendar, daily) if daily else None
    yield from _changes(by_day or by_month)
    yield from _steps(by_day or by_month)
    if daily and by_day:
        yield from _calendar_effects(by_day, daily)
    yield from _possible(trend, maker)
    to_month = DAYS_A_YEAR / 12 / trend.length
    for at, period in enumerate(series.periods):
        yield maker.row(
            period,
            trend.adjusted[at] * to_month[at],
            n=series.value[at],
            expected=trend.level[at] * to_month[at],
            measure="adjusted",
            unit=series.unit,
        )


def _by_day(by_month: _Fitted, calendar: Calendar, daily: DailyCounts) -> _Fitted | None:
    """The model of days; none where they are not known, too few, or may not be told."""
    found = daily.of_years(by_month.months)
    if found is None:
        return None
    part, days, counts = found
    told = _told(part, calendar, daily.off_days, daily.made_up_days)
    if not daily.may_be_fitted(days, counts, told):
        return None
    try:
        trend = daily_trend(days, counts, told, conf_level=CONF_LEVEL)
    except ValueError:
        return None
    maker = replace(by_month.maker, version="3", caveats=FROM_DAYS, is_blunt=True)
    return _Fitted(trend, part, maker)


def _calendar_effects(by_day: _Fitted, daily: DailyCounts) -> Iterator[Row]:
    """What each kind of days does to registrations, where each year has enough of them."""
    trend = by_day.trend
    span = Period("span", by_day.months.periods[0].start, by_day.months.periods[-1].end)
    for kind, is_told in daily.kinds(trend.starts, trend.counts, trend.calendar):
        named = {"measure": "calendar_effect", "contrast": kind}
        if is_told:
            yield _interval(by_day.maker, span, trend.effect(kind), n=0, ci_method="hac", **named)
        else:
            yield by_day.maker.missing(span, "too_few", "few_on_such_days", **named)


def _told(
    series: Series, calendar: Calendar, off_days: Days = NOTHING, made_up_days: Days = NOTHING
) -> TrendCalendar:
    """The calendar of one series: knots need some years around them."""
    first, last = series.periods[0].start, series.periods[-1].end
    inside = sorted({each.on for each in calendar.breaks if first < each.on < last})
    return TrendCalendar(
        calendar.new_years, off_days, made_up_days, knots(inside, first, last), calendar.breaks
    )


def knots(breaks: Sequence[date], first: date, last: date) -> tuple[date, ...]:
    """Breaks, in order, that are far enough from the knot before and from both ends."""
    chosen: list[date] = []
    for on in breaks:
        since = chosen[-1] if chosen else first
        if _years(since, on) >= YEARS_BETWEEN_KNOTS <= _years(on, last):
            chosen.append(on)
    return tuple(chosen)


def _years(since: date, until: date) -> float:
    return (until - since).days / DAYS_A_YEAR


def _changes(fitted: _Fitted) -> Iterator[Row]:
    trend, series, maker = fitted.trend, fitted.months, fitted.maker
    for segment in trend.annual_changes():
        inside = [p.start >= segment.since and p.end <= segment.until for p in series.periods]
        yield _interval(
            maker,
            Period("span", segment.since, segment.until),
            segment.change,
            n=series.value[inside].sum(),
            measure="annual_change",
            ci_method="hac",
        )
    end = series.periods[-1].end
    year = end.year - 1
    last = Period("year", date(year, 1, 1), date(year + 1, 1, 1))
    before = (date(year - 1, 1, 1), last.start)
    change = trend.change(before, (last.start, last.end))
    if np.isnan(change.value):
        reason = "definition_changed" if "definition" in change.reason else "no_denominator"
        yield maker.missing(last, "not_available", reason, measure="change_on_year")
        return
    inside = [p.start >= before[0] and p.end <= last.end for p in series.periods]
    total = series.value[inside].sum()
    yield _interval(
        maker, last, change, n=total, measure="change_on_year", ci_method="overdispersed"
    )


def _steps(fitted: _Fitted) -> Iterator[Row]:
    trend, series = fitted.trend, fitted.months
    for name in trend.names:
        if name.startswith("step_"):
            log, on = trend.coefficient(name), date.fromisoformat(name.removeprefix("step_"))
            change = Interval(*np.expm1([log.value, log.low, log.high]).tolist())
            month = next(p for p in series.periods if p.start <= on < p.end)
            yield _interval(
                fitted.maker,
                month,
                change,
                n=series.value.sum(),
                measure="step",
                contrast=on.isoformat(),
                ci_method="hac",
            )


def _possible(trend: Trend, maker: Maker) -> Iterator[Row]:
    months, left = trend.unexplained()
    found = possible_breaks(left)
    ends = [0, *(each.at for each in found), len(left)]
    for place, each in enumerate(found):
        before = left[ends[place] : each.at].mean()
        after = left[each.at : ends[place + 2]].mean()
        low, high = months[each.low].item(), months[each.high].item()
        yield maker.row(
            Period("span", low, _next_month(high)),
            float(np.expm1(after - before)),
            n=len(left),
            measure="possible_break",
            contrast=months[each.at].item().isoformat(),
            conf_level=CONF_LEVEL,
            ci_method="bootstrap_of_date",
        )


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _interval(  # noqa: PLR0913 - a row and what names it
    maker: Maker,
    period: Period,
    change: Interval,
    *,
    n: float,
    measure: str,
    ci_method: str,
    contrast: str = "",
) -> Row:
    """A relative change; the finding says whether its interval leaves out no change."""
    clear = "" if change.low <= 0 <= change.high else "rose" if change.value > 0 else "fell"
    return maker.row(
        period,
        change.value,
        n=n,
        low=change.low,
        high=change.high,
        conf_level=CONF_LEVEL,
        ci_method=ci_method,
        finding=clear,
        measure=measure,
        contrast=contrast,
    )


def _breaks(con: duckdb.DuckDBPyConnection, indicator: str) -> tuple[SeriesBreak, ...]:
    found = con.execute(
        """
        select break_on, kind from model.series_breaks
        where indicators = '*' or list_contains(split(indicators, ' '), ?)
        order by break_on, kind
        """,
        [indicator],
    ).fetchall()
    return tuple(SeriesBreak(on, kind) for on, kind in found)
