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

from pipelines.estimates.places import whole_area
from pipelines.estimates.series import Maker, Period
from pipelines.estimates.table import Row, Stratum
from pipelines.methods.emerging import LEAST_CASES_WEEKS, confirmed, first_flagged, screen
from pipelines.methods.trend import Days, new_year_phases
from pipelines.privacy.policy import Policy

Floats = NDArray[np.float64]

METHOD = "emerging_issue_signal"
WEEKS, SCREENED = 300, 4
FEWEST_RECENT, FEWEST_EVER = 10, 100
MOST_TIMES = 20.0  # where next to nothing was expected, a ratio says nothing

# A county keeps its series when its code changes, and counties whose boundary moved are one series.
_SERIES = """
    create or replace temp table issue_series as
    with
        counties as (
            select
                region_row, stable_unit,
                max_by(region_code, valid_from) over (
                    partition by coalesce(stable_unit, region_code)
                ) as newest_code
            from geo.regions where level = 'county'
        ),
        places as (
            select region_row, 3 as depth, 'county' as level,
                coalesce(unit.region_code, newest_code) as region_code
            from counties
            left join (select distinct region_code from geo.regions where level = 'unit') as unit
                on unit.region_code = counties.stable_unit
            union all
            select region_row, 2, 'city', city_code from geo.regions where city_code is not null
            union all
            select region_row, 1, 'province', ? from geo.regions
        )
    select
        dense_rank() over (order by depth, region_code, content_code) - 1 as series_no,
        level, region_code, content_code,
        cast((registered_on - date '{first}') // 7 as bigint) as week,
        cast(count(*) as double) as cases
    from model.case_timelines
    inner join places using (region_row)
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
    """S series by W weeks; the last week begins on `start`."""

    strata: list[Stratum]
    counts: Floats
    start: date


def emerging_issues(
    con: duckdb.DuckDBPyConnection, as_of: date, new_years: Days, policy: Policy
) -> Iterator[Row]:
    """`signal` of each class in the province, each city and each county; `signals`: how many.

    A series is `flagged` in a week with false-discovery control over all series, a least number and
    a least ratio, and `confirmed` in the second week running; `since:` names the first day of the
    week in which the run of flags began, `by:` that of the first week screened where it may have
    begun earlier. A county's class of too few cases in four weeks has no row; there are too many
    of them.
    """
    whole = whole_area(con)
    weekly = _read(con, whole) if whole else None
    if whole is None or weekly is None:
        return
    period = Period("week", weekly.start, weekly.start + timedelta(days=7))
    enough = weekly.counts.sum(axis=1) >= FEWEST_EVER
    total = Maker(METHOD, "signals", METHOD, "series", as_of, whole)
    if not enough.any():
        yield total.missing(period, "too_few", "fewer_than_100_in_six_years")
        return
    counts = weekly.counts[enough]
    last = counts.shape[1] - 1
    weeks = [
        screen(counts, week, regressors=_holidays(weekly, new_years))
        for week in range(last - SCREENED + 1, last + 1)
    ]
    recent = np.column_stack([_recent(counts, last - back) for back in range(SCREENED)[::-1]])
    is_enough = recent >= max(FEWEST_RECENT, policy.k)
    flagged = np.column_stack([week.flagged for week in weeks]) & is_enough
    expected = np.sum([week.expected for week in weeks[-LEAST_CASES_WEEKS:]], axis=0)
    is_told, is_flagged, is_sure = is_enough[:, -1], flagged[:, -1], confirmed(flagged)[:, -1]
    since = first_flagged(flagged)
    yield _total(total, period, is_flagged, is_sure)
    strata = [stratum for stratum, has in zip(weekly.strata, enough, strict=True) if has]
    for at, stratum in enumerate(strata):
        maker = Maker(METHOD, "signal", METHOD, "times", as_of, stratum, "2")
        if not is_told[at] and stratum.level == "county":
            continue
        if not is_told[at]:
            yield maker.missing(period, "too_few", "few_in_four_weeks")
            continue
        ratio = round(min(float(recent[at, -1] / expected[at]), MOST_TIMES), 1)
        finding = "confirmed" if is_sure[at] else "flagged" if is_flagged[at] else ""
        if finding:
            finding = f"{finding} {_since(int(since[at]), weekly.start)}"
        yield maker.row(period, ratio, n=None, expected=1.0, finding=finding)


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
    first = end - timedelta(weeks=WEEKS)
    con.execute(_SERIES.format(first=first, end=end), [whole.region_code])
    strata = [
        Stratum(level, code, zh, en, "content_code", content)
        for _, level, code, zh, en, content in con.execute(_STRATA).fetchall()
    ]
    found = con.execute("select series_no, week, cases from issue_series").fetchnumpy()
    counts = np.zeros((len(strata), WEEKS))
    counts[found["series_no"], found["week"]] = found["cases"]
    con.execute("drop table issue_series")
    return _Weekly(strata, counts, end - timedelta(weeks=1)) if strata else None


def _holidays(weekly: _Weekly, new_years: Days) -> Floats:
    """Share of each week in each phase around Lunar New Year, W x 3."""
    last = np.datetime64(weekly.start) + 7
    days = np.arange(last - 7 * weekly.counts.shape[1], last)
    return new_year_phases(days, new_years).reshape(-1, 7, 3).mean(axis=1)
