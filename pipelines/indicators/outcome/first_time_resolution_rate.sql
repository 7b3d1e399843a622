/*---
title: {zh: "一次性化解率", en: "Settled at the first time"}
question: {zh: "初次信访办结后90日内，有多大比例既未重复信访、也未申请复查？", en: "What share of first submissions is neither brought again nor taken to review within 90 days of their closing?"}
kind: duration
unit: share
numerator: {zh: "办结后满90日未再重复信访且未申请复查的概率，按Kaplan–Meier法计入观察不满90日者", en: "Probability of neither a repeat nor a request for review within 90 days of the closing, with those watched for less counted by the Kaplan-Meier estimate"}
exclusions: {zh: "重复信访件；撤回、不予受理、转出、终结者；没有事项编号、无从得知是否重复者；办结当日的再次提交（多头信访）", en: "Repeats; withdrawn, refused, passed on or terminated; submissions without a matter key, of which a repeat could not be seen; what is sent again on the day of the closing, to several offices"}
better: higher
by: [content_code, handling_office]
finest: {county: quarter, breakdown: year}
measures:
  without_90: {zh: "一次性化解率（90日）", en: "Neither repeated nor reviewed within 90 days"}
clock: {zh: "首次办结日期（队列）", en: "Day of the first closing (cohort)"}
cell: N30
events: {came_back: [repeat, review]}
max_days: 365
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [repeats_need_a_key, steps_not_exported_are_unknown, recent_cohorts_are_provisional]
not_for: {zh: "推断问题已经解决：不再来，也可能是不再指望", en: "Inferring that the matter was solved: who does not come back may have lost hope"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
---*/
select
    closings.region_row,
    closings.office_id,
    closings.seen_until_on,
    closings.closed_on as from_on,
    least(closings.repeated_on, closings.review_asked_on) as until_on,
    case
        when closings.repeated_on <= coalesce(closings.review_asked_on, closings.repeated_on)
        then 'repeat'
        when closings.review_asked_on is not null
        then 'review'
    end as outcome,
    closings.content_code,
    coalesce(case_offices.handling_office, closings.office_id) as handling_office
from first_closings as closings
left join case_offices on case_offices.case_id = closings.case_id
