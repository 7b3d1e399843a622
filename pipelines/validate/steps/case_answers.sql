/*
When each submission that somebody was asked to rate was first replied to or closed in whatever way.
*/
select case_id, min(event_at) as answered_at
from model.case_events
where
    event_type in ('reply', 'close', 'refuse', 'withdraw', 'terminate', 'merge')
    and case_id in (select case_id from model.evaluations)
group by case_id
