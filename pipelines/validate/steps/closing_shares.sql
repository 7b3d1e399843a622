/*
Of each sender the closings, and how many of them came in the second of registration, in the last two days
before the limit, and on the weekday that has most. What is known to the day only is left out of the first.
*/
with
    closings as (
        select
            cases.sender_id,
            timelines.closed_at,
            timelines.registered_at,
            timelines.closed_on,
            cast(timelines.due_at as date) as due_on,
            coalesce(cases.registered_precision, 'second') = 'second' as is_timed
        from model.case_timelines as timelines
        join model.cases as cases using (case_id)
        where timelines.closed_at is not null
    ),
    weekdays as (
        select sender_id, dayofweek(closed_on) as weekday, count(*) as n
        from closings
        group by sender_id, weekday
    ),
    fullest as (select sender_id, max(n) as on_one_weekday from weekdays group by sender_id)
select
    sender_id,
    any_value(on_one_weekday) as on_one_weekday,
    count(*) as closings,
    count(*) filter (where is_timed) as timed,
    count(*) filter (where is_timed and closed_at = registered_at) as at_once,
    count(due_on) as limited,
    count(*) filter (where closed_on between due_on - 1 and due_on) as at_the_limit
from closings
join fullest using (sender_id)
group by sender_id
