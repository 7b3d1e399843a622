"""Hard cases in a leader's charge, and promises made at receptions.

What becomes of a charge is what becomes of the case; a promise takes its own course.
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.simulate import columns, frames, labels, mixes
from pipelines.simulate.calendar import day_number
from pipelines.simulate.durations import RESOLVED, TERMINATED
from pipelines.simulate.scenario import Ints, Stream
from pipelines.simulate.systems.posts import post_ids, post_office
from pipelines.simulate.systems.visit_days import VisitBook
from pipelines.simulate.world import World

CHARGES_SINCE = date(2009, 4, 1)
HARD_AGE, CHARGED_SHARE = 90, 0.05
TAKEN_AFTER = (20, 80)
CHARGE_LIMITS = (60, 90, 180)
COUNTY_LEADERS_SHARE = 0.8
CHARGING_POSTS = 5

PROMISED_SHARE = 0.06
KIND_MIX = (0.25, 0.30, 0.25, 0.12, 0.08)
PROMISE_LIMITS = (90, 180, 365, 730)
START_DAYS = (3, 120)
# Time from start to completion is gamma with this shape, its mean a part of the time promised.
DONE_SHAPE, DONE_PART = 2.0, 0.8
VERIFIED_SHARE, VERIFIED_DAYS = 0.8, (3, 40)
VERIFIER_MIX = (0.55, 0.20, 0.20, 0.05)
MONTH_ONLY_SHARE = 0.2


def charge_rows(register: frames.Register) -> pl.DataFrame:
    """领导包案: some of the cases that stay open for long."""
    world, cases = register.world, register.cases
    rng = world.scenario.rng(Stream.CHARGES, cases.city)
    is_hard = (cases.closing_day - cases.day > HARD_AGE) & ~register.dirt.touches(cases.index)
    is_hard &= cases.day >= day_number(CHARGES_SINCE)
    case = np.flatnonzero(is_hard & (rng.random(cases.count) < CHARGED_SHARE))
    taken = cases.day[case] + rng.integers(*TAKEN_AFTER, len(case))
    case, taken = case[taken < world.calendar.seen], taken[taken < world.calendar.seen]
    n, seen = len(case), world.calendar.seen
    tier = np.where(rng.random(n) < COUNTY_LEADERS_SHARE, labels.COUNTY, labels.CITY)
    code = cases.code[case]
    office = post_office(world, tier, code, np.full(n, cases.city))
    closing, ending = cases.closing_day[case], cases.endings.outcome[case]
    is_closed = closing < seen
    outcome = np.select(
        [~is_closed, ending == RESOLVED, ending == TERMINATED],
        [labels.ONGOING, labels.CHARGE_RESOLVED, labels.CHARGE_TERMINATED],
        labels.HANDED_OVER,
    )
    return pl.DataFrame(
        {
            "包案编号": columns.numbered(f"{register.office}-B", np.arange(1, n + 1), 6),
            "信访编号": register.numbers.gather(pl.Series(case)),
            "职务编号": post_ids(world, office, rng.integers(1, CHARGING_POSTS + 1, n)),
            "领导层级": columns.words(tier, labels.TIERS),
            "问题属地": columns.words(world.places.code[cases.place[case], taken], _codes(world)),
            "包案日期": columns.dates(taken),
            "化解期限": columns.dates(taken + rng.choice(CHARGE_LIMITS, n)),
            "化解日期": columns.dates(np.where(outcome == labels.CHARGE_RESOLVED, closing, -1)),
            "包案结果": columns.words(outcome, labels.CHARGE_OUTCOMES),
        }
    )


def commitment_rows(book: VisitBook) -> pl.DataFrame:
    """承诺事项: promises made to batches whose problems were not solved on the spot."""
    world, receptions = book.world, book.receptions
    rng = world.scenario.rng(Stream.COMMITMENTS, book.sender)
    promised = (receptions.outcome > 0) & (rng.random(receptions.count) < PROMISED_SHARE)
    batch = np.flatnonzero(promised)
    visit, case = receptions.visit[batch], receptions.case[batch]
    made, n, seen = world.visits.day[visit], len(batch), world.calendar.seen
    limit = rng.choice(PROMISE_LIMITS, n)
    start = made + rng.integers(*START_DAYS, n)
    done = start + rng.gamma(DONE_SHAPE, DONE_PART * limit / DONE_SHAPE).astype(np.int64)
    verified = done + rng.integers(*VERIFIED_DAYS, n)
    is_verified = (verified < seen) & (rng.random(n) < VERIFIED_SHARE)
    verifier = np.where(is_verified, mixes.pick(VERIFIER_MIX, rng.random(n)), -1)
    return pl.DataFrame(
        {
            "承诺编号": columns.numbered(f"{book.office}-N", np.arange(1, n + 1), 6),
            "活动编号": book.visit_numbers.gather(pl.Series(visit)),
            "信访编号": book.case_numbers(case),
            "事项属地": columns.words(
                world.places.code[world.visits.place[visit], made], _codes(world)
            ),
            "承诺类别": columns.words(mixes.pick(KIND_MIX, rng.random(n)), labels.PROMISES),
            "承诺日期": columns.dates(made),
            "启动日期": columns.coarse_dates(_seen(start, seen), rng.random(n) < MONTH_ONLY_SHARE),
            "到期日期": columns.dates(made + limit),
            "完成日期": columns.coarse_dates(_seen(done, seen), rng.random(n) < MONTH_ONLY_SHARE),
            "核实日期": columns.dates(np.where(is_verified, verified, -1)),
            "核实者": columns.words(verifier, labels.VERIFIERS),
            "是否公开": columns.yes_no(rng.random(n) < 0.7),
        }
    )


def _seen(day: Ints, seen: int) -> Ints:
    return np.where(day < seen, day, -1)


def _codes(world: World) -> tuple[str, ...]:
    return world.places.codes
