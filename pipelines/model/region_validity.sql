/*---
table: region_validity
title: {zh: "区划代码在某日的含义", en: "What a region code means on a day"}
about:
  zh: 每个代码的每段日期一行，区间互不重叠，覆盖全部日期；某日某代码落在哪一行，就归哪个区划版本。当日有效（valid）；省、市、稳定单元以及“市辖区”代码（末两位01）停留在本级（roll_up）；统计用代码归入所列区划（statistical_only）；失效后400天内仍按其最后版本处理（late_old_code）；早于代码启用日的，归当时其范围所在的区划，见region_origins（recoded_history）；再往后即已过期（expired），不归任何区划。表中没有的代码为未知（unknown）。
  en: >-
    One row per code and span of days, spans never overlap and leave no day out; the row that holds
    a code and a day names the region version. In force that day: valid; codes of provinces, of
    cities, of stable units and of a city's districts together (ending in 01) stay at their own
    level: roll_up; codes of statistics count as the region listed for them: statistical_only. Up to
    400 days after its end a code means its last version: late_old_code; before its beginning, the
    region that then held its ground (region_origins): recoded_history; later it is expired and
    means none. A code that is not here is unknown.
grain: code and span of days
key: [region_code, from_on]
columns:
  region_code: {type: text, required: true, zh: "行政区划代码", en: "Region code"}
  from_on: {type: date, required: true, zh: "起始日", en: "First day of the span"}
  until_on: {type: date, required: true, zh: "截止日（不含）", en: "End of the span (exclusive)"}
  status: {type: code, required: true, zh: "状态", en: "Status", codes: [valid, roll_up, statistical_only, late_old_code, recoded_history, expired]}
  region_row: {type: text, zh: "区划版本（代码@生效日）；已过期者为空", en: "Region version (code@valid_from); none for an expired code"}
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

    -- a code outside the standard counts as its region, on its own days
    special_spans as (
        select
            code as region_code,
            roll_up_to,
            valid_from as from_on,
            valid_to as until_on,
            case when kind = 'statistical_only' then kind else 'roll_up' end as status
        from region_special_codes
        where code not in (select region_code from codes)
        union all
        select
            code as region_code,
            roll_up_to,
            date '0001-01-01' as from_on,
            valid_from as until_on,
            'recoded_history' as status
        from region_special_codes
        where code not in (select region_code from codes)
        union all
        select
            code as region_code,
            roll_up_to,
            valid_to as from_on,
            valid_to + 401 as until_on,
            'late_old_code' as status
        from region_special_codes
        where code not in (select region_code from codes) and valid_to < date '9999-12-31'
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
            neighbours.region_code,
            greatest(
                coalesce(neighbours.earlier_late_until, date '0001-01-01'), origin.from_on
            ) as from_on,
            origin.until_on,
            'recoded_history' as status,
            origin.origin_row as region_row
        from neighbours
        inner join region_origins as origin on origin.region_row = neighbours.region_row
        union all
        select
            region_code,
            late_until as from_on,
            date '9999-12-31' as until_on,
            'expired' as status,
            cast(null as varchar) as region_row
        from neighbours
        where late_until is not null and later_from is null
        union all
        select
            special_spans.region_code,
            greatest(special_spans.from_on, target.valid_from) as from_on,
            least(special_spans.until_on, target.valid_to) as until_on,
            special_spans.status,
            target.region_row
        from special_spans
        inner join regions as target on target.region_code = special_spans.roll_up_to
        union all
        select
            code as region_code,
            valid_to + 401 as from_on,
            date '9999-12-31' as until_on,
            'expired' as status,
            cast(null as varchar) as region_row
        from region_special_codes
        where code not in (select region_code from codes) and valid_to < date '9999-12-31'
    )

select region_code, from_on, until_on, status, region_row
from spans
where from_on < until_on
