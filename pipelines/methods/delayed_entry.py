"""Kaplan–Meier when cases come under observation late (left truncation).

An export that begins on some day shows a case open on that day, but none that ended before it: such
a case counts among those at risk only from the age at which it was first seen. Without that, early
ends look rarer than they are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.methods.intervals import normal_quantile
from pipelines.methods.poisson import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TruncatedCurve:
    """Estimates at each day with an event, D in all.

    Attributes:
        day: D.
        n_risk: D, watched and open at the start of the day.
        n_events: D.
        survival: D, after the day.
        low: D, lower end, log-log; NaN once nobody is left.
        high: D, upper end.
    """

    day: Ints
    n_risk: Floats
    n_events: Floats
    survival: Floats
    low: Floats
    high: Floats

    def quantile(self, share: float) -> float:
        """First day by which that share has ended, NaN if the curve does not reach it."""
        reached = np.flatnonzero(self.survival <= 1 - share + 1e-12)
        return float(self.day[reached[0]]) if len(reached) else np.nan


def truncated_curve(
    entry: Ints, duration: Ints, is_event: NDArray[np.bool_], counts: Ints, conf_level: float = 0.95
) -> TruncatedCurve:
    """Product-limit estimate with a risk set of those already watched.

    Args:
        entry: last age in days at which the case was not yet watched; -1 if from the first day. A
            case is at risk on days entry < t <= duration.
        duration: age at its end, or when last seen open.
        is_event: whether the clock stopped.
        counts: cases in the row.
        conf_level: two-sided confidence.

    Raises:
        ValueError: a case ends before it is watched.
    """
    if (entry >= duration).any():
        raise ValueError("a case that ended before it was watched cannot be in the data")
    size = int(duration.max()) + 1
    died = _by_day(duration, counts * is_event, size)
    left, came = _by_day(duration, counts, size), _by_day(entry + 1, counts, size)
    day = np.flatnonzero(died)
    n, d = (np.cumsum(came) - np.cumsum(left) + left)[day], died[day]
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - d / n, dtype=np.float64)
        spread = np.sqrt(np.cumsum(d / (n * (n - d))))
        reach = normal_quantile(conf_level) * spread / np.log(survival)
        low, high = survival ** np.exp(-reach), survival ** np.exp(reach)
    gone = survival <= 0
    return TruncatedCurve(
        day=day,
        n_risk=n,
        n_events=d,
        survival=survival,
        low=np.where(gone, np.nan, low),
        high=np.where(gone, np.nan, high),
    )


def _by_day(day: Ints, counts: Ints, size: int) -> Floats:
    return np.bincount(day, weights=counts, minlength=size).astype(np.float64)
