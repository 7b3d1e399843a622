"""Suspensions of handling and hearings on rechecks: what stops the clock of a limit.

They are added to steps that were drawn without them, from a stream of their own, so that all other
steps stay as they were. A suspension lies between acceptance and reply and moves neither; a hearing
lies between the request for a recheck and its decision, which comes later by the days of the
hearing or, of some, only after the limit that the hearing moved. Faulty cases have no pause.
"""

from collections import Counter
from dataclasses import dataclass, fields

import numpy as np

from pipelines.simulate import labels
from pipelines.simulate.calendar import Calendar
from pipelines.simulate.cases import OFFICE_HOURS, Cases
from pipelines.simulate.scenario import Flags, Ints, Stream
from pipelines.simulate.steps import DAY, Spans, Steps, due_day, entered_at
from pipelines.simulate.world import World

# Of the cases that are handled for so many days and not extended.
SUSPENDED_SHARE, SUSPENDED_FROM_SPAN = 0.06, 25
SUSPENDED_AFTER, SUSPENDED_DAYS = (3, 44), (10, 41)
LEFT_AFTER_SUSPENSION = 12
# Of the rechecks; days from the start of the hearing to its end, both included.
HEARD_SHARE, HEARING_DAYS = 0.30, (5, 21)
LATE_SHARE, LATE_DAYS = 0.15, (1, 11)
# The province's own limit, as in data/reference/fictional/rule_calendar.csv.
RECHECK_LIMIT = 30
NEVER = -1


@dataclass(frozen=True, slots=True)
class Pauses:
    """Pauses of some cases: days, seen or not; NEVER where there is none.

    Attributes:
        suspended: day of the suspension.
        resumed: day of the resumption, which counts again.
        heard: first day of the hearing.
        ended: last day of the hearing, which does not count.
        delay: days by which the hearing put the decision off; 0 without one.
    """

    suspended: Ints
    resumed: Ints
    heard: Ints
    ended: Ints
    delay: Ints

    @property
    def paused(self) -> Flags:
        """True for the cases that have any."""
        return (self.suspended != NEVER) | (self.heard != NEVER)


def add_pauses(
    world: World, cases: Cases, steps: Steps, spans: Spans, faulty: Flags
) -> tuple[Steps, Pauses]:
    """Draw the pauses of a piece of cases and lay them into its steps.

    Args:
        world: the world.
        cases: the piece.
        steps: its steps.
        spans: where a pause may fall.
        faulty: whether a case carries a planted fault.
    """
    rng = world.scenario.rng(Stream.PAUSES, cases.city, cases.first)
    suspended, resumed = _suspensions(spans, faulty, rng)
    heard, ended, delay = _hearings(world.calendar, spans, faulty, rng)
    pauses = Pauses(suspended, resumed, heard, ended, delay)
    return _laid_in(world, cases.first, steps, pauses, rng), pauses


def _suspensions(spans: Spans, faulty: Flags, rng: np.random.Generator) -> tuple[Ints, Ints]:
    n = len(spans.accepted)
    chosen = (spans.replied - spans.accepted >= SUSPENDED_FROM_SPAN) & ~faulty
    chosen &= rng.random(n) < SUSPENDED_SHARE
    last = spans.replied - LEFT_AFTER_SUSPENSION
    suspended = np.minimum(spans.accepted + rng.integers(*SUSPENDED_AFTER, n), last)
    resumed = np.minimum(suspended + rng.integers(*SUSPENDED_DAYS, n), spans.replied - 1)
    return np.where(chosen, suspended, NEVER), np.where(chosen, resumed, NEVER)


def _hearings(
    calendar: Calendar, spans: Spans, faulty: Flags, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    n = len(spans.asked)
    chosen = (spans.asked != NEVER) & ~faulty & (rng.random(n) < HEARD_SHARE)
    waits = rng.integers(1, np.maximum(spans.decided - spans.asked, 2))
    days = rng.integers(*HEARING_DAYS, n)
    heard = spans.asked + waits
    late = rng.random(n) < LATE_SHARE
    limit = _moved(calendar, spans.asked + RECHECK_LIMIT + days)
    too_late = limit + rng.integers(*LATE_DAYS, n) - spans.decided
    delay = np.where(late, too_late, days)
    return (
        np.where(chosen, heard, NEVER),
        np.where(chosen, heard + days - 1, NEVER),
        np.where(chosen, delay, 0),
    )


def _laid_in(
    world: World, first: int, steps: Steps, pauses: Pauses, rng: np.random.Generator
) -> Steps:
    """The steps with those of the pauses among them, as far as exports see them."""
    end = world.calendar.seen * DAY - 1
    delay = np.where(steps.kind == labels.RECHECK_DECIDED, pauses.delay[steps.case - first], 0)
    at = steps.at + delay * DAY
    entered = np.minimum(steps.entered + delay * DAY, end)
    added = _steps_of(first, pauses, end, rng)
    joined = {
        column.name: np.concatenate([getattr(steps, column.name), getattr(added, column.name)])
        for column in fields(Steps)
    } | {"at": np.concatenate([at, added.at]), "entered": np.concatenate([entered, added.entered])}
    case = joined["case"]
    # a moved closing stands before its registration and keeps its place
    place = np.where(pauses.paused[case - first], joined["at"], joined["seq"])
    order = np.lexsort((place, case))
    order = order[joined["at"][order] <= end]
    case = case[order]
    seq = np.arange(len(case)) - np.searchsorted(case, case) + 1
    return Steps(**{name: column[order] for name, column in joined.items()} | {"seq": seq})


def _steps_of(first: int, pauses: Pauses, end: int, rng: np.random.Generator) -> Steps:
    kinds = {
        labels.SUSPEND: pauses.suspended,
        labels.RESUME: pauses.resumed,
        labels.HEARING_STARTED: pauses.heard,
        labels.HEARING_ENDED: pauses.ended,
    }
    day = np.stack(list(kinds.values()), axis=1)
    case, slot = np.nonzero(day != NEVER)
    at = day[case, slot] * DAY + rng.integers(*OFFICE_HOURS, len(case))
    nothing = np.full(len(case), -1, dtype=np.int64)
    return Steps(
        case=first + case,
        seq=nothing,
        kind=np.array(list(kinds))[slot],
        at=at,
        entered=entered_at(at, end, rng),
        origin=nothing,
        target=nothing,
        opinion=nothing,
        conclusion=nothing,
        extension=nothing,
    )


def _moved(calendar: Calendar, limit: Ints) -> Ints:
    """The limits, moved to a working day as far as the calendar goes."""
    known = limit <= calendar.days - 1 - max(HEARING_DAYS)
    return np.where(known, calendar.next_open(np.where(known, limit, 0)), limit)


def count_limits(calendar: Calendar, spans: Spans, pauses: Pauses, kept: Flags) -> Counter[str]:
    """How many limits passed by the extract, and how many were kept, by two clocks.

    Args:
        calendar: of the world.
        spans: of some cases.
        pauses: of the same cases.
        kept: which of them have a row of their own in the register.

    Returns:
        `<of>.<clock>.<count>`: of all `rechecks` and of the `suspended` cases; by the clock that
        `stops` while a pause lasts and by one that `runs_on`; those `due` and those `in_time`. A
        pause that exports do not see the end of leaves the first clock without a limit.
    """
    counts: Counter[str] = Counter()
    # the first and the last step of a pause; the day of a hearing's last step does not count yet
    for name, chosen, began, ended, days, due, done in (
        (
            "rechecks",
            kept & (spans.asked != NEVER),
            pauses.heard,
            pauses.ended,
            pauses.ended - pauses.heard + 1,
            spans.asked + RECHECK_LIMIT,
            spans.decided + pauses.delay,
        ),
        (
            "suspended",
            kept & (pauses.suspended != NEVER) & (pauses.suspended < calendar.seen),
            pauses.suspended,
            pauses.resumed,
            pauses.resumed - pauses.suspended,
            due_day(spans.accepted),
            spans.replied,
        ),
    ):
        is_seen = (began != NEVER) & (began < calendar.seen)
        lasts = is_seen & (ended >= calendar.seen)
        counts[f"{name}.pauses"] = int((chosen & is_seen).sum())
        for clock, stopped, runs in (
            ("stops", np.where(is_seen, days, 0), ~lasts),
            ("runs_on", np.zeros_like(due), np.ones_like(lasts)),
        ):
            limit = _moved(calendar, due + stopped)
            is_due = chosen & runs & (limit < calendar.seen)
            counts[f"{name}.{clock}.due"] = int(is_due.sum())
            counts[f"{name}.{clock}.in_time"] = int((is_due & (done <= limit)).sum())
    return counts
