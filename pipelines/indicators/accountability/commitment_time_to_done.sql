/*---
title: {zh: "承诺完成时长", en: "Time from promise to completion"}
question: {zh: "从承诺到完成要多久？", en: "How long does it take from the promise to its completion?"}
kind: duration
unit: day
numerator: {zh: "从承诺到完成的日历天数，按Kaplan–Meier法计入尚未完成者", en: "Calendar days from the promise to completion, with those still waiting counted by the Kaplan-Meier estimate"}
exclusions: {zh: "无", en: "None"}
better: lower
by: [kind]
finest: {county: year, city: year, province: quarter}
measures:
  p50: {zh: "中位数", en: "Median"}
  p25: {zh: "四分之一完成所需天数", en: "Days until a quarter is done"}
  p75: {zh: "四分之三完成所需天数", en: "Days until three quarters are done"}
  within_365: {unit: share, zh: "一年内完成概率", en: "Done within a year"}
clock: {zh: "承诺日期（队列）；只知月份或年份者取首日", en: "Day of the promise (cohort); a day known only to the month or year is its first"}
cell: N30
events: {done: [done]}
max_days: 3650
since: 2003-01-01
source: {zh: "承诺事项", en: "Commitments"}
caveats: [done_in_the_office_s_word, first_day_of_a_vague_date, recent_cohorts_are_provisional]
not_for: {zh: "比较工程与手续等性质不同的承诺", en: "Comparing promises of different kinds, works and papers"}
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
    made_on as from_on,
    done_on as until_on,
    case when done_on is not null then 'done' end as outcome,
    kind
from commitment_outcomes
