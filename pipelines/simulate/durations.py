"""How long each case takes and how it ends.

Formula: methods.md §11.5. The hazard of closing is constant within a band of age and runs at the
pace of the calendar, of the place and, for the cause *resolved*, of leader visits; a gamma frailty
makes some cases harder. Within a band the cumulative hazard is a difference of one curve of the
place, so a sorted search inverts all cases at once, exactly.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.calendar import Calendar
from pipelines.simulate.scenario import Floats, Ints

RESOLVED, NOT_ACCEPTED, WITHDRAWN, TRANSFERRED_OUT, TERMINATED = range(5)
OUTCOMES = ("resolved", "not_accepted", "withdrawn", "transferred_out", "terminated")
STILL_OPEN = -1

# First day of each band of age, the hazard per working day before scaling, the mix of outcomes.
BANDS = (
    (0, 0.010, (0.45, 0.25, 0.10, 0.20, 0.00)),
    (5, 0.016, (0.55, 0.25, 0.07, 0.13, 0.00)),
    (15, 0.022, (0.88, 0.03, 0.05, 0.04, 0.00)),
    (50, 0.035, (0.92, 0.00, 0.04, 0.03, 0.01)),
    (58, 0.160, (0.93, 0.00, 0.03, 0.02, 0.02)),
    (62, 0.022, (0.86, 0.00, 0.06, 0.03, 0.05)),
    (88, 0.100, (0.91, 0.00, 0.04, 0.02, 0.03)),
    (92, 0.010, (0.78, 0.00, 0.08, 0.04, 0.10)),
    (180, 0.0035, (0.65, 0.00, 0.10, 0.05, 0.20)),
    (720, 0.0018, (0.50, 0.00, 0.10, 0.05, 0.35)),
)
HAZARD_SCALE = 1.45
FRAILTY_VARIANCE = 0.4
SPEED_SD = 0.20


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the places of one city work: arrays [place of the city, day].

    Attributes:
        output: working pace of the calendar times the speed of the place.
        visit: multiplier of the hazard of being resolved.
    """

    output: Floats
    visit: Floats


@dataclass(frozen=True, slots=True)
class Endings:
    """How each case ends.

    Attributes:
        days: days from registration to closing; STILL_OPEN where the follow-up ends before.
        outcome: index into OUTCOMES.
    """

    days: Ints
    outcome: Ints


def pace_of(calendar: Calendar, log_speed: Floats, visit_effect: Floats) -> Pace:
    """The pace of places from their log speed and the log effect of visits, [place, day]."""
    return Pace(calendar.pace[None, :] * np.exp(log_speed)[:, None], np.exp(visit_effect))


def draw_endings(place: Ints, day: Ints, pace: Pace, rng: np.random.Generator) -> Endings:
    """Draw the ending of each case.

    Args:
        place: place of each case, counted within the city.
        day: day of registration.
        pace: pace of the places of the city.
        rng: source of randomness.
    """
    n, horizon = len(day), pace.output.shape[1]
    strength = rng.exponential(size=n)
    strength /= rng.gamma(1 / FRAILTY_VARIANCE, FRAILTY_VARIANCE, n)
    days = np.full(n, STILL_OPEN, dtype=np.int64)
    outcome = np.zeros(n, dtype=np.int64)
    waiting = np.arange(n)
    ends = [*(band[0] for band in BANDS[1:]), horizon]
    for (first, rate, mix), end in zip(BANDS, ends, strict=True):
        curve = _Curve.of(pace, mix[RESOLVED])
        where, hazard = place[waiting], rate * HAZARD_SCALE
        start, stop = day[waiting] + first, np.minimum(day[waiting] + end, horizon)
        begin = curve.at(where, start)
        worked = curve.at(where, stop) - begin
        left = strength[waiting] / hazard
        found = left < worked
        closed = waiting[found]
        closing = curve.day_of(where[found], (begin + left)[found])
        days[closed] = closing - day[closed]
        outcome[closed] = _outcomes(mix, pace.visit[where[found], closing], rng)
        strength[waiting] -= worked * hazard
        waiting = waiting[~found & (stop < horizon)]
    return Endings(days, outcome)


@dataclass(frozen=True, slots=True)
class _Curve:
    """Working days done since day 0, all places in one sorted array; `length` entries a place."""

    stacked: Floats
    length: int

    @classmethod
    def of(cls, pace: Pace, resolved_share: float) -> "_Curve":
        """The curve of a band in which `resolved_share` of the closings answer to visits."""
        worked = pace.output * (1 - resolved_share + resolved_share * pace.visit)
        curve = np.cumsum(np.pad(worked, ((0, 0), (1, 0))), axis=1)
        apart = float(curve[:, -1].max()) + 1.0
        lifted = curve + apart * np.arange(len(curve))[:, None]
        return cls(lifted.ravel(), curve.shape[1])

    def at(self, place: Ints, day: Ints) -> Floats:
        """Working days done before the day begins."""
        return self.stacked[place * self.length + day]

    def day_of(self, place: Ints, worked: Floats) -> Ints:
        """The day within which that many working days are done."""
        return np.searchsorted(self.stacked, worked, side="right") - 1 - place * self.length


def _outcomes(mix: tuple[float, ...], visit: Floats, rng: np.random.Generator) -> Ints:
    """Outcomes from the mix of a band in which visits speed up only the cause `resolved`."""
    weight = np.array(mix)[:, None] * np.ones(len(visit))
    weight[RESOLVED] *= visit
    threshold = np.cumsum(weight, axis=0) / weight.sum(axis=0)
    draw = rng.random(len(visit))
    return np.minimum((draw > threshold).sum(axis=0), len(mix) - 1)
