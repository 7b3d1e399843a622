"""The day of 18 September 2003 in Pujiang, as the exports that an office would have sent.

The newspaper gives the sums: 436 batches, 667 persons, 91 problems solved on the spot, 14 rooms,
more than a hundred leaders; notices on 8 and about 15 September; seven batches of almost twenty
persons in room 1, one of which, of five persons, took over an hour. The rows are made up so that
they come to these sums, one problem for each batch. They stand for a real county and so exist in
tests only.
"""

from datetime import datetime, timedelta

BATCHES, PERSONS, SOLVED, ROOMS, LEADERS = 436, 667, 91, 14, 100
PUJIANG, VISIT, OFFICE = "330726", "ZJ-V000001", "ZJ"
VISIT_ON, NOTICES_ON = "2003-09-18", ("2003-09-08", "2003-09-15")
OPENED = datetime.fromisoformat(f"{VISIT_ON} 08:30:00")

# Room 1: seven batches, nineteen persons, until two in the afternoon.
ROOM_1_PERSONS = (5, 3, 3, 2, 2, 2, 2)
ROOM_1_MINUTES = (65, 50, 45, 45, 45, 40, 40)
OTHER_ROOMS = range(2, ROOMS + 1)
OTHER_BATCHES = BATCHES - len(ROOM_1_PERSONS)
PAIRS = PERSONS - sum(ROOM_1_PERSONS) - OTHER_BATCHES  # batches of two; the others come alone
MINUTES = 16

VISITS_HEADER = (
    "活动编号,下访日期,下访地,领导层级,下访方式,固定接访日,接待室数,到场领导数,状态,组织机构"
)
NOTICES_HEADER = "公告编号,活动编号,公告日期,媒介,含时间,含地点,含方式"
RECEPTIONS_HEADER = (
    "批次编号,活动编号,信访编号,接待机构,接待地,接待层级,接待时间,"
    "接待室,人次,问题数,当场化解数,接待分钟,接待结果"
)


def newspaper_day(as_of: str = "20031231") -> dict[str, str]:
    """The three files by their names in the inbox."""
    visit = f"{VISIT},{VISIT_ON},{PUJIANG},省,下访,否,{ROOMS},{LEADERS},已举行,{OFFICE}"
    # The first notice said that there would be a visit; the second when, where and how.
    notices = [
        f"ZJ-G00000{n},{VISIT},{day},报纸,{told},是,{told}"
        for n, (day, told) in enumerate(zip(NOTICES_ON, ("否", "是"), strict=True), 1)
    ]
    return {
        f"leader_visits/{OFFICE}_下访接访_{as_of}.csv": _csv(VISITS_HEADER, [visit]),
        f"visit_announcements/{OFFICE}_下访公告_{as_of}.csv": _csv(NOTICES_HEADER, notices),
        f"receptions/{OFFICE}_接待登记_{as_of}.csv": _csv(RECEPTIONS_HEADER, _receptions()),
    }


def _receptions() -> list[str]:
    room_1 = [
        (1, persons, OPENED + timedelta(minutes=sum(ROOM_1_MINUTES[:n])), ROOM_1_MINUTES[n])
        for n, persons in enumerate(ROOM_1_PERSONS)
    ]
    others = [
        (
            OTHER_ROOMS[n % len(OTHER_ROOMS)],
            2 if n < PAIRS else 1,
            OPENED + timedelta(minutes=MINUTES * (n // len(OTHER_ROOMS))),
            MINUTES,
        )
        for n in range(OTHER_BATCHES)
    ]
    return [
        f"ZJ-J{n:07},{VISIT},,{OFFICE},{PUJIANG},省,{at},{room},{persons},1,{solved},{minutes},"
        f"{'当场化解' if solved else '交办'}"
        for n, (room, persons, at, minutes) in enumerate((*room_1, *others), 1)
        for solved in [_is_solved(n)]
    ]


def _is_solved(batch: int) -> int:
    """Spread the solved problems evenly over the batches."""
    return batch * SOLVED // BATCHES - (batch - 1) * SOLVED // BATCHES


def _csv(header: str, rows: list[str]) -> str:
    return "\n".join((header, *rows)) + "\n"
