"""The submissions of one city: who registers what, where, when, and how it will end."""

from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np

from pipelines.simulate import labels, mixes
from pipelines.simulate.calendar import day_number
from pipelines.simulate.durations import RESOLVED, STILL_OPEN, Endings, draw_endings
from pipelines.simulate.intake import ISSUE, RECENT_ISSUE, EmergingIssue
from pipelines.simulate.places import PROVINCE_OFFICE
from pipelines.simulate.repeats import GAMING_AGE, first_cases, reregistered
from pipelines.simulate.scenario import Flags, Ints, Stream
from pipelines.simulate.world import GAMING_PLACE, World, held_visit_at

GAMING_SINCE = date(2021, 1, 1)
TAKEN_TO_VISIT = 0.5
# Seconds of the day between which registrations fall: offices, and channels that never close.
OFFICE_HOURS = (8 * 3600 + 1800, 17 * 3600 + 1800)
OPEN_HOURS = (7 * 3600, 20 * 3600)
NO_BATCH = -1


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of one city, or a piece of them, in order of registration; arrays of equal length.

    Attributes:
        city: number of the city.
        first: index in the city of the first case of the piece.
        place: place that the case is about (number in the world).
        day: day of registration.
        second: second of that day.
        channel, purpose, content, tier: indices into `labels`.
        persons: persons in the submission.
        office: index of the registering office.
        code: index of the county code valid at registration.
        number: running number within the city and the year.
        root: index of the first case of the matter.
        endings: days to closing and outcome.
        batch: index of the reception at which it was registered, or NO_BATCH.
    """

    city: int
    first: int
    place: Ints
    day: Ints
    second: Ints
    channel: Ints
    purpose: Ints
    content: Ints
    tier: Ints
    persons: Ints
    office: Ints
    code: Ints
    number: Ints
    root: Ints
    endings: Endings
    batch: Ints

    @property
    def count(self) -> int:
        """How many cases there are."""
        return len(self.day)

    @property
    def index(self) -> Ints:
        """Index of each case in the city."""
        return self.first + np.arange(self.count)

    def piece(self, first: int, last: int) -> "Cases":
        """The cases from index `first` up to and without `last`."""
        kept = slice(first, last)
        arrays = (column.name for column in fields(self))
        parts = {
            name: getattr(self, name)[kept]
            for name in arrays
            if name not in {"city", "first", "endings"}
        }
        endings = Endings(self.endings.days[kept], self.endings.outcome[kept])
        return replace(self, first=first, endings=endings, **parts)

    @property
    def closing_day(self) -> Ints:
        """Day of the first closing; beyond every calendar where it is never seen."""
        days = self.endings.days
        return np.where(days == STILL_OPEN, np.iinfo(np.int64).max, self.day + days)


def draw_cases(world: World, city: int, batches_at: Ints, first_batch: Ints) -> Cases:
    """Draw the cases of a city.

    Args:
        world: the world.
        city: number of the city.
        batches_at: batches received at each visit of the world that the city reports, else 0.
        first_batch: index of the first batch of each visit in the city's register.
    """
    rng = world.scenario.rng(Stream.CASES, city)
    place, day = _where_and_when(world, city)
    n = len(day)
    visit = held_visit_at(world, world.places.city_office(city))[place, day]
    visit = np.where(rng.random(n) < TAKEN_TO_VISIT, visit, -1)
    channel = mixes.pick_channel(day, world.calendar.seen, rng.random(n))
    channel = np.where(visit >= 0, labels.VISIT, channel)
    second = _seconds(channel, rng)
    order = np.argsort(day * 86_400 + second, kind="stable")
    place, day, channel, second, visit = (
        column[order] for column in (place, day, channel, second, visit)
    )
    batch = _batches(visit, batches_at, first_batch)
    at_visit = batch != NO_BATCH
    channel = np.where(at_visit, labels.LEADER_VISIT, channel)
    tier = mixes.pick(mixes.TIER_MIX, rng.random(n))
    tier = np.where(at_visit, world.visits.tier[visit], tier)
    in_person = (channel == labels.VISIT) | at_visit
    code = world.places.code[place, day]
    cases = Cases(
        city=city,
        first=0,
        place=place,
        day=day,
        second=second,
        channel=channel,
        purpose=mixes.pick(mixes.PURPOSE_MIX, rng.random(n)),
        content=mixes.pick(mixes.CONTENT_MIX, rng.random(n)),
        tier=tier,
        persons=mixes.persons(in_person, rng),
        office=_offices(world, city, tier, code),
        code=code,
        number=_numbers(world, day),
        root=np.arange(n),
        endings=_endings(world, city, place, day),
        batch=batch,
    )
    return _with_matters(world, cases, rng)


def _where_and_when(world: World, city: int) -> tuple[Ints, Ints]:
    inside = world.places.in_city(city)
    by_day = world.counts[inside].T
    day, column = np.nonzero(by_day)
    times = by_day[day, column]
    return np.repeat(inside[column], times), np.repeat(day, times)


def _seconds(channel: Ints, rng: np.random.Generator) -> Ints:
    always_open = np.isin(channel, (labels.PHONE, labels.ONLINE, labels.SENTINEL))
    first = np.where(always_open, OPEN_HOURS[0], OFFICE_HOURS[0])
    last = np.where(always_open, OPEN_HOURS[1], OFFICE_HOURS[1])
    return first + (rng.random(len(channel)) * (last - first)).astype(np.int64)


def _batches(visit: Ints, batches_at: Ints, first_batch: Ints) -> Ints:
    """Give the cases brought to a visit its batches, one each, as far as they go."""
    batch = np.full(len(visit), NO_BATCH, dtype=np.int64)
    brought = np.flatnonzero(visit >= 0)
    brought = brought[np.argsort(visit[brought], kind="stable")]
    visit = visit[brought]
    rank = np.arange(len(visit)) - np.searchsorted(visit, visit)
    received = rank < batches_at[visit]
    batch[brought[received]] = first_batch[visit[received]] + rank[received]
    return batch


def _offices(world: World, city: int, tier: Ints, code: Ints) -> Ints:
    county = world.places.office_of_code[code]
    return np.select(
        [tier == labels.PROVINCE, tier == labels.CITY],
        [PROVINCE_OFFICE, world.places.city_office(city)],
        county,
    )


def _numbers(world: World, day: Ints) -> Ints:
    year = world.calendar.year[day]
    return np.arange(len(day)) - np.searchsorted(year, year) + 1


def _endings(world: World, city: int, place: Ints, day: Ints) -> Endings:
    """Draw the endings; the gaming office closes what would outlive its limit."""
    rng = world.scenario.rng(Stream.DURATIONS, city)
    within = np.searchsorted(world.places.in_city(city), place)
    endings = draw_endings(within, day, world.pace(city), rng)
    over = (endings.days > GAMING_AGE) | (endings.days == STILL_OPEN)
    capped = over & _in_gaming_office(place, day)
    return Endings(
        np.where(capped, GAMING_AGE, endings.days),
        np.where(capped, RESOLVED, endings.outcome),
    )


def _in_gaming_office(place: Ints, day: Ints) -> Flags:
    return (place == GAMING_PLACE) & (day >= day_number(GAMING_SINCE))


def _with_matters(world: World, cases: Cases, rng: np.random.Generator) -> Cases:
    """Link repeats; a matter keeps its class; the emerging issues overlay the rest."""
    limit = _in_gaming_office(cases.place, cases.day) & (cases.endings.days == GAMING_AGE)
    again = reregistered(cases.place, cases.day, limit)
    repeats = world.scenario.rng(Stream.REPEATS, cases.city)
    root = first_cases(cases.place, cases.day, again, repeats)
    content = cases.content[root]
    recent = world.scenario.rng(Stream.ISSUES, cases.city)
    for issue, stream in ((ISSUE, rng), (RECENT_ISSUE, recent)):
        surge = _surge(world, cases, issue, stream)
        content = np.where(surge, issue.content, content)
        root = np.where(surge, cases.index, root)
    return replace(cases, root=root, content=content)


def _surge(world: World, cases: Cases, issue: EmergingIssue, rng: np.random.Generator) -> Flags:
    """The cases that a surge added to the ordinary ones."""
    surplus = issue.surplus(world.scenario)
    added = rng.random(cases.count) < surplus / (1 + surplus)
    return issue.covers(cases.place, cases.day) & added
