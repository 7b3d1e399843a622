"""The sentinel mini-program: what sentinels report, how soon it is passed on, what becomes a case.

Every case of the channel 哨点 has a report; more reports are dealt with without one.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.simulate import columns, frames, labels, mixes
from pipelines.simulate.cases import OPEN_HOURS
from pipelines.simulate.scenario import Ints, Stream
from pipelines.simulate.steps import DAY

NO_CASE = -1
WITHOUT_CASE = 3
# Minutes from report to transfer: lognormal around the article's own example of 259 minutes.
DISPATCH_MEDIAN, DISPATCH_SIGMA = 259.0, 0.9
CLOSING_MEDIAN_DAYS, CLOSING_SIGMA = 3.0, 0.8
BEFORE_CASE = (300, 7200)
LEVEL_MIX, REPORTER_MIX = (0.60, 0.30, 0.10), (0.50, 0.30, 0.20)
REPEATED_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Reports:
    """Reports in order of time; seconds since 2003-01-01, -1 where the exports see nothing yet."""

    template: Ints
    case: Ints
    reported: Ints
    transferred: Ints
    closed: Ints


def draw_reports(register: frames.Register) -> Reports:
    """Draw the reports of a city; `template` is a case of the same place, day and class."""
    world, cases = register.world, register.cases
    rng = world.scenario.rng(Stream.SENTINELS, cases.city)
    of_channel = (cases.channel == labels.SENTINEL) & ~register.dirt.touches(cases.index)
    linked = np.flatnonzero(of_channel)
    template = np.repeat(linked, 1 + WITHOUT_CASE)
    n = len(template)
    is_linked = np.arange(n) % (1 + WITHOUT_CASE) == 0
    moment = cases.day[template] * DAY
    before = cases.second[template] - rng.integers(*BEFORE_CASE, n)
    reported = moment + np.where(is_linked, before, rng.integers(*OPEN_HOURS, n))
    minutes = DISPATCH_MEDIAN * np.exp(DISPATCH_SIGMA * rng.standard_normal(n))
    transferred = reported + 60 * np.maximum(minutes.astype(np.int64), 1)
    days = CLOSING_MEDIAN_DAYS * np.exp(CLOSING_SIGMA * rng.standard_normal(n))
    closed = transferred + np.maximum((days * DAY).astype(np.int64), 60)
    end = world.calendar.seen * DAY - 1
    order = np.argsort(reported, kind="stable")
    return Reports(
        template=template[order],
        case=np.where(is_linked, template, NO_CASE)[order],
        reported=reported[order],
        transferred=np.where(transferred <= end, transferred, -1)[order],
        closed=np.where(closed <= end, closed, -1)[order],
    )


def planted(reports: Reports) -> Counter[str]:
    """Reports, and those that became a case."""
    return Counter(
        sentinel_reports=len(reports.case),
        sentinel_reports_with_case=int((reports.case != NO_CASE).sum()),
    )


def report_rows(register: frames.Register, reports: Reports) -> pl.DataFrame:
    """民情暖哨."""
    world, cases = register.world, register.cases
    rng = world.scenario.rng(Stream.SENTINELS, cases.city, 1)
    n = len(reports.template)
    code = cases.code[reports.template]
    linked = pl.Series(reports.case)
    office = np.where(reports.transferred >= 0, world.places.office_of_code[code], -1)
    return pl.DataFrame(
        {
            "上报编号": columns.numbered(f"{register.office}-S", np.arange(1, n + 1), 7),
            "哨点层级": columns.words(mixes.pick(LEVEL_MIX, rng.random(n)), labels.LEVELS),
            "上报地": columns.words(code, world.places.codes),
            "内容分类": columns.words(cases.content[reports.template], labels.CONTENTS),
            "上报者": columns.words(mixes.pick(REPORTER_MIX, rng.random(n)), labels.REPORTERS),
            "上报时间": columns.moments(reports.reported),
            "转办时间": columns.moments(reports.transferred),
            "承办单位": columns.words(office, world.places.offices),
            "办结时间": columns.moments(reports.closed),
            "曾反映": columns.yes_no(rng.random(n) < REPEATED_SHARE),
            "信访编号": register.numbers.gather(linked.set(linked == NO_CASE, None)),
        }
    )
