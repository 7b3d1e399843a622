"""Two readers, one reading: on a file that takes the fast way, the careful way finds the same.

Files are drawn from the few characters that matter to a CSV reader, so that awkward ones are
common. Which way a file takes is decided as in a run; what the fast reader makes of it is believed
only if the number of its records is right, as in a run.
"""

import csv
import gzip
import html
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pipelines.ingest.cage import Cage
from pipelines.ingest.careful import read_records
from pipelines.ingest.decode import decode
from pipelines.ingest.decoded import Decoded, Original, Reader
from pipelines.ingest.layout import names_of
from pipelines.ingest.reasons import Refused
from pipelines.ingest.source import Source
from pipelines.ingest.survey import Survey
from pipelines.ingest.text import careful_twin
from pipelines.ingest.texts import NUMBER_COLUMN, read_sql

MAPPING = """
source: own
title: {zh: 表, en: Table}
shape: rows
table: receptions
sender: {from: fixed, value: X}
as_of: {from: fixed, value: 2026-10-31}
columns:
  批次: {to: batch_id}
  时间: {to: received_at, dates: ["%Y-%m-%d"]}
  人次: {to: persons}
"""
AWKWARD = st.text(alphabet="a信,\"\n\r \t;\x00\\'#", max_size=40)
CELLS = st.text(alphabet="a信,\"\n\r ;\\'#", max_size=4)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=6)

Rows = list[tuple[str | None, ...]]


@dataclass
class Desk:
    """A folder and a mapping with which files are read."""

    folder: Path
    cage: Cage
    source: Source

    def decode(self, content: bytes, name: str = "x.csv", written: str = "") -> Decoded:
        path = self.folder / name
        path.write_bytes(content)
        source = self.mapped(written) if written else self.source
        names = names_of(source, [])
        return decode(Original(path, name), source, names, self.folder / "text", self.cage)

    def mapped(self, written: str) -> Source:
        mapping = self.folder / "own.yml"
        mapping.write_text(f"{MAPPING}format: {written}\n", encoding="utf-8")
        return Source.read(mapping)

    def rows_of(self, found: Decoded) -> Rows:
        """Record number and texts, as they enter the typing; empty lines are no records."""
        number = NUMBER_COLUMN if found.is_numbered else "row_number() over ()"
        columns = ", ".join(f"c{n}" for n in range(len(found.header)))
        rows = duckdb.execute(
            f"select cast({number} as bigint), {columns} from {read_sql(found, ('',))}"
        ).fetchall()
        return [row for row in rows if any(cell is not None for cell in row[1:])]

    def count(self, found: Decoded) -> int | None:
        """How many records the fast reader finds; none if it stumbles."""
        try:
            ((count,),) = duckdb.execute(
                f"select count(*) from {read_sql(found, ('',))}"
            ).fetchall()
        except duckdb.InvalidInputException:
            return None
        return count


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("readers")
    mapping = folder / "own.yml"
    mapping.write_text(MAPPING, encoding="utf-8")
    with Cage() as cage:
        yield Desk(folder, cage, Source.read(mapping))


@given(text=AWKWARD)
@example(text="a,a\n\na,\n")
@example(text='a,a\n"","a\n\n"\n')
@example(text="a,a\r\na,a,\r\n")
@example(text="a,a\n,\na,a")
def test_fast_and_careful_agree_on_anything(text: str, desk: Desk):
    try:
        found = desk.decode(f"h,i\n{text}".encode())
    except Refused:
        return
    if found.reader is Reader.FAST and desk.count(found) == found.record_count:
        twin = careful_twin(found, desk.folder / "twin")
        assert twin.refused_count == 0
        assert desk.rows_of(found) == desk.rows_of(twin)


@given(table=TABLES, is_quoted=st.booleans(), line_end=st.sampled_from(["\n", "\r\n"]))
def test_a_table_comes_back_as_it_was_written(
    table: list[list[str]], is_quoted: bool, line_end: str, desk: Desk
):
    width = min(len(row) for row in table)
    rows = [row[:width] for row in table]
    lines = [",".join(written(cell, is_quoted) for cell in row) for row in [["h"] * width, *rows]]
    found = desk.decode((line_end.join(lines) + line_end).encode())
    if found.reader is Reader.FAST and desk.count(found) != found.record_count:
        found = careful_twin(found, desk.folder / "twin")
    assert desk.rows_of(found) == [
        (number, *(cell or None for cell in row)) for number, row in enumerate(rows, 1) if any(row)
    ]


HEADER = ("批次", "时间", "人次")
# What every form can hold: no spaces at the edges, no line ends.
PLAIN_CELLS = st.text(alphabet="a信,\";\\'#<&|", max_size=4)
RECORDS = st.lists(st.tuples(PLAIN_CELLS.map("x".__add__), PLAIN_CELLS, PLAIN_CELLS), max_size=5)

Records = list[tuple[str, ...]]


def as_csv(records: Records, delimiter: str = ",") -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([HEADER, *records])
    return text.getvalue().encode()


def as_workbook(records: Records) -> bytes:
    book, content = openpyxl.Workbook(), BytesIO()
    for row in (HEADER, *records):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(content)
    return content.getvalue()


def as_html(records: Records) -> bytes:
    rows = ("".join(f"<td>{html.escape(c)}</td>" for c in row) for row in (HEADER, *records))
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>".encode()


def as_xml(records: Records) -> bytes:
    rows = (
        "".join(f"<{n}>{html.escape(c)}</{n}>" for n, c in zip(HEADER, row, strict=True))
        for row in records
    )
    return f"<rows><list>{''.join(f'<row>{row}</row>' for row in rows)}</list></rows>".encode()


def as_objects(records: Records) -> list[str]:
    return [json.dumps(dict(zip(HEADER, row, strict=True))) for row in records]


def as_zip(records: Records) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("数据.csv", as_csv(records))
    return content.getvalue()


FORMS: dict[str, tuple[str, str, Callable[[Records], bytes]]] = {
    "careful": (".csv", "{}", lambda rows: as_csv(rows).replace(b"\n", b"\r")),
    "GB 18030": (
        ".csv",
        "{encoding: [gb18030]}",
        lambda rows: as_csv(rows).decode().encode("gb18030"),
    ),
    "UTF-16": (".csv", "{}", lambda rows: as_csv(rows).decode().encode("utf-16")),
    "semicolons": (".csv", "{delimiter: detect}", lambda rows: as_csv(rows, ";")),
    "tabs called a workbook": (".xls", "{}", lambda rows: as_csv(rows, "\t")),
    "gzip": (".csv.gz", "{}", lambda rows: gzip.compress(as_csv(rows))),
    "zip": (".zip", "{}", as_zip),
    "workbook": (".xlsx", "{}", as_workbook),
    "HTML": (".xls", "{}", as_html),
    "XML": (".xml", "{form: xml, records: list.row}", as_xml),
    "JSON": (".json", "{form: json}", lambda rows: f"[{','.join(as_objects(rows))}]".encode()),
    "JSON lines": (
        ".jsonl",
        "{form: jsonl}",
        lambda rows: "\n".join(as_objects(rows)).encode(),
    ),
}


@given(records=RECORDS)
@settings(max_examples=25)
@pytest.mark.parametrize("form", FORMS)
def test_one_table_is_the_same_in_every_form(form: str, records: Records, desk: Desk):
    suffix, how, write = FORMS[form]
    plain = desk.decode(as_csv(records))
    expected = [(n, *(cell or None for cell in row)) for n, row in enumerate(records, 1)]
    assert desk.rows_of(plain) == expected
    assume(records or form != "JSON lines")  # a file without a line is empty, and refused
    found = desk.decode(write(records), f"x{suffix}", how)
    assert (desk.rows_of(found), found.refused_count) == (expected, 0)


def written(cell: str, is_quoted: bool) -> str:
    """A cell as RFC 4180 writes it; Python's csv module leaves a lone return unquoted."""
    if is_quoted or set(cell) & set(',"\n\r'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@given(text=AWKWARD)
def test_the_careful_reader_accounts_for_every_line_and_never_fails(text: str):
    records = list(read_records(StringIO(text, newline=""), ","))
    lines = [line for line in StringIO(text, newline="") if line.strip(" \t\r\n\x1a")]
    joined = "".join(record.text for record in records)
    assert all(bool(record.fields) != bool(record.reason) for record in records)
    assert len(records) <= len(lines)
    assert {c: joined.count(c) for c in "a信;"} == {
        c: sum(line.count(c) for line in lines) for c in "a信;"
    }


@given(data=st.binary(max_size=60) | AWKWARD.map(str.encode), size=st.integers(1, 7))
def test_a_survey_does_not_depend_on_the_pieces(data: bytes, size: int):
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    whole, pieced = Survey.of([data], ","), Survey.of(pieces, ",")
    assert pieced.bad_byte == whole.bad_byte
    if whole.bad_byte is None:
        assert pieced == whole


@given(text=AWKWARD)
def test_a_regular_file_has_as_many_records_as_an_independent_reader_finds(text: str):
    found = Survey.of([text.encode()], ",")
    if found.is_regular:
        rows = csv.reader(StringIO(text.replace("\r\n", "\n"), newline=""), strict=True)
        assert found.records == sum(1 for row in rows if row)


FIRST_LINE = "批次,时间,人次\n".encode()
BYTES = st.binary(max_size=200)


@given(
    data=BYTES
    | BYTES.map(FIRST_LINE.__add__)
    | AWKWARD.map(lambda text: FIRST_LINE + text.encode())
)
@example(data=FIRST_LINE + b'1,2026-01-01,2\n"a\nb",2026-01-02,3\n')
def test_whatever_the_bytes_a_file_is_refused_or_its_records_are_counted(data: bytes, desk: Desk):
    try:
        found = desk.decode(data)
    except Refused:
        return
    with found.path.open(encoding="utf-8", newline="") as file:
        for _ in range(found.skipped_lines):
            file.readline()
        rows = csv.reader(file, delimiter=found.delimiter, strict=True)
        assert found.record_count == sum(1 for row in rows if row)
