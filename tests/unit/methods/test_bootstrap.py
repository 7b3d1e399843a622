"""The cluster bootstrap against the formula of clustered means, and a known share."""

import numpy as np
import pytest

from pipelines.methods.bootstrap import cluster_bootstrap, incidence_within, share_ended


def ratio(sums: np.ndarray) -> np.ndarray:
    return sums[:, 0] / sums[:, 1]


def offices(seed: int, spread: float, n: int = 60, size: int = 200) -> np.ndarray:
    """Successes and trials of offices whose own shares differ by `spread`."""
    rng = np.random.default_rng(seed)
    share = np.clip(0.6 + rng.normal(scale=spread, size=n), 0, 1)
    return np.column_stack([rng.binomial(size, share), np.full(n, size)]).astype(float)


def test_the_error_is_that_of_offices_not_of_cases():
    counts = offices(1, 0.1)
    found = cluster_bootstrap(counts, ratio, replicates=4000)
    own = counts[:, 0] / counts[:, 1]
    assert found.value == pytest.approx(own.mean())
    assert found.error == pytest.approx(own.std() / np.sqrt(60), rel=0.05)
    as_if_independent = np.sqrt(0.6 * 0.4 / (60 * 200))
    assert found.error > 2 * as_if_independent
    assert found.low < found.value < found.high


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    bands = [cluster_bootstrap(offices(s, 0.1), ratio, seed=s) for s in range(200)]
    held = np.mean([band.low <= 0.6 <= band.high for band in bands])
    assert 0.89 < held < 0.99


def test_intervals_hold_with_few_offices_too():
    bands = [cluster_bootstrap(offices(s, 0.1, n=10), ratio, seed=s) for s in range(400)]
    held = np.mean([band.low <= 0.6 <= band.high for band in bands])
    # 89 % with plain percentiles; an honest 95 % has an error of 1.1 points in 400 worlds.
    assert 0.925 < held < 0.98


def test_equal_seeds_draw_equal_replicates():
    one, two = (cluster_bootstrap(offices(2, 0.1), ratio, seed=9) for _ in range(2))
    assert (one.low, one.high) == (two.low, two.high)


def test_the_share_ended_is_the_product_of_days():
    # Ten cases: two end on day 0, one is last seen on day 1, three end on day 2.
    counts = np.zeros((1, 2, 4))
    counts[0, 0, [0, 2, 3]] = 2, 3, 4
    counts[0, 1, 1] = 1
    assert share_ended(counts, 1) == pytest.approx(2 / 10)
    assert share_ended(counts, 2) == pytest.approx(1 - 8 / 10 * 4 / 7)


def test_what_ended_otherwise_can_have_no_event_any_more():
    # Ten cases: one has the event and two end otherwise on day 0; of seven, three have it on day 1.
    counts = np.zeros((1, 3, 3))
    counts[0, 0, [0, 1]] = 1, 3
    counts[0, 1, 0] = 2
    counts[0, 2, 2] = 4
    assert incidence_within(counts, 0) == pytest.approx(1 / 10)
    assert incidence_within(counts, 1) == pytest.approx(1 / 10 + 7 / 10 * 3 / 7)


def test_without_other_ends_the_incidence_is_the_share_ended():
    counts = np.random.default_rng(4).poisson(2.0, (5, 2, 40)).astype(float)
    of_three = np.insert(counts, 1, 0.0, axis=1)
    np.testing.assert_allclose(incidence_within(of_three, 30), share_ended(counts, 30))


def test_curves_of_replicates_are_drawn_at_once():
    rng = np.random.default_rng(3)
    counts = rng.poisson(2.0, (40, 2, 91)).astype(float)
    found = cluster_bootstrap(counts, lambda drawn: share_ended(drawn, 60))
    assert found.low < found.value < found.high
    assert found.value == pytest.approx(share_ended(counts.sum(axis=0)[None], 60)[0])


def test_one_cluster_has_no_bootstrap():
    with pytest.raises(ValueError, match="two clusters"):
        cluster_bootstrap(np.ones((1, 2)), ratio)
