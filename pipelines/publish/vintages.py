"""The vintages of figures: as first published, and at each revision since.

A release carries the vintages of the release before and adds its own where a figure differs, so
that the history outlives old releases. It is made of published figures only. A difference between
two vintages is a count too, of what came in late: where it is one of fewer than k, the earlier
figure is not repeated, nor are those of the same indicator and year, since months sum to years.
"""

from collections.abc import Mapping

import duckdb

from pipelines.engine.indicator import Cell, Indicator
from pipelines.publish.frozen import COUNTS, VALUES, differs, moves_by_few
from pipelines.publish.pointer import current_release
from pipelines.quoting import literal
from pipelines.settings import Home

TABLE = "quality.vintages"
FILE = "vintages.parquet"
CELL = "indicator, measure, level, region_code, period_kind, period_start"


def write_vintages(
    con: duckdb.DuckDBPyConnection, home: Home, indicators: Mapping[str, Indicator], k: int
) -> None:
    """Write `quality.vintages`.

    Args:
        con: the staging database with the values to publish, after `freeze`.
        home: the installation, for the current release.
        indicators: the definitions: which measure is the headline, and which count persons' cases.
        k: the smallest difference other than zero that may be shown.
    """
    con.execute("create or replace temp table headlines "
                "(indicator VARCHAR, measure VARCHAR, is_protected BOOLEAN)")  # fmt: skip
    for each in indicators.values():
        is_protected = each.cell is not Cell.NONE
        con.execute(
            "insert into headlines values (?, ?, ?)", [each.id, each.measures[0].name, is_protected]
        )
    con.execute(f"create or replace temp view earlier_vintages as {_earlier(home)}")
    con.execute(_VINTAGES, {"k": k})
    con.execute("drop view earlier_vintages; drop table headlines")


def _earlier(home: Home) -> str:
    """The vintages that the current release knows of."""
    current = current_release(home)
    if current is None:
        return f"select * from ({_published(VALUES)}) where false"
    folder = current.folder / "tables"
    if (folder / FILE).exists():
        return (
            f"select {CELL}, period_end, vintage_no, data_on, numerator, denominator, value, n "
            f"from read_parquet({literal(folder / FILE)})"
        )
    return _published(f"read_parquet({literal(folder / 'indicator_values.parquet')})")


def _published(values: str) -> str:
    """The headline figures among `values`, each as a first vintage."""
    return f"""
        select
            {CELL}, period_end, 1 as vintage_no, try_cast(vintage as date) as data_on,
            numerator, denominator, value, n
        from {values}
        inner join headlines using (indicator, measure)
        where level = 'province' and basis = 'as_was' and by_name = ''
            and period_kind in ('month', 'year') and state = 'ok'
            and try_cast(vintage as date) is not null
    """


# A cell that is no longer shown takes its vintages with it.
_VINTAGES = f"""
    create or replace table {TABLE} as
    with
        present as ({_published(VALUES)}),
        kept as (
            select old.* from earlier_vintages as old semi join present using ({CELL})
        ),
        latest as (
            select * from kept qualify vintage_no = max(vintage_no) over (partition by {CELL})
        ),
        added as (
            select
                {", ".join(f"new.{name.strip()}" for name in CELL.split(","))}, new.period_end,
                coalesce(old.vintage_no, 0) + 1 as vintage_no, new.data_on, new.numerator,
                new.denominator, new.value, new.n
            from present as new left join latest as old using ({CELL})
            where old.vintage_no is null or {differs("value")} or {differs("numerator")}
                or {differs("denominator")}
        ),
        every as (select * from kept union all by name select * from added),
        small as (
            select distinct one.indicator, one.measure, year(one.period_start) as year
            from every as one
            inner join every as other using ({CELL})
            inner join headlines on headlines.indicator = one.indicator and is_protected
            where one.vintage_no < other.vintage_no
                and ({" or ".join(moves_by_few(f"({c})", "$k", ("one", "other")) for c in COUNTS)})
        ),
        judged as (
            select
                every.*,
                value is null or (small.year is not null and vintage_no < max(vintage_no) over cell)
                    as is_hidden
            from every
            left join small
                on small.indicator = every.indicator and small.measure = every.measure
                and small.year = year(every.period_start)
            window cell as (partition by
                {", ".join(f"every.{name.strip()}" for name in CELL.split(","))})
        ),
        shown as (
            select
                * exclude (numerator, denominator, value, n),
                case when not is_hidden then numerator end as numerator,
                case when not is_hidden then denominator end as denominator,
                case when not is_hidden then value end as value,
                case when not is_hidden then n end as n
            from judged
        )
    select
        {CELL}, period_end, vintage_no, data_on,
        12 * (year(data_on) - year(period_end)) + month(data_on) - month(period_end)
            as months_later,
        case when is_hidden then 'hidden' else 'ok' end as state,
        numerator, denominator, value, n,
        case when vintage_no > 1 then value / nullif(first_value(value) over vintages, 0) - 1 end
            as revision
    from shown
    window vintages as (partition by {CELL} order by vintage_no)
    order by {CELL}, vintage_no
"""
