/*---
title: {zh: "批均接待时长", en: "Minutes per batch"}
question: {zh: "下访现场平均每批谈多少分钟？", en: "How many minutes does a batch have at a visit?"}
kind: ratio
unit: minute_per_batch
numerator: {zh: "登记的接待分钟数之和；另以接待室数乘开放分钟数为可用时长", en: "Minutes of reception as recorded; beside them rooms times minutes open, the time that was there"}
denominator: {zh: "记有时长的批次；另以下访日汇总的批次为分母", en: "Batches whose minutes are recorded; beside them the batches of the visit's totals"}
exclusions: {zh: "未记时长的批次；未报接待室数、开放时长的汇总；取消、改期的活动", en: "Batches without minutes; totals without rooms or minutes open; visits cancelled or moved"}
better: neither
by: [tier]
finest: {county: year, city: quarter, breakdown: year}
measures:
  recorded: {zh: "登记时长", en: "Recorded"}
  available: {zh: "可用时长", en: "Available"}
clock: {zh: "接待日期；下访日期", en: "Day of the reception; day of the visit"}
cell: S
since: 2003-01-01
source: {zh: "接待登记、下访日汇总", en: "Reception register and visit totals"}
caveats: [recorded_and_available_time]
not_for: {zh: "要求压缩或拖长接待", en: "Asking for shorter or longer receptions"}
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
    received_on as on_date,
    'recorded' as measure,
    minutes as numerator,
    1 as denominator,
    tier
from visit_receptions
union all
select
    visits.region_row,
    visits.organiser_office_id as office_id,
    visits.seen_until_on,
    visits.visit_on as on_date,
    'available' as measure,
    visit_totals.rooms * visit_totals.open_minutes as numerator,
    visit_totals.batches as denominator,
    visits.tier
from visit_totals
inner join visits on visits.visit_id = visit_totals.visit_id
where visits.on_precision = 'day'
