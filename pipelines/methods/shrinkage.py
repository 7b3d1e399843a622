"""Small offices borrow strength: empirical-Bayes estimates of ratios and shares.

The prior is fitted to all offices by maximum likelihood; each office's estimate is its posterior
mean, with a posterior interval that takes the prior as known. Values are listed in the order given,
by code, never by rank.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln
from scipy.stats import beta as beta_law
from scipy.stats import gamma as gamma_law

from pipelines.methods.poisson import Floats

# A prior this strong leaves nothing of an office's own deviation: they do not differ.
_STRONGEST = 1e7


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Shrunken values of offices, in the order given.

    Attributes:
        value: posterior means.
        low: lower ends.
        high: upper ends.
        prior_mean: towards which values are drawn.
        prior_strength: in expected events for ratios (theta / mean), in trials for shares.
        shape: first parameter of the prior: theta of the gamma, alpha of the beta.
    """

    value: Floats
    low: Floats
    high: Floats
    prior_mean: float
    prior_strength: float
    shape: float


def shrink_ratios(observed: Floats, expected: Floats, conf_level: float = 0.95) -> Shrunken:
    """Gamma-Poisson: events O ~ Poisson(ratio E), ratio ~ Gamma(theta, theta / mean).

    Args:
        observed: events of each office.
        expected: events expected, above 0.
        conf_level: two-sided, of the posterior interval.

    Raises:
        ValueError: an expected count is not above 0, or nothing was observed.
    """
    if (expected <= 0).any() or observed.sum() <= 0:
        raise ValueError("shrinking needs expected counts above zero and some event")
    ratio = float(observed.sum() / expected.sum())

    def loss(at: Floats) -> float:
        theta, mean = np.exp(at)
        rate = theta / mean
        terms = (
            gammaln(observed + theta) - gammaln(theta) + theta * np.log(rate / (rate + expected))
        )
        return -float((terms - observed * np.log(rate + expected)).sum())

    theta, mean = _strongest(loss, np.log(ratio))
    rate = theta / mean
    tail = (1 - conf_level) / 2
    shape, scale = theta + observed, 1 / (rate + expected)
    return Shrunken(
        value=shape * scale,
        low=gamma_law.ppf(tail, shape, scale=scale),
        high=gamma_law.ppf(1 - tail, shape, scale=scale),
        prior_mean=mean,
        prior_strength=rate,
        shape=theta,
    )


def shrink_shares(numerator: Floats, denominator: Floats, conf_level: float = 0.95) -> Shrunken:
    """Beta-binomial: successes x ~ Binomial(n, share), share ~ Beta(alpha, beta).

    Args:
        numerator: successes of each office.
        denominator: trials, above 0.
        conf_level: two-sided, of the posterior interval.

    Raises:
        ValueError: a denominator is not above 0, or all trials ended alike.
    """
    total = float(numerator.sum() / denominator.sum()) if (denominator > 0).all() else np.nan
    if not 0 < total < 1:
        raise ValueError("shrinking shares needs trials everywhere, and both outcomes somewhere")
    failed = denominator - numerator

    def loss(at: Floats) -> float:
        strength, mean = np.exp(at[0]), 1 / (1 + np.exp(-at[1]))
        a, b = strength * mean, strength * (1 - mean)
        return -float((betaln(a + numerator, b + failed) - betaln(a, b)).sum())

    strength, odds = _strongest(loss, np.log(total / (1 - total)))
    mean = odds / (1 + odds)
    alpha, beta = strength * mean, strength * (1 - mean)
    tail = (1 - conf_level) / 2
    return Shrunken(
        value=(alpha + numerator) / (strength + denominator),
        low=beta_law.ppf(tail, alpha + numerator, beta + failed),
        high=beta_law.ppf(1 - tail, alpha + numerator, beta + failed),
        prior_mean=mean,
        prior_strength=strength,
        shape=alpha,
    )


def _strongest(loss: Callable[[Floats], float], middle: float) -> tuple[float, float]:
    """Exp of the two parameters that minimise the loss; the first is a strength within bounds."""
    bounds = [(np.log(1e-3), np.log(_STRONGEST)), (middle - 3, middle + 3)]
    tries = [
        minimize(loss, [start, middle], method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14})
        for start in (0.0, 4.0, 9.0)
    ]
    best = tries[int(np.argmin([found.fun for found in tries]))]
    polished = minimize(
        loss, best.x, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-10, "fatol": 1e-12}
    )
    first, second = np.exp(polished.x).tolist()
    return first, second
