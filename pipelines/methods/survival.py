"""Time to an event when some cases are still open and some have ended in another way.

The input is one aggregate, (stratum, duration in whole days, how it ended, how many), so the
estimates are exact at any number of cases and no row passes through Python. The estimate is
Aalen and Johansen's cumulative incidence; without competing outcomes that is one minus
Kaplan–Meier, to the last bit. Comparisons of groups belong in a module of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.methods.intervals import normal_quantile

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

OPEN, EVENT, COMPETING = 0, 1, 2
FLAT = 1e-9  # two heights of a curve that differ by less are the same
AT_ONCE = 1 << 19  # rows whose curves are drawn together, at some 200 bytes of memory for each


@dataclass(frozen=True, slots=True)
class Estimates:
    """One number per stratum with its interval; NaN where the curve does not reach it."""

    value: Floats
    low: Floats
    high: Floats


_ENDS = ("value", "low", "high")


@dataclass(frozen=True, slots=True)
class IncidenceSummary:
    """What was asked of each curve, one element per stratum in ascending order of `strata`.

    Attributes:
        strata: the group codes.
        n, n_events: cases watched, and those that ended by the event.
        quantiles: by share: the day by which that share had the event.
        within: by horizon: the share that had the event by the end of that day.
        restricted_mean: by horizon: mean days without the event, up to the horizon.
    """

    strata: Ints
    n: Ints
    n_events: Ints
    quantiles: dict[float, Estimates]
    within: dict[int, Estimates]
    restricted_mean: dict[int, Estimates]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Cells sorted by group: where each begins and ends, and blocks of groups of like length."""

    of_cell: Ints
    first: Ints
    last: Ints
    blocks: tuple[tuple[Ints, Bools], ...]

    @classmethod
    def of(cls, of_cell: Ints, size: int) -> "_Groups":
        first = np.searchsorted(of_cell, np.arange(size))
        last = np.searchsorted(of_cell, np.arange(size), side="right") - 1
        return cls(of_cell, first, last, tuple(_blocks(first, last)))

    def running(self, values: Floats) -> Floats:
        """Cumulative sums within each group; no group leaves a rounding error to another."""
        total = np.empty(len(values))
        for places, inside in self.blocks:
            total[places[inside]] = np.where(inside, values[places], 0.0).cumsum(axis=1)[inside]
        return total

    def sums(self, values: Floats) -> Floats:
        """The sum of each group."""
        found = np.bincount(self.of_cell, weights=values, minlength=len(self.first))
        return found.astype(np.float64)

    def before(self, values: Floats, at_start: float) -> Floats:
        """The value of the cell before, `at_start` in the first cell of a group."""
        shifted = np.roll(values, 1)
        shifted[self.first] = at_start
        return shifted

    def first_where(self, mask: Bools) -> Ints:
        """Index of the first true cell of each group, or -1."""
        places = np.append(np.flatnonzero(mask), len(mask))
        found = places[np.searchsorted(places, self.first)]
        return np.where(found <= self.last, found, -1)

    def last_where(self, mask: Bools) -> Ints:
        """Index of the last true cell of each group, or -1."""
        places = np.append(-1, np.flatnonzero(mask))
        found = places[np.searchsorted(places, self.last, side="right") - 1]
        return np.where(found >= self.first, found, -1)


def _blocks(first: Ints, last: Ints) -> Iterator[tuple[Ints, Bools]]:
    """Groups of at most 1, 2, 4, 8 … cells, each block as a matrix of places and what is inside."""
    length = last - first + 1
    size = np.ceil(np.log2(length)).astype(np.int64)
    for each in np.unique(size):
        rows = np.flatnonzero(size == each)
        steps = np.arange(1 << int(each))
        inside = steps < length[rows][:, None]
        yield np.where(inside, first[rows][:, None] + steps, 0), inside


@dataclass(frozen=True, slots=True)
class _Curves:
    """The estimates at each distinct (stratum, day), sorted by both.

    Attributes:
        groups: the cells of each stratum.
        day: the day.
        at_risk: cases watched until that day, none of them ended before.
        survival, survival_before: share not ended in any way, after and before the day.
        hazard, hazard_any: of those at risk, the share that the event, or any end, took that day.
        without: share without the event, 1 - cumulative incidence; with its band.
    """

    groups: _Groups
    day: Floats
    at_risk: Floats
    survival: Floats
    survival_before: Floats
    hazard: Floats
    hazard_any: Floats
    without: Floats
    low: Floats
    high: Floats

    @property
    def odds_any(self) -> Floats:
        """hazard_any / (1 - hazard_any) / at_risk; 0 where nobody is left, as nothing follows."""
        is_last = self.hazard_any >= 1
        rest = np.where(is_last, 1.0, 1 - self.hazard_any)
        return np.where(is_last, 0.0, self.hazard_any / rest / self.at_risk)


def aalen_johansen(  # noqa: PLR0913 - the aggregate's four columns and four options
    strata: Ints,
    durations: Ints,
    outcomes: Ints,
    counts: Ints,
    *,
    quantiles: tuple[float, ...] = (),
    horizons: tuple[int, ...] = (),
    rmst_horizons: tuple[int, ...] = (),
    conf_level: float = 0.95,
) -> IncidenceSummary:
    """Quantiles, shares within a horizon and restricted means of each stratum.

    With F the cumulative incidence of the event (Aalen and Johansen 1978): `within` is F at the
    horizon, a quantile q is the first day on which F reaches q, with the midpoint where F is flat
    at exactly q, as R's `survival` does, and the restricted mean is the area under 1 - F. An event
    on day 0 counts.

    The variance of F is the delta method on the hazards (Gaynor et al. 1993), which is Greenwood's
    where nothing competes. Bands are log-log in 1 - F (Kalbfleisch and Prentice 2002, section 1.4);
    quantiles invert the band (Brookmeyer and Crowley 1982); the restricted mean has a normal
    interval, cut at 0 and at the horizon.

    Args:
        strata: group codes, any order; one element per aggregated row, as all four arrays.
        durations: whole days, not negative.
        outcomes: OPEN where the case was still open, EVENT, or COMPETING.
        counts: number of cases in the row.
        quantiles: shares of cases, e.g. 0.5 for the median.
        horizons: days for the shares within.
        rmst_horizons: days for the restricted means.
        conf_level: two-sided confidence.

    Raises:
        ValueError: a duration is negative, or a count is not positive.
    """
    if (durations < 0).any() or (counts < 1).any():
        raise ValueError("durations must not be negative, and counts must be positive")
    codes, group = np.unique(strata, return_inverse=True)
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(len(codes) + 1))
    asked = (quantiles, horizons, rmst_horizons)
    parts: list[IncidenceSummary] = []
    for first, last in _portions(bounds):
        rows = order[bounds[first] : bounds[last]]
        cells = (group[rows] - first, durations[rows], outcomes[rows], counts[rows])
        parts.append(_summarise(codes[first:last].astype(np.int64), *cells, asked, conf_level))
    return _joined(parts)


def _portions(bounds: Ints) -> Iterator[tuple[int, int]]:
    """First and end of strata of about `AT_ONCE` rows, one stratum at least; one portion of none.

    `bounds` says where the rows of each stratum begin, and where those of the last one end.
    """
    first, size = 0, len(bounds) - 1
    while first < max(size, 1):
        reach = int(np.searchsorted(bounds, bounds[first] + AT_ONCE, side="right")) - 1
        last = min(max(reach, first + 1), size)
        yield first, last
        first = max(last, 1)


def _summarise(  # noqa: PLR0913, PLR0917 - the aggregate's columns, and what is asked of it
    codes: Ints,
    group: Ints,
    durations: Ints,
    outcomes: Ints,
    counts: Ints,
    asked: tuple[tuple[float, ...], tuple[int, ...], tuple[int, ...]],
    conf_level: float,
) -> IncidenceSummary:
    quantiles, horizons, rmst_horizons = asked
    z = normal_quantile(conf_level)
    curves = _curves(group, durations, outcomes, counts, z)
    n, n_events = (
        np.bincount(group, weights=weights, minlength=len(codes)).astype(np.int64)
        for weights in (counts, counts * (outcomes == EVENT))
    )
    return IncidenceSummary(
        strata=codes,
        n=n,
        n_events=n_events,
        quantiles={q: _quantile(curves, 1.0 - q) for q in quantiles},
        within={h: _share_within(curves, h) for h in horizons},
        restricted_mean={h: _restricted_mean(curves, h, z) for h in rmst_horizons},
    )


def _joined(parts: list[IncidenceSummary]) -> IncidenceSummary:
    """Summaries of strata that follow each other, as one."""

    def join(found: list[Estimates]) -> Estimates:
        return Estimates(*(np.concatenate([getattr(e, name) for e in found]) for name in _ENDS))

    whole = parts[0]
    return IncidenceSummary(
        strata=np.concatenate([part.strata for part in parts]),
        n=np.concatenate([part.n for part in parts]),
        n_events=np.concatenate([part.n_events for part in parts]),
        quantiles={q: join([part.quantiles[q] for part in parts]) for q in whole.quantiles},
        within={h: join([part.within[h] for part in parts]) for h in whole.within},
        restricted_mean={
            h: join([part.restricted_mean[h] for part in parts]) for h in whole.restricted_mean
        },
    )


def _curves(group: Ints, durations: Ints, outcomes: Ints, counts: Ints, z: float) -> _Curves:
    width = int(durations.max(initial=0)) + 1
    cell, position = np.unique(group * width + durations, return_inverse=True)
    groups = _Groups.of(cell // width, int(group.max(initial=-1)) + 1)
    left, ended, other = (
        np.bincount(position, weights=weights, minlength=len(cell)).astype(np.float64)
        for weights in (counts, counts * (outcomes == EVENT), counts * (outcomes == COMPETING))
    )
    at_risk = groups.sums(left)[groups.of_cell] - (groups.running(left) - left)
    hazard, hazard_any = ended / at_risk, (ended + other) / at_risk
    is_gone = groups.running((hazard_any >= 1).astype(np.float64)) > 0
    log_survival = groups.running(np.log1p(-np.where(hazard_any >= 1, 0.0, hazard_any)))
    survival = np.where(is_gone, 0.0, np.exp(log_survival))
    survival_before = groups.before(survival, 1.0)
    is_plain = groups.running(other) == 0  # then 1 - F is the survival, to the last bit
    without = np.where(is_plain, survival, 1 - groups.running(survival_before * hazard))
    curves = _Curves(
        groups=groups,
        day=(cell % width).astype(np.float64),
        at_risk=at_risk,
        survival=survival,
        survival_before=survival_before,
        hazard=hazard,
        hazard_any=hazard_any,
        without=without,
        low=without,
        high=without,
    )
    return _with_band(curves, z)


def _with_band(curves: _Curves, z: float) -> _Curves:
    """The log-log band; none where everybody had the event, no width where nobody had."""
    without = curves.without
    inside = (without > 0) & (without < 1)
    height = np.where(inside, without, 0.5)
    reach = z * np.sqrt(_variance(curves)) / (height * np.log(height))
    low, high = (
        np.where(inside, height ** np.exp(sign * reach), np.where(without > 0, without, np.nan))
        for sign in (-1, 1)
    )
    return replace(curves, low=low, high=high)


def _variance(curves: _Curves) -> Floats:
    """The variance of F at each cell.

    It is the sum over the days u until then of
    (S(u-)² b (1 - b) - 2 S(u-) b (F - F(u)) + (F - F(u))² a / (1 - a)) / Y(u)
    with b and a the hazards of the event and of any end, and Y at risk.
    """
    running, share = curves.groups.running, 1 - curves.without
    odds, pull = curves.odds_any, curves.survival_before * curves.hazard / curves.at_risk
    own = running(pull * curves.survival_before * (1 - curves.hazard))
    cross = share * running(pull) - running(pull * share)
    rest = share**2 * running(odds) - 2 * share * running(odds * share) + running(odds * share**2)
    return np.maximum(own - 2 * cross + rest, 0.0)


def _quantile(curves: _Curves, target: float) -> Estimates:
    return Estimates(
        value=_first_day_at_or_below(curves, curves.without, target),
        low=_first_day_at_or_below(curves, curves.low, target),
        high=_first_day_at_or_below(curves, curves.high, target),
    )


def _first_day_at_or_below(curves: _Curves, line: Floats, target: float) -> Floats:
    at = curves.groups.first_where(line <= target + FLAT)
    under = curves.groups.first_where(line < target - FLAT)
    day = np.append(curves.day, np.nan)
    is_flat = (at >= 0) & (np.abs(np.append(line, np.nan)[at] - target) <= FLAT)
    return np.where(is_flat & (under >= 0), (day[at] + day[under]) / 2, day[at])


def _is_watched(curves: _Curves, horizon: int) -> Bools:
    """Whether somebody of the stratum was watched to the horizon, or nobody is left to watch."""
    last = curves.groups.last
    return (curves.day[last] >= horizon) | (curves.survival[last] == 0)


def _share_within(curves: _Curves, horizon: int) -> Estimates:
    """Share with the event by the end of day `horizon`; NaN where nobody was watched that long."""
    upto = curves.groups.last_where(curves.day <= horizon)
    watched = _is_watched(curves, horizon)
    value, high, low = (
        np.where(watched, 1.0 - np.append(line, 1.0)[upto], np.nan)
        for line in (curves.without, curves.low, curves.high)
    )
    return Estimates(value=value, low=low, high=high)


def _restricted_mean(curves: _Curves, horizon: int, z: float) -> Estimates:
    """Area under 1 - F up to the horizon; NaN where nobody was watched that long.

    Its variance has the terms of that of F, with S(u-) times the days left and, in place of
    F - F(u), its area from u to the horizon.
    """
    groups, end = curves.groups, float(horizon)
    days_left = np.maximum(end - curves.day, 0.0)
    next_left = np.roll(days_left, -1)
    next_left[groups.last] = 0.0
    area = curves.without * (days_left - next_left)
    from_here = groups.sums(area)[groups.of_cell] - (groups.running(area) - area)
    gain = days_left * curves.without - from_here
    pull = days_left * curves.survival_before
    terms = (
        pull**2 * curves.hazard * (1 - curves.hazard) - 2 * pull * curves.hazard * gain
    ) / curves.at_risk + gain**2 * curves.odds_any
    reach = z * np.sqrt(np.maximum(groups.sums(terms), 0.0))
    value = np.minimum(curves.day[groups.first], end) + groups.sums(area)
    value = np.where(_is_watched(curves, horizon), value, np.nan)
    return Estimates(
        value=value, low=np.maximum(value - reach, 0.0), high=np.minimum(value + reach, end)
    )
