"""Curves: how long spells last with those still open censored, how large amounts are, and ages.

Each spell is so many days long and ended by the event, in another way, or was still open when its
file was made. The base counts spells by (region version x month of their start x days x how they
ended); each level and kind of period groups it again, small groups are dropped before their days
are spread out, and `methods.survival` draws all curves of a pass at once. Amounts, and ages of
what stands on the last day of a period, are spells that all ended.
"""

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np

from pipelines.engine.facts import FROM_FACTS, SPELLS, build_base, common_terms, observed, passes
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Indicator, Interval, Kind, Measure
from pipelines.engine.stocks import build_ages
from pipelines.engine.values import is_too_few
from pipelines.methods.survival import Estimates, IncidenceSummary, aalen_johansen


def estimate_curves(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Fill `cell_sums` for an indicator of curves.

    Raises:
        IndicatorError: a spell ends before it begins, or an amount is negative or no whole number.
    """
    if indicator.kind is Kind.STOCK_AGE:
        build_ages(con, indicator, frame)
    else:
        keys = ("days", "ended_as")
        build_base(con, indicator, frame, spell_terms(indicator, frame), SPELLS, *keys)
    con.execute(f"create or replace temp table spell_groups as {_GROUPS}")
    con.execute(f"create or replace temp table spell_days as {_SPELL_DAYS}")
    few = is_too_few(indicator, "n", "n_events")
    for routes, wanted in passes(indicator, frame):
        strata = _STRATA.format(routes=routes, wanted=wanted, few=few)
        con.execute(f"create or replace temp table strata as {strata}")
        days = con.execute(_STRATUM_DAYS.format(routes=routes)).fetchnumpy()
        _hand_back(con, indicator, _summarise(days, indicator, frame.conf_level))
    for name in ("spell_groups", "spell_days", "strata"):
        con.execute(f"drop table {name}")


def spell_terms(indicator: Indicator, frame: Frame) -> str:
    """One row for each spell: how long it was watched, and how it ended.

    A spell that began after its file could have shown anything was not watched: it is left out.
    What lasts longer than `max_days` was still open on that day.
    """
    is_amount = indicator.kind is Kind.QUANTILE
    terms, kept = _amounts(indicator, frame) if is_amount else _watched(indicator, frame)
    most = indicator.max_days
    return f"""
        with timed as (select {common_terms(indicator)}, {terms} {FROM_FACTS})
        select
            *, {f"least(lasted, {most})" if most else "lasted"} as days,
            {f"case when lasted > {most} then 0 else how end" if most else "how"} as ended_as,
            case when is_broken or region_no is null then 1 end as broken
        from timed
        inner join indicators.frame_days on day = on_date
        where is_broken or {kept}
    """


def _amounts(indicator: Indicator, frame: Frame) -> tuple[str, str]:
    """The terms of an amount, and which are kept: those whose follow-up has passed."""
    terms = """
        cast(on_date as date) as on_date, seen_until_on, cast(amount as integer) as lasted,
        1 as how, coalesce(amount < 0 or amount <> cast(amount as integer), false) as is_broken
    """
    return terms, observed(indicator, frame)


def _watched(indicator: Indicator, frame: Frame) -> tuple[str, str]:
    """The terms of a spell, and which are kept: those that were watched at all."""
    seen = f"least(seen_until_on, {frame.today})"
    is_ended = f"coalesce(until_on <= {seen}, false)"
    ended_as = "1"
    if "outcome" in indicator.columns:
        codes = ", ".join(f"'{code}'" for code in indicator.event_codes)
        is_ended = f"({is_ended} and outcome is not null)"
        ended_as = f"case when outcome in ({codes}) then 1 else 2 end"
    terms = f"""
        cast(from_on as date) as on_date,
        date_diff('day', from_on, case when {is_ended} then until_on else {seen} end) as lasted,
        case when {is_ended} then {ended_as} else 0 end as how,
        coalesce(until_on < from_on, false) as is_broken
    """
    return terms, "lasted >= 0"


# A fact without an amount is counted as missing and has no days.
_GROUPS = """
    select
        cast(row_number() over () as integer) as group_no, region_no, month_start, by_no,
        coalesce(sum(spells) filter (where days is not null), 0) as n,
        coalesce(sum(spells) filter (where ended_as = 1 and days is not null), 0) as n_events,
        coalesce(sum(spells) filter (where days is null), 0) as n_missing
    from base
    group by region_no, month_start, by_no
"""

_SPELL_DAYS = """
    select group_no, days, ended_as, spells
    from base
    inner join spell_groups using (region_no, month_start, by_no)
    where days is not null
"""

# stratum numbers the groups that are large enough for a curve
_STRATA = """
    with counted as (
        select
            cell_id, by_no, bool_or(is_split) as is_split,
            coalesce(sum(n) filter (where not is_split), 0) as n,
            coalesce(sum(n_events) filter (where not is_split), 0) as n_events,
            coalesce(sum(n_missing) filter (where not is_split), 0) as n_missing
        from spell_groups
        inner join {routes} using (region_no, month_start)
        where {wanted}
        group by cell_id, by_no
    )
    select
        *, case when n > 0 and not ({few})
            then row_number() over (order by cell_id, by_no) end as stratum
    from counted
"""

_STRATUM_DAYS = """
    with members as (
        select group_no, cast(stratum as integer) as stratum
        from spell_groups
        inner join {routes} using (region_no, month_start)
        inner join strata using (cell_id, by_no)
        where stratum is not null and not routes.is_split
    )
    select stratum, days, ended_as, cast(sum(spells) as bigint) as spells
    from spell_days
    inner join members using (group_no)
    group by stratum, days, ended_as
"""


def _summarise(
    days: Mapping[str, Any], indicator: Indicator, conf_level: float
) -> IncidenceSummary:
    measures = indicator.measures
    columns = (days[name] for name in ("stratum", "days", "ended_as", "spells"))
    return aalen_johansen(
        *(np.asarray(column, dtype=np.int64) for column in columns),
        quantiles=tuple({m.quantile for m in measures if m.quantile is not None}),
        horizons=tuple({m.horizon for m in measures if m.horizon is not None and not m.is_mean}),
        rmst_horizons=tuple({m.horizon for m in measures if m.horizon is not None and m.is_mean}),
        conf_level=conf_level,
    )


def _hand_back(
    con: duckdb.DuckDBPyConnection, indicator: Indicator, summary: IncidenceSummary
) -> None:
    """Write the estimates beside the sizes of their groups; a group without a curve has none."""
    import pyarrow as pa  # noqa: PLC0415 - only when curves are drawn

    found = [_bounded(_estimates(summary, m), m.interval) for m in indicator.measures]
    columns = {
        "measure_no": np.repeat(np.arange(len(found)), len(summary.strata)),
        "stratum": np.tile(summary.strata, len(found)),
    }
    for name in ("value", "low", "high"):
        numbers = np.concatenate([getattr(each, name) for each in found])
        columns[name] = pa.array(numbers, from_pandas=True)
    con.register("estimates", pa.table(columns))
    con.execute(
        f"""insert into cell_sums
        select
            cell_id, no, by_no, null, null, n, n_events, n_missing, is_split, false, null, null,
            value, low, high
        from strata
        cross join range({len(found)}) as measures (no)
        left join estimates on estimates.stratum = strata.stratum and measure_no = no"""
    )
    con.unregister("estimates")


def _estimates(summary: IncidenceSummary, measure: Measure) -> Estimates:
    if measure.quantile is not None:
        return summary.quantiles[measure.quantile]
    horizon = measure.horizon or 0
    if measure.is_mean:
        return summary.restricted_mean[horizon]
    within = summary.within[horizon]
    if measure.name.startswith("within"):
        return within
    return Estimates(value=1 - within.value, low=1 - within.high, high=1 - within.low)


def _bounded(estimates: Estimates, interval: Interval) -> Estimates:
    """The estimates with their interval, or with none where the header wants none."""
    if interval is not Interval.NONE:
        return estimates
    nothing = np.full(len(estimates.value), np.nan)
    return Estimates(value=estimates.value, low=nothing, high=nothing)
