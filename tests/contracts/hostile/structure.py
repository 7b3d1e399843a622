"""Group B: text whose lines, quotes and fields are not as they should be."""

from tests.contracts.hostile.case import (
    Case,
    Decision,
    Expected,
    Values,
    accepted,
    partial,
    rejected,
)
from tests.contracts.hostile.exports import (
    FILE,
    HEADER,
    NUMBER,
    REGISTER,
    MappingFile,
    csv,
    line,
    lines,
    records,
)

GOOD: Values = {1: {"persons": "1"}, 5: {"persons": "5", "registered_at": "2023-03-05 09:00:00"}}
FIRST: Values = {1: {"persons": "1"}, 2: {"persons": "2"}}
TITLE = "澜川市信访局来件登记表"
SAID = '他说"不行"\n第二行,完'  # a delimiter, quotes and a line end in one field


def _delimited(name: str, delimiter: str) -> MappingFile:
    return REGISTER.varied(f"register_{name}", format={"delimiter": delimiter})


def _case(
    number: int, title: str, content: bytes, expected: Expected, mapping: MappingFile = REGISTER
) -> Case:
    return Case(f"B{number:02}", title, expected, ((FILE, content),), mapping)


def _joined(listed: list[str], end: str = "\n") -> bytes:
    return "".join(f"{text}{end}" for text in listed).encode()


def _with(number: int, change: str) -> bytes:
    """Five records, the line of one of which is written as `change` says; `{}` is the line."""
    listed = lines(records(5))
    listed[number] = change.replace("{}", listed[number])
    return _joined(listed)


def _after(place: int, *more: str) -> bytes:
    """Five records and, after so many lines, other lines."""
    listed = lines(records(5))
    return _joined([*listed[:place], *more, *listed[place:]])


def _mixed_ends() -> bytes:
    ends = ("\r\n", "\n", "\r\n", "\r", "\n", "\r\n")
    return "".join(map("".join, zip(lines(records(5)), ends, strict=True))).encode()


def _status(text: str) -> bytes:
    """Five records, one of them with this, already quoted as it stands, as its status."""
    listed = lines(records(5, {3: {"状态": "@"}}))
    return _joined([row.replace("@", text) for row in listed])


def _quoted() -> bytes:
    rows = [HEADER, *(tuple(row.values()) for row in records(5))]
    return _joined([",".join(f'"{cell}"' for cell in row) for row in rows])


def _guarded() -> bytes:
    """Numbers guarded against spreadsheets in four ways, and each of them once more plain."""
    plain = records(4)
    numbers = [row["编号"] for row in plain]
    guards = (f'="{numbers[0]}"', f'"=""{numbers[1]}"""', f"\t{numbers[2]}", f"'{numbers[3]}")
    written = [
        ",".join([guard, *line(list(row.values())[1:]).split(",")])
        for guard, row in zip(guards, plain, strict=True)
    ]
    return _joined([*lines([])[:1], *written, *lines(plain)[1:]])


CASES = (
    _case(1, "lines end in LF", _joined(lines(records(5))), accepted(5, GOOD)),
    _case(2, "lines end in CR", _joined(lines(records(5)), "\r"), accepted(5, GOOD)),
    _case(3, "lines end in three ways", _mixed_ends(), accepted(5, GOOD)),
    _case(4, "no line end at the end", csv(records(5)).rstrip(b"\n"), accepted(5, GOOD)),
    _case(
        5,
        "delimiters, quotes and line ends in a field",
        csv(records(5, {3: {"状态": SAID}})),
        accepted(5, GOOD | {3: {"status_exported": SAID}}),
    ),
    _case(6, "a quote amid a field", _status('已"办'), partial(5, {3: "E_QUOTE"}, GOOD)),
    _case(7, "a quote that is never closed", _status('"已办'), partial(5, {3: "E_QUOTE"}, GOOD)),
    _case(
        8,
        "a record cut short",
        _with(3, f"{NUMBER}-0003,F01,990102"),
        partial(5, {3: "E_RAGGED_SHORT"}, GOOD),
    ),
    _case(
        9,
        "a record with a field too many",
        _with(3, "{},多"),
        partial(5, {3: "E_RAGGED_LONG"}, GOOD),
    ),
    _case(10, "empty fields at the end", _with(3, "{},,,"), accepted(5, GOOD)),
    _case(11, "blank lines", _after(3, "", "   ", ""), accepted(5, GOOD)),
    _case(12, "lines of nothing but commas", _after(3, "," * 13, "," * 13), accepted(5, FIRST)),
    _case(
        13,
        "a row of totals",
        _after(6, f"合计,,,,,15{',' * 8}"),
        partial(6, {6: "E_TOTAL_ROW"}, GOOD),
    ),
    _case(
        14,
        "title rows above the header",
        _after(0, f"{TITLE}{',' * 13}", f"导出日期：2026年10月31日{',' * 13}"),
        accepted(5, GOOD),
    ),
    _case(15, "the header once more amid the records", _after(3, line(HEADER)), accepted(5, FIRST)),
    _case(
        16,
        "semicolons",
        _joined(lines(records(5), delimiter=";")),
        accepted(5, GOOD, choice="where the mapping names them"),
        _delimited("semicolon", ";"),
    ),
    _case(
        17,
        "tabs",
        _joined(lines(records(5), delimiter="\t")),
        accepted(5, GOOD, choice="where the mapping names them"),
        _delimited("tab", "\t"),
    ),
    _case(
        18,
        "full-width commas",
        _joined(lines(records(5), delimiter="，")),
        rejected("F_DELIMITER F_HEADER"),
    ),
    _case(19, "a line that names the delimiter", _after(0, "sep=,"), accepted(5, GOOD)),
    _case(20, "nothing but the header", _joined(lines([])), Expected(Decision.ACCEPT)),
    _case(21, "empty", b"", rejected("F_EMPTY")),
    _case(22, "nothing but blanks", b"  \r\n\t\r\n \r\n", rejected("F_EMPTY F_HEADER")),
    _case(23, "no header", _joined(lines(records(5))[1:]), rejected("F_HEADER")),
    _case(24, "every field quoted", _quoted(), accepted(5, GOOD)),
    _case(
        25,
        "guards against spreadsheets",
        _guarded(),
        Expected(Decision.ACCEPT, records=8, current=4, duplicate=4),
    ),
    _case(
        26,
        "quotes escaped by backslashes",
        _status(r'"他说\"不行\""'),
        partial(5, {3: "E_QUOTE"}, GOOD),
    ),
)
