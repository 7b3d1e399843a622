/*---
table: assignments
title: {zh: "交办与改派", en: "Assignments"}
about:
  zh: 统计范围内信访件的每次交办或改派一行，记其后首次签收与首次联系信访人的时间，以及按交办当日有效的规则应签收、应联系的时限。其机构从不导出签收、联系步骤的，相应的判断为空。时刻只知到日或月的，按日比较；时限以小时计。
  en: >-
    One row per assignment or reassignment of a submission in scope, with the first signing and the
    first contact with the petitioner after it, and the limits for both by the rule in force on its
    day, in hours. Where an office exports no such step at all, nothing is judged. Moments known
    only to the day or the month are compared by the day.
grain: assignment
key: [event_id]
columns:
  event_id: {type: text, required: true, zh: "步骤编号（加密散列）", en: "Event number (keyed hash)"}
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  assigned_on: {type: date, required: true, zh: "交办日期", en: "Day of the assignment"}
  sign_due_on: {type: date, zh: "应签收之日", en: "Day of the limit for signing"}
  contact_due_on: {type: date, zh: "应联系之日", en: "Day of the limit for the first contact"}
  is_signed_in_time: {type: boolean, zh: "是否按时签收", en: "Signed for in time"}
  is_contacted_in_time: {type: boolean, zh: "是否按时联系", en: "Contacted in time"}
  is_first: {type: boolean, required: true, zh: "是否该件首次交办", en: "First assignment of the submission"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    senders as (
        select
            sender_id,
            max(case when event_type = 'sign' then 1 else 0 end) = 1 as has_signings,
            max(case when event_type = 'contact' then 1 else 0 end) = 1 as has_contacts
        from case_events
        where event_type in ('sign', 'contact')
        group by sender_id
    ),

    limits as (
        select topic, value as limit_hours, valid_from, valid_to
        from rule_calendar
        where topic in ('sign_limit', 'contact_limit') and unit = 'hour'
    ),

    given as (
        select
            event_id,
            case_id,
            sender_id,
            event_at as assigned_at,
            cast(event_at as date) as assigned_on,
            coalesce(at_precision, 'second') in ('day', 'month') as is_rough,
            row_number() over (partition by case_id order by event_at, event_id) = 1 as is_first
        from case_events
        where event_type in ('assign', 'reassign')
    ),

    answers as (
        select
            given.event_id,
            min(answer.event_at) filter (where answer.event_type = 'sign') as signed_at,
            min(answer.event_at) filter (where answer.event_type = 'contact') as contacted_at,
            max(
                case
                    when coalesce(answer.at_precision, 'second') in ('day', 'month') then 1 else 0
                end
            )
            = 1 as is_rough
        from case_events as answer
        inner join
            given
            on given.case_id = answer.case_id
            and (
                given.assigned_at <= answer.event_at
                or (
                    given.assigned_on = cast(answer.event_at as date)
                    and coalesce(answer.at_precision, 'second') in ('day', 'month')
                )
            )
        where answer.event_type in ('sign', 'contact')
        group by given.event_id
    ),

    timed as (
        select
            given.event_id,
            given.case_id,
            given.assigned_on,
            given.is_first,
            senders.has_signings,
            senders.has_contacts,
            answers.signed_at,
            answers.contacted_at,
            given.is_rough or coalesce(answers.is_rough, false) as is_rough,
            given.assigned_at + sign_limit.limit_hours * interval '1 hour' as sign_due_at,
            given.assigned_at + contact_limit.limit_hours * interval '1 hour' as contact_due_at
        from given
        left join answers on answers.event_id = given.event_id
        left join senders on senders.sender_id = given.sender_id
        left join
            limits as sign_limit
            on sign_limit.topic = 'sign_limit'
            and sign_limit.valid_from <= given.assigned_on
            and sign_limit.valid_to > given.assigned_on
        left join
            limits as contact_limit
            on contact_limit.topic = 'contact_limit'
            and contact_limit.valid_from <= given.assigned_on
            and contact_limit.valid_to > given.assigned_on
    )

select
    timed.event_id,
    timed.case_id,
    timelines.region_row,
    timelines.office_id,
    timed.assigned_on,
    cast(timed.sign_due_at as date) as sign_due_on,
    cast(timed.contact_due_at as date) as contact_due_on,
    case
        when timed.has_signings and timed.sign_due_at is not null
        then
            coalesce(
                timed.signed_at <= timed.sign_due_at
                or (
                    timed.is_rough
                    and cast(timed.signed_at as date) <= cast(timed.sign_due_at as date)
                ),
                false
            )
    end as is_signed_in_time,
    case
        when timed.has_contacts and timed.contact_due_at is not null
        then
            coalesce(
                timed.contacted_at <= timed.contact_due_at
                or (
                    timed.is_rough
                    and cast(timed.contacted_at as date) <= cast(timed.contact_due_at as date)
                ),
                false
            )
    end as is_contacted_in_time,
    timed.is_first,
    timelines.seen_until_on
from timed
inner join case_timelines as timelines on timelines.case_id = timed.case_id
