/*---
table: region_validity
title: {zh: "区划代码在某日的含义", en: "What a region code means on a day"}
about:
  zh: 每个代码的每段日期一行，区间互不重叠；某日某代码落在哪一行，就归哪个区划版本。代码失效后400天内仍按其最后版本处理（late_old_code）；早于代码启用日的，按其后的首个版本处理（recoded_history）；省、市代码以及“市辖区”代码（末两位01）停留在本级（roll_up）。不在任何区间内的代码与日期，即未知或已过期。
  en: >-
    One row per code and span of days, spans never overlap; the row that holds a code and a day
    names the region version. Up to 400 days after its end a code means its last version
    (late_old_code); before its beginning it means the version that begins next (recoded_history);
    codes of provinces, of cities and of a city's districts together (ending in 01) stay at their
    own level (roll_up). A code and day in no span are unknown or expired.
grain: code and span of days
key: [region_code, from_on]
columns:
  region_code: {type: text, required: true, zh: "行政区划代码", en: "Region code"}
  from_on: {type: date, required: true, zh: "起始日", en: "First day of the span"}
  until_on: {type: date, required: true, zh: "截止日（不含）", en: "End of the span (exclusive)"}
  status: {type: code, required: true, zh: "状态", en: "Status", codes: [valid, roll_up, late_old_code, recoded_history]}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
---*/
with
    codes as (
        select region_code, region_row, level, valid_from, valid_to
        from regions
        union all
        -- GB/T 2260 lists give the districts of a city together as the city's code ending in 01
        select
            substring(region_code, 1, 4) || '01' as region_code,
            region_row,
            level,
            valid_from,
            valid_to
        from regions
        where
            level = 'city'
            and region_code like '____00'
            and substring(region_code, 1, 4) || '01' not in (select region_code from regions)
    ),

    versions as (
        select
            region_code,
            region_row,
            valid_from,
            valid_to,
            case when level = 'county' then 'valid' else 'roll_up' end as status,
            -- exclusive: a code is late for 400 days after the day it ended
            case when valid_to < date '9999-12-31' then valid_to + 401 end as late_until
        from codes
    ),

    neighbours as (
        select
            region_code,
            region_row,
            valid_from,
            valid_to,
            status,
            late_until,
            lag(late_until) over (
                partition by region_code order by valid_from
            ) as earlier_late_until,
            lead(valid_from) over (partition by region_code order by valid_from) as later_from
        from versions
    ),

    spans as (
        select region_code, valid_from as from_on, valid_to as until_on, status, region_row
        from neighbours
        union all
        select
            region_code,
            valid_to as from_on,
            least(late_until, coalesce(later_from, late_until)) as until_on,
            'late_old_code' as status,
            region_row
        from neighbours
        where late_until is not null
        union all
        select
            region_code,
            coalesce(earlier_late_until, date '0001-01-01') as from_on,
            valid_from as until_on,
            'recoded_history' as status,
            region_row
        from neighbours
    )

select region_code, from_on, until_on, status, region_row
from spans
where from_on < until_on
