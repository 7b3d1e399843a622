/*---
title: {zh: "复查按期决定率", en: "Reviews decided in time"}
question: {zh: "决定期限在本期届满的复查、复核，有多大比例按期决定？", en: "Of the reviews and rechecks whose limit fell in the period, what share was decided in time?"}
kind: share
unit: share
numerator: {zh: "复查：期限内作出决定者；复核：期限内作出决定者，听证之日不计入期限", en: "Review: decided within the limit; recheck: the same, days of a hearing left out of the limit"}
denominator: {zh: "复查：已申请而决定期限在统计期内届满者，逾期未决者也在内；复核另计", en: "Review: asked for, with a limit that fell in the period, those overdue and undecided included; recheck beside it"}
exclusions: {zh: "申请当日没有决定期限规则者；听证或中止尚未结束者；期限尚未届满者", en: "No rule on the day it was asked for; a hearing or suspension not over; limit not yet passed"}
better: higher
by: []
finest: {county: year, city: year, province: year}
measures:
  review: {zh: "复查按期决定率", en: "Reviews in time"}
  recheck: {zh: "复核按期决定率", en: "Rechecks in time"}
clock: {zh: "决定期限届满日", en: "Day of the limit for deciding"}
rule: review_decide
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、期限规则", en: "Case register, step log and rule calendar"}
caveats: [rule_in_force_on_the_day, steps_not_exported_are_unknown]
not_for: {zh: "代替复查的质量；比较法定期限不同的时期", en: "Standing in for the quality of reviews; comparing times with different legal limits"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-29
next_review: 2027-11-29
changes:
  - {date: 2026-11-29, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    decide_due_on as on_date,
    stage as measure,
    case when decided_on <= decide_due_on then 1 else 0 end as numerator,
    1 as denominator
from case_reviews
where decide_due_on is not null
