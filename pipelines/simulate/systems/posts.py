"""Posts of leaders: how they are numbered, who holds which, and for how long.

A post is an office and a number in it. Nobody holds it by name anywhere in the simulator.
"""

import numpy as np
import polars as pl

from pipelines.simulate import columns, labels
from pipelines.simulate.scenario import Ints, Stream
from pipelines.simulate.world import World

# Posts of an office by tier; they outnumber the leaders that any one day asks for.
POSTS = {labels.PROVINCE: 40, labels.CITY: 20, labels.COUNTY: 12}
POST_KINDS = ("书记", "行政正职", "副职", "部门负责人")
FIRST_DEPUTY, FIRST_DEPARTMENT = 3, 6
TERM_DAYS = 1461


def post_ids(world: World, office: Ints, number: Ints) -> pl.Series:
    """职务编号, such as F0102-L03; a number of -1 becomes an empty cell."""
    frame = pl.DataFrame(
        {"office": columns.words(office, world.places.offices), "n": columns.whole(number)}
    )
    padded = pl.col("n").cast(pl.String).str.zfill(2)
    return frame.select(pl.concat_str(pl.col("office"), pl.lit("-L"), padded)).to_series()


def post_kinds(number: Ints) -> pl.Series:
    """职务类别 of posts by their number, which begins with 1."""
    bounds = (2, FIRST_DEPUTY, FIRST_DEPARTMENT)
    return columns.words(np.searchsorted(bounds, number, side="right"), POST_KINDS)


def post_office(world: World, tier: Ints, code: Ints, city: Ints) -> Ints:
    """The office whose leaders of a tier answer for a county code."""
    return np.select(
        [tier == labels.PROVINCE, tier == labels.CITY],
        [0, world.places.city_office(0) + city],
        world.places.office_of_code[code],
    )


def term_rows(world: World, sender: int) -> pl.DataFrame:
    """领导任期: every post of the sender and of the counties that it reports for.

    Terms follow one another without a gap as long as the county exists.
    """
    rng = world.scenario.rng(Stream.DUTIES, sender, 0)
    office, tier, first, end, region = _offices(world, sender)
    posts = np.array([POSTS[t] for t in range(len(POSTS))])[tier]
    row = np.repeat(np.arange(len(office)), posts)
    number = np.arange(len(row)) - np.searchsorted(row, row) + 1
    turns = np.arange(world.calendar.seen // TERM_DAYS + 2)
    begin = TERM_DAYS * turns[None, :] - rng.integers(0, TERM_DAYS, len(row))[:, None]
    until = np.minimum(begin + TERM_DAYS, end[row, None])
    begin = np.maximum(begin, first[row, None])
    post, turn = np.nonzero((begin < until) & (begin < world.calendar.seen))
    begin, until = begin[post, turn], until[post, turn]
    of = row[post]
    return pl.DataFrame(
        {
            "职务编号": post_ids(world, office[of], number[post]),
            "任职地": pl.Series(region).gather(pl.Series(of)),
            "职务层级": columns.words(tier[of], labels.TIERS),
            "职务类别": post_kinds(number[post]),
            "任职日期": columns.dates(begin),
            "离任日期": columns.dates(np.where(until < world.calendar.seen, until, -1)),
        }
    )


def _offices(world: World, sender: int) -> tuple[Ints, Ints, Ints, Ints, list[str]]:
    """Offices with leaders: index, tier, first day, day after the last one, region code."""
    places, seen = world.places, world.calendar.seen
    own = places.office_regions[sender]
    if sender == 0:
        zero = np.zeros(1, dtype=np.int64)
        return zero, zero + labels.PROVINCE, zero, zero + seen + TERM_DAYS, [own]
    lived = places.code[places.in_city(sender - places.city_office(0))]
    code = np.unique(lived[lived >= 0])
    present = np.stack([(lived == c).any(axis=0) for c in code])
    first = present.argmax(axis=1)
    end = present.shape[1] - present[:, ::-1].argmax(axis=1)
    return (
        np.concatenate([[sender], places.office_of_code[code]]),
        np.concatenate([[labels.CITY], np.full(len(code), labels.COUNTY)]),
        np.concatenate([[0], first]),
        np.concatenate([[seen + TERM_DAYS], end]),
        [own, *(places.codes[c] for c in code)],
    )
