"""Do our figures agree with what was printed? One verdict for each figure of the list.

`agrees` and `disagrees` are said only where the two speak of the same thing: the same quantity,
region and period, all exports there. Otherwise a figure is `not_comparable`, with the first reason
that applies. Figures of a part of a month are held against the month around them, which can be no
smaller: one that is smaller disagrees, one that is equal agrees (also where exports of other days
are missing), and a greater one says nothing.

The same comparison runs on the figures before the gate, for the operator, and on those behind it,
for readers; it sees nothing but the relation of values that it is given. It blocks nothing.
"""

from collections.abc import Mapping

import duckdb

from pipelines.bulletins.published import TABLE
from pipelines.engine.indicator import Indicator, Kind

SUMMED = {Kind.COUNT}
POOLED = {Kind.SHARE, Kind.RATIO, Kind.COMPOSITION}


def compare_published(
    con: duckdb.DuckDBPyConnection,
    indicators: Mapping[str, Indicator],
    values: str,
    target: str,
) -> None:
    """Create the table `target(figure_id, verdict, reason, value)`, a row for each figure.

    Args:
        con: a database with `model.published_figures` and `geo.regions`.
        indicators: the definitions: what is a sum over time, what a quotient of sums.
        values: the relation of values, in the columns of `public.indicator_values`.
        target: where to write; `value` is ours, null where nothing was compared.
    """
    con.execute("create or replace temp table poolings (indicator VARCHAR, kind VARCHAR, "
                "headline VARCHAR, scale DOUBLE)")  # fmt: skip
    for each in indicators.values():
        con.execute(
            "insert into poolings values (?, ?, ?, ?)",
            [each.id, _pooling(each), each.measures[0].name, each.scale],
        )
    con.execute(f"create or replace table {target} as {_COMPARE.format(values=values)}")
    con.execute("drop table poolings")


def _pooling(indicator: Indicator) -> str:
    if indicator.kind in SUMMED:
        return "sum"
    return "quotient" if indicator.kind in POOLED else "none"


_GATHERED = """
                count(*) as cells, sum(date_diff('day', period_start, period_end)) as days,
                cast(sum(numerator) as bigint) as numerator,
                cast(sum(denominator) as bigint) as denominator, min(value) as value,
                list_sort(list(distinct state)) as states,
                list_sort(list(distinct coverage)) as coverages,
                list_sort(list(distinct unit)) as units
"""

# Tiles: cells of one kind of period that together cover the period of the figure, and nothing
# else; the kind with the fewest. Around: the shortest single cell that holds the period.
_COMPARE = f"""
    with
        figures as (
            select
                printed.*, kind, scale, poolings.indicator is not null as is_defined,
                case when by_name is null then [''] else split(by_values, ' ') end as parts,
                case when kind = 'sum' then 'sum'
                    when kind = 'quotient' and coalesce(term, 'value') <> 'value' then 'sum'
                    else kind end as pooling
            from {TABLE} as printed
            left join poolings on poolings.indicator = printed.indicator
        ),
        cells as (
            select
                figure_id, period_kind, own.period_start, own.period_end, own.by_value,
                own.numerator, own.denominator, own.value, own.state, own.coverage, own.unit,
                own.period_start >= figures.period_start
                and own.period_end <= figures.period_end as is_within,
                own.period_start <= figures.period_start
                and own.period_end >= figures.period_end as is_around
            from figures
            inner join {{values}} as own
                on own.indicator = figures.indicator
                and own.measure = coalesce(figures.measure, (
                    select headline from poolings where poolings.indicator = own.indicator))
                and own.region_code = figures.region_code
                and own.by_name = coalesce(figures.by_name, '')
                and list_contains(parts, own.by_value)
            where own.basis = 'as_was' and figures.scope = 'same'
        ),
        groups as (
            select figure_id, period_kind, date '0001-01-01' as piece, false as is_longer,
                {_GATHERED}
            from cells where is_within group by figure_id, period_kind
            union all
            select figure_id, period_kind, period_start, true, {_GATHERED}
            from cells where is_around and not is_within
            group by figure_id, period_kind, period_start
        ),
        candidates as (
            select groups.*, row_number() over (
                partition by figure_id
                order by is_longer, case when is_longer then days else cells end, period_kind, piece
            ) as place
            from groups
            inner join figures using (figure_id)
            where case
                when is_longer then pooling = 'sum' and cells = len(parts)
                else days = date_diff('day', period_start, period_end) * len(parts)
                    and (cells = 1 or pooling <> 'none')
            end
        ),
        compared as (
            select
                figures.*, is_longer, states, coverages, units,
                case
                    when pooling = 'sum' and term = 'denominator' then denominator
                    when pooling = 'sum' and (term = 'numerator' or cells > 1) then numerator
                    when pooling = 'quotient' and cells > 1
                    then scale * numerator / nullif(denominator, 0)
                    else value
                end as ours
            from figures
            left join candidates
                on candidates.figure_id = figures.figure_id and candidates.place = 1
        ),
        held as (
            select *,
                (low is null or ours > low or (ours = low and ends[1] = '['))
                and (high is null or ours < high or (ours = high and ends[2] = ']')) as is_inside,
                low is null or ours > low or (ours = low and ends[1] = '[') as is_enough
            from compared
        ),
        judged as (
            select *, case
                when scope = 'out_of_scope' then 'out_of_scope'
                when scope = 'no_indicator' then 'no_indicator'
                when scope = 'other' then 'scope'
                when not is_defined then 'no_indicator'
                when region_code not in (select region_code from geo.regions) then 'region'
                when states is null then 'period'
                when list_contains(states, 'hidden') then 'hidden'
                when coverages <> ['full'] and not (is_longer and is_inside) then 'coverage'
                when states <> ['ok'] or ours is null then 'not_available'
                when coalesce(term, 'value') = 'value' and units <> [unit] then 'unit'
                when is_longer and is_enough and not is_inside then 'period'
                else ''
            end as reason
            from held
        )
    select
        figure_id,
        case when reason <> '' then 'not_comparable' when is_inside then 'agrees'
            else 'disagrees' end as verdict,
        reason,
        cast(case when reason = '' then ours end as double) as value
    from judged
    order by figure_id
"""
