"""The process in which spreadsheets are read. Run as a script; never imported by the rest.

A hostile workbook can make the reader abort its interpreter or ask for all memory, so it is read
where that costs one file. One line of JSON in, one out:
`{"path", "target", "refused", "sheet", "header_row", "seconds"}` gives
`{"header", "kept", "refused_count"}` or `{"reason"}`.

Cells become text by fixed rules: whole numbers without a point, other numbers in their shortest
form, times rounded to the second, dates and times in ISO 8601. The sheet's declared size is not
believed; the cells that are there are read.
"""

import csv
import json
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, TextIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

MEMORY_BYTES = 2 << 30
FILE_BYTES = 4 << 30
UNPACKED_BYTES = 1 << 30
UNPACKED_RATIO = 200  # spreadsheets pack 5 to 30 times; a bomb thousands
RATIO_FROM_BYTES = 64 << 20
CELLS = 50_000_000
COLUMNS = 2_000
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
HALF_SECOND = timedelta(milliseconds=500)
EXACT_WHOLE = 2**53  # above it a spreadsheet's number no longer tells its neighbours apart
KEPT_CHARACTERS = 65_536


class Unreadable(Exception):  # noqa: N818 - a verdict on the file
    """The workbook cannot be taken, for the reason code given."""


def main() -> None:
    """Answer one request a line until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        request = json.loads(line)
        _limit_time(request["seconds"])
        try:
            answer = convert(request)
        except Unreadable as verdict:
            answer = {"reason": str(verdict)}
        except PasswordError:
            answer = {"reason": "F_ENCRYPTED"}
        except MemoryError:
            answer = {"reason": "F_TOO_LARGE"}
        except (CalamineError, zipfile.BadZipFile, ValueError, OverflowError):
            answer = {"reason": "F_CORRUPT"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def convert(request: dict[str, Any]) -> dict[str, Any]:
    """Write one sheet as the clean CSV that `careful.py` describes.

    Raises:
        Unreadable: it is too large, has no such sheet, or holds nothing.
    """
    _look_into_zip(request["path"])
    rows = _open_sheet(request["path"], request["sheet"])
    header = _read_header(rows, request["header_row"])
    with (
        open(request["target"], "w", encoding="utf-8", newline="") as kept_file,  # noqa: PTH123 - no pathlib here: it starts slowly
        open(request["refused"], "w", encoding="utf-8", newline="") as refused_file,  # noqa: PTH123 - see above
    ):
        kept, refused = _write_records(rows, len(header), kept_file, refused_file)
    return {"header": header, "kept": kept, "refused_count": refused}


def _open_sheet(path: str, number: int) -> Iterator[Sequence[object]]:
    workbook = CalamineWorkbook.from_path(path)
    if number > len(workbook.sheet_names):
        raise Unreadable("F_MULTISHEET")
    sheet = workbook.get_sheet_by_index(number - 1)
    if sheet.total_height * sheet.total_width > CELLS:
        raise Unreadable("F_TOO_LARGE")
    return iter(sheet.iter_rows())


def _read_header(rows: Iterator[Sequence[object]], header_row: int) -> list[str]:
    header: list[str] = []
    for row in islice(rows, header_row):
        header = [as_text(cell) for cell in row]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise Unreadable("F_EMPTY")
    if len(header) > COLUMNS:
        raise Unreadable("F_TOO_WIDE")
    return header


def _write_records(
    rows: Iterator[Sequence[object]], width: int, kept_file: TextIO, refused_file: TextIO
) -> tuple[int, int]:
    """Write what is good and what is not; rows without any text are no records."""
    kept_out = csv.writer(kept_file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    refused_out = csv.writer(refused_file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    kept = refused = 0
    for row in rows:
        cells = [as_text(cell) for cell in row]
        if not any(cells):
            continue
        number = kept + refused + 1
        if reason := _fault(cells, width):
            refused_out.writerow((number, reason, ",".join(cells)[:KEPT_CHARACTERS]))
            refused += 1
        else:
            kept_out.writerow((number, *(cells + [""] * width)[:width]))
            kept += 1
    return kept, refused


def as_text(cell: object) -> str:
    """The text that a cell stands for."""
    if cell is None:
        return ""
    return _TEXT.get(type(cell), str)(cell)


def _number(cell: float) -> str:
    is_whole = cell.is_integer() and abs(cell) < EXACT_WHOLE
    return str(int(cell)) if is_whole else repr(cell)


def _moment(cell: datetime) -> str:
    return (cell + HALF_SECOND).strftime("%Y-%m-%d %H:%M:%S")


def _clock(cell: time) -> str:
    return cell.strftime("%H:%M:%S")


def _truth(cell: object) -> str:
    return "TRUE" if cell else "FALSE"


_TEXT: dict[type, Callable[..., str]] = {
    bool: _truth,
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    time: _clock,
}


def _fault(cells: list[str], width: int) -> str:
    if any(cells[width:]):
        return "E_RAGGED_LONG"
    if CONTROL.search("".join(cells)):
        return "E_CTRL_CHAR"
    return ""


def _look_into_zip(path: str) -> None:
    """Refuse an archive that would unpack to more than a spreadsheet ever does."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > UNPACKED_BYTES or (
        unpacked > RATIO_FROM_BYTES and unpacked > UNPACKED_RATIO * packed
    ):
        raise Unreadable("F_ZIP_BOMB")


def _limit_time(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
