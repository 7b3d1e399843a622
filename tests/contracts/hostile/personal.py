"""Group G: personal data where it belongs, and where it does not.

All of it is invented: the region of the identity numbers does not exist, the telephone numbers
are of a range that no one has. What must come of it is the same everywhere: it does not leave the
vault, whatever else becomes of the record.
"""

from tests.contracts.hostile.case import (
    ANY_REMARK,
    Case,
    Decision,
    Expected,
    accepted,
    partial,
    rejected,
)
from tests.contracts.hostile.exports import (
    FILE,
    HEADER,
    IDENTITY,
    NAME,
    PHONE,
    csv,
    line,
    lines,
    record,
    records,
)

WIDE_PHONE = "１３９００００６２７１"
SPLIT_PHONE = "139 0000-6271"
HIDDEN_PHONE = "139\u200b0000\u200b6271"
SMALL_X = IDENTITY.lower()
CARD = "6222020200099990000"
MAIL = "zhangdudu@example.invalid"
WECHAT = "微信号 zhdd_6271"
# Places of their own, so that what is published of them can be looked at (`test_display.py`).
FEW_REGION, GROUP_REGION = "990103", "990104"
GROUP = 237
SINGLES = [record(n, 人次="1", 属地=GROUP_REGION) for n in range(2, 22)]


def _case(
    number: int,
    title: str,
    expected: Expected,
    content: bytes,
    *,
    canaries: tuple[str, ...] = (),
    name: str = FILE,
) -> Case:
    return Case(f"G{number:02}", title, expected, ((name, content),), canaries=canaries)


def _one(number: int, title: str, expected: Expected, *canaries: str, **changes: str) -> Case:
    """Three records, the second of which holds something personal in a column that is taken."""
    return _case(number, title, expected, csv(records(3, {2: changes})), canaries=canaries)


def _kept_apart(codes: str = "E_PII") -> Expected:
    return partial(3, {2: codes}, {1: {"persons": "1"}, 3: {"persons": "3"}})


def _not_taken(column: str, value: str | None) -> Expected:
    """The record is kept apart; or it counts without the value, and that is remarked on."""
    return Expected(
        Decision.PARTIAL,
        records=3,
        current=2,
        bad={2: "E_PII"},
        otherwise=accepted(3, {2: {column: value}}, remarks=ANY_REMARK),
    )


def _few() -> bytes:
    return csv(records(3, {n: {"属地": FEW_REGION} for n in (1, 2, 3)}))


CASES = (
    _case(1, "in the columns that are declared personal", accepted(3), csv(records(3))),
    _case(
        2,
        "in free text",
        accepted(3),
        csv(records(3, {2: {"内容概述": f"{NAME}（{PHONE}）反映：{MAIL}，{CARD}"}})),
        canaries=(MAIL, CARD),
    ),
    _one(3, "an identity number for a submission's number", accepted(3), 编号=IDENTITY),
    _one(4, "a name and a telephone for an office", _kept_apart(), 登记机构=f"{NAME} {PHONE}"),
    _one(5, "a telephone for a class", _not_taken("content_code", "unknown"), 内容分类=PHONE),
    _one(6, "a telephone in wide digits", _kept_apart(), WIDE_PHONE, 状态=f"电话{WIDE_PHONE}"),
    _one(7, "a telephone with gaps", _kept_apart(), SPLIT_PHONE, 状态=f"电话 {SPLIT_PHONE}"),
    _one(8, "an identity number with a small x", _kept_apart(), SMALL_X, 状态=f"证号{SMALL_X}"),
    _case(
        9,
        "card, mail and chat",
        partial(5, {2: "E_PII", 3: "E_PII", 4: "E_PII"}),
        csv(records(5, {2: {"状态": CARD}, 3: {"状态": MAIL}, 4: {"状态": WECHAT}})),
        canaries=(CARD, MAIL, WECHAT, "zhdd_6271"),
    ),
    _one(
        10,
        "a telephone for a number of persons",
        _kept_apart("E_PII E_NUM E_NUM_RANGE"),
        人次=PHONE,
    ),
    _one(11, "an identity number for a date", _kept_apart("E_PII E_DATE"), 登记时间=IDENTITY),
    _one(
        12,
        "a telephone with invisible gaps",
        _kept_apart(),
        HIDDEN_PHONE,
        状态=f"联系{HIDDEN_PHONE}",
    ),
    _case(
        13,
        "in the name of the file",
        Expected(Decision.ACCEPT, records=3, current=3, otherwise=rejected("F_NAME")),
        csv(records(3)),
        name=f"{NAME}_{PHONE}_{FILE}",
    ),
    _case(
        14,
        "in a header",
        accepted(3, remarks="W_COLUMN_UNKNOWN"),
        "\n".join(
            [line([*HEADER, f"{NAME}{PHONE}"]), *(f"{row}," for row in lines(records(3))[1:])]
        ).encode(),
    ),
    _case(15, "three submissions that make a cell of their own", accepted(3), _few()),
    _case(
        16,
        "a group that is most of a sum",
        accepted(len(SINGLES) + 1, {1: {"persons": str(GROUP)}}),
        csv([record(1, 人次=str(GROUP), 属地=GROUP_REGION), *SINGLES]),
    ),
)
