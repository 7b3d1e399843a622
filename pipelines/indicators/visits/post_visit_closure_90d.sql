/*---
title: {zh: "接访后90日办结率", en: "Resolved after the visit"}
question: {zh: "下访受理的件，接访后90日内有多大比例办结？", en: "What share of the submissions taken up at a visit is resolved within 90 days?"}
kind: duration
unit: share
numerator: {zh: "从下访之日到办结的日历天数；撤回、不予受理、转出、终结为竞争结局，不算办结", en: "Calendar days from the visit to the closing as resolved; withdrawals, refusals, transfers and terminations are competing outcomes and never count as resolved"}
exclusions: {zh: "下访之日以前已办结的件；只知月份或年份的下访；未关联信访件的接待", en: "Submissions closed before the day of the visit; visits known only to the month or year; receptions that name no submission"}
better: higher
by: [tier]
finest: {county: year, city: year, province: quarter}
measures:
  within_90: {zh: "90日内办结概率", en: "Resolved within 90 days"}
  within_60: {zh: "60日内办结概率", en: "Resolved within 60 days"}
  within_30: {zh: "30日内办结概率", en: "Resolved within 30 days"}
clock: {zh: "下访日期（队列）；当日办结为0天", en: "Day of the visit (cohort); resolved on the same day is 0 days"}
cell: N30
events: {resolved: [resolved]}
max_days: 365
since: 2003-01-01
source: {zh: "接待登记、信访件登记、办理步骤", en: "Reception register, case register and step log"}
caveats: [resolved_in_the_word_of_the_office, picked_matters, recent_cohorts_are_provisional]
not_for: {zh: "推断下访的作用：受理的件是挑选过的", en: "Inferring what visits achieve: their matters are chosen"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row, office_id, seen_until_on, visit_on as from_on, closed_on as until_on, outcome, tier
from visit_matters
