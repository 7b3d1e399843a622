"""Durations: curves of how long spells last, with those still open censored.

Each spell is so many days long and ended by an event, or was still open when its file was made.
The base counts spells by (region row x month of their start x days x ended or open); each level
and kind of period groups it again, small groups are dropped before their days are spread out, and
`methods.survival` draws all curves of a pass at once. Results go to `indicators.cell_sums`.
"""

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np

from pipelines.engine.facts import breakdowns, by_sql, cell_join, grid, note_values
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Cell, Indicator, Kind, Measure
from pipelines.engine.portable import IndicatorError
from pipelines.engine.values import FEW_EVENTS, FEW_UNITS
from pipelines.methods.survival import Estimates, SurvivalSummary, km_summary

SPELLS = "spells"


def estimate_curves(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Fill `indicators.cell_sums` with the quantiles and shares of the curves of an indicator.

    Raises:
        IndicatorError: a spell ends before it begins, or ends in a way that the header does not
            list (competing outcomes are not yet supported).
    """
    for by_name in breakdowns(indicator):
        con.execute(
            f"create or replace temp table {SPELLS} as {_spells(indicator, frame, by_name)}"
        )
        _check(con, indicator)
        note_values(con, SPELLS, by_name)
        for level, kind, wanted in grid():
            if by_name == "" or wanted == "true":
                _estimate_pass(con, indicator, frame, level, kind)
    con.execute(f"drop table {SPELLS}")


def _spells(indicator: Indicator, frame: Frame, by_name: str) -> str:
    """Spells counted by region row, month, breakdown, days and whether an event ended them.

    A spell that began after its file could have shown anything was not watched: it is left out.
    """
    first = "on_date" if indicator.kind is Kind.QUANTILE else "from_on"
    days, is_event, is_broken = _clock(indicator, frame)
    longest = indicator.max_days
    return f"""
        with
            facts as ({indicator.query}),
            timed as (
                select
                    region_row, {by_sql(by_name)} as by_value, cast({first} as date) as on_date,
                    cast({days} as integer) as days, {is_event} as is_event,
                    {is_broken} as is_broken
                from facts
            )
        select
            region_row, frame_days.month_start, '{by_name}' as by_name, by_value,
            least(timed.days, {longest}) as days,
            timed.is_event and timed.days <= {longest} as is_event,
            count(*) as spells, count(*) filter (where is_broken) as n_broken
        from timed
        inner join indicators.frame_days on frame_days.day = timed.on_date
        where timed.days >= 0 or timed.is_broken
        group by all
    """


def _clock(indicator: Indicator, frame: Frame) -> tuple[str, str, str]:
    """Days, whether an event ended them, and whether the fact breaks its promise (SQL)."""
    if indicator.kind is Kind.QUANTILE:
        return "amount", "true", "amount < 0"
    seen = f"least(seen_until_on, {frame.today})"
    ended = f"coalesce(until_on <= {seen}, false)"
    days = f"date_diff('day', from_on, case when {ended} then until_on else {seen} end)"
    is_reversed = "coalesce(until_on < from_on, false)"
    if "outcome" not in indicator.columns:
        return days, ended, is_reversed
    codes = ", ".join(f"'{code}'" for code in indicator.event_codes)
    is_event = f"{ended} and coalesce(outcome in ({codes}), false)"
    is_other = f"{ended} and coalesce(outcome not in ({codes}), false)"
    return days, is_event, f"{is_reversed} or ({is_other})"


def _check(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    broken = con.execute(f"select coalesce(sum(n_broken), 0) from {SPELLS}").fetchall()[0][0]
    if broken:
        raise IndicatorError(
            f"{indicator.path.name}: {broken} spells end before they begin, or by an outcome that "
            "`events` does not list (competing outcomes are not yet supported)"
        )


def _estimate_pass(
    con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame, level: str, kind: str
) -> None:
    """The curves of one level and kind of period."""
    few = f"n < {FEW_UNITS} or n_events < {FEW_EVENTS}" if indicator.cell is Cell.CURVE else "false"
    con.execute(_GROUPS.format(few=few, spells=SPELLS, cells=cell_join(level, kind, SPELLS)))
    days = con.execute(_DAYS.format(spells=SPELLS, cells=cell_join(level, kind, SPELLS)))
    _hand_back(con, indicator, _summarise(days.fetchnumpy(), indicator, frame.conf_level))
    con.execute("drop table groups")


# stratum numbers the groups that are large enough for a curve
_GROUPS = """
    create or replace temp table groups as
    with counted as (
        select
            cells.cell_id, by_name, by_value, sum(spells) as n,
            coalesce(sum(spells) filter (where is_event), 0) as n_events
        from {spells}
        {cells}
        group by cells.cell_id, by_name, by_value
    )
    select
        counted.*,
        case when not ({few}) then row_number() over (order by {few}, cell_id, by_value) end
            as stratum
    from counted
"""

_DAYS = """
    select stratum, days, is_event, cast(sum(spells) as bigint) as spells
    from {spells}
    {cells}
    inner join groups on groups.cell_id = cells.cell_id and groups.by_value = {spells}.by_value
    where stratum is not null
    group by stratum, days, is_event
"""


def _summarise(days: Mapping[str, Any], indicator: Indicator, conf_level: float) -> SurvivalSummary:
    return km_summary(
        np.asarray(days["stratum"], dtype=np.int64),
        np.asarray(days["days"], dtype=np.int64),
        np.asarray(days["is_event"], dtype=np.bool_),
        np.asarray(days["spells"], dtype=np.int64),
        quantiles=tuple(sorted({m.quantile for m in indicator.measures if m.quantile})),
        horizons=tuple(sorted({m.horizon for m in indicator.measures if m.horizon is not None})),
        conf_level=conf_level,
    )


def _hand_back(
    con: duckdb.DuckDBPyConnection, indicator: Indicator, summary: SurvivalSummary
) -> None:
    """Write the estimates beside the sizes of their groups; a group without a curve has none."""
    import pyarrow as pa  # noqa: PLC0415 - only when curves are drawn

    for measure in indicator.measures:
        found = _estimates(summary, measure)
        columns = {"stratum": summary.strata} | {
            name: pa.array(getattr(found, name), from_pandas=True)
            for name in ("value", "low", "high")
        }
        con.register("estimates", pa.table(columns))
        con.execute(
            f"""insert into indicators.cell_sums
            select cell_id, '{measure.name}', by_name, by_value, null, null, n, n_events, n, 0,
                false, estimates.value, estimates.low, estimates.high
            from groups
            left join estimates on estimates.stratum = groups.stratum"""
        )
        con.unregister("estimates")


def _estimates(summary: SurvivalSummary, measure: Measure) -> Estimates:
    if measure.quantile is not None:
        return summary.quantiles[measure.quantile]
    within = summary.within[measure.horizon or 0]
    if measure.name.startswith("within"):
        return within
    return Estimates(value=1 - within.value, low=1 - within.high, high=1 - within.low)
