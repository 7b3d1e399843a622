"""Spreadsheets: cells become text by fixed rules, and a deadly one costs itself only."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.ingest import cage as module
from pipelines.ingest.cage import Cage
from pipelines.ingest.decoded import Decoded
from pipelines.ingest.format import Format
from pipelines.ingest.header import Names
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.sheets import read_sheet

NAMES = Names((frozenset("a"),), frozenset("abcd"))


@pytest.fixture(scope="module")
def reader() -> Iterator[Cage]:
    with Cage() as made:
        yield made


def book(path: Path, *rows: list[Any]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    made.save(path)
    return path


def opened(reader: Cage, path: Path, written: Format | None = None) -> Decoded:
    return read_sheet(reader, path, written or Format(header_row=None), NAMES, path)


def read(reader: Cage, path: Path, written: Format | None = None) -> tuple[str, str]:
    found = opened(reader, path, written)
    return plain(found.path), plain(found.refused) if found.refused else ""


def plain(path: Path) -> str:
    """A CSV file as it reads without the quotes that it does not need."""
    out = io.StringIO()
    with path.open(encoding="utf-8", newline="") as text:
        csv.writer(out, lineterminator="\n").writerows(csv.reader(text))
    return out.getvalue()


def refusal(reader: Cage, path: Path) -> FileReason:
    with pytest.raises(Refused) as caught:
        read(reader, path)
    return caught.value.reason


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("来信", "来信"),
        (3, "3"),
        (3.0, "3"),
        (3.5, "3.5"),
        (-0.1, "-0.1"),
        (330106198, "330106198"),
        # A number that a spreadsheet cannot hold shows it.
        (123456789012345678901, "1.23456789012346e+20"),
        (1234567890123456, "1.23456789012346e+15"),
        (123456789012345, "123456789012345"),
        (True, "TRUE"),
        (date(2003, 9, 18), "2003-09-18"),
        (datetime.fromisoformat("2003-09-18 08:05:00"), "2003-09-18 08:05:00"),
        (datetime.fromisoformat("2003-09-18 08:04:59.9996"), "2003-09-18 08:05:00"),
        (time(8, 5), "08:05:00"),
    ],
)
def test_cells_as_text(reader: Cage, tmp_path: Path, cell: object, text: str):
    kept, _ = read(reader, book(tmp_path / "x.xlsx", ["a", "b"], ["x", cell]))
    assert kept == f"1,x,{text}\n"


def test_empty_rows_are_no_records_and_too_long_ones_are_refused(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "2"], [], ["3", "4", "5"], ["6"])
    assert read(reader, path) == ("1,1,2\n3,6,\n", '2,E_RAGGED_LONG,"3,4,5"\n')


@pytest.mark.parametrize("declared", ["A1", "A1:A2"])
def test_the_declared_size_is_not_believed(reader: Cage, tmp_path: Path, declared: str):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "2"], ["3", "4"])
    _edit(
        path, "xl/worksheets/sheet1.xml", r'<dimension ref="[^"]*"', f'<dimension ref="{declared}"'
    )
    assert read(reader, path) == ("1,1,2\n2,3,4\n", "")


def test_a_workbook_that_kills_its_reader_costs_itself_only(reader: Cage, tmp_path: Path):
    made = openpyxl.Workbook()
    made.active["A1"] = "a"  # type: ignore[index]
    made.active["XFD1048576"] = "far"  # type: ignore[index]
    made.save(tmp_path / "deadly.xlsx")
    good = book(tmp_path / "good.xlsx", ["a", "b"], ["1", "2"])
    before = reader._child
    assert refusal(reader, tmp_path / "deadly.xlsx") in {FileReason.CORRUPT, FileReason.TOO_LARGE}
    assert read(reader, good) == ("1,1,2\n", "")
    assert reader._child is not before


def test_one_process_reads_many_workbooks(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "2"])
    read(reader, path)
    child = reader._child
    read(reader, path)
    assert reader._child is child


def test_a_workbook_that_takes_too_long_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "WALL_FACTOR", 0)
    with Cage() as impatient:
        path = book(tmp_path / "x.xlsx", ["a", "b"])
        assert refusal(impatient, path) is FileReason.TOO_LARGE
        assert impatient._child is None


def test_an_archive_that_unpacks_without_end_is_not_opened(reader: Cage, tmp_path: Path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (80 << 20))
    assert refusal(reader, path) is FileReason.ZIP_BOMB


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a zip", b""])
def test_what_is_no_workbook_is_corrupt(reader: Cage, tmp_path: Path, content: bytes):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    assert refusal(reader, path) is FileReason.CORRUPT


def test_a_sheet_without_any_cell_is_empty(reader: Cage, tmp_path: Path):
    assert refusal(reader, book(tmp_path / "x.xlsx")) is FileReason.EMPTY


def test_a_header_alone_is_a_sheet_without_records(reader: Cage, tmp_path: Path):
    assert read(reader, book(tmp_path / "x.xlsx", ["a", "b"])) == ("", "")


def test_a_header_has_its_limit(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", [f"c{n}" for n in range(2_001)])
    assert refusal(reader, path) is FileReason.TOO_WIDE


def test_a_control_character_refuses_its_row(reader: Cage, tmp_path: Path):
    path = book(tmp_path / "x.xlsx", ["a", "b"], ["1", "MARK"], ["2", "3"])
    _edit(path, "xl/worksheets/sheet1.xml", "MARK", "M_x0007_K")
    kept, refused = read(reader, path)
    assert "2,2,3\n" in kept
    assert refused == '1,E_CTRL_CHAR,"1,M\x07K"\n'


def _edit(path: Path, part: str, pattern: str, by: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = re.sub(pattern, by, parts[part].decode()).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    path.write_bytes(buffer.getvalue())
