"""From sums in cells to published figures: value, interval, state, reason, flags, change.

The spine comes first: every cell of the frame x every measure x every value of a breakdown; the
sums are joined to it. A quiet, fully covered cell is a zero; anything else without facts says why
it has no figure. Nothing is hidden here: that is the gate's, which reads these rows.
"""

import duckdb

from pipelines.engine.frame import OFFICE, Frame, cells_of
from pipelines.engine.indicator import (
    CURVES,
    ESTIMATED,
    PER_UNIT,
    STOCKS,
    Cell,
    Indicator,
    Interval,
    Kind,
)
from pipelines.methods.intervals import wilson_sql

FEW_UNITS, FEW_EVENTS = 30, 10

VALUE_COLUMNS = """
    indicator VARCHAR, measure VARCHAR, level VARCHAR, region_code VARCHAR, region_zh VARCHAR,
    region_en VARCHAR, basis VARCHAR, period_kind VARCHAR, period_start DATE, period_end DATE,
    by_name VARCHAR, by_value VARCHAR, numerator BIGINT, denominator BIGINT, value DOUBLE,
    low DOUBLE, high DOUBLE, conf_level DOUBLE, n BIGINT, unit VARCHAR, state VARCHAR,
    reason VARCHAR, flags VARCHAR, coverage VARCHAR, change_yoy DOUBLE, change_mom DOUBLE,
    rule_id VARCHAR, vintage VARCHAR, n_numerator BIGINT, top_one BIGINT, top_two BIGINT,
    is_closed BOOLEAN, cell VARCHAR
"""


def create_values(con: duckdb.DuckDBPyConnection) -> None:
    """An empty `indicators.indicator_values`, one row per figure.

    `period_end` is exclusive; `by_name` and `by_value` are '' in totals; shares are fractions.
    `change_yoy` and `change_mom` (month on month, quarter on quarter) are relative for counts and
    stocks, v / v0 - 1, and differences in the unit of the figure for everything else. They are
    NULL unless both periods are whole, finished, `ok` and fully covered, in the same version of
    the region, with no break between.
    """
    con.execute(f"create or replace table indicators.indicator_values ({VALUE_COLUMNS})")


def write_values(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Replace the rows of one indicator in `indicators.indicator_values`, in a fixed order.

    Reads `cell_sums` and `indicators.by_values` as the module of its kind left them.
    """
    _list_measures(con, indicator)
    con.execute(f"create or replace temp table breaks as {_breaks(con, indicator)}")
    con.execute(f"create or replace temp table phases as {_PHASES.format(rule=indicator.rule)}")
    con.execute(f"create or replace temp table covered as {_coverage(frame.sources_of(indicator))}")
    con.execute(f"create or replace temp table judged as {_judged(indicator, frame)}")
    con.execute(f"delete from indicators.indicator_values where indicator = '{indicator.id}'")
    con.execute(f"insert into indicators.indicator_values {_rows(indicator, frame)}")
    for name in ("measures", "breaks", "phases", "covered", "judged"):
        con.execute(f"drop table temp.{name}")


def _list_measures(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    con.execute(
        "create or replace temp table measures (measure_no INTEGER, measure VARCHAR, "
        "unit VARCHAR, is_wilson BOOLEAN, horizon INTEGER)"
    )
    for no, measure in enumerate(indicator.measures):
        row = [no, measure.name, measure.unit, measure.interval is Interval.WILSON, measure.horizon]
        con.execute("insert into measures values (?, ?, ?, ?, ?)", row)


def _breaks(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> str:
    """Days on which the series breaks: its rules change, or `series_breaks` (if any) says so."""
    rules = f"from rule_calendar where topic = '{indicator.rule}'"
    query = f"select valid_from as break_on {rules} union select valid_to {rules}"
    tables = con.execute("select table_name from duckdb_tables() where schema_name = 'model'")
    if ("series_breaks",) in tables.fetchall():
        query += f"""
            union select break_on from series_breaks
            where indicators = '*' or list_contains(split(indicators, ' '), '{indicator.id}')
        """
    return query


# Each period with the rules in force in it, and how many breaks lie before its start, until its
# start, and before its end.
_PHASES = """
    with rules as (
        select
            period.period_kind, period.period_start,
            string_agg(distinct rule.rule_id, ' ' order by rule.rule_id) as rule_id,
            bool_or(not rule.is_verified) as is_unverified
        from indicators.frame_periods as period
        inner join rule_calendar as rule
            on rule.topic = '{rule}'
            and rule.valid_from < period.period_end and rule.valid_to > period.period_start
        group by all
    )
    select
        period.period_kind, period.period_start,
        coalesce(any_value(rules.rule_id), '') as rule_id,
        coalesce(any_value(rules.is_unverified), false) as is_unverified,
        count(*) filter (where break_on < period.period_start) as before_start,
        count(*) filter (where break_on <= period.period_start) as until_start,
        count(*) filter (where break_on < period.period_end) as until_end
    from indicators.frame_periods as period
    left join breaks on true
    left join rules
        on rules.period_kind = period.period_kind and rules.period_start = period.period_start
    group by period.period_kind, period.period_start
"""


def _coverage(sources: list[str]) -> str:
    """The worst coverage of a cell over all the exports that the figures need."""
    if not sources:
        return "select cell_id, 'full' as coverage from indicators.frame_cells"
    names = ", ".join(f"'{source}'" for source in sources)
    return f"""
        select
            cell_id,
            case
                when count(*) < {len(sources)} then 'none'
                when bool_and(is_full) then 'full'
                else 'part'
            end as coverage
        from indicators.frame_coverage
        where table_name in ({names})
        group by cell_id
    """


def _judged(indicator: Indicator, frame: Frame) -> str:
    """The spine with its sums: terms, value, interval, state and reason of each figure."""
    kind, scale = indicator.kind, indicator.scale
    band = wilson_sql("parts.x", "parts.y", frame.conf_level)
    value = "value" if kind in ESTIMATED else f"{'x / y' if kind in PER_UNIT else 'x'} * {scale}"
    return f"""
        with
            spine as (
                select
                    cells.cell_id, period_start, period_end, measure_no, is_wilson, horizon,
                    places.by_no, by_name, coalesce(covered.coverage, 'none') as coverage
                from ({_places(indicator, frame)}) as places
                inner join indicators.frame_cells as cells using (cell_id)
                inner join indicators.by_values
                    on by_values.by_no = places.by_no and indicator = '{indicator.id}'
                cross join measures
                left join covered on covered.cell_id = cells.cell_id
                where period_start >= date '{indicator.since:%Y-%m-%d}' and {_stands(kind)}
            ),
            joined as (
                select
                    spine.*, sums.cell_id is not null as has_facts,
                    coalesce(is_split, false) as is_split, {_blank(kind)} as is_blank,
                    coalesce(n_missing, 0) as n_missing,
                    coalesce(sums.is_estimated, false) as is_estimated,
                    coalesce(n_numerator, 0) as n_numerator, top_one, top_two, {_wholes(kind)},
                    value, low, high
                from spine
                left join cell_sums as sums
                    on sums.cell_id = spine.cell_id and sums.measure_no = spine.measure_no
                    and sums.by_no = spine.by_no
            ),
            reasoned as (select *, {_reason(indicator, frame)} as reason from joined),
            stated as (select *, {_state(indicator)} as state from reasoned),
            parts as (
                select
                    *, cast(numerator as double) as x, cast(denominator as double) as y,
                    state = 'ok' as is_ok, state = 'ok' and is_wilson as has_band
                from stated
            )
        select
            cell_id, measure_no, by_no, coverage, state, reason, n, n_numerator, top_one, top_two,
            n_missing > 0 or is_estimated as is_estimated,
            {_is_early(indicator, frame)} as is_early,
            case when is_ok then {value} end as value,
            case when is_ok then numerator end as numerator,
            case when is_ok and {kind in PER_UNIT | ESTIMATED} then denominator end as denominator,
            case when has_band then ({band.low}) * {scale} else low end as low,
            case when has_band then ({band.high}) * {scale} else high end as high
        from parts
    """


def _places(indicator: Indicator, frame: Frame) -> str:
    """The cells of each value of a breakdown, as a query; an office has those where it works."""
    values = f"indicators.by_values on indicator = '{indicator.id}' and by_name"
    on_grid = f"""
        select cell_id, by_no
        from indicators.frame_cells inner join {values} <> '{OFFICE}'
            and ({cells_of(indicator, frame)})
    """
    at_work = f"""
        select cells.cell_id, by_no
        from (
            select
                level, region_code, sums.by_no, min(period_start) as first_start,
                max(period_start) as last_start
            from cell_sums as sums
            inner join indicators.frame_cells using (cell_id)
            inner join {values} = '{OFFICE}' and by_values.by_no = sums.by_no
            group by level, region_code, sums.by_no
        ) as offices
        inner join indicators.frame_cells as cells using (level, region_code)
        where period_kind = 'year' and period_start between first_start and last_start
    """
    return f"{on_grid} union all {at_work}" if OFFICE in indicator.by else on_grid


def _stands(kind: Kind) -> str:
    """Where an indicator has rows at all; a derived one at the levels that its method speaks of."""
    if kind is Kind.DERIVED:
        return """(level, period_kind) in (
            select (level, period_kind)
            from cell_sums inner join indicators.frame_cells using (cell_id)
        )"""
    return "is_standing" if kind in STOCKS else "true"


def _blank(kind: Kind) -> str:
    """Whether a cell has nothing to show but facts that lack a term."""
    return "coalesce(n, 0) = 0" if kind in ESTIMATED else "numerator is null"


def _wholes(kind: Kind) -> str:
    """Both terms and their units; in a composition, all values of the breakdown together."""
    if kind is Kind.COMPOSITION:
        same = "over (partition by spine.cell_id, spine.measure_no, by_name)"
        return (
            "coalesce(numerator, 0) as numerator, "
            f"sum(coalesce(numerator, 0)) {same} as denominator, sum(coalesce(n, 0)) {same} as n"
        )
    if kind in ESTIMATED:
        return "numerator, denominator, coalesce(n, 0) as n"
    terms = "coalesce(numerator, 0) as numerator, coalesce(denominator, 0) as denominator"
    return f"{terms}, coalesce(n, 0) as n"


def _reason(indicator: Indicator, frame: Frame) -> str:
    """Why a cell has no figure, '' where it has one; the first that holds.

    Nothing to divide by is one reason in every kind: x / 0, 0 / 0, a curve or an extreme of nobody.
    """
    wait, kind = indicator.follow_up_days or 0, indicator.kind
    cases = {
        "coverage = 'none'": "not_received",
        "coverage = 'part' and not has_facts": "partly_received",
        "is_split": "boundary_split",
        "n_missing > 0 and is_blank": "field_absent",
    }
    if kind in PER_UNIT:
        cases[f"denominator = 0 and period_start + {wait} > {frame.today}"] = "not_yet_observable"
        cases["denominator = 0"] = "no_denominator"
    if kind in ESTIMATED:
        few = is_too_few(indicator, "n", "n_numerator")
        cases["value is null" if kind is Kind.DERIVED else "n = 0"] = "no_denominator"
        cases[f"not ({few}) and horizon is not null and value is null"] = "not_yet_observable"
    whens = " ".join(f"when {condition} then '{reason}'" for condition, reason in cases.items())
    return f"case {whens} else '' end"


def is_too_few(indicator: Indicator, units: str, events: str) -> str:
    """Whether a group is too small for an estimate, as a condition on its sizes.

    Args:
        indicator: the definition, whose `cell` says whether there is such a rule.
        units: the name of the number of units at risk.
        events: the name of the number of events; only a curve needs them.
    """
    if indicator.cell is not Cell.CURVE:
        return "false"
    is_short = f"{units} < {FEW_UNITS}"
    return f"{is_short} or {events} < {FEW_EVENTS}" if indicator.kind in CURVES else is_short


def _state(indicator: Indicator) -> str:
    states = ["when reason <> '' then 'not_available'"]
    if indicator.kind in ESTIMATED:
        states += [f"when {is_too_few(indicator, 'n', 'n_numerator')} then 'too_few'"]
        states += ["when value is null then 'not_reached'"]
    return f"case {' '.join(states)} else 'ok' end"


def _is_early(indicator: Indicator, frame: Frame) -> str:
    """Whether some unit of the period had not been watched long enough for this figure."""
    days = str(indicator.follow_up_days or 0)
    if indicator.kind is Kind.DURATION:
        days = f"coalesce(horizon, cast(ceil(value) as integer), {indicator.max_days})"
    return f"period_end - 1 + {days} > {frame.today}"


def _rows(indicator: Indicator, frame: Frame) -> str:
    """The judged figures with their names, flags and changes, as `indicator_values` has them."""
    return f"""
        with bases as (
            select cell_id, measure_no, by_no, value, until_start
            from judged
            inner join indicators.frame_cells using (cell_id)
            inner join phases using (period_kind, period_start)
            where state = 'ok' and coverage = 'full'
        )
        select
            '{indicator.id}', measure, level, region_code, region_zh, region_en, basis,
            period_kind, period_start, period_end, by_name, by_value, numerator, denominator,
            judged.value, low, high, case when coalesce(low, high) is not null
                then {frame.conf_level} end, n, unit, state, reason,
            concat(
                case when not is_closed or is_running or is_early or coverage = 'part'
                    then 'p' else '' end,
                case when is_broken or until_end > before_start then 'b' else '' end,
                case when is_estimated then 'e' else '' end,
                case when is_unverified then 'u' else '' end
            ),
            coverage, {_change(indicator, "earlier")}, {_change(indicator, "previous")},
            rule_id, '{frame.as_of:%Y-%m-%d}', n_numerator, top_one, top_two, is_closed,
            '{indicator.cell}'
        from judged
        inner join indicators.frame_cells as cells using (cell_id)
        inner join phases using (period_kind, period_start)
        inner join measures using (measure_no)
        inner join indicators.by_values
            on by_values.indicator = '{indicator.id}' and by_values.by_no = judged.by_no
        {_join_base("earlier", "year_earlier_id")}
        {_join_base("previous", "previous_id")}
        order by measure_no, judged.by_no, cell_id
    """


def _join_base(name: str, cell: str) -> str:
    """The figure that a change is taken from, where the two can be compared."""
    return f"""
        left join bases as {name}
            on {name}.cell_id = cells.{cell} and {name}.measure_no = judged.measure_no
            and {name}.by_no = judged.by_no and {name}.until_start = phases.until_end
            and state = 'ok' and coverage = 'full'
    """


def _change(indicator: Indicator, base: str) -> str:
    if indicator.kind in PER_UNIT | ESTIMATED:
        return f"judged.value - {base}.value"
    return f"case when {base}.value <> 0 then judged.value / {base}.value - 1 end"
