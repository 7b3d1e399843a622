/*---
title: {zh: "按期办结率", en: "Replied in time"}
question: {zh: "办理期限在本期届满的事项，有多大比例按期答复？", en: "Of the submissions whose limit fell in the period, what share had its reply in time?"}
kind: share
unit: share
numerator: {zh: "在期限（含批准的延期）内答复者，故亦即按期答复率；从不导出答复步骤的机构以办结代之；两个时刻按其中较粗的精度比较", en: "Replied within the limit and its approved extension; the two moments are compared at the coarser precision of both; as it goes by the reply it is the on-time reply rate, too, and where an office exports no replies its closing stands in"}
denominator: {zh: "期限在统计期内届满的受理事项，到期仍未答复者也在内", en: "Accepted submissions whose limit fell in the period, those still open and overdue included"}
exclusions: {zh: "无期限者；期限届满前已撤回、转出或不予受理者；期限尚未届满者", en: "No limit; withdrawn, transferred out or not accepted before the limit; limit not yet passed"}
better: higher
by: [channel, content_code, tier_received, handling_office]
finest: {county: year, breakdown: year}
measures:
  due_based: {zh: "按期办结率（含逾期未结）", en: "In time, of all that fell due"}
  closed_only: {zh: "已答复件按期率（他处通行口径，不含逾期未结）", en: "In time, of those replied only (what others print; leaves out open overdue ones)"}
clock: {zh: "期限届满日；已答复件口径为答复日", en: "Day of the limit; for the second figure, day of the reply"}
rule: handle_limit
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、期限规则", en: "Case register, step log and rule calendar"}
caveats: [closed_only_flatters, rule_in_force_on_the_day, heaping_at_the_limit]
not_for: {zh: "代替结果质量；比较法定期限不同的时期", en: "Standing in for the quality of the reply; comparing times with different legal limits"}
checked_by: [worked_example, reference_program, known_days, recount]
reviewed: 2026-11-25
next_review: 2027-11-25
changes:
  - {date: 2026-11-25, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
  - {date: 2026-11-29, zh: "增加按内容分类（每年）", en: "By content class, too, by year"}
---*/
with
    limits as (
        select
            timelines.region_row,
            timelines.office_id,
            timelines.seen_until_on,
            timelines.channel,
            timelines.content_code,
            timelines.tier_received,
            coalesce(case_offices.handling_office, timelines.office_id) as handling_office,
            timelines.due_at,
            cast(timelines.due_at as date) as due_on,
            timelines.replied_at,
            cast(timelines.replied_at as date) as replied_on,
            timelines.closed_on,
            timelines.outcome,
            -- the characters of YYYY-MM-DD HH:MM:SS that both moments are known to
            least(
                case
                    timelines.due_precision
                    when 'month'
                    then 7
                    when 'day'
                    then 10
                    when 'minute'
                    then 16
                    else 19
                end,
                case
                    timelines.replied_precision
                    when 'month'
                    then 7
                    when 'day'
                    then 10
                    when 'minute'
                    then 16
                    else 19
                end
            ) as known_width
        from case_timelines as timelines
        left join case_offices on case_offices.case_id = timelines.case_id
        where timelines.due_at is not null
    ),

    judged as (
        select
            region_row,
            office_id,
            seen_until_on,
            channel,
            content_code,
            tier_received,
            handling_office,
            due_on,
            replied_on,
            case
                when replied_on < due_on
                then 1
                when
                    substring(cast(replied_at as varchar), 1, known_width)
                    <= substring(cast(due_at as varchar), 1, known_width)
                then 1
                else 0
            end as is_on_time
        from limits
        where
            outcome is null or outcome = 'resolved' or outcome = 'terminated' or closed_on >= due_on
    )

select
    region_row,
    office_id,
    seen_until_on,
    due_on as on_date,
    'due_based' as measure,
    is_on_time as numerator,
    1 as denominator,
    channel,
    content_code,
    tier_received,
    handling_office
from judged
union all
select
    region_row,
    office_id,
    seen_until_on,
    replied_on as on_date,
    'closed_only' as measure,
    is_on_time as numerator,
    1 as denominator,
    channel,
    content_code,
    tier_received,
    handling_office
from judged
where replied_on is not null
