"""Requests to rate and what came back: many do not answer, fewer still when nothing was solved."""

from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from pipelines.simulate import labels, mixes
from pipelines.simulate.calendar import day_number
from pipelines.simulate.cases import Cases
from pipelines.simulate.scenario import Flags, Ints
from pipelines.simulate.steps import DAY, Progress
from pipelines.simulate.world import World

SYSTEM_SINCE = date(2014, 7, 1)
ASKED_SHARE, ASKED_TWICE_SHARE = 0.60, 0.45
ANSWERED_PROMPT, ANSWERED_LATE = 0.62, 0.42
MEAN_ANSWER_SECONDS = 3 * DAY
LATE_DAYS = 60
# By rating: who says, when called back, that the matter is solved.
SOLVED_SHARE = (0.92, 0.70, 0.15)
RATINGS_PROMPT, RATINGS_LATE = (0.58, 0.27, 0.15), (0.34, 0.30, 0.36)
METHOD_MIX = (0.40, 0.30, 0.25, 0.05)
EXCLUDED_SHARE = 0.01
NO_ANSWER = -1


@dataclass(frozen=True, slots=True)
class Evaluations:
    """Requests of one city, ordered by case and target; arrays of equal length.

    Attributes:
        case: index of the case within the city.
        target, method: indices into `labels`.
        asked, answered: seconds since 2003-01-01; answered is NO_ANSWER where nothing came.
        rating: index into labels.RATINGS, or NO_ANSWER.
        solved: index into labels.YES_NO where a call-back was answered, else NO_ANSWER.
        exclusion: index into labels.EXCLUSIONS, or NO_ANSWER.
    """

    case: Ints
    target: Ints
    method: Ints
    asked: Ints
    answered: Ints
    rating: Ints
    solved: Ints
    exclusion: Ints

    def where(self, kept: Flags) -> "Evaluations":
        """The requests that are kept."""
        return Evaluations(*(getattr(self, column.name)[kept] for column in fields(self)))


def draw_evaluations(
    world: World, cases: Cases, progress: Progress, rng: np.random.Generator
) -> Evaluations:
    """Draw the requests that follow the replies to a piece of cases."""
    end = world.calendar.seen * DAY - 1
    replied = progress.replied >= day_number(SYSTEM_SINCE) * DAY
    asked_of = np.flatnonzero(replied & (rng.random(len(replied)) < ASKED_SHARE))
    row = np.repeat(asked_of, 1 + (rng.random(len(asked_of)) < ASKED_TWICE_SHARE))
    target = (np.diff(row, prepend=-1) == 0).astype(np.int64)
    asked = progress.replied[row] + rng.integers(DAY // 12, 3 * DAY, len(row))
    row, target, asked = (column[asked <= end] for column in (row, target, asked))
    n = len(row)
    is_late = cases.endings.days[row] > LATE_DAYS
    answers = rng.random(n) < np.where(is_late, ANSWERED_LATE, ANSWERED_PROMPT)
    answered = asked + 60 + rng.exponential(MEAN_ANSWER_SECONDS, n).astype(np.int64)
    answers &= answered <= end
    draw = rng.random(n)
    rating = np.where(is_late, mixes.pick(RATINGS_LATE, draw), mixes.pick(RATINGS_PROMPT, draw))
    excluded = rng.random(n) < EXCLUDED_SHARE
    method = mixes.pick(METHOD_MIX, rng.random(n))
    solved = (rng.random(n) < np.array(SOLVED_SHARE)[rating]).astype(np.int64)
    return Evaluations(
        case=cases.first + row,
        target=target,
        method=method,
        asked=asked,
        answered=np.where(answers, answered, NO_ANSWER),
        rating=np.where(answers, rating, NO_ANSWER),
        solved=np.where(answers & (method == labels.METHODS.index("回访")), solved, NO_ANSWER),
        exclusion=np.where(excluded, rng.integers(0, 2, n), NO_ANSWER),
    )
