"""Stocks: what stands on the last day of each period, how much of it is marked, and how old it is.

What enters and leaves is counted by month and carried forward, region version by region version;
what stands in a region that has ended stands with its heirs. The sums of a stock are finished
here; from the ages of what stands `durations` takes quantiles. Either is found for the ends of
months, and a longer period has what its last month has.
"""

import duckdb

from pipelines.engine.facts import FIRST_MONTH, NEVER, SPELLS, build_base, spells_of, sum_cells
from pipelines.engine.frame import Frame, cells_of
from pipelines.engine.indicator import Indicator, Kind


def sum_stocks(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Fill `cell_sums` for a stock.

    Raises:
        IndicatorError: a spell ends before it begins.
    """
    build_base(con, indicator, frame, _moves(indicator, frame), _MOVE_SUMS)
    con.execute(f"create or replace temp table standing as {_STANDING}")
    sum_cells(con, indicator, frame, "standing", _standing_sums(indicator))
    con.execute("drop table standing")


def _moves(indicator: Indicator, frame: Frame) -> str:
    """What enters and leaves a stock; what opened before the first month is put into it."""
    marked_on = "marked_on" if "marked_on" in indicator.columns else "null"
    marked = f"greatest(from_on, coalesce(cast({marked_on} as date), {NEVER})) as marked_on"
    return f"""
        with
            spells as ({spells_of(indicator, marked)}),
            moves as (
                select *, from_on as on_day, 1 as opened, 0 as marked from spells
                union all
                select *, until_on, -1, case when marked_on < until_on then -1 else 0 end
                from spells
                union all
                select *, marked_on, 0, 1 from spells where marked_on < until_on
            )
        select moves.*, coalesce(month_start, {FIRST_MONTH}) as month_start
        from moves
        left join indicators.frame_days on day = on_day
        where on_day <= {frame.today}
    """


_MOVE_SUMS = {"opened": "sum(opened)", "marked": "sum(marked)", "n_broken": "count(broken)"}

# What stands on the last day of each month, carried forward from all months before.
_STANDING = """
    with series as (select distinct measure_no, region_no, by_no from base)
    select
        series.*, period_start as month_start, 0 as span,
        cast(sum(coalesce(opened, 0)) over so_far as bigint) as opened,
        cast(sum(coalesce(marked, 0)) over so_far as bigint) as marked
    from series
    inner join indicators.frame_periods on period_kind = 'month'
    left join base as moves
        on moves.measure_no = series.measure_no and moves.region_no = series.region_no
        and moves.by_no = series.by_no and moves.month_start = period_start
    window so_far as (
        partition by series.measure_no, series.region_no, series.by_no
        order by period_start rows unbounded preceding
    )
    qualify sum(coalesce(opened, 0)) over so_far <> 0
"""


def _standing_sums(indicator: Indicator) -> str:
    """Sums of a stock.

    What stands in a region that was divided is counted above its heirs; in the heirs themselves
    the stock is not known (`is_split`) as long as any of it stands.
    """
    part, whole = ("opened", "0") if indicator.kind is Kind.STOCK else ("marked", "opened")
    terms = (part, whole, "opened", part)
    own = ", ".join(f"sum({term}) filter (where not is_split)" for term in terms)
    return f"{own}, 0, bool_or(is_split), false, null, null"


def build_ages(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Fill `base` with the ages of what stands.

    Its rows are region_no, month_start, by_no, days (from its start to the last day of the month),
    ended_as (always an event, as ages are not censored) and spells.

    Raises:
        IndicatorError: a spell ends before it begins.
    """
    keys = ("from_on", "gone_month")
    build_base(con, indicator, frame, _stays(indicator, frame), SPELLS, *keys)
    con.execute(f"create or replace temp table base as {_AGES}")


_AGES = """
    select
        region_no, month.period_start as month_start, by_no,
        date_diff('day', from_on, last_on) as days, 1 as ended_as, sum(spells) as spells
    from base
    inner join indicators.frame_periods as month
        on period_kind = 'month' and month.period_start >= base.month_start
        and month.period_start < gone_month
    group by all
"""


def _stays(indicator: Indicator, frame: Frame) -> str:
    """Each spell with the month it comes in, and the first month at whose end it is gone."""
    return f"""
        with
            spells as ({spells_of(indicator)}),
            placed as (
                select
                    spells.*, coalesce(come.month_start, {FIRST_MONTH}) as month_start,
                    case when until_on > {frame.today} then {NEVER}
                        else coalesce(gone.month_start, {FIRST_MONTH}) end as gone_month
                from spells
                left join indicators.frame_days as come on come.day = from_on
                left join indicators.frame_days as gone on gone.day = until_on
            )
        select * from placed
        where from_on <= {frame.today} and (broken = 1 or month_start < gone_month)
    """


def spread_ends(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Replace `cell_sums` of the ends of months by those of all periods that end with them."""
    con.execute(
        f"""create or replace temp table cell_sums as
        select ends.cell_id, sums.* exclude (cell_id)
        from cell_sums as sums
        inner join indicators.frame_ends as ends on ends.month_id = sums.cell_id
        inner join indicators.by_values using (by_no)
        where indicator = '{indicator.id}' and ({cells_of(indicator, frame)})"""
    )
