/*
Steps that contradict the numbers of their own log (V20): two under one number, or a step that was over
before one of a lower number began. Of two that contradict each other the one that contradicts more is
out, the later one where they are equal, so that one wrong date costs no good step.

Steps made from the dates of a submission were numbered here, not by an office, and are left out.
*/
with
    logs as (
        select file_id, source, sender_id
        from ops.files
        where table_name = 'case_events' and made_from = ''
    ),
    -- written times and a short mark of the submission find the few to be looked at closely
    followed as (
        select
            hash(case_id) as mark,
            seq,
            event_at,
            lag(seq) over same as earlier_seq,
            lag(event_at) over same as earlier_at
        from model.case_events
        where seq is not null and file_id in (select file_id from logs)
        window same as (partition by hash(case_id) order by seq)
    ),
    suspects as (
        select distinct mark from followed where seq = earlier_seq or event_at < earlier_at
    ),
    suspected as (
        select spans.*, source, sender_id, row(file_id, record_no, place) as step
        from quarantine.event_spans as spans
        join logs using (file_id)
        where seq is not null and hash(case_id) in (select mark from suspects)
    ),
    contradictions as (
        select one.step as earlier, other.step as later
        from suspected as one
        join suspected as other using (case_id, source, sender_id)
        where
            (one.seq < other.seq and other.until_at <= one.from_at)
            or (one.seq = other.seq and one.step < other.step)
    ),
    counted as (
        select step, count(*) as n
        from
            (
                select earlier as step
                from contradictions
                union all
                select later as step
                from contradictions
            ) as told
        group by step
    ),
    outvoted as (
        select distinct case when one.n > other.n then earlier else later end as step
        from contradictions
        join counted as one on one.step = earlier
        join counted as other on other.step = later
    )
select file_id, record_no, place
from suspected
where step in (select step from outvoted)
