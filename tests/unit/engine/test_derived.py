"""Derived indicators: what a method is given, and what becomes of what it returns."""

import sys
from dataclasses import replace
from datetime import date
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.contract import load_tables
from pipelines.engine.compute import compute_indicators
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Indicator, load_indicators
from pipelines.indicators.example import Example, run_example
from pipelines.portable import IndicatorError
from pipelines.settings import PACKAGE

from .conftest import COMMON, WORDS

YEAR = ("year", date(2025, 1, 1))
SHARE = f"select {COMMON}, on_date, numerator, denominator from things"


def spread(values):
    """The largest less the smallest county of each province and year, and how many there are."""
    is_county = pc.and_(
        pc.equal(values["level"], "county"), pc.equal(values["period_kind"], "year")
    )
    counties = values.filter(pc.and_(is_county, pc.equal(values["state"], "ok")))
    keys = ["measure", "province_code", "period_kind", "period_start"]
    found = counties.group_by(keys).aggregate([("value", "max"), ("value", "min"), ("n", "sum")])
    return pa.table(
        {
            "measure": pa.array(["spread"] * len(found)),
            "level": pa.array(["province"] * len(found)),
            "region_code": found["province_code"],
            "period_kind": found["period_kind"],
            "period_start": found["period_start"],
            "value": pc.subtract(found["value_max"], found["value_min"]),
            "n": found["n_sum"],
        }
    )


@pytest.fixture
def method(monkeypatch):
    """Put a function where methods are looked for, as `tiny.spread`."""

    def put(function):
        module = ModuleType("pipelines.methods.tiny")
        module.spread = function
        monkeypatch.setitem(sys.modules, "pipelines.methods.tiny", module)

    put(spread)
    return put


@pytest.fixture
def derived(tmp_path, define):
    """The definitions of a share and of what is derived from it, as a folder has them."""

    def load(**keys):
        theme = tmp_path / "theme"
        theme.mkdir(exist_ok=True)
        define(SHARE, "done_share", kind="share").rename(theme / "done_share.sql")
        keys = {"kind": "derived", "method": "tiny.spread", "from": ["done_share"]} | keys
        keys = {"unit": "share", "measures": {"spread": WORDS}} | keys
        text = define("", "a_spread", **keys).read_text("utf-8")
        header = text.split("/*---")[1].split("---*/")[0]
        (theme / "a_spread.yml").write_text(header, encoding="utf-8")
        return load_indicators(tmp_path)

    return load


@pytest.fixture
def compute(con):
    def compute(indicators, rows="('111', 1, 4), ('112', 3, 4)", **frame):
        con.execute(
            "create or replace table model.things as select region_row, date '2025-06-03' as "
            f"on_date, numerator, denominator from (values {rows}) "
            "as t(region_row, numerator, denominator)"
        )
        compute_indicators(con, indicators, Frame(date(2025, 12, 31), **frame))
        shown = con.execute(
            "select level, region_code, period_kind, period_start, value, low, n, state, reason, "
            "numerator, change_yoy from indicators.indicator_values where indicator = 'a_spread'"
        ).fetchall()
        return {row[:4]: row[4:] for row in shown}

    return compute


@pytest.mark.usefixtures("method")
def test_a_method_returns_figures_from_figures(derived, compute):
    shown = compute(derived())
    assert shown["province", "1", *YEAR] == (3 / 4 - 1 / 4, None, 2, "ok", "", None, None)


@pytest.mark.usefixtures("method")
def test_it_stands_where_its_method_speaks_and_says_why_it_has_no_figure(derived, compute):
    shown = compute(derived())
    assert {key[:3] for key in shown} == {("province", "1", "year")}
    assert shown["province", "1", "year", date(2024, 1, 1)][3:5] == (
        *("not_available", "no_denominator"),
    )


@pytest.mark.usefixtures("method")
def test_it_needs_the_exports_that_its_sources_need(con, derived, compute):
    con.execute(
        "insert into model.coverage select 'register', region_row, '2025-01-01', '2026-01-01' "
        "from geo.regions"
    )
    shown = compute(derived(), table_sources={"things": {"register"}})
    assert shown["province", "1", *YEAR][3] == "ok"
    assert shown["province", "1", "year", date(2024, 1, 1)][3:5] == (
        *("not_available", "not_received"),
    )


@pytest.mark.usefixtures("method")
def test_few_units_are_too_few(derived, compute):
    assert compute(derived(cell="N30"))["province", "1", *YEAR][3] == "too_few"
    many = ", ".join(["('111', 1, 4)"] * 20 + ["('112', 3, 4)"] * 20)
    assert compute(derived(cell="N30"), many)["province", "1", *YEAR][2:4] == (40, "ok")


def test_a_method_sees_figures_in_a_fixed_order_with_the_regions_above(derived, compute, method):
    seen = []
    method(lambda values: seen.append(values) or spread(values))
    compute(derived())
    rows = seen[0].filter(pc.equal(seen[0]["period_kind"], "year"))
    columns = ("level", "region_code", "city_code", "province_code", "value")
    found = list(zip(*(rows[name].to_pylist() for name in columns), strict=True))
    assert found == [
        ("city", "11", "11", "1", None),
        ("city", "11", "11", "1", 1 / 2),
        ("county", "111", "11", "1", None),
        ("county", "111", "11", "1", 1 / 4),
        ("county", "112", "11", "1", None),
        ("county", "112", "11", "1", 3 / 4),
        ("province", "1", None, "1", None),
        ("province", "1", None, "1", 1 / 2),
    ]


def replaced(name, values):
    """What `spread` returns, with one column replaced."""

    def method(given):
        found = spread(given)
        return found.set_column(found.column_names.index(name), name, pa.array(values))

    return method


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (replaced("region_code", ["9"]), "a place or period that the frame has not"),
        (replaced("measure", ["gini"]), "a measure that the header does not declare"),
        (replaced("value", [float("nan")]), "a number that is not finite"),
        (replaced("value", [float("inf")]), "a number that is not finite"),
        (lambda given: pa.concat_tables([spread(given)] * 2), "two figures for one place"),
        (
            lambda given: spread(given).append_column("by_name", pa.array(["colour"])),
            "a breakdown that `by` does not list",
        ),
        (lambda given: spread(given).append_column("gini", pa.array([1])), "gini"),
    ],
)
def test_what_does_not_fit_the_frame_is_refused(derived, compute, method, function, message):
    method(function)
    with pytest.raises(IndicatorError, match=message):
        compute(derived())


def test_a_method_that_is_not_there_is_named(derived, compute):
    for name in ("tiny.spread", "intervals.spread"):
        indicators = derived(method=name)
        with pytest.raises(IndicatorError, match=f"`method` is `{name}`; expected module.function"):
            compute(indicators)


@pytest.mark.parametrize("name", ["missing", "a_spread"])
def test_it_stands_on_indicators_with_a_query(derived, name):
    with pytest.raises(IndicatorError, match=f"`from` names `{name}`; expected indicators with a"):
        derived(**{"from": [name]})


def test_it_has_no_query_of_its_own(define):
    with pytest.raises(IndicatorError, match="has a method and no query"):
        Indicator.load(define(kind="derived", method="tiny.spread", **{"from": ["done_share"]}))


@pytest.mark.usefixtures("method")
def test_its_worked_example_is_given_figures(derived):
    example = Example(
        why=None,
        as_of=date(2026, 12, 31),
        since=date(2026, 1, 1),
        given={
            "done_share": """
                level  | region | period | value | n
                county | 990101 | 2026   | 0.25  | 4
                county | 990102 | 2026   | 0.75  | 4
            """
        },
        expect="""
            level    | region | period | value     | n     | state
            province | 99     | 2026   | 3/4 - 1/4 | 4 + 4 | ok
        """,
    )
    indicator = replace(derived()["a_spread"], reads=frozenset({"cases"}))
    assert run_example(example, indicator, load_tables(PACKAGE / "model")) == []
