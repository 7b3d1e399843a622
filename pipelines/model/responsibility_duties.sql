/*---
table: responsibility_duties
title: {zh: "应签责任书的地区", en: "Regions that owe a responsibility letter"}
about:
  zh: 每个市、县区划版本每个末日有责任书数据的年度一行，及该年度是否签有责任书；市应与省签，县应与市（省直辖县与省）签。乡镇、村社没有名录可作分母，不列。年度以责任年度为准，签订日期可在年前年后。
  en: >-
    One row per city or county and year whose last day is covered by data on letters, and whether a letter for that
    year was signed: a city signs with its province, a county with its city. Townships and villages
    have no list that could serve as a denominator and are left out. The year is the one that the
    letter is for, whenever it was signed.
grain: region version and year
key: [region_row, year_end_on]
columns:
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "恒为空", en: "Always empty"}
  tier: {type: code, required: true, zh: "承诺层级", en: "Tier that commits itself", codes: [city, county]}
  year_end_on: {type: date, required: true, zh: "责任年度末日", en: "Last day of the year"}
  is_signed: {type: boolean, required: true, zh: "是否签订", en: "Signed"}
  seen_until_on: {type: date, required: true, zh: "恒为9999-12-31", en: "Always 9999-12-31"}
---*/
with
    signed as (
        select distinct region_code, letter_year, signee_tier
        from responsibility_letters
        where signee_tier in ('city', 'county')
    )

select
    regions.region_row,
    cast(null as varchar) as office_id,
    regions.level as tier,
    cast(period.period_end - interval '1 day' as date) as year_end_on,
    signed.region_code is not null as is_signed,
    date '9999-12-31' as seen_until_on
from regions
inner join
    periods as period
    on period.period_kind = 'year'
    and period.period_start >= regions.valid_from
    and period.period_end <= regions.valid_to
inner join
    coverage
    on coverage.table_name = 'responsibility_letters'
    and coverage.region_row = regions.region_row
    and coverage.from_on < period.period_end
    and coverage.until_on >= period.period_end
left join
    signed
    on signed.region_code = regions.region_code
    and signed.signee_tier = regions.level
    and signed.letter_year = extract(year from period.period_start)
where regions.level in ('city', 'county')
