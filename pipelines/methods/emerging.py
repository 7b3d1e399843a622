"""Emerging issues: weekly counts above what five years of the same series lead one to expect.

The improved Farrington method (Noufaily et al. 2013): a quasi-Poisson regression for each series
with trend and ten seasonal levels relative to the current week, the last 26 weeks left out, past
outbreaks weighted down, and a limit from the negative binomial law; here with regressors for
holidays that move. All series of a week are fitted at once. A signal needs more than a small
p-value: false-discovery control over all series, a least number, a least ratio, and a second week
to be confirmed.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, nbinom, poisson

from pipelines.methods.poisson import Floats, PoissonFit, fit_poisson, leverage

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WEEKS_A_YEAR = 365.25 / 7
YEARS, HALF_WINDOW, LEVELS, WEEKS_LEFT_OUT = 5, 3, 10, 26
ODD_RESIDUAL = 2.58
LEAST_CASES, LEAST_CASES_WEEKS, LEAST_RATIO, FALSE_DISCOVERIES = 5, 4, 1.5, 0.05


@dataclass(frozen=True, slots=True)
class Baseline:
    """Weeks that the current one is compared with.

    Attributes:
        weeks: N, numbers of the weeks.
        level: N, seasonal level of each; 0 is that of the current week.
    """

    weeks: Ints
    level: Ints


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was to be expected of S series in one week.

    Attributes:
        mean: S.
        error: S, standard error of the logarithm of the mean.
        dispersion: S, at least 1.
        fit: of the baseline, after past outbreaks were weighted down.
    """

    mean: Floats
    error: Floats
    dispersion: Floats
    fit: PoissonFit


@dataclass(frozen=True, slots=True)
class Signals:
    """One week's screen of S series.

    Attributes:
        observed: S.
        expected: S.
        limit: S, upper limit at 1 - alpha.
        ratio: S, observed over expected.
        p: S, chance of as many cases or more; 1 where the model did not settle.
        q: S, p adjusted for the number of series (Benjamini and Hochberg 1995).
        flagged: S, above the limits of p, number and ratio at once.
    """

    observed: Floats
    expected: Floats
    limit: Floats
    ratio: Floats
    p: Floats
    q: Floats
    flagged: Bools


def baseline(  # noqa: PLR0913 - the method's five published settings
    current: int,
    *,
    years: int = YEARS,
    half_window: int = HALF_WINDOW,
    levels: int = LEVELS,
    left_out: int = WEEKS_LEFT_OUT,
    weeks_a_year: float = WEEKS_A_YEAR,
) -> Baseline:
    """Weeks of the last years by season, relative to the current week.

    Level 0 holds the current week's window and the same of earlier years; the weeks between two
    windows are split into `levels - 1` spans, the first ones longer by a week where it does not
    divide.

    Args:
        current: number of the current week.
        years: how many years back.
        half_window: weeks to both sides of the current week's window.
        levels: seasonal levels; 1 keeps the windows alone.
        left_out: latest weeks left out, so that what emerges is not its own baseline.
        weeks_a_year: distance of the windows.

    Raises:
        ValueError: the series begins too late.
    """
    centres = [current - round(k * weeks_a_year) for k in range(years, -1, -1)]
    if centres[0] - half_window < 0:
        raise ValueError(f"{years} years before week {current} are needed; the series is shorter")
    level = np.full(current + 1, -1, dtype=np.int64)
    for since, until in pairwise(centres):
        level[since - half_window : since + half_window + 1] = 0
        if levels > 1:
            between = np.arange(since + half_window + 1, until - half_window)
            parts = np.array_split(between, levels - 1)
            for number, part in enumerate(parts, start=1):
                level[part] = number
    level[current - half_window :] = 0
    level[current - left_out :] = -1
    weeks = np.flatnonzero(level >= 0)
    return Baseline(weeks, level[weeks])


def forecast(  # noqa: PLR0913 - series, week, baseline and the options of the fit
    counts: Floats,
    current: int,
    base: Baseline,
    *,
    regressors: Floats | None = None,
    trend: bool = True,
    odd_residual: float = ODD_RESIDUAL,
) -> Forecast:
    """Expected counts of the current week, for all series at once.

    Args:
        counts: S x W.
        current: number of the current week.
        base: weeks of the baseline.
        regressors: W x R, known for the current week too, e.g. shares of moving holidays; those
            that do not vary over the baseline are left out.
        trend: whether the logarithm of the mean may rise or fall.
        odd_residual: Anscombe residual from which a week is weighted down.
    """
    design, now = _design(current, base, regressors, trend=trend)
    observed = counts[:, base.weeks]
    first = fit_poisson(observed, design)
    weights = _outbreak_weights(observed, first, design, odd_residual)
    fit = fit_poisson(observed, design, weights=weights)
    dispersion = np.maximum(fit.dispersion, 1.0)
    spread = np.einsum("k,skl,l->s", now, fit.bread, now)
    return Forecast(
        mean=np.exp(np.clip(fit.coefficients @ now, -20.0, 30.0)),
        error=np.sqrt(np.maximum(dispersion * spread, 0.0)),
        dispersion=dispersion,
        fit=fit,
    )


def upper_limit(mean: Floats, dispersion: Floats, alpha: float = 0.01) -> Floats:
    """Smallest count that is exceeded with a chance of at most `alpha`."""
    size, chance = _negative_binomial(mean, dispersion)
    wide, plain = nbinom.isf(alpha, size, chance), poisson.isf(alpha, mean)
    return np.where(dispersion > 1, wide, plain)


def exceedance(observed: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Chance of the observed count or more."""
    size, chance = _negative_binomial(mean, dispersion)
    wide, plain = nbinom.sf(observed - 1, size, chance), poisson.sf(observed - 1, mean)
    return np.where(dispersion > 1, wide, plain)


def screen(
    counts: Floats, current: int, *, regressors: Floats | None = None, alpha: float = 0.01
) -> Signals:
    """Screen all series of one week.

    Args:
        counts: S x W weekly counts; weeks after the current one are not looked at.
        current: number of the week.
        regressors: W x R, as `forecast`.
        alpha: of the limit that is drawn; flags follow q, not the limit.

    Raises:
        ValueError: the series begins too late.
    """
    found = forecast(counts, current, baseline(current), regressors=regressors)
    observed = counts[:, current]
    known = found.fit.converged
    p = np.where(known, exceedance(observed, found.mean, found.dispersion), 1.0)
    recent = counts[:, current - LEAST_CASES_WEEKS + 1 : current + 1].sum(axis=1)
    ratio = observed / found.mean
    q, flagged = flags(p, recent, ratio)
    return Signals(
        observed=observed,
        expected=found.mean,
        limit=upper_limit(found.mean, found.dispersion, alpha),
        ratio=ratio,
        p=p,
        q=q,
        flagged=flagged,
    )


def flags(p: Floats, recent: Floats, ratio: Floats) -> tuple[Floats, Bools]:
    """Flags, and q, of all series that are screened together, be it in different weeks.

    Args:
        p: S, chance of as many cases or more.
        recent: S, cases of the weeks that a least number is asked of.
        ratio: S, observed over expected.
    """
    q = false_discovery_control(p, method="bh")
    return q, (q <= FALSE_DISCOVERIES) & (recent >= LEAST_CASES) & (ratio >= LEAST_RATIO)


def confirmed(flagged: Bools) -> Bools:
    """Flagged in this week and in the one before; S x W as given."""
    return flagged & np.pad(flagged, ((0, 0), (1, 0)))[:, :-1]


def first_flagged(flagged: Bools) -> Ints:
    """Week in which the run of flags that reaches the last week began, or -1; S."""
    quiet_since = np.argmin(flagged[:, ::-1], axis=1)
    length = np.where(flagged.all(axis=1), flagged.shape[1], quiet_since)
    return np.where(length > 0, flagged.shape[1] - length, -1)


def _design(
    current: int, base: Baseline, regressors: Floats | None, *, trend: bool
) -> tuple[Floats, Floats]:
    """N x K columns of the baseline, and the K values of the current week."""
    years = (base.weeks - current) / WEEKS_A_YEAR
    columns, now = [np.ones(len(base.weeks))], [1.0]
    if trend:
        columns.append(years)
        now.append(0.0)
    for number in range(1, int(base.level.max()) + 1):
        columns.append((base.level == number).astype(np.float64))
        now.append(0.0)
    for column in () if regressors is None else regressors.T:
        if np.ptp(column[base.weeks]) > 0:
            columns.append(column[base.weeks])
            now.append(float(column[current]))
    return np.column_stack(columns), np.array(now)


def _outbreak_weights(
    observed: Floats, fit: PoissonFit, design: Floats, odd_residual: float
) -> Floats:
    """Weights that fall with the square of large Anscombe residuals and sum to N; S x N."""
    spare = np.maximum(1 - leverage(fit, design), 1e-9)
    raw = 1.5 * (np.cbrt(observed**2) / fit.mean ** (1 / 6) - np.sqrt(fit.mean))
    residual = raw / np.sqrt(np.maximum(fit.dispersion, 1.0)[:, None] * spare)
    relative = np.where(residual > odd_residual, 1 / np.maximum(residual, 1e-9) ** 2, 1.0)
    return relative * observed.shape[1] / relative.sum(axis=1, keepdims=True)


def _negative_binomial(mean: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    """Size and success chance of the law with that mean and variance dispersion x mean; S each."""
    above = np.maximum(dispersion - 1, 1e-9)
    return mean / above, 1 / (1 + above)
