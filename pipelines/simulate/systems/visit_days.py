"""What surrounds a visit: registrations before it, who was there, and its totals.

One office sends all of it beside the register of its visits and receptions.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.simulate import columns, frames, labels, mixes
from pipelines.simulate.cases import OFFICE_HOURS
from pipelines.simulate.receptions import NO_CASE, Receptions
from pipelines.simulate.scenario import Ints, Stream
from pipelines.simulate.steps import DAY
from pipelines.simulate.systems.posts import POSTS, post_ids, post_kinds, post_office
from pipelines.simulate.world import World, reporting_office

# Of the batches at a visit, how many had registered; and who registered and did not come, per
# batch. The two need not add up to the batches: on the article's day more came than had registered.
REGISTERED_SHARE, ABSENT_SHARE = 0.85, 0.06
REGISTRATION_DAYS = 3
OPEN_MINUTES, OPEN_MINUTES_FIXED = 480, 180


@dataclass(frozen=True, slots=True)
class VisitBook:
    """The receptions that one office reports, and the cases that it can tie to them.

    Attributes:
        world: the world.
        sender: index of the office.
        receptions: its batches.
        numbers: 信访编号 of its cases; the province has none of its own.
        content: class of its cases.
    """

    world: World
    sender: int
    receptions: Receptions
    numbers: pl.Series
    content: Ints

    @property
    def office(self) -> str:
        """The office."""
        return self.world.places.offices[self.sender]

    @property
    def visit_numbers(self) -> pl.Series:
        """活动编号 of every visit of the world, as the office writes it."""
        return frames.visit_numbers(self.world, self.sender)

    def case_numbers(self, case: Ints) -> pl.Series:
        """信访编号 of cases; empty for NO_CASE."""
        number = pl.Series(case)
        return self.numbers.gather(number.set(number == NO_CASE, None))


def held_visits(world: World, sender: int) -> Ints:
    """Numbers of the visits that were held and that the office reports."""
    return np.flatnonzero(world.visits.is_held & (reporting_office(world) == sender))


def leader_rows(world: World, sender: int) -> pl.DataFrame:
    """到场领导: as many posts as the register of visits counts leaders, each at one place a day."""
    visits, places = world.visits, world.places
    mine = held_visits(world, sender)
    tier, day = visits.tier[mine], visits.day[mine]
    office = post_office(world, tier, places.code[visits.place[mine], day], _city(world, mine))
    posts = np.array([POSTS[t] for t in range(len(POSTS))])[tier]
    before = _leaders_before(office * world.calendar.days + day, visits.leaders[mine])
    row = np.repeat(np.arange(len(mine)), visits.leaders[mine])
    place_in_row = np.arange(len(row)) - np.searchsorted(row, row)
    # The turn moves on every month, so that it is not always the same posts that go.
    number = (day[row] // 30 + before[row] + place_in_row) % posts[row] + 1
    return pl.DataFrame(
        {
            "活动编号": frames.visit_numbers(world, sender).gather(pl.Series(mine[row])),
            "职务编号": post_ids(world, office[row], number),
            "职务层级": columns.words(tier[row], labels.TIERS),
            "职务类别": post_kinds(number),
        }
    )


def registration_rows(book: VisitBook) -> pl.DataFrame:
    """下访预约登记: the batches that had registered, and those who registered and did not come."""
    world, receptions = book.world, book.receptions
    rng = world.scenario.rng(Stream.VISIT_DAYS, book.sender, 0)
    visits, n = world.visits, receptions.count
    told = ~visits.is_fixed[receptions.visit]
    came = np.flatnonzero(told & (rng.random(n) < REGISTERED_SHARE))
    absent = np.flatnonzero(told & (rng.random(n) < ABSENT_SHARE))
    batch = np.concatenate([came, absent])
    has_come = np.arange(len(batch)) < len(came)
    order = np.argsort(receptions.visit[batch], kind="stable")
    batch, has_come = batch[order], has_come[order]
    visit, case = receptions.visit[batch], receptions.case[batch]
    day = visits.day[visit] - rng.integers(1, REGISTRATION_DAYS + 1, len(batch))
    content = mixes.pick(mixes.CONTENT_MIX, rng.random(len(batch)))
    is_tied = case != NO_CASE
    content[is_tied] = book.content[case[is_tied]]
    index = np.arange(1, len(batch) + 1)
    came_as = columns.numbered(f"{book.office}-J", batch + 1, 7)
    return pl.DataFrame(
        {
            "登记编号": columns.numbered(f"{book.office}-Y", index, 7),
            "活动编号": book.visit_numbers.gather(pl.Series(visit)),
            "登记点": columns.words(
                world.places.code[visits.place[visit], day], world.places.codes
            ),
            "登记时间": columns.moments(day * DAY + rng.integers(*OFFICE_HOURS, len(batch))),
            "登记人数": columns.whole(receptions.persons[batch]),
            "内容分类": columns.words(content, labels.CONTENTS),
            "信访编号": book.case_numbers(np.where(has_come, case, NO_CASE)),
            "批次编号": came_as.set(pl.Series(~has_come), None),
            "登记人姓名": columns.invented_names(batch + visit, labels.SURNAMES),
            "联系电话": columns.invented_phones(batch),
        }
    )


def total_rows(book: VisitBook, registrations: pl.DataFrame) -> pl.DataFrame:
    """下访日汇总: the sums of the register, as the organiser reports them that evening."""
    visits, receptions = book.world.visits, book.receptions
    mine = held_visits(book.world, book.sender)

    def total(amount: Ints) -> pl.Series:
        sums = np.bincount(receptions.visit, weights=amount, minlength=visits.count)
        return pl.Series(sums[mine].astype(np.int64))

    number = book.visit_numbers.gather(pl.Series(mine))
    registered = registrations.group_by("活动编号").len("登记件数")
    totals = pl.DataFrame(
        {
            "活动编号": number,
            "接待批次": total(np.ones(receptions.count, dtype=np.int64)),
            "接待人次": total(receptions.persons),
            "反映问题数": total(receptions.problems),
            "当场化解数": total(receptions.solved),
            "接待室数": columns.whole(visits.rooms[mine]),
            "到场领导数": columns.whole(visits.leaders[mine]),
            "接待时长（分钟）": columns.whole(
                np.where(visits.is_fixed[mine], OPEN_MINUTES_FIXED, OPEN_MINUTES)
            ),
        }
    )
    return totals.join(registered, on="活动编号", how="left", maintain_order="left").select(
        "活动编号",
        pl.col("登记件数").fill_null(0),
        *totals.columns[1:],
    )


def _city(world: World, visit: Ints) -> Ints:
    return world.places.city[world.visits.place[visit]]


def _leaders_before(group: Ints, leaders: Ints) -> Ints:
    """Leaders that earlier visits of the same group take: of the same office and day."""
    order = np.argsort(group, kind="stable")
    running = np.cumsum(leaders[order]) - leaders[order]
    start = np.searchsorted(group[order], group[order])
    before = np.empty(len(group), dtype=np.int64)
    before[order] = running - running[start]
    return before
