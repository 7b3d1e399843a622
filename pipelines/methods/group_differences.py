"""Do groups differ: a difference with its interval, and the log-rank test from counts.

With millions of rows every test rejects, so the difference is what is printed, and the test is a
footnote.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from pipelines.methods.intervals import Band
from pipelines.methods.poisson import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LogRank:
    """The K-sample log-rank test.

    Attributes:
        statistic: chi-square.
        freedom: degrees of freedom, K - 1.
        p: chance under equal hazards.
        observed: K, events.
        expected: K, events expected under equal hazards.
    """

    statistic: float
    freedom: int
    p: float
    observed: Floats
    expected: Floats


def difference(one: Floats, one_band: Band, other: Floats, other_band: Band) -> Band:
    """Interval of one - other from the intervals of both, for independent groups.

    The square-and-add method (Newcombe 1998, method 10; Zou and Donner 2008): it keeps the
    asymmetry of the two intervals and stays within what is possible.
    """
    gap = one - other
    return Band(
        low=gap - np.hypot(one - one_band.low, other_band.high - other),
        high=gap + np.hypot(one_band.high - one, other - other_band.low),
    )


def log_rank(group: Ints, duration: Ints, is_event: NDArray[np.bool_], counts: Ints) -> LogRank:
    """Log-rank test of equal hazards from (group, duration, event or not, count) rows.

    Args:
        group: numbers from 0 to K - 1.
        duration: whole days, not negative.
        is_event: whether the clock stopped.
        counts: cases in the row.

    Raises:
        ValueError: fewer than two groups, or no event.
    """
    size, days = int(group.max()) + 1, int(duration.max()) + 1
    if size < 2 or not (counts * is_event).any():
        raise ValueError("a log-rank test needs two groups and an event")
    place = group * days + duration
    died = np.bincount(place, counts * is_event, size * days).reshape(size, days)
    left = np.bincount(place, counts, size * days).reshape(size, days)
    at_risk = np.cumsum(left[:, ::-1], axis=1)[:, ::-1]
    n, d = at_risk.sum(axis=0), died.sum(axis=0)
    kept = d > 0
    n, d, share = n[kept], d[kept], (at_risk / np.maximum(at_risk.sum(axis=0), 1))[:, kept]
    observed, expected = died.sum(axis=1), share @ d
    weight = d * (n - d) / np.maximum(n - 1, 1)
    spread = np.diag(share @ weight) - (share * weight) @ share.T
    gap = (observed - expected)[:-1]
    statistic = float(gap @ np.linalg.solve(spread[:-1, :-1], gap))
    return LogRank(statistic, size - 1, float(chi2.sf(statistic, size - 1)), observed, expected)
