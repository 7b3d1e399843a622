/*---
table: spot_outcomes
title: {zh: "当场化解是否经住90日", en: "Whether what was resolved on the spot lasted"}
about:
  zh: 下访现场接待、有信访件的每批一行：当场化解的问题数；其信访件在接待当日起90日内重启或要求重办的为零。报送单位从来没有重启、重办步骤的，无从知道，为空。
  en: >-
    One row per batch received at a visit that has a submission, with the problems resolved on the
    spot; none where its submission was reopened or sent back to be redone within 90 days from the
    reception. Where the sender's exports never hold such a step nobody can know, and it is empty.
grain: batch received at a visit
counts: batch
key: [batch_id]
columns:
  batch_id: {type: text, required: true, zh: "批次编号（加密散列）", en: "Batch number (keyed hash)"}
  visit_id: {type: text, required: true, zh: "下访活动编号（加密散列）", en: "Visit number (keyed hash)"}
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  region_row: {type: text, required: true, zh: "接待地区划版本", en: "Version of the region of the reception"}
  office_id: {type: text, zh: "接待机构", en: "Receiving office"}
  tier: {type: code, required: true, zh: "下访领导层级", en: "Tier of the visiting leaders"}
  received_on: {type: date, required: true, zh: "接待日期", en: "Day of the reception"}
  problems: {type: integer, unit: 个问题, zh: "反映问题数", en: "Problems raised"}
  lasting_problems: {type: integer, unit: 个问题, zh: "当场化解且90日内未重启的问题数", en: "Problems solved on the spot and not reopened in 90 days"}
  seen_until_on: {type: date, required: true, zh: "该批及其信访件变化最晚可见之日", en: "Last day on which exports could have shown a change of the batch or its submission"}
---*/
with
    reopening_senders as (
        select distinct sender_id from case_events where event_type in ('reopen', 'redo')
    ),

    reopenings as (
        select distinct visited.batch_id
        from visit_receptions as visited
        inner join receptions on receptions.batch_id = visited.batch_id
        inner join case_events on case_events.case_id = receptions.case_id
        where
            case_events.event_type in ('reopen', 'redo')
            and cast(case_events.event_at as date) >= visited.received_on
            and date_diff('day', visited.received_on, cast(case_events.event_at as date)) <= 90
    )

select
    visited.batch_id,
    visited.visit_id,
    timelines.case_id,
    visited.region_row,
    visited.office_id,
    visited.tier,
    visited.received_on,
    visited.problems,
    case
        when reopening_senders.sender_id is null
        then null
        when reopenings.batch_id is not null
        then 0
        else visited.solved_on_spot
    end as lasting_problems,
    least(visited.seen_until_on, timelines.seen_until_on) as seen_until_on
from visit_receptions as visited
inner join receptions on receptions.batch_id = visited.batch_id
inner join case_timelines as timelines on timelines.case_id = receptions.case_id
inner join cases on cases.case_id = timelines.case_id
left join reopening_senders on reopening_senders.sender_id = cases.sender_id
left join reopenings on reopenings.batch_id = visited.batch_id
