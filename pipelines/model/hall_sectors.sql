/*---
table: hall_sectors
title: {zh: "办事大厅行业联通", en: "Sectors of service halls"}
about:
  zh: 每个大厅每个行业每个统计日一行。地区按统计日判定，未填者归报送机构所在地区，再无则归最高一级地区。
  en: >-
    One row per hall, sector and counting day. The region is that of the counting day; a record
    without one takes its sender's region, else the top region.
grain: hall, sector and counting day
key: [hall_id, sector, counted_on]
columns:
  hall_id: {type: text, required: true, zh: "大厅编号", en: "Hall"}
  sector: {type: text, required: true, zh: "行业", en: "Sector"}
  counted_on: {type: date, required: true, zh: "统计日", en: "Counting day"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "报送机构", en: "Office that sent it"}
  items_listed: {type: integer, unit: 项, zh: "事项总数", en: "Items offered"}
  items_online: {type: integer, unit: 项, zh: "可网上办理事项数", en: "Items that can be handled online"}
  is_linked: {type: boolean, zh: "数据是否联通", en: "Data linked"}
  seen_until_on: {type: date, required: true, zh: "该条变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    records as (
        select
            hall_items.hall_id,
            hall_items.sector,
            hall_items.counted_on,
            hall_items.items_listed,
            hall_items.items_online,
            hall_items.is_linked,
            coalesce(hall_items.region_code, sender.region_code) as region_code,
            hall_items.sender_id as office_id,
            hall_items.counted_on as placed_on,
            cast(hall_items.as_of as date) as seen_until_on
        from hall_items
        left join offices as sender on sender.office_id = hall_items.sender_id
    )

select
    records.hall_id,
    records.sector,
    records.counted_on,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    records.office_id,
    records.items_listed,
    records.items_online,
    records.is_linked,
    records.seen_until_on
from records
cross join ops.run_facts as run_facts
left join
    region_validity as region
    on region.region_code = records.region_code
    and region.from_on <= records.placed_on
    and region.until_on > records.placed_on
