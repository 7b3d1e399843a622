"""Faults planted in the exports, so that validation has something to find, counted exactly.

A case carries at most one fault. Faulty cases have no evaluation and no reception, so a refused
case leaves only its own steps without a case; `truth.json` counts those too.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from pipelines.simulate.cases import NO_BATCH, Cases
from pipelines.simulate.durations import RESOLVED
from pipelines.simulate.scenario import Flags, Ints, Stream
from pipelines.simulate.world import World

UNKNOWN_REGION_CODE = "999999"
EARLIEST_DAYS = (1, 31)
# Numbers of cases that were never registered begin here, far above any running number of a year.
UNKNOWN_CASE_FROM = 900_000_001
# Steps left without a case once the cases of unknown region or zero persons are refused.
STEPS_OF_REFUSED = "steps_of_refused_cases"
# A rule that is broken and no fault of a record: validation keeps it, the map of steps tells of it.
HANDLED_EARLY = "handled_before_accepted_cases"


class Fault(StrEnum):
    """Kinds of planted faults; each value is a key of `planted_faults` in truth.json."""

    DUPLICATE_CASE = "duplicate_case_rows"
    DUPLICATE_STEP = "duplicate_step_rows"
    EARLY_CLOSING = "closed_before_registered_steps"
    UNKNOWN_REGION = "unknown_region_cases"
    NO_PERSONS = "zero_persons_cases"
    ORPHAN_STEP = "unknown_case_steps"  # copied from the first step of a case, renumbered


# Faults per case; at least one of each in any world.
RATES = {
    Fault.DUPLICATE_CASE: 2e-4,
    Fault.DUPLICATE_STEP: 2e-4,
    Fault.EARLY_CLOSING: 1e-4,
    Fault.UNKNOWN_REGION: 2e-5,
    Fault.NO_PERSONS: 2e-5,
    Fault.ORPHAN_STEP: 2e-5,
}


# The table and the reason under which validation should find each fault, and nothing else; copies
# are no fault of a row but a fate of the record.
REASONS = {
    Fault.EARLY_CLOSING: ("case_events", "E_ORDER"),
    Fault.UNKNOWN_REGION: ("cases", "E_REGION_UNKNOWN"),
    Fault.NO_PERSONS: ("cases", "E_NUM_RANGE"),
    Fault.ORPHAN_STEP: ("case_events", "E_ORPHAN"),
    STEPS_OF_REFUSED: ("case_events", "E_ORPHAN"),
    Fault.DUPLICATE_CASE: ("cases", "duplicate"),
    Fault.DUPLICATE_STEP: ("case_events", "duplicate"),
}


@dataclass(frozen=True, slots=True)
class Dirt:
    """Faulty cases of one city by kind of fault (indices in order)."""

    cases: dict[Fault, Ints]

    def has(self, fault: Fault, case: Ints) -> Flags:
        """True for the cases that carry the fault."""
        return np.isin(case, self.cases[fault])

    def counts(self) -> Counter[str]:
        """How many faults of each kind there are."""
        return Counter({fault.value: len(case) for fault, case in self.cases.items()})

    def refuses(self, case: Ints) -> Flags:
        """True for the cases whose own row cannot be accepted, so that their steps lack a case."""
        return self.has(Fault.UNKNOWN_REGION, case) | self.has(Fault.NO_PERSONS, case)

    @property
    def touched(self) -> Ints:
        """The cases that carry any fault."""
        return np.concatenate(list(self.cases.values()))

    def touches(self, case: Ints) -> Flags:
        """True for the cases that carry any fault."""
        return np.isin(case, self.touched)


def plan_dirt(world: World) -> dict[Fault, Ints]:
    """How many faults of each kind fall to each city."""
    rng = world.scenario.rng(Stream.DIRT)
    sizes = [world.counts[world.places.in_city(city)].sum() for city in range(world.places.cities)]
    shares = np.array(sizes) / sum(sizes)
    return {
        fault: rng.multinomial(max(1, round(rate * world.scenario.cases)), shares)
        for fault, rate in RATES.items()
    }


def draw_dirt(world: World, cases: Cases, plan: dict[Fault, Ints]) -> Dirt:
    """Choose the faulty cases of a city."""
    rng = world.scenario.rng(Stream.DIRT, cases.city)
    free = cases.batch == NO_BATCH
    is_closed = cases.closing_day < world.calendar.seen
    chosen: dict[Fault, Ints] = {}
    # Early closings come first: they have the narrowest choice.
    for fault in sorted(RATES, key=lambda kind: kind != Fault.EARLY_CLOSING):
        fits = free
        if fault == Fault.EARLY_CLOSING:
            fits = free & is_closed & (cases.endings.outcome == RESOLVED)
        chosen[fault] = _choose(fits, int(plan[fault][cases.city]), rng)
        free[chosen[fault]] = False
    return Dirt(chosen)


def _choose(fits: Flags, number: int, rng: np.random.Generator) -> Ints:
    eligible = np.flatnonzero(fits)
    return np.sort(rng.choice(eligible, min(number, len(eligible)), replace=False))


def faults_by_reason(faults: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Records by canonical table and by the reason for which they should not be current."""
    found: dict[str, Counter[str]] = {}
    for fault, (table, reason) in REASONS.items():
        found.setdefault(table, Counter())[reason] += faults[fault]
    return {table: dict(sorted(reasons.items())) for table, reasons in sorted(found.items())}
