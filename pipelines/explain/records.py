"""From a figure to the records that count in it: table, file and record number.

The facts of an indicator carry no keys; its arms (`arms`) do. The engine's own terms say which
facts lie in a cell, and what is found has to add up to the figure that the run computed, else
nothing is told. Of a table without keys the trace ends at its files.

Record numbers tell of single matters. They belong in the vault's tier: who calls this writes them
nowhere else.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from pipelines.contract import Table
from pipelines.engine.durations import spell_terms
from pipelines.engine.facts import event_terms, spells_of
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import CURVES, STOCKS, Indicator, Kind
from pipelines.engine.search_path import bare_names
from pipelines.explain.arms import MARK, Arm, key_of, read_arms, single_keys
from pipelines.explain.figure import Figure
from pipelines.quoting import literal
from pipelines.words import UserError

UNGATED = "indicators.indicator_values"
TRACED = "traced_records"  # table_name, file_id, record_no; the last is NULL where it ends at files


@dataclass(frozen=True, slots=True)
class Definitions:
    """What the run computed with: contracts, the indicator, and what the engine was told."""

    tables: Mapping[str, Table]
    indicator: Indicator
    frame: Frame


def trace_records(
    con: duckdb.DuckDBPyConnection, defined: Definitions, figure: Figure
) -> tuple[str, ...]:
    """Fill the temporary table `traced_records` with the records that count in a figure.

    Args:
        con: the staging database; nothing in its file is changed.
        defined: the definitions of the run.
        figure: what readers see, not hidden.

    Returns:
        The tables of which only the files are known.

    Raises:
        UserError: the warehouse holds another figure than the release, or what is found does not
            add up to it.
    """
    expected = _expected(con, figure)
    con.execute(
        f"create or replace temp table {TRACED} "
        "(table_name varchar, file_id varchar, record_no bigint)"
    )
    found, ends = Counter[str](), set[str]()
    with bare_names(con):
        for arm in read_arms(defined.indicator, defined.tables):
            _find_members(con, arm, defined.frame, figure)
            members = _count_members(con)
            found.update(members)
            if members["facts"]:
                ends |= set(_add_records(con, arm, defined))
    if any(found[count] != expected[count] for count in _COUNTS[_shape(defined.indicator)]):
        raise UserError("explain.NOT_ADDED_UP", figure=figure.address)
    return tuple(sorted(ends))


def ends_at_files(defined: Definitions) -> Iterator[str]:
    """The tables behind an indicator of which only the files can be told, arm by arm."""
    single = single_keys(defined.tables)
    for arm in read_arms(defined.indicator, defined.tables):
        for name in defined.frame.sources_of(arm.indicator):
            if not key_of(defined.tables[name], arm.keys, single):
                yield name


def _expected(con: duckdb.DuckDBPyConnection, figure: Figure) -> dict[str, int]:
    """What the run counted in the figure, if it is still the figure that readers see."""
    found = con.execute(
        "select n, numerator, denominator, value, coalesce(n_numerator, 0) "
        f"from {UNGATED} where indicator = ? and measure = ? and level = ? and region_code = ? "
        "and period_kind = ? and period_start = ? and by_name = ? and by_value = ?",
        list(figure.key),
    ).fetchall()
    if not found or tuple(found[0][:-1]) != figure.terms:
        raise UserError("explain.MOVED_ON", figure=figure.address)
    return {"n": found[0][0], "n_numerator": found[0][-1]}


def _find_members(con: duckdb.DuckDBPyConnection, arm: Arm, frame: Frame, figure: Figure) -> None:
    """Keep the facts of an arm that lie in the figure's cell as `members`, with their keys."""
    indicator = arm.indicator
    first = len(indicator.by) - len(arm.keys)
    keys = [f", by_{first + place} as {MARK}{key}" for place, key in enumerate(arm.keys)]
    con.execute(
        f"""create or replace temp table members as
        with
            facts as ({indicator.query}),
            cell as (
                select cell_id, period_start, period_end, last_on
                from indicators.frame_cells
                where level = $level and region_code = $region_code
                    and period_kind = $period_kind and period_start = $period_start
            ),
            {_TERMS_IN_CELL[_shape(indicator)].format(terms=_terms(indicator, frame))}
        select is_unit, is_event{"".join(keys)} from found
        where {_of_measure(indicator, figure)} and {_in_breakdown(indicator, figure)}""",
        {
            name: figure.row[name]
            for name in ("level", "region_code", "period_kind", "period_start")
        },
    )


def _count_members(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    [(facts, units, events)] = con.execute(
        "select count(*), count(*) filter (where is_unit), count(*) filter (where is_event) "
        "from members"
    ).fetchall()
    return {"facts": facts, "n": units, "n_numerator": events}


def _of_measure(indicator: Indicator, figure: Figure) -> str:
    """Whether a fact is of the figure's measure; the measures of one curve share their facts."""
    if "measure" not in indicator.columns:
        return "true"
    names = [measure.name for measure in indicator.measures]
    return f"measure_no = {names.index(figure.row['measure'])}"


def _in_breakdown(indicator: Indicator, figure: Figure) -> str:
    name, value = figure.row["by_name"], figure.row["by_value"]
    if not name:
        return "true"
    return f"by_{indicator.by.index(name)} in ({literal(value)}, '*')"


def _shape(indicator: Indicator) -> str:
    if indicator.kind in STOCKS:
        return "stock"
    if indicator.kind in CURVES:
        return "curve"
    if indicator.kind is Kind.LONGEST:
        return "longest"
    return "count" if indicator.kind in {Kind.COUNT, Kind.COMPOSITION} else "quotient"


def _terms(indicator: Indicator, frame: Frame) -> str:
    match _shape(indicator):
        case "stock" | "longest":
            return f"select * from ({spells_of(indicator)}) where from_on <= {frame.today}"
        case "curve":
            return spell_terms(indicator, frame)
        case _:
            return event_terms(indicator, frame)


# What has to add up; the n of a composition is that of all parts together.
_COUNTS = {
    "count": ("n_numerator",),
    "quotient": ("n", "n_numerator"),
    **dict.fromkeys(("curve", "stock", "longest"), ("n",)),
}
_EVENTS = """
    terms as ({terms}),
    found as (
        select terms.*, unit is not null as is_unit, event is not null as is_event
        from terms
        inner join indicators.frame_routes as routes using (region_no, month_start)
        inner join cell using (cell_id)
        where terms.span <= routes.span and coalesce(event, unit) is not null
    )
"""
# How the facts of each shape lie in a cell, as the engine counts them.
_TERMS_IN_CELL = {
    "count": _EVENTS,
    "quotient": _EVENTS,
    "curve": """
        terms as ({terms}),
        found as (
            select terms.*, true as is_unit, false as is_event
            from terms
            inner join indicators.frame_routes as routes using (region_no, month_start)
            inner join cell using (cell_id)
            where days is not null and not routes.is_split
        )
    """,
    "stock": """
        terms as ({terms}),
        found as (
            select terms.*, true as is_unit, false as is_event
            from terms
            inner join indicators.frame_stock_routes as routes using (region_no)
            inner join indicators.frame_ends as ends on ends.month_id = routes.cell_id
            inner join cell on cell.cell_id = ends.cell_id
            where not routes.is_split and from_on <= last_on and until_on > last_on
        )
    """,
    "longest": """
        terms as (select *, row_number() over () as spell_no from ({terms})),
        found as (
            select distinct terms.*, true as is_unit, false as is_event
            from terms
            inner join indicators.frame_periods as month
                on month.period_kind = 'month' and month.period_end > from_on
                and month.period_start < greatest(until_on, from_on + 1)
            inner join indicators.frame_routes as routes
                on routes.region_no = terms.region_no
                and routes.month_start = month.period_start
            inner join cell using (cell_id)
        )
    """,
}


def _add_records(con: duckdb.DuckDBPyConnection, arm: Arm, defined: Definitions) -> Iterator[str]:
    """Add the records of the tables behind an arm; name those that end at their files."""
    single = single_keys(defined.tables)
    for name in defined.frame.sources_of(arm.indicator):
        key = key_of(defined.tables[name], arm.keys, single)
        con.execute(
            f"insert into {TRACED} {_of_key(name, key) if key else _of_files(name)}",
            None if key else [name],
        )
        if not key:
            yield name


def _of_key(table: str, key: Sequence[str]) -> str:
    met = " and ".join(f"cast(record.{k} as varchar) = members.{MARK}{k}" for k in key)
    return f"""
        select '{table}', file_id, record_no
        from model.{table} as record
        where exists (select 1 from members where {met})
    """


def _of_files(table: str) -> str:  # noqa: ARG001 - beside `_of_key`
    return "select table_name, file_id, null from ops.files where table_name = ?"
