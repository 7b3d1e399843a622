"""What else the newspaper tells of Pujiang, as the systems beside the register would have sent it.

Totals of the day, sixteen hard matters of which nine were taken, the provincial road that was
promised on the spot, the sentinel's report of 4 May 2023, and the yearly letters with the eleven
cities. Numbers of records are made up. They stand for real places and so exist in tests only.
"""

from tests.contracts.newspaper import (
    BATCHES,
    LEADERS,
    OFFICE,
    PERSONS,
    PUJIANG,
    ROOMS,
    SOLVED,
    VISIT,
    VISIT_ON,
)

AS_OF = "20231231"
CANDIDATES, TAKEN = 16, 9
# "More than 400 matters in three days", and the day ran from after eight to five.
REGISTERED, OPEN_MINUTES = 400, 540
# Work began more than three months after the promise; the road was open in October 2005.
ROAD_BEGUN, ROAD_OPEN = "2003-12-19", "2005-10"
REPORTED, TRANSFERRED = "2023-05-04 06:43", "2023-05-04 11:02"
CITIES = [f"33{number:02}00" for number in range(1, 12)]


def newspaper_systems() -> dict[str, str]:
    """The files by their names in the inbox."""
    # One problem for each batch, as in the register of the day.
    totals = (VISIT, REGISTERED, BATCHES, PERSONS, BATCHES, SOLVED, ROOMS, LEADERS, OPEN_MINUTES)
    agenda = [
        f"{VISIT},ZJ-{number:07},2003-09-12,是,{'是' if number <= TAKEN else '否'}"
        for number in range(1, CANDIDATES + 1)
    ]
    letters = [
        f"ZJ-Z{number:05},2023,省,市,{city},2023-01-10" for number, city in enumerate(CITIES, 1)
    ]
    files = {
        ("visit_totals", "下访日汇总"): (
            "活动编号,登记件数,接待批次,接待人次,反映问题数,当场化解数,接待室数,到场领导数,"
            "接待时长（分钟）",
            [",".join(map(str, totals))],
        ),
        ("visit_agenda", "下访候选件"): ("活动编号,信访编号,列入日期,是否候选,是否选定", agenda),
        ("commitments", "承诺事项"): (
            "承诺编号,活动编号,事项属地,承诺类别,承诺日期,启动日期,完成日期",
            [f"ZJ-N1,{VISIT},{PUJIANG},工程建设,{VISIT_ON},{ROAD_BEGUN},{ROAD_OPEN}"],
        ),
        ("sentinel_reports", "民情暖晴"): (
            "暖晴编号,哨点层级,上报地,内容分类,上报时间,转办时间,曾反映",
            [f"1,县,{PUJIANG},城乡建设,{REPORTED},{TRANSFERRED},是"],
        ),
        ("responsibility_letters", "责任书"): (
            "责任书编号,责任年度,签发层级,承诺层级,承诺地区,签订日期",
            letters,
        ),
    }
    return {
        f"{source}/{OFFICE}_{word}_{AS_OF}.csv": "\n".join((header, *rows)) + "\n"
        for (source, word), (header, rows) in files.items()
    }
