"""Empirical Bayes against R's negative binomial fit, closed forms and a known truth."""

import numpy as np
import pytest
from scipy.stats import beta as beta_law
from scipy.stats import gamma as gamma_law

from pipelines.methods.shrinkage import Shrunken, shrink_ratios, shrink_shares
from tests.unit.methods.hospitals import EXPECTED, OBSERVED

# Hits of 18 players in their first 45 at bats of 1970, and their averages over the rest of the
# season (Efron and Morris 1975, table 1).
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7.0])
SEASON = np.array([0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269, 0.230, 0.264,
                   0.256, 0.303, 0.264, 0.226, 0.286, 0.316, 0.200])  # fmt: skip


def test_the_prior_of_the_hospitals_is_that_of_r():
    # R, MASS::glm.nb(los ~ 1 + offset(log(expected))): theta 6.8877, mean 0.99601.
    found = shrink_ratios(OBSERVED, EXPECTED)
    assert found.shape == pytest.approx(6.8877, abs=5e-5)
    assert found.prior_mean == pytest.approx(0.99601, abs=5e-6)


def test_a_ratio_is_drawn_by_the_stated_rule():
    found = shrink_ratios(OBSERVED, EXPECTED)
    rate = found.shape / found.prior_mean
    assert found.value == pytest.approx((found.shape + OBSERVED) / (rate + EXPECTED))
    raw = OBSERVED / EXPECTED
    assert (np.abs(found.value - found.prior_mean) <= np.abs(raw - found.prior_mean)).all()
    # The smaller the office, the larger the part of its deviation that goes.
    kept = (found.value - found.prior_mean) / (raw - found.prior_mean)
    assert np.array_equal(np.argsort(kept), np.argsort(EXPECTED))


def test_shrunken_averages_are_far_nearer_to_the_season():
    raw = ((HITS / 45 - SEASON) ** 2).sum()
    shrunken = shrink_shares(HITS, np.full(18, 45.0))
    assert raw == pytest.approx(0.0755, abs=5e-5)
    assert ((shrunken.value - SEASON) ** 2).sum() < 0.33 * raw
    assert shrunken.prior_mean == pytest.approx(HITS.sum() / (18 * 45), abs=1e-3)


@pytest.mark.parametrize("is_share", [True, False])
def test_a_planted_prior_comes_back_and_intervals_hold_nine_tenths(is_share):
    rng = np.random.default_rng(8)
    size = rng.integers(20, 400, size=3000).astype(float)
    if is_share:
        truth = rng.beta(6, 14, size=3000)
        found = shrink_shares(rng.binomial(size.astype(int), truth).astype(float), size, 0.9)
        planted = (6 / 20, 20)
    else:
        truth = rng.gamma(12, 1.1 / 12, size=3000)
        found = shrink_ratios(rng.poisson(size * truth).astype(float), size, 0.9)
        planted = (1.1, 12 / 1.1)
    assert (found.prior_mean, found.prior_strength) == pytest.approx(planted, rel=0.08)
    held = np.mean((found.low <= truth) & (truth <= found.high))
    assert held == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("is_share", [True, False])
def test_intervals_of_few_offices_allow_for_not_knowing_the_prior(is_share: bool):
    # Ten offices whose spread the likelihood often puts at none: with the prior taken as known,
    # their intervals would hold about three quarters of the true values (400 draws; an error of
    # two percentage points).
    held = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        size = rng.integers(60, 400, size=10).astype(float)
        if is_share:
            truth = rng.beta(0.25 * 100, 0.75 * 100, size=10)
            found = shrink_shares(rng.binomial(size.astype(int), truth).astype(float), size)
        else:
            truth = rng.gamma(60, 1 / 60, size=10)
            found = shrink_ratios(rng.poisson(0.25 * size * truth).astype(float), 0.25 * size)
        held.append((found.low <= truth) & (truth <= found.high))
    assert np.mean(held) > 0.90


def test_with_many_offices_the_posterior_is_that_of_the_known_prior():
    rng = np.random.default_rng(11)
    size = rng.integers(60, 400, size=800).astype(float)
    hits = rng.binomial(size.astype(int), rng.beta(25, 75, size=800)).astype(float)
    found = shrink_shares(hits, size)
    a, b = found.shape, found.prior_strength - found.shape
    known = [beta_law.ppf(tail, a + hits, b + size - hits) for tail in (0.025, 0.975)]
    # Ends are quantiles of 4,000 draws, with an error of a twentieth of a standard deviation.
    assert_close_to(found, known)


def test_with_many_offices_the_posterior_of_ratios_is_that_of_the_known_prior():
    rng = np.random.default_rng(12)
    size = rng.integers(20, 200, size=800).astype(float)
    events = rng.poisson(size * rng.gamma(16, 1 / 16, size=800)).astype(float)
    found = shrink_ratios(events, size)
    scale = 1 / (found.prior_strength + size)
    known = [gamma_law.ppf(tail, found.shape + events, scale=scale) for tail in (0.025, 0.975)]
    assert_close_to(found, known)


def assert_close_to(found: Shrunken, known: list[np.ndarray]) -> None:
    width = known[1] - known[0]
    assert np.abs((found.low - known[0]) / width).mean() < 0.03
    assert np.abs((found.high - known[1]) / width).mean() < 0.03


def test_offices_that_do_not_differ_are_drawn_together():
    size = np.array([40.0, 80, 160, 320])
    same = shrink_shares(size / 4, size)
    assert same.value == pytest.approx(0.25, abs=1e-4)
    assert shrink_ratios(size, size).value == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("shrink", "events", "size"),
    [(shrink_ratios, [1.0], [0.0]), (shrink_ratios, [0.0], [4.0]), (shrink_shares, [4.0], [4.0]),
     (shrink_shares, [0.0], [0.0])],
)  # fmt: skip
def test_what_cannot_be_shrunk_is_refused(shrink, events, size):
    with pytest.raises(ValueError, match="shrinking"):
        shrink(np.array(events), np.array(size))
