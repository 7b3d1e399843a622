"""How unequal places are: Theil's T, split into between and within groups of places.

Give it draws from the posterior of the places (`shrinkage`): of raw values, most of the spread of
small places is chance, and shrunken values are too much alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.methods.poisson import Floats
from pipelines.methods.shrinkage import Shrunken, posterior_shares


@dataclass(frozen=True, slots=True)
class Theil:
    """Theil's T and its parts, total = between + within; arrays where values were draws.

    Attributes:
        total: 0 where all are equal, log(n) where one of n equal places has everything.
        between: of the groups' means.
        within: weighted mean of T inside groups.
    """

    total: Floats
    between: Floats
    within: Floats


def theil(values: Floats, weights: Floats, groups: NDArray[np.int64]) -> Theil:
    """Theil's T of rates, each place weighted by its size (Theil 1967, chapter 4).

    Args:
        values: ... x P rates, not negative; leading axes are draws, e.g. of a posterior.
        weights: P sizes, e.g. persons, above 0.
        groups: P group numbers.

    Raises:
        ValueError: a rate is negative, a size is not above 0, or all rates are 0.
    """
    if (values < 0).any() or (weights <= 0).any() or (values.max(axis=-1) <= 0).any():
        raise ValueError("Theil's T needs sizes above zero and rates that are not all zero")
    _, group = np.unique(groups, return_inverse=True)
    member = (group[:, None] == np.arange(group.max() + 1)[None, :]).astype(np.float64)
    share_of_size = weights / weights.sum()
    amount = values * share_of_size
    share = amount / amount.sum(axis=-1, keepdims=True)
    total = _divergence(share, share_of_size)
    between = _divergence(share @ member, share_of_size @ member)
    return Theil(total, between, total - between)


@dataclass(frozen=True, slots=True)
class TheilInterval:
    """One part of Theil's T, the median of its posterior, with two quantiles."""

    value: float
    low: float
    high: float


def theil_of_shrunken(
    found: Shrunken,
    numerator: Floats,
    denominator: Floats,
    groups: NDArray[np.int64],
    *,
    conf_level: float = 0.95,
) -> dict[str, TheilInterval]:
    """Theil's T of shares, by part: the median of its posterior, and its quantiles.

    Shrunken values themselves are less unequal than the shares are, so that their own T would be
    too small; that of draws from the joint posterior is not.

    Args:
        found: the shares of P places, from `shrink_shares` of the next two.
        numerator: P successes.
        denominator: P trials, also the sizes of the places.
        groups: P group numbers.
        conf_level: two-sided confidence.

    Returns:
        `total`, `between` and `within`.
    """
    drawn = theil(posterior_shares(numerator, denominator, found.prior_mean), denominator, groups)
    tail = (1 - conf_level) / 2
    ends = (0.5, tail, 1 - tail)
    return {
        part: TheilInterval(*np.quantile(getattr(drawn, part), ends).tolist())
        for part in ("total", "between", "within")
    }


def _divergence(share: Floats, of_size: Floats) -> Floats:
    """Sum of s log(s / w), where nothing of anything is nothing."""
    ratio = np.where(share > 0, share / of_size, 1.0)
    return (share * np.log(ratio)).sum(axis=-1)
