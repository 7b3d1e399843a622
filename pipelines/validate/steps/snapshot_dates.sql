/*
When each submission of the lists of what is open was registered: as the newest list says that says it.
*/
with
    newest as (
        select
            files.source,
            files.sender_id,
            landed.case_id,
            max(
                {
                    'as_of':files.as_of,
                    'registered_at':landed.registered_at,
                    'registered_precision':landed.registered_precision
                }
            ) as said
        from landing.cases as landed
        join ops.files as files using (file_id)
        where
            files.table_name = 'cases'
            and files.shape = 'snapshot'
            and landed.registered_at is not null
        group by files.source, files.sender_id, landed.case_id
    )
select
    source,
    sender_id,
    case_id,
    said.as_of as as_of,
    said.registered_at as registered_at,
    said.registered_precision as registered_precision
from newest
