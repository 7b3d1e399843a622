/*
Exports that take back the closings of many submissions: of those that were closed as the sender's last
export before told them, more than a fifth, and five or more, are open again.
*/
with
    closings as (
        select distinct file_id, record_no from landing.case_events where event_type = 'close'
    ),
    told as (
        select
            landed.file_id,
            closings.record_no is not null as is_closed,
            lag(closings.record_no is not null) over (
                partition by files.source, files.sender_id, landed.case_id
                order by landed.as_of, landed.file_id, landed.record_no
            ) as was_closed
        from landing.cases as landed
        join
            ops.files as files
            on files.file_id = landed.file_id
            and files.table_name = 'case_events'
            and files.made_from = 'cases'
        left join
            closings on closings.file_id = landed.file_id and closings.record_no = landed.record_no
        where landed.case_id in (select case_id from quarantine.newest_cases)
    )
select file_id, 'cases' as table_name, true as is_held, count(*) filter (where not is_closed) as n
from told
where was_closed
group by file_id
having count(*) filter (where not is_closed) > greatest(4, 0.2 * count(*))
