"""Group H: text that does harm where it is shown.

It stands in a text that is taken as it is (the state in the source's own words) and in a label that
means a code. The first is kept exactly, for machines; it is in no figure and on no page. The second
is on no list, counts as unknown and is not repeated.
"""

import re
from dataclasses import replace

from tests.contracts.hostile.case import Case, Decision, Expected, Values, accepted, partial
from tests.contracts.hostile.exports import FILE, NUMBER, csv, record, records

FORMULAS = (
    ('=HYPERLINK("http://x.invalid")', "a formula"),
    ("+1+cmd|' /C calc'!A0", "a formula that begins with a plus"),
    ("-2+3+cmd|' /C calc'!A0", "a formula that begins with a minus"),
    ("@SUM(1+9)*cmd", "a formula that begins with an at sign"),
    ("\t=SUM(1+9)*2", "a formula behind a tab"),
    ("＝SUM（1＋9）＊2", "a formula in wide characters"),
)
MARKUP = (
    ("</script><script>window.__xss=1</script>", "the end of a script"),
    ("<img src=x onerror=window.__xss=1>", "a picture that runs"),
    ("<svg/onload=window.__xss=1>", "a drawing that runs"),
    ("[link](javascript:window.__xss=1)", "a link that runs"),
    ('<a href="http://x.invalid">xinfang.gov</a>', "a link that says another address"),
    ("{{7*7}}{% for x in y %}", "a template"),
    ("{0.__class__}{settings}%s%n", "a format string"),
    ("%{x}<br>%{customdata[0]}", "a template of charts"),
    ("# 标题\n* **粗** | --- |", "Markdown"),
    ("'); drop table cases; --", "SQL"),
    ("\"'`\\\"'“”‘’", "quotes of all kinds"),
    ("\u202e领导\u202c受理", "writing that turns round"),
    ("\u2066\u2067受\u2069\u2069理", "isolates of direction"),
    ("👨\u200d👩\u200d👧\u200d👦", "joined emoji"),
)
MARKS = ("a" + "\u0301" * 500, "500 marks on a letter")
TERMINAL = ("\x1b[31m\x1b]0;x\x07红", "codes for a terminal")
LOG = ("ok\n2026-10-31 00:00:00 - dagster - INFO - RUN_SUCCESS", "a line of a log")
OFFICES = (
    ("Ϝ01", "an office that looks like another"),
    ("../../../../etc/passwd", "a path for an office"),
    ("CON", "a device for an office"),
    ("..", "dots for an office"),
)
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
LONG = "冗" * 200_000
MANY = 3_000


def _case(number: int, title: str, expected: Expected, content: bytes, *canaries: str) -> Case:
    return Case(f"H{number:02}", title, expected, ((FILE, content),), canaries=canaries)


def _told(number: int, text: str, title: str, refused_for: str = "") -> Case:
    """The text as a state and, in another record, as a class.

    As a state it may be kept as it is or without its guards and what cannot be seen; where there is
    a code for it, it may be kept apart.
    """
    content = csv(records(3, {1: {"状态": text}, 2: {"内容分类": text}}))
    kept = (text, text.strip(), UNSEEN.sub("", text), text.strip("'"))
    unknown: Values = {2: {"content_code": "unknown"}}
    expected = accepted(3, {1: {"status_exported": kept}} | unknown, remarks="W_ENUM_UNKNOWN")
    if refused_for:
        apart = partial(3, {1: refused_for}, unknown, remarks="W_ENUM_UNKNOWN")
        expected = replace(expected, otherwise=apart, choice="kept as it is, or kept apart")
    return _case(number, title, expected, content)


def _escaped(number: int, text: str, title: str) -> Case:
    content = csv(records(3, {1: {"状态": text}, 2: {"内容分类": text}}))
    expected = partial(3, {1: "E_CTRL_CHAR", 2: "E_CTRL_CHAR"}, {3: {"persons": "3"}})
    return _case(number, title, expected, content, text)


def _long(number: int) -> Case:
    expected = accepted(3, {2: {"content_code": "unknown"}}, remarks="W_ENUM_UNKNOWN")
    content = csv(records(3, {2: {"内容分类": LONG}}))
    return _case(number, "200,000 characters", expected, content, LONG[:50])


def _office(number: int, text: str, title: str) -> Case:
    """An office is known by its code; one that no list knows may count, but only as itself."""
    expected = Expected(
        Decision.ACCEPT,
        records=3,
        current=3,
        values={2: {"office_id": text}},
        otherwise=partial(3, {2: "E_CONSISTENCY E_ENUM_UNKNOWN E_ID E_ORPHAN"}),
    )
    return _case(number, title, expected, csv(records(3, {2: {"登记机构": text}})))


def _colliding(number: int) -> Case:
    """Offices whose names would be one file name where case or punctuation does not count."""
    offices = ("F-01", "f 01", "F/01", "F:01")
    rows = [record(n, 登记机构=office) for n, office in enumerate(offices, 1)]
    values: Values = {n: {"office_id": office} for n, office in enumerate(offices, 1)}
    codes = "E_CONSISTENCY E_ENUM_UNKNOWN E_ID E_ORPHAN"
    expected = Expected(
        Decision.ACCEPT,
        records=4,
        current=4,
        values=values,
        otherwise=partial(4, dict.fromkeys(range(1, 5), codes)),
    )
    return _case(number, "offices that make one file name", expected, csv(rows))


def _many(number: int) -> Case:
    rows = [record(n, 编号=f"{NUMBER}-{n}", 人次="1", 登记机构=f"Z{n:04}") for n in range(MANY)]
    unlisted = partial(MANY, dict.fromkeys(range(1, MANY + 1), "E_ORPHAN"))
    expected = replace(
        accepted(MANY, remarks="W_CARDINALITY"),
        otherwise=replace(unlisted, remarks="W_CARDINALITY"),
    )
    return _case(number, "3,000 offices", expected, csv(rows))


CASES = (
    *(_told(number, *text, "E_FORMULA") for number, text in enumerate(FORMULAS, 1)),
    *(_told(number, *text) for number, text in enumerate(MARKUP, 7)),
    _told(21, *MARKS, "E_TOO_LONG"),
    _escaped(22, *TERMINAL),
    _told(23, *LOG),
    _long(24),
    *(_office(number, *office) for number, office in enumerate(OFFICES, 25)),
    _colliding(29),
    _many(30),
)
