/*
Each step as the span of time in which it can have happened: a step dated to the day happened at some
instant of that day. One step is before another only where its span ends before the other's begins,
so that an office that writes dates is never accused by one that writes seconds.
*/
create or replace view quarantine.event_spans as
select
    event_id,
    case_id,
    event_type,
    case
        at_precision
        when 'month'
        then date_trunc('month', event_at)
        when 'day'
        then date_trunc('day', event_at)
        when 'minute'
        then date_trunc('minute', event_at)
        else date_trunc('second', event_at)
    end as from_at,
    case
        at_precision
        when 'month'
        then date_trunc('month', event_at) + interval '1' month
        when 'day'
        then date_trunc('day', event_at) + interval '1' day
        when 'minute'
        then date_trunc('minute', event_at) + interval '1' minute
        else date_trunc('second', event_at) + interval '1' second
    end as until_at
from model.case_events
