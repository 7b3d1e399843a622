"""Control charts of monthly figures of the province and its cities: which months stand out.

Shares with published terms by Laney's p', rates per visit by his u', medians and shares out of
curves by XmR. Limits are those of the last three years, anew from a change of definition on.
Volumes, and rates per inhabitant, are not charted: they have seasons and no good direction.

The one target that nobody has to choose is that of a limit in the rule calendar, which every matter
is to be handled within: all of them. Shares of what fell due are held against it by the limits of
the last month (the assurance of the NHS's Making Data Count).
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import duckdb
import numpy as np

from pipelines.engine.indicator import Indicator
from pipelines.estimates.series import Chosen, Series, read_series
from pipelines.estimates.table import Row
from pipelines.methods.control_charts import (
    FEWEST_FOR_LIMITS,
    ControlChart,
    Rebase,
    Verdict,
    p_prime_chart,
    u_prime_chart,
    xmr_chart,
)
from pipelines.methods.estimates import Method

METHOD, ASSURANCE = Method.CONTROL_CHART, "assurance"
CAVEATS = "limits_are_no_interval"
MONTHS = 36
LEVELS = ("province", "city")


CHARTED = (
    Chosen("ontime_closure_rate", "due_based"),
    Chosen("timely_acceptance_rate", "decided"),
    Chosen("on_spot_resolution_rate", "rate"),
    Chosen("satisfaction_triple", "rate"),
    Chosen("resolution_time_median", "p50", 90),
    Chosen("first_time_resolution_rate", "without_90", 90),
    Chosen("batches_per_leader_visit", "per_event"),
)


# Shares of all that fell due under a limit of the rule calendar; it asks for every one of them.
LIMITED = {("ontime_closure_rate", "due_based"), ("timely_acceptance_rate", "decided")}
EVERY_ONE = 1.0


def control_charts(
    con: duckdb.DuckDBPyConnection, as_of: date, indicators: Mapping[str, Indicator]
) -> Iterator[Row]:
    """One row for each month of each chart.

    The value is the figure, `expected` the centre line, `low` and `high` the limits; the finding
    names the meaning and the rule, e.g. `concern shift`. Limits of fewer than 20 months are
    provisional, flag `p`. After it, where a limit of the rule calendar is in force in the last
    month, a row `assurance` of that month: `expected` is the target, and the finding says whether
    the process as it is `will`, `will_not` or by chance may meet it (`hit_and_miss`).
    """
    for charted in CHARTED:
        if charted.indicator not in indicators:
            continue
        definition = indicators[charted.indicator]
        better = definition.better.value
        rebases = _rebases(con, charted.indicator)
        for level in LEVELS:
            for series in read_series(con, charted.indicator, charted.measure, level, "month"):
                old_enough = series.until(as_of - timedelta(days=charted.mature_days))
                newest = old_enough.unbroken_end(MONTHS)
                has_target = bool(newest.periods) and (
                    (charted.indicator, charted.measure) in LIMITED
                    and _is_ruled(con, definition.rule, newest.periods[-1].start)
                )
                target = EVERY_ONE if has_target else None
                yield from _of_series(newest, as_of, better, rebases, target)


def _of_series(
    series: Series,
    as_of: date,
    better: str,
    rebases: tuple[Rebase, ...],
    target: float | None,
) -> Iterator[Row]:
    maker = series.maker(METHOD, as_of, caveats=CAVEATS)
    count = len(series.periods)
    if not count:
        return
    if count < FEWEST_FOR_LIMITS:
        yield maker.missing(series.periods[-1], "too_few", "fewer_than_12_months")
        return
    chart, ci_method = _chart(series, rebases)
    meanings = chart.verdicts(better)
    for at, period in enumerate(series.periods):
        rule, meaning = chart.rules[at], meanings[at]
        yield maker.row(
            period,
            series.value[at],
            n=series.n[at],
            n_events=None if np.isnan(series.numerator[at]) else series.numerator[at],
            expected=chart.centre[at],
            low=chart.low[at],
            high=chart.high[at],
            ci_method=ci_method,
            finding="" if meaning is Verdict.COMMON_CAUSE else f"{meaning} {rule}",
            flags="p" if chart.provisional[at] else "",
        )
    if target is not None and (found := chart.assurance(target, better)):
        yield maker.row(
            series.periods[-1],
            series.value[-1],
            n=series.n[-1],
            expected=target,
            low=chart.low[-1],
            high=chart.high[-1],
            ci_method=ci_method,
            finding=found,
            flags="p" if chart.provisional[-1] else "",
            contrast=series.measure,
            measure=ASSURANCE,
        )


def _chart(series: Series, rebases: tuple[Rebase, ...]) -> tuple[ControlChart, str]:
    starts = [period.start for period in series.periods]
    inside = [entry for entry in rebases if starts[0] < entry.on <= starts[-1]]
    has_terms = not np.isnan(series.numerator).any() and (series.denominator > 0).all()
    if has_terms:
        laney = p_prime_chart if series.unit == "share" else u_prime_chart
        return laney(starts, series.numerator, series.denominator, inside), "laney_limits"
    return xmr_chart(starts, series.value, inside), "xmr_limits"


def _is_ruled(con: duckdb.DuckDBPyConnection, topic: str, on: date) -> bool:
    """Whether a rule of a topic is in force on a day."""
    query = "select 1 from model.rule_calendar where topic = ? and ? >= valid_from and ? < valid_to"
    return bool(con.execute(query, [topic, on, on]).fetchall())


def _rebases(con: duckdb.DuckDBPyConnection, indicator: str) -> tuple[Rebase, ...]:
    """Changes of definition, the only breaks from which limits begin anew."""
    found = con.execute(
        """
        select distinct break_on from model.series_breaks
        where kind = 'definition'
            and (indicators = '*' or list_contains(split(indicators, ' '), ?))
        order by break_on
        """,
        [indicator],
    ).fetchall()
    return tuple(Rebase(on, "definition") for (on,) in found)
