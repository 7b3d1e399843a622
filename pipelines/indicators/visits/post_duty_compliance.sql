/*---
title: {zh: "领导职务接访达标率", en: "Visit duty met, post by post"}
question: {zh: "按当时规则，领导职务的接访频次有多大比例达标？", en: "In what share of duty periods did the posts of leaders receive as often as the rule of the day asks?"}
kind: share
unit: share
numerator: {zh: "接访次数达到规则要求的职务职责期；几位领导同场，各计一次", en: "Duty periods of posts with at least the required number of visits; leaders at one visit count once each"}
denominator: {zh: "由同一任期占满整期的职务职责期，规则逐个职务要求接访者", en: "Duty periods of posts filled wholly by one term of office, where the rule binds each post"}
exclusions: {zh: "期内到任、离任或换人的职责期；取消、改期的活动；尚未期满的职责期；长于报告期的职责期不计入该报告期", en: "Periods in which the post was taken up, left or changed hands; visits cancelled or moved; unfinished duty periods; a duty period longer than the report period is left out of it"}
better: higher
by: [tier]
finest: {county: year, city: year, province: quarter}
measures:
  rate: {zh: "达标率", en: "Share of duty periods met"}
clock: {zh: "职责期末日", en: "Last day of the duty period"}
rule: post_visit_duty
cell: none
interval: none
follow_up_days: 0
since: 2003-01-01
source: {zh: "领导下访接访活动、到场领导职务、领导任期、职责规则", en: "Leader visits, posts present, terms of office and rule calendar"}
caveats: [posts_not_persons, rule_in_force_on_the_day, date_precision]
not_for: {zh: "评价个人；比较规则不同的时期或省份", en: "Judging persons; comparing times or provinces under different rules"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    cast(null as varchar) as office_id,
    seen_until_on,
    cast(period_end - interval 1 day as date) as on_date,
    duty_period_kind as grain,
    case when held >= required then 1 else 0 end as numerator,
    1 as denominator,
    tier
from post_duties
