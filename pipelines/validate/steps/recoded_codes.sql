/*
Exports of which more than 1 % of the records have a region code that began after their own day:
the system that wrote them rewrites old records to the codes of a later list.
*/
select
    records.file_id,
    records.table_name,
    false as is_held,
    count(distinct row(records.record_no)) as n
from quarantine.records as records
join
    quarantine.fates as fates
    on fates.file_id = records.file_id
    and fates.table_name = records.table_name
where records.rule_id = 'V29R'
group by records.file_id, records.table_name
having count(distinct row(records.record_no)) > 0.01 * max(fates.current_count)
