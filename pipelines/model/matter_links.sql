/*---
table: matter_links
title: {zh: "同一事项的先后提交", en: "Submissions of one matter"}
about:
  zh: 统计范围内每件次一行，记其在同一事项中的前一次提交。同一事项同日再次提交的为副本（多头信访），前一次只看更早之日。回溯期按登记当日有效的规则；登记机构的记录自登记日起不足一个回溯期的，不能判断是否重复。
  en: >-
    One row per submission in scope, with the one of its matter before it. What is sent again on the
    same day, to whatever office, is a copy; the one before lies on an earlier day. The look-back is
    that of the rule in force on the day of registration; where the records of the registering
    office do not reach back so far, nobody can say whether a submission repeats another.
grain: submission in scope
key: [case_id]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  channel: {type: code, zh: "信访形式", en: "Channel"}
  is_first: {type: boolean, zh: "来源系统是否记为初次", en: "First submission, as exported"}
  registered_on: {type: date, required: true, zh: "登记日期", en: "Day of registration"}
  is_linked: {type: boolean, required: true, zh: "是否有事项键", en: "Has a matter key"}
  is_copy: {type: boolean, required: true, zh: "是否同日副本", en: "Copy of another submission of its day"}
  previous_on: {type: date, zh: "同一事项前一次提交之日", en: "Day of the submission before it"}
  is_previous_open: {type: boolean, zh: "前一次在登记当日是否尚未办结", en: "The one before was still open on the day"}
  is_within_lookback: {type: boolean, zh: "前一次是否在回溯期内（不能判断则为空）", en: "The one before lies in the look-back (empty: not known)"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    lookbacks as (
        select value as lookback_days, valid_from, valid_to
        from rule_calendar
        where topic = 'repeat_lookback' and unit = 'day'
    ),

    -- since when the records of an office are known
    starts as (
        select
            timelines.office_id,
            coalesce(max(offices.reports_from), min(timelines.registered_on)) as first_on
        from case_timelines as timelines
        left join offices on offices.office_id = timelines.office_id
        group by timelines.office_id
    ),

    linked as (
        select
            case_id,
            matter_key,
            region_row,
            office_id,
            channel,
            is_first,
            registered_on,
            closed_on,
            seen_until_on,
            row_number() over (
                partition by matter_key, registered_on order by registered_at, case_id
            ) as number_of_day
        from case_timelines
        where matter_key <> case_id
    ),

    chained as (
        select
            case_id,
            region_row,
            office_id,
            channel,
            is_first,
            registered_on,
            true as is_linked,
            false as is_copy,
            max(registered_on) over (
                partition by matter_key
                order by registered_on
                rows between 1 preceding and 1 preceding
            ) as previous_on,
            max(coalesce(closed_on, date '9999-12-31')) over (
                partition by matter_key
                order by registered_on
                rows between 1 preceding and 1 preceding
            ) as previous_closed_on,
            seen_until_on
        from linked
        where number_of_day = 1
    ),

    submissions as (
        select
            case_id,
            region_row,
            office_id,
            channel,
            is_first,
            registered_on,
            is_linked,
            is_copy,
            previous_on,
            previous_closed_on,
            seen_until_on
        from chained
        union all
        select
            case_id,
            region_row,
            office_id,
            channel,
            is_first,
            registered_on,
            true as is_linked,
            true as is_copy,
            cast(null as date) as previous_on,
            cast(null as date) as previous_closed_on,
            seen_until_on
        from linked
        where number_of_day > 1
        union all
        select
            case_id,
            region_row,
            office_id,
            channel,
            is_first,
            registered_on,
            false as is_linked,
            false as is_copy,
            cast(null as date) as previous_on,
            cast(null as date) as previous_closed_on,
            seen_until_on
        from case_timelines
        where matter_key = case_id
    )

select
    submissions.case_id,
    submissions.region_row,
    submissions.office_id,
    submissions.channel,
    submissions.is_first,
    submissions.registered_on,
    submissions.is_linked,
    submissions.is_copy,
    submissions.previous_on,
    submissions.previous_closed_on > submissions.registered_on as is_previous_open,
    case
        when
            submissions.is_linked
            and not submissions.is_copy
            and starts.first_on + lookbacks.lookback_days <= submissions.registered_on
        then
            coalesce(
                submissions.previous_on + lookbacks.lookback_days >= submissions.registered_on,
                false
            )
    end as is_within_lookback,
    submissions.seen_until_on
from submissions
inner join starts on starts.office_id = submissions.office_id
left join
    lookbacks
    on lookbacks.valid_from <= submissions.registered_on
    and lookbacks.valid_to > submissions.registered_on
