/*---
title: {zh: "下访频次达标率", en: "Visit duty met"}
question: {zh: "按当时规则，各地本级领导的接访频次有多大比例达标？", en: "In what share of duty periods did the leaders of a region receive as often as the rule of the day asks?"}
kind: share
unit: share
numerator: {zh: "场次达到规则要求的地区职责期", en: "Duty periods of regions with at least the required number of visits"}
denominator: {zh: "整期都在规则有效期与区划有效期内、且有数据的地区职责期", en: "Duty periods wholly inside the validity of the rule and of the region, with visit data"}
exclusions: {zh: "不满一期的职责期；尚未期满的职责期；长于报告期的职责期不计入该报告期", en: "Broken and unfinished duty periods; a duty period longer than the report period is left out of it"}
better: higher
by: [tier]
finest: {county: quarter}
measures:
  rate: {zh: "达标率", en: "Share of duty periods met"}
clock: {zh: "职责期末日", en: "Last day of the duty period"}
rule: visit_duty
cell: none
interval: none
follow_up_days: 0
since: 2003-01-01
source: {zh: "领导下访接访活动、职责规则", en: "Leader visits and rule calendar"}
caveats: [duty_of_a_region_not_of_a_person, rule_in_force_on_the_day, date_precision]
not_for: {zh: "评价个人；比较规则不同的时期或省份", en: "Judging persons; comparing times or provinces under different rules"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-25
next_review: 2027-11-25
changes:
  - {date: 2026-11-25, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    cast(period_end - interval 1 day as date) as on_date,
    duty_period_kind as grain,
    case when held >= required then 1 else 0 end as numerator,
    1 as denominator,
    tier
from visit_duties
