/*---
title: {zh: "每万人登记件次", en: "Submissions per 10,000 residents"}
question: {zh: "按居民人数计，各地信访机构登记了多少？", en: "How many submissions do offices register for the people who live there?"}
kind: ratio
unit: submission_per_10k
numerator: {zh: "统计期内登记的信访件次，限有人口数的地区与月份", en: "Submissions registered in the period, in regions and months whose population is known"}
denominator: {zh: "同一地区同期的人口日数（人口×天数），折合为万人年", en: "Person-days of the population of the same region and period (persons times days), taken as 10,000 persons and a year"}
exclusions: {zh: "测试件、作废件、登记时即依法导入其他程序的件；无人口数的地区与年份", en: "Test and void entries, entries redirected to another procedure when registered; regions and years without a population"}
better: neither
by: [channel]
finest: {breakdown: year}
measures:
  per_10k: {zh: "每万人每年登记件次", en: "Submissions per 10,000 residents and year"}
clock: {zh: "登记日期", en: "Day of registration"}
cell: S
interval: none
# 10,000 persons for 365.25 days, so that months, years and regions are of one kind
scale: 3652500
since: 2003-01-01
source: {zh: "信访件登记；人口普查或自备人口文件", en: "Case register; census, or the home's own population file"}
caveats: [volume_has_no_direction, workload_not_need, residents_not_registered, population_between_censuses, late_registration]
not_for: {zh: "评价或排名地区；推断群众诉求多少", en: "Rating or ranking regions; inferring how much need there is"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按信访形式（每年）", en: "By channel, too, by year"}
---*/
select
    cases.region_row,
    cases.office_id,
    cases.seen_until_on,
    cases.registered_on as on_date,
    1 as numerator,
    0 as denominator,
    false as is_estimated,
    cases.channel
from case_timelines as cases
inner join
    population_cover as cover
    on cover.region_row = cases.region_row
    and cover.from_on <= cases.registered_on
    and cover.until_on > cases.registered_on
union all
select
    region_row,
    '' as office_id,
    date '9999-12-31' as seen_until_on,
    month_start as on_date,
    0 as numerator,
    person_days as denominator,
    is_estimated,
    '*' as channel
from population_days
