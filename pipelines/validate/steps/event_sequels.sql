/*
Steps that cannot come before another of their submission, and do: a rating or a request for review before
the reply (V11E, V14), a decision before it was asked for, a recheck before the review was decided (V15), a
hearing that ends before it begins or lies outside the recheck (V17). Each is judged against the first of
the steps that it follows; where an office exports none of those, it is accused of nothing.
*/
with
    sequels(event_type, follows, rule_id) as (
        values
            ('evaluate', 'reply', 'V11E'),
            ('review_request', 'reply', 'V14'),
            ('review_decide', 'review_request', 'V15'),
            ('recheck_request', 'review_decide', 'V15'),
            ('recheck_decide', 'recheck_request', 'V15'),
            ('hearing_start', 'recheck_request', 'V17'),
            ('hearing_end', 'hearing_start', 'V17'),
            ('recheck_decide', 'hearing_end', 'V17')
    ),
    later as (
        select spans.*, sequels.follows, sequels.rule_id
        from quarantine.event_spans as spans
        join sequels using (event_type)
    ),
    firsts as (
        select case_id, event_type as follows, min(from_at) as first_from
        from quarantine.event_spans
        where
            case_id in (select case_id from later)
            and event_type in (select follows from sequels)
            and row(file_id, record_no, place)
            not in (select row(file_id, record_no, place) from quarantine.event_faults)
        group by case_id, event_type
    )
select distinct file_id, record_no, place, rule_id
from later
join firsts using (case_id, follows)
where until_at <= first_from
