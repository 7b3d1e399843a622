"""Group F: numbers, places, versions, and what files say of one another."""

from dataclasses import replace

from tests.contracts.hostile.case import (
    ANY_REMARK,
    Case,
    Decision,
    Expected,
    Values,
    accepted,
    partial,
)
from tests.contracts.hostile.exports import (
    FILE,
    NUMBER,
    REGISTER,
    STEPS,
    MappingFile,
    Row,
    csv,
    line,
    record,
    records,
)

EARLY, LATE = "来件登记_20260331.csv", FILE
CLOSED = "2023-05-01 10:00:00"
AGAIN = "2023-06-01 10:00:00"
CONTRADICTORY = {"状态": "在办", "办结时间": CLOSED}
# Beside a step log, the register makes no steps of its own.
CASES_ONLY = REGISTER.without("转送时间", "办结时间").varied("cases_only")
# Two systems that number the submissions of the whole home alike.
SHARED = REGISTER.varied("shared", key_scope="home")
HOTLINE = REGISTER.varied("hotline", key_scope="home")
# A register whose office says which of its states are open.
STATEFUL = REGISTER.varied("stateful", columns={"状态": {"open": ["在办", "受理中"]}})
MONTHLY = REGISTER.varied(
    "monthly",
    period={
        "from": "name",
        "pattern": "_(?P<start>[0-9]{8})-(?P<end>[0-9]{8})_",
        "format": "%Y%m%d",
    },
    as_of={"pattern": "_(?P<as_of>[0-9]{8})[.]"},
)
STEP_HEADER = ("步骤编号", "编号", "序号", "步骤", "时间")
MANY = 200


def _case(
    number: int,
    title: str,
    expected: Expected,
    *files: tuple[str, bytes],
    mapping: MappingFile = REGISTER,
    beside: tuple[tuple[MappingFile, str, bytes], ...] = (),
    later: tuple[tuple[MappingFile, str, bytes], ...] = (),
    canaries: tuple[str, ...] = (),
) -> Case:
    return Case(f"F{number:02}", title, expected, files, mapping, beside, later, None, canaries)


def _one(number: int, title: str, expected: Expected, **changes: str) -> Case:
    """Three records, the second of which is otherwise."""
    return _case(number, title, expected, (FILE, csv(records(3, {2: changes}))))


def _region(number: int, title: str, written: str, expected: Expected) -> Case:
    return _one(number, title, expected, 属地=written)


def _two_exports(earlier: list[Row], later: list[Row]) -> tuple[tuple[str, bytes], ...]:
    return (EARLY, csv(earlier)), (LATE, csv(later))


def _corrected() -> list[Row]:
    return records(3, {2: {"人次": "7", "更新时间": AGAIN}})


def _log(*steps: str) -> bytes:
    """A step log; each step as `number case place kind time`."""
    return "\n".join(
        [line(STEP_HEADER), *(",".join(step.split(" ", 4)) for step in steps)]
    ).encode()


def _steps(number: int, title: str, expected: Expected, *steps: str, late: bool = False) -> Case:
    """A step log beside a register of three submissions, which may arrive later."""
    register = ((CASES_ONLY, FILE, csv(records(3))),)
    return _case(
        number,
        title,
        expected,
        (FILE, _log(*steps)),
        mapping=STEPS,
        beside=() if late else register,
        later=register if late else (),
    )


FIRST_STEPS = (
    f"S1 {NUMBER}-0001 1 登记 2023-03-01 09:00:00",
    f"S2 {NUMBER}-0001 2 受理 2023-03-02 09:00:00",
    f"S3 {NUMBER}-0002 1 登记 2023-03-02 09:00:00",
)


def _month(month: int, count: int) -> tuple[str, bytes]:
    """The export of one month of 2023, with so many submissions."""
    rows = [
        record(
            n,
            编号=f"{NUMBER}-{month:02}{n:04}",
            人次="1",
            登记时间=f"2023-{month:02}-{n % 28 + 1:02} 09:00:00",
        )
        for n in range(count)
    ]
    days = f"2023{month:02}01-2023{month:02}28"
    return f"来件登记_{days}_2023{month + 1:02}15.csv", csv(rows)


def _closed(count: int, **changes: str) -> list[Row]:
    return [row | {"办结时间": CLOSED} | changes for row in records(count)]


def _reopened(count: int) -> list[Row]:
    """All submissions at once have lost their closing."""
    return [row | {"更新时间": AGAIN} for row in records(count)]


NEW: Values = {(LATE, 2): {"persons": "7"}}
GOOD: Values = {1: {"persons": "1"}, 3: {"persons": "3"}}
CASES = (
    _case(
        1,
        "a record twice",
        Expected(Decision.ACCEPT, records=4, current=3, duplicate=1, values={1: {"persons": "1"}}),
        (FILE, csv([*records(3), record(1)])),
    ),
    _case(
        2,
        "one number and one stamp, two contents",
        partial(4, {2: "E_DUP_CONFLICT", 4: "E_DUP_CONFLICT"}, GOOD),
        (FILE, csv([*records(3), record(2, 人次="9")])),
    ),
    _case(
        3,
        "the same file under another name",
        Expected(Decision.DUPLICATE, records=3, current=3),
        (FILE, csv(records(3))),
        ("副本 - 来件登记_20261101.csv", csv(records(3))),
    ),
    _case(
        4,
        "the same records in another encoding",
        Expected(Decision.ACCEPT, records=6, current=3, duplicate=3),
        (FILE, csv(records(3))),
        ("来件登记 (2)_20261031.csv", csv(records(3)).decode().encode("gbk")),
    ),
    _case(
        5,
        "a correction",
        Expected(Decision.ACCEPT, records=6, current=3, superseded=3, values=NEW),
        *_two_exports(records(3), _corrected()),
    ),
    _case(
        6,
        "a correction before what it corrects",
        Expected(Decision.ACCEPT, records=6, current=3, superseded=3, values=NEW),
        (LATE, csv(_corrected())),
        later=((REGISTER, EARLY, csv(records(3))),),
    ),
    _case(
        7,
        "opened again: the later export takes the closing back",
        Expected(Decision.ACCEPT, records=6, current=3, superseded=3, steps="register"),
        *_two_exports(_closed(3), _reopened(3)),
    ),
    _case(
        8,
        "records that a fuller export no longer has",
        Expected(Decision.WARN, records=9, current=5, superseded=4, remarks="W_ROWS_VANISHED"),
        *_two_exports(records(5), records(5)[:4]),
    ),
    _case(
        9,
        "two counties count from one",
        accepted(6),
        (f"甲县/{FILE}", csv(records(3))),
        (f"乙县/{FILE}", csv(records(3, {1: {"属地": "990103"}}))),
    ),
    _region(10, "a region that there is not", "999999", partial(3, {2: "E_REGION_UNKNOWN"}, GOOD)),
    _region(11, "a region that there was", "990182", partial(3, {2: "E_REGION_EXPIRED"}, GOOD)),
    Case(
        "F12",
        "a region that was a number",
        replace(
            accepted(3, {2: {"region_code": "990102"}}),
            otherwise=partial(3, {2: "E_REGION_UNKNOWN"}, GOOD),
            choice="a spreadsheet's point and zero are cut off, or the region is unknown",
        ),
        ((FILE, csv(records(3, {2: {"属地": "990102.0"}}))),),
    ),
    _region(
        13,
        "a region of twelve digits",
        "990102001000",
        accepted(3, {2: {"region_code": "990102"}}, choice="the first six of twelve digits count"),
    ),
    _region(
        14,
        "a region by its name",
        "澜川市朗汀区",
        partial(3, {2: "E_REGION_UNKNOWN"}, GOOD, choice="only names that the mapping lists"),
    ),
    _one(15, "no number", partial(3, {2: "E_REQUIRED E_ID"}, GOOD), 编号=""),
    _one(
        16,
        "a number mangled by a spreadsheet",
        partial(3, {2: "E_PRECISION_LOST"}, GOOD),
        编号="3.30108E+17",
    ),
    _case(
        17,
        "a number with spaces and wide digits",
        Expected(Decision.ACCEPT, records=4, current=3, duplicate=1),
        (FILE, csv([*records(3), record(2, 编号=f"　{NUMBER}－００02 \u200b")])),
    ),
    _case(
        18,
        "words for nothing as numbers",
        partial(5, {4: "E_REQUIRED E_ID", 5: "E_REQUIRED E_ID"}, GOOD),
        (FILE, csv(records(5, {4: {"编号": "NULL"}, 5: {"编号": "N/A"}}))),
        mapping=REGISTER.varied("register_null", missing=["", "NULL", "N/A"]),
    ),
    _case(
        19,
        "numbers that differ by leading zeros",
        accepted(3, {1: {"persons": "1"}, 2: {"persons": "2"}}),
        (FILE, csv(records(3, {1: {"编号": "0012"}, 2: {"编号": "12"}, 3: {"编号": "00012"}}))),
    ),
    _steps(
        20,
        "a step of nothing",
        partial(4, {4: "E_ORPHAN"}),
        *FIRST_STEPS,
        f"S4 {NUMBER}-0099 1 受理 2023-03-05 09:00:00",
    ),
    _steps(21, "steps before the submissions", accepted(3), *FIRST_STEPS, late=True),
    _steps(
        22,
        "one number for two steps",
        partial(4, {3: "E_DUP_CONFLICT", 4: "E_DUP_CONFLICT"}),
        *FIRST_STEPS,
        f"S3 {NUMBER}-0002 2 受理 2023-03-05 09:00:00",
    ),
    _steps(
        23,
        "steps that run backwards",
        partial(5, {5: "E_ORDER"}),
        *FIRST_STEPS,
        f"S4 {NUMBER}-0002 2 受理 2023-03-05 09:00:00",
        f"S5 {NUMBER}-0002 3 办结 2023-03-01 09:00:00",
    ),
    _case(
        24,
        "two systems tell one submission otherwise",
        Expected(
            Decision.WARN,
            records=6,
            current=3,
            superseded=3,
            remarks=ANY_REMARK,
            values={("hotline_20261031.csv", 2): {"persons": "9"}},
        ),
        (FILE, csv(records(3))),
        mapping=SHARED,
        beside=(
            (
                HOTLINE,
                "hotline_20261031.csv",
                csv([row | {"人次": "9", "更新时间": AGAIN} for row in records(3)]),
            ),
        ),
    ),
    _one(
        25,
        "changed in the future",
        partial(3, {2: "E_FUTURE"}, GOOD),
        更新时间="2031-01-01 00:00:00",
    ),
    _one(
        26,
        "a label that is new",
        accepted(3, {2: {"channel": "unknown"}}, remarks="W_ENUM_UNKNOWN"),
        信访形式="视频接访室",
    ),
    _case(
        27,
        "open by its state, closed by its date",
        partial(4, {2: "E_CONSISTENCY"}, GOOD | {4: {"status_exported": "在办"}}),
        (FILE, csv(records(4, {2: CONTRADICTORY, 4: {"状态": "在办"}}))),
        mapping=STATEFUL,
    ),
    _case(
        28,
        "everything is opened again at once",
        Expected(
            Decision.WARN,
            records=2 * MANY,
            current=MANY,
            superseded=MANY,
            remarks="W_MASS_CHANGE",
            stops=True,
        ),
        *_two_exports(_closed(MANY), _reopened(MANY)),
    ),
    _case(
        29,
        "a month with hardly anything in it",
        accepted(6 * 100 + 3, remarks="W_VOLUME"),
        *(_month(month, 100) for month in range(1, 7)),
        _month(7, 3),
        mapping=MONTHLY,
    ),
)
