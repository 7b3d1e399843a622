"""Refused records as a workbook for the office that sent them: its own columns, and what is wrong.

Whatever stands in a cell is text. What a spreadsheet would take for a formula gets an apostrophe,
which is taken off again when the workbook comes back (`replay.py`).
"""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from pipelines.returns.records import Returned
from pipelines.spreadsheet import guarded
from pipelines.words import Lang, say

SHEET = "退回"
LABELS = ("退回编号", "原文件行号", "有问题的列", "退回原因")
"""Our own columns, before those of the office. The first says which record a row is."""

LISTED = "、"
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CELL_CHARACTERS = 32_000
MOST_ROWS = 200_000  # the others go back when these have come in again
WIDTHS = {"A": 24, "B": 12, "C": 24, "D": 44}


def write_workbook(
    target: BinaryIO, file_id: str, header: tuple[str, ...], records: Sequence[Returned]
) -> None:
    """Write records of one file.

    Args:
        target: where the workbook goes.
        file_id: the file that they are from.
        header: its columns.
        records: at most `MOST_ROWS`.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - a third of a second to import
    from openpyxl.cell import Cell, WriteOnlyCell  # noqa: PLC0415 - see above

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "E2"
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width

    def as_text(text: str) -> Cell:
        legal = ILLEGAL.sub("\ufffd", guarded(text))
        cell = WriteOnlyCell(sheet, value=legal[:CELL_CHARACTERS])
        cell.data_type = "s"  # `#N/A` is no error here, and 2026-01-05 stays as it is written
        cell.number_format = "@"
        return cell

    sheet.append([as_text(text) for text in (*LABELS, *header)])
    for record in records:
        sheet.append([as_text(text) for text in _row(file_id, record)])
    book.save(target)


def _row(file_id: str, record: Returned) -> Iterator[str]:
    yield f"{file_id}-{record.number}"
    yield record.row
    yield LISTED.join(record.columns)
    yield "；".join(say(f"ingest.{reason}", Lang.ZH) for reason in record.reasons)
    yield from record.cells
