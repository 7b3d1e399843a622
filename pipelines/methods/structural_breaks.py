"""Breaks that nobody registered, found in a series and offered as possible, unexplained.

Least-squares segmentation (Bai and Perron 2003) with the number of breaks chosen by their
information criterion. Trend and autocorrelation make false breaks: hand in what the model of
`trend` leaves over, and the penalty grows with the long-run variance. A found break never cuts a
line or forbids a comparison; only a registered one does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.methods.poisson import Floats


@dataclass(frozen=True, slots=True)
class PossibleBreak:
    """A break before position `at` of the series, with its bootstrap interval, both included."""

    at: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Segmentations:
    """The best segmentation for each number of breaks m = 0, 1, ...

    Attributes:
        breaks: breaks[m], positions before which a segment begins.
        criterion: Bai and Perron's BIC of each, lower is better.
        residual_sum: sum of squares around the segments' means.
    """

    breaks: tuple[tuple[int, ...], ...]
    criterion: Floats
    residual_sum: Floats


def segmentations(
    series: Floats, *, max_breaks: int = 5, min_size: int = 12, penalty_scale: float = 1.0
) -> Segmentations:
    """The best segmentation of a series into constant pieces, for 0 to `max_breaks` breaks.

    The criterion is that of the Gaussian likelihood with two parameters a segment, its mean and
    its date or variance: n (log(RSS / n) + 1 + log 2 pi) + penalty_scale * (2m + 2) log n.

    Args:
        series: n values without gaps.
        max_breaks: largest number of breaks tried.
        min_size: shortest segment.
        penalty_scale: 1 for independent errors; the ratio of long-run to plain variance otherwise.

    Raises:
        ValueError: the series is too short for a single break, or holds a gap.
    """
    n = len(series)
    if n < 2 * min_size or not np.isfinite(series).all():
        raise ValueError(f"a break needs {2 * min_size} values without gaps; there are {n}")
    most = min(max_breaks, n // min_size - 1)
    found = _best_segmentations(series, most, min_size)
    sums = np.array([_residual_sum(series, breaks) for breaks in found])
    parameters = 2.0 * np.arange(most + 1) + 2.0
    likelihood = n * (np.log(sums / n) + 1 + np.log(2 * np.pi))
    return Segmentations(
        breaks=found,
        criterion=likelihood + penalty_scale * parameters * np.log(n),
        residual_sum=sums,
    )


def possible_breaks(  # noqa: PLR0913 - a series and its options
    series: Floats,
    *,
    max_breaks: int = 5,
    min_size: int = 12,
    replicates: int = 200,
    conf_level: float = 0.95,
    seed: int = 0,
) -> tuple[PossibleBreak, ...]:
    """Breaks of a detrended series, each with an interval by resampling blocks of residuals.

    Args:
        series: n values, calendar, trend and registered breaks already taken out.
        max_breaks: largest number of breaks tried.
        min_size: shortest segment; also the length of the resampled blocks.
        replicates: bootstrap samples.
        conf_level: two-sided confidence of the dates.
        seed: of the resampling.

    Raises:
        ValueError: as `segmentations`.
    """
    fullest = segmentations(series, max_breaks=max_breaks, min_size=min_size)
    noise = series - _levels(series, fullest.breaks[-1])
    scale = _long_run_ratio(noise, len(fullest.breaks))
    chosen = segmentations(series, max_breaks=max_breaks, min_size=min_size, penalty_scale=scale)
    breaks = chosen.breaks[int(np.argmin(chosen.criterion))]
    if not breaks:
        return ()
    samples = _resampled_breaks(series, breaks, min_size, replicates, seed)
    tail = (1 - conf_level) / 2
    low, high = np.quantile(samples, [tail, 1 - tail], axis=0, method="inverted_cdf")
    return tuple(
        PossibleBreak(at, int(a), int(b)) for at, a, b in zip(breaks, low, high, strict=True)
    )


def _best_segmentations(series: Floats, most: int, min_size: int) -> tuple[tuple[int, ...], ...]:
    """Breaks of the least-squares segmentation for 0 to `most` breaks, by dynamic programming."""
    n = len(series)
    cost = _segment_costs(series, min_size)
    best, came_from = cost[0], list[NDArray[np.int64]]()
    found: list[tuple[int, ...]] = [()]
    for _ in range(most):
        total = best[:, None] + cost
        came_from.append(total.argmin(axis=0))
        best = total.min(axis=0)
        ends = [n]
        for step in reversed(came_from):
            ends.append(int(step[ends[-1]]))
        found.append(tuple(reversed(ends[1:])))
    return tuple(found)


def _segment_costs(series: Floats, min_size: int) -> Floats:
    """cost[i, j]: sum of squares of series[i:j] around its mean; infinite where it is too short."""
    n = len(series)
    centred = series - series.mean()
    total = np.concatenate([[0.0], np.cumsum(centred)])
    square = np.concatenate([[0.0], np.cumsum(centred**2)])
    length = np.arange(n + 1)[None, :] - np.arange(n + 1)[:, None]
    spread = square[None, :] - square[:, None]
    mean_part = (total[None, :] - total[:, None]) ** 2 / np.maximum(length, 1)
    return np.where(length >= min_size, spread - mean_part, np.inf)


def _resampled_breaks(
    series: Floats, breaks: tuple[int, ...], min_size: int, replicates: int, seed: int
) -> NDArray[np.int64]:
    """Replicates x breaks: where the same number of breaks falls in resampled series."""
    rng = np.random.default_rng(seed)
    levels = _levels(series, breaks)
    noise = series - levels
    n, blocks = len(series), -(-len(series) // min_size)
    starts = rng.integers(0, n - min_size + 1, size=(replicates, blocks))
    places = (starts[:, :, None] + np.arange(min_size)).reshape(replicates, -1)[:, :n]
    drawn = levels + noise[places]
    return np.array([_best_segmentations(one, len(breaks), min_size)[-1] for one in drawn])


def _levels(series: Floats, breaks: tuple[int, ...]) -> Floats:
    return np.concatenate([np.full(len(p), p.mean()) for p in np.split(series, breaks)])


def _residual_sum(series: Floats, breaks: tuple[int, ...]) -> float:
    return float(((series - _levels(series, breaks)) ** 2).sum())


def _long_run_ratio(noise: Floats, segments: int) -> float:
    """Long-run over plain variance if the noise is autoregressive of order one, at least 1.

    The correlation of neighbours is corrected for the means taken out: about (1 + 4 r) / n each
    (Marriott and Pope 1954).
    """
    raw = float(noise[1:] @ noise[:-1]) / float(noise @ noise)
    correlation = min(raw + segments * (1 + 4 * raw) / len(noise), 0.9)
    return max(1.0, (1 + correlation) / (1 - correlation))
