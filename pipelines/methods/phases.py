"""Announced events and the days around them: which phase each unit is in on each day.

An event begins with its announcement, not on its day. Blocks before the announcement are leads:
nothing may happen in them, or the units compared were not alike. Overlapping events add up.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Phase:
    """Days `first` to `last`, both included, counted from the notice or from the event.

    A phase from the notice to the day before the event has `last` None.
    """

    name: str
    anchor: Literal["notice", "event"]
    first: int
    last: int | None
    is_lead: bool = False


PHASES = (
    Phase("lead_56_29", "notice", -56, -29, is_lead=True),
    Phase("lead_28_8", "notice", -28, -8, is_lead=True),
    Phase("lead_7_1", "notice", -7, -1, is_lead=True),
    Phase("announced", "notice", 0, None),
    Phase("event_day", "event", 0, 0),
    Phase("after_1_6", "event", 1, 6),
    Phase("after_7_27", "event", 7, 27),
    Phase("after_28_56", "event", 28, 56),
    Phase("after_57_84", "event", 57, 84),
)


@dataclass(frozen=True, slots=True)
class Events:
    """Events of E units and days; `notice_day` equals `event_day` where nothing was announced.

    Attributes:
        unit: E, number of the unit, from 0.
        notice_day: E, day number of the announcement.
        event_day: E, day number of the event.
    """

    unit: Ints
    notice_day: Ints
    event_day: Ints

    def __post_init__(self) -> None:
        if (self.notice_day > self.event_day).any():
            raise ValueError("an event cannot be announced after its day")


def exposures(
    events: Events, n_units: int, n_days: int, phases: tuple[Phase, ...] = PHASES
) -> NDArray[np.int8]:
    """How many events hold each unit in each phase on each day.

    Args:
        events: events, of which days outside 0..n_days - 1 are cut off.
        n_units: number of units.
        n_days: number of days.
        phases: the phases, in order.

    Returns:
        n_units x n_days x len(phases).
    """
    change = np.zeros((n_units, n_days + 1, len(phases)), dtype=np.int8)
    for place, phase in enumerate(phases):
        since, until = _span(events, phase)
        of_phase = change[:, :, place]
        np.add.at(of_phase, (events.unit, np.clip(since, 0, n_days)), 1)
        np.add.at(of_phase, (events.unit, np.clip(until, 0, n_days)), -1)
    return np.cumsum(change[:, :-1], axis=1, dtype=np.int8)


def _span(events: Events, phase: Phase) -> tuple[Ints, Ints]:
    """First day of the phase of each event, and the first day after it."""
    start = events.notice_day if phase.anchor == "notice" else events.event_day
    if phase.last is None:
        return start + phase.first, events.event_day
    return start + phase.first, start + phase.last + 1
