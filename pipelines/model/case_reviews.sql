/*---
table: case_reviews
title: {zh: "复查与复核", en: "Reviews and rechecks"}
about:
  zh: 每件已答复的信访件一行复查，每项复查决定一行复核：何时可以申请、何时申请、何时应当决定、何时决定、结论如何。申请期限按起算当日有效的规则（review_request自答复、recheck_request自复查决定），决定期限按申请当日有效的规则（review_decide、recheck_decide），均按日历日计，起算之日不计，规则要求顺延而末日为休息日的移至下一工作日；当日无规则则期限为空。规则规定听证之日不计的，期限内开始的听证所占各日顺加；在期限内开始的中止自中止步骤至恢复同样顺加；听证或中止尚未结束的，没有决定期限。调解只有登记为中止的，时钟才停。登记机构的导出从来没有复查、复核步骤的（见exported_steps），无从判断是否申请。
  en: >-
    One row of review for each submission that was replied to, and one of recheck for each review
    that was decided: until when it could be asked for, when it was, until when it had to be
    decided, when it was and with what conclusion. The time for asking follows the rule in force when
    it begins (review_request from the reply, recheck_request from the decision of the review), the
    time for deciding the one in force when it was asked for (review_decide, recheck_decide), both in
    calendar days, the first day not counted, moved to the next working day where the rule says so;
    without a rule it is empty. Where the rule leaves hearings out, each day of a hearing that began
    within the limit moves it, and so does a suspension begun within it, from its step to the
    resumption; while either lasts there is no limit. Mediation stops the clock only where it was
    registered as a suspension. Where the sender's exports never hold such a step nobody can say whether one was asked for.
grain: submission and stage
key: [case_id, stage]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  stage: {type: code, required: true, zh: "环节", en: "Stage", codes: [review, recheck]}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  content_code: {type: code, zh: "内容分类", en: "Content class"}
  from_on: {type: date, required: true, zh: "起算日（答复或复查决定）", en: "Day from which it can be asked for: of the reply or of the review's decision"}
  window_end_on: {type: date, zh: "申请期限末日", en: "Last day on which it can be asked for"}
  asked_on: {type: date, zh: "首次申请日期", en: "Day on which it was first asked for"}
  decide_due_on: {type: date, zh: "决定期限", en: "Last day on which it can be decided in time"}
  stopped_days: {type: integer, unit: 天, required: true, zh: "计入决定期限的听证、中止天数", en: "Days of hearing and suspension that this limit was moved by"}
  is_stopped: {type: boolean, required: true, zh: "听证或中止是否尚未结束", en: "A hearing or suspension is not over yet"}
  decided_on: {type: date, zh: "首次决定日期", en: "Day of the first decision"}
  conclusion: {type: code, zh: "决定的结论", en: "Conclusion of the decision", codes: [upheld, changed, revoked]}
  has_reviews: {type: boolean, required: true, zh: "其机构是否导出复查、复核步骤", en: "Its sender exports steps of reviews and rechecks"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    windows as (
        select
            topic,
            value as window_days,
            coalesce(is_moved_to_workday, false) as is_moved,
            coalesce(is_stopped_by_hearing, false) as is_stopped_by_hearing,
            valid_from,
            valid_to
        from rule_calendar
        where
            topic in ('review_request', 'review_decide', 'recheck_request', 'recheck_decide')
            and unit = 'day'
    ),

    steps as (
        select
            case_id,
            event_type,
            cast(event_at as date) as event_on,
            conclusion,
            row_number() over (
                partition by case_id, event_type order by event_at, coalesce(seq, 0), event_id
            ) as step_no
        from case_events
        where event_type in ('review_request', 'review_decide', 'recheck_request', 'recheck_decide')
    ),

    firsts as (
        select
            case_id,
            max(event_on) filter (where event_type = 'review_request') as review_asked_on,
            max(event_on) filter (where event_type = 'review_decide') as review_decided_on,
            max(conclusion) filter (where event_type = 'review_decide') as review_conclusion,
            max(event_on) filter (where event_type = 'recheck_request') as recheck_asked_on,
            max(event_on) filter (where event_type = 'recheck_decide') as recheck_decided_on,
            max(conclusion) filter (where event_type = 'recheck_decide') as recheck_conclusion
        from steps
        where step_no = 1
        group by case_id
    ),

    replied as (
        select
            timelines.case_id,
            timelines.region_row,
            timelines.office_id,
            timelines.content_code,
            timelines.replied_on,
            firsts.review_asked_on,
            firsts.review_decided_on,
            firsts.review_conclusion,
            firsts.recheck_asked_on,
            firsts.recheck_decided_on,
            firsts.recheck_conclusion,
            coalesce(exported.has_reviews, false) as has_reviews,
            timelines.seen_until_on
        from case_timelines as timelines
        inner join cases on cases.case_id = timelines.case_id
        left join exported_steps as exported on exported.sender_id = cases.sender_id
        left join firsts on firsts.case_id = timelines.case_id
        where timelines.replied_at is not null
    ),

    stages as (
        select
            case_id,
            'review' as stage,
            'review_request' as request,
            'review_decide' as decision,
            region_row,
            office_id,
            content_code,
            replied_on as from_on,
            review_asked_on as asked_on,
            review_decided_on as decided_on,
            review_conclusion as conclusion,
            has_reviews,
            seen_until_on
        from replied
        union all
        select
            case_id,
            'recheck' as stage,
            'recheck_request' as request,
            'recheck_decide' as decision,
            region_row,
            office_id,
            content_code,
            review_decided_on as from_on,
            recheck_asked_on as asked_on,
            recheck_decided_on as decided_on,
            recheck_conclusion as conclusion,
            has_reviews,
            seen_until_on
        from replied
        where review_decided_on is not null
    ),

    clocks as (
        select
            stages.case_id,
            stages.stage,
            stages.asked_on,
            stages.decided_on,
            stages.asked_on + windows.window_days as first_due_on,
            windows.is_moved,
            windows.is_stopped_by_hearing
        from stages
        inner join
            windows
            on windows.topic = stages.decision
            and windows.valid_from <= stages.asked_on
            and windows.valid_to > stages.asked_on
    ),

    pauses as (
        select
            clocks.case_id,
            clocks.stage,
            clocks.first_due_on,
            case_pauses.pause_kind,
            case_pauses.from_on,
            case_pauses.until_on
        from case_pauses
        inner join clocks on clocks.case_id = case_pauses.case_id
        where
            case_pauses.from_on >= clocks.asked_on
            and (clocks.decided_on is null or case_pauses.from_on <= clocks.decided_on)
            and (case_pauses.pause_kind = 'suspension' or clocks.is_stopped_by_hearing)
    ),

    -- days that two pauses share stop the clock once
    lasting as (
        select
            case_id,
            stage,
            first_due_on,
            from_on,
            until_on,
            pause_kind,
            date_diff(
                'day',
                from_on,
                greatest(
                    from_on,
                    coalesce(
                        max(until_on) over (
                            partition by case_id, stage
                            order by from_on, pause_kind, until_on nulls last
                            rows between unbounded preceding and 1 preceding
                        ),
                        from_on
                    )
                )
            ) as shared_days
        from pauses
    ),

    stopped as (
        select
            case_id,
            stage,
            first_due_on,
            from_on,
            until_on,
            pause_kind,
            greatest(date_diff('day', from_on, until_on) - shared_days, 0) as stopped_days
        from lasting
    ),

    dated as (
        select
            case_id,
            stage,
            from_on,
            until_on,
            pause_kind,
            stopped_days,
            first_due_on + cast(
                coalesce(
                    sum(stopped_days) over (
                        partition by case_id, stage
                        order by from_on, pause_kind, until_on nulls last
                        rows between unbounded preceding and 1 preceding
                    ),
                    0
                ) as integer
            ) as limit_on
        from stopped
    ),

    -- a pause counts only if it began before the limit, as moved by those before it
    judged as (
        select
            case_id,
            stage,
            until_on,
            stopped_days,
            min(case when from_on <= limit_on then 1 else 0 end) over (
                partition by case_id, stage
                order by from_on, pause_kind, until_on nulls last
                rows between unbounded preceding and current row
            ) as is_counted
        from dated
    ),

    stops as (
        select
            case_id,
            stage,
            cast(coalesce(sum(stopped_days), 0) as integer) as stopped_days,
            max(case when until_on is null then 1 else 0 end) = 1 as is_stopped
        from judged
        where is_counted = 1
        group by case_id, stage
    ),

    decisions as (
        select
            clocks.case_id,
            clocks.stage,
            clocks.is_moved,
            coalesce(stops.stopped_days, 0) as stopped_days,
            coalesce(stops.is_stopped, false) as is_stopped,
            case
                when not coalesce(stops.is_stopped, false)
                then clocks.first_due_on + coalesce(stops.stopped_days, 0)
            end as due_on
        from clocks
        left join stops on stops.case_id = clocks.case_id and stops.stage = clocks.stage
    )

select
    stages.case_id,
    stages.stage,
    stages.region_row,
    stages.office_id,
    stages.content_code,
    stages.from_on,
    coalesce(
        case when windows.is_moved then asking_day.workday end, stages.from_on + windows.window_days
    ) as window_end_on,
    stages.asked_on,
    coalesce(
        case when decisions.is_moved then deciding_day.workday end, decisions.due_on
    ) as decide_due_on,
    coalesce(decisions.stopped_days, 0) as stopped_days,
    coalesce(decisions.is_stopped, false) as is_stopped,
    stages.decided_on,
    case
        when stages.conclusion in ('upheld', 'changed', 'revoked') then stages.conclusion
    end as conclusion,
    stages.has_reviews,
    stages.seen_until_on
from stages
left join
    windows
    on windows.topic = stages.request
    and windows.valid_from <= stages.from_on
    and windows.valid_to > stages.from_on
left join decisions on decisions.case_id = stages.case_id and decisions.stage = stages.stage
left join next_workdays as asking_day on asking_day.day = stages.from_on + windows.window_days
left join next_workdays as deciding_day on deciding_day.day = decisions.due_on
