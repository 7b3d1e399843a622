/*
Steps that lists of what is open tell together. A look is a moment at which a sender listed what was open;
it is whole if the number of every record in it could be read. A submission that a look listed and the
next whole look does not was closed between the two, and one that is listed again later was opened again.
A month without a list is no look: the interval grows, nothing is closed by it.

`event_at` is the end of the interval, the look that shows the step, and `event_after_at` its beginning.
Steps stand in the file of that look, numbered after its records, for no record of it holds them.
*/
with
    looks as (
        select
            source,
            sender_id,
            as_of,
            min(file_id) as file_id,
            sum(unseen_count) = 0 as is_whole,
            row_number() over (partition by source, sender_id order by as_of) as look_no
        from ops.listings
        group by source, sender_id, as_of
    ),
    placed as (
        select
            *,
            min(case when is_whole then look_no end) over (
                partition by source, sender_id
                order by look_no
                rows between 1 following and unbounded following
            ) as next_whole_no,
            max(case when is_whole then look_no end) over (
                partition by source, sender_id
                order by look_no
                rows between unbounded preceding and 1 preceding
            ) as last_whole_no
        from looks
    ),
    listed as (
        select file_id, case_id
        from landing.cases
        union all
        select file_id, record_key as case_id
        from landing.sightings
        where table_name = 'cases'
    ),
    seen as (
        select distinct placed.source, placed.sender_id, listed.case_id, placed.look_no
        from listed
        join ops.listings using (file_id)
        join placed using (source, sender_id, as_of)
    ),
    stays as (
        select
            *,
            lead(look_no) over (
                partition by source, sender_id, case_id order by look_no
            ) as next_seen_no
        from seen
    ),
    absences as (
        select stays.*, placed.as_of as seen_at, placed.next_whole_no as absent_no
        from stays
        join placed using (source, sender_id, look_no)
        where placed.next_whole_no < coalesce(stays.next_seen_no, placed.next_whole_no + 1)
    ),
    steps as (
        select
            absences.case_id,
            'close' as event_type,
            absences.seen_at as event_after_at,
            looks.as_of as event_at,
            null as at_precision,
            looks.as_of,
            looks.file_id,
            looks.sender_id
        from absences
        join
            looks
            on looks.source = absences.source
            and looks.sender_id = absences.sender_id
            and looks.look_no = absences.absent_no
        union all
        select
            absences.case_id,
            'reopen' as event_type,
            before.as_of as event_after_at,
            placed.as_of as event_at,
            null as at_precision,
            placed.as_of,
            placed.file_id,
            placed.sender_id
        from absences
        join
            placed
            on placed.source = absences.source
            and placed.sender_id = absences.sender_id
            and placed.look_no = absences.next_seen_no
        join
            looks as before
            on before.source = placed.source
            and before.sender_id = placed.sender_id
            and before.look_no = placed.last_whole_no
        union all
        select
            dated.case_id,
            'register' as event_type,
            null as event_after_at,
            dated.registered_at as event_at,
            dated.registered_precision as at_precision,
            looks.as_of,
            looks.file_id,
            looks.sender_id
        from quarantine.snapshot_dates as dated
        join looks using (source, sender_id, as_of)
    )
select
    steps.case_id || '-' || steps.event_type || '-' || epoch_us(steps.event_at) as event_id,
    steps.case_id,
    row_number() over (partition by steps.case_id order by steps.event_at, steps.event_type)
    + 100 as seq,
    steps.event_type,
    steps.event_at,
    steps.event_after_at,
    coalesce(steps.at_precision, 'second') as at_precision,
    steps.file_id,
    files.records + row_number() over (
        partition by steps.file_id order by steps.case_id, steps.event_at, steps.event_type
    ) as record_no,
    steps.sender_id,
    steps.as_of
from steps
join ops.files as files on files.file_id = steps.file_id and files.table_name = 'cases'
