"""What the newspaper page tells of other years and places, as the exports that would show it.

The later visits of the same leader, the visits of the province's leaders from 2003 to 2011
(Zhejiang Daily of 19 March 2014: 180 person-visits, 4,792 batches, 9,133 persons), the dispute over
a sand yard that took three receptions by leaders of two tiers and was then mediated in the village,
and the service hall of the sister article. Rows and numbers of records are made up so that they
come to these sums; they stand for real places and so exist in tests only.
"""

from datetime import date, timedelta

from tests.contracts.newspaper import OFFICE, PUJIANG, RECEPTIONS_HEADER, VISITS_HEADER

AS_OF, HALL_AS_OF = "20111231", "20181231"
# One visit a year by the same post, known to the day once and to the month afterwards.
YEARLY = (
    ("2003-09-18", PUJIANG),
    ("2004-09", "330185"),
    ("2005-08", "330521"),
    ("2006-08", "330803"),
)
PROVINCE_VISITS, PROVINCE_BATCHES, PROVINCE_PERSONS = 180, 4792, 9133
YEARS = range(2003, 2012)
PAIRS = PROVINCE_PERSONS - PROVINCE_BATCHES  # batches of two; the others come alone
SAND_YARD = "ZJ-2005-0000001"

# More than 12,000 a day, five years later fewer than 5,000 and 17 % more items; 37 sectors linked,
# more than 70 % of items. The items of the first day are made up: their number cancels out.
HALL, HALL_FIRST, HALL_LATER = (
    "640100",
    ("2013/06/03", 12_001, 10_000),
    ("2018/06/04", 4_999, 11_700),
)
SECTORS, ITEMS, ITEMS_ONLINE = 37, 10, 8


def newspaper_years() -> dict[str, str]:
    """The files of the province by their names in the inbox."""
    visits, receptions = _province_visits()
    posts = [f"{number},ZJ-L01,省,书记" for number, *_ in visits[: len(YEARLY)]]
    return _files(
        f"{OFFICE}_{{word}}_{AS_OF}",
        leader_visits=("下访接访", VISITS_HEADER, [",".join(map(str, visit)) for visit in visits]),
        receptions=("接待登记", RECEPTIONS_HEADER, [*receptions, *_sand_yard()]),
        visit_leaders=("到场领导", "活动编号,职务编号,职务层级,职务类别", posts),
        office_terms=(
            "领导任期",
            "职务编号,任职地,职务层级,职务类别,任职日期,离任日期",
            ["ZJ-L01,330000,省,书记,2003-01-01,2007-01-01"],
        ),
        mediation_centre=(
            "一站式调解",
            "调解编号,纠纷发生地,层级,调解类别,申请日期,办结日期,调解结果,信访编号",
            [f"ZJ-T1,{PUJIANG},村,人民调解,2005-06-01,2005-06-20,达成协议,{SAND_YARD}"],
        ),
    )


def sister_article() -> dict[str, str]:
    """The files of the service hall by their names in the inbox."""
    days = [f"H1,{HALL},{day},{seen},{done}" for day, seen, done in (HALL_FIRST, HALL_LATER)]
    sectors = [
        f"H1,{HALL},行业{number},2018-06-04,{ITEMS},{ITEMS_ONLINE},是" for number in range(SECTORS)
    ]
    return _files(
        f"YC_{{word}}_{HALL_AS_OF}",
        hall_footfall=("大厅客流", "大厅编号,所在地,日期,到场人次,办件量", days),
        hall_items=(
            "事项联通",
            "大厅编号,所在地,行业,统计日,事项总数,可网办事项数,数据联通",
            sectors,
        ),
    )


def _province_visits() -> tuple[list[tuple[object, ...]], list[str]]:
    """Twenty visits a year of one leader each; the yearly ones are among them."""
    days = [(day, place) for day, place in YEARLY]
    others = [date(year, 3, 1) + timedelta(7 * n) for year in YEARS for n in range(20)]
    taken = {day[:4] for day, _ in YEARLY}
    # the first of a year with a yearly visit gives way to it
    others = [d for d in others if not (str(d.year) in taken and (d.month, d.day) == (3, 1))]
    days += [(f"{day}", PUJIANG) for day in others]
    visits = [
        (f"ZJ-V{n:06}", day, place, "省", "下访", "否", 1, 1, "已举行", OFFICE)
        for n, (day, place) in enumerate(days, 1)
    ]
    receptions: list[str] = []
    for n in range(PROVINCE_BATCHES):
        number, day, place, *_ = visits[n % len(visits)]
        moment = f"{day}-15" if len(str(day)) == len("2004-09") else day
        persons = 2 if n < PAIRS else 1
        receptions.append(
            f"ZJ-J{n:07},{number},,{OFFICE},{place},省,{moment} 09:00:00,1,{persons},1,0,15,交办"
        )
    return visits, receptions


def _sand_yard() -> list[str]:
    """Two receptions by leaders of the townships and one by the county's, at no visit."""
    return [
        f"ZJ-S{n},,{SAND_YARD},{OFFICE},{PUJIANG},{tier},{day} 09:00:00,,4,1,0,30,交办"
        for n, (tier, day) in enumerate(
            (("乡镇", "2005-03-02"), ("乡镇", "2005-04-06"), ("县", "2005-05-11")), 1
        )
    ]


def _files(name: str, **exports: tuple[str, str, list[str]]) -> dict[str, str]:
    return {
        f"{source}/{name.format(word=word)}.csv": "\n".join((header, *rows)) + "\n"
        for source, (word, header, rows) in exports.items()
    }
