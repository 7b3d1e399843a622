"""Dates as people write them: SQL that turns what is surely a date into ISO 8601.

`year_first` is every way to write a date that begins with a year of four digits: 2003年9月18日,
二〇〇三年九月十八日, 2003/9/18, 2003.9.18, 20030918, each with a time of day (8:05, 8时5分, 24:00,
下午8:05, 下午三点半, 8:05 PM) and an offset or without; a weekday behind the day says nothing new
and is left out. None of them can be taken for another day, so nothing
is guessed. `excel` and `excel1904` are the serial numbers of a spreadsheet. Formats that a mapping
spells out in strptime directives are for `moments.py`.
"""

from pipelines.ingest.folding import let_sql
from pipelines.quoting import literal

YEAR_FIRST = "year_first"
EXCEL_EPOCHS = {"excel": "1899-12-30", "excel1904": "1904-01-01"}
NAMED = (YEAR_FIRST, *EXCEL_EPOCHS)
# How dates are written that need no second look.
PLAIN = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
SERIAL = r"[0-9]{5}(\.[0-9]+)?"

_FORENOON, _AFTERNOON = ("上午", "凌晨", "AM", "am"), ("下午", "晚上", "PM", "pm")
# Digits that follow a day without a space could be the day's own, unless all have two places.
_DAY = (
    r"(?:([0-9]{4})([0-9]{2})([0-9]{2})(?:[T ]*([0-9]{2})([0-9]{2})([0-9]{2})?)?"
    r"|([0-9]{4})年([0-9]{1,2})月(?:([0-9]{1,2})[日号] ?)?"
    r"|([0-9]{4})[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?"
    r"|([0-9]{4})年?)"
)
_HALF = f"({'|'.join(_FORENOON + _AFTERNOON)})?"
_CLOCK = r"([0-9]{1,2})(?:[时点]|[:时点]([0-9]{1,2})(?:分|[:分]([0-9]{1,2})(?:\.([0-9]+))?秒?)?)"
_SPACED = f" *({'|'.join(_FORENOON + _AFTERNOON)}) *"
_OFFSET = "(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
SHAPE = f"{_DAY}(?:[T ]+{_HALF} ?{_CLOCK} ?{_HALF} ?{_OFFSET})?"
_GROUPS = (
    *("y1", "m1", "d1", "h1", "n1", "s1", "y2", "m2", "d2", "y3", "m3", "d3", "y4"),
    *("half1", "h2", "n2", "s2", "fraction", "half2", "zone"),
)
_WEEKDAY = "(?:星期|周|礼拜)[一二三四五六日天]"
_WEEKDAY_BEHIND = rf"([0-9日号]) *(?:\({_WEEKDAY}\)|{_WEEKDAY}) *"
_NUMERALS = "〇零○一二三四五六七八九", "000123456789"


def year_first_sql(text: str) -> str:
    """SQL for the date of a folded text in ISO 8601, as fine as it is written; else null.

    Whether there is such a day is not looked at.
    """
    names = ", ".join(map(literal, _GROUPS))
    bare = f"trim(regexp_replace({text}, {literal(_WEEKDAY_BEHIND)}, '\\1 '))"
    half_past = f"regexp_replace({_digits_sql('w')}, '([时点])半', '\\130分')"
    # 日 and 下午 need no space before the hour; they get one.
    spaced = f"regexp_replace({half_past}, {literal(_SPACED)}, ' \\1 ', 'g')"
    spaced = f"regexp_replace({spaced}, '([日号]) *', '\\1 ')"
    found = f"regexp_extract({spaced}, {literal(f'^{SHAPE}$')}, [{names}])"
    year, month, day = (" || ".join(f"p.{part}{n}" for n in (1, 2, 3)) for part in "ymd")
    on = f"{year} || p.y4 || {_two('-', month)} || {_two('-', day)}"
    minute, second = "p.n1 || p.n2", "p.s1 || p.s2"
    fraction = "case when p.fraction = '' then '' else '.' || left(p.fraction, 6) end"
    clock = (
        f"case when p.h1 || p.h2 = '' then '' else ' ' || {_hour_sql()} || ':' || "
        f"lpad({minute}, 2, '0') || {_two(':', second)} || {fraction} || {_zone_sql()} end"
    )
    has_year = f"{year} || p.y4 <> ''"
    iso = let_sql("p", found, f"case when {has_year} then {on} || {clock} end")
    return let_sql("w", bare, iso)


def serial_sql(text: str, system: str) -> str:
    """SQL for the date of a serial number in ISO 8601, to the second where it has a fraction."""
    days = f"to_days(cast(floor({text}::double) as integer))"
    seconds = f"to_seconds(cast(round(({text}::double % 1) * 86400) as bigint))"
    epoch = f"timestamp {literal(EXCEL_EPOCHS[system])}"
    day = f"strftime({epoch} + {days}, '%Y-%m-%d')"
    moment = f"strftime({epoch} + {days} + {seconds}, '%Y-%m-%d %H:%M:%S')"
    is_serial = f"regexp_full_match({text}, {literal(SERIAL)})"
    found = f"case when contains({text}, '.') then {moment} else {day} end"
    return f"case when {is_serial} then {found} end"


def _digits_sql(text: str) -> str:
    """SQL that writes Chinese numerals as digits, in a text that has a year (年) in them."""
    numerals, digits = _NUMERALS
    written = f"translate({text}, {literal(numerals)}, {literal(digits)})"
    for pattern, ten in (
        ("([1-9])十([1-9])", r"\1\2"),
        ("([1-9])十", r"\10"),  # the first group, then a zero
        ("十([1-9])", r"1\1"),
        ("十", "10"),
    ):
        written = f"regexp_replace({written}, {literal(pattern)}, {literal(ten)}, 'g')"
    is_numeral = f"contains({text}, '年') and regexp_matches({text}, {literal(f'[{numerals}十]')})"
    return f"case when {is_numeral} then {written} else {text} end"


def _hour_sql() -> str:
    """SQL for the hour of 24, two digits; null where half of day and hour contradict each other."""
    hour = "cast(p.h1 || p.h2 as integer)"
    halves = {0: _FORENOON, 12: _AFTERNOON}
    arms = " ".join(
        f"when p.half1 || p.half2 in ({', '.join(map(literal, words))}) "
        f"then case when {hour} between 1 and 12 then {hour} % 12 + {more} end"
        for more, words in halves.items()
    )
    of_24 = f"case when p.half1 || p.half2 = '' then {hour} {arms} end"
    return f"lpad(cast({of_24} as varchar), 2, '0')"


def _zone_sql() -> str:
    return (
        "case when p.zone = '' then '' when p.zone = 'Z' then '+00:00' "
        "else left(p.zone, 3) || ':' || rpad(ltrim(substr(p.zone, 4), ':'), 2, '0') end"
    )


def _two(mark: str, part: str) -> str:
    """SQL for a part of two digits behind its mark, or nothing."""
    return f"case when {part} = '' then '' else {literal(mark)} || lpad({part}, 2, '0') end"
