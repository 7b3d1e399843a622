/*---
table: case_reviews
title: {zh: "复查与复核", en: "Reviews and rechecks"}
about:
  zh: 每件已答复的信访件一行复查，每项复查决定一行复核：何时可以申请、何时申请、何时决定、结论如何。申请期限按起算当日有效的规则（review_request自答复、recheck_request自复查决定），按日历日计；当日无规则则期限为空。登记机构的导出从来没有复查、复核步骤的（见exported_steps），无从判断是否申请。
  en: >-
    One row of review for each submission that was replied to, and one of recheck for each review
    that was decided: until when it could be asked for, when it was, when it was decided and with
    what conclusion. The time for asking follows the rule in force when it begins (review_request from
    the reply, recheck_request from the decision of the review), in calendar days; without a rule it
    is empty. Where the sender's exports never hold such a step nobody can say whether one was asked for.
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
  decided_on: {type: date, zh: "首次决定日期", en: "Day of the first decision"}
  conclusion: {type: code, zh: "决定的结论", en: "Conclusion of the decision", codes: [upheld, changed, revoked]}
  has_reviews: {type: boolean, required: true, zh: "其机构是否导出复查、复核步骤", en: "Its sender exports steps of reviews and rechecks"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    windows as (
        select topic, value as window_days, valid_from, valid_to
        from rule_calendar
        where topic in ('review_request', 'recheck_request') and unit = 'day'
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
            'review_request' as topic,
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
            'recheck_request' as topic,
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
    )

select
    stages.case_id,
    stages.stage,
    stages.region_row,
    stages.office_id,
    stages.content_code,
    stages.from_on,
    stages.from_on + windows.window_days as window_end_on,
    stages.asked_on,
    stages.decided_on,
    case
        when stages.conclusion in ('upheld', 'changed', 'revoked') then stages.conclusion
    end as conclusion,
    stages.has_reviews,
    stages.seen_until_on
from stages
left join
    windows
    on windows.topic = stages.topic
    and windows.valid_from <= stages.from_on
    and windows.valid_to > stages.from_on
