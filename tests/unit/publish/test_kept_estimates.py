"""Estimates made from the warehouse stay as published for a year until a revision is ordered."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipelines.publish.frozen import ESTIMATES, keep_estimates
from pipelines.publish.pointer import current_release
from pipelines.settings import Home
from tests.unit.publish.world import insert, pretend_published, table_named

TABLE = table_named(ESTIMATES)


def row(method: str, value: float | None, year: int = 2025, **more: object) -> dict[str, object]:
    texts = {column.name: "" for column in TABLE.contract.columns if column.type != "double"}
    numbers = {"n": None, "n_events": None, "value": value, "state": "ok" if value else "too_few"}
    days = {"period_start": date(year, 1, 1), "period_end": date(year + 1, 1, 1)}
    return texts | numbers | days | {
        "method": method, "method_version": "2", "level": "province", "period_kind": "year",
        "as_of": date(2026, 1, 1),
    } | more  # fmt: skip


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema public")
        con.execute(TABLE.contract.create_sql(TABLE.name))
        yield con


def publish(con: duckdb.DuckDBPyConnection, home: Home, *rows: dict[str, object]) -> None:
    pretend_published(home, [])
    release = current_release(home)
    assert release is not None
    for each in rows:
        insert(con, ESTIMATES, each)
    file = release.folder / "tables" / "estimates.parquet"
    con.execute(f"copy {ESTIMATES} to '{file}'; delete from {ESTIMATES}")


def after(
    con: duckdb.DuckDBPyConnection, home: Home, *rows: dict[str, object], revise: bool = False
) -> list[tuple[object, ...]]:
    for each in rows:
        insert(con, ESTIMATES, each)
    keep_estimates(con, home, revise=revise)
    return con.execute(
        f"select method, year(period_start), by_value, value from {ESTIMATES} order by all"
    ).fetchall()


OLD = row("office_bootstrap", 0.5)
SPAN = {"period_kind": "span"}


def test_the_first_release_takes_what_there_is(con: duckdb.DuckDBPyConnection, home: Home):
    assert after(con, home, OLD) == [("office_bootstrap", 2025, "", 0.5)]


@pytest.mark.parametrize("method", ["office_bootstrap", "funnel_case_mix"])
def test_a_year_keeps_its_estimates_and_a_new_year_is_added(
    con: duckdb.DuckDBPyConnection, home: Home, method: str
):
    publish(con, home, row(method, 0.5))
    found = after(con, home, row(method, 0.502), row(method, 0.6, 2026))
    assert [each[1:] for each in found] == [(2025, "", 0.5), (2026, "", 0.6)]


def test_a_revision_publishes_the_estimates_of_today(con: duckdb.DuckDBPyConnection, home: Home):
    publish(con, home, OLD)
    found = after(con, home, row("office_bootstrap", 0.502), revise=True)
    assert [each[3] for each in found] == [0.502]


def test_all_that_a_method_said_of_a_year_is_kept_or_nothing(
    con: duckdb.DuckDBPyConnection, home: Home
):
    """Another point of the same curve would tell a step between the data of two days."""
    publish(con, home, row("resolution_curve", 0.8, by_value="30"))
    points = [row("resolution_curve", 0.7, by_value=day) for day in ("30", "60")]
    assert [each[2:] for each in after(con, home, *points)] == [("30", 0.8)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (row("trend", 0.5), row("trend", 0.6)),  # made of published figures
        (row("delayed_entry", 0.5, **SPAN), row("delayed_entry", 0.6, **SPAN)),
        (row("office_bootstrap", 0.5, method_version="1"), row("office_bootstrap", 0.6)),
        (row("office_bootstrap", None), row("office_bootstrap", 0.6)),  # there was no number
    ],
)
def test_everything_else_follows_the_data(con: duckdb.DuckDBPyConnection, home: Home, old, new):
    publish(con, home, old)
    assert [each[3] for each in after(con, home, new)] == [0.6]


def by_day(value: float, until: int, city: str = "990100", **more: object) -> dict[str, object]:
    """A row of the trend by days of a place, whose newest row ends with a year."""
    days = {"period_start": date(2003, 1, 1), "period_end": date(until, 1, 1)}
    place = {"level": "city", "region_code": city, "caveats": "trend_from_days"}
    return row("trend", value) | SPAN | place | days | more


def test_the_trend_by_days_of_a_place_stays_as_one_until_a_new_year(
    con: duckdb.DuckDBPyConnection, home: Home
):
    early = {"period_end": date(2014, 1, 1)}
    of_months = row("trend", 0.7, by_value="months", caveats="trend_from_months")
    publish(con, home, by_day(0.5, 2025), by_day(0.3, 2025, "990200"), of_months)
    found = after(
        con, home,
        by_day(0.51, 2025), by_day(0.11, 2025, by_value="piece", **early),
        by_day(0.31, 2026, "990200"), by_day(0.12, 2026, "990200", by_value="piece", **early),
        of_months | {"value": 0.71},
    )  # fmt: skip
    # A piece that was not told before would be of other data than what was.
    assert [each[2:] for each in found] == [
        ("", 0.31), ("", 0.5), ("piece", 0.12), ("months", 0.71)
    ]  # fmt: skip
