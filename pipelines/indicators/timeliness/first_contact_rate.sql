/*---
title: {zh: "时限内响应率", en: "Contacted in time"}
question: {zh: "派单之后，有多大比例在时限内联系了诉求人？", en: "After dispatch, what share had contact with the petitioner within the limit?"}
kind: share
unit: share
numerator: {zh: "首次派单后在规则时限内联系诉求人者；时刻只知到日的按日比较", en: "Contacted within the limit of the rule after the first dispatch; where only the day is known, compared by the day"}
denominator: {zh: "首次派单且联系时限在统计期内届满者，至今未联系者也在内", en: "Dispatched for the first time with the limit for contact falling in the period, those never contacted included"}
exclusions: {zh: "未派单者；登记系统标为匿名或无法联系的件；其机构从不导出联系步骤的", en: "Never dispatched; what the register marks as anonymous or out of reach; offices that export no steps of contact"}
better: higher
by: [channel, handling_office]
finest: {county: year, city: year, province: quarter}
measures:
  rate: {zh: "时限内响应率", en: "Contacted in time"}
clock: {zh: "联系时限届满日：首次派单加规则时限", en: "Day of the limit for contact: the first dispatch plus the hours of the rule"}
rule: contact_limit
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "办理步骤、期限规则", en: "Step log and rule calendar"}
caveats: [contact_is_not_an_answer, address_is_not_known, urgent_ones_are_not_marked]
not_for: {zh: "代替办理结果；比较时限不同的时期", en: "Standing in for results; comparing times with different limits"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（首次派单的转入机构，每年）", en: "By handling office, the one of the first dispatch, too, by year"}
  - {date: 2026-11-29, zh: "增加按信访形式（每年）", en: "By channel, too, by year"}
  - {date: 2026-11-29, zh: "登记系统标为匿名或无法联系的件不计入", en: "Without what the register marks as anonymous or out of reach"}
---*/
select
    assignments.region_row,
    assignments.office_id,
    assignments.seen_until_on,
    assignments.contact_due_on as on_date,
    case assignments.is_contacted_in_time when true then 1 when false then 0 end as numerator,
    1 as denominator,
    timelines.channel,
    coalesce(case_events.to_office_id, assignments.office_id) as handling_office
from assignments
left join case_timelines as timelines on timelines.case_id = assignments.case_id
left join cases on cases.case_id = assignments.case_id
left join case_events on case_events.event_id = assignments.event_id
where
    assignments.is_first
    and assignments.contact_due_on is not null
    and not coalesce(cases.is_anonymous, false)
    and coalesce(cases.is_contactable, true)
