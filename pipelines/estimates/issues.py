"""Emerging issues: content classes of which more is registered than five years lead one to expect.

Weekly counts of each county, each city and the province by content class are too small to publish,
so that this method reads the warehouse and has a rule of disclosure of its own: no count is
printed, only the ratio of the last four weeks to what was expected, to one decimal and 20 at most,
and only where these weeks hold ten cases, or as many as the policy wants. A week of which that is
not so counts as not flagged, so that the week since which an issue has stood tells no more. The
series are institutions' work, never persons.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipelines.estimates.covered import filled_weeks
from pipelines.estimates.places import whole_area
from pipelines.estimates.series import Maker, Period
from pipelines.estimates.table import Row, Stratum
from pipelines.methods.emerging import LEAST_CASES_WEEKS, confirmed, first_flagged, flags, screen
from pipelines.methods.estimates import Method
from pipelines.methods.trend import Days, new_year_phases
from pipelines.privacy.policy import Policy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METHOD = Method.EMERGING_ISSUE_SIGNAL
CAVEATS = "volume_has_no_direction late_registration"
WEEKS, SCREENED = 300, 4
FEWEST_RECENT, FEWEST_EVER = 10, 100
# A monthly export may be missing; one that is later is no news. Its weeks must be there in a row
# for all that is summed, and nearly all of those that say what is usual.
MOST_LATE, COUNTED, LEAST_COVERED = 5, SCREENED + LEAST_CASES_WEEKS - 1, 0.9
NOT_COVERED, TOO_SHORT = -1, -2
MOST_TIMES = 20.0  # where next to nothing was expected, a ratio says nothing

# A county keeps its series when its code changes, and counties whose boundary moved are one series.
_PLACES = """
    create or replace temp table issue_places as
    with
        counties as (
            select
                region_row, stable_unit,
                max_by(region_code, valid_from) over (
                    partition by coalesce(stable_unit, region_code)
                ) as newest_code
            from geo.regions where level = 'county'
        )
    select region_row, 3 as depth, 'county' as level,
        coalesce(unit.region_code, newest_code) as region_code,
        unit.region_code is not null as is_unit
    from counties
    left join (select distinct region_code from geo.regions where level = 'unit') as unit
        on unit.region_code = counties.stable_unit
    union all
    select region_row, 2, 'city', city_code, false from geo.regions where city_code is not null
    union all
    select region_row, 1, 'province', ?, false from geo.regions
"""
# Units, cities and provinces have coverage of their own, where all below them have; a county has
# that of each of its codes.
_COVERED = """
    select distinct
        place.level, place.region_code,
        greatest(0, cast(from_on - date '{first}' as bigint)) as since,
        least({days}, cast(least(until_on, date '{end}') - date '{first}' as bigint)) as until
    from issue_places as place
    inner join geo.regions as own on case
        when place.level = 'county' and not is_unit then own.region_row = place.region_row
        else own.region_code = place.region_code
            and own.level = case when is_unit then 'unit' else place.level end
        end
    inner join model.coverage as coverage on coverage.region_row = own.region_row
    where table_name = 'cases' and until_on > date '{first}' and from_on < date '{end}'
"""
_SERIES = """
    create or replace temp table issue_series as
    select
        dense_rank() over (order by depth, region_code, content_code) - 1 as series_no,
        level, region_code, content_code,
        cast((registered_on - date '{first}') // 7 as bigint) as week,
        cast(count(*) as double) as cases
    from model.case_timelines
    inner join issue_places using (region_row)
    where registered_on >= date '{first}' and registered_on < date '{end}'
        and content_code is not null
    group by depth, level, region_code, content_code, week
"""
_STRATA = """
    with names as (
        select region_code, max_by(name_zh, valid_from) as zh, max_by(name_en, valid_from) as en
        from geo.regions group by region_code
    )
    select distinct series_no, level, region_code, zh, en, content_code
    from issue_series inner join names using (region_code)
    order by series_no
"""


@dataclass(frozen=True, slots=True)
class _Weekly:
    """S series by W weeks, each up to the last week that the exports of its place fill.

    Attributes:
        lag: S, by how many weeks that is before the newest week of all, which begins on `start`;
            NOT_COVERED or TOO_SHORT where the series cannot be screened.
    """

    strata: list[Stratum]
    counts: Floats
    lag: Ints
    start: date

    def part(self, which: NDArray[np.bool_]) -> "_Weekly":
        """Some of the series."""
        strata = [stratum for stratum, has in zip(self.strata, which, strict=True) if has]
        return _Weekly(strata, self.counts[which], self.lag[which], self.start)

    def period(self, lag: int) -> Period:
        """The last week of series of a lag."""
        start = self.start - timedelta(weeks=max(lag, 0))
        return Period("week", start, start + timedelta(days=7))


def emerging_issues(
    con: duckdb.DuckDBPyConnection, as_of: date, new_years: Days, policy: Policy
) -> Iterator[Row]:
    """`signal` of each class in the province, each city and each county; `signals`: how many.

    A series is `flagged` in a week with false-discovery control over all series, a least number and
    a least ratio, and `confirmed` in the second week running; `since:` names the first day of the
    week in which the run of flags began, `by:` that of the first week screened where it may have
    begun earlier. A county's class of too few cases in four weeks has no row; there are too many
    of them. Each place is screened in the last week that its exports fill, five weeks late at most,
    a city and the province where those of all below them do; no record of other weeks is no zero.
    """
    whole = whole_area(con)
    weekly = _read(con, whole) if whole else None
    if whole is None or weekly is None:
        return
    period = weekly.period(0)
    weekly = weekly.part(weekly.counts.sum(axis=1) >= FEWEST_EVER)
    total = Maker(METHOD, "signals", METHOD, "series", as_of, whole, caveats=CAVEATS)
    if not weekly.strata:
        yield total.missing(period, "too_few", "fewer_than_100_in_six_years")
        return
    is_known = weekly.lag >= 0
    for stratum, lag in zip(weekly.strata, weekly.lag.tolist(), strict=True):
        if lag < 0:
            maker = Maker(METHOD, "signal", METHOD, "times", as_of, stratum, "2", CAVEATS)
            reason = "history_not_received" if lag == TOO_SHORT else "not_received"
            yield maker.missing(period, "not_available", reason)
    if is_known.any():
        yield from _signals(weekly.part(is_known), total, new_years, max(FEWEST_RECENT, policy.k))
    else:
        yield total.missing(period, "not_available", "not_received")


def _signals(weekly: _Weekly, total: Maker, new_years: Days, fewest: int) -> Iterator[Row]:
    """The rows of series that can be screened, and how many stand out."""
    last = WEEKS - 1
    screened = [_screen(weekly, last - back, new_years) for back in range(SCREENED)[::-1]]
    recent = np.column_stack([_recent(weekly.counts, last - b) for b in range(SCREENED)[::-1]])
    is_enough = recent >= fewest
    flagged = np.column_stack([flag for _, flag in screened]) & is_enough
    expected = np.sum([mean for mean, _ in screened[-LEAST_CASES_WEEKS:]], axis=0)
    is_told, is_flagged, is_sure = is_enough[:, -1], flagged[:, -1], confirmed(flagged)[:, -1]
    since = first_flagged(flagged)
    yield _total(total, weekly.period(0), is_flagged, is_sure)
    for at, stratum in enumerate(weekly.strata):
        maker = Maker(METHOD, "signal", METHOD, "times", total.as_of, stratum, "2", CAVEATS)
        period = weekly.period(int(weekly.lag[at]))
        if not is_told[at] and stratum.level == "county":
            continue
        if not is_told[at]:
            yield maker.missing(period, "too_few", "few_in_four_weeks")
            continue
        ratio = round(min(float(recent[at, -1] / expected[at]), MOST_TIMES), 1)
        finding = "confirmed" if is_sure[at] else "flagged" if is_flagged[at] else ""
        if finding:
            finding = f"{finding} {_since(int(since[at]), period.start)}"
        yield maker.row(period, ratio, n=None, expected=1.0, finding=finding)


def _screen(weekly: _Weekly, week: int, new_years: Days) -> tuple[Floats, NDArray[np.bool_]]:
    """Expected counts and flags; series that end in different weeks share the false discoveries."""
    p, ratio, expected = (np.empty(len(weekly.strata)) for _ in range(3))
    for lag in np.unique(weekly.lag).tolist():
        of = weekly.lag == lag
        holidays = _holidays(weekly.period(lag), new_years)
        found = screen(weekly.counts[of], week, regressors=holidays)
        p[of], ratio[of], expected[of] = found.p, found.ratio, found.expected
    return expected, flags(p, _recent(weekly.counts, week), ratio)[1]


def _recent(counts: Floats, week: int) -> Floats:
    """Cases of the weeks up to one that a least number is asked of, by series."""
    return counts[:, week - LEAST_CASES_WEEKS + 1 : week + 1].sum(axis=1)


def _since(first: int, last_week: date) -> str:
    """Since when an issue has stood, by the number of the first week flagged of those screened."""
    on = last_week - timedelta(weeks=SCREENED - 1 - first)
    return f"{'since' if first else 'by'}:{on}"


def _total(
    maker: Maker, period: Period, flagged: NDArray[np.bool_], sure: NDArray[np.bool_]
) -> Row:
    """How many series are confirmed, or else flagged; `n` is how many were screened."""
    finding = "confirmed" if sure.any() else "flagged" if flagged.any() else ""
    value = int(sure.sum()) if sure.any() else int(flagged.sum())
    return maker.row(period, value, n=len(flagged), expected=0.0, finding=finding)


def _read(con: duckdb.DuckDBPyConnection, whole: Stratum) -> _Weekly | None:
    """Whole weeks up to the last extract."""
    [(seen,)] = con.execute("select max(seen_until_on) from model.case_timelines").fetchall()
    if seen is None:
        return None
    end = seen - timedelta(days=(seen.weekday() + 1) % 7 - 1)
    first = end - timedelta(weeks=WEEKS + MOST_LATE)
    con.execute(_PLACES, [whole.region_code])
    con.execute(_SERIES.format(first=first, end=end))
    strata = [
        Stratum(level, code, zh, en, "content_code", content)
        for _, level, code, zh, en, content in con.execute(_STRATA).fetchall()
    ]
    found = con.execute("select series_no, week, cases from issue_series").fetchnumpy()
    counts = np.zeros((len(strata), WEEKS + MOST_LATE))
    counts[found["series_no"], found["week"]] = found["cases"]
    lags = _lags(con, first, end)
    con.execute("drop table issue_series; drop table issue_places")
    lag = np.array(
        [lags.get((each.level, each.region_code), NOT_COVERED) for each in strata], dtype=np.int64
    )
    since = MOST_LATE - np.maximum(lag, 0)
    own = np.take_along_axis(counts, since[:, None] + np.arange(WEEKS), axis=1)
    return _Weekly(strata, own, lag, end - timedelta(weeks=1)) if strata else None


def _lags(con: duckdb.DuckDBPyConnection, first: date, end: date) -> dict[tuple[str, str], int]:
    """By level and code, how many weeks the last week covered lies before the last of all."""
    days = (end - first).days
    spans = con.execute(_COVERED.format(first=first, end=end, days=days)).fetchall()
    number = {place: at for at, place in enumerate(sorted({(row[0], row[1]) for row in spans}))}
    numbered = ((number[level, code], since, until) for level, code, since, until in spans)
    filled = filled_weeks(numbered, len(number), days)
    return {place: _lag(filled[at]) for place, at in number.items()}


def _lag(filled: NDArray[np.bool_]) -> int:
    """Weeks between the last that ends a run of filled ones and the last of all."""
    for lag in range(MOST_LATE + 1):
        until = len(filled) - lag
        if filled[until - COUNTED : until].all():
            enough = filled[until - WEEKS : until].mean() >= LEAST_COVERED
            return lag if enough else TOO_SHORT
    return NOT_COVERED


def _holidays(week: Period, new_years: Days) -> Floats:
    """Share of each week in each phase around Lunar New Year, up to this one; W x 3."""
    last = np.datetime64(week.end)
    days = np.arange(last - 7 * WEEKS, last)
    return new_year_phases(days, new_years).reshape(-1, 7, 3).mean(axis=1)
