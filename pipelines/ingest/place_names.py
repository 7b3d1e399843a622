"""What regions are called: every name that an export may write, with the code that it stands for.

Which of them a record means on its day is decided in `validate.place_names`.
"""

import duckdb

from pipelines.contract import Table
from pipelines.ingest.schemas import fill


def derive_place_names(con: duckdb.DuckDBPyConnection, contract: Table) -> None:
    """Fill `geo.region_names` from regions, special codes and aliases."""
    fill(con, contract, _NAMES)


_NAMES = """
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
            where length(name_zh) > 2 and right(name_zh, 1) in ('省', '市', '县', '区')
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
