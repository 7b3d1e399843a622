/*---
table: case_pauses
title: {zh: "中止与听证", en: "Suspensions and hearings"}
about:
  zh: 办理中每次中止、每次听证一行。中止自中止步骤至其后的恢复（或再次中止），恢复之日重新计日；听证自开始至结束，结束之日仍属听证。其后没有步骤的，尚未结束。是否计入期限，由各期限的规则判定（见case_limits、case_reviews）。
  en: >-
    One row for each suspension and each hearing of a submission. A suspension runs from its step to
    the resumption, or next suspension, after it, whose day counts again; a hearing from its start to
    its end, whose day is still one of it. Without a step after it, it is not over. Whether it moves
    a limit is for the rule of that limit to say (see case_limits and case_reviews).
grain: suspension or hearing of a submission
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  pause_kind: {type: code, required: true, zh: "类别", en: "Kind", codes: [hearing, suspension]}
  from_on: {type: date, required: true, zh: "起始日", en: "First day"}
  until_on: {type: date, zh: "重新计日之日（空为尚未结束）", en: "First day that counts again (empty = it is not over)"}
---*/
with
    marks as (
        select
            case_id,
            event_type,
            case
                when event_type in ('suspend', 'resume') then 'suspension' else 'hearing'
            end as pause_kind,
            event_at
        from case_events
        where event_type in ('hearing_start', 'hearing_end', 'suspend', 'resume')
    ),

    followed as (
        select
            case_id,
            event_type,
            pause_kind,
            cast(event_at as date) as from_on,
            min(event_type) over (
                partition by case_id, pause_kind
                order by event_at, event_type desc
                rows between 1 following and 1 following
            ) as next_type,
            cast(
                min(event_at) over (
                    partition by case_id, pause_kind
                    order by event_at, event_type desc
                    rows between 1 following and 1 following
                ) as date
            ) as next_on
        from marks
    )

select
    case_id,
    pause_kind,
    from_on,
    case when next_type = 'hearing_end' then next_on + 1 else next_on end as until_on
from followed
where event_type in ('hearing_start', 'suspend')
