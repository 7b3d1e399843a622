"""Group A: bytes that are not what they seem.

Names of people, places and offices are Chinese, so nothing but the right encoding will do.
"""

import unicodedata

from tests.contracts.hostile.case import Case, Decision, Expected, accepted, partial, rejected
from tests.contracts.hostile.exports import (
    FILE,
    NUMBER,
    REGISTER,
    MappingFile,
    Row,
    csv,
    lines,
    record,
    records,
    text,
)

WIDE = REGISTER.varied("register_utf16", format={"encoding": ["utf-8", "gb18030", "utf-16"]})
GOOD = {1: {"persons": "1", "channel": "letter"}, 5: {"registered_at": "2023-03-05 09:00:00"}}
BEYOND = "𠮷"  # outside the first plane of Unicode
FOUR_BYTES = "㐂"  # four bytes in GB18030
# The header as an office with Big5 machines would write it.
TRADITIONAL = "編號,登記機構,屬地,信訪形式,內容分類,人次,登記時間"
STATED = {
    2: {"状态": f"{BEYOND}{FOUR_BYTES}"},
}


def _case(
    number: int,
    title: str,
    content: bytes,
    expected: Expected,
    mapping: MappingFile = REGISTER,
) -> Case:
    return Case(f"A{number:02}", title, expected, ((FILE, content),), mapping)


def _lines(rows: list[Row]) -> list[bytes]:
    return [line.encode() for line in lines(rows)]


def _gbk_tail() -> bytes:
    """Two offices' exports pasted into one: three records in UTF-8, two in GBK."""
    listed = lines(records(5))
    head, tail = listed[:4], listed[4:]
    return b"\n".join([*(x.encode() for x in head), *(x.encode("gbk") for x in tail)]) + b"\n"


def _one_bad_byte() -> bytes:
    listed = _lines(records(5))
    listed[2] = listed[2].replace("农村".encode(), b"\xe5\x86\xff\xe6\x9d\x91")
    return b"\n".join(listed) + b"\n"


def _decomposed() -> bytes:
    """The number of a record written again in the decomposed form of its letters."""
    rows = [*records(3), record(1)]
    for row in rows:
        row["编号"] = f"{NUMBER}-É{row['编号']}"
    rows[3]["编号"] = unicodedata.normalize("NFD", rows[3]["编号"])
    return csv(rows)


def _big5() -> bytes:
    row = "A1,F01,990102,來信,農村農業,1,2023-03-01 09:00:00"
    return f"{TRADITIONAL}\n{row}\n".encode("big5")


def _radicals() -> bytes:
    """⼈ and ⽹ as the radicals that some fonts and scanners put for the characters."""
    return text(records(3, {2: {"信访形式": "⽹上"}})).replace("人次", "⼈次").encode()


PLAIN = text(records(5))
STRANGE = text(records(5, STATED))

CASES = (
    _case(1, "UTF-8", PLAIN.encode(), accepted(5, GOOD)),
    _case(2, "UTF-8 with BOM", PLAIN.encode("utf-8-sig"), accepted(5, GOOD)),
    _case(3, "GBK", PLAIN.encode("gbk"), accepted(5, GOOD)),
    _case(
        4,
        "GB18030 with characters of four bytes",
        STRANGE.encode("gb18030"),
        accepted(5, GOOD | {2: {"status_exported": f"{BEYOND}{FOUR_BYTES}"}}),
    ),
    _case(
        5,
        "UTF-8 beyond the first plane",
        STRANGE.encode(),
        accepted(5, GOOD | {2: {"status_exported": f"{BEYOND}{FOUR_BYTES}"}}),
    ),
    _case(6, "UTF-16LE with BOM", b"\xff\xfe" + PLAIN.encode("utf-16-le"), accepted(5, GOOD), WIDE),
    _case(7, "UTF-16BE with BOM", b"\xfe\xff" + PLAIN.encode("utf-16-be"), accepted(5, GOOD), WIDE),
    _case(
        8,
        "UTF-16LE without BOM",
        PLAIN.encode("utf-16-le"),
        Expected(
            Decision.ACCEPT,
            records=5,
            current=5,
            values=GOOD,
            otherwise=rejected("F_ENCODING"),
            choice="UTF-16 without a mark is read right or refused",
        ),
        WIDE,
    ),
    _case(
        9,
        "UTF-8 with a tail in GBK",
        _gbk_tail(),
        partial(5, {4: "E_ENCODING", 5: "E_ENCODING"}, {3: {"persons": "3"}}),
    ),
    _case(10, "one byte that is not UTF-8", _one_bad_byte(), partial(5, {2: "E_ENCODING"}, GOOD)),
    _case(11, "Big5", _big5(), rejected("F_ENCODING F_HEADER")),
    _case(
        12,
        "UTF-8 read as Latin-1 and written again",
        PLAIN.encode().decode("latin-1").encode(),
        rejected("F_ENCODING F_HEADER"),
    ),
    _case(
        13,
        "a character that was lost before",
        csv(records(5, {4: {"登记机构": "F0\ufffd"}})),
        partial(5, {4: "E_ENCODING"}, GOOD),
    ),
    _case(
        14,
        "NUL inside a field",
        csv(records(5, {3: {"状态": "办\0理"}})),
        partial(5, {3: "E_CTRL_CHAR"}, GOOD),
    ),
    _case(
        15,
        "NUL to the end of the block",
        PLAIN.encode() + b"\0" * 512,
        accepted(5, GOOD, choice="a tail of NUL is cut off"),
    ),
    _case(16, "Ctrl-Z at the end", PLAIN.encode() + b"\x1a", accepted(5, GOOD)),
    _case(
        17,
        "letters in decomposed form",
        _decomposed(),
        Expected(Decision.ACCEPT, records=4, current=3, duplicate=1),
    ),
    _case(
        18,
        "radicals that look like characters",
        _radicals(),
        accepted(3, {2: {"channel": "online", "persons": "2"}}),
    ),
)
