"""Dates and times: SQL that reads them as a mapping says they are written, and nothing else.

A text is read by the first listed format that fits all of it. How fine a time is comes from that
format. Wall time of the source's zone becomes wall time of the home's; a date alone stays the date
that it is, in any zone.
"""

import re
from dataclasses import dataclass

from pipelines.ingest.quoting import literal

# DuckDB reads `infinity` and `epoch` under any format, and years of one digit under %Y.
FIRST_MOMENT = "timestamp '1000-01-01 00:00:00'"
_DIGIT_FIRST = re.compile(r"%[YmdHIMS]")
_FINEST = (("second", "%S"), ("minute", "%M"), ("minute", "%H"), ("minute", "%I"))
_DAY, _MONTH, _YEAR = ("day", re.compile("%[dj]")), ("month", re.compile("%[mbB]")), "year"


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
        precision: its precision as text, null where the value is.
    """

    value: str
    precision: str


def moment_sql(
    text: str, formats: tuple[str, ...], zones: Zones, finest: tuple[str, ...]
) -> Moment:
    """SQL that reads the text expression `text`.

    Args:
        text: SQL of a VARCHAR.
        formats: how dates may be written, in strptime directives.
        zones: of the source and of the home.
        finest: the precisions that may be stated, finest first.
    """
    tries = [(f, _parse(source, f, zones)) for source in (text, f"trim({text})") for f in formats]
    value = f"coalesce({', '.join(parse for _, parse in tries)})"
    value = f"case when {value} >= {FIRST_MOMENT} then {value} end"
    stated = [(precision_of(f, finest), parse) for f, parse in tries]
    if len({precision for precision, _ in stated}) == 1:
        precision = f"case when {value} is not null then {literal(stated[0][0])} end"
    else:
        cases = " ".join(f"when {parse} is not null then {literal(p)}" for p, parse in stated)
        precision = f"case {cases} end"
    return Moment(value, precision)


def precision_of(written: str, finest: tuple[str, ...]) -> str:
    """How fine a time is that is written in this format, as one of the precisions in `finest`."""
    for precision, directive in _FINEST:
        if directive in written and precision in finest:
            return precision
    for precision, directive in (_DAY, _MONTH):
        if directive.search(written) and precision in finest:
            return precision
    return _YEAR if _YEAR in finest else finest[-1]


def _parse(text: str, written: str, zones: Zones) -> str:
    if "%z" in written:
        offset = f"regexp_replace({text}, 'Z$', '+0000')"
        return f"timezone({literal(zones.home)}, try_strptime({offset}, {literal(written)}))"
    parse = f"try_strptime({text}, {literal(written)})"
    if _DIGIT_FIRST.match(written):
        parse = f"case when ascii({text}) between 48 and 57 then {parse} end"
    if "%H" not in written and "%I" not in written:
        return parse
    if zones.source != zones.home:
        parse = f"timezone({literal(zones.home)}, timezone({literal(zones.source)}, {parse}))"
    return parse
