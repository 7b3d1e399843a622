"""Time to an event when some cases are still open: Kaplan–Meier from counts.

The input is one aggregate, (stratum, duration in whole days, closed or open, how many), so the
estimates are exact at any number of cases and no row passes through Python. Competing outcomes,
group comparison and restricted means belong in modules of their own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimates:
    """One number per stratum with its interval; NaN where the curve does not reach it."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class SurvivalSummary:
    """Kaplan–Meier results, one element per stratum in ascending order of `strata`."""

    strata: NDArray[np.int64]
    n: NDArray[np.int64]
    n_events: NDArray[np.int64]
    quantiles: dict[float, Estimates]
    within: dict[int, Estimates]
    last_day: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Curve:
    """The product-limit estimate at each distinct (stratum, day), sorted by both."""

    day: Floats
    survival: Floats
    low: Floats
    high: Floats
    first: NDArray[np.int64]
    last: NDArray[np.int64]


def km_summary(  # noqa: PLR0913 - the aggregate's four columns and three options
    strata: NDArray[np.int64],
    durations: NDArray[np.int64],
    events: NDArray[np.bool_],
    counts: NDArray[np.int64],
    *,
    quantiles: tuple[float, ...] = (0.5,),
    horizons: tuple[int, ...] = (30, 60, 90),
    conf_level: float = 0.95,
) -> SurvivalSummary:
    """Quantiles and shares closed within a horizon, for each stratum.

    Survival is the product-limit estimate with Greenwood's variance and a log-log band (Kalbfleisch
    and Prentice 2002, section 1.4); quantiles invert the band (Brookmeyer and Crowley 1982), with
    the midpoint where the curve is flat at exactly the quantile, as R's `survival` does. An event
    on day 0 counts.

    Args:
        strata: group codes, any order; one element per aggregated row, as all four arrays.
        durations: whole days, not negative.
        events: true where the clock stopped, false where the case was still open.
        counts: number of cases in the row.
        quantiles: shares of cases closed, e.g. 0.5 for the median.
        horizons: days for the shares closed within.
        conf_level: two-sided confidence.

    Raises:
        ValueError: a duration or a count is negative.
    """
    if (durations < 0).any() or (counts < 0).any():
        raise ValueError("durations and counts must not be negative")
    codes, group = np.unique(strata, return_inverse=True)
    size = len(codes)
    n = np.bincount(group, weights=counts, minlength=size).astype(np.int64)
    n_events = np.bincount(group, weights=counts * events, minlength=size).astype(np.int64)
    curve = _curve(group, durations, events, counts, n, conf_level)
    return SurvivalSummary(
        strata=codes.astype(np.int64),
        n=n,
        n_events=n_events,
        quantiles={q: _quantile(curve, 1.0 - q) for q in quantiles},
        within={h: _share_within(curve, h) for h in horizons},
        last_day=curve.day[curve.last].astype(np.int64),
    )


def _curve(  # noqa: PLR0913, PLR0917 - the aggregate and what was counted from it
    group: NDArray[np.int64],
    durations: NDArray[np.int64],
    events: NDArray[np.bool_],
    counts: NDArray[np.int64],
    n: NDArray[np.int64],
    conf_level: float,
) -> _Curve:
    width = int(durations.max(initial=0)) + 1
    cell, position = np.unique(group * width + durations, return_inverse=True)
    of_group = cell // width
    died = np.bincount(position, weights=counts * events, minlength=len(cell))
    left = np.bincount(position, weights=counts, minlength=len(cell)).astype(np.float64)
    first = np.searchsorted(of_group, np.arange(len(n)))
    last = np.searchsorted(of_group, np.arange(len(n)), side="right") - 1
    at_risk = n[of_group] - (_running(left, first, of_group) - left)
    with np.errstate(divide="ignore", invalid="ignore"):
        all_gone = died >= at_risk
        log_survival = _running(np.where(all_gone, 0.0, np.log1p(-died / at_risk)), first, of_group)
        gone = _running(all_gone.astype(float), first, of_group) > 0
        survival = np.where(gone, 0.0, np.exp(log_survival))
        greenwood = _running(
            np.where(all_gone, 0.0, died / (at_risk * (at_risk - died))), first, of_group
        )
        width_z = norm.ppf(0.5 + conf_level / 2) * np.sqrt(greenwood) / log_survival
        inside = (survival > 0) & (survival < 1)
        low = np.where(inside, survival ** np.exp(-width_z), survival)
        high = np.where(inside, survival ** np.exp(width_z), survival)
    high = np.where(gone, np.nan, high)
    low = np.where(gone, np.nan, low)
    return _Curve(
        day=(cell % width).astype(float),
        survival=survival,
        low=low,
        high=high,
        first=first,
        last=last,
    )


def _running(values: Floats, first: NDArray[np.int64], of_group: NDArray[np.int64]) -> Floats:
    """Cumulative sum that begins anew in each group."""
    total = np.cumsum(values, dtype=np.float64)
    before = np.where(first > 0, total[first - 1], 0.0)
    return total - before[of_group]


def _quantile(curve: _Curve, target: float) -> Estimates:
    return Estimates(
        value=_first_day_at_or_below(curve, curve.survival, target),
        low=_first_day_at_or_below(curve, curve.low, target),
        high=_first_day_at_or_below(curve, curve.high, target),
    )


def _first_day_at_or_below(curve: _Curve, line: Floats, target: float) -> Floats:
    tolerance = 1e-9
    reached = line <= target + tolerance
    below = line < target - tolerance
    at = _first_index(curve, reached)
    under = _first_index(curve, below)
    day = np.append(curve.day, np.nan)
    exactly = (at >= 0) & np.isclose(np.append(line, np.nan)[at], target, rtol=0, atol=tolerance)
    return np.where(exactly & (under >= 0), (day[at] + day[under]) / 2, day[at])


def _first_index(curve: _Curve, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Index of the first true element of each group, or -1."""
    places = np.flatnonzero(mask)
    if not len(places):
        return np.full(len(curve.first), -1)
    at = np.searchsorted(places, curve.first)
    found = places[np.minimum(at, len(places) - 1)]
    return np.where((at < len(places)) & (found <= curve.last), found, -1)


def _share_within(curve: _Curve, horizon: int) -> Estimates:
    """Share closed by the end of day `horizon`; NaN where nobody was watched that long."""
    upto = _last_index(curve, curve.day <= horizon)
    survival = np.append(curve.survival, 1.0)[upto]
    low, high = np.append(curve.low, 1.0)[upto], np.append(curve.high, 1.0)[upto]
    watched = (curve.day[curve.last] >= horizon) | (curve.survival[curve.last] == 0)
    return Estimates(
        value=np.where(watched, 1.0 - survival, np.nan),
        low=np.where(watched, 1.0 - high, np.nan),
        high=np.where(watched, 1.0 - low, np.nan),
    )


def _last_index(curve: _Curve, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Index of the last true element of each group, or -1."""
    places = np.flatnonzero(mask)
    if not len(places):
        return np.full(len(curve.first), -1)
    at = np.searchsorted(places, curve.last, side="right") - 1
    found = places[np.maximum(at, 0)]
    return np.where((at >= 0) & (found >= curve.first), found, -1)
