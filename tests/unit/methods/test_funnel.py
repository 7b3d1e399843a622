"""Funnels against published figures of 54 hospitals and exact Poisson probabilities."""

import numpy as np
import pytest
from scipy.stats import poisson

from pipelines.methods.funnel import funnel, overdispersion, poisson_limits, widened_limits
from tests.unit.methods.hospitals import EXPECTED, OBSERVED


def test_the_published_hospitals_beyond_their_limits():
    # FunnelPlotR README: 25 beyond unadjusted 99.8 % limits, 9 beyond adjusted (truncated) ones.
    limits = poisson_limits(EXPECTED, 0.998)
    ratio = OBSERVED / EXPECTED
    assert ((ratio < limits.low) | (ratio > limits.high)).sum() == 25
    for trim, beyond in (("truncate", 9), ("winsorise", 6)):
        found = funnel(OBSERVED, EXPECTED, trim=trim, is_rescaled=False)
        assert found.is_beyond.sum() == beyond


@pytest.mark.parametrize(
    ("trim", "phi", "tau2"),
    [("truncate", 8.532055, 0.02840721), ("winsorise", 10.94101, 0.03764566)],
)
def test_the_variance_between_hospitals_is_that_of_r(trim, phi, tau2):
    found = overdispersion(OBSERVED, EXPECTED, trim=trim)
    assert (found.phi, found.tau2) == pytest.approx((phi, tau2), rel=2e-6)


def test_limits_are_the_counts_that_a_poisson_just_reaches():
    # The lower end is the mean at which `expected` events or more have a chance of 2.5 %.
    band = poisson_limits(np.array([10.0]), 0.95)
    assert poisson.sf(9, band.low[0] * 10) == pytest.approx(0.025)
    assert poisson.cdf(10, band.high[0] * 10) == pytest.approx(0.025)


def test_offices_that_differ_by_chance_have_no_variance_between_them():
    rng = np.random.default_rng(1)
    expected = rng.uniform(50, 400, size=200)
    same = funnel(rng.poisson(expected).astype(float), expected)
    assert same.overdispersion.tau2 < 0.002
    assert same.is_beyond.sum() <= 3


def test_a_planted_variance_comes_back_and_only_the_planted_office_is_named():
    rng = np.random.default_rng(2)
    expected = rng.uniform(200, 900, size=300)
    office = np.exp(rng.normal(scale=0.2, size=300))
    office[7] = 3.0
    found = funnel(rng.poisson(expected * office).astype(float), expected)
    # An estimate of a variance from 300 offices has a standard error of about a tenth of it.
    assert found.overdispersion.tau2 == pytest.approx(0.04, abs=0.01)
    # Without rescaling, the outer tenths pulled in leave a normal spread about a third too small.
    plain = funnel(found.observed, found.expected, is_rescaled=False).overdispersion
    assert 0.5 * 0.04 < plain.tau2 < 0.03
    assert found.is_beyond[7]
    assert found.is_beyond.sum() <= 6


@pytest.mark.parametrize("trim", ["winsorise", "truncate"])
def test_rescaled_scores_of_chance_alone_have_a_mean_square_of_one(trim):
    expected = np.full(40_000, 10_000.0)
    observed = np.random.default_rng(3).poisson(expected).astype(float)
    found = overdispersion(observed, expected, trim=trim, is_rescaled=True)
    assert found.phi == pytest.approx(1, abs=0.03)
    assert overdispersion(observed, expected, trim=trim).phi < 0.75


def test_without_variance_between_offices_limits_are_exact():
    expected = np.array([50.0, 500])
    assert widened_limits(expected, 0.0).low == pytest.approx(poisson_limits(expected).low)
    assert (widened_limits(expected, 0.1).low < poisson_limits(expected).low).all()


def test_an_office_without_events_has_a_score():
    found = funnel(np.array([0.0, 20, 30, 25]), np.array([20.0, 20, 25, 30]))
    assert np.isfinite(found.overdispersion.tau2)
    with pytest.raises(ValueError, match="above zero"):
        funnel(np.array([1.0]), np.array([0.0]))
