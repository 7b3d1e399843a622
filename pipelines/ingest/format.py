"""The `format:` block of a mapping: how the files of a source are written.

It is a contract, not a hint: what it leaves open (`detect`, no `header_row`, no `sheet`) is settled
by where the mapping's own column names are found, never by what a file looks like.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pipelines.ingest.block import Block

DETECT = "detect"
ENCODINGS = ("utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
SAME_ENCODING = {"gbk": "gb18030", "gb2312": "gb18030"}
DETECTED_ENCODINGS = ("utf-8", "gb18030")  # and UTF-16 where a mark says so, as always
DELIMITERS = (",", ";", "\t", "|")
ALL_SHEETS = "all"
HEADER_WITHIN = 10  # rows among which the header is looked for

_KEYS = {"form", "encoding", "delimiter", "header_row", "header_rows", "sheet", "records"}


class Form(StrEnum):
    """What a file of the source is, whatever program wrote it."""

    TABLE = "table"  # delimited text, a workbook, or a table in HTML: its content tells
    JSON = "json"  # one document
    JSON_LINES = "jsonl"  # a document a line
    XML = "xml"


@dataclass(frozen=True, slots=True)
class Format:
    """How the files of a source are written.

    Attributes:
        form: what they are.
        encodings: those that a text may have, in the order in which they are tried.
        delimiters: those that may stand between fields; more than one where they are detected.
        header_row: number of the (first) row with column names, from 1; none where the first row
            that has all required names is it.
        header_rows: how many rows the column names take.
        is_depth_open: whether they may take one row as well, as a draft has to ask.
        sheet: name or number, from 1, of the sheet; empty where there must be exactly one;
            `ALL_SHEETS` for every visible one with data whose header is that of the first.
        records: where the records are: keys that lead to them (JSON), or their element (XML).
    """

    form: Form = Form.TABLE
    encodings: tuple[str, ...] = ("utf-8",)
    delimiters: tuple[str, ...] = (",",)
    header_row: int | None = 1
    header_rows: int = 1
    is_depth_open: bool = False
    sheet: str = ""
    records: tuple[str, ...] = ()

    @property
    def head_rows(self) -> int:
        """How many rows from the top have to be seen to know the header."""
        return (self.header_row or HEADER_WITHIN) + self.header_rows - 1

    @classmethod
    def read(cls, block: Block) -> Self:
        """Read the block.

        Raises:
            UserError: a key is unknown, or its value cannot be used.
        """
        block.only(_KEYS)
        form = Form(block.choice("form", Form, Form.TABLE))
        records = tuple(filter(None, block.text("records", "").split(".")))
        if form is Form.XML and not records:
            raise block.lacks("records", "records: case")
        if form is Form.TABLE and records:
            raise block.wrong("records", "form: json | jsonl | xml")
        return cls(
            form=form,
            encodings=_encodings(block),
            delimiters=_delimiters(block),
            header_row=block.whole("header_row", 1) if "header_row" in block else None,
            header_rows=block.whole("header_rows", 1),
            sheet=block.text("sheet", ""),
            records=records,
        )


def _encodings(block: Block) -> tuple[str, ...]:
    if block.keys.get("encoding") == DETECT:
        return DETECTED_ENCODINGS
    found = tuple(SAME_ENCODING.get(name, name) for name in block.texts("encoding", ("utf-8",)))
    if not found or set(found) - set(ENCODINGS):
        raise block.wrong("encoding", f"encoding: {DETECT} | [{', '.join(ENCODINGS)}]")
    return found


def _delimiters(block: Block) -> tuple[str, ...]:
    found = block.text("delimiter", ",")
    if found == DETECT:
        return DELIMITERS
    if found not in DELIMITERS:
        raise block.wrong("delimiter", f'{DETECT} | "," | ";" | "\\t" | "|"')
    return (found,)
