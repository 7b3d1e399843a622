"""Worked examples: the test and the documentation of an indicator in one small file.

`<id>.example.yml` lies beside `<id>.sql`: `why` in one sentence, `as_of`, the rows `given` and the
rows to `expect`, as tables that are read aloud (`|` between columns). Only the columns that matter
are written; `times` repeats a row. A region without a version is one for all time; what the
example does not give is a province (99) with one city (9901) of two counties (990101, 990102),
fully covered, by calendar months from the start of the year of `as_of` (or from `since`). Numbers
may be sums: `1/3 - 1/2`. A derived indicator is given the figures of its sources under their ids,
with the columns of `expect`; what is not written is as in an `ok` total.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Self

import duckdb
import yaml

from pipelines.backend import Backend, DuckDB
from pipelines.contract import Table, Words, read_words, refuse_unknown
from pipelines.engine.compute import compute_indicator, prepare
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Indicator
from pipelines.portable import IndicatorError

Rows = list[dict[str, str]]
FOREVER = "0001-01-01"
FRAME_TABLES = ("regions", "region_successors", "periods", "coverage", "rule_calendar")
TOLERANCE = 1e-9

USUAL_REGIONS = """
    region_row | region_code | level    | name_zh | name_en   | city_code | province_code
    99         | 99          | province | 省      | Province  |           | 99
    9901       | 9901        | city     | 市      | City      | 9901      | 99
    990101     | 990101      | county   | 甲县    | Jia       | 9901      | 99
    990102     | 990102      | county   | 乙县    | Yi        | 9901      | 99
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A tiny world, what an indicator must say of it, and why."""

    why: Words
    as_of: date
    since: date
    given: Mapping[str, str]
    expect: str

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read `<id>.example.yml`.

        Raises:
            ContractError: a key is unknown or missing.
        """
        keys = yaml.safe_load(path.read_text(encoding="utf-8"))
        refuse_unknown(path, keys, {"why", "as_of", "since", "given", "expect"})
        missing = {"why", "as_of", "given", "expect"} - set(keys)
        if missing:
            raise IndicatorError(f"{path.name}: key `{min(missing)}` is missing")
        as_of = keys["as_of"]
        return cls(
            why=read_words(path, keys["why"]),
            as_of=as_of,
            since=keys.get("since", as_of.replace(month=1, day=1)),
            given=keys["given"],
            expect=keys["expect"],
        )


def read_rows(text: str) -> Rows:
    """The rows of a table written with `|` between its columns, the first line being the names."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def run_example(
    example: Example,
    indicator: Indicator,
    tables: Mapping[str, Table],
    backend: Backend | None = None,
) -> list[str]:
    """What comes out otherwise than expected, one sentence each; empty when all is right.

    Args:
        example: the world and what is expected.
        indicator: the definition; how fine its figures are published is left aside.
        tables: contracts of the tables that it reads and of the frame's own.
        backend: who runs the queries over facts; DuckDB where none is given.
    """
    indicator = replace(indicator, finest={})
    with duckdb.connect() as con:
        _build_world(con, example, indicator, tables)
        sources = {name: {name} for name in indicator.reads & set(example.given)}
        frame = Frame(example.as_of, sources, backend=backend or DuckDB())
        prepare(con, frame)
        _give_figures(con, example, indicator)
        compute_indicator(con, indicator, frame)
        return [
            f"row {number}: {fault}"
            for number, row in enumerate(read_rows(example.expect), start=1)
            for fault in _faults(con, indicator, row)
        ]


def _build_world(
    con: duckdb.DuckDBPyConnection,
    example: Example,
    indicator: Indicator,
    tables: Mapping[str, Table],
) -> None:
    con.execute("create schema model")
    con.execute("create schema geo")
    names = set(example.given) - set(indicator.derived_from)
    given = {name: read_rows(example.given[name]) for name in names}
    given.setdefault("regions", read_rows(USUAL_REGIONS))
    for row in given["regions"]:
        row.setdefault("valid_from", FOREVER)
        row.setdefault("valid_to", "9999-12-31")
    for name in sorted({*FRAME_TABLES, *indicator.reads, *given}):
        con.execute(tables[name].create_sql(f"model.{name}"))
        usual = {"seen_until_on": str(example.as_of), "region_row": "990101", "office_id": "F01"}
        _insert(con, tables[name], given.get(name, []), usual)
    con.execute(_PERIODS.format(since=example.since, as_of=example.as_of))
    if "coverage" not in given:
        con.execute(_COVERAGE, [sorted(indicator.reads)])


def _insert(
    con: duckdb.DuckDBPyConnection, table: Table, rows: Rows, usual: Mapping[str, str]
) -> None:
    columns = {column.name for column in table.columns}
    for row in rows:
        full = {name: text for name, text in usual.items() if name in columns} | row
        times = int(full.pop("times", "1"))
        values = [
            f"{text}@{FOREVER}" if _is_bare_region(name, text) else text or None
            for name, text in full.items()
        ]
        con.execute(
            f"insert into model.{table.name} ({', '.join(full)}) "
            f"select {', '.join('?' * len(full))} from range({times})",
            values,
        )


def _give_figures(con: duckdb.DuckDBPyConnection, example: Example, indicator: Indicator) -> None:
    """Leave the figures that a derived indicator stands on as the engine would have left them."""
    for name in indicator.derived_from:
        for row in read_rows(example.given[name]):
            place = _place(row, measure="")
            figure = {"indicator": name, "state": "ok"} | place | row
            con.execute(
                f"insert into indicators.indicator_values ({', '.join(figure)}) "
                f"values ({', '.join('?' * len(figure))})",
                [text or None if column in row else text for column, text in figure.items()],
            )


def _place(row: dict[str, str], measure: str) -> dict[str, str]:
    """Take from a row what says where its figure stands, as `indicator_values` has it."""
    kind, start = _period(row.pop("period"))
    by_name, _, by_value = row.pop("by", "").partition("=")
    return {
        "measure": row.pop("measure", "") or measure,
        "level": row.pop("level"),
        "region_code": row.pop("region"),
        "period_kind": kind,
        "period_start": start,
        "by_name": by_name,
        "by_value": by_value,
    }


def _is_bare_region(name: str, text: str) -> bool:
    return name in {"region_row", "successor_row"} and "@" not in text


_PERIODS = """
    insert into model.periods (period_kind, period_start, period_end, is_closed)
    with
        months as (
            select cast(unnest(generate_series(
                date '{since}', date '{as_of}', interval 1 month
            )) as date) as month_start
        ),
        kinds (period_kind, part, length) as (
            values ('month', 'month', interval 1 month), ('quarter', 'quarter', interval 3 month),
                ('year', 'year', interval 1 year)
        )
    select distinct
        period_kind, cast(date_trunc(part, month_start) as date),
        cast(date_trunc(part, month_start) + length as date), true
    from months cross join kinds
    union all
    select 'ytd', cast(date_trunc('year', month_start) as date),
        cast(month_start + interval 1 month as date), true
    from months
    where month(month_start) = month(date '{as_of}') and month(month_start) < 12
"""

_COVERAGE = f"""
    insert into model.coverage (table_name, region_row, from_on, until_on)
    select table_name, region_row, date '{FOREVER}', date '9999-12-31'
    from model.regions cross join (select unnest(?) as table_name)
"""


def _faults(con: duckdb.DuckDBPyConnection, indicator: Indicator, row: dict[str, str]) -> list[str]:
    """How one expected row differs from the one that was computed."""
    figure = dict(row)
    place = _place(figure, indicator.headline.name)
    shown = con.execute(
        f"""select {", ".join(figure)} from indicators.indicator_values
        where indicator = '{indicator.id}' and {" and ".join(f"{name} = ?" for name in place)}""",
        list(place.values()),
    ).fetchall()
    if len(shown) != 1:
        return [f"expected one figure, got {len(shown)}"]
    pairs = zip(figure.items(), shown[0], strict=True)
    return [
        f"{name}: expected {text or 'nothing'}, got {got}"
        for (name, text), got in pairs
        if not _is_same(con, text, got)
    ]


def _is_same(con: duckdb.DuckDBPyConnection, text: str, got: object) -> bool:
    if not isinstance(got, int | float):
        return text == (got or "")
    if not text:
        return False
    [(wanted,)] = con.execute(f"select cast({text} as double)").fetchall()
    return abs(wanted - got) <= TOLERANCE


def _period(text: str) -> tuple[str, str]:
    """Kind and first day of `2026`, `2026-ytd`, `2026-Q1` or `2026-01`."""
    year, _, part = text.partition("-")
    if not part or part == "ytd":
        return ("ytd" if part else "year"), f"{year}-01-01"
    quarter = re.fullmatch(r"Q([1-4])", part)
    if quarter:
        return "quarter", f"{year}-{3 * int(quarter[1]) - 2:02}-01"
    return "month", f"{year}-{part}-01"
