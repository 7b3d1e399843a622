"""Offices compared with what was to be expected of them: funnel limits, never a rank.

Observed over expected counts with exact Poisson limits, and with limits widened by the variance
between offices that every set of offices has (Spiegelhalter 2005): additive, of the DerSimonian-
Laird type, on the log scale. Winsorised scores spread less than the offices do, so that their mean
square is divided by what it is among offices of a normal law (Wilcox 2017, section 3.3): without
that, limits are too narrow and name about nine times as many offices as they say
(`benchmarks.coverage`). Only points beyond the widened 99.8 % limits are named.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, norm, rankdata

from pipelines.methods.intervals import Band, normal_quantile
from pipelines.methods.poisson import Floats

Trim = Literal["winsorise", "truncate"]
NAMED_LEVEL = 0.998


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """How much more offices differ than chance explains.

    Attributes:
        phi: mean square of the trimmed z-scores; 1 is chance.
        tau2: variance between offices on the log scale; 0 where phi does not exceed chance.
    """

    phi: float
    tau2: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """Offices with their ratios and limits, in the order given.

    Attributes:
        ratio: observed over expected.
        overdispersion: of these offices.
        is_beyond: beyond the widened 99.8 % limits: the only points to be named.
    """

    observed: Floats
    expected: Floats
    ratio: Floats
    overdispersion: Overdispersion
    is_beyond: NDArray[np.bool_]


def funnel(
    observed: Floats, expected: Floats, *, trim: Trim = "winsorise", is_rescaled: bool = True
) -> Funnel:
    """Ratios, variance between offices, and which offices lie beyond.

    Args:
        observed: events of each office.
        expected: events expected of each, above 0, by the same definition.
        trim: what becomes of the outer tenths of the z-scores.
        is_rescaled: as `overdispersion`.

    Raises:
        ValueError: an expected count is not above 0.
    """
    if (expected <= 0).any() or (observed < 0).any():
        raise ValueError("a funnel needs expected counts above zero and no negative count")
    spread = overdispersion(observed, expected, trim=trim, is_rescaled=is_rescaled)
    limits = widened_limits(expected, spread.tau2, NAMED_LEVEL)
    ratio = observed / expected
    return Funnel(observed, expected, ratio, spread, (ratio < limits.low) | (ratio > limits.high))


def overdispersion(
    observed: Floats,
    expected: Floats,
    *,
    trim: Trim = "winsorise",
    share: float = 0.1,
    is_rescaled: bool = False,
) -> Overdispersion:
    """Variance between offices from trimmed z-scores sqrt(E) log(O / E).

    An office without events is scored as if it had half of one.

    Args:
        observed: events of each office.
        expected: events expected of each.
        trim: `winsorise` pulls the outer scores in, `truncate` leaves them out.
        share: of scores trimmed at each end.
        is_rescaled: divide phi by the mean square that trimmed normal scores have; otherwise it is
            that of the published method.
    """
    scores = np.sqrt(expected) * np.log(np.maximum(observed, 0.5) / expected)
    if trim == "winsorise":
        low, high = np.quantile(scores, [share, 1 - share])
        kept = np.ones(len(scores), dtype=bool)
        scores = np.clip(scores, low, high)
    else:
        group = np.floor(rankdata(scores) / share / (len(scores) + 1))
        kept = (group > 0) & (group < round(1 / share) - 1)
    n = int(kept.sum())
    if n == 0:
        return Overdispersion(np.nan, 0.0)
    phi = float((scores[kept] ** 2).mean())
    if is_rescaled:
        phi /= _trimmed_square(trim, share)
    weight = expected[kept]
    spare = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (n * phi - (n - 1)) / spare) if spare > 0 else 0.0
    return Overdispersion(phi, tau2)


def _trimmed_square(trim: Trim, share: float) -> float:
    """Mean square of standard normal scores whose outer shares are pulled in or left out."""
    edge = norm.ppf(1 - share)
    inside = 1 - 2 * share - 2 * edge * norm.pdf(edge)
    if trim == "truncate":
        return float(inside / (1 - 2 * share))
    return float(inside + 2 * share * edge**2)


def poisson_limits(expected: Floats, level: float = 0.95) -> Band:
    """Exact Poisson limits of the ratio at each expected count, chance alone.

    The chi-square form of the Poisson interval (Garwood 1936), continuous in the expected count.
    """
    tail = (1 - level) / 2
    return Band(
        low=chi2.ppf(tail, 2 * expected) / 2 / expected,
        high=chi2.ppf(1 - tail, 2 * (expected + 1)) / 2 / expected,
    )


def widened_limits(expected: Floats, tau2: float, level: float = 0.95) -> Band:
    """Limits of the ratio when offices differ with variance `tau2` on the log scale.

    Without any such variance these are the exact Poisson limits.
    """
    if tau2 == 0:
        return poisson_limits(expected, level)
    reach = normal_quantile(level) * np.sqrt(1 / expected + tau2)
    return Band(low=np.exp(-reach), high=np.exp(reach))
