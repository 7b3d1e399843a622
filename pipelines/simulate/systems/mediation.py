"""Mediation on two levels: on the spot in villages and grids, and in one-stop centres.

Disputes arise where and when cases do, of the same classes. What a village cannot settle goes up
and is registered as a case; some cases that reach a centre are settled there.
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.simulate import columns, frames, labels, mixes
from pipelines.simulate.calendar import day_number
from pipelines.simulate.scenario import Flags, Ints, Stream

CENTRE_SINCE = date(2020, 4, 1)
CENTRE_PER_CASE, VILLAGE_PER_CASE = 0.09, 0.05
CENTRE_LINKED, VILLAGE_ESCALATED = 0.25, 0.10
# Results in the order of labels.MEDIATION_RESULTS: agreed, failed, withdrawn, litigation.
CENTRE_RESULTS, VILLAGE_RESULTS = (0.86, 0.06, 0.04, 0.04), (0.93, 0.04, 0.03)
KIND_MIX = (0.60, 0.15, 0.10, 0.15)
TOWNSHIP_SHARE = 0.30
EXTRA_PARTIES = 0.3
CENTRE_DAYS, VILLAGE_DAYS = (2.0, 7.0), (1.5, 2.0)
PERFORMED_SHARE, PERFORMED_DAYS, AGREEMENT_DAYS = 0.92, (0, 45), 30
CONFIRMED_SHARE = 0.15


def centre_rows(register: frames.Register) -> pl.DataFrame:
    """一站式调解."""
    world, cases = register.world, register.cases
    rng = world.scenario.rng(Stream.MEDIATION, cases.city, 0)
    since = cases.day >= day_number(CENTRE_SINCE)
    case = np.flatnonzero(since & (rng.random(cases.count) < CENTRE_PER_CASE))
    n, seen = len(case), world.calendar.seen
    applied = cases.day[case]
    accepted = applied + rng.integers(0, 4, n)
    concluded = accepted + rng.gamma(*CENTRE_DAYS, n).astype(np.int64)
    is_over = concluded < seen
    result = np.where(is_over, mixes.pick(CENTRE_RESULTS, rng.random(n)), -1)
    agreed = result == labels.AGREED
    linked = (rng.random(n) < CENTRE_LINKED) & ~register.dirt.touches(case)
    tier = np.where(rng.random(n) < TOWNSHIP_SHARE, labels.TOWNSHIP, labels.COUNTY)
    code = cases.code[case]
    return pl.DataFrame(
        {
            "调解编号": columns.numbered(f"{register.office}-T", np.arange(1, n + 1), 7),
            "调解机构": columns.words(world.places.office_of_code[code], world.places.offices),
            "纠纷发生地": columns.words(code, world.places.codes),
            "层级": columns.words(tier, labels.TIERS),
            "调解类别": columns.words(mixes.pick(KIND_MIX, rng.random(n)), labels.MEDIATION_KINDS),
            "内容分类": columns.words(cases.content[case], labels.CONTENTS),
            "当事方数": columns.whole(2 + rng.poisson(EXTRA_PARTIES, n)),
            "申请日期": columns.dates(applied),
            "受理日期": columns.dates(np.where(accepted < seen, accepted, -1)),
            "办结日期": columns.dates(np.where(is_over, concluded, -1)),
            "调解结果": columns.words(result, labels.MEDIATION_RESULTS),
            "协议履行期限": columns.dates(np.where(agreed, concluded + AGREEMENT_DAYS, -1)),
            "履行日期": columns.dates(_performed(agreed, concluded, seen, rng)),
            "信访编号": _numbers(register, case, linked),
            "司法确认": columns.yes_no(agreed & (rng.random(n) < CONFIRMED_SHARE)),
        }
    )


def village_rows(register: frames.Register) -> pl.DataFrame:
    """村社调解: those that go up end before the case is registered that they become."""
    world, cases = register.world, register.cases
    rng = world.scenario.rng(Stream.MEDIATION, cases.city, 1)
    case = np.flatnonzero(rng.random(cases.count) < VILLAGE_PER_CASE)
    n, seen = len(case), world.calendar.seen
    length = rng.gamma(*VILLAGE_DAYS, n).astype(np.int64)
    escalated = (rng.random(n) < VILLAGE_ESCALATED) & ~register.dirt.touches(case)
    escalated &= cases.day[case] >= length
    applied = np.where(escalated, cases.day[case] - length, cases.day[case])
    concluded = applied + length
    is_over = concluded < seen
    result = mixes.pick(VILLAGE_RESULTS, rng.random(n))
    result = np.where(escalated, labels.ESCALATED, np.where(is_over, result, -1))
    tier = np.where(rng.random(n) < TOWNSHIP_SHARE, labels.TOWNSHIP, labels.VILLAGE)
    code = world.places.code[cases.place[case], applied]
    order = np.argsort(applied, kind="stable")
    rows = pl.DataFrame(
        {
            "所在地": columns.words(code, world.places.codes),
            "层级": columns.words(tier, labels.TIERS),
            "内容分类": columns.words(cases.content[case], labels.CONTENTS),
            "当事方数": columns.whole(2 + rng.poisson(EXTRA_PARTIES, n)),
            "受理日期": columns.dates(applied),
            "办结日期": columns.dates(np.where(is_over, concluded, -1)),
            "调解结果": columns.words(result, labels.MEDIATION_RESULTS),
            "履行日期": columns.dates(_performed(result == labels.AGREED, concluded, seen, rng)),
            "信访编号": _numbers(register, case, escalated),
        }
    )
    number = columns.numbered(f"{register.office}-W", np.arange(1, n + 1), 7)
    return rows[pl.Series(order)].insert_column(0, number.alias("台账编号"))


def _performed(agreed: Flags, concluded: Ints, seen: int, rng: np.random.Generator) -> Ints:
    n = len(concluded)
    day = concluded + rng.integers(*PERFORMED_DAYS, n)
    return np.where(agreed & (rng.random(n) < PERFORMED_SHARE) & (day < seen), day, -1)


def _numbers(register: frames.Register, case: Ints, linked: Flags) -> pl.Series:
    number = pl.Series(np.where(linked, case, -1))
    return register.numbers.gather(number.set(number < 0, None))
