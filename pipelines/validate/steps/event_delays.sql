/*
Steps that came later than they should, each under the rule that says so. Limits are those of
`rule_calendar` in force on the day on which their clock starts; where none was, or the step that starts
the clock was not exported, nobody is late. A limit on a day off moves to the next working day, and the
days of a hearing do not count, where the rule says so.

V13 a second extension; V13D an extension after the time that it extends; V14W a request for review or
recheck after its time; V16 a decision on one after its time; V19 a submission that was sent back and not
passed on within 15 days.
*/
with
    asked as (
        select
            topic,
            value,
            clock_start,
            coalesce(is_moved_to_workday, false) as is_moved,
            coalesce(is_stopped_by_hearing, false) as is_stopped,
            valid_from,
            valid_to
        from model.rule_calendar
        where
            topic in ('review_request', 'review_decide', 'recheck_request', 'recheck_decide')
            and unit = 'day'
            and tier is null
            and channel is null
            and region_code is null
    ),
    reviews as (select * from quarantine.event_spans where event_type in (select topic from asked)),
    clocks as (
        select case_id, event_type, from_at, until_at
        from quarantine.event_spans
        where
            event_type in (select clock_start from asked)
            and case_id in (select case_id from reviews)
    ),
    hearings as (
        select
            case_id,
            sum(
                case when event_type = 'hearing_end' then 1 else -1 end
                * datediff('day', date '2000-01-01', cast(event_at as date))
            )
            + count(*) filter (where event_type = 'hearing_end') as days
        from model.case_events
        where event_type in ('hearing_start', 'hearing_end')
        group by case_id
        having count(*) filter (where event_type = 'hearing_end') * 2 = count(*)
    ),
    reviewed as (
        select
            step.file_id,
            step.record_no,
            step.place,
            case when step.event_type like '%_request' then 'V14W' else 'V16' end as rule_id,
            cast(step.from_at as date) as done_on,
            max_by(asked.is_moved, clock.until_at) as is_moved,
            max(cast(clock.until_at as date))
            + max_by(asked.value, clock.until_at)
            + cast(
                case
                    when max_by(asked.is_stopped, clock.until_at)
                    then coalesce(any_value(hearings.days), 0)
                    else 0
                end as integer
            ) as due_on
        from reviews as step
        join asked on asked.topic = step.event_type
        join
            clocks as clock
            on clock.case_id = step.case_id
            and clock.event_type = asked.clock_start
            and clock.from_at <= step.until_at
            and cast(clock.from_at as date) >= asked.valid_from
            and cast(clock.from_at as date) < asked.valid_to
        left join hearings on hearings.case_id = step.case_id
        group by step.file_id, step.record_no, step.place, step.event_type, step.from_at
    ),
    workdays as (
        select
            day,
            min(case when is_workday then day end) over (
                order by day rows between current row and unbounded following
            ) as workday
        from model.calendar_days
    ),
    extensions as (
        select
            *,
            row_number() over (partition by case_id order by from_at, file_id, record_no) as number
        from quarantine.event_spans
        where event_type = 'extend'
    ),
    limits as (
        select accepted.case_id, max(cast(accepted.until_at as date) + limits.value) as due_on
        from quarantine.event_spans as accepted
        join
            model.rule_calendar as limits
            on limits.topic = 'handle_limit'
            and limits.channel is null
            and cast(accepted.from_at as date) >= limits.valid_from
            and cast(accepted.from_at as date) < limits.valid_to
        where
            accepted.event_type = 'accept' and accepted.case_id in (select case_id from extensions)
        group by accepted.case_id
    ),
    returns as (
        select spans.*, files.as_of
        from quarantine.event_spans as spans
        join
            ops.files as files on files.file_id = spans.file_id and files.table_name = 'case_events'
        where spans.event_type = 'return'
    ),
    passed_on as (
        select case_id, from_at, until_at
        from quarantine.event_spans
        where
            event_type in ('transfer', 'assign', 'reassign')
            and case_id in (select case_id from returns)
    )
select file_id, record_no, place, rule_id
from reviewed
left join workdays on workdays.day = reviewed.due_on and reviewed.is_moved
where done_on > coalesce(workday, due_on)
union all
select file_id, record_no, place, 'V13' as rule_id
from extensions
where number > 1
union all
select file_id, record_no, place, 'V13D' as rule_id
from extensions
join limits using (case_id)
where cast(from_at as date) > due_on
union all
select file_id, record_no, place, 'V19' as rule_id
from returns
where
    until_at + interval 15 day <= as_of
    and not exists (
        select 1
        from passed_on
        where
            passed_on.case_id = returns.case_id
            and passed_on.until_at > returns.from_at
            and passed_on.from_at < returns.until_at + interval 15 day
    )
