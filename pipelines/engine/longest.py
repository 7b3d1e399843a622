"""The longest spell of each cell, as far as it had lasted by the end of the period.

A spell belongs to every period that it touches. Its length there runs from its start to its end,
to the first day after the period, or to the day that the data speak of, whichever comes first.
"""

import duckdb

from pipelines.engine.facts import FIRST_MONTH, SPELLS, build_base, passes, spells_of
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Indicator


def find_longest(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Fill `cell_sums` for an indicator of longest spells.

    Raises:
        IndicatorError: a spell ends before it begins.
    """
    build_base(con, indicator, frame, _spells(indicator, frame), SPELLS, "from_on", "until_on")
    touches = _TOUCHES.format(today=frame.today)
    con.execute(f"create or replace temp table touches as {touches}")
    for routes, wanted in passes(indicator, frame):
        con.execute(f"insert into cell_sums {_LONGEST.format(routes=routes, wanted=wanted)}")
    con.execute("drop table touches")


def _spells(indicator: Indicator, frame: Frame) -> str:
    """One row for each spell, with the month that it comes in."""
    return f"""
        select spells.*, coalesce(month_start, {FIRST_MONTH}) as month_start
        from ({spells_of(indicator)}) as spells
        left join indicators.frame_days on day = from_on
        where from_on <= {frame.today}
    """


# Each spell in each month that it touches; one of no days touches the month that it lies in.
_TOUCHES = """
    select
        spell_no, spells, region_no, by_no, month.period_start as month_start,
        date_diff('day', from_on, least(until_on, {today}, month.period_end)) as days
    from (select *, row_number() over () as spell_no from base) as spell
    inner join indicators.frame_periods as month
        on month.period_kind = 'month' and month.period_end > from_on
        and month.period_start < greatest(until_on, from_on + 1)
"""

_LONGEST = """
    with here as (
        select cell_id, by_no, spell_no, any_value(spells) as spells, max(days) as days
        from touches
        inner join {routes} using (region_no, month_start)
        where {wanted}
        group by cell_id, by_no, spell_no
    )
    select
        cell_id, 0, by_no, null, null, sum(spells), sum(spells), 0, false, false, null, null,
        max(days), null, null
    from here
    group by cell_id, by_no
"""
