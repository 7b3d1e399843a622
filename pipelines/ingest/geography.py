"""Regions through time: what follows from the regions and the changes of their boundaries.

`geo.regions` and `geo.region_events` are read by `reference`. From them come the region above each,
the stable units (which also become regions of level `unit`), the crosswalk to the regions of today,
where a region's ground lay before it began, and what a code means on a day. They are derived
before the model is, because exports are judged by them.

A county that was divided is never shared out by guess: where its ground cannot be told exactly, it
is its stable unit that counts.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import duckdb

from pipelines.contract import Table
from pipelines.ingest.place_names import derive_place_names
from pipelines.ingest.schemas import fill

COMPARABLE_FROM = date(2003, 1, 2)


def derive_geography(
    con: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Table],
    comparable_from: date = COMPARABLE_FROM,
) -> None:
    """Derive everything that follows from `geo.regions`, `region_events` and special codes.

    Args:
        con: the staging database.
        tables: contracts by table name.
        comparable_from: changes up to this day unite nothing; the figures begin after it.
    """
    fill_parents(con)
    fill(con, tables["region_successors"], tables["region_successors"].query)
    _unite_counties(con, tables["stable_units"], comparable_from)
    fill(con, tables["crosswalk"], _CROSSWALK)
    fill(con, tables["region_origins"], _ORIGINS)
    fill(con, tables["region_validity"], tables["region_validity"].query)
    derive_place_names(con, tables["region_names"])


def fill_parents(con: duckdb.DuckDBPyConnection) -> None:
    """Write the city and the province that each region belongs to.

    A region belongs to the version of its parent that is valid on its own first day. A county
    directly under a province has no city.
    """
    con.execute(
        """
        update geo.regions as r
        set city_code = case
                when r.level = 'city' then r.region_code
                when chain.parent_level = 'city' then chain.parent_code
            end,
            province_code = case
                when r.level = 'province' then r.region_code
                when chain.parent_level = 'province' then chain.parent_code
                when chain.grandparent_level = 'province' then chain.grandparent_code
            end
        from (
            select
                child.region_row,
                min(parent.level) as parent_level,
                min(parent.region_code) as parent_code,
                min(grandparent.level) as grandparent_level,
                min(grandparent.region_code) as grandparent_code
            from geo.regions as child
            left join geo.regions as parent
                on parent.region_code = child.parent_code
                and parent.valid_from <= child.valid_from
                and parent.valid_to > child.valid_from
            left join geo.regions as grandparent
                on grandparent.region_code = parent.parent_code
                and grandparent.valid_from <= child.valid_from
                and grandparent.valid_to > child.valid_from
            group by child.region_row
        ) as chain
        where chain.region_row = r.region_row
        """
    )


def _unite_counties(con: duckdb.DuckDBPyConnection, contract: Table, since: date) -> None:
    """Find the counties that changes tie together, name them, and make regions of the many."""
    links = con.execute(
        """
        select region_row, successor_row
        from geo.region_successors
        inner join geo.regions as ended using (region_row)
        inner join geo.regions as heir on heir.region_row = successor_row
        where from_on > $1 and ended.level = 'county' and heir.level = 'county'
        union
        -- districts set up on one day in a city that had none hold its ground together
        select old_code || '@' || event_on, heir.region_row
        from geo.region_events
        inner join geo.regions as heir
            on heir.region_code = new_code and heir.valid_from = event_on
        where event_on > $1 and region_events.kind = 'created_in_city' and heir.level = 'county'
        order by all
        """,
        [since],
    ).fetchall()
    ties = list(tied_together(links).items())
    con.execute("create or replace temp table ties (region_row varchar, first_row varchar)")
    if ties:
        con.executemany("insert into ties values (?, ?)", ties)
    con.execute("create or replace temp table since as select $1::date as on_day", [since])
    fill(con, contract, _STABLE_UNITS)
    con.execute(
        "update geo.regions as r set stable_unit = null; "
        "update geo.regions as r set stable_unit = u.stable_unit from geo.stable_units as u "
        "where u.region_row = r.region_row"
    )
    con.execute(_UNIT_REGIONS)
    con.execute("drop table ties; drop table since")


def tied_together(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each name in the links, the first name of all that chains of links tie it to."""
    above: dict[str, str] = {}

    def first(name: str) -> str:
        while (higher := above.setdefault(name, name)) != name:
            name = higher
        return name

    for one, other in links:
        low, high = sorted((first(one), first(other)))
        above[high] = low
    return {name: first(name) for name in above}


# Counties that no change has touched are units of their own. Those that ended before the figures
# begin are in none.
_STABLE_UNITS = """
    with
        members as (
            select
                coalesce(first_row, region_row) as first_row, region_row, region_code, name_zh,
                name_en, valid_from, valid_to
            from regions
            left join ties using (region_row)
            where level = 'county' and valid_to > (select on_day from since)
        ),
        latest as (
            select *, valid_to = max(valid_to) over (partition by first_row) as is_latest
            from members
        ),
        crowds as (
            select one.first_row, one.region_row, count(*) as counties
            from members as one
            inner join members as other
                on other.first_row = one.first_row
                and other.valid_from <= one.valid_from and other.valid_to > one.valid_from
            group by one.first_row, one.region_row
        ),
        sizes as (select first_row, max(counties) as counties from crowds group by first_row),
        units as (
            select
                first_row, 'SU' || min(region_code) filter (where is_latest) as stable_unit,
                string_agg(name_zh, '+' order by region_code) filter (where is_latest) as unit_zh,
                string_agg(name_en, ' + ' order by region_code) filter (where is_latest) as unit_en
            from latest
            group by first_row
        )
    select
        stable_unit, unit_zh, unit_en, cast(counties as integer) as most_counties, region_row,
        region_code, valid_from, valid_to
    from members
    inner join units using (first_row)
    inner join sizes using (first_row)
    order by stable_unit, region_code, valid_from
"""

# A unit lies in the city or the province of all its counties; one that lies in several provinces
# is no region.
_UNIT_REGIONS = """
    insert into geo.regions by name
    with
        units as (
            select
                regions.stable_unit as region_code, any_value(unit_zh) as name_zh,
                any_value(unit_en) as name_en, min(regions.valid_from) as valid_from,
                max(regions.valid_to) as valid_to,
                case when count(distinct city_code) = 1 and count(city_code) = count(*)
                    then min(city_code) end as city_code,
                case when count(distinct province_code) = 1 and count(province_code) = count(*)
                    then min(province_code) end as province_code
            from geo.stable_units
            inner join geo.regions using (region_row)
            where most_counties > 1
            group by regions.stable_unit
        )
    select
        region_code || '@' || cast(valid_from as varchar) as region_row, *, 'unit' as level,
        'stable_unit' as kind, region_code as stable_unit,
        coalesce(city_code, province_code) as parent_code
    from units
    where province_code is not null
    order by region_code
"""

_CROSSWALK = """
    with recursive
        links as (
            select
                region_row, successor_row, count(*) over (partition by successor_row) = 1 as is_sole
            from region_successors
        ),
        paths as (
            select region_row, region_row as heir_row, true as is_sole from regions
            union
            select paths.region_row, successor_row, paths.is_sole and links.is_sole
            from paths
            inner join links on links.region_row = paths.heir_row
        ),
        targets as (
            select
                paths.region_row, heir.region_code as to_code, heir.name_zh as to_name,
                bool_and(is_sole) as is_sole,
                count(*) over (partition by paths.region_row) as targets
            from paths
            inner join regions as heir on heir.region_row = heir_row
            where heir.valid_to = date '9999-12-31'
            group by paths.region_row, heir.region_code, heir.name_zh
        )
    select
        region_row, region_code, valid_from, valid_to, to_code, targets = 1 as is_exact,
        stable_unit,
        case
            when targets > 1 then 'part'
            when region_code = to_code and name_zh = to_name then 'same'
            when is_sole then 'renamed_or_upgraded'
            else 'wholly_inside'
        end as relation
    from targets
    inner join regions using (region_row)
    where level <> 'unit'
    order by region_code, valid_from, to_code
"""

_ORIGINS = """
    with recursive
        links as (
            select
                region_row, successor_row, count(*) over (partition by successor_row) = 1 as is_sole
            from region_successors
        ),
        paths as (
            select successor_row as region_row, region_row as origin_row, is_sole from links
            union
            select paths.region_row, links.region_row, paths.is_sole and links.is_sole
            from paths
            inner join links on links.successor_row = origin_row
        ),
        turns as (
            select region_row, date '0001-01-01' as on_day
            from regions
            union
            select paths.region_row, unnest([origin.valid_from, origin.valid_to])
            from paths
            inner join regions as origin on origin.region_row = origin_row
        ),
        spans as (
            select
                regions.*, on_day as from_on,
                lead(on_day, 1, valid_from) over (partition by region_row order by on_day)
                    as until_on
            from turns
            inner join regions using (region_row)
            where on_day < valid_from
        ),
        standing as (
            select
                spans.region_row, from_on, min(origin.region_row) as origin_row,
                bool_and(is_sole) and count(*) = 1 as is_whole
            from spans
            inner join paths using (region_row)
            inner join regions as origin
                on origin.region_row = origin_row
                and origin.valid_from <= from_on and origin.valid_to > from_on
            group by spans.region_row, from_on
        ),
        found as (
            select
                spans.region_row, from_on, until_on,
                coalesce(
                    case when is_whole then standing.origin_row end,
                    unit.region_row, city.region_row, province.region_row, spans.region_row
                ) as origin_row
            from spans
            left join standing using (region_row, from_on)
            left join regions as unit
                on unit.level = 'unit' and unit.region_code = spans.stable_unit
                and unit.valid_from <= from_on and unit.valid_to > from_on
            left join regions as city
                on city.level = 'city' and city.region_code = spans.city_code
                and spans.level <> 'city'
                and city.valid_from <= from_on and city.valid_to > from_on
            left join regions as province
                on province.level = 'province' and province.region_code = spans.province_code
                and spans.level <> 'province'
                and province.valid_from <= from_on and province.valid_to > from_on
        )
    select
        found.region_row, from_on, until_on, origin_row, origin.region_code as origin_code
    from found
    inner join regions as origin on origin.region_row = origin_row
    order by found.region_row, from_on
"""
