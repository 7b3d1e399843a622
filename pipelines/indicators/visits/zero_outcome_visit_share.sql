/*---
title: {zh: "无实效下访占比", en: "Visits without a result"}
question: {zh: "有多大比例的下访在90日内一件也没有办结？", en: "What share of visits brought no result within 90 days?"}
kind: share
unit: share
numerator: {zh: "当场未化解任何问题、且90日内所受理的件无一办结的下访场次", en: "Visits at which no problem was solved on the spot and of whose submissions none was resolved within 90 days"}
denominator: {zh: "关联到所受理信访件、且已满90日的下访场次", en: "Visits linked to submissions taken up there whose 90 days are over"}
exclusions: {zh: "未关联任何信访件的下访（之后如何无从得知）；只知月份或年份的下访；取消、改期的活动；办理数据未满90日的下访", en: "Visits linked to no submission (what followed is not known); visits known only to the month or year; visits cancelled or moved; visits whose matters have not been watched for 90 days"}
better: lower
by: [tier]
finest: {county: year, city: quarter}
measures:
  rate: {zh: "无实效占比", en: "Share without a result"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: none
interval: none
follow_up_days: 90
since: 2003-01-01
source: {zh: "领导下访接访活动、接待登记、信访件登记、办理步骤", en: "Leader visits, reception register, case register and step log"}
caveats: [resolved_in_the_word_of_the_office, small_visits, date_precision]
not_for: {zh: "评价个人；代替对个案的检视", en: "Judging persons; standing in for looking at the matters themselves"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    visit_on as on_date,
    case
        when first_result_on is null or date_diff('day', visit_on, first_result_on) > 90
        then 1
        else 0
    end as numerator,
    1 as denominator,
    tier
from visit_outcomes
