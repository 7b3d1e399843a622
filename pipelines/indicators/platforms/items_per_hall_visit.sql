/*---
title: {zh: "每人次办件量", en: "Items per hall visitor"}
question: {zh: "办事大厅每到场一人次，办了多少件？", en: "How many items does a service hall handle for each visitor?"}
kind: ratio
unit: item_per_visitor
numerator: {zh: "大厅办件量（含网上）；另计网上办件量", en: "Items handled by the hall, online ones included; beside them items handled online"}
denominator: {zh: "到场人次；另以办件量为分母", en: "Visitors; beside them items handled"}
exclusions: {zh: "未记人次或办件量的日子", en: "Days without visitors or items"}
better: neither
by: [counting]
finest: {county: year, city: year, province: quarter}
measures:
  per_visitor: {zh: "每人次办件量", en: "Items per visitor"}
  online_share: {unit: share, zh: "网上办件占比", en: "Share handled online"}
clock: {zh: "当日", en: "That day"}
cell: none
since: 2003-01-01
source: {zh: "办事大厅客流", en: "Service-hall footfall"}
caveats: [counting_of_visitors_changes, items_are_redefined]
not_for: {zh: "比较计数方式或事项口径不同的大厅、年份", en: "Comparing halls or years with other ways of counting or other items"}
checked_by: [worked_example, reference_program, printed_figures, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    day as on_date,
    'per_visitor' as measure,
    items_handled as numerator,
    footfall as denominator,
    counting
from hall_days
union all
select
    region_row,
    office_id,
    seen_until_on,
    day as on_date,
    'online_share' as measure,
    items_online as numerator,
    items_handled as denominator,
    counting
from hall_days
