"""Reading a number as a Chinese bulletin prints it: "20余万批" is [200000, 300000).

Let u be the place value of the last digit written that is not zero, and r that of the last digit
written at all:

    436批             [436, 436]           a whole number without 万 or 亿 is exact
    20余万, 4100余次     [N, N + u)           so are 多, 几 (十几), 18万多, 3个多月
    约15万, 5人左右       [N - u/2, N + u/2)
    近20人             (N - u, N]
    不到5000           [0, N)
    超过2000万, 逾       (N, unbounded)
    90%以上, 至少        [N, unbounded)
    以下, 以内, 不超过      [0, N]
    52.78%, 11.04万    [N - r/2, N + r/2)   what was rounded, away from zero in a tie
    8毫秒至20毫秒         [A, B]

Percentages become fractions: 52.78% is [0.52775, 0.52785). A text that could mean two things, and
one that gives no number (数千里), is not read. Strict reading of columns in exports, where an
approximate number is a fault, belongs to `ingest.amounts`.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from pipelines.bulletins.ranges import Range
from pipelines.ingest.amounts import SHIFTS

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
PLACES = {"十": 10, "百": 100, "千": 1000}
FALLING = ("下降", "减少", "降低", "回落", "下滑")
RISING = ("上升", "增长", "增加", "提高", "上涨")
ABOUT, NEARLY = ("大约", "约"), ("接近", "将近", "近")
BELOW, ABOVE = ("不到", "不足", "少于", "低于"), ("超过", "多于", "高于", "逾", "超")
ODD = ("余", "多", "几", "个多")
AT_LEAST, AT_MOST = ("至少", "不少于", "不低于"), ("至多", "不超过", "不多于", "不高于")
AFTER = {"以上": "至少", "以下": "至多", "以内": "至多", "左右": "约", "上下": "约"}
PARTS = {"%": 100, "‰": 1000, "个百分点": 100}

_BEFORE = "|".join((*ABOUT, *NEARLY, *ABOVE, *AT_LEAST, *AT_MOST, *BELOW))
_AFTER = "|".join(AFTER)
_TENS = "|".join(sorted(SHIFTS.keys() | {"万亿"}, key=len, reverse=True))
_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_CHINESE = f"[{''.join(DIGITS)}{''.join(PLACES)}]+"
_UNIT = r"(?!分之)[^0-9+\-.,%‰]*?"
_NUMBER = re.compile(
    rf"(?P<trend>{'|'.join(FALLING + RISING)})?了?(?P<before>{_BEFORE})?(?P<sign>[+-])?"
    rf"(?:(?P<digits>{_DIGITS})|(?P<chinese>{_CHINESE}))"
    rf"(?P<odd>[余多几])?(?P<tens>{_TENS})?(?P<odd_after>余|多|个多)?"
    rf"(?P<parts>{'|'.join(PARTS)})?(?P<after>{_AFTER})?(?P<unit>{_UNIT})(?P<last>{_AFTER})?"
)
_SPAN = re.compile(r"(?P<low>.+?)(?:至|~|—|–|(?<=[0-9])-(?=[0-9]))(?P<high>.+)")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: what it can stand for, and what it counts.

    Attributes:
        range: the numbers that it can stand for; of a percentage as a fraction.
        unit: the word after the number; `%` of a percentage.
    """

    range: Range
    unit: str


def read_number(text: str) -> Printed | None:
    """The number that `text` prints, or None where it is none or could mean two things."""
    folded = unicodedata.normalize("NFKC", text).replace("−", "-").replace(" ", "")
    if span := _SPAN.fullmatch(folded):
        return _between(span["low"], span["high"])
    found = _NUMBER.fullmatch(folded)
    number = _magnitude(found) if found else None
    meant = _meant(found, *number) if found and number else None
    if found is None or meant is None:
        return None
    is_negative = found["sign"] == "-" or found["trend"] in FALLING
    unit = found["unit"].removeprefix("个") or found["unit"]
    if found["parts"]:
        meant = meant.scaled(Fraction(1, PARTS[found["parts"]]))
        unit = "%"
    return Printed(-meant if is_negative else meant, unit)


def _between(low: str, high: str) -> Printed | None:
    first, second = read_number(low), read_number(high)
    if first is None or second is None or first.unit not in {"", second.unit}:
        return None
    if not first.range.is_point or not second.range.is_point:
        return None
    if (first.range.low or 0) > (second.range.low or 0):
        return None
    return Printed(Range(first.range.low, second.range.high), second.unit)


def _magnitude(found: re.Match[str]) -> tuple[Fraction, Fraction, Fraction] | None:
    """The number without its sign, u and r; u is 0 where all digits are."""
    if found["chinese"]:
        value = _chinese(found["chinese"])
        if value is None:
            return None
        digits = str(value)
    else:
        digits = found["digits"].replace(",", "")
    places = {"万亿": 12, **SHIFTS}.get(found["tens"] or "", 0)
    whole, _, rest = digits.partition(".")
    rounded = Fraction(10) ** (places - len(rest))
    plain = (whole + rest).rstrip("0")
    zeros = len(whole + rest) - len(plain)
    return (
        Fraction(digits) * Fraction(10) ** places,
        rounded * 10**zeros if plain else Fraction(0),
        rounded,
    )


def _meant(
    found: re.Match[str], number: Fraction, unit: Fraction, rounded: Fraction
) -> Range | None:
    roles = ("before", "odd", "odd_after", "after", "last")
    words = [found[role] for role in roles if found[role]]
    if len(words) > 1:
        return None
    if words:
        return _qualified(AFTER.get(words[0], words[0]), number, unit)
    if found["tens"] or found["parts"] or "." in (found["digits"] or ""):
        return Range(number - rounded / 2, number + rounded / 2, "[)")
    return Range.point(number)


def _qualified(word: str, number: Fraction, unit: Fraction) -> Range | None:
    """What a number with a word beside it means; of nothing, no word makes sense."""
    if number == 0:
        return None
    forms = (
        (ODD, Range(number, number + unit, "[)")),
        (ABOUT, Range(number - unit / 2, number + unit / 2, "[)")),
        (NEARLY, Range(number - unit, number, "(]")),
        (BELOW, Range(Fraction(0), number, "[)")),
        (ABOVE, Range(number, None, "()")),
        (AT_LEAST, Range(number, None, "[)")),
        (AT_MOST, Range(Fraction(0), number)),
    )
    return next(meant for words, meant in forms if word in words)


def _chinese(text: str) -> int | None:
    """A number below ten thousand in Chinese numerals; None where it is not well written."""
    value, digit, place = 0, None, 10_000
    for letter in text:
        if letter in PLACES:
            if PLACES[letter] >= place or digit == 0:
                return None
            place = PLACES[letter]
            # 十 may stand without a digit before it, where it begins the number
            if digit is None and (letter != "十" or value):
                return None
            value, digit = value + (1 if digit is None else digit) * place, None
        elif digit not in {None, 0} or (digit == 0 and letter in "零〇"):
            return None
        else:
            digit = DIGITS[letter]
    if digit is None:
        return value
    is_gap = place > 10 and value > 0 and not any(zero in text for zero in "零〇")
    return None if is_gap else value + digit
