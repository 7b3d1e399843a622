"""What the warehouse knows of open cases and visits by county and day, as arrays.

Cases are counted by county, first and last day; from these, those at risk and those resolved in
each age band on each day. Counties are stable units, so that boundaries do not move, and cases are
watched until their own office's extract.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipelines.estimates.covered import filled_weeks
from pipelines.methods.person_time import RiskTable, at_risk_counts, risk_table
from pipelines.methods.phases import Events

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Last day of each age band: deadlines of 15, 60 and 90 days stand in bands of their own.
BAND_ENDS = (4, 14, 49, 57, 61, 87, 91, 179, 719, 36_500)
YEARS = 25
LEADERS, ROUTINE = ("province", "city"), ("county",)


@dataclass(frozen=True, slots=True)
class Span:
    """Counties and days: U units, D days from the Monday `first` on; data begin on `start`."""

    first: date
    start: date
    units: int
    days: int

    @property
    def weeks(self) -> int:
        """Whole weeks."""
        return self.days // 7


_UNITS = """
    create or replace temp table risk_units as
    with
        counties as (
            select region_row, coalesce(stable_unit, region_code) as unit
            from geo.regions where level = 'county'
        )
    select region_row, dense_rank() over (order by unit) - 1 as unit_no from counties
"""
_SPAN = """
    select
        greatest(min(registered_on), cast(max(seen_until_on) - interval {years} year as date)),
        max(seen_until_on), (select count(distinct unit_no) from risk_units)
    from model.case_timelines
    where region_row in (select region_row from risk_units)
"""
_STAYS = """
    select
        cast(unit_no as integer) as unit,
        cast(registered_on - date '{first}' as integer) as since,
        cast(least(coalesce(closed_on, seen_until_on), seen_until_on) - date '{first}' as integer)
            as until,
        coalesce(closed_on <= seen_until_on and outcome = 'resolved', false) as is_resolved,
        cast(count(*) as double) as cases
    from model.case_timelines
    inner join risk_units using (region_row)
    where
        registered_on <= seen_until_on
        and least(coalesce(closed_on, seen_until_on), seen_until_on) >= date '{first}'
    group by all
"""
_INTAKE = """
    select
        cast(unit_no as bigint) as unit,
        cast((registered_on - date '{first}') // 7 as bigint) as week,
        cast(count(*) as double) as cases
    from model.case_timelines
    inner join risk_units using (region_row)
    where registered_on >= date '{first}'
    group by unit, week order by unit, week
"""
# A unit of several counties has coverage of its own, where all of them have; another unit has that
# of each of its codes.
_COVERED = """
    select distinct
        cast(unit_no as bigint) as unit,
        cast(greatest(from_on, date '{first}') - date '{first}' as bigint) as since,
        cast(least(until_on, date '{first}' + {days}) - date '{first}' as bigint) as until
    from risk_units
    inner join geo.regions as county using (region_row)
    left join geo.regions as whole
        on whole.level = 'unit' and whole.region_code = county.stable_unit
    inner join model.coverage as coverage
        on coverage.region_row = coalesce(whole.region_row, county.region_row)
    where
        table_name = 'cases' and until_on > date '{first}' and from_on < date '{first}' + {days}
"""
_VISITS = """
    select
        cast(unit_no as bigint) as unit,
        cast(least(coalesce(first_announced_on, visit_on), visit_on) - date '{first}' as bigint)
            as notice,
        cast(visit_on - date '{first}' as bigint) as day
    from model.visits
    inner join risk_units using (region_row)
    where list_contains(?, tier) and on_precision = 'day' and visit_on >= date '{first}'
    order by unit, day, notice
"""


def read_span(con: duckdb.DuckDBPyConnection) -> Span | None:
    """What can be observed; none where the home has no case in a county."""
    con.execute(_UNITS)
    [(first, last, units)] = con.execute(_SPAN.format(years=YEARS)).fetchall()
    if first is None:
        return None
    monday = date.fromordinal(first.toordinal() - first.weekday())
    return Span(monday, first, units, (last - monday).days + 1)


def read_risk(con: duckdb.DuckDBPyConnection, span: Span) -> RiskTable:
    """Resolutions and expected resolutions by county and day, one age band after the other."""
    return risk_of_stays(_arrays(con, _STAYS.format(first=span.first)), (span.units, span.days))


def risk_of_stays(stays: dict[str, NDArray[Any]], shape: tuple[int, int]) -> RiskTable:
    """Resolutions and expected resolutions of cases that stay open.

    Args:
        stays: by row, equal cases: number of the `unit`, day numbers `since` and `until`, whether
            it `is_resolved` on the latter, and how many `cases`.
        shape: number of units and of days.
    """
    starts = (0, *(end + 1 for end in BAND_ENDS[:-1]))
    return risk_table(
        (_band(stays, shape, *ends) for ends in zip(starts, BAND_ENDS, strict=True)), shape
    )


def _band(
    stays: dict[str, NDArray[Any]], shape: tuple[int, int], youngest: int, oldest: int
) -> tuple[Floats, Floats]:
    """At risk and resolved of one age band, by county and day."""
    since, until = stays["since"] + youngest, stays["since"] + oldest
    inside = (stays["until"] >= since) & (until >= 0)
    unit, cases = stays["unit"][inside], stays["cases"][inside]
    came = np.maximum(since[inside], 0)
    went = np.minimum(stays["until"], until)[inside]
    is_end = (stays["is_resolved"] & (stays["until"] <= until))[inside]

    def by_day(day: NDArray[Any], weight: Floats) -> Floats:
        place = unit.astype(np.int64) * shape[1] + day
        counts = np.bincount(place, weight, shape[0] * shape[1])
        return counts.astype(np.float64).reshape(shape)

    at_risk = at_risk_counts(by_day(came, cases), by_day(went, cases))
    return at_risk, by_day(went, cases * is_end)


def read_intake(con: duckdb.DuckDBPyConnection, span: Span) -> Floats:
    """Registrations by county and whole week."""
    found = _arrays(con, _INTAKE.format(first=span.first))
    inside = found["week"] < span.weeks
    counts = np.zeros((span.units, span.weeks))
    counts[found["unit"][inside], found["week"][inside]] = found["cases"][inside]
    return counts


def read_covered(con: duckdb.DuckDBPyConnection, span: Span) -> NDArray[np.bool_]:
    """Whether the exports of a county fill a week, by county and whole week."""
    found = _arrays(con, _COVERED.format(first=span.first, days=span.days))
    spans = zip(found["unit"], found["since"], found["until"], strict=True)
    return filled_weeks(spans, span.units, span.days)


def read_visits(con: duckdb.DuckDBPyConnection, span: Span, tiers: tuple[str, ...]) -> Events:
    """Visits to counties by leaders of these tiers, from their first notice on."""
    found = _arrays(con, _VISITS.format(first=span.first), [list(tiers)])
    return Events(found["unit"], found["notice"], found["day"])


def _arrays(
    con: duckdb.DuckDBPyConnection, sql: str, given: list[object] | None = None
) -> dict[str, NDArray[Any]]:
    """The columns of an answer that has no gap, by name."""
    found = con.execute(sql, given).fetchnumpy()
    return {name: np.asarray(column) for name, column in found.items()}
