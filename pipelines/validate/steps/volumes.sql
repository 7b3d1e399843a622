/*
Exports that hold far fewer records than their sender's last ones led to expect: less than half of the
median of up to six, and further from it than chance goes (four times the root of a Poisson count). Parts
of one export count together; exports of stated periods are compared by the day.
*/
with
    exports as (
        select
            table_name,
            source,
            sender_id,
            as_of,
            coalesce(period_end - period_start, 0) as days,
            sum(records) as records
        from ops.files
        where made_from = ''
        group by table_name, source, sender_id, as_of, days
    ),
    expected as (
        select
            *,
            median(records / greatest(days, 1)) over (
                partition by table_name, source, sender_id, days > 0
                order by as_of
                rows between 6 preceding and 1 preceding
            )
            * greatest(days, 1) as expected_count
        from exports
    )
select
    files.file_id, files.table_name, cast(floor(expected_count - expected.records) as bigint) as n
from expected
join ops.files as files using (table_name, source, sender_id, as_of)
where
    files.made_from = ''
    and coalesce(files.period_end - files.period_start, 0) = expected.days
    and expected.records < expected_count / 2
    and expected_count - expected.records > 4 * sqrt(expected_count)
