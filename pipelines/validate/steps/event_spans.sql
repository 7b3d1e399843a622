/*
Each step as the span of time in which it can have happened. One step is before another only where its
span ends before the other's begins, so that an office that writes dates is never accused by one that
writes seconds.
*/
select
    file_id,
    record_no,
    coalesce(seq, 0) as place,
    case_id,
    event_type,
    seq,
    quarantine.earliest(event_at, at_precision) as from_at,
    quarantine.latest(event_at, at_precision) as until_at
from model.case_events
