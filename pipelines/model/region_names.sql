/*---
table: region_names
title: {zh: "区划名称", en: "Names of regions"}
about:
  zh: 每个名称与其所指的代码、有效期各一行：各版本的正式名称，前面带市、带省市的全称，去掉末尾“省、市、县、区”而仍有两字以上的简称，以及别名。同一名称当日可指几个代码的，不作选择。
  en: >-
    One row per name, code and span of days: the official name of each version, the same behind the
    names of its city, or province and city, the name without a final 省, 市, 县 or 区 where two
    characters are left, and other names. Where a name means several codes on a day, none is chosen.
grain: name, code and span of days
key: [name, region_code, valid_from, is_short]
columns:
  name: {type: text, required: true, zh: "名称", en: "Name"}
  region_code: {type: text, required: true, zh: "行政区划代码", en: "Region code"}
  valid_from: {type: date, required: true, zh: "生效日", en: "Valid from"}
  valid_to: {type: date, required: true, zh: "失效日（不含）", en: "Valid until (exclusive)"}
  is_short: {type: boolean, required: true, zh: "是否由正式名称省略而成", en: "An official name cut short"}
---*/
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
        select city_name || name_zh as name, region_code, valid_from, valid_to, false as is_short
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
            substring(name_zh, 1, length(name_zh) - 1) as name,
            region_code,
            valid_from,
            valid_to,
            true as is_short
        from named
        where length(name_zh) > 2 and substring(name_zh, length(name_zh), 1) in ('省', '市', '县', '区')
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
