/*
Exports in which nearly every submission has an office of its own, known or not: more than half as
many offices as records, and a hundred or more. Another column may have been taken for the office.
*/
select
    file_id, 'cases' as table_name, false as is_held, count(distinct office_id) as n
from landing.cases
group by file_id
having count(distinct office_id) >= 100 and 2 * count(distinct office_id) > count(*)
