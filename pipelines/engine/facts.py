"""From the facts of an indicator to sums in the cells of the frame.

Two stages: the base (measure x region row x month x one breakdown), kept as
`indicators.base_<id>`, then one group-by for each level and kind of period into
`indicators.cell_sums`. The base is what a second engine would hand over, and what is kept.
Spells whose length matters are in `durations`; shares, intervals and states in `values`.
"""

from collections.abc import Iterator

import duckdb

from pipelines.engine.frame import LEVELS, PERIOD_KINDS, Frame, is_on_grid
from pipelines.engine.indicator import STOCKS, Indicator, Kind
from pipelines.engine.portable import IndicatorError

EVERY = "'*'"

# Kept beside the sums for the gate: how many units stand behind the denominator and behind the
# numerator. n_missing counts facts that lack a term; curves bring their value along.
SUM_COLUMNS = """
    cell_id BIGINT, measure VARCHAR, by_name VARCHAR, by_value VARCHAR,
    numerator BIGINT, denominator BIGINT, n BIGINT, n_numerator BIGINT,
    n_known BIGINT, n_missing BIGINT, is_split BOOLEAN,
    value DOUBLE, low DOUBLE, high DOUBLE
"""

_SPAN = "case {grain} when 'month' then 1 when 'quarter' then 2 when 'half_year' then 3 \
when 'year' then 4 else 0 end"


def base_name(indicator: Indicator) -> str:
    """The table that holds an indicator's base."""
    return f"indicators.base_{indicator.id}"


def breakdowns(indicator: Indicator) -> tuple[str, ...]:
    """The totals ('') and each breakdown of an indicator."""
    return ("", *indicator.by)


def measure_sql(indicator: Indicator) -> str:
    """The measure that a fact belongs to."""
    return "measure" if "measure" in indicator.columns else f"'{indicator.headline.name}'"


def by_sql(by_name: str) -> str:
    """The value of a breakdown in a fact; a missing one is `unknown`."""
    return f"coalesce(cast({by_name} as varchar), 'unknown')" if by_name else "''"


def sum_facts(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Fill `indicators.base_<id>` and `indicators.cell_sums` for an indicator that is summed.

    Raises:
        IndicatorError: the facts break the promise of their kind.
    """
    if indicator.kind in STOCKS:
        _build_stock_base(con, indicator, frame)
        _check_measures(con, indicator)
        _run_stocks_forward(con, indicator)
    else:
        _build_event_base(con, indicator, frame)
        _check_measures(con, indicator)
        _sum_events(con, indicator)


def grid() -> Iterator[tuple[str, str, str]]:
    """Each level and kind of period of the grid, and which breakdowns stand there (SQL)."""
    for level in LEVELS:
        for kind in PERIOD_KINDS:
            has_total = is_on_grid(level, kind, is_total=True)
            has_parts = is_on_grid(level, kind, is_total=False)
            if has_total or has_parts:
                wanted = {(True, True): "true", (True, False): "by_name = ''"}
                yield level, kind, wanted.get((has_total, has_parts), "by_name <> ''")


def _build_event_base(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    base = base_name(indicator)
    con.execute(
        f"""create or replace table {base} (
            measure VARCHAR, region_row VARCHAR, month_start DATE, span INTEGER,
            by_name VARCHAR, by_value VARCHAR, numerator BIGINT, denominator BIGINT,
            n BIGINT, n_numerator BIGINT, n_known BIGINT, n_missing BIGINT)"""
    )
    broken = 0
    for by_name in breakdowns(indicator):
        con.execute(
            f"create or replace temp table summed as {_event_sums(indicator, frame, by_name)}"
        )
        broken += con.execute("select coalesce(sum(n_broken), 0) from summed").fetchall()[0][0]
        con.execute(f"insert into {base} select * exclude (n_broken) from summed")
        note_values(con, base, by_name)
        _spread_everywhere(con, base, by_name)
    con.execute("drop table summed")
    if broken:
        promise = "0 <= numerator <= denominator" if indicator.kind is Kind.SHARE else "no sum < 0"
        raise IndicatorError(
            f"{indicator.path.name}: {broken} facts break the promise of a {indicator.kind} "
            f"({promise}; a row with '*' in a breakdown has numerator 0)"
        )


def _event_sums(indicator: Indicator, frame: Frame, by_name: str) -> str:
    numerator, denominator = _terms(indicator)
    units = "denominator" if denominator != "0" else "numerator"
    highest = "denominator" if indicator.kind is Kind.SHARE else "numerator"
    grain = _SPAN.format(grain="grain") if "grain" in indicator.columns else "0"
    return f"""
        with
            facts as ({indicator.query}),
            terms as (
                select
                    {measure_sql(indicator)} as measure, region_row, {by_sql(by_name)} as by_value,
                    cast(on_date as date) as on_date, {grain} as span,
                    cast({numerator} as bigint) as numerator,
                    cast({denominator} as bigint) as denominator,
                    {numerator} is not null and {denominator} is not null as is_known
                from facts
                {_observed(indicator, frame)}
            )
        select
            measure, region_row, days.month_start, span, '{by_name}' as by_name, by_value,
            sum(numerator) filter (where is_known) as numerator,
            sum(denominator) filter (where is_known) as denominator,
            count(*) filter (where is_known and {units} <> 0) as n,
            count(*) filter (where is_known and numerator <> 0) as n_numerator,
            count(*) filter (where is_known) as n_known,
            count(*) filter (where not is_known) as n_missing,
            count(*) filter (
                where numerator < 0 or denominator < 0 or numerator > {highest}
                or (by_value = {EVERY} and numerator <> 0)
            ) as n_broken
        from terms
        inner join indicators.frame_days as days on days.day = terms.on_date
        group by all
    """


def _terms(indicator: Indicator) -> tuple[str, str]:
    """Numerator and denominator of one fact; 0 where the kind has no denominator."""
    if indicator.kind is Kind.MEAN:
        return "amount", "case when amount is not null then 1 end"
    if indicator.kind in {Kind.COUNT, Kind.COMPOSITION}:
        return "numerator", "0"
    return "numerator", "denominator" if "denominator" in indicator.columns else "1"


def _observed(indicator: Indicator, frame: Frame) -> str:
    """Keep the facts whose follow-up had passed when their file was made."""
    if indicator.follow_up_days is None:
        return ""
    return (
        f"where cast(on_date as date) + {indicator.follow_up_days} "
        f"<= least(seen_until_on, {frame.today})"
    )


def note_values(con: duckdb.DuckDBPyConnection, base: str, by_name: str) -> None:
    """Add the values of a breakdown that a base holds to those that are always shown."""
    con.execute(
        f"""insert into indicators.by_values
        select distinct by_name, by_value from {base}
        where by_name = '{by_name}' and by_value <> {EVERY}
        except select by_name, by_value from indicators.by_values"""
    )


def _spread_everywhere(con: duckdb.DuckDBPyConnection, base: str, by_name: str) -> None:
    """Give what has no such breakdown ('*') to every value of it."""
    if not by_name:
        return
    con.execute(
        f"""insert into {base}
        select measure, region_row, month_start, span, by_name, by_values.by_value,
            numerator, denominator, n, n_numerator, n_known, n_missing
        from {base}
        inner join indicators.by_values using (by_name)
        where by_name = '{by_name}' and {base}.by_value = {EVERY}"""
    )
    con.execute(f"delete from {base} where by_name = '{by_name}' and by_value = {EVERY}")


def _sum_events(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    for level, kind, wanted in grid():
        con.execute(
            f"""insert into indicators.cell_sums
            select
                cells.cell_id, measure, by_name, by_value, sum(numerator), sum(denominator),
                sum(n), sum(n_numerator), sum(n_known), sum(n_missing), false, null, null, null
            from {base_name(indicator)} as base
            {cell_join(level, kind, "base")}
            where {wanted} and base.span <= cells.span
            group by cells.cell_id, measure, by_name, by_value"""
        )


def cell_join(level: str, kind: str, base: str) -> str:
    """Join a base with the cells of a level and kind of period that its rows belong to."""
    return f"""
        inner join indicators.frame_period_months as months
            on months.period_kind = '{kind}' and months.month_start = {base}.month_start
        left join indicators.frame_carries as carries
            on carries.region_row = {base}.region_row and carries.on_day = {base}.month_start
        inner join indicators.frame_ancestors as ancestors
            on ancestors.level = '{level}'
            and ancestors.region_row = coalesce(carries.carried_row, {base}.region_row)
        inner join indicators.frame_cells as cells
            on cells.level = '{level}' and cells.region_code = ancestors.region_code
            and cells.period_kind = '{kind}' and cells.period_start = months.period_start
    """


def _build_stock_base(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Net openings by month; what opened before the first month is put into it."""
    base = base_name(indicator)
    con.execute(
        f"""create or replace table {base} (
            measure VARCHAR, region_row VARCHAR, month_start DATE,
            by_name VARCHAR, by_value VARCHAR, opened BIGINT, marked BIGINT)"""
    )
    for by_name in breakdowns(indicator):
        con.execute(f"insert into {base} {_stock_moves(indicator, frame, by_name)}")
        note_values(con, base, by_name)


def _stock_moves(indicator: Indicator, frame: Frame, by_name: str) -> str:
    marked_on = "greatest(from_on, marked_on)" if "marked_on" in indicator.columns else "null"
    return f"""
        with
            facts as ({indicator.query}),
            spells as (
                select
                    {measure_sql(indicator)} as measure, region_row, {by_sql(by_name)} as by_value,
                    cast(from_on as date) as from_on,
                    coalesce(cast(until_on as date), date '9999-12-31') as until_on,
                    coalesce(cast({marked_on} as date), date '9999-12-31') as marked_on
                from facts
            ),
            moves as (
                select measure, region_row, by_value, from_on as on_day, 1 as opened, 0 as marked
                from spells where from_on < until_on
                union all
                select measure, region_row, by_value, until_on, -1,
                    case when marked_on < until_on then -1 else 0 end
                from spells where from_on < until_on
                union all
                select measure, region_row, by_value, marked_on, 0, 1
                from spells where marked_on < until_on
            )
        select
            measure, region_row,
            coalesce(
                days.month_start, (select min(month_start) from indicators.frame_days)
            ) as month_start,
            '{by_name}', by_value, sum(opened), sum(marked)
        from moves
        left join indicators.frame_days as days on days.day = moves.on_day
        where moves.on_day <= {frame.today}
        group by all
    """


_STANDING = """
    create or replace temp table standing as
    with series as (
        select distinct measure, region_row, by_name, by_value from {base}
    )
    select
        series.measure, series.region_row, series.by_name, series.by_value,
        month.period_start as month_start, month.last_on,
        sum(coalesce(moves.opened, 0)) over so_far as opened,
        sum(coalesce(moves.marked, 0)) over so_far as marked
    from series
    inner join indicators.frame_periods as month on month.period_kind = 'month'
    left join {base} as moves
        on moves.measure = series.measure and moves.region_row = series.region_row
        and moves.by_name = series.by_name and moves.by_value = series.by_value
        and moves.month_start = month.period_start
    window so_far as (
        partition by series.measure, series.region_row, series.by_name, series.by_value
        order by month.period_start rows unbounded preceding
    )
    qualify sum(coalesce(moves.opened, 0)) over so_far <> 0
"""


def _run_stocks_forward(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    """What stands on the last day of each month, then of each period.

    What stood in a region that was divided is counted above its heirs; in the heirs themselves
    the stock is not known (`is_split`) as long as any of it stands.
    """
    con.execute(_STANDING.format(base=base_name(indicator)))
    numerator, denominator = ("marked", "opened")
    if indicator.kind is Kind.STOCK:
        numerator, denominator = ("opened", "0")
    for level, kind, wanted in grid():
        con.execute(
            f"""insert into indicators.cell_sums
            with parts as (
                select cells.cell_id, measure, by_name, by_value, opened, marked, false as is_split
                from standing
                {_stock_join(level, kind)}
                union all
                select cells.cell_id, measure, by_name, by_value, 0, 0, true
                from standing
                {_split_join(level, kind)}
            )
            select cell_id, measure, by_name, by_value, sum({numerator}), sum({denominator}),
                sum(opened), sum({numerator}), sum(opened), 0, bool_or(is_split), null, null, null
            from parts
            where {wanted}
            group by cell_id, measure, by_name, by_value"""
        )
    con.execute("drop table standing")


def _stock_join(level: str, kind: str) -> str:
    return f"""
        inner join indicators.frame_period_months as months
            on months.period_kind = '{kind}' and months.is_last
            and months.month_start = standing.month_start
        left join indicators.frame_carries as carries
            on carries.region_row = standing.region_row and carries.on_day = standing.last_on
        inner join indicators.frame_ancestors as ancestors
            on ancestors.level = '{level}'
            and ancestors.region_row = coalesce(carries.carried_row, standing.region_row)
        inner join indicators.frame_cells as cells
            on cells.level = '{level}' and cells.region_code = ancestors.region_code
            and cells.period_kind = '{kind}' and cells.period_start = months.period_start
    """


def _split_join(level: str, kind: str) -> str:
    return f"""
        inner join indicators.frame_period_months as months
            on months.period_kind = '{kind}' and months.is_last
            and months.month_start = standing.month_start
        inner join indicators.frame_heirs as heirs
            on heirs.region_row = standing.region_row and heirs.on_day = standing.last_on
            and not heirs.is_whole and heirs.level = '{level}'
        inner join indicators.frame_cells as cells
            on cells.level = '{level}' and cells.region_code = heirs.region_code
            and cells.period_kind = '{kind}' and cells.period_start = months.period_start
    """


def _check_measures(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    declared = {measure.name for measure in indicator.measures}
    found = con.execute(f"select distinct measure from {base_name(indicator)} order by 1")
    strange = [name for (name,) in found.fetchall() if name not in declared]
    if strange:
        raise IndicatorError(
            f"{indicator.path.name}: the query returns measure `{strange[0]}`; "
            f"the header declares {', '.join(sorted(declared))}"
        )
