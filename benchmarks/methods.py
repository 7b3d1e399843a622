"""What the statistics cost at the size of ten million cases: `python -m benchmarks.methods`.

Prints a Markdown table of seconds and peak memory, each method in a process of its own, on
aggregates as big as those of 90 counties and 23 years; drawing them is not counted in the seconds,
but in the memory. The aims are those of the design, in seconds; a busy machine misses them without
telling anything of the methods, which is why CPU seconds stand beside them.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date

import numpy as np

from benchmarks.measure import measure
from pipelines.methods import emerging
from pipelines.methods.bootstrap import cluster_bootstrap, share_ended
from pipelines.methods.local_projections import bracket, event_strata, expected_counts
from pipelines.methods.person_time import expected_ends, phase_effects
from pipelines.methods.phases import PHASES, Events, exposures
from pipelines.methods.structural_breaks import possible_breaks
from pipelines.methods.survival import aalen_johansen
from pipelines.methods.trend import SeriesBreak, TrendCalendar, daily_trend

CASES, COUNTIES, YEARS, DAYS, BANDS = 10_000_000, 90, 23, 8_401, 10
VISITS = 5_100
CASES_AT_RISK, RATE = 50.0, 0.0135
OUTCOMES, FOLLOWED_DAYS, MEAN_LOG_DAYS = (0.05, 0.8, 0.15), 730, 3.7

AIMS = {
    "survival": 5,
    "hazard": 30,
    "intake": 30,
    "trend": 10,
    "breaks": 10,
    "screen": 5,
    "bootstrap": 5,
}


def main() -> None:
    print("| method | size | seconds | CPU seconds | aim | peak MiB |")
    print("| --- | --- | ---: | ---: | ---: | ---: |", flush=True)
    for name, aim in AIMS.items():
        cost = measure("-m", "benchmarks.methods", name)
        seconds, cpu, size = (cost.answer[key] for key in ("seconds", "cpu", "size"))
        cells = (name, size, f"{seconds:.1f}", f"{cpu:.1f}", f"< {aim}", f"{cost.peak_mib:,.0f}")
        print(f"| {' | '.join(cells)} |", flush=True)


def _events(rng: np.random.Generator) -> Events:
    held = rng.integers(80, DAYS - 90, VISITS)
    return Events(rng.integers(0, COUNTIES, VISITS), held - rng.integers(7, 15, VISITS), held)


def survival() -> Callable[[], str]:
    """Ten million cases, by county and year, days and ending."""
    strata = COUNTIES * YEARS
    day = np.arange(FOLLOWED_DAYS)
    share = np.exp(-0.5 * (np.log(day + 1) - MEAN_LOG_DAYS) ** 2) / (day + 1)
    mean = CASES / strata * np.outer(share / share.sum(), OUTCOMES)
    counts = np.random.default_rng(0).poisson(np.broadcast_to(mean, (strata, *mean.shape)))
    stratum, days, ending = np.nonzero(counts)
    cases = counts[stratum, days, ending]

    def run() -> str:
        aalen_johansen(
            stratum,
            days,
            ending,
            cases,
            quantiles=(0.25, 0.5, 0.75, 0.9),
            horizons=(15, 30, 60, 90),
            rmst_horizons=(90,),
        )
        return f"{cases.sum() / 1e6:.1f}M cases in {len(cases):,} rows, {strata:,} strata"

    return run


def hazard() -> Callable[[], str]:
    """Ten million ends, in cells of county, day and age band."""
    rng = np.random.default_rng(1)
    size = COUNTIES * DAYS * BANDS
    unit, day, band = np.unravel_index(np.arange(size), (COUNTIES, DAYS, BANDS))
    at_risk = rng.poisson(CASES_AT_RISK, size).astype(float) + 1
    ends = rng.binomial(at_risk.astype(int), RATE * (1 + band % 3)).astype(float)
    events = _events(rng)

    def run() -> str:
        table = expected_ends(unit, day, band, at_risk, ends, (COUNTIES, DAYS))
        found = phase_effects(
            table,
            exposures(events, COUNTIES, DAYS),
            tuple(phase.name for phase in PHASES),
            np.arange(DAYS) // 7,
            clusters=(np.arange(DAYS) // 182,),
        )
        return f"{size:,} cells, {found.n_ends:,} ends, {VISITS:,} events"

    return run


def intake() -> Callable[[], str]:
    rng = np.random.default_rng(2)
    weeks = DAYS // 7
    level = rng.gamma(4, 25, (COUNTIES, 1))
    counts = rng.poisson(level * rng.gamma(12, 1 / 12, (COUNTIES, weeks))).astype(float)
    events = _events(rng)

    def run() -> str:
        found = bracket(event_strata(counts, expected_counts(counts), events))
        return (
            f"{COUNTIES} x {weeks:,} weeks, {found.lagged.n_events:,} usable of {VISITS:,} events"
        )

    return run


def _daily() -> tuple[np.ndarray, np.ndarray, TrendCalendar]:
    days = np.datetime64("2003-01-01") + np.arange(DAYS)
    counts = np.random.default_rng(3).negative_binomial(12, 12 / (12 + 1_200), DAYS).astype(float)
    years = np.arange("2003", "2027", dtype="datetime64[Y]").astype("datetime64[D]")
    nothing = np.array([], dtype="datetime64[D]")
    breaks = [SeriesBreak(date(y, m, 1), "rule") for y, m in ((2005, 5), (2014, 1), (2022, 5))]
    return days, counts, TrendCalendar(
        years + 35, nothing, nothing, [date(2006, 7, 1), date(2014, 4, 1)], breaks
    )  # fmt: skip


def trend() -> Callable[[], str]:
    days, counts, calendar = _daily()

    def run() -> str:
        found = daily_trend(days, counts, calendar)
        ends = [found.coefficient(name) for name in found.names]
        return f"{DAYS:,} days x {len(found.names)} columns, {len(ends)} intervals"

    return run


def breaks() -> Callable[[], str]:
    rng = np.random.default_rng(4)
    series = rng.normal(scale=0.05, size=276) + 0.15 * (np.arange(276) > 150)

    def run() -> str:
        return f"276 months, {len(possible_breaks(series))} found, 200 resampled"

    return run


def screen() -> Callable[[], str]:
    rng = np.random.default_rng(5)
    mean = np.exp(rng.normal(0.5, 1.2, (1_000, 1)))
    counts = rng.poisson(mean * rng.gamma(5, 1 / 5, (1_000, 330))).astype(float)
    holidays = rng.random((330, 3))

    def run() -> str:
        emerging.screen(counts, 329, regressors=holidays)
        return "1,000 series, one week"

    return run


def bootstrap() -> Callable[[], str]:
    counts = np.random.default_rng(6).poisson(60.0, (COUNTIES, 2, 1_000)).astype(float)

    def run() -> str:
        cluster_bootstrap(counts, lambda drawn: share_ended(drawn, 60))
        return f"{counts.sum() / 1e6:.1f}M cases, {COUNTIES} offices, 500 replicates"

    return run


def one(name: str) -> None:
    run = {
        "survival": survival, "hazard": hazard, "intake": intake, "trend": trend,
        "breaks": breaks, "screen": screen, "bootstrap": bootstrap,
    }[name]()  # fmt: skip
    began, worked = time.perf_counter(), time.process_time()
    size = run()
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    print(json.dumps({"size": size, "seconds": seconds, "cpu": cpu}))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one(sys.argv[1])
    else:
        main()
