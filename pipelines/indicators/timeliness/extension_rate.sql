/*---
title: {zh: "延期率", en: "Extended"}
question: {zh: "办理期限在本期届满的事项，有多大比例办理了延期？", en: "Of the submissions whose limit fell in the period, what share had been extended?"}
kind: share
unit: share
numerator: {zh: "期限届满前办理过延期者；延期几次都计一次", en: "Extended before the limit, once or more often"}
denominator: {zh: "办理期限（含延期）在统计期内届满的受理事项", en: "Accepted submissions whose limit, extension included, fell in the period"}
exclusions: {zh: "无期限者；期限届满前已撤回、转出或不予受理者；其机构从不导出延期步骤的", en: "No limit; withdrawn, transferred out or not accepted before the limit; offices that export no extensions"}
better: lower
by: [handling_office]
finest: {county: year}
measures:
  rate: {zh: "延期率", en: "Share extended"}
clock: {zh: "期限届满日（含延期）", en: "Day of the limit, extension included"}
rule: extension_limit
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、期限规则", en: "Case register, step log and rule calendar"}
caveats: [extension_is_lawful, rule_in_force_on_the_day]
not_for: {zh: "认定违规：依法批准的延期是正当的", en: "Finding fault: an extension that was approved is lawful"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
---*/
select
    timelines.region_row,
    timelines.office_id,
    timelines.seen_until_on,
    timelines.due_on as on_date,
    case
        when timelines.has_extensions
        then case when timelines.extended_on <= timelines.due_on then 1 else 0 end
    end as numerator,
    1 as denominator,
    coalesce(case_offices.handling_office, timelines.office_id) as handling_office
from case_timelines as timelines
left join case_offices on case_offices.case_id = timelines.case_id
where
    timelines.due_on is not null
    and (
        timelines.outcome is null
        or timelines.outcome = 'resolved'
        or timelines.outcome = 'terminated'
        or timelines.closed_on >= timelines.due_on
    )
