"""Group D: one registration time in each export, written as offices write them.

The mapping takes every form that begins with a year of four digits, so that what is refused is
refused although much is allowed.
"""

from tests.contracts.hostile.case import Case, Decision, Expected, accepted, partial
from tests.contracts.hostile.exports import FILE, REGISTER, MappingFile, csv, records

DAY, ZONED = "2003-09-18 00:00:00", "2003-09-18 08:05:00"


def _written(name: str, *forms: str) -> MappingFile:
    return REGISTER.varied(name, columns={"登记时间": {"dates": list(forms)}})


DATES = _written("register_dates", "year_first")
SERIAL = _written("register_serial", "%Y-%m-%d %H:%M:%S", "excel")

# How it is written, what it is called, and the time it means with its precision.
GOOD = (
    ("2003年9月18日", "Chinese date", DAY, "day"),
    ("2003年9月18日 8时5分", "Chinese date and time", ZONED, "minute"),
    ("2003/9/18 8:05", "slashes, no leading zeros", ZONED, "minute"),
    ("2003.9.18", "dots", DAY, "day"),
    ("20030918", "compact", DAY, "day"),
    ("２００３－０９－１８", "full-width digits", DAY, "day"),
    ("2003年9月18日 下午3时5分", "afternoon", "2003-09-18 15:05:00", "minute"),
    ("2003-09-18 24:00", "the end of the day", "2003-09-19 00:00:00", "minute"),
    ("二〇〇三年九月十八日", "Chinese numerals", DAY, "day"),
    ("37882", "serial number of a spreadsheet", DAY, "day"),
    ("2003-09-18T00:05:00Z", "UTC", ZONED, "second"),
    ("2003-09-18T09:05:00+09:00", "offset", ZONED, "second"),
    ("2003-12-31T16:30:00Z", "over the end of the year", "2004-01-01 00:30:00", "second"),
    ("2004-02-29", "leap day", "2004-02-29 00:00:00", "day"),
    (
        "2003-09-18 08:05:06.123456789",
        "nanoseconds",
        ("2003-09-18 08:05:06.123456", "2003-09-18 08:05:06"),
        "second",
    ),
)
RANGE = "E_DATE_RANGE"
CALENDAR, AMBIGUOUS = "E_DATE E_DATE_CALENDAR", "E_DATE E_DATE_AMBIGUOUS"
BAD = (
    ("民国92年9月18日", "year of the Republic", CALENDAR),
    ("03-9-18", "year of two digits", AMBIGUOUS),
    ("09/10/2003", "day and month in unknown order", AMBIGUOUS),
    ("36420", "serial number of 1904, undeclared", "E_DATE"),
    ("1063843500000", "milliseconds since 1970", "E_DATE"),
    ("0000-00-00", "zeros", CALENDAR),
    ("9999-12-31", "end of time", RANGE),
    ("2003-02-30", "30 February", CALENDAR),
    ("2023-02-29", "leap day of no leap year", CALENDAR),
    ("1900-01-01", "beginning of time", RANGE),
    ("2099-12-31", "end of the century", RANGE),
    ("农历癸未年八月廿二", "lunar calendar", CALENDAR),
    ("上个星期三的上午", "words", "E_DATE"),
    ("2016-12-31 23:59:60", "leap second", CALENDAR),
    ("2003-09-18（补登记）", "a remark behind it", "E_DATE"),
    ("1987-05-04", "before there were such registers", RANGE),
)
CHOICES = {
    "37882": "where the mapping names `excel`",
    "36420": "where the mapping does not name `excel1904`",
    "2003-09-18 24:00": "24:00 is 00:00 of the next day",
}


def _export(written: str) -> bytes:
    return csv(records(3, {2: {"登记时间": written}}))


def _good(number: int, written: str, title: str, at: str | tuple[str, ...], precision: str) -> Case:
    values = {2: {"registered_at": at, "registered_precision": precision}}
    expected = accepted(3, values, choice=CHOICES.get(written, ""))
    mapping = SERIAL if written.isdigit() and len(written) == 5 else DATES
    return Case(f"D{number:02}", title, expected, ((FILE, _export(written)),), mapping)


def _bad(number: int, written: str, title: str, codes: str) -> Case:
    expected = partial(3, {2: codes}, {3: {"persons": "3"}}, choice=CHOICES.get(written, ""))
    content = _export(written)
    canaries = () if codes == RANGE else (written,)  # what was read as a date may be seen
    return Case(f"D{number:02}", title, expected, ((FILE, content),), DATES, canaries=canaries)


def _step(number: int, title: str, header: str, written: str, expected: Expected) -> Case:
    content = csv(records(3, {2: {header: written}}))
    return Case(f"D{number:02}", title, expected, ((FILE, content),))


def _early() -> Expected:
    """The submission counts, the step that cannot be does not."""
    return Expected(Decision.PARTIAL, records=3, current=3, bad_steps={2: "E_ORDER"})


BEGIN = len(GOOD) + 1
CASES = (
    *(_good(number, *form) for number, form in enumerate(GOOD, 1)),
    *(_bad(number, *form) for number, form in enumerate(BAD, BEGIN)),
    _step(32, "closed before it was registered", "办结时间", "2023-03-01 08:00:00", _early()),
    _step(33, "handed on before it was registered", "转送时间", "2023-03-01 08:00:00", _early()),
    _step(34, "closed as it was registered", "办结时间", "2023-03-02 09:00:00", accepted(3)),
    _good(35, "2003-09-18", "a date and no time", DAY, "day"),
)
