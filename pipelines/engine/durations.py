"""Durations: curves of how long spells last, with those still open censored.

Each spell is so many days long and ended by an event, or was still open when its file was made.
The base counts spells by (region version x month of their start x days x ended or open); each
level and kind of period groups it again, small groups are dropped before their days are spread
out, and `methods.survival` draws all curves of a pass at once.
"""

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np

from pipelines.engine.facts import FROM_FACTS, base_name, build_base, common_terms, on_grid
from pipelines.engine.frame import Frame, grid
from pipelines.engine.indicator import Cell, Indicator, Kind, Measure
from pipelines.engine.values import FEW_EVENTS, FEW_UNITS
from pipelines.methods.survival import Estimates, SurvivalSummary, km_summary


def estimate_curves(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Fill `indicators.base_<id>` and `indicators.cell_sums` for an indicator of curves.

    Raises:
        IndicatorError: a spell ends before it begins, or ends in a way that the header does not
            list (competing outcomes are not yet supported).
    """
    base = base_name(indicator)
    few = f"n < {FEW_UNITS} or n_events < {FEW_EVENTS}" if indicator.cell is Cell.CURVE else "false"
    build_base(con, indicator, frame, _spells(indicator, frame), _SPELL_SUMS, "days", "is_event")
    con.execute(f"create or replace temp table spell_groups as {_GROUPS.format(base=base)}")
    con.execute(f"create or replace temp table spell_days as {_SPELL_DAYS.format(base=base)}")
    for level, kind, wanted in grid():
        here = f"level = '{level}' and period_kind = '{kind}'"
        strata = _STRATA.format(here=here, wanted=on_grid(indicator, wanted), few=few)
        con.execute(f"create or replace temp table strata as {strata}")
        days = con.execute(_STRATUM_DAYS.format(here=here)).fetchnumpy()
        _hand_back(con, indicator, _summarise(days, indicator, frame.conf_level))
    for name in ("spell_groups", "spell_days", "strata"):
        con.execute(f"drop table {name}")


def _spells(indicator: Indicator, frame: Frame) -> str:
    """One row for each spell: how long it was watched, and whether an event ended it.

    A spell that began after its file could have shown anything was not watched: it is left out.
    """
    first = "on_date" if indicator.kind is Kind.QUANTILE else "from_on"
    days, is_event, is_broken = _clock(indicator, frame)
    return f"""
        with timed as (
            select
                {common_terms(indicator)}, cast({first} as date) as on_date, {days} as days,
                {is_event} as is_event,
                case when {is_broken} or region_no is null then 1 end as broken
            {FROM_FACTS}
        )
        select
            * exclude (days, is_event), is_event and days <= {indicator.max_days} as is_event,
            cast(least(days, {indicator.max_days}) as smallint) as days
        from timed
        inner join indicators.frame_days on day = on_date
        where days >= 0 or broken = 1
    """


_SPELL_SUMS = {"spells": "count(*)", "n_broken": "count(broken)"}


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
    return (
        days,
        is_event,
        f"{is_reversed} or ({ended} and coalesce(outcome not in ({codes}), false))",
    )


_GROUPS = """
    select
        cast(row_number() over () as integer) as group_no, region_no, month_start, by_no,
        sum(spells) as n, coalesce(sum(spells) filter (where is_event), 0) as n_events
    from {base}
    group by region_no, month_start, by_no
"""

_SPELL_DAYS = """
    select group_no, days, is_event, spells
    from {base}
    inner join spell_groups using (region_no, month_start, by_no)
"""

# stratum numbers the groups that are large enough for a curve
_STRATA = """
    with counted as (
        select cell_id, by_no, sum(n) as n, sum(n_events) as n_events
        from spell_groups
        inner join indicators.frame_routes using (region_no, month_start)
        where {here} and {wanted}
        group by cell_id, by_no
    )
    select
        *, case when not ({few}) then row_number() over (order by cell_id, by_no) end as stratum
    from counted
"""

_STRATUM_DAYS = """
    with members as (
        select group_no, cast(stratum as integer) as stratum
        from spell_groups
        inner join indicators.frame_routes using (region_no, month_start)
        inner join strata using (cell_id, by_no)
        where {here} and stratum is not null
    )
    select stratum, days, is_event, cast(sum(spells) as bigint) as spells
    from spell_days
    inner join members using (group_no)
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

    found = [_estimates(summary, measure) for measure in indicator.measures]
    columns = {
        "measure_no": np.repeat(np.arange(len(found)), len(summary.strata)),
        "stratum": np.tile(summary.strata, len(found)),
    }
    for name in ("value", "low", "high"):
        numbers = np.concatenate([getattr(each, name) for each in found])
        columns[name] = pa.array(numbers, from_pandas=True)
    con.register("estimates", pa.table(columns))
    con.execute(
        f"""insert into indicators.cell_sums
        select cell_id, no, by_no, null, null, n, n_events, 0, false, value, low, high
        from strata
        cross join range({len(found)}) as measures (no)
        left join estimates on estimates.stratum = strata.stratum and measure_no = no"""
    )
    con.unregister("estimates")


def _estimates(summary: SurvivalSummary, measure: Measure) -> Estimates:
    if measure.quantile is not None:
        return summary.quantiles[measure.quantile]
    within = summary.within[measure.horizon or 0]
    if measure.name.startswith("within"):
        return within
    return Estimates(value=1 - within.value, low=1 - within.high, high=1 - within.low)
