"""Dates and times: SQL that reads them as a mapping says they are written, and nothing else.

A text is read by the first listed format that fits all of it. How fine a time is comes from that
format. Wall time of the source's zone becomes wall time of the home's; a date alone stays the date
that it is, in any zone.
"""

import re
from dataclasses import dataclass

from pipelines.ingest.quoting import literal

# DuckDB reads `infinity` and `epoch` under any format as 1900, and years of one digit under %Y.
FIRST_MOMENT = "timestamp '1900-01-03 00:00:00'"
_ADJACENT = re.compile("%[YymdHIMS]%[YymdHIMS]")
_PRECISIONS = (
    ("second", re.compile("%S")),
    ("minute", re.compile("%[HIM]")),
    ("day", re.compile("%[dj]")),
    ("month", re.compile("%[mbB]")),
    ("year", re.compile("%Y")),
)


@dataclass(frozen=True, slots=True)
class Zones:
    """From which zone to which wall times are brought."""

    source: str
    home: str


@dataclass(frozen=True, slots=True)
class Moment:
    """SQL for a column of dates or times.

    Attributes:
        value: a TIMESTAMP, null where no format fits.
        precision: its precision as text, given that the value is not null.
    """

    value: str
    precision: str


def moment_sql(
    text: str, formats: tuple[str, ...], zones: Zones, precisions: tuple[str, ...]
) -> Moment:
    """SQL that reads the text expression `text`.

    Args:
        text: SQL of a VARCHAR.
        formats: how dates may be written, in strptime directives.
        zones: of the source and of the home.
        precisions: those that may be stated, finest first.
    """
    tries = [(written, _parse(text, written, zones)) for written in formats]
    value = tries[0][1]
    if len(tries) > 1:
        value = f"coalesce({', '.join(parse for _, parse in tries)})"
    stated = [(precision_of(f, precisions), parse) for f, parse in tries]
    precision = literal(stated[0][0])
    if len({name for name, _ in stated}) > 1:
        arms = " ".join(f"when {parse} is not null then {literal(name)}" for name, parse in stated)
        precision = f"case {arms} end"
    return Moment(value, precision)


def not_a_date_sql(value: str, text: str) -> str:
    """A predicate: there is a text and no format fits it, or what it was read as is not meant."""
    return (
        f"case when {value} is null then {text} is not null "
        f"when {value} < {FIRST_MOMENT} then not contains({text}, '1900') end"
    )


def precision_of(written: str, precisions: tuple[str, ...]) -> str:
    """How fine a time is that is written in this format, as one of `precisions`."""
    for precision, directive in _PRECISIONS:
        if directive.search(written) and precision in precisions:
            return precision
    return precisions[-1]


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
    if zones.source != zones.home:
        parse = f"timezone({literal(zones.home)}, timezone({literal(zones.source)}, {parse}))"
    return parse


def _length(written: str) -> int:
    """Characters of a date in a format of numbers with their leading zeros."""
    return len(re.sub("%[ymdHIMS]", "00", written.replace("%Y", "0000")))
