/*---
table: visit_receptions
title: {zh: "下访现场接待", en: "Receptions at visits"}
about:
  zh: 已举行的下访接访现场每接待一批一行；不属于任何下访活动的日常接待不在此表。层级为下访领导的层级，与下访表一致，便于相除；地区按接待日判定，未填者随下访地。
  en: >-
    One row per batch received at a visit that was held; ordinary receptions are not here. The tier
    is that of the visiting leaders, as in visits, so that the two divide; the region is that of the
    day of the reception, or the visit's where none is given.
grain: batch received at a visit
counts: batch
key: [batch_id]
columns:
  batch_id: {type: text, required: true, zh: "批次编号（加密散列）", en: "Batch number (keyed hash)"}
  visit_id: {type: text, required: true, zh: "下访活动编号（加密散列）", en: "Visit number (keyed hash)"}
  region_row: {type: text, required: true, zh: "接待地区划版本", en: "Version of the region of the reception"}
  office_id: {type: text, zh: "接待机构", en: "Receiving office"}
  tier: {type: code, required: true, zh: "下访领导层级", en: "Tier of the visiting leaders"}
  received_on: {type: date, required: true, zh: "接待日期", en: "Day of the reception"}
  persons: {type: integer, required: true, unit: 人次, zh: "来访人次", en: "Persons in the batch"}
  problems: {type: integer, unit: 个问题, zh: "反映问题数", en: "Problems raised"}
  solved_on_spot: {type: integer, unit: 个问题, zh: "当场化解问题数", en: "Problems solved on the spot"}
  minutes: {type: integer, unit: 分钟, zh: "接待时长", en: "Minutes of reception"}
  seen_until_on: {type: date, required: true, zh: "该批变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
select
    receptions.batch_id,
    receptions.visit_id,
    coalesce(region.region_row, visits.region_row) as region_row,
    receptions.office_id,
    visits.tier,
    cast(receptions.received_at as date) as received_on,
    receptions.persons,
    receptions.problems,
    receptions.solved_on_spot,
    receptions.minutes,
    cast(receptions.as_of as date) as seen_until_on
from receptions
inner join visits on visits.visit_id = receptions.visit_id
left join
    region_validity as region
    on region.region_code = receptions.region_code
    and region.from_on <= cast(receptions.received_at as date)
    and region.until_on > cast(receptions.received_at as date)
