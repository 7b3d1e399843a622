/*
What was open at the start and the end of each month, and what came and went in it, by region version.
Flows are counted from the submissions; stocks by asking of each spell whether it was open on the day,
never by adding up flows, so that the identity between the two can fail.
*/
with
    spells as (
        select
            region_row,
            cast(date_trunc('month', registered_on) as date) as received_in,
            cast(date_trunc('month', closed_on) as date) as closed_in
        from model.case_timelines
    ),
    alike as (
        select region_row, received_in, closed_in, count(*) as n
        from spells
        group by region_row, received_in, closed_in
    ),
    moves as (
        select region_row, received_in as month_start, 1 as received, 0 as closed
        from spells
        union all
        select region_row, closed_in as month_start, 0 as received, 1 as closed
        from spells
    ),
    flows as (
        select region_row, month_start, sum(received) as received, sum(closed) as closed
        from moves
        where month_start is not null
        group by region_row, month_start
    ),
    stocks as (
        select
            flows.region_row,
            flows.month_start,
            sum(case when received_in < month_start then n else 0 end) as opening,
            sum(
                case
                    when closed_in > month_start or closed_in is null then coalesce(n, 0) else 0
                end
            ) as closing
        from flows
        left join
            alike
            on alike.region_row = flows.region_row
            and alike.received_in <= flows.month_start
            and (alike.closed_in >= flows.month_start or alike.closed_in is null)
        group by flows.region_row, flows.month_start
    )
select region_row, month_start, opening, received, closed, closing
from flows
join stocks using (region_row, month_start)
