/*---
table: case_limits
title: {zh: "期限时钟", en: "Clocks of submissions"}
about:
  zh: 每件一行，按规则计算的受理与办理期限；一律按时钟起点当日有效的规则，按日历日计，起点当日不计，规则要求顺延而末日为休息日的移至下一工作日（日历所不及之日不移）。办理期限自受理起；在期限内作出的延期与在期限内开始的中止顺加，延期合计不超过延期上限，中止自中止步骤至下一步恢复；中止尚未恢复者无期限。受理期限自登记起；规则自收到起算的，自决定前最后一次转送、交办或改派起，其后又有转出的，自首次起，从未转出的自登记起。其机构从不导出受理、不予受理步骤的，无受理期限。
  en: >-
    One row per submission, with the limits of acceptance and of handling that follow from the rules.
    Always the rule in force when the clock starts, in calendar days, the first day not counted;
    where the rule says so, a limit that ends on a day off moves to the next working day (not beyond
    the calendar that is known). Handling is counted from acceptance; an extension made within the
    limit and a suspension begun within it move it, extensions together by no more than their own
    limit, a suspension from its step to the resumption; while it lasts there is no limit.
    Acceptance is counted from registration, or, where the rule counts from receipt, from the last
    transfer, assignment or reassignment before the decision; where later ones followed the
    decision, from the first; without any, from registration. An office that exports neither
    acceptances nor refusals has no limit of acceptance.
grain: submission
key: [case_id]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  accepted_at: {type: timestamp, zh: "首次受理时间", en: "First acceptance"}
  accepted_on: {type: date, zh: "首次受理日期（不早于登记日）", en: "Day of the first acceptance (not before registration)"}
  decided_on: {type: date, zh: "受理或不予受理的决定日期", en: "Day of the decision to accept or refuse"}
  told_on: {type: date, zh: "首次告知决定之日（见case_notices）", en: "Day on which the petitioner was first told of the decision (see case_notices)"}
  extended_on: {type: date, zh: "首次延期日期", en: "Day of the first extension"}
  accept_due_on: {type: date, zh: "受理期限", en: "Limit of the decision to accept or refuse"}
  due_on: {type: date, zh: "按规则的办理期限", en: "Limit of handling by the rules"}
  extension_days: {type: integer, unit: 天, required: true, zh: "计入期限的延期天数", en: "Days of extension that the limit was moved by"}
  suspended_days: {type: integer, unit: 天, required: true, zh: "计入期限的中止天数", en: "Days of suspension that the limit was moved by"}
  is_suspended: {type: boolean, required: true, zh: "是否仍在中止", en: "Still suspended"}
  has_notices: {type: boolean, required: true, zh: "其机构是否导出告知步骤", en: "Its office exports steps of telling"}
  has_extensions: {type: boolean, required: true, zh: "其机构是否导出延期步骤", en: "Its office exports extensions"}
---*/
with
    -- what an office never writes down did not therefore fail to happen
    senders as (
        select
            sender_id,
            max(case when event_type in ('accept', 'refuse') then 1 else 0 end)
            = 1 as has_decisions,
            max(case when event_type = 'notify' then 1 else 0 end) = 1 as has_notices,
            max(case when event_type = 'extend' then 1 else 0 end) = 1 as has_extensions
        from case_events
        where event_type in ('accept', 'refuse', 'notify', 'extend')
        group by sender_id
    ),

    first_steps as (
        select
            case_id,
            min(event_at) filter (where event_type = 'accept') as accepted_at,
            min(event_at) filter (where event_type in ('accept', 'refuse')) as decided_at,
            min(event_at) filter (
                where event_type in ('transfer', 'assign', 'reassign')
            ) as first_sent_at,
            max(event_at) filter (
                where event_type in ('transfer', 'assign', 'reassign')
            ) as last_sent_at,
            min(event_at) filter (where event_type = 'extend') as extended_at
        from case_events
        where event_type in ('accept', 'refuse', 'transfer', 'assign', 'reassign', 'extend')
        group by case_id
    ),

    told as (select case_id, min(told_at) as told_at from case_notices group by case_id),

    limits as (
        select
            topic,
            channel,
            value as limit_days,
            coalesce(clock_start, '') = 'receive' as is_from_receipt,
            coalesce(is_moved_to_workday, false) as is_moved,
            valid_from,
            valid_to
        from rule_calendar
        where topic in ('accept_limit', 'handle_limit', 'extension_limit') and unit = 'day'
    ),

    clocks as (
        select
            cases.case_id,
            cases.channel,
            cast(cases.registered_at as date) as registered_on,
            first_steps.accepted_at,
            case
                when first_steps.accepted_at is not null
                then
                    greatest(
                        cast(first_steps.accepted_at as date), cast(cases.registered_at as date)
                    )
            end as accepted_on,
            cast(first_steps.decided_at as date) as decided_on,
            cast(told.told_at as date) as told_on,
            greatest(
                cast(
                    case
                        when coalesce(first_steps.last_sent_at <= first_steps.decided_at, true)
                        then first_steps.last_sent_at
                        when first_steps.first_sent_at <= first_steps.decided_at
                        then first_steps.first_sent_at
                    end as date
                ),
                cast(cases.registered_at as date)
            ) as received_on,
            cast(first_steps.extended_at as date) as extended_on,
            coalesce(senders.has_decisions, false) as has_decisions,
            coalesce(senders.has_notices, false) as has_notices,
            coalesce(senders.has_extensions, false) as has_extensions
        from cases
        left join first_steps on first_steps.case_id = cases.case_id
        left join told on told.case_id = cases.case_id
        left join senders on senders.sender_id = cases.sender_id
    ),

    handling as (
        select
            clocks.case_id,
            clocks.accepted_on,
            clocks.accepted_on
            + coalesce(channel_limit.limit_days, common_limit.limit_days) as first_due_on,
            coalesce(channel_limit.is_moved, common_limit.is_moved) as is_moved,
            extension.limit_days as most_extension_days
        from clocks
        left join
            limits as channel_limit
            on channel_limit.topic = 'handle_limit'
            and channel_limit.channel = clocks.channel
            and channel_limit.valid_from <= clocks.accepted_on
            and channel_limit.valid_to > clocks.accepted_on
        left join
            limits as common_limit
            on common_limit.topic = 'handle_limit'
            and common_limit.channel is null
            and common_limit.valid_from <= clocks.accepted_on
            and common_limit.valid_to > clocks.accepted_on
        left join
            limits as extension
            on extension.topic = 'extension_limit'
            and extension.valid_from <= clocks.accepted_on
            and extension.valid_to > clocks.accepted_on
        where clocks.accepted_on is not null
    ),

    moves as (
        select
            case_id,
            cast(event_at as date) as from_on,
            coalesce(extension_days, 0) as extension_days,
            0 as suspended_days,
            0 as is_open
        from case_events
        where event_type = 'extend'
        union all
        select
            case_pauses.case_id,
            case_pauses.from_on,
            0 as extension_days,
            coalesce(
                date_diff('day', case_pauses.from_on, case_pauses.until_on), 0
            ) as suspended_days,
            case when case_pauses.until_on is null then 1 else 0 end as is_open
        from case_pauses
        inner join handling on handling.case_id = case_pauses.case_id
        where case_pauses.pause_kind = 'suspension' and case_pauses.from_on >= handling.accepted_on
    ),

    dated_moves as (
        select
            moves.case_id,
            moves.from_on,
            moves.extension_days,
            moves.suspended_days,
            moves.is_open,
            handling.first_due_on + cast(
                least(
                    coalesce(
                        sum(moves.extension_days) over (
                            partition by moves.case_id
                            order by moves.from_on, moves.suspended_days, moves.extension_days
                            rows between unbounded preceding and 1 preceding
                        ),
                        0
                    ),
                    handling.most_extension_days
                ) + coalesce(
                    sum(moves.suspended_days) over (
                        partition by moves.case_id
                        order by moves.from_on, moves.suspended_days, moves.extension_days
                        rows between unbounded preceding and 1 preceding
                    ),
                    0
                ) as integer
            ) as limit_on
        from moves
        inner join handling on handling.case_id = moves.case_id
    ),

    -- an extension or a suspension counts only if it began before the limit, as moved by those
    -- before it
    judged_moves as (
        select
            case_id,
            extension_days,
            suspended_days,
            is_open,
            min(case when from_on <= limit_on then 1 else 0 end) over (
                partition by case_id
                order by from_on, suspended_days, extension_days
                rows between unbounded preceding and current row
            ) as is_counted
        from dated_moves
    ),

    counted as (
        select
            case_id,
            sum(extension_days) as extension_days,
            sum(suspended_days) as suspended_days,
            max(is_open) = 1 as is_suspended
        from judged_moves
        where is_counted = 1
        group by case_id
    ),

    moved as (
        select
            handling.case_id,
            handling.is_moved,
            handling.first_due_on,
            cast(
                least(coalesce(counted.extension_days, 0), handling.most_extension_days) as integer
            ) as extension_days,
            cast(coalesce(counted.suspended_days, 0) as integer) as suspended_days,
            coalesce(counted.is_suspended, false) as is_suspended
        from handling
        left join counted on counted.case_id = handling.case_id
        where handling.first_due_on is not null
    ),

    limited as (
        select
            clocks.case_id,
            clocks.accepted_at,
            clocks.accepted_on,
            clocks.decided_on,
            clocks.told_on,
            clocks.extended_on,
            clocks.has_notices,
            clocks.has_extensions,
            case
                when clocks.has_decisions
                then
                    coalesce(
                        clocks.received_on + from_receipt.limit_days,
                        clocks.registered_on + from_registration.limit_days
                    )
            end as accept_due_on,
            coalesce(from_receipt.is_moved, from_registration.is_moved) as is_acceptance_moved,
            case
                when not moved.is_suspended
                then moved.first_due_on + moved.extension_days + moved.suspended_days
            end as due_on,
            moved.is_moved,
            coalesce(moved.extension_days, 0) as extension_days,
            coalesce(moved.suspended_days, 0) as suspended_days,
            coalesce(moved.is_suspended, false) as is_suspended
        from clocks
        left join moved on moved.case_id = clocks.case_id
        left join
            limits as from_receipt
            on from_receipt.topic = 'accept_limit'
            and from_receipt.is_from_receipt
            and from_receipt.valid_from <= clocks.received_on
            and from_receipt.valid_to > clocks.received_on
        left join
            limits as from_registration
            on from_registration.topic = 'accept_limit'
            and not from_registration.is_from_receipt
            and from_registration.valid_from <= clocks.registered_on
            and from_registration.valid_to > clocks.registered_on
    )

select
    limited.case_id,
    limited.accepted_at,
    limited.accepted_on,
    limited.decided_on,
    limited.told_on,
    limited.extended_on,
    coalesce(
        case when limited.is_acceptance_moved then acceptance_day.workday end, limited.accept_due_on
    ) as accept_due_on,
    coalesce(case when limited.is_moved then handling_day.workday end, limited.due_on) as due_on,
    limited.extension_days,
    limited.suspended_days,
    limited.is_suspended,
    limited.has_notices,
    limited.has_extensions
from limited
left join next_workdays as acceptance_day on acceptance_day.day = limited.accept_due_on
left join next_workdays as handling_day on handling_day.day = limited.due_on
