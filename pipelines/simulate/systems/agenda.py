"""Which hard cases a city takes to its leaders' visits, and which old ones it clears before.

Candidates are cases that are really open on the day of the visit; a case that counts as cleared
before the visit really closes between the screening and the visit.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.simulate import columns, frames, labels
from pipelines.simulate.durations import RESOLVED
from pipelines.simulate.scenario import Flags, Ints, Stream
from pipelines.simulate.systems.visit_days import held_visits
from pipelines.simulate.visits import NEVER

# As at the visit of the article: sixteen short-listed, nine taken.
CANDIDATES, TAKEN = 16, 9
SCREENED = 30
TRIES = 128
CANDIDATE_AGE, SCREENED_AGE = (0, 365), (60, 1095)
UNANNOUNCED_LEAD = 7
REFERRED_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class Choice:
    """Cases chosen for visits: visit numbers, case indices and the first day of preparation."""

    visit: Ints
    case: Ints
    begin: Ints

    @property
    def rank(self) -> Ints:
        """Place of each case among those of its visit, from 0."""
        return np.arange(len(self.visit)) - np.searchsorted(self.visit, self.visit)


def choose(register: frames.Register) -> tuple[Choice, Choice]:
    """The candidates for the visits of a city's leaders, and the old cases that were screened."""
    world = register.world
    rng = world.scenario.rng(Stream.VISIT_DAYS, world.places.city_office(register.cases.city), 1)
    mine = held_visits(world, world.places.city_office(register.cases.city))
    mine = mine[world.visits.tier[mine] == labels.CITY]
    candidates = _draw(register, mine, CANDIDATE_AGE, CANDIDATES, rng)
    day = world.visits.day[candidates.visit]
    is_open = register.cases.closing_day[candidates.case] > day
    candidates = Choice(
        candidates.visit[is_open], candidates.case[is_open], candidates.begin[is_open]
    )
    return candidates, _draw(register, mine, SCREENED_AGE, SCREENED, rng)


def agenda_rows(register: frames.Register, chosen: Choice) -> pl.DataFrame:
    """下访候选件."""
    taken = _is_taken(chosen)
    return pl.DataFrame(
        {
            "活动编号": _visit_numbers(register).gather(pl.Series(chosen.visit)),
            "信访编号": register.numbers.gather(pl.Series(chosen.case)),
            "列入日期": columns.dates(chosen.begin),
            "是否候选": columns.yes_no(np.ones(len(taken), dtype=np.bool_)),
            "是否选定": columns.yes_no(taken),
        }
    )


def screening_rows(register: frames.Register, screened: Choice, agenda: Choice) -> pl.DataFrame:
    """积案排查: what closes before the visit is cleared; the rest goes on."""
    world, cases = register.world, register.cases
    rng = world.scenario.rng(Stream.VISIT_DAYS, world.places.city_office(cases.city), 2)
    closing = cases.closing_day[screened.case]
    cleared = is_cleared(register, screened)
    listed = np.isin(
        screened.visit * cases.count + screened.case, agenda.visit * cases.count + agenda.case
    )
    referred = rng.random(len(closing)) < REFERRED_SHARE
    finding = np.select([cleared, listed, referred], [0, 2, 3], 1)
    code = world.places.code[cases.place[screened.case], screened.begin]
    return pl.DataFrame(
        {
            "活动编号": _visit_numbers(register).gather(pl.Series(screened.visit)),
            "信访编号": register.numbers.gather(pl.Series(screened.case)),
            "排查地": columns.words(code, world.places.codes),
            "排查日期": columns.dates(screened.begin),
            "排查处理": columns.words(finding, labels.FINDINGS),
            "化解日期": columns.dates(np.where(cleared, closing, -1)),
        }
    )


def planted(register: frames.Register, agenda: Choice, screened: Choice) -> Counter[str]:
    """Candidates and those taken; screened cases and those cleared before the visit."""
    return Counter(
        agenda_candidates=len(agenda.visit),
        agenda_taken=int(_is_taken(agenda).sum()),
        screened_cases=len(screened.visit),
        screened_cases_cleared=int(is_cleared(register, screened).sum()),
    )


def is_cleared(register: frames.Register, screened: Choice) -> Flags:
    """True for screened cases that were resolved before the day of the visit."""
    closing = register.cases.closing_day[screened.case]
    resolved = register.cases.endings.outcome[screened.case] == RESOLVED
    return resolved & (closing < register.world.visits.day[screened.visit])


def _draw(
    register: frames.Register,
    mine: Ints,
    age: tuple[int, int],
    most: int,
    rng: np.random.Generator,
) -> Choice:
    """Draw open cases of the visited place by age at the first notice, the oldest first."""
    visits, cases = register.world.visits, register.cases
    notice = np.where(
        visits.notice[mine] == NEVER, visits.day[mine] - UNANNOUNCED_LEAD, visits.notice[mine]
    )
    days = register.world.calendar.days
    key = cases.place * days + cases.day
    order = np.argsort(key, kind="stable")
    base = visits.place[mine] * days
    first = np.searchsorted(key[order], base + np.maximum(notice - age[1], 0))
    last = np.searchsorted(key[order], base + np.maximum(notice - age[0], 0))
    spot = first[:, None] + (rng.random((len(mine), TRIES)) * (last - first)[:, None]).astype(int)
    spot = np.sort(spot, axis=1)
    fits = np.diff(spot, axis=1, prepend=-1) > 0
    fits &= (last > first)[:, None]
    case = order[np.minimum(spot, len(order) - 1)]
    fits &= (cases.closing_day[case] > notice[:, None]) & ~register.dirt.touches(case)
    fits &= np.cumsum(fits, axis=1) <= most
    row, column = np.nonzero(fits)
    return Choice(mine[row], case[row, column], notice[row])


def _is_taken(chosen: Choice) -> Flags:
    """The first nine of sixteen, or as large a part of a shorter list."""
    size = np.bincount(chosen.visit, minlength=1)[chosen.visit]
    return chosen.rank * CANDIDATES < TAKEN * size


def _visit_numbers(register: frames.Register) -> pl.Series:
    return frames.visit_numbers(
        register.world, register.world.places.city_office(register.cases.city)
    )
