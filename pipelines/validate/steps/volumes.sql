/*
Exports that hold far fewer records than their sender's last ones led to expect: less than half of the
median of up to six, and further from it than chance goes (four times the root of a Poisson count). Parts
of one export count together; exports of stated periods are compared by the day.

Like is compared with like: an export that mostly repeats what was sent before with others that do and
with the first, one that mostly adds with others that add. What is only fewer than the first export of
all may be the first addition to it; it is told and holds nothing.
*/
with
    exports as (
        select
            files.table_name,
            files.source,
            files.sender_id,
            files.as_of,
            coalesce(files.period_end - files.period_start, 0) as days,
            sum(files.records) as records,
            coalesce(sum(repeats.n), 0) as repeated
        from ops.files as files
        left join
            quarantine.repeats as repeats
            on repeats.file_id = files.file_id
            and repeats.table_name = files.table_name
        where files.made_from = ''
        group by files.table_name, files.source, files.sender_id, files.as_of, days
    ),
    ranked as (
        select
            *,
            days > 0 as is_dated,
            2 * repeated > records as is_repeat,
            records / greatest(days, 1) as daily,
            row_number() over (
                partition by table_name, source, sender_id, days > 0 order by as_of, days
            ) as place
        from exports
    ),
    compared as (
        select
            later.*,
            earlier.daily as earlier_daily,
            later.is_dated or later.is_repeat or later.place > 2 as is_alike
        from ranked as later
        join ranked as earlier using (table_name, source, sender_id, is_dated)
        where
            earlier.place between later.place - 6 and later.place - 1
            and case
                when later.is_dated
                then true
                when later.is_repeat
                then earlier.is_repeat or earlier.place = 1
                else not earlier.is_repeat and (earlier.place > 1 or later.place = 2)
            end
    ),
    expected as (
        select
            table_name,
            source,
            sender_id,
            as_of,
            days,
            records,
            is_alike,
            median(earlier_daily) * greatest(days, 1) as expected_count
        from compared
        group by table_name, source, sender_id, as_of, days, records, is_alike
    )
select
    files.file_id,
    files.table_name,
    bool_or(expected.is_alike) as is_held,
    cast(floor(max(expected_count - expected.records)) as bigint) as n
from expected
join ops.files as files using (table_name, source, sender_id, as_of)
where
    files.made_from = ''
    and coalesce(files.period_end - files.period_start, 0) = expected.days
    and expected.records < expected_count / 2
    and expected_count - expected.records > 4 * sqrt(expected_count)
group by files.file_id, files.table_name
