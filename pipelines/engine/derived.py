"""Derived indicators: a method is given the figures of others and returns figures of its own.

The method is a pure function of `pipelines.methods`: an arrow table in, an arrow table out. It
sees the figures as they stand before the gate. What it returns is laid into the frame like any
other: the same places and periods, states, reasons, flags and changes.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import duckdb

from pipelines.engine.facts import number_values
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Indicator
from pipelines.portable import IndicatorError

METHODS = "pipelines.methods"

# What a method is given: one row per figure, in a fixed order. `city_code` and `province_code`
# say where the region lies at the end of the period; `value` is NULL unless `state` is `ok`.
_GIVEN = """
    select
        indicator, measure, level, region_code, city_code, province_code, period_kind, period_start,
        cells.period_end, by_name, by_value, numerator, denominator, value, low, high, n, state,
        reason, coverage
    from indicators.indicator_values as rows
    inner join indicators.frame_cells as cells
        using (level, region_code, period_kind, period_start)
    where indicator in ({sources})
    order by indicator, measure, level, region_code, period_kind, period_start, by_name, by_value
"""

# What a method may return; a column that it leaves out is as here.
_RETURNED = """
    measure VARCHAR, level VARCHAR, region_code VARCHAR, period_kind VARCHAR, period_start DATE,
    by_name VARCHAR DEFAULT '', by_value VARCHAR DEFAULT '', value DOUBLE, low DOUBLE, high DOUBLE,
    n BIGINT, numerator BIGINT, denominator BIGINT
"""


# What could not be shown, as conditions on a row with its place. NULL says that there is no figure.
_FAULTS = {
    "a place or period that the frame has not": "cell_id is null",
    "a measure that the header does not declare": "measure_no is null",
    "a breakdown that `by` does not list": "not is_listed",
    "two figures for one place": "times > 1",
    "a number that is not finite": "not (isfinite(value) and isfinite(low) and isfinite(high))",
}


def derive(con: duckdb.DuckDBPyConnection, indicator: Indicator, _frame: Frame) -> None:
    """Fill `cell_sums` from the figures of `from`, which have been computed.

    Raises:
        IndicatorError: there is no such method, or it returns rows that do not fit the frame. No
            message holds a figure.
    """
    sources = ", ".join(f"'{name}'" for name in indicator.derived_from)
    given = con.sql(_GIVEN.format(sources=sources)).to_arrow_table()
    con.register("from_method", _find_method(indicator)(given))
    con.execute(f"create or replace temp table returned ({_RETURNED})")
    con.execute("insert into returned by name select * from from_method")
    con.unregister("from_method")
    number_values(con, indicator, "select by_name, by_value from returned union select '', ''")
    measures = " ".join(f"when '{m.name}' then {no}" for no, m in enumerate(indicator.measures))
    names = ", ".join(f"'{name}'" for name in ("", *indicator.by))
    con.execute(
        f"""create or replace temp table placed as
        select
            *, case measure {measures} end as measure_no, by_name in ({names}) as is_listed,
            count(*) over (partition by cell_id, measure, by_name, by_value) as times
        from returned
        left join indicators.frame_cells using (level, region_code, period_kind, period_start)"""
    )
    for said, condition in _FAULTS.items():
        if con.execute(f"select 1 from placed where {condition} limit 1").fetchall():
            raise IndicatorError(f"{indicator.path.name}: `{indicator.method}` returned {said}")
    con.execute(
        f"""insert into cell_sums
        select
            cell_id, measure_no, by_no, numerator, denominator, n, n, 0, false, false, null, null,
            value, low, high
        from placed
        inner join indicators.by_values using (by_name, by_value)
        where indicator = '{indicator.id}'"""
    )
    con.execute("drop table returned")
    con.execute("drop table placed")


def _find_method(indicator: Indicator) -> Callable[[Any], Any]:
    module, _, function = indicator.method.rpartition(".")
    try:
        return getattr(import_module(f"{METHODS}.{module}"), function)
    except (ImportError, AttributeError) as error:
        raise IndicatorError(
            f"{indicator.path.name}: `method` is `{indicator.method}`; expected module.function of "
            f"{METHODS} ({error})"
        ) from None
