"""What visits do: a small province whose cases differ, with visits that go where trouble is."""

from collections.abc import Iterator

import numpy as np

from benchmarks.coverage.harness import Floats, Row, holds, measured, rngs, smallest_effect
from pipelines.estimates.person_days import risk_of_stays
from pipelines.estimates.visits import MAIN, allowing_for_hidden, change_before
from pipelines.methods.intervals import normal_quantile
from pipelines.methods.local_projections import bracket, event_strata, expected_counts
from pipelines.methods.person_time import PhaseEffects, leads_are_flat, phase_effects
from pipelines.methods.phases import PHASES, Events, exposures
from pipelines.simulate.durations import RESOLVED, STILL_OPEN, Pace, draw_endings

NAMES = tuple(phase.name for phase in PHASES)
LEADS = [place for place, phase in enumerate(PHASES) if phase.is_lead]
PLANTED = np.log([1, 1, 1, 1.5, 1.8, 1.5, 1.2, 0.95, 1])
EFFECTS = {
    60_000: np.array([0.0, 0.02, 0.03, 0.04, 0.06, 0.1]),
    6_000: np.array([0.0, 0.05, 0.08, 0.12, 0.16, 0.3]),
}
CHANGE = 0.15  # of the pace from the notice to four weeks after the visit, up and down: to be found
COUNTIES, DAYS = 40, 6 * 364
VISITS = 2.5  # a county and year
INTAKE = np.array([0, 0, 0, 0.4, 0.4, -0.08, -0.08, -0.08, -0.04])
UNITS, WEEKS = 60, 600


def visits(runs: int, seed: int) -> Iterator[Row]:
    """Coverage of the phases, what effects are found, and the bracket of registrations."""
    for cases in EFFECTS:
        setting = f"cases_{cases}"
        yield from _phases(setting, cases, max(runs // 2, 2), seed)
        yield from _found(setting, cases, max(runs // 4, 4), seed)
    yield from _registrations(max(runs // 2, 2), seed)


def _events(rng: np.random.Generator, units: int, days: int, chosen: Floats) -> Events:
    """Visits announced one to two weeks ahead; `chosen` are the odds of a unit in each week."""
    count = round(units * days / 364 * VISITS)
    week = rng.integers(12, days // 7 - 14, count)
    ladder = np.cumsum(chosen[:, week], axis=0)
    unit = (rng.random(count) >= ladder / ladder[-1]).sum(axis=0)
    notice = week * 7 + rng.integers(0, 7, count)
    return Events(unit, notice, notice + rng.integers(7, 15, count))


def _waves(rng: np.random.Generator, units: int, weeks: int, spread: float, kept: float) -> Floats:
    """Weekly waves of each unit, of which the share `kept` remains in the week after."""
    wave = rng.normal(scale=spread, size=(units, weeks))
    for week in range(1, weeks):
        wave[:, week] = kept * wave[:, week - 1] + np.sqrt(1 - kept**2) * wave[:, week]
    return wave


def paced(rng: np.random.Generator, cases: int, effects: Floats) -> PhaseEffects:
    """Draw cases that end at paces of county, week, age and frailty, and fit the model.

    The pace of a county wanders by weeks, which the model does not know, as it does not know that
    some cases are harder than others.
    """
    weeks = DAYS // 7
    events = _events(rng, COUNTIES, DAYS, np.ones((COUNTIES, weeks)))
    exposed = exposures(events, COUNTIES, DAYS)
    speed = rng.normal(scale=0.2, size=(COUNTIES, 1)) + _waves(rng, COUNTIES, weeks, 0.1, 0.5)
    office = np.where(np.arange(DAYS) % 7 < 5, 1.4, 0.05) * np.exp(np.repeat(speed, 7, axis=1))
    pace = Pace(office, np.exp(exposed @ effects))
    size = rng.gamma(4, size=COUNTIES)
    unit = rng.choice(COUNTIES, cases, p=size / size.sum())
    since = rng.integers(0, DAYS, cases)
    ends = draw_endings(unit, since, pace, rng)
    is_open = ends.days == STILL_OPEN
    stays = {
        "unit": unit,
        "since": since,
        "until": np.where(is_open, DAYS - 1, since + ends.days),
        "is_resolved": ~is_open & (ends.outcome == RESOLVED),
        "cases": np.ones(cases),
    }
    day = np.arange(DAYS)
    table = risk_of_stays(stays, (COUNTIES, DAYS))
    return phase_effects(table, exposed, NAMES, day // 7, clusters=(day // 182,))


def _phases(setting: str, cases: int, runs: int, seed: int) -> Iterator[Row]:
    method = "visit_effect"
    acting = [place for place in range(len(NAMES)) if place not in LEADS]
    held, off, flat = np.zeros((runs, len(acting))), np.zeros((runs, len(acting))), np.zeros(runs)
    quiet, leads = np.zeros(runs), np.zeros((runs, len(LEADS)))
    for run, rng in enumerate(rngs(runs, seed, cases)):
        fit = paced(rng, cases, PLANTED)
        band = fit.band()
        for at, place in enumerate(acting):
            ends = np.expm1([band.low[place], band.high[place]])
            low, high = allowing_for_hidden(*ends, change_before(fit, NAMES[place]))
            held[run, at] = low <= np.expm1(PLANTED[place]) <= high
        off[run] = (fit.log_ratio - PLANTED)[acting]
        leads[run] = holds(band.low, 0.0, band.high)[LEADS]
        flat[run] = leads_are_flat(fit.log_ratio[LEADS], fit.error[LEADS])
        _, low, high = paced(rng, cases, np.zeros(len(NAMES))).change_over(MAIN)
        quiet[run] = not low <= 0 <= high
    for at, place in enumerate(acting):
        told = f"{NAMES[place]}_{setting}"
        yield measured(method, told, "coverage", held[:, at], seed=seed, nominal=0.95)
        yield measured(method, told, "bias", off[:, at], seed=seed, nominal=0.0)
    yield measured(method, f"leads_{setting}", "coverage", leads, seed=seed, nominal=0.95)
    yield measured(method, f"withheld_{setting}", "false_alarm", 1 - flat, seed=seed)
    told = f"nothing_planted_{setting}"
    yield measured(method, told, "false_alarm", quiet, seed=seed, nominal=0.05)


def _found(setting: str, cases: int, runs: int, seed: int) -> Iterator[Row]:
    """Equal effects from the notice to four weeks after the visit, as published together.

    The oracle knows what would have ended without the visits, so that chance in the ends is all its
    error: one over the root of their number, for the logarithm of the ratio. Widths are compared
    before room is left for what is hidden, which no number of cases makes smaller, and as printed.
    """
    method, main = "visit_effect", np.isin(NAMES, MAIN)
    ratio, printed, held = [], [], []
    for sign, change in (("up", CHANGE), ("down", -CHANGE)):
        hits = np.zeros(runs)
        for run, rng in enumerate(rngs(runs, seed, cases, 15)):
            fit = paced(rng, cases, main * np.log1p(change))
            _, low, high = fit.change_over(MAIN)
            hits[run] = low > 0 if change > 0 else high < 0
            least, most = allowing_for_hidden(low, high)
            held.append(least <= change <= most)
            oracle = 2 * normal_quantile(0.95) / np.sqrt(sum((fit.expected + fit.excess)[main]))
            ratio.append((np.log1p(high) - np.log1p(low)) / oracle)
            printed.append((np.log1p(most) - np.log1p(least)) / oracle)
        yield measured(method, f"{sign}_15_{setting}", "power", hits, seed=seed, nominal=0.8)
    told = f"from_notice_{setting}"
    yield measured(method, told, "width_ratio", ratio, seed=seed, nominal=1.15)
    yield measured(method, told, "printed_width_ratio", printed, seed=seed, nominal=1.15)
    yield measured(method, told, "coverage", held, seed=seed, nominal=0.95)
    grid = np.zeros((runs // 2, len(EFFECTS[cases])), dtype=bool)
    for at, change in enumerate(EFFECTS[cases]):
        for run, rng in enumerate(rngs(len(grid), seed, cases, 16)):
            grid[run, at] = paced(rng, cases, main * np.log1p(change)).change_over(MAIN)[1] > 0
    yield smallest_effect(method, told, EFFECTS[cases], grid, seed=seed)


def _registrations(runs: int, seed: int) -> Iterator[Row]:
    """The two estimates of registrations, visits at random and where recent trouble was."""
    for setting, selection in (("at_random", 0.0), ("to_trouble", 2.0)):
        lagged, plain, between, either = (np.zeros(runs) for _ in range(4))
        for run, rng in enumerate(rngs(runs, seed, 20 + int(selection))):
            counts, events, truth = _intake(rng, selection)
            found = bracket(event_strata(counts, expected_counts(counts), events), seed=run)
            ends = [found.lagged.interval(), found.differenced.interval()]
            lagged[run], plain[run] = (low <= truth <= high for low, high in ends)
            values = sorted([found.lagged.value, found.differenced.value])
            between[run] = values[0] <= truth <= values[1]
            either[run] = min(low for low, _ in ends) <= truth <= max(high for _, high in ends)
        for name, held in (("lagged", lagged), ("differenced", plain), ("both", either)):
            told = f"{name}_{setting}"
            yield measured("visit_effect", told, "coverage", held, seed=seed, nominal=0.95)
        yield measured("visit_effect", f"between_{setting}", "coverage", between, seed=seed)


def _intake(rng: np.random.Generator, selection: float) -> tuple[Floats, Events, float]:
    """Weekly registrations, visits, and the true mean log effect of the weeks after."""
    wave = _waves(rng, UNITS, WEEKS, 0.25, 0.8)
    recent = np.stack([wave[:, max(w - 8, 0) : max(w, 1)].mean(axis=1) for w in range(WEEKS)], 1)
    events = _events(rng, UNITS, WEEKS * 7, np.exp(selection * recent))
    effect = np.exp(exposures(events, UNITS, WEEKS * 7) @ INTAKE)
    weekly = 20 * np.exp(rng.normal(scale=0.5, size=(UNITS, 1)) + wave)
    weekly *= effect.reshape(UNITS, WEEKS, 7).mean(axis=2)
    counts = rng.poisson(weekly * rng.gamma(12, 1 / 12, weekly.shape)).astype(float)
    # Weeks 1 to 8 begin one to seven days after the visit: until day 56 at -0.08, then at -0.04.
    first = 7 - events.event_day % 7
    truth = (-0.08 * (57 - first) - 0.04 * (first - 1)) / 56
    return counts, events, float(truth.mean())
