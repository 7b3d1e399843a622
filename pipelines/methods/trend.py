"""Trends of counts over years: what changed once the calendar is taken out.

A daily quasi-Poisson model with a log link: straight lines between declared knots, a step at each
registered break, the season, the weekday, three phases around Lunar New Year, and days off or
made up. Where only monthly totals exist, the same columns are averaged over each month. Standard
errors allow for what neighbouring rows share (`long_run`). Breaks that nobody registered are looked
for in `structural_breaks`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.methods.long_run import LongRun, long_run
from pipelines.methods.poisson import Floats, fit_poisson

Days = NDArray[np.datetime64]

DAYS_A_YEAR = 365.25
NEW_YEAR_PHASES = {"new_year_before": (-14, -2), "new_year": (-1, 6), "new_year_after": (7, 20)}
_SATURDAY = 5
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


# Months have dummies and a share of weekends in their place.
_DAILY_ONLY = ("season", *_WEEKDAYS)


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """A registered day on which a series becomes another.

    Attributes:
        on: first day of the new series.
        kind: `definition` forbids a change across it; `rule`, `system` and `boundary` do not.
    """

    on: date
    kind: str


@dataclass(frozen=True, slots=True)
class TrendCalendar:
    """What is known of the calendar before any count is seen.

    Attributes:
        new_years: first days of the lunar years, covering the series and three weeks around it.
        off_days: days off although Monday to Friday.
        made_up_days: Saturdays and Sundays that are worked.
        knots: declared days on which the slope may change.
        breaks: registered breaks.
    """

    new_years: Days
    off_days: Days
    made_up_days: Days
    knots: Sequence[date] = ()
    breaks: Sequence[SeriesBreak] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its ends; NaN and a reason where there is none."""

    value: float
    low: float
    high: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """Relative change a year between two knots; `until` is exclusive."""

    since: date
    until: date
    change: Interval


@dataclass(frozen=True, slots=True)
class Trend:
    """A fitted series of T days or months.

    Attributes:
        names: names of the K columns.
        coefficients: K, on the log scale.
        starts: T, first day of each row.
        length: T, days of each row.
        counts: T, observed.
        mean: T, fitted.
        level: T, fitted with the calendar taken out: trend and steps only.
        errors: of the coefficients and of sums of rows, with what neighbouring rows share.
        calendar: what the model was told.
        conf_level: of every interval taken from this fit.
    """

    names: tuple[str, ...]
    coefficients: Floats
    starts: Days
    length: Floats
    counts: Floats
    mean: Floats
    level: Floats
    errors: LongRun
    calendar: TrendCalendar
    conf_level: float

    @property
    def adjusted(self) -> Floats:
        """Observed counts divided by the calendar's part of the fit."""
        return self.counts * self.level / self.mean

    def coefficient(self, name: str) -> Interval:
        """One coefficient on the log scale.

        Raises:
            ValueError: the model has no such column.
        """
        return self.combination({name: 1.0})

    def combination(self, weights: Mapping[str, float]) -> Interval:
        """A weighted sum of coefficients on the log scale.

        Raises:
            ValueError: the model has no such column.
        """
        weight = np.zeros(len(self.names))
        weight[[self.names.index(name) for name in weights]] = list(weights.values())
        value = float(weight @ self.coefficients)
        reach = self.errors.reach_of_sum(weight, self.conf_level)
        return Interval(value, value - reach, value + reach)

    def effect(self, kind: str) -> Interval:
        """How many are counted on a kind of days, relative to an ordinary day, less 1.

        Phases around Lunar New Year are held against what the same days would have been without
        it; weekends, days off and made-up days against an ordinary working day.

        Args:
            kind: one of `kinds_of_days`.

        Raises:
            ValueError: the model is of months, or there was no such day.
        """
        weekend = dict.fromkeys(_WEEKDAYS[:_SATURDAY], -1 / 5) | {"saturday": 1 / 2}
        weights = {"weekend": weekend, "made_up": weekend | {"made_up": 1.0}}
        return _relative(self.combination(weights.get(kind, {kind: 1.0})))

    def annual_changes(self) -> tuple[Segment, ...]:
        """exp(slope) - 1 of each straight piece of the trend, with its interval."""
        end = self.starts[-1] + np.timedelta64(int(self.length[-1]), "D")
        ends = [_date(self.starts[0]), *_inside(self.starts, self.calendar.knots), _date(end)]
        return tuple(
            Segment(since, until, _relative(self.coefficient(f"slope_{place}")))
            for place, (since, until) in enumerate(pairwise(ends))
        )

    def change(self, first: tuple[date, date], second: tuple[date, date]) -> Interval:
        """Relative change of the calendar-adjusted daily mean from one period to a later one.

        The interval is that of two totals, Poisson with what neighbouring rows share: as many times
        sqrt(1 / T1 + 1 / T2) on the log scale as that of the sum of all rows.

        Args:
            first: first day, and first day after, of the earlier period.
            second: the same of the later period.
        """
        if crossed := self._definition_breaks(first[0], second[1]):
            return Interval(np.nan, np.nan, np.nan, f"definition changed on {crossed[0]}")
        totals, days = zip(*(self._total(*period) for period in (first, second)), strict=True)
        if min(totals) <= 0:
            return Interval(np.nan, np.nan, np.nan, "nothing counted in one of the periods")
        ratio = np.log(totals[1] / days[1]) - np.log(totals[0] / days[0])
        errors = self.errors.reach(1 / np.sqrt(self.mean), self.conf_level)
        reach = errors * np.sqrt(1 / totals[0] + 1 / totals[1])
        return _relative(Interval(float(ratio), float(ratio - reach), float(ratio + reach)))

    def _definition_breaks(self, since: date, until: date) -> list[date]:
        """Days after `since` and before `until` from which something else is counted."""
        named = (b.on for b in self.calendar.breaks if b.kind == "definition")
        return sorted(on for on in named if since < on < until)

    def _total(self, since: date, until: date) -> tuple[float, float]:
        inside = (self.starts >= np.datetime64(since)) & (self.starts < np.datetime64(until))
        return float(self.adjusted[inside].sum()), float(self.length[inside].sum())

    def unexplained(self) -> tuple[Days, Floats]:
        """Log of observed over fitted by calendar month: what trend, steps and calendar leave.

        Returns:
            First days of the months, and the log ratios; months without a count are left out.
        """
        months, place = np.unique(self.starts.astype("datetime64[M]"), return_inverse=True)
        observed, fitted = (np.bincount(place, weights=x) for x in (self.counts, self.mean))
        kept = observed > 0
        return months[kept].astype("datetime64[D]"), np.log(observed[kept] / fitted[kept])


def daily_trend(
    days: Days, counts: Floats, calendar: TrendCalendar, *, conf_level: float = 0.95
) -> Trend:
    """Fit consecutive days.

    Args:
        days: T consecutive days.
        counts: T.
        calendar: knots, breaks and dates.
        conf_level: two-sided confidence.

    Raises:
        ValueError: days are missing, or a knot, break or phase cannot be told apart.
    """
    _check_days(days)
    rows = _Rows(*_daily_design(days, calendar), days, np.ones(len(days)))
    return _fit(rows, counts, calendar, conf_level)


def monthly_trend(
    months: Days, counts: Floats, calendar: TrendCalendar, *, conf_level: float = 0.95
) -> Trend:
    """Fit monthly totals, where no days are known; offset is the log of the month's days.

    Each column is the mean of the daily one over the month. Big holiday effects come out too small
    in such a model, as the mean of logs is not the log of a mean; prefer days.

    Args:
        months: T consecutive months, any day of each.
        counts: T monthly totals.
        calendar: knots, breaks and dates.
        conf_level: two-sided confidence.

    Raises:
        ValueError: months are missing, or a column cannot be told apart from others.
    """
    first = months.astype("datetime64[M]")
    if (np.diff(first.astype(int)) != 1).any():
        raise ValueError("months must follow each other without a gap")
    days = np.arange(first[0].astype("datetime64[D]"), (first[-1] + 1).astype("datetime64[D]"))
    place = days.astype("datetime64[M]").astype(int) - int(first[0].astype(int))
    length = np.bincount(place).astype(np.float64)
    names, daily, n_trend = _daily_design(days, calendar)
    columns = {
        n: np.bincount(place, weights=c) / length for n, c in zip(names, daily.T, strict=True)
    }
    kept = {n: c for n, c in columns.items() if not n.startswith(_DAILY_ONLY)}
    kept["weekend_share"] = np.bincount(place, weights=_weekday(days) >= _SATURDAY) / length
    kept |= {f"month_{m + 1}": (first.astype(int) % 12 == m).astype(float) for m in range(1, 12)}
    starts = first.astype("datetime64[D]")
    rows = _Rows(tuple(kept), np.column_stack(list(kept.values())), n_trend, starts, length)
    return _fit(rows, counts, calendar, conf_level)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The design with its first `n_trend` columns being intercept, slopes and steps."""

    names: tuple[str, ...]
    design: Floats
    n_trend: int
    starts: Days
    length: Floats


def _fit(rows: _Rows, counts: Floats, calendar: TrendCalendar, conf_level: float) -> Trend:
    counts = counts.astype(np.float64)
    fit = fit_poisson(counts[None, :], rows.design, offset=np.log(rows.length))
    if not fit.converged[0]:
        raise ValueError("the model of the series does not settle: too few counts for its columns")
    mean, beta = fit.mean[0], fit.coefficients[0]
    calendar_part = np.exp(rows.design[:, rows.n_trend :] @ beta[rows.n_trend :])
    return Trend(
        names=rows.names,
        coefficients=beta,
        starts=rows.starts,
        length=rows.length,
        counts=counts,
        mean=mean,
        level=mean / calendar_part * calendar_part.mean(),
        errors=long_run(fit, counts, rows.design, rows.length.sum() / DAYS_A_YEAR),
        calendar=calendar,
        conf_level=conf_level,
    )


def _daily_design(days: Days, calendar: TrendCalendar) -> tuple[tuple[str, ...], Floats, int]:
    """Names, columns, and how many of the first ones are intercept, slopes and steps."""
    years = (days - days[0]).astype(float) / DAYS_A_YEAR
    columns: dict[str, Floats] = {"level": np.ones(len(days))}
    inside = [years[np.searchsorted(days, np.datetime64(k))] for k in _inside(days, calendar.knots)]
    bounds = [0.0, *inside, np.inf]
    for place, (since, until) in enumerate(pairwise(bounds)):
        columns[f"slope_{place}"] = np.clip(years - since, 0.0, until - since)
    for on in _inside(days, [entry.on for entry in calendar.breaks]):
        columns[f"step_{on}"] = (days >= np.datetime64(on)).astype(float)
    n_trend = len(columns)
    new_year = days.astype("datetime64[Y]").astype("datetime64[D]")
    turn = 2 * np.pi * (days - new_year).astype(float) / DAYS_A_YEAR
    for pair in (1, 2):
        columns[f"season_sin_{pair}"] = np.sin(pair * turn)
        columns[f"season_cos_{pair}"] = np.cos(pair * turn)
    weekday = _weekday(days)
    columns |= {name: (weekday == no).astype(float) for no, name in enumerate(_WEEKDAYS)}
    kinds = kinds_of_days(days, calendar)
    columns |= {name: kinds[name].astype(float) for name in kinds if name != "weekend"}
    return tuple(columns), np.column_stack(list(columns.values())), n_trend


def kinds_of_days(days: Days, calendar: TrendCalendar) -> dict[str, NDArray[np.bool_]]:
    """Which of T days are of a kind of its own: phases, weekends, days off, made-up days.

    The phases hold the whole effect of the New Year, so that its days off are not counted twice.
    Of days off and made-up days there may be none; then the kind is absent.
    """
    phases = new_year_phases(days, calendar.new_years) > 0
    kinds = dict(zip(NEW_YEAR_PHASES, phases.T, strict=True))
    kinds["weekend"] = _weekday(days) >= _SATURDAY
    for name, listed in (("weekday_off", calendar.off_days), ("made_up", calendar.made_up_days)):
        marked = np.isin(days, listed) & ~phases.any(axis=1)
        if marked.any():
            kinds[name] = marked
    return kinds


def new_year_phases(days: Days, new_years: Days) -> Floats:
    """T x 3 of 0 and 1: before, during and after Lunar New Year, as `NEW_YEAR_PHASES`."""
    columns: list[Floats] = []
    for since, until in NEW_YEAR_PHASES.values():
        span = new_years[:, None] + np.arange(since, until + 1)[None, :]
        columns.append(np.isin(days, span).astype(float))
    return np.column_stack(columns)


def _check_days(days: Days) -> None:
    if len(days) < 2 * DAYS_A_YEAR:
        raise ValueError(f"{len(days)} days: season and slope need two years")
    if (np.diff(days).astype(int) != 1).any():
        raise ValueError("days must follow each other without a gap; a quiet day is a zero")


def _inside(days: Days, dates: Sequence[date]) -> list[date]:
    """Distinct dates after the first day and until the last: others touch no row."""
    return sorted({d for d in dates if days[0] < np.datetime64(d) <= days[-1]})


def _weekday(days: Days) -> NDArray[np.int64]:
    """0 is Monday; 1 January 1970 was a Thursday."""
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7


def _date(day: np.datetime64) -> date:
    return day.astype("datetime64[D]").item()


def _relative(log: Interval) -> Interval:
    value, low, high = np.expm1([log.value, log.low, log.high]).tolist()
    return Interval(value, low, high, log.reason)
