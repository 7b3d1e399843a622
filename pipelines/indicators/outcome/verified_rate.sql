/*---
title: {zh: "回访核实率", en: "Outcomes verified"}
question: {zh: "回访核实时，有多大比例与机构所报办理结果一致？", en: "When outcomes are verified, what share is as the office reported?"}
kind: share
unit: share
numerator: {zh: "结论为一致的回访核实", en: "Verifications that found the outcome as reported"}
denominator: {zh: "载有结论（一致、不一致）的回访核实；同一件核实两次计两次", en: "Verifications with a conclusion, consistent or not; a submission verified twice counts twice"}
exclusions: {zh: "未注明结论的核实（另标e）", en: "Verifications without a conclusion (marked e)"}
better: higher
by: []
finest: {county: year, city: year, province: quarter}
measures:
  rate: {zh: "回访核实率", en: "As reported"}
clock: {zh: "回访核实日期", en: "Day of the verification"}
cell: S
since: 2003-01-01
source: {zh: "办理步骤", en: "Step log"}
caveats: [only_those_who_answer, picked_for_verification]
not_for: {zh: "代替满意率：核实的是事实，不是感受", en: "Standing in for satisfaction: it checks facts, not feelings"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    timelines.region_row,
    timelines.office_id,
    timelines.seen_until_on,
    cast(case_events.event_at as date) as on_date,
    case
        when case_events.conclusion = 'consistent'
        then 1
        when case_events.conclusion = 'inconsistent'
        then 0
    end as numerator,
    1 as denominator
from case_events
inner join case_timelines as timelines on timelines.case_id = case_events.case_id
where case_events.event_type = 'verify'
