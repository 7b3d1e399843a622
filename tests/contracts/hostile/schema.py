"""Group C: columns that are missing, new, twice there, renamed or not what they say."""

from tests.contracts.hostile.case import Case, Decision, Expected, accepted, rejected
from tests.contracts.hostile.exports import (
    FILE,
    HEADER,
    REGISTER,
    MappingFile,
    Row,
    csv,
    records,
)

GOOD = {1: {"persons": "1"}, 3: {"persons": "3", "registered_at": "2023-03-03 09:00:00"}}
ENGLISH = {
    "编号": "case_no",
    "登记机构": "office",
    "属地": "region",
    "信访形式": "channel",
    "内容分类": "class",
    "人次": "persons",
    "登记时间": "registered",
}
PEOPLE = REGISTER.without("人次").varied(
    "register_people", columns={"人次(人)": {"to": "persons", "required": "true"}}
)
SQL_HEADER = "x'); drop table cases; --"
HTML_HEADER = "<script>alert(1)</script>"
SWAPPED = 200
TRANSLATED = REGISTER.varied(
    "register_english",
    columns={header: {"aliases": [english]} for header, english in ENGLISH.items()},
)


def _case(
    number: int,
    title: str,
    content: bytes,
    expected: Expected,
    mapping: MappingFile = REGISTER,
    *,
    canaries: tuple[str, ...] = (),
    name: str = FILE,
) -> Case:
    return Case(f"C{number:02}", title, expected, ((name, content),), mapping, canaries=canaries)


def _renamed(names: dict[str, str], count: int = 3) -> bytes:
    rows: list[Row] = [
        {names.get(header, header): cell for header, cell in row.items()} for row in records(count)
    ]
    return csv(rows, [names.get(header, header) for header in HEADER])


def _more(header: str, *cells: str) -> bytes:
    """Three records with one more column."""
    rows = [row | {header: cell} for row, cell in zip(records(3), cells, strict=True)]
    return csv(rows, [*HEADER, header])


def _twice(*cells: str) -> bytes:
    """人次 stands twice; the second time with these values."""
    return _more("人次 2", *cells).replace("人次 2".encode(), "人次".encode())


def _swapped() -> bytes:
    """Registration and closing have changed their headers, so everything is closed too early."""
    return csv([row | {"办结时间": "2023-02-01 09:00:00"} for row in records(SWAPPED)])


CASES = (
    _case(1, "columns in another order", csv(records(3), HEADER[::-1]), accepted(3, GOOD)),
    _case(
        2,
        "invisible characters in headers",
        _renamed({"编号": "\u200b编\u200d号", "登记时间": "登记时间\ufeff "}),
        accepted(3, GOOD),
    ),
    _case(
        3,
        "a synonym that the mapping does not list",
        _renamed({"人次": "涉及人数"}),
        accepted(
            3,
            {1: {"persons": None, "channel": "letter"}},
            remarks="W_COLUMN_UNKNOWN W_COLUMN_MISSING",
            choice="only names that the mapping lists are known",
        ),
        canaries=("涉及人数",),
    ),
    _case(
        4,
        "a required column renamed",
        _renamed({"登记时间": "收件日"}),
        rejected("F_HEADER"),
        canaries=("收件日",),
    ),
    _case(
        5,
        "an optional column is missing",
        csv(records(3), [header for header in HEADER if header != "状态"]),
        accepted(3, GOOD, remarks="W_COLUMN_MISSING"),
    ),
    _case(
        6,
        "a new column with names in it",
        _more("承办人", "诸葛铁蛋", "诸葛铁锤", "诸葛铁环"),
        accepted(3, GOOD, remarks="W_COLUMN_UNKNOWN"),
        canaries=("承办人", "诸葛铁"),
    ),
    _case(7, "a column twice, equal", _twice("1", "2", "3"), rejected("F_HEADER_DUP")),
    _case(8, "a column twice, in conflict", _twice("7", "8", "9"), rejected("F_HEADER_DUP")),
    _case(
        9,
        "a column without a name",
        _more("", "甲乙丙丁戊己", "", "庚辛壬癸子丑"),
        accepted(3, GOOD, remarks="W_COLUMN_UNKNOWN"),
        canaries=("甲乙丙丁戊己", "庚辛壬癸子丑"),
    ),
    _case(10, "full-width brackets", _renamed({"人次": "人次（人）"}), accepted(3, GOOD), PEOPLE),
    _case(
        11,
        "the unit in the header has changed",
        _renamed({"人次": "人次（百人）"}),
        rejected("F_HEADER", choice="another unit is another column, which the mapping must list"),
        PEOPLE,
    ),
    _case(
        12,
        "SQL for a header",
        _more(SQL_HEADER, "1", "2", "3"),
        accepted(3, GOOD, remarks="W_COLUMN_UNKNOWN"),
        canaries=(SQL_HEADER,),
    ),
    _case(
        13,
        "HTML for a header",
        _more(HTML_HEADER, "1", "2", "3"),
        accepted(3, GOOD, remarks="W_COLUMN_UNKNOWN"),
        canaries=(HTML_HEADER,),
    ),
    _case(
        14,
        "ten thousand columns",
        csv(records(3), [*HEADER, *(f"列{n}" for n in range(10_000))]),
        rejected("F_TOO_WIDE"),
    ),
    _case(
        15,
        "the file of another table",
        "步骤编号,编号,步骤,时间\nS1,XFJ-0001,受理,2023-03-01\n".encode(),
        rejected("F_TABLE_MISMATCH F_HEADER"),
    ),
    _case(
        16,
        "English headers",
        _renamed(ENGLISH),
        accepted(3, GOOD, choice="taken because the mapping lists them"),
        TRANSLATED,
    ),
    _case(
        17,
        "two date columns have changed places",
        _swapped(),
        Expected(
            Decision.PARTIAL,
            records=SWAPPED,
            current=SWAPPED,
            bad_steps=dict.fromkeys(range(1, SWAPPED + 1), "E_ORDER"),
            stops=True,
        ),
    ),
    _case(
        18,
        "the file's name speaks of another region than its rows",
        csv(records(3)),
        accepted(3, GOOD, remarks="W_REGION_MISMATCH"),
        name=f"F02/霁浦市_{FILE}",  # F02 is the office of another city
    ),
)
