/*---
title: {zh: "群众满意率（率、参评率、上下界）", en: "Satisfaction: rate, participation, bounds"}
question: {zh: "参评者中多少人满意，有多少人参评，未参评者最多能改变多少？", en: "How many raters were satisfied, how many rated at all, and what could the silent ones change?"}
kind: share
unit: share
numerator: {zh: "满意率：满意与基本满意，strict只计满意；参评率：窗口期内已评价；下界：满意与基本满意；上界：再加全部未评价", en: "Rate: satisfied and basically satisfied, strict: satisfied alone; participation: rated inside the window; lower bound: satisfied and basically; upper bound: those and everyone who did not rate"}
denominator: {zh: "满意率（含strict）：已评价；其余三项：评价窗口在统计期内截止的全部可评价邀请", en: "Rate and strict: those who rated; the other three: every request to rate whose window closed in the period"}
exclusions: {zh: "已剔除的邀请；评价结果不明者；参评率与上下界另不计登记系统标为无法联系的件，以及从未导出未作答邀请的报送单位（标e）", en: "Requests that were left out; ratings that cannot be read; for participation and the bounds also submissions that the register marks as out of reach, and senders that never exported a request without an answer (marked e)"}
better: higher
by: [channel, target, handling_office]
finest: {county: quarter, breakdown: year}
measures:
  rate: {zh: "满意率（参评者）", en: "Satisfied, of those who rated"}
  strict: {zh: "满意率（只计满意）", en: "Satisfied, not counting basically satisfied"}
  participation: {zh: "参评率", en: "Participation"}
  lower_bound: {interval: none, zh: "满意率下界（未评价者均不满意）", en: "Lower bound (nobody silent is satisfied)"}
  upper_bound: {interval: none, zh: "满意率上界（未评价者均满意）", en: "Upper bound (everybody silent is satisfied)"}
clock: {zh: "满意率（含strict）：作答日；其余：评价窗口末日", en: "Rate and strict: day of the answer; the others: last day of the rating window"}
rule: rating_window
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "满意度评价", en: "Evaluations"}
caveats: [raters_choose_themselves, rate_and_bounds_have_two_clocks, two_ratings_per_matter]
not_for: {zh: "与参评率、剔除规则或提问方式不同的系统比较", en: "Comparing with systems of another participation, exclusion or way of asking"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-25
next_review: 2027-11-25
changes:
  - {date: 2026-11-25, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年），增加只计满意的满意率", en: "By handling office, too, by year; the rate of the satisfied alone"}
  - {date: 2026-11-29, zh: "登记系统标为匿名或无法联系的件不计入", en: "Without what the register marks as anonymous or out of reach"}
---*/
with
    asked as (
        select
            ratings.region_row,
            ratings.office_id,
            ratings.seen_until_on,
            ratings.channel,
            ratings.target,
            coalesce(case_offices.handling_office, ratings.office_id) as handling_office,
            ratings.answered_on,
            ratings.window_end_on,
            ratings.has_silent,
            coalesce(cases.is_contactable, true) as is_contactable,
            case
                when ratings.rating in ('satisfied', 'basically') then 1 else 0
            end as is_satisfied,
            case
                when ratings.rating in ('satisfied', 'basically', 'dissatisfied') then 1 else 0
            end as is_rated,
            case when ratings.rating = 'satisfied' then 1 else 0 end as is_fully_satisfied
        from case_ratings as ratings
        left join cases on cases.case_id = ratings.case_id
        left join case_offices on case_offices.case_id = ratings.case_id
        where not ratings.is_excluded
    ),

    in_window as (
        select
            region_row,
            office_id,
            seen_until_on,
            channel,
            target,
            handling_office,
            window_end_on,
            case
                when not has_silent
                then null
                when is_rated = 1 and answered_on <= window_end_on
                then 1
                else 0
            end as is_rated,
            case
                when not has_silent
                then null
                when is_satisfied = 1 and answered_on <= window_end_on
                then 1
                else 0
            end as is_satisfied
        from asked
        where window_end_on is not null and is_contactable
    )

select
    region_row,
    office_id,
    seen_until_on,
    answered_on as on_date,
    'rate' as measure,
    is_satisfied as numerator,
    1 as denominator,
    channel,
    target,
    handling_office
from asked
where is_rated = 1
union all
select
    region_row,
    office_id,
    seen_until_on,
    answered_on as on_date,
    'strict' as measure,
    is_fully_satisfied as numerator,
    1 as denominator,
    channel,
    target,
    handling_office
from asked
where is_rated = 1
union all
select
    region_row,
    office_id,
    seen_until_on,
    window_end_on as on_date,
    'participation' as measure,
    is_rated as numerator,
    1 as denominator,
    channel,
    target,
    handling_office
from in_window
union all
select
    region_row,
    office_id,
    seen_until_on,
    window_end_on as on_date,
    'lower_bound' as measure,
    is_satisfied as numerator,
    1 as denominator,
    channel,
    target,
    handling_office
from in_window
union all
select
    region_row,
    office_id,
    seen_until_on,
    window_end_on as on_date,
    'upper_bound' as measure,
    1 - is_rated + is_satisfied as numerator,
    1 as denominator,
    channel,
    target,
    handling_office
from in_window
