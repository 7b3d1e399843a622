"""The register of batches received at each visit that was held."""

from dataclasses import dataclass, replace

import numpy as np

from pipelines.simulate import labels, mixes
from pipelines.simulate.cases import NO_BATCH, OFFICE_HOURS, Cases
from pipelines.simulate.scenario import Flags, Ints, Stream
from pipelines.simulate.world import World, reporting_office

# Mean batches at a visit of the full world, by tier of the leaders, and the spread around it.
MEAN_BATCHES = {labels.PROVINCE: 40.0, labels.CITY: 18.0, labels.COUNTY: 5.0}
BATCHES_SHAPE = 3.0
EXTRA_PROBLEMS = 0.25
SOLVED_SHARE = {labels.PROVINCE: 0.24, labels.CITY: 0.22, labels.COUNTY: 0.15}
OUTCOMES_UNSOLVED = (0.35, 0.30, 0.25, 0.10)
NO_CASE = -1
# Of the batches at which nothing is registered, how many come again about an open matter.
AGAIN_SHARE = 0.6
# A batch comes forward by five at most; of those larger than that, some send more all the same.
MOST_REPS = 5
TOO_MANY_EVERY = 50


@dataclass(frozen=True, slots=True)
class Receptions:
    """Batches that one office reports, in order of visit; arrays of equal length.

    Attributes:
        visit: number of the visit in the world.
        second: second of the day.
        room, persons, problems, solved, minutes: as exported.
        outcome: index into labels.RECEPTION_OUTCOMES.
        case: index of the case registered at the reception (within the city), or NO_CASE.
    """

    visit: Ints
    second: Ints
    room: Ints
    persons: Ints
    problems: Ints
    solved: Ints
    minutes: Ints
    outcome: Ints
    case: Ints

    @property
    def count(self) -> int:
        """How many batches there are."""
        return len(self.visit)

    @property
    def has_too_many_reps(self) -> Flags:
        """Which batches send more representatives than they may: planted, to be found (V25)."""
        is_large = self.persons > MOST_REPS
        return is_large & (np.cumsum(is_large) % TOO_MANY_EVERY == 1)

    @property
    def reps(self) -> Ints:
        """Representatives of each batch, as exported."""
        return np.minimum(self.persons, MOST_REPS + self.has_too_many_reps)

    def per_visit(self, visits: int) -> tuple[Ints, Ints]:
        """For each visit of the world, batches received and index of the first one."""
        times = np.bincount(self.visit, minlength=visits)
        return times, np.cumsum(times) - times


def draw_receptions(world: World, sender: int) -> Receptions:
    """Draw the batches at the visits that an office reports."""
    rng = world.scenario.rng(Stream.RECEPTIONS, sender)
    visits = world.visits
    mine = np.flatnonzero(visits.is_held & (reporting_office(world) == sender))
    tier = visits.tier[mine]
    mean = np.array([MEAN_BATCHES[t] for t in range(len(MEAN_BATCHES))])[tier]
    mean = mean * world.scenario.reception_scale
    times = rng.poisson(mean * rng.gamma(BATCHES_SHAPE, 1 / BATCHES_SHAPE, len(mine)))
    times = np.where(tier == labels.COUNTY, times, np.maximum(times, 1))
    visit = np.repeat(mine, times)
    n = len(visit)
    problems = 1 + rng.poisson(EXTRA_PROBLEMS, n)
    chance = np.array([SOLVED_SHARE[t] for t in range(len(SOLVED_SHARE))])[visits.tier[visit]]
    solved = rng.binomial(problems, chance)
    outcome = 1 + mixes.pick(OUTCOMES_UNSOLVED, rng.random(n))
    return Receptions(
        visit=visit,
        second=rng.integers(*OFFICE_HOURS, n),
        room=1 + rng.integers(0, visits.rooms[visit]),
        persons=mixes.persons(np.ones(n, dtype=np.bool_), rng),
        problems=problems,
        solved=solved,
        minutes=5 + rng.gamma(2.0, 8.0, n).astype(np.int64),
        outcome=np.where(solved == problems, 0, outcome),
        case=np.full(n, NO_CASE, dtype=np.int64),
    )


def with_cases(receptions: Receptions, cases: Cases) -> Receptions:
    """Tie the batches to the cases that were registered at them."""
    case = np.flatnonzero(cases.batch != NO_BATCH)
    batch = cases.batch[case]
    tied, persons, second = (
        column.copy() for column in (receptions.case, receptions.persons, receptions.second)
    )
    tied[batch], persons[batch], second[batch] = case, cases.persons[case], cases.second[case]
    return replace(receptions, case=tied, persons=persons, second=second)


def with_follow_ups(world: World, receptions: Receptions, cases: Cases) -> tuple[Receptions, int]:
    """Tie some of the other batches to cases that were received there before and are still open.

    Each batch of a visit takes another case, from the latest back; a batch whose case was closed
    meanwhile is about nothing that the register knows.

    Returns:
        The batches, and how many came again.
    """
    rng = world.scenario.rng(Stream.FOLLOW_UPS, cases.city)
    visits = world.visits
    place, day = visits.place[receptions.visit], visits.day[receptions.visit]
    key = place * (world.calendar.days + 1) + day
    tied = np.flatnonzero(receptions.case != NO_CASE)
    free = np.flatnonzero(receptions.case == NO_CASE)
    if not len(tied):
        return receptions, 0
    tied = tied[np.argsort(key[tied], kind="stable")]
    again = free[rng.random(len(free)) < AGAIN_SHARE]
    visit = receptions.visit[again]
    rank = np.arange(len(again)) - np.searchsorted(visit, visit)
    position = np.searchsorted(key[tied], key[again], side="left") - 1 - rank
    earlier = tied[np.maximum(position, 0)]
    is_open = cases.closing_day[receptions.case[earlier]] > day[again]
    fits = (position >= 0) & (place[earlier] == place[again]) & is_open
    case = receptions.case.copy()
    case[again[fits]] = receptions.case[earlier[fits]]
    return replace(receptions, case=case), int(fits.sum())
