"""The vintages of figures: first and later values, and differences too small to be repeated."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.engine.indicator import Cell
from pipelines.publish.pointer import current_release
from pipelines.publish.vintages import write_vintages
from pipelines.settings import Home
from tests.unit.publish.world import INDICATORS, Figure, insert, pretend_published, table_named

K = 10
VALUES = table_named("public.indicator_values")
COLUMNS = "year(period_start), vintage_no, months_later, state, numerator, revision"


class History:
    """Releases one after the other, each with the vintages of the one before."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.indicators = INDICATORS

    def publish(self, data_on: str, *figures: Figure, months: dict[int, int] | None = None) -> None:
        """The next release; `months` are counts by month of 2024."""
        rows = [figure.row | {"vintage": data_on} for figure in figures]
        rows += [self.month(month, count, data_on) for month, count in (months or {}).items()]
        with duckdb.connect() as con:
            con.execute("create schema public; create schema quality")
            con.execute(VALUES.contract.create_sql(VALUES.name))
            for row in rows:
                insert(con, VALUES.name, row)
            write_vintages(con, self.home, self.indicators, K)
            release = pretend_published(self.home, figures)
            file = release.folder / "tables" / "vintages.parquet"
            con.execute(f"copy quality.vintages to '{file}'")

    @staticmethod
    def month(month: int, count: int, data_on: str) -> dict[str, object]:
        period = {"period_start": date(2024, month, 1), "period_end": date(2024, month + 1, 1)}
        return Figure(count).row | {"vintage": data_on, "period_kind": "month"} | period

    def told(self, columns: str = COLUMNS) -> list[tuple[object, ...]]:
        release = current_release(self.home)
        assert release is not None
        file = release.folder / "tables" / "vintages.parquet"
        return duckdb.sql(
            f"select {columns} from read_parquet('{file}') "
            "order by period_kind, period_start, vintage_no"
        ).fetchall()


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(Home(tmp_path))


def test_the_first_release_has_first_vintages(history: History):
    history.publish("2025-01-31", Figure(100))
    assert history.told() == [(2024, 1, 0, "ok", 100, None)]


def test_a_figure_that_stays_keeps_its_one_vintage(history: History):
    history.publish("2025-01-31", Figure(100))
    history.publish("2025-06-30", Figure(100))
    assert history.told() == [(2024, 1, 0, "ok", 100, None)]


def test_a_revision_is_a_second_vintage_with_its_size(history: History):
    history.publish("2025-01-31", Figure(100))
    history.publish("2025-06-30", Figure(125))
    assert history.told() == [
        (2024, 1, 0, "ok", 100, None),
        (2024, 2, 5, "ok", 125, pytest.approx((125 - 100) / 100)),
    ]


def test_the_history_outlives_the_releases_it_came_from(history: History):
    for data_on, count in (("2025-01-31", 100), ("2025-06-30", 125), ("2026-01-31", 150)):
        history.publish(data_on, Figure(count))
    assert [(row[1], row[4], row[5]) for row in history.told()] == [
        (1, 100, None), (2, 125, 0.25), (3, 150, 0.5)
    ]  # fmt: skip


@pytest.mark.parametrize("late", [1, K - 1, -1, -(K - 1)])
def test_a_few_that_came_late_are_not_told(history: History, late: int):
    history.publish("2025-01-31", Figure(100))
    history.publish("2025-06-30", Figure(100 + late))
    assert history.told() == [
        (2024, 1, 0, "hidden", None, None),
        (2024, 2, 5, "ok", 100 + late, None),
    ]


def test_what_was_hidden_once_does_not_come_back(history: History):
    for data_on, count in (("2025-01-31", 100), ("2025-06-30", 103), ("2026-01-31", 150)):
        history.publish(data_on, Figure(count))
    assert [(row[1], row[3], row[4]) for row in history.told()] == [
        (1, "hidden", None), (2, "ok", 103), (3, "ok", 150)
    ]  # fmt: skip


def test_vintages_that_all_differ_by_much_but_two_tell_neither(history: History):
    """100, 150 and 104: the first and the third differ by four."""
    for data_on, count in (("2025-01-31", 100), ("2025-06-30", 150), ("2026-01-31", 104)):
        history.publish(data_on, Figure(count))
    assert [row[3] for row in history.told()] == ["hidden", "hidden", "ok"]


def test_a_small_month_hides_the_revisions_of_its_year(history: History):
    """24 more in the year and 20 more in July leave the four of March."""
    history.publish("2025-01-31", Figure(200), months={3: 50, 7: 60})
    history.publish("2025-06-30", Figure(224), months={3: 54, 7: 80})
    assert [(row[1], row[3], row[4]) for row in history.told()] == [
        (1, "hidden", None), (2, "ok", 54),
        (1, "hidden", None), (2, "ok", 80),
        (1, "hidden", None), (2, "ok", 224),
    ]  # fmt: skip


def test_a_small_change_of_a_denominator_or_a_remainder_counts_too(history: History):
    def share(numerator: int, denominator: int, data_on: str) -> None:
        row = Figure(numerator).row | {"vintage": data_on, "denominator": denominator, "n": None}
        with duckdb.connect() as con:
            con.execute("create schema public; create schema quality")
            con.execute(VALUES.contract.create_sql(VALUES.name))
            insert(con, VALUES.name, row)
            write_vintages(con, history.home, INDICATORS, K)
            release = pretend_published(history.home, [])
            file = release.folder / "tables" / "vintages.parquet"
            con.execute(f"copy quality.vintages to '{file}'")

    share(100, 200, "2025-01-31")
    share(120, 223, "2025-06-30")  # 20 more and 23 more: three more of the others
    assert [row[3] for row in history.told()] == ["hidden", "ok"]


def test_figures_that_are_not_about_petitions_have_no_such_limit(history: History):
    free = replace(INDICATORS["visit_count"], cell=Cell.NONE)
    history.indicators = INDICATORS | {"visit_count": free}
    history.publish("2025-01-31", Figure(100))
    history.publish("2025-06-30", Figure(101))
    assert [row[4] for row in history.told()] == [100, 101]


def test_a_figure_that_is_hidden_now_takes_its_vintages_with_it(history: History):
    history.publish("2025-01-31", Figure(100))
    history.publish("2025-06-30", Figure(None, state="hidden"))
    assert history.told() == []


def test_only_totals_of_the_province_are_kept(history: History):
    city, part = Figure(100, region="990100"), Figure(100, by_value="letter")
    history.publish("2025-01-31", Figure(90), city, part)
    assert history.told("level, numerator") == [("province", 90)]


def test_a_release_of_before_counts_as_the_first_vintage(history: History):
    """Releases from before there was such a table hold figures and no history."""
    release = pretend_published(history.home, [])
    with duckdb.connect() as con:
        con.execute("create schema public")
        con.execute(VALUES.contract.create_sql(VALUES.name))
        insert(con, VALUES.name, Figure(100).row | {"vintage": "2025-01-31"})
        file = release.folder / "tables" / "indicator_values.parquet"
        con.execute(f"copy {VALUES.name} to '{file}'")
    history.publish("2025-06-30", Figure(125))
    assert [(row[1], row[4]) for row in history.told()] == [(1, 100), (2, 125)]
