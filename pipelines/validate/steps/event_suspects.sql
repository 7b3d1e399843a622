/*
Submissions in which some step may stand out of order or long after the closing, found in one pass over
all steps. A submission that is not here has no such step; of one that is here, `event_faults` and
`event_aftermath` judge every step.
*/
with
    bounds as (
        select
            case_id,
            min(until_at) as first_until,
            max(from_at) filter (where event_type = 'register') as last_register_from,
            min(from_at) filter (where event_type = 'accept') as first_accept_from,
            min(until_at) filter (where event_type = 'reply') as first_reply_until,
            min(from_at) filter (where event_type = 'reply') as first_reply_from,
            min(until_at) filter (where event_type = 'close') as first_close_until,
            max(from_at) filter (
                where event_type not in ('register', 'close', 'evaluate', 'verify')
            ) as last_handled_from
        from quarantine.event_spans
        group by case_id
    ),
    registered as (
        select
            case_id,
            quarantine.earliest(registered_at, registered_precision) as registered_from,
            quarantine.latest(registered_at, registered_precision) as registered_until
        from model.cases
    )
select case_id, registered_from, registered_until
from bounds
join registered using (case_id)
where
    first_until <= registered_from
    or last_register_from >= registered_until
    or first_reply_until <= first_accept_from
    or first_close_until <= first_reply_from
    or last_handled_from > first_close_until + interval 30 day
