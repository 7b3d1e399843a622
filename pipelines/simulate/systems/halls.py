"""Service halls: how many come, what is handled, and how much of it no longer needs coming.

Footfall falls and items rise over the same five years, in the measure of the article's second
report; the way of counting visitors changes once, which is a break and no fall.
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.simulate import columns, labels
from pipelines.simulate.calendar import day_number
from pipelines.simulate.scenario import Floats, Ints, Stream
from pipelines.simulate.world import World

HALLS_SINCE = date(2015, 1, 1)
CHANGE = (date(2018, 8, 1), date(2023, 8, 1))
FOOTFALL, ITEMS = (12_000.0, 4_900.0), (6_000.0, 7_020.0)
ONLINE_SHARE = (0.08, 0.72)
SENSORS_SINCE = date(2019, 1, 1)
FULL_CITY = 12
NOISE_SHAPE = 120.0
APPOINTED_SHARE, WINDOWS = 0.15, (36, 48)

ITEMS_SINCE = date(2018, 1, 1)
ITEMS_PER_SECTOR = (20, 60)
SECTOR_ONLINE = (0.10, 0.76)


def footfall_rows(world: World, sender: int) -> pl.DataFrame:
    """大厅客流: one row for each day on which the hall is open."""
    rng = world.scenario.rng(Stream.HALLS, sender, 0)
    calendar = world.calendar
    day = np.arange(day_number(HALLS_SINCE), max(calendar.seen, day_number(HALLS_SINCE)))
    day = day[~calendar.is_closed[day]]
    size = world.places.in_city(sender - 1).size / FULL_CITY
    footfall, items = (_noisy(size * _course(day, *ends), rng) for ends in (FOOTFALL, ITEMS))
    n = len(day)
    return pl.DataFrame(
        {
            "大厅编号": _hall(world, sender, n),
            "所在地": pl.repeat(world.places.office_regions[sender], n, eager=True),
            "日期": columns.dates(day).dt.strftime("%Y/%m/%d"),
            "到场人次": columns.whole(footfall),
            "计数方式": columns.words(
                (day >= day_number(SENSORS_SINCE)).astype(np.int64), labels.COUNTING
            ),
            "办件量": columns.whole(items),
            "网上办件量": columns.whole(rng.binomial(items, _course(day, *ONLINE_SHARE))),
            "开放窗口": columns.whole(rng.integers(*WINDOWS, n)),
            "预约人次": columns.whole(rng.binomial(footfall, APPOINTED_SHARE)),
        }
    )


def item_rows(world: World, sender: int) -> pl.DataFrame:
    """事项联通: each sector on the first day of each quarter, linked from its own day on."""
    rng = world.scenario.rng(Stream.HALLS, sender, 1)
    calendar, sectors = world.calendar, len(labels.SECTORS)
    is_first = np.diff((calendar.month[: calendar.seen] - 1) // 3, prepend=-1) != 0
    quarter = np.flatnonzero(is_first)
    quarter = quarter[quarter >= day_number(ITEMS_SINCE)]
    begin, end = (day_number(day) for day in CHANGE)
    linked_on = np.sort(rng.integers(begin, end, sectors))
    listed = rng.integers(*ITEMS_PER_SECTOR, sectors)
    day, sector = np.repeat(quarter, sectors), np.tile(np.arange(sectors), len(quarter))
    is_linked = day >= linked_on[sector]
    share = np.where(is_linked, SECTOR_ONLINE[1], SECTOR_ONLINE[0])
    n = len(day)
    return pl.DataFrame(
        {
            "大厅编号": _hall(world, sender, n),
            "所在地": pl.repeat(world.places.office_regions[sender], n, eager=True),
            "行业": columns.words(sector, labels.SECTORS),
            "统计日": columns.dates(day),
            "事项总数": columns.whole(listed[sector]),
            "可网办事项数": columns.whole((share * listed[sector]).round().astype(np.int64)),
            "数据联通": columns.yes_no(is_linked),
        }
    )


def _hall(world: World, sender: int, rows: int) -> pl.Series:
    return pl.repeat(f"{world.places.offices[sender]}-H1", rows, eager=True)


def _course(day: Ints, before: float, after: float) -> Floats:
    """From one level to another over the years of change, evenly on the log scale."""
    begin, end = (day_number(day) for day in CHANGE)
    part = np.clip((day - begin) / (end - begin), 0.0, 1.0)
    return before * (after / before) ** part


def _noisy(mean: Floats, rng: np.random.Generator) -> Ints:
    return rng.poisson(mean * rng.gamma(NOISE_SHAPE, 1 / NOISE_SHAPE, len(mean)))
