"""Person-days: the population between the figures that a home has, which rates divide by.

It is worked out on ground that does not change: a county whose boundaries stayed, else its stable
unit. Nothing is divided by guess; where counties have no figure of their own, the rest of their
unit, city or province stands at that level, and no row overlaps another.
"""

from collections.abc import Mapping

import duckdb

from pipelines.contract import Table
from pipelines.engine.search_path import bare_names
from pipelines.ingest.population import FIGURES
from pipelines.ingest.schemas import fill

MEASURED_DAYS = 400  # between two figures that lie closer, the population counts as measured
YEARS_AFTER = 5  # that the growth may go on after the last figure


def derive_population_days(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]) -> None:
    """Build `model.population_days` and `model.population_cover` from `model.population`."""
    with bare_names(con):
        for name, query in _STEPS.items():
            con.execute(f"create or replace temp table {name} as {query}")
    fill(con, tables["population_days"], _DAYS)
    fill(con, tables["population_cover"], _COVER)
    for name in _STEPS:
        con.execute(f"drop table {name}")


# The population of each series on the 15th of each month of whole calendar years.
_SERIES = f"""
    with
        days as (select distinct reference_on from population),
        sums as (
            select
                unit.region_row as series, 'unit' as level, days.reference_on,
                'census' as population_type, sum(persons) as persons,
                bool_or(is_estimate) as is_estimate
            from regions as unit
            inner join regions as county
                on county.level = 'county' and county.stable_unit = unit.region_code
            inner join days
                on county.valid_from <= reference_on and county.valid_to > reference_on
            left join figures
                on figures.region_row = county.region_row
                and figures.reference_on = days.reference_on
            where unit.level = 'unit'
            group by unit.region_row, days.reference_on
            having count(persons) = count(*)
        ),
        candidates as (
            select series, level, reference_on, population_type, persons, is_estimate from figures
            union all
            select * from sums
        ),
        points as (
            select * from candidates
            qualify row_number() over (
                partition by series, reference_on order by population_type = 'census', persons
            ) = 1
        ),
        pairs as (
            select
                *, lead(reference_on) over in_time as next_on,
                lead(persons) over in_time as next_persons,
                is_estimate or lead(is_estimate) over in_time as rests_on_estimate
            from points
            window in_time as (partition by series order by reference_on)
        ),
        rates as (
            select
                *, ln(next_persons / persons) / (next_on - reference_on) as growth,
                next_on - reference_on > {MEASURED_DAYS} or rests_on_estimate as is_estimated
            from pairs
        ),
        spans as (
            select series, level, reference_on, next_on, persons, growth, is_estimated
            from rates
            where next_on is not null
            union all
            select
                series, level, reference_on,
                make_date(year(reference_on) + {YEARS_AFTER + 1}, 1, 1), persons,
                lag(growth) over (partition by series order by reference_on), true
            from rates
            qualify next_on is null
                and lag(growth) over (partition by series order by reference_on) is not null
        ),
        months as (
            select cast(unnest(generate_series(
                date_trunc('year', min(reference_on)), max(next_on), interval 1 month
            )) as date) as month_start
            from spans
        )
    select
        series, level, month_start, cast(month_start + interval 1 month as date) as month_end,
        cast(date_trunc('year', month_start) as date) as year_start,
        cast(date_trunc('year', month_start) + interval 1 year as date) as year_end,
        persons * exp(growth * (month_start + 14 - reference_on)) as persons, is_estimated
    from spans
    inner join months on month_start + 14 >= reference_on and month_start + 14 < next_on
    qualify count(*) over (partition by series, year(month_start)) = 12
"""

# The same by region version, in the months of its own validity; a version whose ground another
# one does not share counts only in years that it stood through.
_ESTIMATES = """
    select
        regions.region_row, regions.level, month_start, month_end, persons, is_estimated,
        valid_from <= month_start and valid_to > month_start as is_standing
    from series
    inner join regions on
        regions.region_row = series and valid_from <= year_start and valid_to >= year_end
        or regions.level = 'county' and series.level = 'county' and stable_unit = series
        and valid_from < month_end and valid_to > month_start
"""

# Regions with none below them, and from which level up their people are known in a month.
_LEAVES = """
    with
        months as (select distinct month_start, month_end from estimates),
        lowest as (
            select * from regions
            where level <> 'unit'
                and region_code not in (
                    select parent_code from regions
                    where parent_code is not null and level <> 'unit'
                )
        )
    select
        lowest.region_row, unit.region_row as unit_row, city.region_row as city_row,
        province.region_row as province_row, months.month_start, months.month_end,
        own.region_row is not null as has_own, unit_own.region_row is not null as has_unit,
        city_own.region_row is not null as has_city,
        province_own.region_row is not null as has_province
    from lowest
    inner join months on lowest.valid_from < month_end and lowest.valid_to > month_start
    left join regions as unit on unit.level = 'unit' and unit.region_code = lowest.stable_unit
    left join regions as city
        on city.level = 'city' and city.region_code = lowest.city_code
        and city.valid_from <= months.month_start and city.valid_to > months.month_start
    left join regions as province
        on province.level = 'province' and province.region_code = lowest.province_code
        and province.valid_from <= months.month_start and province.valid_to > months.month_start
    left join estimates as own
        on own.region_row = lowest.region_row and own.month_start = months.month_start
    left join estimates as unit_own
        on unit_own.region_row = unit.region_row and unit_own.month_start = months.month_start
    left join estimates as city_own
        on city_own.region_row = city.region_row and city_own.month_start = months.month_start
    left join estimates as province_own
        on province_own.region_row = province.region_row
        and province_own.month_start = months.month_start
"""

_STEPS = {
    "figures": FIGURES,
    "series": _SERIES,
    "estimates": _ESTIMATES,
    "leaves": _LEAVES,
}

# What the regions below a unit, city or province leave of it stands at itself, where they are not
# all known.
_DAYS = """
    with
        own as (
            select
                leaves.region_row, unit_row, city_row, province_row, leaves.month_start, persons,
                is_estimated
            from leaves
            inner join estimates using (region_row, month_start)
            where is_standing
        ),
        units as (
            select
                unit_row as region_row, city_row, province_row, month_start,
                bool_or(not has_own) as is_open
            from leaves
            where has_unit
            group by unit_row, city_row, province_row, month_start
        ),
        unit_rest as (
            select
                units.region_row, units.city_row, units.province_row, units.month_start,
                any_value(estimates.persons) - coalesce(sum(own.persons), 0) as persons,
                any_value(estimates.is_estimated) as is_estimated
            from units
            inner join estimates using (region_row, month_start)
            left join own
                on own.unit_row = units.region_row and own.month_start = units.month_start
            where is_open
            group by all
        ),
        below_city as (
            select city_row, province_row, month_start, persons from own
            union all
            select city_row, province_row, month_start, persons from unit_rest
        ),
        cities as (
            select
                city_row as region_row, province_row, month_start,
                bool_or(not (has_own or has_unit)) as is_open
            from leaves
            where has_city
            group by city_row, province_row, month_start
        ),
        city_rest as (
            select
                cities.region_row, cities.province_row, cities.month_start,
                any_value(estimates.persons) - coalesce(sum(below_city.persons), 0) as persons,
                any_value(estimates.is_estimated) as is_estimated
            from cities
            inner join estimates using (region_row, month_start)
            left join below_city
                on below_city.city_row = cities.region_row
                and below_city.month_start = cities.month_start
            where is_open
            group by all
        ),
        below_province as (
            select province_row, month_start, persons from below_city
            union all
            select province_row, month_start, persons from city_rest
        ),
        provinces as (
            select
                province_row as region_row, month_start,
                bool_or(not (has_own or has_unit or has_city)) as is_open
            from leaves
            where has_province
            group by province_row, month_start
        ),
        province_rest as (
            select
                provinces.region_row, provinces.month_start,
                any_value(estimates.persons) - coalesce(sum(below_province.persons), 0) as persons,
                any_value(estimates.is_estimated) as is_estimated
            from provinces
            inner join estimates using (region_row, month_start)
            left join below_province
                on below_province.province_row = provinces.region_row
                and below_province.month_start = provinces.month_start
            where is_open
            group by all
        ),
        all_rows as (
            select region_row, month_start, persons, is_estimated from own
            union all
            select region_row, month_start, persons, is_estimated from unit_rest
            union all
            select region_row, month_start, persons, is_estimated from city_rest
            union all
            select region_row, month_start, persons, is_estimated from province_rest
        )
    select
        region_row, month_start, is_estimated,
        cast(round(greatest(persons, 0) * date_diff(
            'day', month_start, cast(month_start + interval 1 month as date)
        )) as bigint) as person_days
    from all_rows
    order by region_row, month_start
"""

_COVER = """
    with
        covered as (
            select region_row, month_start, month_end from leaves
            where has_own or has_unit or has_city or has_province
            union
            select unit_row, month_start, any_value(month_end) from leaves
            group by unit_row, month_start
            having bool_or(has_unit or has_city or has_province) or bool_and(has_own)
            union
            select city_row, month_start, any_value(month_end) from leaves
            group by city_row, month_start
            having bool_or(has_city or has_province) or bool_and(has_own or has_unit)
            union
            select province_row, month_start, any_value(month_end) from leaves
            group by province_row, month_start
            having bool_or(has_province) or bool_and(has_own or has_unit or has_city)
        )
    select region_row, month_start as from_on, month_end as until_on
    from covered
    where region_row is not null
    order by region_row, from_on
"""
