"""The make-up of cases: shares of channel, class, purpose, tier and group size.

Invented, in the spirit of the published mixes listed in domain.md §14. Tuples follow the order of
`labels`.
"""

from datetime import date

import numpy as np

from pipelines.simulate.calendar import day_number
from pipelines.simulate.scenario import Flags, Floats, Ints

CONTENT_MIX = (
    0.24,
    0.13,
    0.09,
    0.11,
    0.07,
    0.06,
    0.05,
    0.05,
    0.04,
    0.04,
    0.03,
    0.02,
    0.02,
    0.01,
    0.01,
    0.01,
    0.02,
)
PURPOSE_MIX = (0.74, 0.10, 0.10, 0.02, 0.03, 0.01)
TIER_MIX = (0.06, 0.15, 0.55, 0.20, 0.04)
OPINION_MIX = (0.42, 0.22, 0.22, 0.14)
MEDIUM_MIX = (0.15, 0.45, 0.20, 0.10, 0.10)

# Channels except the leaders' visits: weight, first day, yearly change of the weight.
CHANNEL_WEIGHTS = (
    (0.38, date(2003, 1, 1), -0.05),
    (0.34, date(2003, 1, 1), -0.02),
    (0.14, date(2006, 7, 1), 0.01),
    (0.22, date(2014, 1, 1), 0.05),
    (0.04, date(2018, 3, 1), 0.02),
    (0.03, date(2021, 7, 1), 0.02),
)

# Persons = 1 + negative binomial (size, success probability): letters and the like, and visits.
PERSONS_ALONE = (0.25, 0.4)
PERSONS_VISITING = (0.5, 0.35)
MOST_PERSONS = 500


def pick(mix: tuple[float, ...], draw: Floats) -> Ints:
    """Indices drawn from a mix by uniform draws."""
    bounds = np.cumsum(mix)[:-1]
    return np.searchsorted(bounds, draw, side="right").astype(np.int64)


def pick_channel(day: Ints, days: int, draw: Floats) -> Ints:
    """The channel of each case, from the channels that are open on its day."""
    bounds = _channel_bounds(days)
    return (draw[:, None] >= bounds[day]).sum(axis=1)


def persons(visiting: Flags, rng: np.random.Generator) -> Ints:
    """Persons in each submission, at least 1; `visiting` marks those who came in person."""
    alone = rng.negative_binomial(*PERSONS_ALONE, len(visiting))
    group = rng.negative_binomial(*PERSONS_VISITING, len(visiting))
    return np.minimum(1 + np.where(visiting, group, alone), MOST_PERSONS)


def _channel_bounds(days: int) -> Floats:
    day = np.arange(days)
    columns: list[Floats] = []
    for weight, start, yearly in CHANNEL_WEIGHTS:
        age = day - day_number(start)
        columns.append(np.where(age >= 0, weight * np.exp(yearly * age / 365.25), 0.0))
    total = np.cumsum(np.stack(columns, axis=1), axis=1)
    return (total / total[:, -1:])[:, :-1]
