/*---
table: periods
title: {zh: "统计期", en: "Periods"}
about:
  zh: 从有数据的首月到最近导出时刻所在月，含月、季、半年、年以及年初至今；截止日不含在内。年初至今止于最近已关闭月份的同一月份，该月为12月时不设。应报机构中最早的“最近导出时刻”晚于期末若干天（closed_after_days），该期才算关闭；从未报送过的应报机构不阻止关闭，但其地区无覆盖。
  en: >-
    From the first month with data to the month of the latest extract, by month, quarter, half-year,
    year and year to date; ends are exclusive. Year to date runs to the month number of the last
    closed month, and is left out when that is December. A period is closed when the latest extract
    of every expected office is at least closed_after_days past its end; an expected office that
    never sent anything does not hold this up, its region has no coverage instead.
grain: period
key: [period_kind, period_start]
columns:
  period_kind: {type: code, required: true, zh: "统计期类型", en: "Kind of period", codes: [month, quarter, half_year, year, ytd]}
  period_start: {type: date, required: true, zh: "期初", en: "First day"}
  period_end: {type: date, required: true, zh: "期末（不含）", en: "End (exclusive)"}
  is_closed: {type: boolean, required: true, zh: "是否已关闭", en: "Closed: figures may be published"}
---*/
with
    months as (
        select
            month_start,
            cast(month_start + interval '1 month' as date) as month_end,
            cast(date_trunc('quarter', month_start) as date) as quarter_start,
            cast(date_trunc('year', month_start) as date) as year_start,
            extract(month from month_start) as month_number
        from ops.months
    ),

    spans as (
        select 'month' as period_kind, month_start as period_start, month_end as period_end
        from months
        union
        select
            'quarter' as period_kind,
            quarter_start as period_start,
            cast(quarter_start + interval '3 months' as date) as period_end
        from months
        union
        select
            'half_year' as period_kind,
            year_start as period_start,
            cast(year_start + interval '6 months' as date) as period_end
        from months
        where month_number <= 6
        union
        select
            'half_year' as period_kind,
            cast(year_start + interval '6 months' as date) as period_start,
            cast(year_start + interval '1 year' as date) as period_end
        from months
        where month_number > 6
        union
        select
            'year' as period_kind,
            year_start as period_start,
            cast(year_start + interval '1 year' as date) as period_end
        from months
    ),

    closing as (select cast(min(as_of) as date) as closing_on from ops.senders where is_expected),

    judged as (
        select
            spans.period_kind,
            spans.period_start,
            spans.period_end,
            coalesce(
                closing.closing_on >= spans.period_end + run_facts.closed_after_days, false
            ) as is_closed
        from spans
        cross join closing
        cross join ops.run_facts as run_facts
    ),

    last_closed as (
        select extract(month from max(period_start)) as month_number
        from judged
        where period_kind = 'month' and is_closed
    ),

    to_date as (
        select
            'ytd' as period_kind,
            months.year_start as period_start,
            months.month_end as period_end,
            judged.is_closed
        from months
        inner join last_closed on last_closed.month_number = months.month_number
        inner join
            judged on judged.period_kind = 'month' and judged.period_start = months.month_start
        where months.month_number < 12
    )

select period_kind, period_start, period_end, is_closed
from judged
union all
select period_kind, period_start, period_end, is_closed
from to_date
