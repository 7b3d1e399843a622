"""The courts' platform: letters to courts and their seven steps, of a whole province in one file.

Letters arise where and when petitions do, but they are no petitions: nothing links the two.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.simulate import columns, labels, mixes
from pipelines.simulate.calendar import day_number
from pipelines.simulate.cases import OFFICE_HOURS
from pipelines.simulate.places import HIGH_COURT
from pipelines.simulate.scenario import Flags, Ints, Stream
from pipelines.simulate.steps import DAY
from pipelines.simulate.world import World

COURTS_SINCE = date(2019, 7, 1)
LETTERS_PER_CASE, FEWEST_LETTERS = 0.006, 40
LEVEL_MIX, MATTER_MIX = (0.70, 0.25, 0.05), (0.25, 0.35, 0.25, 0.05, 0.10)
# Days from receipt to the scan; the last group is late. A few letters leave no trace of a scan.
SCAN_DAYS, SCAN_MIX, UNSCANNED_SHARE = (0, 1, 4, 9), (0.60, 0.25, 0.13, 0.02), 0.03
SCAN_LIMIT = 7
SCAN, HANDLE, TRANSFER, RELIEF, FEEDBACK, TERMINATE, SUPERVISE = range(7)
SHARE_OF_NODE = (1 - UNSCANNED_SHARE, 1.0, 0.50, 0.08, 0.95, 0.12, 0.06)
DAYS_TO_NODE = ((0, 1), (1, 8), (1, 6), (5, 30), (5, 45), (5, 31), (5, 60))
RELIEF_BANDS = (0.0, 0.45, 0.40, 0.15)


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters in order of receipt, and the seconds at which they pass each step.

    `at` is [letter, node]; -1 where the letter does not pass it, or not while exports see it.
    """

    place: Ints
    day: Ints
    level: Ints
    at: Ints

    def has(self, node: int) -> Flags:
        """True for letters that were seen to pass a step."""
        return self.at[:, node] >= 0


def draw_letters(world: World) -> Letters:
    """Draw the letters of the province."""
    rng = world.scenario.rng(Stream.COURTS)
    since, seen = day_number(COURTS_SINCE), world.calendar.seen
    n = max(FEWEST_LETTERS, round(LETTERS_PER_CASE * world.scenario.cases)) if since < seen else 0
    arrivals = np.cumsum(world.counts[:, since:].T)
    spot = np.searchsorted(arrivals, rng.random(n) * arrivals[-1:].sum(), side="right")
    day, place = np.divmod(np.sort(spot), world.places.count)
    day = day + since
    delay = np.array(SCAN_DAYS)[mixes.pick(SCAN_MIX, rng.random(n))]
    steps = np.stack([rng.integers(*span, n) for span in DAYS_TO_NODE], axis=1)
    passes = rng.random((n, len(SHARE_OF_NODE))) < np.array(SHARE_OF_NODE)
    steps[:, SCAN] = delay
    days = day[:, None] + np.cumsum(np.where(passes, steps, 0), axis=1)
    at = days * DAY + rng.integers(*OFFICE_HOURS, n)[:, None] + 60 * np.arange(passes.shape[1])
    at = np.where(passes & (days < seen), at, -1)
    return Letters(place, day, mixes.pick(LEVEL_MIX, rng.random(n)), at)


def letter_rows(world: World, letters: Letters) -> pl.DataFrame:
    """申诉信访来信."""
    rng = world.scenario.rng(Stream.COURTS, 1)
    n = len(letters.day)
    band = 1 + mixes.pick(RELIEF_BANDS[1:], rng.random(n))
    terminated = letters.at[:, TERMINATE]
    year = world.calendar.year[letters.day]
    return pl.DataFrame(
        {
            "来信编号": _letter_numbers(np.arange(n)),
            "案号": columns.yearly_numbered("AH-", year, rng.integers(1, 99_999, n)),
            "承办法院": columns.words(_courts(world, letters), world.places.offices),
            "法院层级": columns.words(letters.level, labels.COURT_LEVELS),
            "法院所在地": columns.words(
                world.places.code[letters.place, letters.day], world.places.codes
            ),
            "收信日期": columns.chinese_dates(letters.day * DAY),
            "扫描时间": columns.chinese_moments(letters.at[:, SCAN]),
            "事项类别": columns.words(mixes.pick(MATTER_MIX, rng.random(n)), labels.COURT_MATTERS),
            "处理结果": columns.words(_outcomes(letters), labels.COURT_OUTCOMES),
            "司法救助": columns.yes_no(letters.has(RELIEF)),
            "救助档次": columns.words(np.where(letters.has(RELIEF), band, 0), labels.RELIEF_BANDS),
            "终结日期": columns.chinese_dates(terminated),
            "启动监督": columns.yes_no(letters.has(SUPERVISE)),
        }
    )


def step_rows(world: World, letters: Letters) -> pl.DataFrame:
    """申诉信访节点."""
    letter, node = np.nonzero(letters.at >= 0)
    n = len(letter)
    high = world.places.offices.index(HIGH_COURT)
    city_court = high + 1 + world.places.city[letters.place[letter]]
    moved = node == TRANSFER
    return pl.DataFrame(
        {
            "节点编号": columns.numbered("C00-D", np.arange(1, n + 1), 8),
            "来信编号": _letter_numbers(letter),
            "节点": columns.words(node, labels.COURT_NODES),
            "节点时间": columns.chinese_moments(letters.at[letter, node]),
            "转出法院": columns.words(np.where(moved, high, -1), world.places.offices),
            "转入法院": columns.words(np.where(moved, city_court, -1), world.places.offices),
        }
    )


def planted(letters: Letters) -> Counter[str]:
    """Letters, and those whose scan left no trace or came more than a week late."""
    scanned = letters.at[:, SCAN] // DAY
    late = letters.has(SCAN) & (scanned > letters.day + SCAN_LIMIT)
    return Counter(
        court_letters=len(letters.day),
        court_letters_unscanned=int((~letters.has(SCAN)).sum()),
        court_letters_scanned_late=int(late.sum()),
    )


def _letter_numbers(letter: Ints) -> pl.Series:
    return columns.numbered(f"{HIGH_COURT}-L", letter + 1, 7)


def _courts(world: World, letters: Letters) -> Ints:
    """The high court, or the intermediate court of the city; basic courts are not listed."""
    high = world.places.offices.index(HIGH_COURT)
    city = world.places.city[letters.place]
    is_high, is_intermediate = (letters.level == n for n in (labels.HIGH, labels.INTERMEDIATE))
    return np.select([is_high, is_intermediate], [high, high + 1 + city], -1)


def _outcomes(letters: Letters) -> Ints:
    """The weightiest thing that happened; empty as long as no feedback was given."""
    told = letters.has(FEEDBACK)
    happened = [letters.has(node) for node in (TERMINATE, SUPERVISE, RELIEF, TRANSFER)]
    return np.where(told, np.select(happened, [4, 3, 2, 1], 0), -1)
