/*---
title: {zh: "节点留痕完整率", en: "Complete records"}
question: {zh: "办结的件，必经的每一步是否都留了痕？", en: "Did every step that a submission must pass leave its trace?"}
kind: share
unit: share
numerator: {zh: "完整：必经节点齐全、先后有序、时刻精确到分且不在零点；齐全：必经节点齐全", en: "Complete: the required steps are there, in order, and stamped to the minute and not at midnight; present: they are there"}
denominator: {zh: "统计期内办结或不予受理的信访件", en: "Submissions resolved or refused in the period"}
exclusions: {zh: "撤回、转出、终结者；从不导出受理、告知或答复步骤的机构（另标e）", en: "Withdrawn, passed on or terminated; offices that never export acceptances, notices or replies (marked e)"}
better: higher
by: [channel, handling_office]
finest: {county: quarter, breakdown: year}
measures:
  complete: {zh: "节点留痕完整率", en: "Complete, ordered and stamped"}
  present: {zh: "节点齐全率", en: "Complete, whatever order and stamps"}
clock: {zh: "首次办结日期", en: "Day of the first closing"}
cell: S
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [traces_are_not_quality, midnight_is_no_stamp, steps_not_exported_are_unknown]
not_for: {zh: "代替办理质量：留痕齐全不等于办得好", en: "Standing in for the quality of handling: a full record is not good work"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
---*/
with
    judged as (
        select
            traces.region_row,
            traces.office_id,
            traces.seen_until_on,
            traces.closed_on,
            case
                when traces.has_required_steps is null
                then null
                when traces.has_required_steps and traces.is_in_order and traces.is_stamped
                then 1
                else 0
            end as is_complete,
            case
                when traces.has_required_steps then 1 when not traces.has_required_steps then 0
            end as is_present,
            traces.channel,
            coalesce(case_offices.handling_office, traces.office_id) as handling_office
        from case_traces as traces
        left join case_offices on case_offices.case_id = traces.case_id
        where traces.outcome in ('resolved', 'not_accepted')
    )

select
    region_row,
    office_id,
    seen_until_on,
    closed_on as on_date,
    'complete' as measure,
    is_complete as numerator,
    1 as denominator,
    channel,
    handling_office
from judged
union all
select
    region_row,
    office_id,
    seen_until_on,
    closed_on as on_date,
    'present' as measure,
    is_present as numerator,
    1 as denominator,
    channel,
    handling_office
from judged
