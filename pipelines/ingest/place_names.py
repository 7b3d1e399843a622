"""What regions are called, and which of them a name means on a day.

A name is looked up in `geo.region_names`: first a whole name that was in force on the day, then one
cut short, then a former or a later whole name, then such a one cut short. Spaces and look-alike
characters do not matter. A name that means several regions in the first of these is not guessed: it
gets a question mark. Whose names are read is for `validate.place_names`, and for the keys of
matters for `statements.py`.
"""

import duckdb

from pipelines.contract import Table
from pipelines.ingest.schemas import fill

UNCLEAR = "?"  # stands before the name of a place that could be several
LOOK_ALIKE = "'巿', '市'"  # a census table writes 市 with the first
SPACES = r"'[\s\x{3000}]'"
SHORTENED = ("省", "市", "县", "区")  # what a short name leaves out


def derive_place_names(con: duckdb.DuckDBPyConnection, contract: Table) -> None:
    """Fill `geo.region_names` from regions, special codes and aliases."""
    fill(con, contract, _NAMES)


def name_sql(place: str) -> str:
    """SQL for the one form of a name that an export writes."""
    return f"regexp_replace(translate({place}, {LOOK_ALIKE}), {SPACES}, '', 'g')"


def meanings_sql(written: str) -> str:
    """A query for what names mean: `name, on_day, region_code`; nothing for an unknown name.

    Args:
        written: a query for the names in their one form, and the days: `name, on_day`.
    """
    return f"""
        with
            written as ({written}),
            candidates as (
                select
                    name, on_day, region_code,
                    case when valid_from <= on_day and valid_to > on_day then 0 else 2 end
                    + cast(is_short as integer) as distance
                from written inner join geo.region_names using (name)
            ),
            nearest as (
                select * from candidates
                qualify distance = min(distance) over (partition by name, on_day)
            )
        select
            name, on_day,
            case when count(distinct region_code) = 1 then min(region_code)
                else '{UNCLEAR}' || name end as region_code
        from nearest
        group by name, on_day
    """


_NAMES = f"""
    with
        named as (
            select region_code, name_zh, level, city_code, province_code, valid_from, valid_to
            from regions
            where level in ('province', 'city', 'county')
        ),

        -- the names of cities and provinces through time, under which the others stand
        placed as (
            select
                named.region_code,
                named.name_zh,
                city.name_zh as city_name,
                province.name_zh as province_name,
                greatest(
                    named.valid_from,
                    coalesce(city.valid_from, named.valid_from),
                    coalesce(province.valid_from, named.valid_from)
                ) as valid_from,
                least(
                    named.valid_to,
                    coalesce(city.valid_to, named.valid_to),
                    coalesce(province.valid_to, named.valid_to)
                ) as valid_to
            from named
            left join
                named as city
                on named.level = 'county'
                and city.region_code = named.city_code
                and city.valid_from < named.valid_to
                and city.valid_to > named.valid_from
            left join
                named as province
                on named.level <> 'province'
                and province.region_code = named.province_code
                and province.valid_from < named.valid_to
                and province.valid_to > named.valid_from
        ),

        called as (
            select name_zh as name, region_code, valid_from, valid_to, false as is_short
            from named
            union all
            select city_name || name_zh, region_code, valid_from, valid_to, false
            from placed
            where city_name is not null
            union all
            select
                province_name || coalesce(city_name, '') || name_zh as name,
                region_code,
                valid_from,
                valid_to,
                false as is_short
            from placed
            where province_name is not null
            union all
            select
                left(name_zh, -1) as name,
                region_code,
                valid_from,
                valid_to,
                true as is_short
            from named
            where length(name_zh) > 2 and right(name_zh, 1) in {SHORTENED}
            union all
            select name_zh as name, code as region_code, valid_from, valid_to, false as is_short
            from region_special_codes
            where kind <> 'aggregate'
            union all
            select alias as name, region_code, valid_from, valid_to, false as is_short
            from region_aliases
        )

    select name, region_code, valid_from, max(valid_to) as valid_to, is_short
    from called
    where valid_from < valid_to
    group by name, region_code, valid_from, is_short
"""
