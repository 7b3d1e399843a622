/*---
title: {zh: "接待批次与登记件数之比", en: "Batches per registration"}
question: {zh: "下访汇总中，接待批次是登记件数的多少倍？", en: "How many batches came for each matter registered, by the totals of visits?"}
kind: ratio
unit: batch_per_registration
numerator: {zh: "下访日汇总的接待批次", en: "Batches received, by the totals of visits"}
denominator: {zh: "下访日汇总的预约登记件数", en: "Matters registered beforehand, by the same totals"}
exclusions: {zh: "未报登记件数或批次的汇总；取消、改期的活动", en: "Totals without registrations or batches; visits cancelled or moved"}
better: neither
by: [tier]
finest: {county: year, city: year, province: quarter}
measures:
  ratio: {zh: "批次与登记之比", en: "Batches per registration"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: S
since: 2003-01-01
source: {zh: "下访日汇总、领导下访接访活动", en: "Visit totals and leader visits"}
caveats: [registering_is_not_coming, volume_has_no_direction]
not_for: {zh: "当作到场率：到场者未必登记，可以大于1", en: "Reading it as a turn-up rate: who comes need not have registered, and it may exceed 1"}
checked_by: [worked_example, reference_program, printed_figures]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    visits.region_row,
    visits.organiser_office_id as office_id,
    visits.seen_until_on,
    visits.visit_on as on_date,
    visits.on_precision as grain,
    visit_totals.batches as numerator,
    visit_totals.registrations as denominator,
    visits.tier
from visit_totals
inner join visits on visits.visit_id = visit_totals.visit_id
