"""Quasi-Poisson regression with a log link, for many series that share one design.

Iteratively reweighted least squares (McCullagh and Nelder 1989, section 2.5), batched: one matrix
product serves all series, which a loop over a general library would make hundreds of times slower.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

Floats = NDArray[np.float64]

# A cell whose counts are all zero pulls its coefficient to minus infinity; here it stops.
_LOWEST_LOG_MEAN, _HIGHEST_LOG_MEAN = -20.0, 30.0


@dataclass(frozen=True, slots=True)
class PoissonFit:
    """Fits of S series to one design of N rows and K columns.

    Attributes:
        coefficients: S x K, on the log scale.
        mean: S x N, fitted means.
        bread: S x K x K, inverse of X'WX.
        dispersion: S, Pearson's statistic over its degrees of freedom; 1 is Poisson.
        converged: S, whether the deviance settled.
    """

    coefficients: Floats
    mean: Floats
    bread: Floats
    dispersion: Floats
    converged: NDArray[np.bool_]


def fit_poisson(  # noqa: PLR0913 - counts, design and the usual options of a fit
    counts: Floats,
    design: Floats,
    *,
    offset: Floats | None = None,
    weights: Floats | None = None,
    tolerance: float = 1e-10,
    iterations: int = 50,
) -> PoissonFit:
    """Fit every series of counts to the design.

    Args:
        counts: S x N, not negative.
        design: N x K, of full column rank.
        offset: N or S x N, added to the linear predictor.
        weights: S x N prior weights; 1 where absent.
        tolerance: largest relative change of the deviance at convergence.
        iterations: after so many steps a series counts as not converged.

    Raises:
        ValueError: a count is negative, shapes disagree, or the design is short of rank.
    """
    _check(counts, design)
    shift = np.zeros_like(counts) if offset is None else np.broadcast_to(offset, counts.shape)
    prior = np.ones_like(counts) if weights is None else weights
    squares = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    saturated = (prior * (xlogy(counts, counts) - counts)).sum(axis=1)
    log_mean = np.log(counts + 0.1)
    mean: Floats = np.exp(log_mean)
    deviance = np.full(len(counts), np.inf)
    beta = np.zeros((len(counts), design.shape[1]))
    going = np.arange(len(counts))
    for _ in range(iterations):
        y, w, mu = counts[going], prior[going], mean[going]
        target = log_mean[going] - shift[going] + (y - mu) / mu
        right: Floats = (w * mu * target) @ design
        beta[going] = np.linalg.solve(_hessian(w * mu, squares), right[:, :, None])[:, :, 0]
        eta = np.clip(beta[going] @ design.T + shift[going], _LOWEST_LOG_MEAN, _HIGHEST_LOG_MEAN)
        log_mean[going], mean[going] = eta, np.exp(eta)
        now = 2 * (saturated[going] + (w * (mean[going] - y * eta)).sum(axis=1))
        settled = np.abs(now - deviance[going]) <= tolerance * (np.abs(now) + 0.1)
        deviance[going] = now
        going = going[~settled]
        if not len(going):
            break
    freedom = (prior > 0).sum(axis=1) - design.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        dispersion = (prior * (counts - mean) ** 2 / mean).sum(axis=1) / freedom
    return PoissonFit(
        coefficients=beta,
        mean=mean,
        bread=np.asarray(np.linalg.inv(_hessian(prior * mean, squares)), dtype=np.float64),
        dispersion=dispersion,
        converged=~np.isin(np.arange(len(counts)), going),
    )


def leverage(fit: PoissonFit, design: Floats, weights: Floats | None = None) -> Floats:
    """Diagonal of the hat matrix, S x N."""
    prior = np.ones_like(fit.mean) if weights is None else weights
    return prior * fit.mean * np.einsum("nk,skl,nl->sn", design, fit.bread, design, optimize=True)


def _check(counts: Floats, design: Floats) -> None:
    if counts.ndim != 2 or design.ndim != 2 or counts.shape[1] != len(design):
        raise ValueError(f"counts {counts.shape} do not fit a design of {design.shape}")
    if (counts < 0).any():
        raise ValueError("counts must not be negative")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("columns of the design depend on each other")


def _hessian(weights: Floats, squares: Floats) -> Floats:
    size = int(np.sqrt(squares.shape[1]))
    return (weights @ squares).reshape(-1, size, size)
