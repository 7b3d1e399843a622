"""What events do to the pace at which open cases end: a hazard model on person-time.

Cells of unit, day and age band hold how many cases were at risk and how many ended. Expected ends
are at-risk counts times the overall rate of the age band and the overall factor of the day, so that
deadlines and holidays are in the expectation. A Poisson model of ends on phases, with effects of
unit and of period and the logarithm of the expectation as offset, says how many times faster cases
move. Selection of units by their intake does not bias it; hidden differences between cases make the
estimates somewhat too small, as the easy ones end first, and those of later phases err against what
came before.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.methods.intervals import Band, normal_quantile
from pipelines.methods.poisson import Floats

Ints = NDArray[np.int64]

# A lead that differs from 0 by more than this, and by more than two standard errors, says that
# units differed before anything could have worked.
LEAD_TOLERANCE, LEAD_ERRORS = 0.03, 2.0


@dataclass(frozen=True, slots=True)
class RiskTable:
    """Ends and expected ends of U units on D days; U x D each.

    Attributes:
        ends: of the cases at risk, those that ended.
        expected: ends expected from the age of the cases and the day.
    """

    ends: Floats
    expected: Floats


@dataclass(frozen=True, slots=True)
class PhaseEffects:
    """Log rate ratios of K phases.

    Attributes:
        names: K.
        log_ratio: K; exp is how many times faster than without.
        covariances: K x K each: of the clustering by unit, then of those asked for.
        excess: K, ends above what the model expects without the phase.
        expected: K, ends that the model expects in the phase without its effect.
        n_ends: ends in the cells used.
    """

    names: tuple[str, ...]
    log_ratio: Floats
    covariances: tuple[Floats, ...]
    excess: Floats
    expected: Floats
    n_ends: int

    @property
    def error(self) -> Floats:
        """Standard errors of the log rate ratios, the widest of the clusterings; K."""
        return np.sqrt(np.max([np.diag(v) for v in self.covariances], axis=0))

    def change_over(
        self, phases: tuple[str, ...], conf_level: float = 0.95
    ) -> tuple[float, float, float]:
        """Relative change of the pace over several phases together, and its interval.

        It is the excess over what was expected; the interval is made for the logarithm of the
        ratio, as a ratio's error grows with the ratio (delta method: a phase moves the logarithm
        by its share of the ends).
        """
        places = [self.names.index(name) for name in phases]
        slope = np.zeros(len(self.names))
        ends = self.expected[places] + self.excess[places]
        slope[places] = ends / ends.sum()
        error = float(np.sqrt(max(slope @ v @ slope for v in self.covariances)))
        log = float(np.log1p(self.excess[places].sum() / self.expected[places].sum()))
        reach = normal_quantile(conf_level) * error
        value, low, high = np.expm1([log, log - reach, log + reach]).tolist()
        return value, low, high

    def band(self, conf_level: float = 0.95) -> Band:
        """Intervals of the log rate ratios."""
        reach = normal_quantile(conf_level) * self.error
        return Band(self.log_ratio - reach, self.log_ratio + reach)


@dataclass(frozen=True, slots=True)
class _Cells:
    """N pooled cells: same unit, same period, same phases."""

    unit: Ints
    period: Ints
    phases: Floats
    ends: Floats
    expected: Floats


def expected_ends(  # noqa: PLR0913, PLR0917 - the aggregate's five columns and its shape
    unit: Ints, day: Ints, band: Ints, at_risk: Floats, ends: Floats, shape: tuple[int, int]
) -> RiskTable:
    """Ends expected from age and day alone, summed over age bands.

    Args:
        unit: number of the unit of each row, from 0.
        day: day number, from 0.
        band: age band, from 0.
        at_risk: cases open at the start of the day in the band.
        ends: cases that ended in that way.
        shape: number of units and of days.

    Raises:
        ValueError: more cases ended than were at risk.
    """
    if (ends > at_risk).any():
        raise ValueError("more cases ended than were at risk")
    place, size = unit * shape[1] + day, shape[0] * shape[1]

    def of_band(number: int) -> tuple[Floats, Floats]:
        of = band == number
        first, second = (_sum(place[of], each[of], size).reshape(shape) for each in (at_risk, ends))
        return first, second

    return risk_table(map(of_band, np.unique(band).tolist()), shape)


def risk_table(bands: Iterable[tuple[Floats, Floats]], shape: tuple[int, int]) -> RiskTable:
    """Ends and expected ends from one age band after the other.

    Args:
        bands: at risk and ended of each band, U x D each.
        shape: number of units and of days.
    """
    total, weighted = np.zeros(shape), np.zeros(shape)
    for at_risk, ends in bands:
        if exposure := float(at_risk.sum()):
            weighted += at_risk * (float(ends.sum()) / exposure)
        total += ends
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.nan_to_num(total.sum(axis=0) / weighted.sum(axis=0))
    return RiskTable(ends=total, expected=weighted * factor)


def at_risk_counts(entered: Floats, left: Floats) -> Floats:
    """At risk at the start of each day, from cases that enter and leave; time along axis 1.

    A case that enters on a day is at risk on that day; one that leaves is still at risk on it.
    """
    return np.cumsum(entered, axis=1) - np.cumsum(left, axis=1) + left


def phase_effects(
    table: RiskTable,
    exposure: NDArray[np.int8],
    names: tuple[str, ...],
    period: Ints,
    *,
    clusters: tuple[Ints, ...] = (),
) -> PhaseEffects:
    """Poisson regression of ends on phases with effects of unit and period.

    Args:
        table: ends and expected ends.
        exposure: U x D x K, from `phases.exposures`; columns may be split by kind of event.
        names: K.
        period: D, number of the week of each day, from 0.
        clusters: further clusterings of the errors beside that by unit, each of D period clusters,
            e.g. half-years; the widest error counts.

    Raises:
        ValueError: a phase has no days, or the model does not settle.
    """
    cells = _pooled(table, exposure, period)
    if not (cells.phases.sum(axis=0) > 0).all():
        empty = [n for n, total in zip(names, cells.phases.sum(axis=0), strict=True) if total == 0]
        raise ValueError(f"no day with anything at risk in: {', '.join(empty)}")
    fit = _fit_two_way(cells)
    of_period = np.zeros(int(period.max()) + 1, dtype=np.int64)
    groupings = [cells.unit]
    for cluster in clusters:
        of_period[period] = cluster
        groupings.append(of_period[cells.period])
    without = fit.mean[:, None] * np.exp(-cells.phases * fit.beta)
    in_phase = cells.phases > 0
    base = np.where(in_phase, without, 0.0).sum(axis=0)
    return PhaseEffects(
        names=names,
        log_ratio=fit.beta,
        covariances=tuple(fit.covariance(cells, grouping) for grouping in groupings),
        excess=np.where(in_phase, cells.ends[:, None], 0.0).sum(axis=0) - base,
        expected=base,
        n_ends=int(cells.ends.sum()),
    )


def leads_are_flat(log_ratio: Floats, error: Floats) -> bool:
    """Whether the leads allow the other phases to be published.

    Args:
        log_ratio: of the lead phases only.
        error: their standard errors.
    """
    off = np.abs(log_ratio)
    return not bool(((off > LEAD_TOLERANCE) & (off > LEAD_ERRORS * error)).any())


def _pooled(table: RiskTable, exposure: NDArray[np.int8], period: Ints) -> _Cells:
    """Cells with the same unit, period and phases added up: exact, as their effects are equal."""
    units, days = table.ends.shape
    vectors = exposure.reshape(units * days, -1)
    code = np.zeros(units * days, dtype=np.int64)
    for column in vectors.T:
        code = code * (int(column.max()) + 1) + column
    distinct, code = np.unique(code, return_inverse=True)
    periods = int(period.max()) + 1
    place = np.repeat(np.arange(units), days) * periods + np.tile(period, units)
    cell, first, where = np.unique(
        place * len(distinct) + code, return_index=True, return_inverse=True
    )
    ends, expected = _sum(where, table.ends.ravel()), _sum(where, table.expected.ravel())
    pair = cell // len(distinct)
    kept = expected > 0
    # A unit or period without any end has an effect of minus infinity and says nothing of phases.
    for level in (pair // periods, pair % periods):
        kept &= (_sum(level, np.where(kept, ends, 0.0)) > 0)[level]
    return _Cells(
        unit=np.unique((pair // periods)[kept], return_inverse=True)[1],
        period=(pair % periods)[kept],
        phases=vectors[first[kept]].astype(np.float64),
        ends=ends[kept],
        expected=expected[kept],
    )


@dataclass(frozen=True, slots=True)
class _TwoWayFit:
    """Effects of phases with those of unit and period taken out exactly.

    Attributes:
        beta: K.
        mean: N.
        profile: K x P rows of the inverse information, P = units + periods + K.
        period_place: N, number of the period among those used.
    """

    beta: Floats
    mean: Floats
    profile: Floats
    period_place: Ints

    def covariance(self, cells: _Cells, grouping: Ints) -> Floats:
        """Sandwich with scores added within groups; G / (G - 1) for few groups."""
        group = np.unique(grouping, return_inverse=True)[1]
        count, units = int(group.max()) + 1, int(cells.unit.max()) + 1
        left = cells.ends - self.mean
        periods = int(self.period_place.max()) + 1
        scores = np.column_stack(
            [
                _table(group, cells.unit, left, (count, units)),
                _table(group, self.period_place, left, (count, periods)),
                *(_sum(group, left * column, count) for column in cells.phases.T),
            ]
        )
        influence = scores @ self.profile.T
        return influence.T @ influence * count / max(count - 1, 1)


def _fit_two_way(cells: _Cells, iterations: int = 60) -> _TwoWayFit:
    """Newton's method; effects of periods, of which there are many, are eliminated exactly."""
    place = np.unique(cells.period, return_inverse=True)[1]
    units, periods = int(cells.unit.max()) + 1, int(place.max()) + 1
    alpha, gamma = np.zeros(units), np.zeros(periods)
    beta = np.zeros(cells.phases.shape[1])
    for _ in range(iterations):
        mean = cells.expected * np.exp(alpha[cells.unit] + gamma[place] + cells.phases @ beta)
        left = cells.ends - mean
        score = np.concatenate([_sum(cells.unit, left, units), cells.phases.T @ left])
        of_period = _sum(place, left, periods)
        inverse, ties = _inverse_information(cells, place, mean, (units, periods))
        step = inverse @ (score - ties @ of_period)
        period_step = _reciprocal(_sum(place, mean, periods)) * of_period - ties.T @ step
        alpha += step[:units]
        beta += step[units:]
        gamma += period_step
        largest = max(np.abs(step).max(), np.abs(period_step).max())
        if np.abs(step[units:]).max(initial=0) < 1e-9 and largest < 1e-6:
            rows = inverse[units:]
            profile = np.column_stack([rows[:, :units], -rows @ ties, rows[:, units:]])
            return _TwoWayFit(beta, mean, profile, place)
    raise ValueError("the hazard model does not settle: too few ends for its units and periods")


def _inverse_information(
    cells: _Cells, place: Ints, mean: Floats, shape: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Inverse information of units and phases given the periods (Schur's complement).

    Returns:
        The inverse, and what ties units and phases to periods: their cross terms over the
        information of each period, 0 for the first, which is the reference.
    """
    units, periods = shape
    weighted = cells.phases * mean[:, None]
    cross = _table(cells.unit, place, mean, shape)
    by_unit = np.column_stack([_sum(cells.unit, c, units) for c in weighted.T])
    by_period = np.column_stack([_sum(place, c, periods) for c in weighted.T])
    information = np.block(
        [
            [np.diag(cross.sum(axis=1)), by_unit],
            [by_unit.T, cells.phases.T @ weighted],
        ]
    )
    with_period = np.vstack([cross, by_period.T])
    ties = with_period * _reciprocal(cross.sum(axis=0))
    inverse = np.linalg.inv(information - ties @ with_period.T)
    return np.asarray(inverse, dtype=np.float64), ties


def _reciprocal(of_period: Floats) -> Floats:
    """One over the information of each period; 0 for the first, which is the reference."""
    return np.concatenate([[0.0], 1 / of_period[1:]])


def _table(rows: Ints, columns: Ints, values: Floats, shape: tuple[int, int]) -> Floats:
    return _sum(rows * shape[1] + columns, values, shape[0] * shape[1]).reshape(shape)


def _sum(place: Ints, values: Floats, size: int = 0) -> Floats:
    return np.bincount(place, weights=values, minlength=size).astype(np.float64)
