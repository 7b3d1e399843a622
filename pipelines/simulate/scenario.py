"""What is simulated: the parameters of a world and its independent streams of randomness.

The numbers that are planted (effects, hazards, breaks) stand beside the code that uses them; this
module holds only what a caller may choose.
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

START = date(2003, 1, 1)
DEFAULT_SEED = 20261031
FULL_SIZE = 1_000_000


class Stream(IntEnum):
    """Streams of randomness: a change in one part of the world leaves the others as they were."""

    SHOCKS = 0
    VISITS = 1
    INTAKE = 2
    RECEPTIONS = 3
    CASES = 4
    DURATIONS = 5
    REPEATS = 6
    STEPS = 7
    EVALUATIONS = 8
    DIRT = 9
    NOTICES = 10
    VISIT_DAYS = 11
    CHARGES = 12
    COMMITMENTS = 13
    SENTINELS = 14
    MEDIATION = 15
    COURTS = 16
    HALLS = 17
    DUTIES = 18
    CROSSINGS = 19
    FOLLOW_UPS = 20
    PAUSES = 21
    ISSUES = 22
    DISORDER = 23


@dataclass(frozen=True, slots=True)
class Scenario:
    """A world to simulate.

    Attributes:
        cases: number of submissions registered from 2003-01-01 to `until`; exact.
        seed: seed of every stream; the same scenario gives the same bytes.
        until: last day that the exports see; each file's `as_of` is the end of that day.
        visit_selection: how strongly leaders choose troubled counties: weight
            exp(visit_selection x mean shock of the last eight weeks); 0 = at random.
        visit_effect: times the planted effects of visits, on the log scale; 0 = no effect.
        issue_times: times the usual number of cases in the planted emerging issues; 1 = none.
    """

    cases: int
    seed: int
    until: date
    visit_selection: float
    visit_effect: float = 1.0
    issue_times: float = 2.5

    def rng(self, stream: Stream, *part: int) -> np.random.Generator:
        """The generator of one stream, or of one numbered part of it (a city, a chunk)."""
        seeds = np.random.SeedSequence(self.seed, spawn_key=(int(stream), *part))
        return np.random.Generator(np.random.PCG64(seeds))

    @property
    def reception_scale(self) -> float:
        """How busy reception days are beside those of the full world of a million cases.

        Leaders' time, not demand, bounds a reception day, so a larger world has no busier days;
        a smaller one shrinks with the square root, which leaves small worlds something to show.
        """
        return min(1.0, (self.cases / FULL_SIZE) ** 0.5)
