/*
Exports much of which is refused: more than a fifth of a table's records, and twenty or more. It may be
that columns have changed places. What is refused for want of what it belongs to is not counted: the
other export may be on its way.
*/
with
    refused as (
        select file_id, table_name, count(distinct record_no) as n
        from quarantine.records
        where severity = 'error' and reason_code <> 'E_ORPHAN'
        group by file_id, table_name
    )
select refused.file_id, refused.table_name, true as is_held, refused.n
from refused
join
    quarantine.fates as fates
    on fates.file_id = refused.file_id
    and fates.table_name = refused.table_name
where refused.n >= 20 and refused.n > 0.2 * fates.records
