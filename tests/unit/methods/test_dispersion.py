"""Theil's T: its ends, its decomposition, its indifference to size and splitting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.methods.dispersion import theil, theil_of_shrunken
from pipelines.methods.shrinkage import shrink_shares

ONE_EACH = np.ones(4)
PAIRS = np.array([0, 0, 1, 1])


def test_equal_places_have_none_and_one_that_has_all_has_the_log_of_their_number():
    assert theil(np.full(4, 3.0), ONE_EACH, PAIRS).total == pytest.approx(0)
    assert theil(np.array([8.0, 0, 0, 0]), ONE_EACH, PAIRS).total == pytest.approx(np.log(4))


def test_parts_by_hand():
    # Shares 1/8, 1/8, 1/4, 1/2 of the amount; pairs have 1/4 and 3/4.
    found = theil(np.array([1.0, 1, 2, 4]), ONE_EACH, PAIRS)
    between = 0.25 * np.log(0.25 / 0.5) + 0.75 * np.log(0.75 / 0.5)
    within = 0.75 * (1 / 3 * np.log(1 / 3 / 0.5) + 2 / 3 * np.log(2 / 3 / 0.5))
    assert found.between == pytest.approx(between)
    assert found.within == pytest.approx(within)


rates = st.lists(st.floats(0.01, 100), min_size=4, max_size=4)


@given(rates, rates, st.floats(0.1, 50))
def test_it_is_never_negative_and_knows_no_unit(values, sizes, factor):
    v, w = np.array(values), np.array(sizes)
    found, scaled = theil(v, w, PAIRS), theil(v * factor, w * factor, PAIRS)
    assert min(found.total, found.between, found.within) > -1e-12
    assert scaled.total == pytest.approx(found.total, abs=1e-9)


@given(rates, rates)
def test_a_place_split_into_equal_halves_changes_nothing(values, sizes):
    v, w = np.array(values), np.array(sizes)
    halves = theil(np.append(v, v[3]), np.append(w[:3], [w[3] / 2, w[3] / 2]), np.append(PAIRS, 1))
    assert halves.total == pytest.approx(theil(v, w, PAIRS).total, abs=1e-9)


def test_draws_go_along_the_leading_axis():
    draws = np.array([[1.0, 1, 2, 4], [3, 3, 3, 3]])
    found = theil(draws, ONE_EACH, PAIRS)
    assert found.total.shape == (2,)
    assert found.total[1] == pytest.approx(0)


@pytest.mark.parametrize(
    ("values", "weights"), [([0.0, 0], [1, 1]), ([1.0, -1], [1, 1]), ([1.0, 1], [0, 1])]
)
def test_what_has_no_dispersion_is_refused(values, weights):
    with pytest.raises(ValueError, match="Theil"):
        theil(np.array(values), np.array(weights, dtype=float), np.array([0, 0]))


def test_the_posterior_of_shares_is_as_unequal_as_the_shares_are():
    rng = np.random.default_rng(12)
    size = rng.integers(60, 300, size=300).astype(float)
    truth = rng.beta(25, 75, size=300)
    hits = rng.binomial(size.astype(int), truth).astype(float)
    groups = np.arange(300) // 10
    found = theil_of_shrunken(shrink_shares(hits, size), hits, size, groups)
    wanted = theil(truth, size, groups)
    for part in ("total", "between", "within"):
        interval = found[part]
        assert interval.low < getattr(wanted, part) < interval.high
        assert interval.low < interval.value < interval.high
    # Shrunken values are too much alike, raw ones too little.
    alike = theil(shrink_shares(hits, size).value, size, groups).total
    assert alike < 0.8 * found["total"].value < theil(hits / size, size, groups).total
