"""What offices promise and propose: the reception calendar, yearly letters, policy suggestions."""

from datetime import date

import numpy as np
import polars as pl

from pipelines.simulate import columns, frames, labels, mixes
from pipelines.simulate.calendar import day_number
from pipelines.simulate.places import PROVINCE_OFFICE
from pipelines.simulate.scenario import START, Ints, Stream
from pipelines.simulate.systems.posts import post_ids, post_office
from pipelines.simulate.visits import NEVER
from pipelines.simulate.world import World, reporting_office

CALENDAR_SINCE = date(2017, 3, 1)
PUBLISHED_AHEAD = (10, 28)
# Beside each reception day of a county, once a month: tier, mode, kind of place, minutes.
EVERY_MONTH = (
    (labels.COUNTY, labels.ON_DUTY, 1, 480),
    (labels.TOWNSHIP, labels.ANY_TIME, 2, 480),
    (labels.VILLAGE, labels.AT_THE_DOOR, 4, 120),
)
VISIT_MINUTES = 240

LETTERS_FROM_DAY, LETTERS_TO_DAY = 4, 50
TOWNSHIPS, VILLAGES = 6, 10

SUGGESTIONS_PER_YEAR = 4
SUGGESTION_KINDS, ADOPTION_MIX = (0.55, 0.35, 0.10), (0.45, 0.30, 0.25)
REPLY_LIMIT, REPLY_SHAPE, REPLY_MEAN = 30, 3.0, 24.0


def calendar_rows(world: World, sender: int) -> pl.DataFrame:
    """接访日历: the visits as announced, whatever became of them, and what is standing."""
    rng = world.scenario.rng(Stream.DUTIES, sender, 1)
    visits, places = world.visits, world.places
    since = visits.day >= day_number(CALENDAR_SINCE)
    mine = np.flatnonzero(since & (reporting_office(world) == sender))
    county = mine[visits.is_fixed[mine] & (visits.day[mine] < world.calendar.seen)]
    standing = len(county)
    kinds = [np.repeat([kind], standing, axis=0) for kind in EVERY_MONTH]
    own = np.stack(
        [
            visits.tier[mine],
            visits.mode[mine],
            np.where(visits.is_fixed[mine], 0, 1),
            np.full(len(mine), VISIT_MINUTES),
        ],
        axis=1,
    )
    tier, mode, kind, minutes = np.concatenate([own, *kinds]).T
    visit = np.concatenate([mine, *[county] * len(EVERY_MONTH)])
    is_visit = np.arange(len(visit)) < len(mine)
    shift = np.where(is_visit, 0, rng.integers(-10, 10, len(visit)))
    day = np.clip(visits.day[visit] + shift, 0, None)
    published = day - rng.integers(*PUBLISHED_AHEAD, len(visit))
    code = places.code[visits.place[visit], day]
    office = post_office(world, tier, code, places.city[visits.place[visit]])
    number = pl.Series(np.where(is_visit, visit, NEVER))
    index = np.arange(1, len(visit) + 1)
    return pl.DataFrame(
        {
            "安排编号": columns.numbered(f"{places.offices[sender]}-R", index, 6),
            "接访地": columns.words(code, places.codes),
            "承办机构": columns.words(office, places.offices),
            "接访层级": columns.words(tier, labels.TIERS),
            "接访方式": columns.words(mode, labels.CALENDAR_MODES),
            "职务编号": post_ids(world, office, np.where(is_visit, 1, -1)),
            "安排日期": columns.dates(day),
            "安排时长（分钟）": columns.whole(minutes),
            "地点类别": columns.words(kind, labels.PLACES),
            "公布日期": columns.dates(np.minimum(published, world.calendar.seen - 1)),
            "活动编号": frames.visit_numbers(world, sender).gather(
                number.set(number == NEVER, None)
            ),
        }
    )


def letter_rows(world: World) -> pl.DataFrame:
    """责任书: each year from the province down to the villages; all of them are signed."""
    rng = world.scenario.rng(Stream.DUTIES, PROVINCE_OFFICE, 2)
    years = range(START.year, world.scenario.until.year + 1)
    letters = pl.concat([_letters_of(world, year, rng) for year in years])
    letters = letters.filter(pl.col("签订日期") <= world.scenario.until)
    number = columns.numbered("F00-Z", np.arange(1, len(letters) + 1), 7)
    return letters.insert_column(0, number.alias("责任书编号"))


def _letters_of(world: World, year: int, rng: np.random.Generator) -> pl.DataFrame:
    new_year = day_number(date(year, 1, 1))
    places = world.places
    codes = [places.codes[c] for c in np.unique(places.code[:, new_year])]
    cities = [places.office_regions[places.city_office(c)] for c in range(places.cities)]
    region = [*cities, *codes, *codes * TOWNSHIPS, *codes * VILLAGES]
    sizes = (len(cities), len(codes), len(codes) * TOWNSHIPS, len(codes) * VILLAGES)
    signer = np.repeat(np.arange(len(sizes)), sizes)
    # A lower tier signs after the one above it.
    day = new_year + LETTERS_FROM_DAY + rng.integers(0, LETTERS_TO_DAY // 4, len(signer))
    day += signer * (LETTERS_TO_DAY // 4)
    return pl.DataFrame(
        {
            "责任年度": pl.repeat(year, len(signer), eager=True),
            "签发层级": columns.words(signer, labels.TIERS),
            "承诺层级": columns.words(signer + 1, labels.TIERS),
            "承诺地区": region,
            "签订日期": columns.dates(day),
        }
    )


def suggestion_rows(world: World, sender: int) -> pl.DataFrame:
    """政策建议: a few a year; most are answered within the limit, some after it."""
    rng = world.scenario.rng(Stream.DUTIES, sender, 3)
    seen = world.calendar.seen
    made = np.sort(rng.integers(0, seen, rng.poisson(SUGGESTIONS_PER_YEAR * seen / 365.25)))
    n = len(made)
    replied = made + 1 + rng.gamma(REPLY_SHAPE, REPLY_MEAN / REPLY_SHAPE, n).astype(np.int64)
    is_told = replied < seen
    adoption: Ints = np.where(is_told, mixes.pick(ADOPTION_MIX, rng.random(n)), -1)
    office = world.places.offices[sender]
    return pl.DataFrame(
        {
            "建议编号": columns.numbered(f"{office}-A", np.arange(1, n + 1), 5),
            "提出机构": pl.repeat(office, n, eager=True),
            "涉及地区": pl.repeat(world.places.office_regions[sender], n, eager=True),
            "提出日期": columns.dates(made),
            "内容分类": columns.words(
                mixes.pick(mixes.CONTENT_MIX, rng.random(n)), labels.CONTENTS
            ),
            "建议类别": columns.words(
                mixes.pick(SUGGESTION_KINDS, rng.random(n)), labels.SUGGESTIONS
            ),
            "答复期限": columns.dates(made + REPLY_LIMIT),
            "答复日期": columns.dates(np.where(is_told, replied, -1)),
            "采纳情况": columns.words(adoption, labels.ADOPTIONS),
        }
    )
