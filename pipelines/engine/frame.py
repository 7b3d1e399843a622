"""The frame that every indicator is laid into: periods, regions through time, coverage.

From `periods`, `regions`, `region_successors` and `coverage` come, once for all indicators, the
cells (level x region valid in the period x period), the cell that each is compared with, how far
the tables cover it, and the routes from a region version and month to its cells, by way of the
heirs of regions that have ended. The tables are called `indicators.frame_*`. What an indicator
counts is not known here.

Counties, cities and provinces are counted as they were. A stable unit is the ground that several
counties had between them through all changes of boundary: what happened in any of its counties is
in it, also what cannot be divided among their heirs. So its cells are the basis `stable`.

`coverage` has its own rows for regions of every level; `until_on`, `valid_to` and `period_end`
are exclusive everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

import duckdb

from pipelines.backend import Backend, DuckDB
from pipelines.contract import BREAKDOWN, FINEST, Length
from pipelines.engine.indicator import LEVELS, Indicator

LOCAL = frozenset({"county", "unit"})
OFFICE = "handling_office"  # the one breakdown of hundreds of values
PERIOD_KINDS = (*Length, "ytd")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a computation is told beside the facts.

    Attributes:
        as_of: last day that the data can speak of; nothing later counts.
        table_sources: for a table that indicators read (`table`, or `table.column` where only
            that column draws on it), the exports behind it, as `coverage.table_name` calls them.
            A table that is not named is reference data and always complete.
        code_values: the values of a breakdown that are always shown, also where they are zero.
        finest: as in the header of an indicator; the longer of the two holds.
        conf_level: of every interval.
        backend: who runs the queries over facts.
    """

    as_of: date
    table_sources: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    code_values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    finest: Mapping[str, Length] = field(default_factory=dict)
    conf_level: float = 0.95
    backend: Backend = field(default_factory=DuckDB)

    @property
    def today(self) -> str:
        """`as_of` as an SQL date."""
        return f"date '{self.as_of:%Y-%m-%d}'"

    def sources_of(self, indicator: Indicator) -> list[str]:
        """The exports that an indicator's figures need, in order of name."""
        needed: set[str] = set()
        for name, sources in self.table_sources.items():
            table, _, column = name.partition(".")
            if table in indicator.reads and (not column or column in indicator.mentions):
                needed |= sources
        return sorted(needed)


def grid(indicator: Indicator, frame: Frame) -> Iterator[tuple[str, str, str]]:
    """Each level and kind of period, and which breakdowns stand there (a condition on `by_name`).

    Totals stand at every period not shorter than the `finest` of their level, year to date where
    months do, but not for counties and units. Breakdowns of cities and provinces stand where totals
    do and `finest` of a breakdown allows, by office only by year; those of counties and units by
    year, where totals are finer.
    """
    both = (indicator.finest, frame.finest)
    finest = {name: max(each.get(name, Length.MONTH) for each in both) for name in FINEST}
    for level in LEVELS:
        shortest = finest["county" if level in LOCAL else level]
        for kind in (length for length in Length if length >= shortest):
            if kind == "year" and (level not in LOCAL or shortest < kind):
                yield level, kind, "true"
            elif level in LOCAL or kind < finest[BREAKDOWN]:
                yield level, kind, "by_name = ''"
            else:
                yield level, kind, f"by_name <> '{OFFICE}'"
        if level not in LOCAL and shortest == "month":
            yield level, "ytd", "by_name = ''"


def cells_of(indicator: Indicator, frame: Frame) -> str:
    """Where an indicator has cells, as a condition on level, kind of period and `by_name`."""
    return " or ".join(
        f"(level = '{level}' and period_kind = '{kind}' and {wanted})"
        for level, kind, wanted in grid(indicator, frame)
    )


def build_frame(con: duckdb.DuckDBPyConnection, frame: Frame) -> None:
    """Create the tables `indicators.frame_*`.

    Args:
        con: a database with `periods`, `regions`, `region_successors` and `coverage` on its
            search path.
        frame: what the computation is told.
    """
    con.execute("create schema if not exists indicators")
    kinds = ", ".join(f"'{kind}'" for kind in PERIOD_KINDS)
    steps = {
        "periods": _PERIODS.format(today=frame.today, kinds=kinds),
        "days": _DAYS,
        "regions": _REGIONS,
        "ancestors": _ANCESTORS,
        "heirs": _HEIRS,
        "carries": _CARRIES,
        "cells": _CELLS,
        "ends": _ENDS,
        "coverage": _COVERAGE,
        "routes": _ROUTES.format(on_day="period_start", which="true"),
        "stock_routes": _ROUTES.format(on_day="last_on", which="period.period_kind = 'month'")
        + _SPLIT_ROUTES,
    }
    for name, query in steps.items():
        con.execute(f"create or replace table indicators.frame_{name} as {query}")


# span: how long a duty period may be and still belong to a report period of this kind
_PERIODS = """
    select
        period_kind, period_start, period_end, is_closed, period_end > {today} + 1 as is_running,
        least(period_end - 1, {today}) as last_on,
        case period_kind when 'month' then 1 when 'quarter' then 2 when 'ytd' then 3 else 4 end
            as span,
        cast(period_start - interval 1 year as date) as year_earlier_start,
        case
            when period_kind in ('month', 'quarter')
            then lag(period_start) over (partition by period_kind order by period_start)
        end as previous_start
    from periods
    where period_kind in ({kinds}) and period_start <= {today}
"""

_DAYS = """
    select
        cast(unnest(generate_series(period_start, last_on, interval 1 day)) as date) as day,
        period_start as month_start
    from indicators.frame_periods
    where period_kind = 'month'
"""

_REGIONS = """
    select
        cast(row_number() over (order by region_row) as smallint) as region_no, region_row,
        region_code, name_zh, name_en, level, stable_unit, city_code, province_code, valid_from,
        valid_to
    from regions
"""

_ANCESTORS = """
    select region_no, level, region_code, true as is_self
    from indicators.frame_regions
    union all
    select county.region_no, 'unit', unit.region_code, false
    from indicators.frame_regions as county
    inner join indicators.frame_regions as unit
        on unit.level = 'unit' and unit.region_code = county.stable_unit
    where county.level = 'county'
    union all
    select region_no, 'city', city_code, false
    from indicators.frame_regions
    where level in ('county', 'unit') and city_code is not null
    union all
    select region_no, 'province', province_code, false
    from indicators.frame_regions
    where level in ('county', 'unit', 'city') and province_code is not null
"""

# For each region that has ended and each first and last day of a month after that: the regions
# then standing on its ground, and whether all of it went to one of them.
_HEIRS = """
    with recursive
        paths as (
            select region_row, successor_row as heir_row, is_exact from region_successors
            union
            select paths.region_row, next.successor_row, paths.is_exact and next.is_exact
            from paths
            inner join region_successors as next on next.region_row = paths.heir_row
        ),
        moments as (
            select period_start as on_day from indicators.frame_periods where period_kind = 'month'
            union
            select last_on from indicators.frame_periods where period_kind = 'month'
        ),
        standing as (
            select
                ended.region_no, on_day, heir.region_no as heir_no, heir.level, heir.region_code,
                heir.city_code, heir.province_code, bool_and(is_exact) as is_exact
            from paths
            inner join indicators.frame_regions as ended on ended.region_row = paths.region_row
            inner join indicators.frame_regions as heir on heir.region_row = paths.heir_row
            inner join moments
                on on_day >= ended.valid_to
                and on_day >= heir.valid_from and on_day < heir.valid_to
            group by all
        )
    select
        * exclude (is_exact), count(*) over same = 1 and bool_and(is_exact) over same as is_whole
    from standing
    window same as (partition by region_no, on_day)
"""

# Facts of a region that has ended count for the one that took over all of it; else for the
# finest region that holds all heirs, and for none of the heirs. (For its stable unit: `_ROUTES`.)
_CARRIES = """
    with
        verdicts as (
            select
                region_no, on_day, bool_and(is_whole) as is_whole, min(heir_no) as heir_no,
                case when min(coalesce(city_code, '')) = max(city_code)
                    then max(city_code) end as city_code,
                case when min(coalesce(province_code, '')) = max(province_code)
                    then max(province_code) end as province_code
            from indicators.frame_heirs
            group by region_no, on_day
        )
    select
        verdicts.region_no, on_day,
        case
            when is_whole then heir_no
            else coalesce(city.region_no, province.region_no, verdicts.region_no)
        end as carried_no
    from verdicts
    left join indicators.frame_regions as city
        on city.level = 'city' and city.region_code = verdicts.city_code
        and city.valid_from <= on_day and city.valid_to > on_day
    left join indicators.frame_regions as province
        on province.level = 'province' and province.region_code = verdicts.province_code
        and province.valid_from <= on_day and province.valid_to > on_day
"""

# whole_no: the one version that stands through the whole period, else NULL. Changes are taken
# only between whole, finished periods of the same version.
_CELLS = """
    with
        pieces as (
            select
                region.*, period.*,
                greatest(valid_from, period_start) as first_on,
                least(valid_to, last_on + 1) as until_on,
                valid_from <= period_start and valid_to >= period_end as is_whole
            from indicators.frame_regions as region
            inner join indicators.frame_periods as period
                on valid_from <= last_on and valid_to > period_start
            where level in ('city', 'province') or period_kind <> 'ytd'
        ),
        cells as (
            select
                level, region_code, period_kind, period_start, period_end, last_on, is_closed,
                is_running, year_earlier_start, previous_start,
                max_by(name_zh, valid_from) as region_zh, max_by(name_en, valid_from) as region_en,
                max_by(city_code, valid_from) as city_code,
                max_by(province_code, valid_from) as province_code,
                bool_or(valid_to > last_on) as is_standing,
                bool_or(valid_from >= period_start or valid_to < period_end) as is_broken,
                case when bool_and(is_whole) then min(region_no) end as whole_no,
                sum(date_diff('day', first_on, until_on)) as window_days
            from pieces
            group by all
        ),
        numbered as (
            select cast(row_number() over in_order as integer) as cell_id, *
            from cells
            window in_order as (order by level, region_code, period_kind, period_start)
        ),
        finished as (select * from numbered where whole_no is not null and not is_running)
    select
        numbered.* exclude (year_earlier_start, previous_start),
        case numbered.level when 'unit' then 'stable' else 'as_was' end as basis,
        earlier.cell_id as year_earlier_id, previous.cell_id as previous_id
    from numbered
    left join finished as earlier
        on earlier.whole_no = numbered.whole_no and not numbered.is_running
        and earlier.level = numbered.level and earlier.period_kind = numbered.period_kind
        and earlier.period_start = numbered.year_earlier_start
    left join finished as previous
        on previous.whole_no = numbered.whole_no and not numbered.is_running
        and previous.level = numbered.level and previous.period_kind = numbered.period_kind
        and previous.period_start = numbered.previous_start
"""

# What stands at the end of a period stands at the end of its last month: month_id is that cell.
_ENDS = """
    select level, cells.period_kind, cells.cell_id, month.cell_id as month_id
    from indicators.frame_cells as month
    inner join indicators.frame_cells as cells using (level, region_code, last_on)
    where month.period_kind = 'month'
"""

# A cell is full where its own region is covered on every day; a cell that is not named has
# neither own coverage nor any below it.
_COVERAGE = """
    with
        pieces as (
            select
                table_name, region_no, period_kind, period_start,
                greatest(from_on, period_start, valid_from) as first_on,
                least(until_on, last_on + 1, valid_to) as end_on
            from coverage
            inner join indicators.frame_regions using (region_row)
            inner join indicators.frame_periods on from_on <= last_on and until_on > period_start
        )
    select
        table_name, cell_id,
        coalesce(sum(date_diff('day', first_on, end_on)) filter (where is_self), 0)
            >= any_value(window_days) as is_full
    from pieces
    inner join indicators.frame_ancestors using (region_no)
    inner join indicators.frame_cells using (level, region_code, period_kind, period_start)
    where first_on < end_on
    group by table_name, cell_id
"""

# The cells that what happened in a region version in a month belongs to. Its stable unit is its
# own, also where the region that takes over from it is above the unit.
_ROUTES = """
    with
        months as (select * from indicators.frame_periods where period_kind = 'month'),
        places as (
            select region_no, period_start as month_start, last_on, level, region_code
            from indicators.frame_ancestors
            cross join months
            where level = 'unit'
            union all
            select
                region.region_no, period_start, last_on, ancestors.level, ancestors.region_code
            from indicators.frame_regions as region
            cross join months
            left join indicators.frame_carries as carries
                on carries.region_no = region.region_no and carries.on_day = months.{on_day}
            inner join indicators.frame_ancestors as ancestors
                on ancestors.region_no = coalesce(carried_no, region.region_no)
            where ancestors.level <> 'unit'
        )
    select
        cells.level, cells.period_kind, period.span, region_no, month_start, cell_id,
        false as is_split
    from places
    inner join indicators.frame_periods as period
        on month_start >= period.period_start and month_start < period.period_end
    inner join indicators.frame_cells as cells
        on cells.level = places.level and cells.region_code = places.region_code
        and cells.period_kind = period.period_kind and cells.period_start = period.period_start
    where {which}
"""

# The heirs among which a stock that still stands cannot be divided.
_SPLIT_ROUTES = """
    union all
    select level, period_kind, 1, region_no, period_start, cell_id, true
    from indicators.frame_heirs
    inner join indicators.frame_cells using (level, region_code)
    where period_kind = 'month' and last_on = on_day and not is_whole
"""
