"""The rows of each export, column by column, under the headers that the sources map."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.simulate import columns, labels, mixes
from pipelines.simulate.calendar import day_number
from pipelines.simulate.cases import Cases
from pipelines.simulate.dirt import UNKNOWN_REGION_CODE, Dirt, Fault
from pipelines.simulate.evaluations import Evaluations
from pipelines.simulate.receptions import NO_CASE, Receptions
from pipelines.simulate.scenario import Ints
from pipelines.simulate.steps import DAY, OUTSIDE_OFFICE, Steps
from pipelines.simulate.visits import NEVER
from pipelines.simulate.world import World

PLATFORM_SINCE = date(2021, 7, 1)


@dataclass(frozen=True, slots=True)
class Register:
    """The cases of a city as its office knows them.

    Attributes:
        world: the world.
        cases: all cases of the city.
        dirt: the faults planted among them.
        numbers: 信访编号 of every case.
    """

    world: World
    cases: Cases
    dirt: Dirt
    numbers: pl.Series

    @classmethod
    def of(cls, world: World, cases: Cases, dirt: Dirt) -> "Register":
        """Number the cases of a city."""
        office = world.places.offices[world.places.city_office(cases.city)]
        year = world.calendar.year[cases.day]
        return cls(world, cases, dirt, columns.yearly_numbered(f"{office}-", year, cases.number))

    @property
    def office(self) -> str:
        """The office that keeps the register."""
        return self.world.places.offices[self.world.places.city_office(self.cases.city)]


def case_rows(register: Register, piece: Cases, updated: Ints) -> pl.DataFrame:
    """信访件登记, with the planted faults of region and persons."""
    places, dirt, index, root = register.world.places, register.dirt, piece.index, piece.root
    codes = (*places.codes, UNKNOWN_REGION_CODE)
    code = np.where(dirt.has(Fault.UNKNOWN_REGION, index), len(codes) - 1, piece.code)
    persons = np.where(dirt.has(Fault.NO_PERSONS, index), 0, piece.persons)
    matter = pl.DataFrame({"first": register.numbers.gather(pl.Series(root))})
    return pl.DataFrame(
        {
            "信访编号": register.numbers.slice(piece.first, piece.count),
            "事项编号": matter.select(pl.lit("SX-") + pl.col("first")).to_series(),
            "登记机构": columns.words(piece.office, places.offices),
            "问题属地": columns.words(code, codes),
            "信访形式": columns.words(piece.channel, labels.CHANNELS),
            "信访目的": columns.words(piece.purpose, labels.PURPOSES),
            "内容分类": columns.words(piece.content, labels.CONTENTS),
            "接收层级": columns.words(piece.tier, labels.TIERS),
            "人次": columns.whole(persons),
            "是否初次": columns.yes_no(root == index),
            "登记时间": columns.moments(piece.day * DAY + piece.second),
            "更新时间": columns.moments(updated),
            "信访人姓名": columns.invented_names(root, labels.SURNAMES),
            "联系电话": columns.invented_phones(root),
        }
    )


def step_rows(register: Register, steps: Steps) -> pl.DataFrame:
    """办理步骤."""
    offices = (*register.world.places.offices, OUTSIDE_OFFICE)
    return pl.DataFrame(
        {
            "信访编号": register.numbers.gather(pl.Series(steps.case)),
            "步骤序号": columns.whole(steps.seq),
            "步骤": columns.words(steps.kind, labels.STEPS),
            "时间": columns.moments(steps.at),
            "转出单位": columns.words(steps.origin, offices),
            "转入单位": columns.words(steps.target, offices),
            "处理意见": columns.words(steps.opinion, labels.OPINIONS),
            "结论": columns.words(steps.conclusion, labels.CONCLUSIONS),
            "延期天数": columns.whole(steps.extension),
            "录入时间": columns.moments(steps.entered),
        }
    )


def is_traced(register: Register, steps: Steps) -> pl.Series:
    """True for the steps that the platform 民呼我为 logs: of online cases since it opened.

    Faulty cases stay in the offices' own log, where their faults are counted.
    """
    cases = register.cases
    online = (cases.channel == labels.ONLINE) & (cases.day >= day_number(PLATFORM_SINCE))
    online[register.dirt.touched] = False
    return pl.Series(online[steps.case])


def trace_rows(step_frame: pl.DataFrame) -> pl.DataFrame:
    """民呼我为: steps in the platform's words, with its times and its headers."""
    platform = {"时间": "留痕时间", "录入时间": "录入时间"}
    times = [
        columns.moments_with_offset(step_frame[name]).alias(new) for name, new in platform.items()
    ]
    word = step_frame["步骤"].replace_strict(labels.STEPS, labels.PLATFORM_STEPS)
    return step_frame.select(
        "信访编号",
        pl.col("步骤序号").alias("节点序号"),
        word.alias("节点"),
        times[0],
        pl.col("转出单位").alias("来源单位"),
        pl.col("转入单位").alias("承办单位"),
        pl.col("处理意见").alias("答复意见"),
        "结论",
        "延期天数",
        times[1],
    )


def evaluation_rows(register: Register, asked: Evaluations, first: int) -> pl.DataFrame:
    """满意度评价; `first` is the running number of the first row."""
    index = np.arange(first, first + len(asked.case))
    return pl.DataFrame(
        {
            "评价编号": columns.numbered(f"{register.office}-P", index, 7),
            "信访编号": register.numbers.gather(pl.Series(asked.case)),
            "评价对象": columns.words(asked.target, labels.TARGETS),
            "邀请时间": columns.moments(asked.asked),
            "作答时间": columns.moments(asked.answered),
            "评价方式": columns.words(asked.method, labels.METHODS),
            "评价": columns.words(asked.rating, labels.RATINGS),
            "是否解决": columns.words(asked.solved, labels.YES_NO),
            "剔除原因": columns.words(asked.exclusion, labels.EXCLUSIONS),
        }
    )


def visit_numbers(world: World, sender: int) -> pl.Series:
    """活动编号 of every visit of the world, as its sender writes it."""
    return columns.numbered(f"{world.places.offices[sender]}-V", np.arange(world.visits.count), 6)


def visit_rows(world: World, sender: int, mine: Ints) -> pl.DataFrame:
    """领导下访接访."""
    visits, places = world.visits, world.places
    place, day = visits.place[mine], visits.day[mine]
    code = places.code[place, day]
    organiser = np.where(visits.tier[mine] == labels.COUNTY, places.office_of_code[code], sender)
    return pl.DataFrame(
        {
            "活动编号": visit_numbers(world, sender).gather(pl.Series(mine)),
            "下访日期": columns.dates(day),
            "下访地": columns.words(code, places.codes),
            "领导层级": columns.words(visits.tier[mine], labels.TIERS),
            "下访方式": columns.words(visits.mode[mine], labels.MODES),
            "固定接访日": columns.yes_no(visits.is_fixed[mine]),
            "接待室数": columns.whole(visits.rooms[mine]),
            "到场领导数": columns.whole(visits.leaders[mine]),
            "状态": columns.words(visits.state[mine], labels.VISIT_STATES),
            "组织机构": columns.words(organiser, places.offices),
        }
    )


def announcement_rows(
    world: World, sender: int, mine: Ints, rng: np.random.Generator
) -> pl.DataFrame:
    """下访公告: the first notice of each visit and the reminder, in order of visit."""
    days = np.stack([world.visits.notice[mine], world.visits.reminder[mine]], axis=1)
    told = (days != NEVER) & (days < world.calendar.seen)
    row, _ = np.nonzero(told)
    n = len(row)
    office = world.places.offices[sender]
    return pl.DataFrame(
        {
            "公告编号": columns.numbered(f"{office}-G", np.arange(1, n + 1), 6),
            "活动编号": visit_numbers(world, sender).gather(pl.Series(mine[row])),
            "公告日期": columns.dates(days[told]),
            "媒介": columns.words(mixes.pick(mixes.MEDIUM_MIX, rng.random(n)), labels.MEDIA),
            "含时间": columns.yes_no(rng.random(n) < 0.96),
            "含地点": columns.yes_no(rng.random(n) < 0.97),
            "含方式": columns.yes_no(rng.random(n) < 0.85),
        }
    )


def reception_rows(
    world: World, sender: int, receptions: Receptions, numbers: pl.Series | None
) -> pl.DataFrame:
    """接待登记; `numbers` are the city's case numbers (the province links no cases)."""
    visits, places = world.visits, world.places
    visit = receptions.visit
    day, tier = visits.day[visit], visits.tier[visit]
    code = places.code[visits.place[visit], day]
    office = np.where(tier == labels.COUNTY, places.office_of_code[code], sender)
    index = np.arange(receptions.count)
    linked = pl.Series([None] * receptions.count, dtype=pl.String)
    if numbers is not None:
        case = pl.Series(receptions.case)
        linked = numbers.gather(case.set(case == NO_CASE, None))
    return pl.DataFrame(
        {
            "批次编号": columns.numbered(f"{places.offices[sender]}-J", index + 1, 7),
            "活动编号": visit_numbers(world, sender).gather(pl.Series(visit)),
            "信访编号": linked,
            "接待机构": columns.words(office, places.offices),
            "接待地": columns.words(code, places.codes),
            "接待层级": columns.words(tier, labels.TIERS),
            "接待时间": columns.moments(day * DAY + receptions.second),
            "接待室": columns.whole(receptions.room),
            "人次": columns.whole(receptions.persons),
            "代表人数": columns.whole(receptions.reps),
            "问题数": columns.whole(receptions.problems),
            "当场化解数": columns.whole(receptions.solved),
            "接待分钟": columns.whole(receptions.minutes),
            "接待结果": columns.words(receptions.outcome, labels.RECEPTION_OUTCOMES),
            "来访人姓名": columns.invented_names(index + visit, labels.SURNAMES),
        }
    )
