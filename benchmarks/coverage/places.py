"""Shares and places: one share, funnels, shrunken shares, and how unequal places are."""

from collections.abc import Iterator

import numpy as np
from scipy.special import expit, logit

from benchmarks.coverage.harness import (
    Bools,
    Floats,
    Row,
    holds,
    measured,
    rngs,
    smallest_effect,
)
from pipelines.estimates.places import VOLUMES
from pipelines.methods.dispersion import theil, theil_of_shrunken
from pipelines.methods.funnel import NAMED_LEVEL, funnel, poisson_limits
from pipelines.methods.intervals import wilson
from pipelines.methods.shrinkage import shrink_ratios, shrink_shares

SHARE, HALF = 0.25, 0.45  # of events, and where failures are nearly as many
UNLIKE = 0.2  # standard deviation between places, of the logarithm of a share or of its odds
SIZE, SIZE_SD = 200, 0.8
RATIOS = np.array([1.2, 1.4, 1.6, 1.8, 2.0, 2.3, 2.7, 3.2])


def places(runs: int, seed: int) -> Iterator[Row]:
    """Wilson, Poisson limits, funnel, shrinkage of shares and of ratios, dispersion."""
    yield from _shares(100 * runs, seed)
    yield from _limits(100 * runs, seed)
    yield from _funnels(10 * runs, seed)
    yield from _shrunken(max(runs // 2, 2), seed)
    yield from _ratios(max(runs // 2, 2), seed)


def _shares(runs: int, seed: int) -> Iterator[Row]:
    rng = np.random.default_rng([seed, 1])
    for setting, cases, share in (("cases_30", 30, 0.5), ("cases_200_rare", 200, 0.05)):
        band = wilson(rng.binomial(cases, share, runs).astype(float), np.full(runs, float(cases)))
        held = holds(band.low, share, band.high)
        yield measured("wilson_share", setting, "coverage", held, seed=seed, nominal=0.95)
    # Ten offices of a hundred cases each that differ: the share of all such offices is the truth.
    own = rng.beta(SHARE / 0.02, (1 - SHARE) / 0.02, (runs, 10))
    band = wilson(rng.binomial(100, own).sum(axis=1).astype(float), np.full(runs, 1000.0))
    held = holds(band.low, SHARE, band.high)
    yield measured("wilson_share", "offices_10", "coverage", held, seed=seed, nominal=0.95)


def _limits(runs: int, seed: int) -> Iterator[Row]:
    rng = np.random.default_rng([seed, 2])
    band = poisson_limits(np.array([10.0]))
    for setting, spread in (("expected_10_alike", 0.0), ("expected_10", UNLIKE)):
        pace = np.exp(spread * rng.normal(size=runs) - spread**2 / 2)
        held = holds(band.low, rng.poisson(10 * pace) / 10, band.high)
        yield measured("funnel", setting, "coverage", held, seed=seed, nominal=0.95)


def sizes(rng: np.random.Generator, count: int) -> Floats:
    """Cases of places, small and large ones."""
    return np.maximum(rng.lognormal(np.log(SIZE), SIZE_SD, count).round(), 30)


def _world(
    rng: np.random.Generator, count: int, spread: float, share: float = SHARE
) -> tuple[Floats, Floats]:
    """Cases and true shares of places whose odds are unlike."""
    trials = sizes(rng, count)
    return trials, expit(logit(share) + spread * rng.normal(size=count))


def _beyond(rng: np.random.Generator, trials: Floats, shares: Floats) -> Bools:
    """Which places a funnel names, made as the published one: at the rate of all together."""
    events = rng.binomial(trials.astype(int), shares).astype(float)
    return funnel(events, trials * events.sum() / trials.sum()).is_beyond


def _beyond_peers(rng: np.random.Generator, trials: Floats, shares: Floats) -> Bools:
    """The same among places of like volume, in thirds as the published ones."""
    thirds = np.array_split(np.argsort(trials, kind="stable"), VOLUMES)
    return np.concatenate([_beyond(rng, trials[third], shares[third]) for third in thirds])


def _funnels(runs: int, seed: int) -> Iterator[Row]:
    worlds = (("places_90_alike", 90, 0.0), ("places_90", 90, UNLIKE), ("places_10", 10, UNLIKE))
    for setting, count, spread in worlds:
        named = [_beyond(rng, *_world(rng, count, spread)) for rng in rngs(runs, seed, 3, count)]
        yield measured("funnel", setting, "false_alarm", named, seed=seed, nominal=1 - NAMED_LEVEL)
    named = [_beyond_peers(rng, *_world(rng, 90, UNLIKE)) for rng in rngs(runs, seed, 3, 90)]
    yield measured(
        "funnel_peers", "places_90", "false_alarm", named, seed=seed, nominal=1 - NAMED_LEVEL
    )
    found = np.zeros((max(runs // 10, 2), len(RATIOS)), dtype=bool)
    for run, rng in enumerate(rngs(len(found), seed, 4)):
        for at, ratio in enumerate(RATIOS):
            trials, shares = _world(rng, 90, UNLIKE)
            trials[0], shares[0] = SIZE, SHARE * ratio
            found[run, at] = _beyond(rng, trials, shares)[0]
    yield smallest_effect("funnel", "place_of_200_cases", RATIOS - 1, found, seed=seed)


def _shrunken(runs: int, seed: int) -> Iterator[Row]:
    for count in (90, 10):
        held = np.zeros((runs, count), dtype=bool)
        parts = {part: np.zeros(runs, dtype=bool) for part in ("total", "between", "within")}
        group = np.arange(count) // 9
        for run, rng in enumerate(rngs(runs, seed, 5, count)):
            trials, shares = _world(rng, count, UNLIKE)
            events = rng.binomial(trials.astype(int), shares).astype(float)
            found = shrink_shares(events, trials)
            held[run] = holds(found.low, shares, found.high)
            truth = theil(shares, trials, group)
            for part, each in theil_of_shrunken(found, events, trials, group).items():
                parts[part][run] = holds(each.low, getattr(truth, part), each.high)
        setting = f"places_{count}"
        yield measured("shrinkage", setting, "coverage", held, seed=seed, nominal=0.95)
        for part, each in parts.items():
            name = setting if part == "total" else f"{part}_{setting}"
            yield measured("dispersion", name, "coverage", each, seed=seed, nominal=0.95)


def _ratios(runs: int, seed: int) -> Iterator[Row]:
    """Ratios of a funnel: expected at the rate of all together, which sets the true ones, too."""
    worlds = {
        "ratios_90": (90, SHARE),
        "ratios_20": (20, SHARE),
        "ratios_8": (8, SHARE),
        "ratios_20_half": (20, HALF),
    }
    for number, (setting, (count, share)) in enumerate(worlds.items()):
        held = np.zeros((runs, count), dtype=bool)
        for run, rng in enumerate(rngs(runs, seed, 6, number)):
            trials, shares = _world(rng, count, UNLIKE, share)
            events = rng.binomial(trials.astype(int), shares).astype(float)
            found = shrink_ratios(events, trials * events.sum() / trials.sum())
            truth = shares / np.average(shares, weights=trials)
            held[run] = holds(found.low, truth, found.high)
        yield measured("shrinkage", setting, "coverage", held, seed=seed, nominal=0.95)
