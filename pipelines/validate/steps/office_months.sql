/*
Who reported submissions for which month: every expected sender and every month from its first on which it
was to report, to the last full month of the latest extract. A month is reported where one of the sender's
files reaches from its start, or the sender's own, to its end. The weight is what the sender registered in
the same month a year earlier.
*/
with
    files as (
        select
            files.sender_id,
            coalesce(files.period_start, offices.reports_from, date '0001-01-01') as from_on,
            least(
                coalesce(files.period_end, date '9999-12-31'), cast(files.as_of as date) + 1
            ) as until_on
        from ops.files as files
        left join model.offices as offices on offices.office_id = files.sender_id
        where files.table_name = 'cases'
    ),
    registered as (
        select
            sender_id,
            cast(date_trunc('month', registered_at) as date) as month_start,
            count(*) as n
        from model.cases
        group by sender_id, month_start
    ),
    starts as (
        select sender_id, min(month_start) as first_month from registered group by sender_id
    ),
    due as (
        select starts.sender_id, months.month_start
        from starts
        join ops.months as months on months.month_start >= starts.first_month
        cross join ops.run_facts as facts
        where months.month_start + interval 1 month <= facts.as_of + interval 1 second
    )
select
    due.sender_id,
    due.month_start,
    coalesce(bool_or(files.sender_id is not null), false) as is_reported,
    coalesce(any_value(counted.n), 0) as n,
    coalesce(any_value(earlier.n), 0) as weight
from due
left join
    files
    on files.sender_id = due.sender_id
    and files.from_on < due.month_start + interval 1 month
    and files.until_on >= due.month_start + interval 1 month
left join
    registered as counted
    on counted.sender_id = due.sender_id
    and counted.month_start = due.month_start
left join
    registered as earlier
    on earlier.sender_id = due.sender_id
    and earlier.month_start = due.month_start - interval 1 year
group by due.sender_id, due.month_start
