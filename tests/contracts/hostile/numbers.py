"""Group E: one number in each export, written as offices write them."""

from tests.contracts.hostile.case import Case, Decision, Expected, accepted, partial
from tests.contracts.hostile.exports import DAY_TOTALS, FILE, csv, lines, records

GOOD = (
    ("１２", "full-width digits", "12"),
    ("12人", "a unit word", "12"),
    ("0.25万", "ten thousands", "2500"),
)
MONEY = (
    ("1.2亿元", "hundred millions of yuan", "120000000"),
    ("1,234", "thousands", "1234"),
    ("￥1200", "a currency sign", "1200"),
)
ALSO_GOOD = (
    ("12.0", "a whole number with a point", "12"),
    ("12\u200b", "an invisible character behind the digits", "12"),
)
BAD = (
    ("12,5", "European decimal comma", "E_NUM"),
    ("-3", "negative", "E_NUM E_NUM_RANGE"),
    ("(3)", "negative as accountants write it", "E_NUM E_NUM_RANGE"),
    ("0", "no persons", "E_NUM_RANGE"),
    ("2.5", "half a person", "E_NUM E_NUM_RANGE"),
    ("100000000000", "a hundred billion", "E_NUM E_NUM_RANGE"),
    ("1234567890" * 4, "forty digits", "E_NUM E_NUM_RANGE E_PRECISION_LOST"),
    ("1E3", "scientific notation", "E_NUM"),
    ("NaN", "not a number", "E_NUM"),
    ("inf", "infinity", "E_NUM"),
    ("不详", "unknown, in words", "E_NUM"),
    ("—", "a dash", "E_NUM"),
    ("三十二", "Chinese numerals", "E_NUM"),
    ("0x10", "hexadecimal", "E_NUM"),
    ("100余人", "more than", "E_NUM"),
    ("3-5", "a range", "E_NUM"),
    ("١٢", "Arabic-Indic digits", "E_NUM"),
    ("1²", "a superscript", "E_NUM"),
    ("1_000", "underscores", "E_NUM"),
)
CHOICES = {
    "12人": "unit words behind a number are understood",
    "0": "0 persons are kept apart, none at all is one on a letter",
    "三十二": "bare Chinese numerals are no numbers",
}
DAY_HEADER = ("编号", "日期", "登记", "批次", "人次", "化解", "金额")
DAY = {
    "编号": "D1",
    "日期": "2003-09-18",
    "登记": "400",
    "批次": "436",
    "人次": "667",
    "化解": "91",
}


def _persons(number: int, title: str, written: str, expected: Expected) -> Case:
    content = csv(records(3, {2: {"人次": written}}))
    canaries = (written,) if expected.bad and len(written) > 6 else ()
    return Case(f"E{number:02}", title, expected, ((FILE, content),), canaries=canaries)


def _good(number: int, written: str, title: str, persons: str) -> Case:
    expected = accepted(3, {2: {"persons": persons}}, choice=CHOICES.get(written, ""))
    return _persons(number, title, written, expected)


def _bad(number: int, written: str, title: str, codes: str) -> Case:
    expected = partial(3, {2: codes}, {3: {"persons": "3"}}, choice=CHOICES.get(written, ""))
    return _persons(number, title, written, expected)


def _day(number: int, title: str, expected: Expected, **changes: str) -> Case:
    """Two days with their totals; in the second something is written otherwise."""
    rows = [DAY, DAY | {"编号": "D2"} | changes]
    content = "\n".join(lines(rows, DAY_HEADER)).encode()
    return Case(f"E{number:02}", title, expected, ((FILE, content),), DAY_TOTALS)


def _money(number: int, written: str, title: str, yuan: str) -> Case:
    return _day(number, title, accepted(2, {2: {"amount_yuan": yuan}}), 金额=written)


CASES = (
    *(_good(number, *form) for number, form in enumerate(GOOD, 1)),
    *(_money(number, *form) for number, form in enumerate(MONEY, 4)),
    *(_good(number, *form) for number, form in enumerate(ALSO_GOOD, 7)),
    *(_bad(number, *form) for number, form in enumerate(BAD, 9)),
    _day(28, "more solved than received", partial(2, {2: "E_CONSISTENCY"}), 化解="437"),
    _day(29, "fewer persons than batches", partial(2, {2: "E_CONSISTENCY"}), 人次="435"),
    # The newspaper of 2003: "more than 400 registrations" and 436 batches. No rule may forbid it.
    _day(30, "the newspaper's own day", accepted(2, {1: {"batches": "436", "persons": "667"}})),
    _persons(
        31,
        "no number at all",
        "",
        Expected(
            Decision.ACCEPT,
            records=3,
            current=3,
            values={2: {"persons": (None, "1")}},
            choice="persons missing on a letter is one",
        ),
    ),
)
