/*---
title: {zh: "公告提前天数", en: "Days of notice before a visit"}
question: {zh: "下访提前多少天公告？", en: "How many days ahead is a visit announced?"}
kind: quantile
unit: day
numerator: {zh: "从首次公告到下访的日历天数，取中位数与四分位数", en: "Calendar days from the first notice to the visit: median and quartiles"}
exclusions: {zh: "没有公告的下访（不作零处理）；公告晚于下访者；只知月份或年份的下访；取消、改期的活动", en: "Visits that were not announced (missing, never zero); notices after the visit; visits known only to the month or year; visits cancelled or moved"}
better: higher
by: [tier]
finest: {county: quarter}
measures:
  p50: {zh: "中位数", en: "Median"}
  p25: {zh: "四分之一的下访不超过的天数", en: "Days that a quarter of visits do not exceed"}
  p75: {zh: "四分之三的下访不超过的天数", en: "Days that three quarters of visits do not exceed"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: none
max_days: 365
since: 2003-01-01
source: {zh: "下访公告、领导下访接访活动", en: "Visit announcements and leader visits"}
caveats: [unannounced_is_not_zero, date_precision]
not_for: {zh: "不结合公告率单独使用：只公告少数几场也可以提前很多天", en: "Use without the share announced: few visits, announced long ahead, also give a long lead"}
checked_by: [worked_example, reference_program, printed_figures, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    organiser_office_id as office_id,
    seen_until_on,
    visit_on as on_date,
    notice_days as amount,
    tier
from visits
where notice_days >= 0
