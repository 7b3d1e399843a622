/*
Steps where nothing more should come: the first of a submission after the termination of its matter (V18),
and handling more than 30 days after the first closing of a submission that was not opened again (V21).
*/
with
    terminations as (
        select cases.matter_key, max(spans.until_at) as until_at
        from quarantine.event_spans as spans
        join model.cases as cases using (case_id)
        where spans.event_type = 'terminate' and cases.matter_key is not null
        group by cases.matter_key
    ),
    ended as (
        select cases.case_id, terminations.until_at
        from model.cases as cases
        join terminations using (matter_key)
    ),
    afterwards as (
        select
            spans.*,
            row_number() over (
                partition by case_id order by from_at, file_id, record_no, place
            ) as number
        from quarantine.event_spans as spans
        join ended using (case_id)
        where spans.from_at >= ended.until_at
    ),
    reopened as (
        select distinct case_id from model.case_events where event_type in ('reopen', 'redo')
    ),
    closings as (
        select case_id, min(until_at) as closed_until
        from quarantine.event_spans
        where event_type = 'close' and case_id in (select case_id from quarantine.event_suspects)
        group by case_id
    )
select file_id, record_no, place, 'V18' as rule_id
from afterwards
where number = 1
union all
select file_id, record_no, place, 'V21' as rule_id
from quarantine.event_spans
join closings using (case_id)
where
    event_type in ('accept', 'notify', 'transfer', 'assign', 'handle', 'extend', 'urge', 'reply')
    and from_at > closed_until + interval 30 day
    and case_id not in (select case_id from reopened)
