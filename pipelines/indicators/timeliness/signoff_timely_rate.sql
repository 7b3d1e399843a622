/*---
title: {zh: "及时签收率", en: "Signed for in time"}
question: {zh: "交办的工单，有多大比例在时限内签收？", en: "What share of the assignments was signed for within the limit?"}
kind: share
unit: share
numerator: {zh: "在规则时限内签收的交办与改派；时刻只知到日的按日比较", en: "Assignments and reassignments signed for within the limit of the rule; where only the day is known, compared by the day"}
denominator: {zh: "签收时限在统计期内届满的交办与改派，至今未签收者也在内；每次各计一次", en: "Assignments and reassignments with the limit for signing falling in the period, those never signed for included; each counts once"}
exclusions: {zh: "其机构从不导出签收步骤的；签收时限尚未届满的", en: "Offices that export no steps of signing; what is not yet due"}
better: higher
by: []
finest: {county: year, city: year, province: quarter}
measures:
  rate: {zh: "及时签收率", en: "Signed for in time"}
clock: {zh: "签收时限届满日：交办或改派加规则时限", en: "Day of the limit for signing: the assignment plus the hours of the rule"}
rule: sign_limit
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "办理步骤、期限规则", en: "Step log and rule calendar"}
caveats: [signing_is_not_handling, rule_in_force_on_the_day]
not_for: {zh: "代替办理是否及时", en: "Standing in for prompt handling"}
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
    sign_due_on as on_date,
    case is_signed_in_time when true then 1 when false then 0 end as numerator,
    1 as denominator
from assignments
where sign_due_on is not null
