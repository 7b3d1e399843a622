"""Control charts and emerging issues: how often something is called that is nothing."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from benchmarks.coverage.harness import Floats, Row, measured, rngs, smallest_effect
from pipelines.methods.control_charts import (
    ControlChart,
    Rule,
    p_prime_chart,
    u_prime_chart,
    xmr_chart,
)
from pipelines.methods.emerging import confirmed, screen

MONTHS, SHIFTED = 36, 6
SIZE, SHARE, RATE, ALIKE = 3000, 0.8, 0.3, 800  # of Laney's charts; months are unlike by 1 / ALIKE
STARTS = [date(2020 + at // 12, at % 12 + 1, 1) for at in range(MONTHS)]
SHIFTS = np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0])
OUTSIDE_NORMAL = 0.0027  # beyond three standard deviations

SERIES, WEEKS, SCREENED = 60, 309, 13
TIMES, BUSY = 2.5, (2.0, 5.0, 15.0)


def charts(runs: int, seed: int) -> Iterator[Row]:
    """False alarms of a month in control, by any rule and outside the limits; shifts found."""
    worlds = {
        "xmr": _normal,
        "xmr_skewed": lambda rng: xmr_chart(STARTS, rng.gamma(4, 1, MONTHS)),
        "xmr_alike": lambda rng: xmr_chart(STARTS, _neighbours(rng, 0.4)),
        "laney_p": _shares,
        "laney_u": _rates,
    }
    method = "control_chart"
    for number, (setting, draw) in enumerate(worlds.items()):
        drawn = [_alarms(draw(rng)) for rng in rngs(5 * runs, seed, number)]
        outside, named = np.array(drawn).transpose(1, 0, 2)
        yield measured(method, setting, "false_alarm", outside, seed=seed, nominal=OUTSIDE_NORMAL)
        yield measured(method, f"{setting}_any_rule", "false_alarm", named, seed=seed)
    shifted = {"xmr_shift": _normal, "laney_p_shift": _shares, "laney_u_shift": _rates}
    for number, (setting, draw) in enumerate(shifted.items(), start=99):
        found = [
            [_alarms(draw(rng, shift))[1, -SHIFTED:].any() for rng in rngs(runs, seed, number)]
            for shift in SHIFTS
        ]
        yield smallest_effect(
            method, setting, SHIFTS, np.array(found).T, seed=seed, what="smallest_shift"
        )


def _alarms(chart: ControlChart) -> np.ndarray:
    """2 x months: outside the limits; named by any rule."""
    rules = np.array(chart.rules, dtype=object)
    return np.stack([rules == Rule.OUTSIDE, rules != Rule.NONE])


def _neighbours(rng: np.random.Generator, correlation: float) -> Floats:
    """A standard series whose neighbours are correlated."""
    noise = rng.normal(size=MONTHS)
    for at in range(1, MONTHS):
        noise[at] = correlation * noise[at - 1] + np.sqrt(1 - correlation**2) * noise[at]
    return noise


def _moved(shift: float) -> Floats:
    """Standard deviations by which each month lies higher: the last six."""
    return np.where(np.arange(MONTHS) >= MONTHS - SHIFTED, shift, 0.0)


def _normal(rng: np.random.Generator, shift: float = 0.0) -> ControlChart:
    return xmr_chart(STARTS, rng.normal(size=MONTHS) + _moved(shift))


def _shares(rng: np.random.Generator, shift: float = 0.0) -> ControlChart:
    """Shares of some thousand cases a month that differ by more than chance."""
    trials = rng.lognormal(np.log(SIZE), 0.15, MONTHS).round()
    own = rng.beta(SHARE * ALIKE, (1 - SHARE) * ALIKE, MONTHS)
    own += _moved(shift) * np.sqrt(SHARE * (1 - SHARE) * (1 / SIZE + 1 / ALIKE))
    return p_prime_chart(STARTS, rng.binomial(trials.astype(int), own).astype(float), trials)


def _rates(rng: np.random.Generator, shift: float = 0.0) -> ControlChart:
    exposure = rng.lognormal(np.log(SIZE), 0.15, MONTHS).round()
    own = RATE * rng.gamma(ALIKE / 2, 2 / ALIKE, MONTHS)
    own += _moved(shift) * np.sqrt(RATE / SIZE + RATE**2 / (ALIKE / 2))
    counts = rng.poisson(exposure * own)
    return u_prime_chart(STARTS, counts.astype(float), exposure)


def issues(runs: int, seed: int) -> Iterator[Row]:
    """False alarms of quiet series, and the weeks until a planted rise is flagged."""
    runs = max(runs // 8, 2)
    raised = len(BUSY) * 2
    above = np.zeros((runs, SERIES - raised))
    alarms, sure = np.zeros_like(above), np.zeros_like(above)
    delay = np.zeros((runs, raised))
    for run, rng in enumerate(rngs(runs, seed)):
        counts, holidays = _weeks(rng)
        weeks = [screen(counts, week, regressors=holidays)
                 for week in range(WEEKS - SCREENED, WEEKS)]  # fmt: skip
        flagged = np.column_stack([week.flagged for week in weeks])
        quiet = slice(raised, None)
        above[run] = np.mean([week.observed > week.limit for week in weeks], axis=0)[quiet]
        yearly = 52.18 / SCREENED
        alarms[run] = flagged.sum(axis=1)[quiet] * yearly
        sure[run] = confirmed(flagged).sum(axis=1)[quiet] * yearly
        delay[run] = _delay(flagged[:raised])
    name = "emerging_issue_signal"
    yield measured(name, "weeks_above_limit", "false_alarm", above, seed=seed, nominal=0.01)
    yield measured(name, "flags_a_year", "alarms_a_year", alarms, seed=seed)
    yield measured(name, "confirmed_a_year", "alarms_a_year", sure, seed=seed)
    for at, busy in enumerate(BUSY):
        waits = delay[:, at :: len(BUSY)]
        setting = f"times_2_5_of_{busy:.0f}"
        yield measured(name, setting, "power", waits <= 4, seed=seed)
        known = np.where(np.isfinite(waits), waits, np.nan)
        if np.isfinite(known).any(axis=1).sum() > 1:
            yield measured(name, setting, "delay_weeks", known, seed=seed)


def _weeks(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Weekly counts with trend, season, a holiday that moves and waves; the first ones rise."""
    at = np.arange(WEEKS)
    holidays = np.zeros((WEEKS, 1))
    holidays[(np.round(at[::52] + rng.integers(2, 7, len(at[::52])))).astype(int) % WEEKS] = 1
    wave = np.zeros((SERIES, WEEKS))
    for week in range(1, WEEKS):
        wave[:, week] = 0.6 * wave[:, week - 1] + rng.normal(scale=0.08, size=SERIES)
    season = 0.2 * np.sin(2 * np.pi * at / 52.18 + rng.uniform(0, 6.3, (SERIES, 1)))
    level = np.log(np.concatenate([BUSY, BUSY, rng.lognormal(1.2, 0.8, SERIES - 2 * len(BUSY))]))
    trend = rng.normal(0, 0.0005, (SERIES, 1)) * at
    mean = np.exp(level[:, None] + season + trend + wave - 0.8 * holidays[:, 0])
    mean[: 2 * len(BUSY), WEEKS - SCREENED :] *= TIMES
    return rng.poisson(mean * rng.gamma(12, 1 / 12, mean.shape)).astype(float), holidays


def _delay(flagged: np.ndarray) -> Floats:
    """Weeks from the first week of the rise to its first flag, from 1; infinite without one."""
    return np.where(flagged.any(axis=1), flagged.argmax(axis=1) + 1.0, np.inf)
