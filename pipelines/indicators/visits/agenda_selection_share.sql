/*---
title: {zh: "候选件选定比例", en: "Short-listed matters taken"}
question: {zh: "下访候选的疑难件，有多大比例被选定接待？", en: "What share of the matters short-listed for a visit was taken?"}
kind: share
unit: share
numerator: {zh: "选定为接待件的候选件", en: "Short-listed submissions that were taken"}
denominator: {zh: "列为候选的信访件", en: "Submissions short-listed"}
exclusions: {zh: "未列为候选的件；取消、改期的活动；只知月份或年份的下访", en: "Submissions not short-listed; visits cancelled or moved; visits known only to the month or year"}
better: neither
by: [tier]
finest: {county: year, city: year}
measures:
  rate: {zh: "选定比例", en: "Share taken"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "下访候选件、领导下访接访活动", en: "Visit agenda and leader visits"}
caveats: [picked_matters]
not_for: {zh: "推断挑选是否得当", en: "Inferring whether the choice was right"}
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
    case when agenda.is_selected then 1 else 0 end as numerator,
    1 as denominator,
    visits.tier
from visit_agenda as agenda
inner join visits on visits.visit_id = agenda.visit_id
where agenda.is_candidate and visits.on_precision = 'day'
