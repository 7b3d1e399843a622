"""Small offices borrow strength: empirical-Bayes estimates of ratios and shares.

The prior is fitted to all offices by maximum likelihood; each office's estimate is its posterior
mean. Intervals do not take the prior as known, which would make them far too narrow with ten
offices or so (`benchmarks.coverage`): they average over the priors that the data allow, with a flat
law of the mean (of ratios: of its logarithm) and of the spread between offices (Gelman and others
2013, sections 5.3 and 5.7). Values are listed in the order given, by code, never by rank.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, logit

from pipelines.methods.poisson import Floats

# A prior this strong leaves nothing of an office's own deviation: they do not differ.
_STRONGEST = 1e7
_GRID = 200
_SPREAD = (np.arange(_GRID) + 0.5) / _GRID
_STEPS = np.linspace(-4, 4, 17)


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
    drawn = posterior_ratios(observed, expected, mean)
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return Shrunken(
        value=(theta + observed) / (rate + expected),
        low=low,
        high=high,
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
    alpha = strength * mean
    tail = (1 - conf_level) / 2
    drawn = posterior_shares(numerator, denominator, mean)
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return Shrunken(
        value=(alpha + numerator) / (strength + denominator),
        low=low,
        high=high,
        prior_mean=mean,
        prior_strength=strength,
        shape=alpha,
    )


def posterior_shares(
    numerator: Floats, denominator: Floats, mean: float, *, draws: int = 4000, seed: int = 0
) -> Floats:
    """Draws x P from the joint posterior of all shares, the prior being unknown.

    The prior's parameters are drawn from a grid of their posterior: the spread between offices,
    1 / sqrt(strength), is flat from 0 to 1, and so is the mean.

    Args:
        numerator: P successes.
        denominator: P trials, above 0.
        mean: around which the means of the grid lie: the maximum likelihood estimate.
        draws: how many.
        seed: of the draws.
    """
    failed = denominator - numerator
    noise = (1 / denominator + _SPREAD[:, None] ** 2) / (mean * (1 - mean))
    error = 1 / np.sqrt((1 / noise).sum(axis=1))[:, None]
    means = expit(logit(mean) + error * _STEPS)
    strength = 1 / _SPREAD[:, None] ** 2
    a, b = strength * means, strength * (1 - means)
    fit = betaln(a[..., None] + numerator, b[..., None] + failed) - betaln(a, b)[..., None]
    rng = np.random.default_rng(seed)
    log_weight = fit.sum(axis=2) + np.log(error * means * (1 - means))
    a, b = _drawn(rng, draws, log_weight, a, b)
    return rng.beta(a + numerator, b + failed)


def posterior_ratios(
    observed: Floats, expected: Floats, mean: float, *, draws: int = 4000, seed: int = 0
) -> Floats:
    """Draws x P from the joint posterior of all ratios, the prior being unknown.

    As `posterior_shares`: the relative spread between offices, 1 / sqrt(theta), is flat from 0 to
    1, and so is the logarithm of the mean.

    Args:
        observed: P events.
        expected: P events expected, above 0.
        mean: around which the means of the grid lie: the maximum likelihood estimate.
        draws: how many.
        seed: of the draws.
    """
    noise = 1 / (mean * expected) + _SPREAD[:, None] ** 2
    error = 1 / np.sqrt((1 / noise).sum(axis=1))[:, None]
    theta = np.broadcast_to(1 / _SPREAD[:, None] ** 2, (_GRID, len(_STEPS)))
    rate = theta / (mean * np.exp(error * _STEPS))
    shape, all_rate = theta[..., None], rate[..., None] + expected
    fit = gammaln(observed + shape) - gammaln(shape) + shape * np.log(rate[..., None] / all_rate)
    rng = np.random.default_rng(seed)
    log_weight = (fit - observed * np.log(all_rate)).sum(axis=2) + np.log(error)
    theta, rate = _drawn(rng, draws, log_weight, theta, rate)
    return rng.gamma(theta + observed, 1 / (rate + expected))


def _drawn(
    rng: np.random.Generator, draws: int, log_weight: Floats, *parameters: Floats
) -> list[Floats]:
    """The parameters of so many points of a grid, drawn by their weights; draws x 1 each."""
    weight = np.exp(log_weight - log_weight.max()).ravel()
    chosen = rng.choice(len(weight), draws, p=weight / weight.sum())
    return [each.ravel()[chosen, None] for each in parameters]


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
