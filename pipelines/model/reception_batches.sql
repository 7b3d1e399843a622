/*---
table: reception_batches
title: {zh: "来访批次", en: "Batches received"}
about:
  zh: 每批来访一行，下访现场与日常接待都在内；层级为接待层级。人数达到接待日当日有效的集体访界限者为集体访；当日无规则则为空。地区按接待日判定，未填者归接待机构所在地区，再无则归最高一级地区。
  en: >-
    One row per batch received, at visits and on ordinary days; the tier is the one that received.
    A batch is collective from the number of persons in force on its day; without a rule it is not
    known. The region is that of the day of the reception; a batch without one takes its office's
    region, else the top region.
grain: batch received
key: [batch_id]
columns:
  batch_id: {type: text, required: true, zh: "批次编号（加密散列）", en: "Batch number (keyed hash)"}
  region_row: {type: text, required: true, zh: "接待地区划版本", en: "Version of the region of the reception"}
  office_id: {type: text, zh: "接待机构", en: "Receiving office"}
  tier: {type: code, zh: "接待层级", en: "Tier that received"}
  received_on: {type: date, required: true, zh: "接待日期", en: "Day of the reception"}
  persons: {type: integer, required: true, unit: 人次, zh: "来访人次", en: "Persons in the batch"}
  is_collective: {type: boolean, zh: "是否集体访", en: "Collective visit"}
  seen_until_on: {type: date, required: true, zh: "该批变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    thresholds as (
        select value as min_persons, valid_from, valid_to
        from rule_calendar
        where topic = 'collective_threshold' and unit = 'persons'
    ),

    received as (
        select
            receptions.batch_id,
            coalesce(receptions.region_code, office.region_code, sender.region_code) as region_code,
            receptions.office_id,
            receptions.tier,
            cast(receptions.received_at as date) as received_on,
            receptions.persons,
            cast(receptions.as_of as date) as seen_until_on
        from receptions
        left join offices as office on office.office_id = receptions.office_id
        left join offices as sender on sender.office_id = receptions.sender_id
    )

select
    received.batch_id,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    received.office_id,
    received.tier,
    received.received_on,
    received.persons,
    received.persons >= thresholds.min_persons as is_collective,
    received.seen_until_on
from received
cross join ops.run_facts as run_facts
left join
    region_validity as region
    on region.region_code = received.region_code
    and region.from_on <= received.received_on
    and region.until_on > received.received_on
left join
    thresholds
    on thresholds.valid_from <= received.received_on
    and thresholds.valid_to > received.received_on
