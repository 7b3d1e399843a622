"""A tiny world for the engine: one province (1), one city (11), two counties (111, 112)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.engine.compute import compute_indicator, prepare
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Indicator

WORDS = {"zh": "词", "en": "Word"}
HEADER: dict[str, Any] = {
    "title": WORDS,
    "question": WORDS,
    "kind": "count",
    "unit": "thing",
    "numerator": WORDS,
    "denominator": WORDS,
    "exclusions": WORDS,
    "better": "neither",
    "by": [],
    "measures": {"only": WORDS},
    "clock": WORDS,
    "cell": "none",
    "since": date(2003, 1, 1),
    "source": WORDS,
    "caveats": [],
    "not_for": WORDS,
    "checked_by": ["worked_example"],
    "reviewed": date(2026, 1, 1),
    "next_review": date(2027, 1, 1),
    "changes": [],
}
COMMON = "region_row, 'o' as office_id, date '9999-12-31' as seen_until_on"
COUNT = f"select {COMMON}, on_date, numerator from things"

Figure = dict[str, Any]
Figures = dict[tuple[str, ...], Figure]


@pytest.fixture
def define(tmp_path: Path) -> Callable[..., Path]:
    """Write a definition: a complete header, changed by the keys given (None leaves one out)."""

    def write(query: str = COUNT, name: str = "thing_count", **keys: Any) -> Path:
        header = {k: v for k, v in (HEADER | keys).items() if v is not None}
        text = yaml.safe_dump(header, allow_unicode=True, sort_keys=False)
        path = tmp_path / f"{name}.sql"
        path.write_text(f"/*---\n{text}---*/\n{query}\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def load(define: Callable[..., Path]) -> Callable[..., Indicator]:
    """A definition, written and loaded."""
    return lambda *args, **keys: Indicator.load(define(*args, **keys))


WORLD = [
    "create schema model",
    "create schema geo",
    """create table geo.regions as
    select *, 'x' as name_zh, 'x' as name_en, null as stable_unit, date '0001-01-01' as valid_from,
        date '9999-12-31' as valid_to
    from (values ('1', '1', 'province', null, '1'), ('11', '11', 'city', '11', '1'),
        ('111', '111', 'county', '11', '1'), ('112', '112', 'county', '11', '1')
    ) as t(region_row, region_code, level, city_code, province_code)""",
    "create table geo.region_successors "
    "(region_row text, successor_row text, from_on date, is_exact boolean)",
    """create table model.periods as
    select 'month' as period_kind, cast(m as date) as period_start,
        cast(m + interval 1 month as date) as period_end, true as is_closed
    from (select unnest(generate_series(date '2024-01-01', date '2025-12-01', interval 1 month)) m)
    union all
    select 'quarter', cast(m as date), cast(m + interval 3 month as date), true
    from (select unnest(generate_series(date '2024-01-01', date '2025-10-01', interval 3 month)) m)
    union all
    select 'year', cast(m as date), cast(m + interval 1 year as date), true
    from (select unnest(generate_series(date '2024-01-01', date '2025-01-01', interval 1 year)) m)
    """,
    "create table model.coverage (table_name text, region_row text, from_on date, until_on date)",
    "create table model.rule_calendar (rule_id text, topic text, valid_from date, valid_to date, "
    "is_verified boolean)",
]


@pytest.fixture
def con():
    """A database with the frame's tables and nothing else."""
    with duckdb.connect() as con:
        for statement in WORLD:
            con.execute(statement)
        yield con


@pytest.fixture
def figures(
    con: duckdb.DuckDBPyConnection, load: Callable[..., Indicator]
) -> Callable[..., Figures]:
    """Compute a definition on `things` and give its figures by what is asked for.

    `things` is a query; the key is (measure, level, code, first day, kind, value of the
    breakdown), from the right as far as it is not the usual: ('only', county, 111) and so on.
    """

    def compute(
        things: str, query: str = COUNT, frame: Frame | None = None, **keys: Any
    ) -> Figures:
        con.execute(f"create or replace table model.things as {things}")
        indicator, frame = load(query, **keys), frame or Frame(date(2025, 12, 31))
        prepare(con, frame)
        compute_indicator(con, indicator, frame)
        shown = con.execute("select * from indicators.indicator_values")
        names = [column[0] for column in shown.description]
        rows = [dict(zip(names, row, strict=True)) for row in shown.fetchall()]
        return {
            (
                r["measure"],
                r["region_code"],
                r["period_kind"],
                str(r["period_start"]),
                r["by_value"],
            ): r
            for r in rows
        }

    return compute


def things(*rows, columns="region_row, on_date, numerator"):
    """A query that gives these rows; a date is written as text."""
    values = ", ".join("(" + ", ".join(literal(cell) for cell in row) + ")" for row in rows)
    cast = columns.replace("on_date", "cast(on_date as date) as on_date")
    return f"select {cast} from (values {values}) as t({columns})"


def literal(cell):
    return "null" if cell is None else repr(cell)
