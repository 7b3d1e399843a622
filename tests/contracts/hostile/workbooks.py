"""Workbooks as people and programs make them, and as they are changed by hand afterwards."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from openpyxl import Workbook

from tests.contracts.hostile.exports import HEADER, Row, records

SHEET = "xl/worksheets/sheet1.xml"


def grid(rows: Iterable[Row], header: Sequence[str] = HEADER) -> list[list[Any]]:
    """An export as cells of text, header first; empty cells are none."""
    return [list(header), *([row.get(name) or None for name in header] for row in rows)]


def xlsx(cells: Iterable[Sequence[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    """A workbook of one sheet; `change` is given the workbook before it is saved."""
    workbook = Workbook()
    for row in cells:
        workbook.active.append(list(row))
    if change:
        change(workbook)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def plain(count: int = 5) -> bytes:
    """A workbook of sound records, all cells text."""
    return xlsx(grid(records(count)))


def edited(
    workbook: bytes, part: str, pattern: str, text: str, more: dict[str, bytes] | None = None
) -> bytes:
    """A workbook in one part of which a pattern is replaced; it must be there. `more` is added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == part:
                told, count = re.subn(pattern, lambda _: text, data.decode(), count=1)
                assert count, f"{part} has no {pattern}"
                data = told.encode()
            new.writestr(name, data)
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return target.getvalue()
