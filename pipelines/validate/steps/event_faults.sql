/*
Steps that stand out of order, each under the rule that it breaks. They are judged in the order of the
procedure, each against the steps that are still good: registration, then acceptance, reply, closing.
So a step that is out accuses no other, and what remains breaks no rule.

A closing before the first reply is no fault in a submission that was opened again.
*/
with
    placed as (
        select
            file_id,
            record_no,
            place,
            case_id,
            event_type,
            from_at,
            until_at,
            until_at <= registered_from
            or (event_type = 'register' and from_at >= registered_until) as is_misplaced
        from quarantine.event_spans
        join quarantine.event_suspects using (case_id)
    ),
    first_accepts as (
        select case_id, min(from_at) as first_accept_from
        from placed
        where event_type = 'accept' and not is_misplaced
        group by case_id
    ),
    replies as (
        select
            file_id,
            record_no,
            place,
            case_id,
            from_at,
            coalesce(until_at <= first_accept_from, false) as is_early
        from placed
        left join first_accepts using (case_id)
        where event_type = 'reply' and not is_misplaced
    ),
    first_replies as (
        select case_id, min(from_at) as first_reply_from
        from replies
        where not is_early
        group by case_id
    ),
    reopened as (
        select distinct case_id
        from placed
        where event_type in ('reopen', 'redo') and not is_misplaced
    ),
    early_closings as (
        select file_id, record_no, place
        from placed
        join first_replies using (case_id)
        where
            event_type = 'close'
            and not is_misplaced
            and until_at <= first_reply_from
            and case_id not in (select case_id from reopened)
    )
select
    file_id,
    record_no,
    place,
    case
        when event_type in ('close', 'withdraw', 'terminate', 'merge')
        then 'V06'
        when event_type in ('accept', 'refuse')
        then 'V10'
        else 'V05'
    end as rule_id
from placed
where is_misplaced
union all
select file_id, record_no, place, 'V10' as rule_id
from replies
where is_early
union all
select file_id, record_no, place, 'V10' as rule_id
from early_closings
