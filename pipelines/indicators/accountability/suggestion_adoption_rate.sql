/*---
title: {zh: "建议采纳率", en: "Suggestions adopted"}
question: {zh: "信访部门提出的建议，有多大比例被采纳？", en: "What share of the suggestions that petition offices made was adopted?"}
kind: share
unit: share
numerator: {zh: "被采纳的建议；另计含部分采纳者，以及按期答复者", en: "Suggestions adopted; beside them those adopted at least in part, and those answered in time"}
denominator: {zh: "答复期限在统计期内届满的建议，未答复者也在内", en: "Suggestions whose limit for a reply falls in the period, unanswered ones included"}
exclusions: {zh: "没有期限也无规则可循的建议；已答复而未注明是否采纳者不计入采纳率", en: "Suggestions without a limit and without a rule for one; for the rates of adoption, those answered without saying whether they were adopted"}
better: neither
by: [kind]
finest: {county: year, city: year, province: quarter}
measures:
  adopted: {zh: "采纳率", en: "Adopted"}
  at_least_partly: {zh: "采纳或部分采纳", en: "Adopted at least in part"}
  answered_in_time: {zh: "按期答复率", en: "Answered in time"}
clock: {zh: "答复期限", en: "Day by which a reply is due"}
rule: improvement_reply
cell: none
interval: none
follow_up_days: 0
since: 2003-01-01
source: {zh: "政策建议、期限规则", en: "Policy suggestions and rule calendar"}
caveats: [adoption_needs_good_advice, rule_in_force_on_the_day]
not_for: {zh: "以采纳多少评价部门：建议未必都应采纳", en: "Judging departments by what they adopt: not all advice should be taken"}
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
    due_on as on_date,
    'adopted' as measure,
    case
        when adoption is null and replied_on is not null
        then null
        when adoption = 'adopted'
        then 1
        else 0
    end as numerator,
    1 as denominator,
    kind
from suggestion_outcomes
where due_on is not null
union all
select
    region_row,
    office_id,
    seen_until_on,
    due_on as on_date,
    'at_least_partly' as measure,
    case
        when adoption is null and replied_on is not null
        then null
        when adoption in ('adopted', 'partly')
        then 1
        else 0
    end as numerator,
    1 as denominator,
    kind
from suggestion_outcomes
where due_on is not null
union all
select
    region_row,
    office_id,
    seen_until_on,
    due_on as on_date,
    'answered_in_time' as measure,
    case when replied_on <= due_on then 1 else 0 end as numerator,
    1 as denominator,
    kind
from suggestion_outcomes
where due_on is not null
