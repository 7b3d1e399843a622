"""Printed figures against computed ones: agrees, disagrees, or why the two cannot be compared."""

from dataclasses import dataclass, replace
from datetime import date

import duckdb
import pytest

from pipelines.bulletins.published import contract
from pipelines.bulletins.verdicts import compare_published
from pipelines.engine.indicator import load_indicators
from pipelines.settings import PACKAGE

INDICATORS = load_indicators(PACKAGE / "indicators")


@dataclass(frozen=True)
class Printed:
    """A printed figure: 200 to under 300 submissions in 2024."""

    indicator: str | None = "submission_count"
    low: float | None = 200
    high: float | None = 300
    ends: str = "[)"
    unit: str = "submission"
    start: str | None = "2024-01-01"
    end: str | None = "2025-01-01"
    region: str = "330000"
    scope: str = "same"
    measure: str | None = None
    term: str | None = "value"
    by: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True)
class Cell:
    """A computed cell."""

    numerator: int | None = 250
    denominator: int | None = None
    start: str = "2024-01-01"
    end: str = "2025-01-01"
    kind: str = "year"
    state: str = "ok"
    coverage: str = "full"
    indicator: str = "submission_count"
    measure: str = "submissions"
    unit: str = "submission"
    by: tuple[str, str] = ("", "")
    value: float | None = None


def verdict(printed: Printed, *cells: Cell) -> tuple[str, str, float | None]:
    with duckdb.connect() as con:
        con.execute("create schema model; create schema geo")
        con.execute("create table geo.regions as select '330000' as region_code")
        con.execute(contract().create_sql("model.published_figures"))
        con.execute(
            "insert into model.published_figures (figure_id, indicator, measure, term, by_name, "
            "by_values, unit, region_code, period_start, period_end, low, high, ends, scope) "
            "values ('F', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [printed.indicator, printed.measure, printed.term, *printed.by, printed.unit,
             printed.region, printed.start, printed.end, printed.low, printed.high, printed.ends,
             printed.scope],
        )  # fmt: skip
        con.execute(
            "create table own (indicator varchar, measure varchar, region_code varchar, "
            "basis varchar, period_kind varchar, period_start date, period_end date, "
            "by_name varchar, by_value varchar, numerator bigint, denominator bigint, "
            "value double, unit varchar, state varchar, coverage varchar)"
        )
        for cell in cells:
            value = cell.numerator if cell.value is None else cell.value
            con.execute(
                f"insert into own values (?, ?, '330000', 'as_was'{', ?' * 11})",
                [cell.indicator, cell.measure, cell.kind, cell.start, cell.end, *cell.by,
                 cell.numerator, cell.denominator, value, cell.unit, cell.state, cell.coverage],
            )  # fmt: skip
        compare_published(con, INDICATORS, "own", "found")
        (row,) = con.execute("select verdict, reason, value from found").fetchall()
        return row


def months(*counts: int) -> list[Cell]:
    days = [date(2024, month, 1) for month in range(1, 13)] + [date(2025, 1, 1)]
    return [
        Cell(count, kind="month", start=str(days[n]), end=str(days[n + 1]))
        for n, count in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("count", "expected"),
    [(199, "disagrees"), (200, "agrees"), (299, "agrees"), (300, "disagrees")],
)
def test_a_figure_agrees_inside_its_interval(count: int, expected: str):
    assert verdict(Printed(), Cell(count)) == (expected, "", count)


@pytest.mark.parametrize(
    ("printed", "count", "expected"),
    [
        (Printed(low=10, high=20, ends="(]"), 10, "disagrees"),
        (Printed(low=10, high=20, ends="(]"), 20, "agrees"),
        (Printed(low=20, high=None, ends="()"), 20, "disagrees"),
        (Printed(low=20, high=None, ends="()"), 10**9, "agrees"),
        (Printed(low=436, high=436, ends="[]"), 436, "agrees"),
        (Printed(low=None, high=5, ends="[)"), 5, "disagrees"),
    ],
)
def test_ends_count(printed: Printed, count: int, expected: str):
    assert verdict(printed, Cell(count))[0] == expected


@pytest.mark.parametrize(
    ("printed", "cells", "reason"),
    [
        (Printed(scope="out_of_scope"), [Cell()], "out_of_scope"),
        (Printed(scope="other"), [Cell()], "scope"),
        (Printed(scope="no_indicator", indicator=None), [Cell()], "no_indicator"),
        (Printed(indicator="not_written_yet"), [Cell()], "no_indicator"),
        (Printed(region="110000"), [Cell()], "region"),
        (Printed(start=None, end=None), [Cell()], "period"),
        (Printed(), [], "period"),
        (Printed(), months(*[20] * 11), "period"),
        (Printed(), [Cell(state="hidden")], "hidden"),
        (Printed(), [Cell(state="not_available", numerator=None)], "not_available"),
        (Printed(), [Cell(coverage="part")], "coverage"),
        (Printed(unit="case"), [Cell()], "unit"),
    ],
)
def test_what_is_not_the_same_is_not_compared(printed: Printed, cells: list[Cell], reason: str):
    assert verdict(printed, *cells) == ("not_comparable", reason, None)


def test_months_sum_to_the_year_where_it_has_no_cell():
    assert verdict(Printed(), *months(*[20] * 12)) == ("agrees", "", 240)


def test_one_hidden_month_makes_the_sum_incomparable():
    cells = months(*[20] * 12)
    cells[3] = replace(cells[3], state="hidden", numerator=None)
    assert verdict(Printed(), *cells) == ("not_comparable", "hidden", None)


def test_the_cell_of_the_year_wins_over_its_months():
    assert verdict(Printed(), Cell(250), *months(*[1] * 12)) == ("agrees", "", 250)


def test_values_of_a_breakdown_are_taken_together():
    printed = Printed(by=("channel", "letter visit"))
    cells = [
        Cell(n, by=("channel", name)) for name, n in (("letter", 90), ("visit", 120), ("phone", 9))
    ]
    assert verdict(printed, *cells, Cell(999)) == ("agrees", "", 90 + 120)
    assert verdict(printed, cells[0], Cell(999)) == ("not_comparable", "period", None)


SHARE = Printed(
    indicator="ontime_closure_rate", low=0.5, high=0.6, unit="share", measure="due_based"
)
HALF = Cell(
    indicator="ontime_closure_rate", measure="due_based", unit="share", kind="month",
    numerator=10, denominator=20, value=0.5, end="2024-02-01",
)  # fmt: skip


def test_shares_are_pooled_and_not_averaged():
    """10 of 20 and 90 of 100 are 100 of 120, and not 70 %."""
    february = replace(
        HALF, numerator=90, denominator=100, value=0.9, start="2024-02-01", end="2024-03-01"
    )
    printed = replace(SHARE, end="2024-03-01", low=0.83, high=0.84)
    found = verdict(printed, HALF, february)
    assert found[0] == "agrees"
    assert found[2] == pytest.approx(100 / 120)


def test_a_term_of_a_share_is_a_count():
    printed = replace(SHARE, end="2024-02-01", term="denominator", low=20, high=20, ends="[]")
    assert verdict(replace(printed, unit="case"), HALF) == ("agrees", "", 20)


def test_medians_are_never_put_together():
    printed = Printed(indicator="resolution_time_median", unit="day", low=0, high=99)
    cells = [
        replace(c, indicator="resolution_time_median", measure="p50", unit="day")
        for c in months(*[20] * 12)
    ]
    assert verdict(printed, *cells) == ("not_comparable", "period", None)


DAY = Printed(low=436, high=436, ends="[]", start="2024-03-18", end="2024-03-19")
MARCH = Cell(kind="month", start="2024-03-01", end="2024-04-01")


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (435, ("disagrees", "", 435)),  # no day has more than its month
        (436, ("agrees", "", 436)),
        (437, ("not_comparable", "period", None)),  # the rest may be of other days
    ],
)
def test_a_day_is_held_against_its_month(count: int, expected: tuple[str, str, float | None]):
    assert verdict(DAY, replace(MARCH, numerator=count), Cell(5000)) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(435, ("not_comparable", "coverage", None)), (436, ("agrees", "", 436))],
)
def test_a_month_that_is_half_there_refutes_no_day(
    count: int, expected: tuple[str, str, float | None]
):
    assert verdict(DAY, replace(MARCH, numerator=count, coverage="part")) == expected


def test_a_share_of_a_day_is_not():
    printed = replace(SHARE, start="2024-01-05", end="2024-01-06")
    assert verdict(printed, HALF) == ("not_comparable", "period", None)
