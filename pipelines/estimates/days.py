"""Registrations by day, for the daily model of trends: read from the warehouse, none printed.

Daily counts are too small to publish, so that this has a rule of disclosure of its own: only
places whose every month the release prints; whole calendar years; no stretch between two breaks
with fewer cases than the policy wants; and of each kind of days (a phase around Lunar New Year,
weekends, days off, made-up days) at least so many cases in every year, so that even two fits that
lie a year apart tell of no smaller number. What was printed stays until a new year or a revision
(`publish.frozen`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipelines.estimates.places import whole_area
from pipelines.estimates.series import Series
from pipelines.methods.trend import Days, TrendCalendar, kinds_of_days
from pipelines.privacy.policy import Policy

Floats = NDArray[np.float64]

FEWEST_YEARS = 5
MOST_COARSE = 0.01  # of the cases of a year, whose day of registration nobody wrote down
MOST_APART = 0.1  # what the warehouse may hold less or more than was printed for a year

# A day is known of a place on the region row that its cases carry, as in the indicators.
_COUNTS = """
    select coalesce(city_code, '') as city, cast(registered_on as date) as day,
        cast(count(*) as double) as cases
    from model.case_timelines
    inner join (select region_row, max(city_code) as city_code from geo.regions group by all)
        using (region_row)
    where registered_on is not null
    group by all order by all
"""
_COARSE = f"""
    select max(year) from (
        select year(registered_at) as year from model.cases group by year
        having count(*) filter (where registered_precision = 'month') > {MOST_COARSE} * count(*)
    )
"""
_CALENDAR = """
    select day, is_workday from model.calendar_days
    where is_workday <> (isodow(day) <= 5) order by day
"""


@dataclass(frozen=True, slots=True)
class DailyCounts:
    """Counts of each place by day.

    Attributes:
        first: the day on which each array begins.
        by_place: code of the place to its counts.
        known_from: first year whose days are known.
        off_days: days off although Monday to Friday.
        made_up_days: Saturdays and Sundays that are worked.
        policy: thresholds of disclosure.
    """

    first: np.datetime64
    by_place: dict[str, Floats]
    known_from: int
    off_days: Days
    made_up_days: Days
    policy: Policy

    def of_years(self, series: Series) -> tuple[Series, Days, Floats] | None:
        """The whole years of a published series, their days, and the counts of these.

        None where there are too few of them, or where the days are not those that were counted
        for the release.
        """
        held = self.by_place.get(series.place.region_code)
        since = max(_first_year(series), self.known_from)
        until = series.periods[-1].end.year
        if held is None or until - since < FEWEST_YEARS:
            return None
        which = [p.start.year >= since and p.end <= date(until, 1, 1) for p in series.periods]
        part = series.part(slice(which.index(True), which.index(True) + sum(which)))
        days = np.arange(f"{since}-01-01", f"{until}-01-01", dtype="datetime64[D]")
        counts = _stretch(held, (days[0] - self.first).astype(int), len(days))
        year = _years(days)
        told = np.bincount([p.start.year - since for p in part.periods], part.value)
        apart = np.abs(np.bincount(year, counts) - told) > MOST_APART * told
        return None if apart.any() else (part, days, counts)

    def may_be_fitted(self, days: Days, counts: Floats, calendar: TrendCalendar) -> bool:
        """Whether each stretch between two breaks holds none or enough cases."""
        breaks = np.array([each.on for each in calendar.breaks], dtype="datetime64[D]")
        stretch = np.searchsorted(np.unique(breaks), days, side="right")
        cases = np.bincount(stretch, counts)
        return bool(((cases == 0) | (cases >= self.policy.k)).all())

    def kinds(
        self, days: Days, counts: Floats, calendar: TrendCalendar
    ) -> Iterator[tuple[str, bool]]:
        """Each kind of days, and whether every year has enough cases on them and on all others."""
        year = _years(days)
        total = np.bincount(year, counts)
        for kind, which in kinds_of_days(days, calendar).items():
            cases = np.bincount(year, counts * which)
            has_some = np.bincount(year, which) > 0
            least = np.minimum(cases, total - cases)[has_some].min()
            yield kind, bool(least >= self.policy.k)


def read_days(con: duckdb.DuckDBPyConnection, policy: Policy) -> DailyCounts:
    """Registrations of the province and of each city by day, and the days off and made up."""
    found = con.execute(_COUNTS).fetchnumpy()
    day = np.asarray(found["day"]).astype("datetime64[D]")
    first = day.min() if len(day) else np.datetime64("2003-01-01")
    at = (day - first).astype(np.int64)
    cases, city = np.asarray(found["cases"]), np.asarray(found["city"], dtype=str)
    by_place = {str(code): _by_day(at, cases, city == code) for code in np.unique(city) if code}
    if whole := whole_area(con):
        by_place[whole.region_code] = _by_day(at, cases, np.ones(len(at), dtype=bool))
    [(coarse,)] = con.execute(_COARSE).fetchall()
    marked = con.execute(_CALENDAR).fetchnumpy()
    is_worked = np.asarray(marked["is_workday"], dtype=bool)
    shifted = np.asarray(marked["day"]).astype("datetime64[D]")
    return DailyCounts(
        first=first,
        by_place=by_place,
        known_from=0 if coarse is None else coarse + 1,
        off_days=shifted[~is_worked],
        made_up_days=shifted[is_worked],
        policy=policy,
    )


def _by_day(at: NDArray[np.int64], cases: Floats, which: NDArray[np.bool_]) -> Floats:
    return np.bincount(at[which], cases[which]).astype(np.float64)


def _stretch(counts: Floats, start: int, length: int) -> Floats:
    """Counts of days from a day on; a day that nobody registered on is a zero."""
    found = np.zeros(length)
    inside = counts[max(start, 0) : max(start + length, 0)]
    found[max(-start, 0) : max(-start, 0) + len(inside)] = inside
    return found


def _first_year(series: Series) -> int:
    first = series.periods[0].start
    return first.year + (first > date(first.year, 1, 1))


def _years(days: Days) -> NDArray[np.int64]:
    """The number of the year of each day, the first being 0."""
    years = days.astype("datetime64[Y]").astype(np.int64)
    return years - years[0]
