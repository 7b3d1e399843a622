/*---
title: {zh: "承诺兑现率", en: "Promises kept by their day"}
question: {zh: "下访时作出的承诺，有多大比例按期兑现？", en: "What share of the promises made at receptions was done by the day they were due?"}
kind: share
unit: share
numerator: {zh: "到期日或以前完成的承诺；只知月份或年份者按月或按年比较", en: "Promises done by the day they were due; a day known only to the month or year is compared by month or year"}
denominator: {zh: "到期日在统计期内的承诺，未完成者也在内", en: "Promises due in the period, those not done included"}
exclusions: {zh: "没有到期日的承诺；尚未到期者", en: "Promises without a due date; promises not yet due"}
better: higher
by: [kind]
finest: {county: year, city: year, province: quarter}
measures:
  rate: {zh: "按期兑现率", en: "Share done by the due date"}
clock: {zh: "到期日", en: "Day it is due"}
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "承诺事项", en: "Commitments"}
caveats: [promises_without_a_day, done_in_the_office_s_word]
not_for: {zh: "比较工程与手续等性质不同的承诺", en: "Comparing promises of different kinds, works and papers"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    due_on as on_date,
    case when done_on <= due_on then 1 else 0 end as numerator,
    1 as denominator,
    kind
from commitment_outcomes
where due_on is not null
