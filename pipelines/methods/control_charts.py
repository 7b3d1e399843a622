"""Control charts: which months are more than the usual ups and downs.

XmR charts as the NHS's Making Data Count draws them, for medians and shares; Laney's p' and u'
(Laney 2002) for shares and rates with big denominators, where plain limits are far too narrow.
Limits are computed anew only from a dated entry with a reason. Chart only periods that are fully
observed, with season and trend taken out (`trend`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pipelines.methods.poisson import Floats

NHS_LIMIT = 2.66
"""Limits in average moving ranges, rounded as the NHS does; textbooks write 3 / 1.128."""
_RANGE_TO_SIGMA = 1.128
_SCREEN = 3.267
_RUN = 7
FEWEST_FOR_LIMITS, FEWEST_FOR_FIRM_LIMITS = 12, 20


class Rule(StrEnum):
    """Why a point is a signal, in order of precedence."""

    OUTSIDE = "outside"
    TREND = "trend"
    TWO_OF_THREE = "two_of_three"
    SHIFT = "shift"
    NONE = ""


class Verdict(StrEnum):
    """What a signal means, by the declared direction."""

    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    HIGH = "high"
    LOW = "low"
    COMMON_CAUSE = "common_cause"


class Assurance(StrEnum):
    """Whether the process meets its target as it is."""

    WILL = "will"
    WILL_NOT = "will_not"
    HIT_AND_MISS = "hit_and_miss"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Rebase:
    """An entry from which limits are computed anew: a registered break or a logged decision."""

    on: date
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError(f"the rebase on {self.on} needs a reason")


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A series of T periods with its limits; limits are NaN where a baseline is too short.

    Attributes:
        value: T.
        centre: T.
        low: T, lower limit.
        high: T, upper limit.
        baseline: T, number of the baseline, from 0.
        provisional: T, true where the baseline has fewer than 20 periods.
        rules: T, why a point is a signal.
        sigma_z: per baseline, Laney's factor of overdispersion; NaN in XmR charts.
    """

    value: Floats
    centre: Floats
    low: Floats
    high: Floats
    baseline: NDArray[np.int64]
    provisional: NDArray[np.bool_]
    rules: tuple[Rule, ...]
    sigma_z: Floats

    def verdicts(self, better: str) -> tuple[Verdict, ...]:
        """What each point means.

        Args:
            better: `higher`, `lower` or `neither`; volumes have no direction.
        """
        above = self.value > self.centre
        return tuple(
            _verdict(rule, is_above=bool(up), better=better)
            for rule, up in zip(self.rules, above, strict=True)
        )

    def assurance(self, target: float, better: str) -> Assurance:
        """Whether the last limits lie wholly on one side of the target."""
        low, high = float(self.low[-1]), float(self.high[-1])
        if not (np.isfinite(low) and better in {"higher", "lower"}):
            return Assurance.UNKNOWN
        if low <= target <= high:
            return Assurance.HIT_AND_MISS
        meets = (target < low) == (better == "higher")
        return Assurance.WILL if meets else Assurance.WILL_NOT


def xmr_chart(
    periods: Sequence[date],
    values: Floats,
    rebases: Sequence[Rebase] = (),
    *,
    limit: float = NHS_LIMIT,
    screen: bool = True,
) -> ControlChart:
    """Individuals chart: mean, and `limit` average moving ranges to both sides.

    Args:
        periods: T first days, ascending.
        values: T, all of them known.
        rebases: entries from which limits are computed anew.
        limit: in average moving ranges.
        screen: leave ranges of 3.267 times their average and more out of a second average.

    Raises:
        ValueError: a value is missing, periods do not ascend, or a rebase lies outside.
    """
    baseline = _baselines(periods, values, rebases)
    centre, reach = np.full(len(values), np.nan), np.full(len(values), np.nan)
    for part in _parts(baseline):
        if len(part) >= FEWEST_FOR_LIMITS:
            centre[part] = values[part].mean()
            reach[part] = limit * _average_range(values[part], screen=screen)
        else:
            centre[part] = np.median(values[part])
    nothing = np.full(int(baseline.max()) + 1, np.nan)
    return _chart(values, centre, reach, baseline, nothing, bounds=(-np.inf, np.inf))


def p_prime_chart(
    periods: Sequence[date], numerator: Floats, denominator: Floats, rebases: Sequence[Rebase] = ()
) -> ControlChart:
    """Laney's p': shares whose spread between periods exceeds binomial noise.

    Args:
        periods: T first days, ascending.
        numerator: T.
        denominator: T, above 0.
        rebases: entries from which limits are computed anew.

    Raises:
        ValueError: as `xmr_chart`.
    """
    return _laney(periods, numerator, denominator, rebases, is_share=True)


def u_prime_chart(
    periods: Sequence[date], counts: Floats, exposure: Floats, rebases: Sequence[Rebase] = ()
) -> ControlChart:
    """Laney's u': rates whose spread between periods exceeds Poisson noise; as `p_prime_chart`."""
    return _laney(periods, counts, exposure, rebases, is_share=False)


def _laney(
    periods: Sequence[date],
    numerator: Floats,
    denominator: Floats,
    rebases: Sequence[Rebase],
    *,
    is_share: bool,
) -> ControlChart:
    if (denominator <= 0).any():
        raise ValueError("a control chart needs denominators above zero")
    rate = numerator / denominator
    baseline = _baselines(periods, rate, rebases)
    centre, reach = np.full(len(rate), np.nan), np.full(len(rate), np.nan)
    factors: list[float] = []
    for part in _parts(baseline):
        mean = float(numerator[part].sum() / denominator[part].sum())
        noise = np.sqrt(mean * (1 - mean if is_share else 1.0) / denominator[part])
        centre[part] = mean
        factors.append(np.nan)
        if len(part) >= FEWEST_FOR_LIMITS and mean > 0:
            factors[-1] = (
                float(np.abs(np.diff((rate[part] - mean) / noise)).mean()) / _RANGE_TO_SIGMA
            )
            reach[part] = 3 * noise * factors[-1]
    bounds = (0.0, 1.0 if is_share else np.inf)
    return _chart(rate, centre, reach, baseline, np.array(factors), bounds=bounds)


def _chart(  # noqa: PLR0913 - the columns of a chart
    value: Floats,
    centre: Floats,
    reach: Floats,
    baseline: NDArray[np.int64],
    sigma_z: Floats,
    *,
    bounds: tuple[float, float],
) -> ControlChart:
    rules = np.full(len(value), Rule.NONE, dtype=object)
    for part in _parts(baseline):
        rules[part] = _rules(value[part], centre[part], reach[part])
    return ControlChart(
        value=value,
        centre=centre,
        low=np.maximum(centre - reach, bounds[0]),
        high=np.minimum(centre + reach, bounds[1]),
        baseline=baseline,
        provisional=np.bincount(baseline)[baseline] < FEWEST_FOR_FIRM_LIMITS,
        rules=tuple(rules.tolist()),
        sigma_z=sigma_z,
    )


def _rules(value: Floats, centre: Floats, reach: Floats) -> NDArray[np.object_]:
    """The first rule that each point of one baseline breaks, in order of precedence."""
    side = np.sign(value - centre)
    distance = np.abs(value - centre)
    outside = distance > reach
    step = np.sign(np.diff(value, prepend=np.nan))
    close = ~outside & (distance > 2 / 3 * reach)
    found = {
        Rule.OUTSIDE: outside,
        Rule.TREND: _in_run(step, _RUN - 1, back=1),
        Rule.TWO_OF_THREE: close & _in_two_of_three(close, side),
        Rule.SHIFT: _in_run(side, _RUN, back=0),
    }
    names = [np.array(rule, dtype=object) for rule in (*found, Rule.NONE)]
    return np.select(list(found.values()), names[:-1], names[-1])


def _in_run(signs: Floats, length: int, *, back: int) -> NDArray[np.bool_]:
    """Points of runs of `length` equal signs, not 0, and of the `back` points before each run."""
    part = np.zeros(len(signs), dtype=bool)
    for end in range(length, len(signs) + 1):
        run = signs[end - length : end]
        if abs(run.sum()) == length:
            part[max(end - length - back, 0) : end] = True
    return part


def _in_two_of_three(close: NDArray[np.bool_], side: Floats) -> NDArray[np.bool_]:
    """Points of any three in a row on one side, two of them close to the limit."""
    part = np.zeros(len(close), dtype=bool)
    for end in range(3, len(close) + 1):
        three = slice(end - 3, end)
        if close[three].sum() >= 2 and abs(side[three].sum()) == 3:
            part[three] = True
    return part


def _average_range(values: Floats, *, screen: bool) -> float:
    ranges = np.abs(np.diff(values))
    average = ranges.mean()
    if screen and average > 0:
        average = ranges[ranges < _SCREEN * average].mean()
    return float(average)


def _baselines(
    periods: Sequence[date], values: Floats, rebases: Sequence[Rebase]
) -> NDArray[np.int64]:
    if not np.isfinite(values).all():
        raise ValueError("chart only periods that are fully observed: a value is missing")
    days = np.array(periods, dtype="datetime64[D]")
    if len(days) != len(values) or (np.diff(days).astype(int) <= 0).any():
        raise ValueError("a control chart needs one value for each of ascending periods")
    for entry in rebases:
        if not days[0] < np.datetime64(entry.on) <= days[-1]:
            raise ValueError(f"the rebase on {entry.on} lies outside the series")
    starts = np.array(sorted(r.on for r in rebases), dtype="datetime64[D]")
    _, numbers = np.unique(np.searchsorted(starts, days, side="right"), return_inverse=True)
    return numbers.astype(np.int64)


def _parts(baseline: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return [np.flatnonzero(baseline == number) for number in range(int(baseline.max()) + 1)]


def _verdict(rule: Rule, *, is_above: bool, better: str) -> Verdict:
    if rule is Rule.NONE:
        return Verdict.COMMON_CAUSE
    if better not in {"higher", "lower"}:
        return Verdict.HIGH if is_above else Verdict.LOW
    return Verdict.IMPROVEMENT if is_above == (better == "higher") else Verdict.CONCERN
