"""From the facts of an indicator to sums in the cells of the frame.

Two stages: the base (measure x region version x month x one breakdown), then one group-by for each
level and kind of period into `cell_sums`. The base is what a cluster hands over where
`Frame.backend` is one; it is computed anew in every run, as little would be saved by keeping it
(see docs/benchmarks.md). What stands is in `stocks`, how long things last in `durations`, and
shares, intervals and states are in `values`.
"""

from collections.abc import Iterator, Mapping

import duckdb

from pipelines.engine.frame import OFFICE, Frame, cells_of, grid
from pipelines.engine.indicator import LEVELS, STOCKS, Indicator, Kind
from pipelines.portable import IndicatorError

EVERYWHERE = "'*'"
ESTIMATED = "is_estimated"

# Kept beside the sums for the gate: how many units stand behind the denominator (n) and the
# numerator. n_missing counts facts that lack a term; is_estimated says that a term was worked out
# and not counted; top_one and top_two are the largest part of a sum and the two largest together;
# curves bring their value along.
SUM_COLUMNS = """
    cell_id INTEGER, measure_no INTEGER, by_no INTEGER, numerator BIGINT, denominator BIGINT,
    n BIGINT, n_numerator BIGINT, n_missing BIGINT, is_split BOOLEAN,
    is_estimated BOOLEAN, top_one BIGINT, top_two BIGINT, value DOUBLE, low DOUBLE, high DOUBLE
"""


def sum_facts(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Fill `cell_sums` for an indicator of events.

    Raises:
        IndicatorError: the facts break the promise of their kind.
    """
    build_base(con, indicator, frame, event_terms(indicator, frame), _term_sums(indicator), "span")
    sum_cells(con, indicator, frame, "base", _event_sums(indicator))


def build_base(
    con: duckdb.DuckDBPyConnection,
    indicator: Indicator,
    frame: Frame,
    terms: str,
    sums: Mapping[str, str],
    *more_keys: str,
) -> None:
    """Fill `base`: facts by measure, region and month, once in total and once for each breakdown.

    Its numbers are those of `frame_regions`, of the header's measures and of
    `indicators.by_values`.

    Args:
        con: the connection; `facts` is the indicator's query for `terms`.
        indicator: the definition.
        frame: what the computation is told.
        terms: a query over `facts` that returns the keys, `by_0`, `by_1` … and what `sums` needs.
        sums: the sums by name; `n_broken` counts facts that break the promise of the kind.
        more_keys: what else to group by.

    Raises:
        IndicatorError: a fact breaks the promise, or is of a measure that the header has not.
    """
    parts = [f"by_{place}" for place in range(len(indicator.by))]
    keys = ", ".join(["measure_no", "region_no", "month_start", *more_keys])
    sets = ", ".join(f"({', '.join([keys, *part])})" for part in [[], *([part] for part in parts)])
    names = " ".join(
        f"when {part} is not null then '{name}'"
        for part, name in zip(parts, indicator.by, strict=True)
    )
    query = f"""
        with facts as ({indicator.query}), terms as ({terms})
        select
            {keys}, {f"case {names} else '' end" if names else "''"} as by_name,
            coalesce({", ".join([*parts, "''"])}) as by_value,
            {", ".join(f"cast({sum_} as bigint) as {name}" for name, sum_ in sums.items())}
        from terms
        group by grouping sets ({sets})
    """
    frame.backend.fill(con, "create or replace temp table summed as", query)
    _check(con, indicator)
    number_values(con, indicator, _list_values(indicator, frame))
    con.execute(
        f"""create or replace temp table base as
        select summed.* exclude (by_name, by_value, n_broken), by_values.by_no
        from summed
        inner join (
            select by_name, by_value, by_no from indicators.by_values
            where indicator = '{indicator.id}'
            union all
            select by_name, {EVERYWHERE}, by_no from indicators.by_values
            where indicator = '{indicator.id}' and by_name <> ''
        ) as by_values using (by_name, by_value)"""
    )
    con.execute("drop table summed")


def _check(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    [(broken, strange)] = con.execute(
        "select coalesce(sum(n_broken), 0), count(*) filter (where measure_no is null) from summed"
    ).fetchall()
    if broken:
        raise IndicatorError(
            f"{indicator.path.name}: facts break the promise of a {indicator.kind}: "
            f"{_PROMISES.get(indicator.kind, _SUMMED)}; each lies in a region of `regions`"
        )
    if strange:
        raise IndicatorError(
            f"{indicator.path.name}: the query returns a measure that the header does not "
            f"declare; expected {', '.join(measure.name for measure in indicator.measures)}"
        )


_SUMMED = (
    "no term is negative or a fraction, and a row with '*' in a breakdown (offices have no '*') "
    "has numerator 0"
)
_SPELL = "no spell ends before it begins"
_PROMISES = {
    Kind.SHARE: f"0 <= numerator <= denominator, {_SUMMED}",
    **dict.fromkeys((*STOCKS, Kind.DURATION, Kind.LONGEST), _SPELL),
    Kind.QUANTILE: "no amount is negative or a fraction",
}


def _list_values(indicator: Indicator, frame: Frame) -> str:
    """The totals and every value of a breakdown, declared or seen, as a query."""
    declared = [(by, value) for by in indicator.by for value in frame.code_values.get(by, ())]
    listed = ", ".join(f"('{by}', '{value}')" for by, value in [("", ""), *declared])
    return f"""
        select by_name, by_value from (values {listed}) as listed (by_name, by_value)
        union
        select by_name, by_value from summed where by_value <> {EVERYWHERE}
    """


def number_values(con: duckdb.DuckDBPyConnection, indicator: Indicator, values: str) -> None:
    """Number the values of an indicator's breakdowns, a query, in order of name."""
    con.execute(f"delete from indicators.by_values where indicator = '{indicator.id}'")
    con.execute(
        f"""insert into indicators.by_values
        select '{indicator.id}', row_number() over (order by by_name, by_value), by_name, by_value
        from ({values})"""
    )


def common_terms(indicator: Indicator) -> str:
    """What every fact brings: its measure and region by number, and its breakdowns."""
    measures = " ".join(
        f"when '{measure.name}' then {no}" for no, measure in enumerate(indicator.measures)
    )
    number = f"case measure {measures} end" if "measure" in indicator.columns else "0"
    parts = [
        f"coalesce(cast({name} as varchar), 'unknown') as by_{place}"
        for place, name in enumerate(indicator.by)
    ]
    return ", ".join([f"cast({number} as integer) as measure_no", "region_no", *parts])


FROM_FACTS = "from facts left join indicators.frame_regions using (region_row)"
NEVER = "date '9999-12-31'"
FIRST_MONTH = "(select min(month_start) from indicators.frame_days)"
SPELLS = {"spells": "count(*)", "n_broken": "count(broken)"}


def spells_of(indicator: Indicator, *more_terms: str) -> str:
    """One row for each spell that has begun, as a query; an open one never ends."""
    terms = ", ".join([common_terms(indicator), *more_terms])
    return f"""
        select
            {terms}, cast(from_on as date) as from_on,
            coalesce(cast(until_on as date), {NEVER}) as until_on,
            case when until_on < from_on or region_no is null then 1 end as broken
        {FROM_FACTS}
    """


def event_terms(indicator: Indicator, frame: Frame) -> str:
    """One row for each event that counts, with its month and its terms as whole numbers."""
    part, whole = _fraction(indicator)
    broken = ["numerator < 0", "denominator < 0", "region_no is null", "is_fraction"]
    broken += ["numerator > denominator"] if indicator.kind is Kind.SHARE else []
    broken += [
        f"(by_{no} = {EVERYWHERE} and {'true' if name == OFFICE else 'numerator <> 0'})"
        for no, name in enumerate(indicator.by)
    ]
    return f"""
        with events as (
            select
                {common_terms(indicator)}, month_start,
                {_SPAN if "grain" in indicator.columns else "0"} as span,
                cast(case when {whole} is not null then {part} end as bigint) as numerator,
                cast(case when {part} is not null then {whole} end as bigint) as denominator,
                {part} <> cast({part} as bigint) or {whole} <> cast({whole} as bigint)
                    as is_fraction,
                {ESTIMATED if ESTIMATED in indicator.columns else "false"} as is_worked_out
            {FROM_FACTS}
            inner join indicators.frame_days on day = cast(on_date as date)
            where {observed(indicator, frame)}
        )
        select
            *, nullif(numerator, 0) as event, nullif(denominator, 0) as unit,
            case when numerator is null then 1 end as missing,
            case when is_worked_out then 1 end as estimated,
            case when {" or ".join(broken)} then 1 end as broken
        from events
    """


def observed(indicator: Indicator, frame: Frame) -> str:
    """Whether the follow-up of an event or amount has passed in its own file, as a condition."""
    if indicator.follow_up_days is None:
        return "true"
    until = f"cast(on_date as date) + {indicator.follow_up_days}"
    return f"{until} <= least(seen_until_on, {frame.today})"


_SPAN = """
    case grain when 'month' then 1 when 'quarter' then 2 when 'half_year' then 3
        when 'year' then 4 else 0 end
"""


def _fraction(indicator: Indicator) -> tuple[str, str]:
    """Numerator and denominator of one fact; 0 where the kind has no denominator."""
    if indicator.kind is Kind.MEAN:
        return "amount", "1"
    if indicator.kind in {Kind.COUNT, Kind.COMPOSITION}:
        return "numerator", "0"
    return "numerator", "denominator" if "denominator" in indicator.columns else "1"


def _term_sums(indicator: Indicator) -> dict[str, str]:
    is_counted = indicator.kind in {Kind.COUNT, Kind.COMPOSITION}
    return {
        "numerator": "sum(numerator)",
        "denominator": "null" if is_counted else "sum(denominator)",
        "n": "count(event)" if is_counted else "count(unit)",
        "n_numerator": "count(event)",
        "n_missing": "count(missing)",
        "top_one": "max(numerator)",
        "top_two": _TOP_TWO,
        "n_estimated": "count(estimated)",
        "n_broken": "count(broken)",
    }


# The two largest parts of a sum. Parts of one are most of all facts, and lists of them are dear.
_TOP_TWO = """greatest(
    list_sum(max(numerator, 2) filter (where numerator > 1)),
    max(numerator) + case when count(event) > 1 then 1 else 0 end
)"""


def _event_sums(indicator: Indicator) -> str:
    is_estimated = "sum(n_estimated) > 0" if ESTIMATED in indicator.columns else "false"
    sums = "sum(numerator), sum(denominator), sum(n), sum(n_numerator), sum(n_missing)"
    # the two largest lie in two rows of the base, or both in one
    tops = "max(top_one), greatest(list_sum(max(top_one, 2)), max(top_two))"
    return f"{sums}, false, {is_estimated}, {tops}"


def sum_cells(
    con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame, source: str, sums: str
) -> None:
    """One group-by for each pass, along the routes into its cells."""
    for routes, wanted in passes(indicator, frame):
        con.execute(
            f"""insert into cell_sums
            select cell_id, measure_no, by_no, {sums}, null, null, null
            from {source} as source
            inner join {routes} using (region_no, month_start)
            where source.span <= routes.span and {wanted}
            group by cell_id, measure_no, by_no"""
        )


def passes(indicator: Indicator, frame: Frame) -> Iterator[tuple[str, str]]:
    """The `routes` of each pass over a base, as a table, and what is wanted of it, as a condition.

    What stands is found once, at the ends of months; `stocks.spread_ends` takes it from there.
    """
    values = f"indicators.by_values where indicator = '{indicator.id}'"
    if indicator.kind in STOCKS:
        ends = f"select (by_no, month_id) from indicators.frame_ends cross join {values}"
        wanted = f"(by_no, cell_id) in ({ends} and ({cells_of(indicator, frame)}))"
        yield from ((_ROUTES.format("stock_routes", level, "month"), wanted) for level in LEVELS)
        return
    for level, kind, wanted in grid(indicator, frame):
        here = f"by_no in (select by_no from {values} and {wanted})"
        yield _ROUTES.format("routes", level, kind), here


_ROUTES = """
    (select * from indicators.frame_{} where level = '{}' and period_kind = '{}') as routes
"""
