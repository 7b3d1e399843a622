/*---
title: {zh: "事项联通与网办覆盖", en: "Service items online"}
question: {zh: "有多大比例的事项可网上办理，多少行业数据联通？", en: "What share of service items can be handled online, and how many sectors are linked?"}
kind: share
unit: share
numerator: {zh: "可网上办理的事项；另计数据联通的行业", en: "Items that can be handled online; beside them sectors whose data are linked"}
denominator: {zh: "大厅的事项总数；另以行业数为分母", en: "Items offered; beside them sectors"}
exclusions: {zh: "未记事项数或联通与否的行业", en: "Sectors without a number of items, or that do not say whether they are linked"}
better: higher
by: []
finest: {county: year, city: year, province: quarter}
measures:
  items: {zh: "可网办事项占比", en: "Share of items"}
  sectors: {zh: "联通行业占比", en: "Share of sectors linked"}
clock: {zh: "统计日；一期内多个统计日合并", en: "Counting day; several in one period are pooled"}
cell: none
interval: none
since: 2003-01-01
source: {zh: "政务服务事项联通", en: "Service items online"}
caveats: [items_are_redefined]
not_for: {zh: "推断群众实际网办", en: "Inferring that people use it"}
checked_by: [worked_example, reference_program, printed_figures]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    counted_on as on_date,
    'items' as measure,
    items_online as numerator,
    items_listed as denominator
from hall_sectors
union all
select
    region_row,
    office_id,
    seen_until_on,
    counted_on as on_date,
    'sectors' as measure,
    case is_linked when true then 1 when false then 0 end as numerator,
    1 as denominator
from hall_sectors
