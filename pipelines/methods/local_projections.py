"""What events do to a flow of counts: local projections with clean controls (LP-DiD).

Each event is a stratum of its own: the unit with the event and all units that had none near it
(Dube, Girardi, Jordà and Taylor 2025). The outcome over weeks 1 to 8 after the event is compared
with that of the controls, given the eight weeks before the announcement; slopes are fitted on
controls only. Units have events because they are troubled, so that the plain difference mistakes
their calming down for an effect; given the lags most of that goes. The errors of the two tend to
lie on opposite sides, and both are returned, with pseudo-events among controls as the measure of
chance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.methods.intervals import normal_quantile
from pipelines.methods.phases import Events
from pipelines.methods.poisson import Floats

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WEEKS_BEFORE, WEEKS_AFTER, WEEKS_A_LAG = 8, 8, 2
FIT_STEPS = 1_000
_DAYS_UNTIL_QUIET, _DAYS_BEFORE_NOTICE = 63, 56


@dataclass(frozen=True, slots=True)
class Strata:
    """Events in rows, units in columns: S x U.

    Attributes:
        unit: S, unit with the event.
        outcome: S x U, log ratio of observed to expected over the weeks after.
        lags: S x U x L, the same of the spans before the announcement, earliest first.
        before: S x U, the same of the whole time before.
        is_control: S x U, without any event near.
        cluster: S, e.g. the half-year of the event.
    """

    unit: Ints
    outcome: Floats
    lags: Floats
    before: Floats
    is_control: Bools
    cluster: Ints


@dataclass(frozen=True, slots=True)
class Effect:
    """Mean log ratio of units with an event against their controls.

    Attributes:
        value: the mean.
        error: the widest of the clustered and the placebo errors.
        errors: each of them by name: unit, cluster, placebo.
        placebo_mean: mean of the pseudo-events; an effect of selection where it is not near 0.
        n_events: strata used.
        contrasts: S, each event's own contrast.
    """

    value: float
    error: float
    errors: dict[str, float]
    placebo_mean: float
    n_events: int
    contrasts: Floats

    def interval(self, conf_level: float = 0.95) -> tuple[float, float]:
        """Lower and upper end."""
        reach = normal_quantile(conf_level) * self.error
        return self.value - reach, self.value + reach


@dataclass(frozen=True, slots=True)
class Bracket:
    """The estimate given the lags, and the plain difference beside it."""

    lagged: Effect
    differenced: Effect


def event_strata(
    counts: Floats, expected: Floats, events: Events, covered: Bools | None = None
) -> Strata:
    """Strata of all events that stand alone: no other event of their unit near them.

    A unit is clean for an event if no announcement-to-quiet span of its own (until nine weeks after
    its event) touches the time from eight weeks before this announcement to nine weeks after this
    event. One of which a week between the first lag and the last week after is not known is neither
    treated nor a control.

    Args:
        counts: U x W, by unit and week; week 0 holds days 0 to 6.
        expected: U x W, e.g. from `expected_counts`.
        events: events by day.
        covered: U x W, whether a week of a unit is known; all where it is not given.

    Raises:
        ValueError: no event stands alone with its weeks inside the series.
    """
    first = events.notice_day // 7 - WEEKS_BEFORE
    after = events.event_day // 7 + 1
    inside = (first >= 0) & (after + WEEKS_AFTER <= counts.shape[1])
    clean, alone = _clean(events, len(counts))
    if covered is not None:
        gaps, last = _running(~covered), counts.shape[1]
        since, until = (np.clip(week, 0, last) for week in (first, after + WEEKS_AFTER))
        known = (gaps[:, until] == gaps[:, since]).T
        clean, alone = clean & known, alone & known[np.arange(len(events.unit)), events.unit]
    used = np.flatnonzero(inside & alone & (clean.sum(axis=1) >= 2))
    if not len(used):
        raise ValueError("no event stands alone with enough weeks and controls around it")
    sums = _running(counts), _running(expected)
    first, after = first[used], after[used]
    lags = [
        _log_ratio(sums, first + k, first + k + WEEKS_A_LAG)
        for k in range(0, WEEKS_BEFORE, WEEKS_A_LAG)
    ]
    return Strata(
        unit=events.unit[used],
        outcome=_log_ratio(sums, after, after + WEEKS_AFTER),
        lags=np.stack(lags, axis=2),
        before=_log_ratio(sums, first, first + WEEKS_BEFORE),
        is_control=clean[used],
        cluster=events.event_day[used] // 182,
    )


def expected_counts(counts: Floats, covered: Bools | None = None) -> Floats:
    """Counts expected if all units shared one course of the weeks: row total x column total.

    Args:
        counts: U x W.
        covered: U x W, as `event_strata`. Of weeks that are not known the factors of rows and
            columns are not fitted (quasi-independence, Goodman 1968), but their product is given.
    """
    known = np.ones_like(counts) if covered is None else covered.astype(np.float64)
    rows, columns = (counts * known).sum(axis=1), (counts * known).sum(axis=0)
    of_row, of_column = rows, columns
    for _ in range(FIT_STEPS):
        last = of_row
        of_row = _ratio(rows, known @ of_column)
        of_column = _ratio(columns, known.T @ of_row)
        if np.allclose(of_row, last, rtol=1e-9, atol=0.0):
            break
    return np.outer(of_row, of_column)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def bracket(strata: Strata, *, placebos: int = 200, seed: int = 0) -> Bracket:
    """Effect given the lags, and by plain difference.

    Args:
        strata: from `event_strata`.
        placebos: draws of pseudo-events, one control of each stratum, the more likely the higher
            its counts were before.
        seed: of the draws.
    """
    lagged = regression_adjusted(strata.outcome, strata.lags, strata.unit, strata.is_control)
    plain = strata.outcome - strata.before
    differenced = regression_adjusted(
        plain, np.zeros((*plain.shape, 0)), strata.unit, strata.is_control
    )
    drawn = _pseudo_units(strata, placebos, seed)
    return Bracket(
        lagged=_effect(strata, lagged, drawn), differenced=_effect(strata, differenced, drawn)
    )


def regression_adjusted(
    outcome: Floats, covariates: Floats, unit: Ints, is_control: Bools
) -> Floats:
    """Each unit's outcome less that of its stratum's controls, given the covariates; S x U.

    Slopes are common to all strata and fitted on controls around their stratum's mean. For a
    control the mean is that of the other controls, so that it may stand in for a treated unit.

    Args:
        outcome: S x U.
        covariates: S x U x L; L may be 0.
        unit: S, the treated unit of each stratum.
        is_control: S x U; the treated unit is none.

    Returns:
        Contrasts of treated units and controls; NaN elsewhere.
    """
    size = is_control.sum(axis=1)
    weight = is_control / size[:, None]
    centred = outcome - (weight * outcome).sum(axis=1, keepdims=True)
    around = covariates - np.einsum("su,sul->sl", weight, covariates)[:, None, :]
    if covariates.shape[2]:
        rows = around[is_control]
        slopes = np.linalg.lstsq(rows, centred[is_control], rcond=None)[0]
        centred = centred - around @ slopes
    own_mean_out = np.where(is_control, (size / np.maximum(size - 1, 1))[:, None], 1.0)
    wanted = is_control.copy()
    wanted[np.arange(len(unit)), unit] = True
    return np.where(wanted, centred * own_mean_out, np.nan)


def _effect(strata: Strata, contrasts: Floats, drawn: Ints) -> Effect:
    rows = np.arange(len(strata.unit))
    own = contrasts[rows, strata.unit]
    value = float(own.mean())
    placebo = contrasts[rows[None, :], drawn].mean(axis=1)
    errors = {
        "unit": _clustered_error(own, strata.unit),
        "cluster": _clustered_error(own, strata.cluster),
        "placebo": float(placebo.std(ddof=1)) if len(placebo) > 1 else 0.0,
    }
    return Effect(
        value=value,
        error=max(errors.values()),
        errors=errors,
        placebo_mean=float(placebo.mean()) if len(placebo) else np.nan,
        n_events=len(own),
        contrasts=own,
    )


def _clustered_error(contrasts: Floats, cluster: Ints) -> float:
    group = np.unique(cluster, return_inverse=True)[1]
    sums = np.bincount(group, weights=contrasts - contrasts.mean())
    count = len(sums)
    if count < 2:
        return np.inf
    return float(np.sqrt((sums**2).sum() * count / (count - 1)) / len(contrasts))


def _pseudo_units(strata: Strata, draws: int, seed: int) -> Ints:
    """Draws x S: a control of each stratum, with odds that rise as exp of its log ratio before."""
    rng = np.random.default_rng(seed)
    odds = np.where(strata.is_control, np.exp(strata.before), 0.0)
    ladder = np.cumsum(odds, axis=1)
    ladder /= ladder[:, -1:]
    at = rng.random((draws, len(strata.unit)))
    return (at[:, :, None] >= ladder[None, :, :]).sum(axis=2)


def _clean(events: Events, n_units: int) -> tuple[Bools, Bools]:
    """Events x units without an event near; and events whose own unit has no other one near."""
    since = events.notice_day - _DAYS_BEFORE_NOTICE
    until = events.event_day + _DAYS_UNTIL_QUIET
    noticed, quiet = events.notice_day, events.event_day + _DAYS_UNTIL_QUIET
    near = (noticed[None, :] <= until[:, None]) & (quiet[None, :] >= since[:, None])
    touched = np.zeros((len(since), n_units))
    rows, others = np.nonzero(near)
    np.add.at(touched, (rows, events.unit[others]), 1.0)
    return touched == 0, touched[np.arange(len(since)), events.unit] == 1


def _running(weekly: Floats | Bools) -> Floats:
    return np.cumsum(np.pad(weekly.astype(np.float64), ((0, 0), (1, 0))), axis=1)


def _log_ratio(sums: tuple[Floats, Floats], since: Ints, until: Ints) -> Floats:
    """log((observed + 1/2) / expected) of each span of weeks, S x U."""
    observed, expected = (total[:, until] - total[:, since] for total in sums)
    with np.errstate(divide="ignore"):
        return np.log((observed.T + 0.5) / np.maximum(expected.T, 1e-9))
