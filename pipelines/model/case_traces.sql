/*---
table: case_traces
title: {zh: "办理留痕", en: "Traces of handling"}
about:
  zh: 统计范围内每件一行，记其必经节点是否齐全、有序、有时刻，以及流转、督办、催办、重办。必经节点：办结的为登记、受理、告知、答复、办结；不予受理的为登记、不予受理、告知；其他结果不作判断。告知指告知该受理或不予受理的决定（见case_notices）。时刻须精确到分且不在零点（零点多为系统补写）。登记机构的导出从来没有某种步骤的（见exported_steps），无从判断有无。
  en: >-
    One row per submission in scope: whether the steps that it must pass are there, in order and
    stamped, how often it was handed on, and when it was supervised, urged and redone. Required are
    register, accept, notify, reply and close where it was resolved, register, refuse and notify
    where it was refused; other outcomes are not judged. To notify is to tell of the acceptance or
    the refusal (see case_notices). A stamp is known to the minute and is not midnight, which
    systems write by themselves. Where the sender's exports never hold a step of a kind (see
    exported_steps), nobody can say whether it took place.
grain: submission in scope
counts: submission
key: [case_id]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  channel: {type: code, zh: "信访形式", en: "Channel"}
  registered_on: {type: date, required: true, zh: "登记日期", en: "Day of registration"}
  closed_on: {type: date, zh: "首次办结日期", en: "Day of the first closing"}
  outcome: {type: code, zh: "首次办结的结果（空为未结）", en: "Outcome of the first closing (empty = open)"}
  has_required_steps: {type: boolean, zh: "必经节点是否齐全（空为不作判断）", en: "The required steps are there (empty: not judged)"}
  is_in_order: {type: boolean, zh: "必经节点是否有序", en: "The required steps are in order"}
  is_stamped: {type: boolean, zh: "必经节点是否都有时刻", en: "Each required step has an instant"}
  has_handoffs: {type: boolean, required: true, zh: "其机构是否导出流转步骤", en: "Its sender exports hand-offs"}
  handoffs_90: {type: integer, required: true, unit: 次, zh: "登记后90日内的流转次数", en: "Hand-offs in the first 90 days"}
  has_supervision: {type: boolean, required: true, zh: "其机构是否导出督办或催办步骤", en: "Its sender exports steps of supervision or urging"}
  supervised_on: {type: date, zh: "首次督办日期", en: "Day of the first supervision"}
  urged_on: {type: date, zh: "首次催办日期", en: "Day of the first urging"}
  has_redos: {type: boolean, required: true, zh: "其机构是否导出重办步骤", en: "Its sender exports steps of redoing"}
  redone_on: {type: date, zh: "办结后首次要求重办之日", en: "Day after the closing on which it was first sent back to be redone"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    steps as (
        select
            case_id,
            event_type,
            event_at,
            case
                when
                    coalesce(at_precision, 'second') in ('second', 'minute')
                    and event_at <> cast(cast(event_at as date) as timestamp)
                then 1
                else 0
            end as is_stamped
        from case_events
        where
            event_type in (
                'register',
                'accept',
                'refuse',
                'notify',
                'reply',
                'close',
                'supervise',
                'urge',
                'redo'
            )
    ),

    firsts as (
        select
            case_id,
            min(event_at) filter (where event_type = 'register') as registered_at,
            min(event_at) filter (where event_type = 'accept') as accepted_at,
            min(event_at) filter (where event_type = 'refuse') as refused_at,
            min(event_at) filter (where event_type = 'reply') as replied_at,
            min(event_at) filter (where event_type = 'close') as filed_at,
            min(is_stamped) filter (
                where event_type not in ('supervise', 'urge', 'redo')
            ) as is_stamped,
            min(event_at) filter (where event_type = 'supervise') as supervised_at,
            min(event_at) filter (where event_type = 'urge') as urged_at
        from steps
        group by case_id
    ),

    passed_on as (
        select case_id, count(*) as handoffs
        from case_handoffs
        where date_diff('day', registered_on, handed_on) <= 90
        group by case_id
    ),

    redone as (
        select steps.case_id, cast(min(steps.event_at) as date) as redone_on
        from steps
        inner join case_timelines as timelines on timelines.case_id = steps.case_id
        where steps.event_type = 'redo' and steps.event_at >= timelines.closed_at
        group by steps.case_id
    )

select
    timelines.case_id,
    timelines.region_row,
    timelines.office_id,
    timelines.channel,
    timelines.registered_on,
    timelines.closed_on,
    timelines.outcome,
    case
        when not coalesce(exported.has_required_steps, false)
        then null
        when timelines.outcome = 'resolved'
        then
            firsts.registered_at is not null
            and firsts.accepted_at is not null
            and notices.told_at is not null
            and firsts.replied_at is not null
            and firsts.filed_at is not null
        when timelines.outcome = 'not_accepted'
        then
            firsts.registered_at is not null
            and firsts.refused_at is not null
            and notices.told_at is not null
    end as has_required_steps,
    case
        when timelines.outcome = 'resolved'
        then
            firsts.registered_at <= firsts.accepted_at
            and notices.told_at <= firsts.replied_at
            and firsts.replied_at <= firsts.filed_at
        when timelines.outcome = 'not_accepted'
        then firsts.registered_at <= firsts.refused_at
    end as is_in_order,
    firsts.is_stamped = 1 as is_stamped,
    coalesce(exported.has_handoffs, false) as has_handoffs,
    cast(coalesce(passed_on.handoffs, 0) as integer) as handoffs_90,
    coalesce(exported.has_supervision, false) as has_supervision,
    cast(firsts.supervised_at as date) as supervised_on,
    cast(firsts.urged_at as date) as urged_on,
    coalesce(exported.has_redos, false) as has_redos,
    redone.redone_on,
    timelines.seen_until_on
from case_timelines as timelines
inner join cases on cases.case_id = timelines.case_id
left join exported_steps as exported on exported.sender_id = cases.sender_id
left join firsts on firsts.case_id = timelines.case_id
left join
    case_notices as notices
    on notices.case_id = timelines.case_id
    and notices.decision
    = case timelines.outcome when 'resolved' then 'accept' when 'not_accepted' then 'refuse' end
left join passed_on on passed_on.case_id = timelines.case_id
left join redone on redone.case_id = timelines.case_id
