"""The steps of each case, as far as the exports see them; in legal order but for what is planted.

A case passes through fixed slots: register, route (and be returned and routed again), decide, tell,
handle, extend, be pressed, reply, end, one more for the closing of a case that was passed on, and
what follows a closing (`aftermath`). Each slot has a day and perhaps a step; times never run
backwards, and a second step on one day comes minutes after the first.

How a case ends:

| outcome | last steps |
|---|---|
| resolved | reply, close |
| not accepted | refuse |
| withdrawn | withdraw |
| transferred out | transfer to an office outside the system, close; never a reply |
| terminated | terminate |
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from pipelines.simulate import aftermath, labels, mixes
from pipelines.simulate.calendar import day_number
from pipelines.simulate.cases import OFFICE_HOURS, Cases
from pipelines.simulate.durations import (
    NOT_ACCEPTED,
    RESOLVED,
    TERMINATED,
    TRANSFERRED_OUT,
    WITHDRAWN,
)
from pipelines.simulate.scenario import Flags, Ints, Stream
from pipelines.simulate.world import World

REGISTERED, ROUTED, RETURNED, REROUTED, DECIDED, TOLD, HANDLED, EXTENDED = range(8)
PRESSED, REPLIED, ENDED, PASSED_ON, FOLLOWED = range(8, 13)
SLOTS = FOLLOWED + aftermath.SLOTS
NO_STEP = -1
DAY = 86_400
OUTSIDE_OFFICE = "W99"

# By tier that received the case; below the city there is no office further down to send it to.
ROUTED_SHARE = (0.95, 0.80, 0.0, 0.0, 0.0)
ACCEPT_MEAN_DAYS, ACCEPT_LATE_SHARE = 5.0, 0.04
ACCEPT_LIMIT, ACCEPT_LATEST = 15, 30
# Of the routed cases that nobody returns, those that concern a second county of the city.
CROSSING_SHARE = 0.10
RETURNED_SHARE, RETURNED_AFTER, REROUTED_AFTER = 0.06, (1, 6), (1, 4)
TOLD_SHARE, HANDLED_SHARE = 0.40, 0.40
# Of the cases that are handled, those taken in hand before they are accepted, against the rules.
HANDLED_EARLY_SHARE = 0.03
# Urged, or supervised, if still in hand on a day of these.
PRESSED_SHARE, SUPERVISED_SHARE, PRESSED_AFTER = 0.12, 0.35, (20, 90)
WITHDRAWN_AFTER_ACCEPTANCE = 0.6
EXTENDED_SHARE = 0.35
EXTENSIONS = (10, 15, 20, 30)
ASKED_BEFORE_DUE = 6
REPLY_LEAD = (0.70, 0.16, 0.09, 0.05)
GAP_SECONDS = (300, 1800)
BACKDATED_SHARE, BACKDATED_DAYS = 0.02, (4, 12)

# The province's own limits, as in data/reference/fictional/rule_calendar.csv.
LIMIT_SINCE, LIMIT_BEFORE, LIMIT_AFTER = date(2005, 5, 1), 90, 60


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of some cases, ordered by case and sequence; arrays of equal length.

    Attributes:
        case: index of the case within the city.
        seq: 1, 2, … within the case.
        kind: index into labels.STEPS.
        at: seconds since 2003-01-01.
        entered: seconds since 2003-01-01 at which the step was typed in.
        origin, target: index of the office it came from and went to; -1 = none, and
            `len(offices)` = outside the system.
        opinion: index into labels.OPINIONS, or -1.
        conclusion: index into labels.CONCLUSIONS, or -1.
        extension: days granted, or -1.
    """

    case: Ints
    seq: Ints
    kind: Ints
    at: Ints
    entered: Ints
    origin: Ints
    target: Ints
    opinion: Ints
    conclusion: Ints
    extension: Ints


@dataclass(frozen=True, slots=True)
class Spans:
    """Days between which the clock of a limit runs, seen or not; -1 where there is no such step.

    Attributes:
        accepted: acceptance of a case that is replied to and was not extended.
        replied: its reply.
        asked: request for a recheck.
        decided: decision on it.
    """

    accepted: Ints
    replied: Ints
    asked: Ints
    decided: Ints


@dataclass(frozen=True, slots=True)
class Progress:
    """What later exports need of some cases: seconds since 2003-01-01.

    Attributes:
        updated: last step that exports see.
        replied: reply, or -1 where there is none that exports see.
        crossings: how many cases exports see passed to a second county.
        spans: where a pause may fall.
        handled_early: how many cases exports see handled before they are accepted.
    """

    updated: Ints
    replied: Ints
    crossings: int
    spans: Spans
    handled_early: int


@dataclass(frozen=True, slots=True)
class _Slots:
    """Day, kind and conclusion of each slot, [case, slot]; kind is NO_STEP where it stays empty.

    `second` is the office of the second county that a case concerns, or -1.
    """

    day: Ints
    kind: Ints
    conclusion: Ints
    second: Ints


def draw_steps(world: World, cases: Cases, rng: np.random.Generator) -> tuple[Steps, Progress]:
    """Draw the steps of a piece of cases, cut off at the end of the seen days."""
    lawful = _slots(world, cases, rng)
    is_early = _is_handled_early(world, cases, lawful.kind)
    slots = replace(lawful, kind=_handled_early(lawful.kind, is_early))
    at = _times(slots.day, slots.kind, cases.second, rng)
    end = world.calendar.seen * DAY - 1
    kind = np.where(at <= end, slots.kind, NO_STEP)
    seen = kind != NO_STEP
    progress = Progress(
        updated=np.where(seen, at, -1).max(axis=1),
        replied=np.where(kind[:, REPLIED] == labels.REPLY, at[:, REPLIED], -1),
        crossings=int((seen[:, REROUTED] & (slots.second >= 0)).sum()),
        spans=_spans(slots.kind, at // DAY),
        handled_early=int((seen[:, REROUTED] & is_early).sum()),
    )
    return _flatten(world, cases, replace(slots, kind=kind), at, rng), progress


def _spans(kind: Ints, day: Ints) -> Spans:
    is_handled = (kind[:, REPLIED] == labels.REPLY) & (kind[:, EXTENDED] == NO_STEP)
    is_rechecked = kind[:, FOLLOWED + aftermath.RECHECK_ASKED] != NO_STEP
    return Spans(
        accepted=np.where(is_handled, day[:, DECIDED], -1),
        replied=np.where(is_handled, day[:, REPLIED], -1),
        asked=np.where(is_rechecked, day[:, FOLLOWED + aftermath.RECHECK_ASKED], -1),
        decided=np.where(is_rechecked, day[:, FOLLOWED + aftermath.RECHECK_DECIDED], -1),
    )


def _slots(world: World, cases: Cases, rng: np.random.Generator) -> _Slots:
    start, outcome, n = cases.day, cases.endings.outcome, cases.count
    never = np.int64(world.calendar.days + ACCEPT_LATEST)
    close = np.minimum(cases.closing_day, never)
    day = np.empty((n, SLOTS), dtype=np.int64)
    kind = np.full((n, SLOTS), NO_STEP, dtype=np.int64)
    day[:, REGISTERED], kind[:, REGISTERED] = start, labels.REGISTER
    day[:, ENDED] = day[:, PASSED_ON] = close

    accept = _is_accepted(outcome, rng)
    day[:, DECIDED] = np.where(accept, np.minimum(start + _acceptance_delay(n, rng), close), close)
    kind[accept, DECIDED] = labels.ACCEPT
    kind[outcome == NOT_ACCEPTED, DECIDED] = labels.REFUSE

    routed = rng.random(n) < np.array(ROUTED_SHARE)[cases.tier]
    day[:, ROUTED] = np.minimum(start + rng.integers(0, 4, n), day[:, DECIDED])
    kind[routed, ROUTED] = rng.integers(labels.TRANSFER, labels.ASSIGN + 1, n)[routed]
    returned = routed & (rng.random(n) < RETURNED_SHARE)
    for slot, step, after in (
        (RETURNED, labels.RETURN, RETURNED_AFTER),
        (REROUTED, labels.REASSIGN, REROUTED_AFTER),
    ):
        later = day[:, slot - 1] + rng.integers(*after, n)
        day[:, slot] = np.minimum(later, day[:, DECIDED])
        kind[returned, slot] = step
    second = np.where(routed & ~returned, _second_office(world, cases), -1)
    kind[second >= 0, REROUTED] = labels.ASSIGN

    told = (accept | (outcome == NOT_ACCEPTED)) & (rng.random(n) < TOLD_SHARE)
    kind[told, TOLD] = labels.NOTIFY

    lead = mixes.pick(REPLY_LEAD, rng.random(n))
    day[:, REPLIED] = np.maximum(close - lead, day[:, DECIDED])
    kind[outcome == RESOLVED, REPLIED] = labels.REPLY

    day[:, TOLD] = np.minimum(day[:, DECIDED] + rng.integers(0, 4, n), day[:, REPLIED])
    day[:, HANDLED] = np.minimum(day[:, TOLD] + rng.integers(1, 6, n), day[:, REPLIED])
    kind[accept & (rng.random(n) < HANDLED_SHARE), HANDLED] = labels.HANDLE

    granted = due_day(day[:, DECIDED]) - rng.integers(0, ASKED_BEFORE_DUE, n)
    extended = accept & (granted < day[:, REPLIED]) & (rng.random(n) < EXTENDED_SHARE)
    day[:, EXTENDED] = np.where(extended, granted, day[:, HANDLED])
    kind[extended, EXTENDED] = labels.EXTEND

    pressed = start + rng.integers(*PRESSED_AFTER, n)
    is_pressed = accept & (pressed < day[:, REPLIED]) & (rng.random(n) < PRESSED_SHARE)
    day[:, PRESSED] = np.clip(pressed, day[:, EXTENDED], day[:, REPLIED])
    supervised = rng.random(n) < SUPERVISED_SHARE
    kind[is_pressed, PRESSED] = np.where(supervised, labels.SUPERVISE, labels.URGE)[is_pressed]

    for ending, step in _LAST_STEP.items():
        kind[outcome == ending, ENDED] = step
    kind[outcome == TRANSFERRED_OUT, PASSED_ON] = labels.CLOSE

    conclusion = np.full((n, SLOTS), aftermath.NO_CONCLUSION, dtype=np.int64)
    day[:, FOLLOWED:], takes_place, conclusion[:, FOLLOWED:] = aftermath.draw_aftermath(
        day[:, REPLIED], close, outcome == RESOLVED, rng
    )
    kind[:, FOLLOWED:] = np.where(takes_place, aftermath.STEPS, NO_STEP)
    return _Slots(day, kind, conclusion, second)


_LAST_STEP = {
    RESOLVED: labels.CLOSE,
    WITHDRAWN: labels.WITHDRAW,
    TRANSFERRED_OUT: labels.TRANSFER,
    TERMINATED: labels.TERMINATE,
}


def _is_handled_early(world: World, cases: Cases, kind: Ints) -> Flags:
    """Cases taken in hand before they are accepted, of those with room for it; [case]."""
    rng = world.scenario.rng(Stream.DISORDER, cases.city, cases.first)
    has_both = (kind[:, DECIDED] == labels.ACCEPT) & (kind[:, HANDLED] == labels.HANDLE)
    chosen = rng.random(cases.count) < HANDLED_EARLY_SHARE
    return chosen & has_both & (kind[:, REROUTED] == NO_STEP)


def _handled_early(kind: Ints, is_early: Flags) -> Ints:
    """Kinds of the slots with the handling of some cases in the slot before the acceptance."""
    kind = kind.copy()
    kind[is_early, REROUTED], kind[is_early, HANDLED] = labels.HANDLE, NO_STEP
    return kind


def _second_office(world: World, cases: Cases) -> Ints:
    """The office of a second county that some cases concern, an index into `offices`; else -1."""
    rng = world.scenario.rng(Stream.CROSSINGS, cases.city, cases.first)
    near = world.places.in_city(cases.city)
    other = world.places.code[near[rng.integers(0, len(near), cases.count)], cases.day]
    concerns = (rng.random(cases.count) < CROSSING_SHARE) & (other != cases.code)
    return np.where(concerns, world.places.office_of_code[other], -1)


def _is_accepted(outcome: Ints, rng: np.random.Generator) -> Flags:
    always = (outcome == RESOLVED) | (outcome == TERMINATED)
    perhaps = rng.random(len(outcome)) < WITHDRAWN_AFTER_ACCEPTANCE
    return always | ((outcome == WITHDRAWN) & perhaps)


def _acceptance_delay(n: int, rng: np.random.Generator) -> Ints:
    prompt = np.minimum(rng.exponential(ACCEPT_MEAN_DAYS, n).astype(np.int64), ACCEPT_LIMIT)
    late = rng.integers(ACCEPT_LIMIT + 1, ACCEPT_LATEST + 1, n)
    return np.where(rng.random(n) < ACCEPT_LATE_SHARE, late, prompt)


def due_day(accepted: Ints) -> Ints:
    """The day on which the limit of handling ends by the province's rules, working day or not."""
    before = accepted < day_number(LIMIT_SINCE)
    return accepted + np.where(before, LIMIT_BEFORE, LIMIT_AFTER)


def _times(day: Ints, kind: Ints, second: Ints, rng: np.random.Generator) -> Ints:
    """Instants of the slots: office hours, but always after the step before."""
    at = day * DAY + rng.integers(*OFFICE_HOURS, day.shape)
    gap = rng.integers(*GAP_SECONDS, day.shape)
    at[:, REGISTERED] = day[:, REGISTERED] * DAY + second
    last = at[:, REGISTERED]
    for slot in range(1, day.shape[1]):
        at[:, slot] = np.where(at[:, slot] > last, at[:, slot], last + gap[:, slot])
        last = np.where(kind[:, slot] == NO_STEP, last, at[:, slot])
    return at


def _flatten(
    world: World, cases: Cases, slots: _Slots, at: Ints, rng: np.random.Generator
) -> Steps:
    """Lay the filled slots out as rows and add what is written beside each step."""
    row, slot = np.nonzero(slots.kind != NO_STEP)
    step, moment = slots.kind[row, slot], at[row, slot]
    n = len(step)
    handler = world.places.office_of_code[cases.code[row]]
    moves = np.isin(step, (labels.TRANSFER, labels.ASSIGN, labels.REASSIGN))
    comes_back = step == labels.RETURN
    leaves = moves & (slot == ENDED)
    second = slots.second[row]
    target = np.where(moves, np.where((slot == REROUTED) & (second >= 0), second, handler), -1)
    target = np.where((step == labels.REGISTER) | comes_back, cases.office[row], target)
    origin = np.where(moves, cases.office[row], -1)
    is_reply, is_extension = step == labels.REPLY, step == labels.EXTEND
    opinion = mixes.pick(mixes.OPINION_MIX, rng.random(n))
    extension = np.array(EXTENSIONS)[rng.integers(0, len(EXTENSIONS), n)]
    return Steps(
        case=cases.first + row,
        seq=np.arange(n) - np.searchsorted(row, row) + 1,
        kind=step,
        at=moment,
        entered=entered_at(moment, world.calendar.seen * DAY - 1, rng),
        origin=np.where(comes_back, handler, origin),
        target=np.where(leaves, len(world.places.offices), target),
        opinion=np.where(is_reply, opinion, -1),
        conclusion=slots.conclusion[row, slot],
        extension=np.where(is_extension, extension, -1),
    )


def entered_at(at: Ints, end: int, rng: np.random.Generator) -> Ints:
    """When steps were typed in: mostly within the hour, some days later, by `end` at the latest."""
    backdated = rng.random(len(at)) < BACKDATED_SHARE
    days = rng.integers(*BACKDATED_DAYS, len(at))
    lag = np.where(backdated, days * DAY, rng.integers(0, 3600, len(at)))
    return np.minimum(at + lag, end)
