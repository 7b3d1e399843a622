"""The month that offices really send: ninety workbooks, seven of them no good."""

import csv
import shutil
import zipfile
from itertools import islice
from pathlib import Path

import openpyxl

from pipelines.settings import Home

OFFICES = 90
ROWS = 2_000
NUMBER = "信访编号"


def write_month(home_folder: Path) -> set[str]:
    """Put the workbooks of a month into a simulated home, in the place of its exports.

    The rows are those of the home's own case registers, dealt out again and again under new
    numbers.

    Returns:
        The names, below the inbox, of the seven files that cannot be read.
    """
    inbox = Home(home_folder).inbox
    header, rows = _rows(inbox / "case_register")
    shutil.rmtree(inbox)
    folder = inbox / "case_register"
    folder.mkdir(parents=True)
    number = header.index(NUMBER)
    bad: set[str] = set()
    for office in range(OFFICES):
        path = folder / f"M{office:02}_信访件登记_20261031.xlsx"
        start = office * ROWS % len(rows)
        chosen = [*rows[start : start + ROWS], *rows][:ROWS]
        for place, row in enumerate(chosen):
            row[number] = f"M{office:02}-{place:05}"
        _write_book(path, header, chosen)
        if spoil := SPOILERS.get(office):
            spoil(path)
            bad.add(path.relative_to(inbox).as_posix())
    return bad


def _rows(folder: Path) -> tuple[list[str], list[list[str]]]:
    header: list[str] = []
    rows: list[list[str]] = []
    for path in sorted(folder.glob("*.csv")):
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            text = path.read_text(encoding="gb18030")
        header, *found = csv.reader(text.splitlines())
        rows += found
    return header, rows


def _write_book(path: Path, header: list[str], rows: list[list[str]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    book.save(path)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2_000])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _without_number(path: Path) -> None:
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    header, *rows = [[*row] for row in islice(sheet.iter_rows(values_only=True), 100)]
    _write_book(path, [str(name).replace(NUMBER, "") for name in header], rows)  # pyright: ignore[reportArgumentType] - text


def _rubbish(path: Path) -> None:
    path.write_bytes(b"\x00\x01 no workbook" * 500)


def _other_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "not a workbook")


def _protected(path: Path) -> None:
    # The mark of an OLE container: what a password makes of a workbook.
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 4_096)


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent)


SPOILERS = {
    3: _cut, 17: _empty, 29: _without_number, 41: _rubbish, 53: _other_archive, 67: _protected,
    89: _link,
}  # fmt: skip
