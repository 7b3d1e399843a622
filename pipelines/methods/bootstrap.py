"""Intervals that know that cases of one office are alike: the cluster bootstrap on counts.

Whole offices are drawn with replacement. Drawing n of n offices is drawing multinomial weights, and
a weighted sum of each office's counts is all that most statistics need, so that 500 replicates are
one matrix product and no case is touched.

Replicates of few offices vary too little, by (n - 1) / n, and their quantiles are those of a normal
law where the t law holds. The percentiles are therefore taken further out (Hesterberg 2015, the
expanded percentile interval).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from pipelines.methods.poisson import Floats


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """A statistic with expanded percentile intervals.

    Attributes:
        value: of the data as they are.
        low: lower end.
        high: upper end.
        error: standard deviation of the replicates.
    """

    value: Floats
    low: Floats
    high: Floats
    error: Floats


def cluster_bootstrap(
    counts: Floats,
    statistic: Callable[[Floats], Floats],
    *,
    replicates: int = 500,
    conf_level: float = 0.95,
    seed: int = 0,
) -> Bootstrapped:
    """Expanded percentile intervals of a statistic of summed counts.

    Args:
        counts: clusters x ..., counts of each cluster.
        statistic: from ... summed counts with a leading axis of replicates, to replicates x ....
        replicates: draws.
        conf_level: two-sided confidence.
        seed: of the draws.

    Raises:
        ValueError: fewer than two clusters.
    """
    size = len(counts)
    if size < 2:
        raise ValueError("a cluster bootstrap needs two clusters or more")
    weights = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), replicates)
    flat = counts.reshape(size, -1)
    drawn = (weights.astype(np.float64) @ flat).reshape(replicates, *counts.shape[1:])
    values = statistic(drawn)
    reach = student.ppf(0.5 + conf_level / 2, size - 1) * np.sqrt(size / (size - 1))
    tail = float(norm.sf(reach))
    low, high = np.nanquantile(values, [tail, 1 - tail], axis=0)
    return Bootstrapped(
        value=statistic(counts.sum(axis=0)[None])[0],
        low=low,
        high=high,
        error=np.nanstd(values, axis=0, ddof=1),
    )


def share_ended(counts: Floats, horizon: int) -> Floats:
    """Kaplan–Meier share ended by the end of day `horizon`, for replicates at once.

    Args:
        counts: R x 2 x D; [:, 0] ended on day d, [:, 1] were last seen open on it.
        horizon: in days, below D.
    """
    at_risk = np.cumsum(counts.sum(axis=1)[:, ::-1], axis=1)[:, ::-1][:, : horizon + 1]
    ended = counts[:, 0, : horizon + 1]
    return 1 - np.prod(1 - ended / np.maximum(at_risk, 1), axis=1)


def incidence_within(counts: Floats, horizon: int) -> Floats:
    """Aalen–Johansen share that had the event by the end of day `horizon`, for replicates at once.

    Args:
        counts: R x 3 x D; [:, 0] had the event on day d, [:, 1] ended otherwise, [:, 2] were last
            seen open on it.
        horizon: in days, below D.
    """
    at_risk = np.cumsum(counts.sum(axis=1)[:, ::-1], axis=1)[:, ::-1][:, : horizon + 1]
    hazard = counts[:, :2, : horizon + 1] / np.maximum(at_risk, 1)[:, None]
    survival = np.cumprod(1 - hazard.sum(axis=1), axis=1)
    before = np.hstack([np.ones((len(counts), 1)), survival[:, :-1]])
    return (before * hazard[:, 0]).sum(axis=1)
