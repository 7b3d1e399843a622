"""From sums in cells to published figures: value, interval, state, reason, flags, change.

The spine comes first: every cell of the frame x every measure x every value of a breakdown; the
sums are joined to it. A quiet, fully covered cell is a zero; anything else without facts says why
it has no figure. Nothing is hidden here: that is the gate's, which reads these rows.
"""

import duckdb

from pipelines.engine.facts import grid
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import (
    CURVES,
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
    rule_id VARCHAR, vintage VARCHAR, n_numerator BIGINT, is_closed BOOLEAN, cell VARCHAR
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

    Reads `indicators.cell_sums` and `indicators.by_values` as `facts` or `durations` left them.
    """
    _list_measures(con, indicator)
    _list_breaks(con, indicator)
    sources = sorted(frame.sources_of(indicator))
    con.execute(f"create or replace temp table covered as {_coverage(sources)}")
    con.execute(f"create or replace temp table judged as {_judged(indicator, frame)}")
    con.execute(f"delete from indicators.indicator_values where indicator = '{indicator.id}'")
    con.execute(f"insert into indicators.indicator_values {_rows(indicator, frame)}")
    for name in ("measures", "breaks", "period_rules", "covered", "judged", "numbered_values"):
        con.execute(f"drop table temp.{name}")


def _list_measures(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    con.execute(
        "create or replace temp table measures (measure_no INTEGER, measure VARCHAR, "
        "unit VARCHAR, is_wilson BOOLEAN, horizon INTEGER)"
    )
    con.executemany(
        "insert into measures values (?, ?, ?, ?, ?)",
        [
            (no, measure.name, measure.unit, measure.interval is Interval.WILSON, measure.horizon)
            for no, measure in enumerate(indicator.measures)
        ],
    )
    con.execute(
        """create or replace temp table numbered_values as
        select row_number() over (order by by_name, by_value) as by_no, by_name, by_value
        from indicators.by_values"""
    )


def _list_breaks(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    """Days on which the series breaks, and the rules in force in each period."""
    con.execute("create or replace temp table breaks (break_on DATE)")
    con.execute(
        f"""create or replace temp table period_rules as
        select
            period.period_kind, period.period_start,
            string_agg(distinct rule.rule_id, ' ' order by rule.rule_id) as rule_id,
            bool_or(not rule.is_verified) as is_unverified
        from indicators.frame_periods as period
        inner join rule_calendar as rule
            on rule.topic = '{indicator.rule}'
            and rule.valid_from < period.period_end and rule.valid_to > period.period_start
        group by all"""
    )
    con.execute(
        f"""insert into breaks
        select valid_from from rule_calendar where topic = '{indicator.rule}'
        union
        select valid_to from rule_calendar where topic = '{indicator.rule}'"""
    )
    if _has_table(con, "series_breaks"):
        con.execute(
            f"""insert into breaks
            select break_on from series_breaks
            where coalesce(indicator, '') in ('', '{indicator.id}')"""
        )


def _has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    found = con.execute(
        "select count(*) from duckdb_tables() where schema_name = 'model' and table_name = ?",
        [name],
    )
    return found.fetchall()[0][0] > 0


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
    kind = indicator.kind
    denominator = "sum(coalesce(sums.numerator, 0)) over same_cell"
    units = "sum(coalesce(sums.n, 0)) over same_cell"
    if kind is not Kind.COMPOSITION:
        denominator, units = "coalesce(sums.denominator, 0)", "coalesce(sums.n, 0)"
    band = wilson_sql("parts.x", "parts.y", frame.conf_level)
    value = {True: "value", False: f"x / y * {indicator.scale}"}[kind in CURVES]
    value = value if kind in PER_UNIT | CURVES else f"x * {indicator.scale}"
    return f"""
        with
            spine as (
                select
                    cells.cell_id, cells.period_kind, cells.period_start, cells.period_end,
                    measures.measure_no, measures.measure, measures.is_wilson, measures.horizon,
                    by_values.by_no, by_values.by_name, by_values.by_value,
                    coalesce(covered.coverage, 'none') as coverage
                from indicators.frame_cells as cells
                cross join measures
                inner join numbered_values as by_values on {_grid_condition()}
                left join covered on covered.cell_id = cells.cell_id
                where cells.period_start >= date '{indicator.since:%Y-%m-%d}'
                    {"and cells.is_standing" if kind in STOCKS else ""}
            ),
            joined as (
                select
                    spine.*,
                    sums.cell_id is not null as has_facts,
                    coalesce(sums.is_split, false) as is_split,
                    coalesce(sums.n_known, 0) as n_known,
                    coalesce(sums.n_missing, 0) as n_missing,
                    coalesce(sums.numerator, 0) as numerator,
                    {denominator} as denominator,
                    {units} as n,
                    coalesce(sums.n_numerator, 0) as n_numerator,
                    sums.value, sums.low, sums.high
                from spine
                left join indicators.cell_sums as sums
                    on sums.cell_id = spine.cell_id and sums.measure = spine.measure
                    and sums.by_name = spine.by_name and sums.by_value = spine.by_value
                window same_cell as (
                    partition by spine.cell_id, spine.measure_no, spine.by_name
                )
            ),
            reasoned as (select joined.*, {_reason(indicator, frame)} as reason from joined),
            stated as (select reasoned.*, {_state(indicator)} as state from reasoned),
            parts as (
                select
                    stated.*, cast(numerator as double) as x,
                    case when state = 'ok' then cast(denominator as double) end as y
                from stated
            )
        select
            cell_id, measure_no, by_no, coverage, state, reason, n, n_numerator,
            n_missing > 0 as is_floor,
            {_is_early(indicator, frame)} as is_early,
            case when state = 'ok' {_has_terms(kind)} then numerator end as numerator,
            case when state = 'ok' {_has_denominator(kind)} then denominator end as denominator,
            case when state = 'ok' then {value} end as value,
            case when state = 'ok' and is_wilson then ({band.low}) * {indicator.scale}
                else low end as low,
            case when state = 'ok' and is_wilson then ({band.high}) * {indicator.scale}
                else high end as high
        from parts
    """


def _grid_condition() -> str:
    return " or ".join(
        f"(cells.level = '{level}' and cells.period_kind = '{kind}' and {wanted})"
        for level, kind, wanted in grid()
    )


def _has_terms(kind: Kind) -> str:
    return "and false" if kind in CURVES else ""


def _has_denominator(kind: Kind) -> str:
    return "" if kind in PER_UNIT else "and false"


def _reason(indicator: Indicator, frame: Frame) -> str:
    """Why a cell has no figure, '' where it has one; the first that holds."""
    cases = [
        ("coverage = 'none'", "not_received"),
        ("coverage = 'part' and not has_facts", "partly_received"),
        ("is_split", "boundary_split"),
        ("n_missing > 0 and n_known = 0", "field_absent"),
    ]
    if indicator.kind in PER_UNIT:
        wait = indicator.follow_up_days or 0
        cases += [
            (f"denominator = 0 and period_start + {wait} > {frame.today}", "not_yet_observable"),
            ("denominator = 0", "no_denominator"),
        ]
    if indicator.kind in CURVES:
        cases += [
            ("n = 0", "no_denominator"),
            (
                f"not ({_too_few(indicator)}) and horizon is not null and value is null",
                "not_yet_observable",
            ),
        ]
    whens = " ".join(f"when {condition} then '{reason}'" for condition, reason in cases)
    return f"case {whens} else '' end"


def _too_few(indicator: Indicator) -> str:
    if indicator.cell is not Cell.CURVE:
        return "false"
    return f"n < {FEW_UNITS} or n_numerator < {FEW_EVENTS}"


def _state(indicator: Indicator) -> str:
    if indicator.kind not in CURVES:
        return "case when reason = '' then 'ok' else 'not_available' end"
    return f"""case
        when reason <> '' then 'not_available'
        when {_too_few(indicator)} then 'too_few'
        when value is null then 'not_reached'
        else 'ok'
    end"""


def _is_early(indicator: Indicator, frame: Frame) -> str:
    """Whether some unit of the period had not been watched long enough for this figure."""
    days = str(indicator.follow_up_days or 0)
    if indicator.kind in CURVES:
        days = f"coalesce(horizon, cast(ceil(value) as integer), {indicator.max_days})"
    return f"period_end - 1 + {days} > {frame.today}"


def _rows(indicator: Indicator, frame: Frame) -> str:
    """The judged figures with their names, flags and changes, as `indicator_values` has them."""
    return f"""
        with
            period_breaks as (
                select
                    period.period_kind, period.period_start,
                    count(*) filter (where break_on <= period.period_start) as until_start,
                    count(*) filter (where break_on < period.period_start) as before_start,
                    count(*) filter (where break_on < period.period_end) as until_end
                from indicators.frame_periods as period
                left join (select distinct break_on from breaks) as breaks on true
                group by period.period_kind, period.period_start
            ),
            placed as (
                select
                    judged.*, cells.* exclude (cell_id), breaks.until_start, breaks.until_end,
                    breaks.until_end > breaks.before_start as is_break
                from judged
                inner join indicators.frame_cells as cells on cells.cell_id = judged.cell_id
                inner join period_breaks as breaks
                    on breaks.period_kind = cells.period_kind
                    and breaks.period_start = cells.period_start
            ),
            bases as (
                select cell_id, measure_no, by_no, value, until_start
                from placed
                where state = 'ok' and coverage = 'full'
            )
        select
            '{indicator.id}', measures.measure, placed.level, placed.region_code,
            placed.region_zh, placed.region_en, 'as_was', placed.period_kind, placed.period_start,
            placed.period_end, by_values.by_name, by_values.by_value, placed.numerator,
            placed.denominator, placed.value, placed.low, placed.high,
            case when placed.low is not null or placed.high is not null
                then {frame.conf_level} end,
            placed.n, measures.unit, placed.state, placed.reason,
            concat(
                case when not placed.is_closed or placed.is_running or placed.is_early
                    or placed.coverage = 'part' then 'p' else '' end,
                case when placed.is_broken or placed.is_break then 'b' else '' end,
                case when placed.is_floor then 'e' else '' end,
                case when rules.is_unverified then 'u' else '' end
            ),
            placed.coverage,
            {_change(indicator, "earlier")}, {_change(indicator, "previous")},
            coalesce(rules.rule_id, ''), '{frame.as_of:%Y-%m-%d}', placed.n_numerator,
            placed.is_closed, '{indicator.cell}'
        from placed
        inner join measures on measures.measure_no = placed.measure_no
        inner join numbered_values as by_values on by_values.by_no = placed.by_no
        left join period_rules as rules
            on rules.period_kind = placed.period_kind and rules.period_start = placed.period_start
        {_join_base("earlier", "year_earlier_id")}
        {_join_base("previous", "previous_id")}
        order by placed.measure_no, placed.by_no, placed.cell_id
    """


def _join_base(name: str, cell: str) -> str:
    return f"""
        left join bases as {name}
            on {name}.cell_id = placed.{cell} and {name}.measure_no = placed.measure_no
            and {name}.by_no = placed.by_no and {name}.until_start = placed.until_end
            and placed.state = 'ok' and placed.coverage = 'full'
    """


def _change(indicator: Indicator, base: str) -> str:
    if indicator.kind in PER_UNIT | CURVES:
        return f"placed.value - {base}.value"
    return f"case when {base}.value <> 0 then placed.value / {base}.value - 1 end"
