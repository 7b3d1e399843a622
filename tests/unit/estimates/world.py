"""A staging database with invented gated figures: months and years of a province and its places."""

from collections.abc import Sequence
from datetime import date

import duckdb

from pipelines.publish.frozen import contract

PROVINCE, CITY = ("province", "990000", "云泽省"), ("city", "990100", "澜川市")
AS_OF = date(2026, 10, 31)


def staging() -> duckdb.DuckDBPyConnection:
    """An empty one, with one province and no registered break."""
    con = duckdb.connect()
    for schema in ("public", "model", "geo", "ops"):
        con.execute(f"create schema {schema}")
    con.execute(contract().create_sql("public.indicator_values"))
    con.execute("create table model.series_breaks (break_on date, kind text, indicators text)")
    con.execute(
        "create table geo.regions as select '990000' as region_code, '云泽省' as name_zh, "
        "'Yunze' as name_en, 'province' as level, cast(null as text) as city_code, "
        "date '0001-01-01' as valid_from"
    )
    return con


def add_months(
    con: duckdb.DuckDBPyConnection,
    series: tuple[str, str, str],
    place: tuple[str, str, str],
    rows: Sequence[tuple[date, float | None, int | None, int | None]],
) -> None:
    """Rows (first day, value, numerator, denominator) of a series (indicator, measure, unit)."""
    _add(con, series, place, "month", rows)


def add_years(
    con: duckdb.DuckDBPyConnection,
    series: tuple[str, str, str],
    place: tuple[str, str, str],
    rows: Sequence[tuple[date, float | None, int | None, int | None]],
) -> None:
    """The same of years."""
    _add(con, series, place, "year", rows)


def _add(
    con: duckdb.DuckDBPyConnection,
    series: tuple[str, str, str],
    place: tuple[str, str, str],
    kind: str,
    rows: Sequence[tuple[date, float | None, int | None, int | None]],
) -> None:
    indicator, measure, unit = series
    con.executemany(
        f"""
        insert into public.indicator_values by name
        select ? as indicator, ? as measure, ? as unit, ? as level, ? as region_code,
            ? as region_zh, 'as_was' as basis, '{kind}' as period_kind, '' as by_name,
            '' as by_value, * replace (
                cast(period_start + interval 1 {kind} as date) as period_end,
                case when value is null then 'hidden' else 'ok' end as state)
        from (select cast(? as date) as period_start, cast(null as date) as period_end,
            '' as state, ? as value, ? as numerator, ? as denominator, ? as n)
        """,
        [
            [indicator, measure, unit, *place, on, value, top, bottom, bottom or top]
            for on, value, top, bottom in rows
        ],
    )


def months(first: int, count: int) -> list[date]:
    """First days of so many months from January of a year on."""
    return [date(first + at // 12, at % 12 + 1, 1) for at in range(count)]
