/*
Exports whose name speaks of one city or county, and most of whose submissions lie elsewhere.
*/
with
    named as (
        select files.file_id, regions.region_code, regions.level, regions.city_code
        from ops.files as files
        join geo.regions as regions on contains(files.name, regions.name_zh)
        where files.table_name = 'cases' and regions.level in ('city', 'county')
    ),
    placed as (
        select
            cases.file_id,
            cases.record_no,
            bool_or(
                cases.region_code = named.region_code
                or (named.level = 'city' and left(cases.region_code, 4) = left(named.region_code, 4))
            ) as is_there
        from model.cases as cases
        join named on named.file_id = cases.file_id
        where cases.region_code is not null
        group by cases.file_id, cases.record_no
    )
select
    file_id, 'cases' as table_name, false as is_held, count(*) filter (where not is_there) as n
from placed
group by file_id
having 2 * count(*) filter (where not is_there) > count(*)
