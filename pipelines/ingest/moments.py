"""Dates and times: SQL that reads them as a mapping says they are written, and nothing else.

A text is read by the first listed format that fits all of it; only one that none fits is folded and
tried again, also as the named ways of `written_dates.py` where the mapping lists them. How fine a
time is comes from how it is written. Wall time of the source's zone becomes wall time of the
home's; a date alone stays the date that it is, in any zone.
"""

import re
from dataclasses import dataclass

from pipelines.ingest.folding import fold_sql, let_sql
from pipelines.ingest.written_dates import (
    EXCEL_EPOCHS,
    NAMED,
    PLAIN,
    YEAR_FIRST,
    serial_sql,
    year_first_sql,
)
from pipelines.quoting import literal

# Systems write 1900-01-01, 2100-01-01 or 9999-12-31 for "none"; DuckDB reads `infinity` and `epoch`
# under any format as 1900, and years of one digit under %Y.
FIRST_MOMENT, END_OF_TIME = "timestamp '1900-01-03 00:00:00'", "timestamp '2099-12-31 00:00:00'"
ISO_MARK = "@"  # before a text that was rewritten as ISO 8601
_ADJACENT = re.compile("%[YymdHIMS]%[YymdHIMS]")
_PRECISIONS = (
    ("second", re.compile("%S")),
    ("minute", re.compile("%[HIM]")),
    ("day", re.compile("%[dj]")),
    ("month", re.compile("%[mbB]")),
    ("year", re.compile("%Y")),
)
_SHAPES = {"Y": "[0-9]{4}", "z": r"(?:Z|[+-][0-9:]+)", "p": "[A-Za-z]{2}", "f": "[0-9]+"}
_ANY_ORDER = r"^[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{1,2})(?:[^0-9].*)?$"
_TWO_DIGIT_YEAR = r"^'?[0-9]{2}年[0-9]{1,2}月"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_OTHER_CALENDAR = f"民国|农历|阴历|旧历|[{_STEMS}][{_BRANCHES}]年|初[一二三四五六七八九十]|廿"


@dataclass(frozen=True, slots=True)
class Zones:
    """From which zone to which wall times are brought."""

    source: str
    home: str


@dataclass(frozen=True, slots=True)
class Moment:
    """SQL for a column of dates or times.

    Attributes:
        plain: a TIMESTAMP, null where no format fits the text as it stands.
        mended: the text once more, in another form.
        value: a TIMESTAMP from that form, null where it is no date either.
        plain_precision: of the plain value, as text.
        precision: of the value from the mended text.
    """

    plain: str
    mended: str
    value: str
    plain_precision: str
    precision: str


def moment_sql(
    text: str, mended: str, formats: tuple[str, ...], zones: Zones, precisions: tuple[str, ...]
) -> Moment:
    """SQL that reads the text expression `text`.

    Args:
        text: SQL of a VARCHAR.
        mended: the name that the mended text will have.
        formats: how dates may be written: strptime directives, or one of `NAMED`.
        zones: of the source and of the home.
        precisions: those that may be stated, finest first.
    """
    spelled = spelled_out(formats)
    value = _first(_parses(mended, spelled, zones))
    precision = _precision(mended, spelled, zones, precisions)
    if set(formats) & set(NAMED):
        is_iso = f"starts_with({mended}, {literal(ISO_MARK)})"
        value = f"case when {is_iso} then {_iso(mended, zones)} else {value} end"
        fine = _iso_precision(mended, precisions)
        precision = f"case when {is_iso} then {fine} else {precision} end"
    return Moment(
        plain=_first(_parses(text, spelled, zones)),
        mended=_mended(text, formats, precisions),
        value=value,
        plain_precision=_precision(text, spelled, zones, precisions),
        precision=precision,
    )


def spelled_out(formats: tuple[str, ...]) -> tuple[str, ...]:
    """The formats as strptime directives: of `year_first`, those that need no mending."""
    found: list[str] = []
    for written in formats:
        found += PLAIN if written == YEAR_FIRST else () if written in EXCEL_EPOCHS else (written,)
    return tuple(dict.fromkeys(found))


def is_other_order_sql(mended: str) -> str:
    """A predicate: a text that may be a date, but of which year, or in which order, is not said."""
    return (
        f"(regexp_matches({mended}, {literal(_ANY_ORDER)}) "
        f"or regexp_matches({mended}, {literal(_TWO_DIGIT_YEAR)}))"
    )


def is_no_such_day_sql(mended: str, formats: tuple[str, ...]) -> str:
    """A predicate: written as agreed, but no calendar has the day, or another calendar's day."""
    shapes = "|".join(_shape(written) for written in spelled_out(formats))
    agreed = f"regexp_full_match({mended}, {literal(shapes)}) or " if shapes else ""
    return (
        f"coalesce({agreed}starts_with({mended}, {literal(ISO_MARK)}) "
        f"or regexp_matches({mended}, {literal(_OTHER_CALENDAR)}), false)"
    )


def precision_of(written: str, precisions: tuple[str, ...]) -> str:
    """How fine a time is that is written in this format, as one of `precisions`."""
    for precision, directive in _PRECISIONS:
        if directive.search(written) and precision in precisions:
            return precision
    return precisions[-1]


def _first(parses: list[str]) -> str:
    if not parses:
        return "cast(null as timestamp)"
    return parses[0] if len(parses) == 1 else f"coalesce({', '.join(parses)})"


def _parses(text: str, formats: tuple[str, ...], zones: Zones) -> list[str]:
    return [_parse(text, written, zones) for written in formats]


def _precision(
    text: str, formats: tuple[str, ...], zones: Zones, precisions: tuple[str, ...]
) -> str:
    stated = [(precision_of(f, precisions), _parse(text, f, zones)) for f in formats]
    if len({name for name, _ in stated}) < 2:
        return literal(stated[0][0] if stated else precisions[-1])
    arms = " ".join(f"when {parse} is not null then {literal(name)}" for name, parse in stated)
    return f"case {arms} end"


def _mended(text: str, formats: tuple[str, ...], precisions: tuple[str, ...]) -> str:
    tries = [serial_sql("f", written) for written in formats if written in EXCEL_EPOCHS]
    if YEAR_FIRST in formats:
        shortest = 4 if "year" in precisions else 5
        found = year_first_sql("f")
        tries.append(let_sql("y", found, f"case when strlen(y) >= {shortest} then y end"))
    if not tries:
        return fold_sql(text)
    rewritten = ", ".join(f"{literal(ISO_MARK)} || ({found})" for found in tries)
    return let_sql("f", fold_sql(text), f"coalesce({rewritten}, f)")


def _iso(mended: str, zones: Zones) -> str:
    """SQL for the TIMESTAMP of a marked text, null where there is no such day or hour."""
    text = f"substr({mended}, 2)"
    text = f"{text} || case strlen({text}) when 4 then '-01-01' when 7 then '-01' else '' end"
    wall = f"try_cast({text} as timestamp)"
    there = _shifted(wall, zones)
    if there != wall:
        there = f"case when strlen({mended}) > 11 then {there} else {wall} end"
    aware = f"timezone({literal(zones.home)}, try_cast({text} as timestamptz))"
    has_offset = f"regexp_matches({mended}, '[+-][0-9]{{2}}:[0-9]{{2}}$')"
    return f"case when {has_offset} then {aware} else {there} end"


def _iso_precision(mended: str, precisions: tuple[str, ...]) -> str:
    names = [name for name, _ in _PRECISIONS]
    fine = {
        name: next((p for p in names[at:] if p in precisions), precisions[-1])
        for at, name in enumerate(names)
    }
    length = f"strlen({mended})"
    arms = " ".join(
        f"when {test} then {literal(fine[name])}"
        for test, name in (
            (f"{length} = 5", "year"),
            (f"{length} = 8", "month"),
            (f"{length} = 11", "day"),
            (f"substr({mended}, 18, 1) = ':'", "second"),
        )
    )
    return f"case {arms} else {literal(fine['minute'])} end"


def _shape(written: str) -> str:
    """A pattern of what a text in this format looks like, whatever its numbers."""
    parts = re.split(r"%(.)", written)
    plain, directives = map(re.escape, parts[::2]), parts[1::2]
    shapes = [_SHAPES.get(d, "[A-Za-z]+" if d in "bB" else "[0-9]{1,3}") for d in directives]
    return "".join(a + b for a, b in zip(plain, [*shapes, ""], strict=True))


def _parse(text: str, written: str, zones: Zones) -> str:
    if "%z" in written:
        offset = f"regexp_replace({text}, 'Z$', '+0000')"
        return f"timezone({literal(zones.home)}, try_strptime({offset}, {literal(written)}))"
    parse = f"try_strptime({text}, {literal(written)})"
    if _ADJACENT.search(written):
        # Without anything between them, only the length tells where one part ends.
        parse = f"case when length({text}) = {_length(written)} then {parse} end"
    if "%H" not in written and "%I" not in written:
        return parse
    return _shifted(parse, zones)


def _shifted(parse: str, zones: Zones) -> str:
    """Wall time of the source as wall time of the home."""
    if zones.source == zones.home:
        return parse
    return f"timezone({literal(zones.home)}, timezone({literal(zones.source)}, {parse}))"


def _length(written: str) -> int:
    """Characters of a date in a format of numbers with their leading zeros."""
    return len(re.sub("%[ymdHIMS]", "00", written.replace("%Y", "0000")))
