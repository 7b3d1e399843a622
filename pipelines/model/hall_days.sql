/*---
table: hall_days
title: {zh: "办事大厅日客流", en: "Days of service halls"}
about:
  zh: 每个办事大厅每天一行。地区按当日判定，未填者归报送机构所在地区，再无则归最高一级地区。
  en: >-
    One row per service hall and day. The region is that of that day; a record without one takes its
    sender's region, else the top region.
grain: hall and day
key: [hall_id, day]
columns:
  hall_id: {type: text, required: true, zh: "大厅编号", en: "Hall"}
  day: {type: date, required: true, zh: "日期", en: "Day"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "报送机构", en: "Office that sent it"}
  counting: {type: code, zh: "计数方式", en: "How visitors are counted"}
  footfall: {type: integer, unit: 人次, zh: "到场人次", en: "Visitors"}
  items_handled: {type: integer, unit: 件, zh: "办件量", en: "Items handled"}
  items_online: {type: integer, unit: 件, zh: "网上办件量", en: "Items handled online"}
  seen_until_on: {type: date, required: true, zh: "该条变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    records as (
        select
            hall_footfall.hall_id,
            hall_footfall.day,
            hall_footfall.counting,
            hall_footfall.footfall,
            hall_footfall.items_handled,
            hall_footfall.items_online,
            coalesce(hall_footfall.region_code, sender.region_code) as region_code,
            hall_footfall.sender_id as office_id,
            hall_footfall.day as placed_on,
            cast(hall_footfall.as_of as date) as seen_until_on
        from hall_footfall
        left join offices as sender on sender.office_id = hall_footfall.sender_id
    )

select
    records.hall_id,
    records.day,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    records.office_id,
    records.counting,
    records.footfall,
    records.items_handled,
    records.items_online,
    records.seen_until_on
from records
cross join ops.run_facts as run_facts
left join
    region_validity as region
    on region.region_code = records.region_code
    and region.from_on <= records.placed_on
    and region.until_on > records.placed_on
