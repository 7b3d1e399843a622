"""Times to an end: curves of cases that differ, with deadlines, open cases and other outcomes."""

from collections.abc import Iterator

import numpy as np

from benchmarks.coverage.harness import Bools, Floats, Ints, Row, holds, measured, rngs
from pipelines.methods.bootstrap import cluster_bootstrap, share_ended
from pipelines.methods.delayed_entry import truncated_curve
from pipelines.methods.group_differences import difference, log_rank
from pipelines.methods.intervals import Band
from pipelines.methods.survival import COMPETING, EVENT, OPEN, aalen_johansen

HORIZON, AREA, DAYS = 60, 90, 720
FRAILTY = 0.4  # variance of a gamma law: some cases are harder, and nobody sees which
OFFICE_SD = 0.2  # of the logarithm of an office's pace
# First age of each band in days, hazard a day, and the share of ends that are resolutions.
BANDS = ((0, 0.010, 0.5), (15, 0.022, 0.85), (58, 0.16, 0.93), (62, 0.020, 0.85), (180, 0.004, 0.6))


def durations(runs: int, seed: int) -> Iterator[Row]:
    """Kaplan–Meier, Aalen–Johansen, restricted mean, difference, delayed entry, bootstrap."""
    yield from _alike(10 * runs, seed)
    yield from _of_offices(runs, seed)
    yield from _differences(10 * runs, seed)
    yield _late(2 * runs, seed)


def _bands(column: int) -> Floats:
    """A column of `BANDS` by day of age."""
    at = np.searchsorted([first for first, *_ in BANDS], np.arange(DAYS), side="right") - 1
    return np.array([band[column] for band in BANDS])[at]


WORK = np.cumsum(_bands(1))


def survival(pace: float = 1.0) -> Floats:
    """True share open after each day of age, for cases of an office of that pace."""
    return (1 + FRAILTY * pace * WORK) ** (-1 / FRAILTY)


def resolved(pace: float = 1.0) -> Floats:
    """True share resolved by the end of each day."""
    open_after = survival(pace)
    return np.cumsum(-np.diff(open_after, prepend=1.0) * _bands(2))


def _of_all_offices(curve) -> Floats:
    """The curve of cases of offices whose paces follow their law (Gauss and Hermite)."""
    at, weight = np.polynomial.hermite_e.hermegauss(21)
    return sum(w * curve(float(np.exp(OFFICE_SD * x))) for x, w in zip(at, weight, strict=True)) / (
        weight.sum()
    )


def draw(rng: np.random.Generator, pace: Floats) -> tuple[Ints, Ints]:
    """Ages at the end or at the extract, and outcomes, of one case for each pace."""
    work = (rng.random(pace.shape) ** -FRAILTY - 1) / (FRAILTY * pace)
    age = np.searchsorted(WORK, work)
    outcome = np.where(rng.random(age.shape) < _bands(2)[np.minimum(age, DAYS - 1)], EVENT,
                       COMPETING)  # fmt: skip
    seen = rng.integers(0, 181, age.shape)
    return np.minimum(age, seen), np.where(age <= seen, outcome, OPEN)


def _curves(age: Ints, outcome: Ints, **asked):
    """Curves of runs x cases, one stratum for each run."""
    runs, cases = age.shape
    stratum = np.repeat(np.arange(runs), cases)
    return aalen_johansen(
        stratum, age.ravel(), outcome.ravel(), np.ones(age.size, dtype=np.int64), **asked
    )


def _any_end(outcome: Ints) -> Ints:
    return np.where(outcome == OPEN, OPEN, EVENT)


def _alike(runs: int, seed: int) -> Iterator[Row]:
    ends, done = 1 - survival(), resolved()
    median = float(np.argmax(ends >= 0.5))
    mean = float((1 - ends[:AREA]).sum())
    for cases in (30, 300):
        rng = np.random.default_rng([seed, cases])
        age, outcome = draw(rng, np.ones((runs, cases)))
        every = _curves(age, _any_end(outcome), quantiles=(0.5,), horizons=(HORIZON,),
                        rmst_horizons=(AREA,))  # fmt: skip
        one = _curves(age, outcome, horizons=(HORIZON,))
        found = {
            "kaplan_meier_median": (every.quantiles[0.5], median),
            "kaplan_meier_share": (every.within[HORIZON], ends[HORIZON]),
            "restricted_mean": (every.restricted_mean[AREA], mean),
            "aalen_johansen_share": (one.within[HORIZON], done[HORIZON]),
        }
        for method, (estimate, truth) in found.items():
            held = holds(estimate.low, truth, estimate.high)
            yield measured(method, f"cases_{cases}", "coverage", held, seed=seed, nominal=0.95)


def _of_offices(runs: int, seed: int) -> Iterator[Row]:
    """The same cases read as if they were independent, and by resampling whole offices."""
    truth = 1 - _of_all_offices(survival)[HORIZON]
    for offices, cases in ((8, 125), (10, 100), (30, 100), (90, 33)):
        plain, drawn = np.zeros(runs, dtype=bool), np.zeros(runs, dtype=bool)
        for run, rng in enumerate(rngs(runs, seed, offices)):
            pace = np.exp(OFFICE_SD * rng.normal(size=(offices, 1))) * np.ones(cases)
            age, outcome = draw(rng, pace)
            curve = _curves(age.reshape(1, -1), _any_end(outcome).reshape(1, -1),
                            horizons=(HORIZON,)).within[HORIZON]  # fmt: skip
            plain[run] = holds(curve.low, truth, curve.high)[0]
            band = cluster_bootstrap(_counts(age, outcome), lambda c: share_ended(c, HORIZON),
                                     seed=run)  # fmt: skip
            drawn[run] = holds(band.low, truth, band.high)
        setting = f"offices_{offices}"
        for method, held in (("kaplan_meier_share", plain), ("cluster_bootstrap", drawn)):
            yield measured(method, setting, "coverage", held, seed=seed, nominal=0.95)


def _counts(age: Ints, outcome: Ints) -> Floats:
    """Offices x (ended, open) x days."""
    offices, days = len(age), int(age.max()) + 1
    office = np.repeat(np.arange(offices), age.shape[1])
    place = (office * 2 + (outcome.ravel() == OPEN)) * days + age.ravel()
    return np.bincount(place, minlength=offices * 2 * days).reshape(offices, 2, days).astype(float)


def _differences(runs: int, seed: int) -> Iterator[Row]:
    sizes, paces = (60, 300), (1.0, 1.3)
    rng = np.random.default_rng([seed, 1])
    curves = []
    for cases, pace in zip(sizes, paces, strict=True):
        age, outcome = draw(rng, np.full((runs, cases), pace))
        curves.append(_curves(age, _any_end(outcome), horizons=(HORIZON,), rmst_horizons=(AREA,)))
    still_open = [survival(pace) for pace in paces]
    found = {
        "cases_60_300": (
            [each.within[HORIZON] for each in curves],
            still_open[1][HORIZON] - still_open[0][HORIZON],
        ),
        "days_of_60_300": (
            [each.restricted_mean[AREA] for each in curves],
            (still_open[0] - still_open[1])[:AREA].sum(),
        ),
    }
    for setting, ((one, other), truth) in found.items():
        band = difference(
            one.value, Band(one.low, one.high), other.value, Band(other.low, other.high)
        )
        held = holds(band.low, truth, band.high)
        yield measured("group_difference", setting, "coverage", held, seed=seed, nominal=0.95)
    p = [_log_rank(rng) for rng in rngs(runs // 2, seed, 2)]
    alarms = np.array(p) < 0.05
    yield measured("log_rank", "three_groups", "false_alarm", alarms, seed=seed, nominal=0.05)


def _log_rank(rng: np.random.Generator) -> float:
    age, outcome = draw(rng, np.ones(150))
    group = np.repeat(np.arange(3), 50)
    return log_rank(group, age, outcome != OPEN, np.ones(150, dtype=np.int64)).p


def _late(runs: int, seed: int) -> Row:
    """An export that begins on a day: cases that had ended by then are not in it."""
    truth = survival()[HORIZON]
    held: Bools = np.zeros(runs, dtype=bool)
    for run, rng in enumerate(rngs(runs, seed, 3)):
        age, outcome = draw(rng, np.ones(600))
        entry = np.maximum(rng.integers(-120, 120, 600), -1)
        kept = entry < age
        curve = truncated_curve(entry[kept], age[kept], (outcome != OPEN)[kept],
                                np.ones(kept.sum(), dtype=np.int64))  # fmt: skip
        at = int(np.searchsorted(curve.day, HORIZON, side="right")) - 1
        held[run] = holds(curve.low[at], truth, curve.high[at])
    return measured("delayed_entry", "cases_400_late", "coverage", held, seed=seed, nominal=0.95)
