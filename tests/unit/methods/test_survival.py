"""Kaplan–Meier from counts against published medians and against lifelines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.methods.survival import SurvivalSummary, km_summary

# Remission in days of maintained and non-maintained patients (R package `survival`, data `aml`);
# a negative number is a censored observation.
AML = {
    0: [9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161],
    1: [5, 5, 8, 8, 12, -16, 23, 27, 30, 33, 43, 45],
}
# Weeks in remission under 6-MP and under placebo (Freireich et al. 1963).
SIX_MP = {
    0: [6, 6, 6, 7, 10, 13, 16, 22, 23, -6, -9, -10, -11, -17, -19, -20, -25, -32, -32, -34, -35],
    1: [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23],
}


def summary(world: dict[int, list[int]], **options: object) -> SurvivalSummary:
    rows = [(s, abs(t), t > 0) for s, times in world.items() for t in times]
    strata, days, events = (np.array(column) for column in zip(*rows, strict=True))
    return km_summary(strata, days, events.astype(bool), np.ones(len(rows), int), **options)


@pytest.mark.parametrize(("world", "medians"), [(AML, [31, 23]), (SIX_MP, [23, 8])])
def test_published_medians(world, medians):
    assert summary(world).quantiles[0.5].value.tolist() == medians


def test_counts_and_events():
    result = summary(AML)
    assert (result.n.tolist(), result.n_events.tolist()) == ([11, 12], [7, 11])


def test_median_not_reached_is_nan():
    result = summary({0: [5, -50, -60, -70]})
    assert np.isnan(result.quantiles[0.5].value[0])


def test_flat_at_exactly_one_half_takes_the_midpoint():
    # S falls to 1/2 on day 2 and below it on day 6: R prints (2 + 6) / 2.
    assert summary({0: [1, 2, 6, 9]}).quantiles[0.5].value.tolist() == [4.0]


def test_on_the_spot_closings_count_from_day_zero():
    result = km_summary(
        np.array([7, 7]), np.array([0, 40]), np.array([True, True]), np.array([30, 70])
    )
    assert result.within[30].value[0] == pytest.approx(30 / 100)


def test_share_beyond_what_was_watched_is_unknown():
    assert np.isnan(summary({0: [3, -20]}, horizons=(60,)).within[60].value[0])


def test_negative_duration_is_refused():
    with pytest.raises(ValueError, match="negative"):
        km_summary(np.array([1]), np.array([-1]), np.array([True]), np.array([1]))


times = st.lists(st.integers(1, 120).flatmap(lambda t: st.sampled_from([t, -t])), min_size=4)


@given(times)
def test_equals_lifelines(world):
    lifelines = pytest.importorskip("lifelines")
    days, closed = [abs(t) for t in world], [t > 0 for t in world]
    oracle = lifelines.KaplanMeierFitter().fit(days, closed)
    result = summary({0: world}, horizons=(60,))
    if max(days) >= 60:
        expected = 1 - float(oracle.survival_function_at_times(60).iloc[0])
        assert result.within[60].value[0] == pytest.approx(expected, abs=1e-9)


@given(times, times)
def test_strata_do_not_touch_each_other(one, two):
    both, alone = summary({0: one, 1: two}), summary({0: two})
    left, right = both.quantiles[0.5], alone.quantiles[0.5]
    for name in ("value", "low", "high"):
        assert np.array_equal(getattr(left, name)[1:], getattr(right, name), equal_nan=True)
