"""Wilson's interval: against its definition, at the ends, and in both of its forms."""

import duckdb
import numpy as np
import pytest

from pipelines.methods.intervals import normal_quantile, wilson, wilson_sql


def test_the_ends_are_where_the_score_test_just_rejects():
    """Each end p solves |x/n - p| = z * sqrt(p (1 - p) / n), which is how Wilson defines it."""
    x, n = 72.0, 89.0
    band = wilson(np.array([x]), np.array([n]))
    for end in (band.low[0], band.high[0]):
        assert abs(x / n - end) == pytest.approx(1.959963984540054 * (end * (1 - end) / n) ** 0.5)


def test_nothing_and_everything_end_at_the_edge_and_nothing_else_collapses():
    band = wilson(np.array([0.0, 10.0]), np.array([10.0, 10.0]))
    assert (band.low[0], band.high[1]) == (0.0, 1.0)
    assert 0 < band.high[0] < 0.35
    assert 0.65 < band.low[1] < 1


def test_without_trials_there_is_no_interval():
    band = wilson(np.array([0.0]), np.array([0.0]))
    assert np.isnan([band.low[0], band.high[0]]).all()


def test_the_sql_form_says_the_same():
    pairs = [(x, n) for n in (1, 2, 7, 30, 436) for x in {0, 1, n // 2, n - 1, n}]
    numerator, denominator = np.array(pairs, dtype=float).T
    for level in (0.8, 0.95):
        band, sql = wilson(numerator, denominator, level), wilson_sql("x", "n", level)
        rows = ", ".join(f"({x}::double, {n}::double)" for x, n in pairs)
        query = f"select {sql.low}, {sql.high} from (values {rows}) as t(x, n)"
        found = np.array(duckdb.sql(query).fetchall())
        assert found == pytest.approx(np.column_stack([band.low, band.high]))


def test_more_confidence_is_a_wider_interval():
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054)
    narrow, wide = (wilson(np.array([3.0]), np.array([9.0]), level) for level in (0.8, 0.99))
    assert wide.low[0] < narrow.low[0] < narrow.high[0] < wide.high[0]
