"""How unequal places are: Theil's T, split into between and within groups of places.

Give it shrunken values (`shrinkage`): of raw ones, most of the spread of small places is chance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.methods.poisson import Floats
from pipelines.methods.shrinkage import Shrunken


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
    """One part of Theil's T of shrunken shares, with the quantiles of its posterior."""

    value: float
    low: float
    high: float


def theil_of_shrunken(  # noqa: PLR0913 - shares, places and the options of the draws
    found: Shrunken,
    numerator: Floats,
    denominator: Floats,
    groups: NDArray[np.int64],
    *,
    conf_level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, TheilInterval]:
    """Theil's T of shrunken shares and of draws from their posteriors, by part.

    Args:
        found: the shares of P places, from `shrink_shares` of the next two.
        numerator: P successes.
        denominator: P trials, also the sizes of the places.
        groups: P group numbers.
        conf_level: two-sided confidence.
        draws: from the posteriors.
        seed: of the draws.

    Returns:
        `total`, `between` and `within`.
    """
    beta = found.prior_strength - found.shape
    rng = np.random.default_rng(seed)
    drawn = rng.beta(
        found.shape + numerator, beta + denominator - numerator, (draws, len(numerator))
    )
    of_value, of_draws = (theil(values, denominator, groups) for values in (found.value, drawn))
    tail = (1 - conf_level) / 2
    return {
        part: TheilInterval(
            float(getattr(of_value, part)),
            *np.quantile(getattr(of_draws, part), [tail, 1 - tail]).tolist(),
        )
        for part in ("total", "between", "within")
    }


def _divergence(share: Floats, of_size: Floats) -> Floats:
    """Sum of s log(s / w), where nothing of anything is nothing."""
    ratio = np.where(share > 0, share / of_size, 1.0)
    return (share * np.log(ratio)).sum(axis=-1)
