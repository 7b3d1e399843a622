"""Rank correlations of visits with the stock before them, against scipy and by hand."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from pipelines.methods.targeting import rank_correlations, visits_on_stock

pairs = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 4)), max_size=40)
YEAR, NEXT = date(2025, 1, 1), date(2026, 1, 1)


@given(pairs)
def test_each_group_has_scipy_s_correlation(drawn):
    group, x, y = (np.array([p[i] for p in drawn], dtype=np.int64) for i in range(3))
    value, n = rank_correlations(group, x.astype(float), y.astype(float), 3)
    assert n.tolist() == [int((group == number).sum()) for number in range(3)]
    for number in range(3):
        mine = group == number
        if len(set(x[mine])) < 2 or len(set(y[mine])) < 2:
            assert np.isnan(value[number])
        else:
            assert value[number] == pytest.approx(spearmanr(x[mine], y[mine]).statistic)


def figures(counties, **other):
    """Visits of 2025 and the stock of the month before, one county for each pair."""
    rows = []
    for number, (visits, stock) in enumerate(counties):
        place = {"level": "county", "region_code": f"c{number}", "city_code": "A"}
        usual = place | {"province_code": "P", "by_name": "", "state": "ok"}
        rows.append(
            usual
            | {"indicator": "leader_visit_count", "measure": "events", "period_kind": "year"}
            | {"period_start": YEAR, "period_end": NEXT, "value": float(visits)}
            | other
        )
        rows.append(
            usual
            | {"indicator": "long_standing_stock", "measure": "open", "period_kind": "month"}
            | {"period_start": date(2024, 12, 1), "period_end": YEAR, "value": float(stock)}
        )
    return pa.Table.from_pylist(rows)


def test_more_visits_where_more_stands_is_one_for_the_city_and_for_the_province():
    found = visits_on_stock(figures([(1, 10), (2, 20), (3, 30), (4, 40), (5, 50)])).to_pylist()
    assert {(r["level"], r["region_code"], round(r["value"], 9), r["n"]) for r in found} == {
        ("city", "A", 1.0, 5),
        ("province", "P", 1.0, 5),
    }
    assert {(r["measure"], r["period_kind"], r["period_start"]) for r in found} == {
        ("index", "year", YEAR)
    }


@pytest.mark.parametrize(
    "counties",
    [
        [(1, 10), (2, 20), (3, 30), (4, 40)],  # four are too few
        [(1, 10), (1, 20), (1, 30), (1, 40), (1, 50)],  # all alike
    ],
)
def test_few_counties_or_no_difference_give_no_figure(counties):
    found = visits_on_stock(figures(counties)).to_pylist()
    assert [(r["level"], r["value"], r["n"]) for r in found] == [
        ("city", None, len(counties)),
        ("province", None, len(counties)),
    ]


def test_without_any_county_there_is_no_row():
    assert visits_on_stock(figures([(1, 1)]).slice(0, 0)).num_rows == 0


@pytest.mark.parametrize("other", [{"state": "not_available"}, {"by_name": "tier"}])
def test_a_county_without_a_figure_is_left_out(other):
    counties = [(1, 10), (2, 20), (3, 30), (4, 40), (5, 50)]
    assert visits_on_stock(figures(counties, **other)).num_rows == 0
