"""What every careful way of reading ends in: a clean CSV, and beside it what was refused.

The clean file is UTF-8 with commas, has no header, and each record begins with its number in the
original; the refused one has `record_no, reason_code, original`. Here too is what makes a record
unfit whatever it was read from: what its text holds, and whether it is a record at all.
"""

import csv
import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from pipelines.ingest.reasons import RecordReason

KEPT_CHARACTERS = 65_536  # of a refused record; all of it is in the vault
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LACKING = "\ufffd"
BROKEN = re.compile(f"[\ud800-\udfff{LACKING}]")  # stands for what some program could not read
_GAP = "[\\s\u00a0\u3000]*"
TOTAL = f"(?i){_GAP}((合|总|小|累){_GAP}计|(grand |sub-?)?totals?){_GAP}[:\uff1a]?{_GAP}"
TOTAL_CHARACTERS = 16  # no longer text is worth comparing with it
_TOTAL = re.compile(TOTAL)


@dataclass(frozen=True, slots=True)
class CleanCsv:
    """A clean copy of a file.

    Attributes:
        path: the clean records.
        refused: those refused.
        kept_count: records in `path`.
        refused_count: records in `refused`.
    """

    path: Path
    refused: Path
    kept_count: int
    refused_count: int


class CsvWriter:
    """Writes CSV whose records end in a newline alone, as `texts.read_sql` expects it."""

    def __init__(self, file: TextIO) -> None:
        self._plain = csv.writer(file, lineterminator="\n")
        # Python leaves a lone return unquoted, in which other readers see the end of a line.
        self._quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)

    def write(self, row: Iterable[str | int]) -> None:
        """Write one record."""
        cells = list(map(str, row))
        (self._quoted if "\r" in "".join(cells) else self._plain).writerow(cells)


class CleanWriter:
    """Writes a clean copy; use it as a context manager."""

    def __init__(self, target: Path) -> None:
        self._target, self._refused = target, refused_beside(target)
        self._files = ExitStack()
        self._kept_count = self._refused_count = 0

    def __enter__(self) -> Self:
        # What could not be decoded is shown as the escape that it is.
        out = [
            self._files.enter_context(
                path.open("w", encoding="utf-8", newline="", errors="backslashreplace")
            )
            for path in (self._target, self._refused)
        ]
        self._kept_out, self._refused_out = map(CsvWriter, out)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._files.close()

    @property
    def done(self) -> CleanCsv:
        """The copy as far as it is written."""
        return CleanCsv(self._target, self._refused, self._kept_count, self._refused_count)

    def keep(self, number: int, fields: Iterable[str]) -> None:
        """Write a good record."""
        self._kept_out.write((number, *fields))
        self._kept_count += 1

    def refuse(self, number: int, reason: RecordReason, text: str) -> None:
        """Set a record aside."""
        self._refused_out.write((number, reason, text[:KEPT_CHARACTERS]))
        self._refused_count += 1


def refused_beside(target: Path) -> Path:
    """Where the refused records of a clean copy lie."""
    return target.with_suffix(".refused.csv")


def fault_in(text: str) -> RecordReason | None:
    """What makes the text of a record unfit to be read at all."""
    if text.isprintable() and LACKING not in text:
        return None  # nearly always, and told many times as fast
    if BROKEN.search(text):
        return RecordReason.ENCODING
    if CONTROL.search(text):
        return RecordReason.CTRL_CHAR
    return None


def is_total(fields: Iterable[str]) -> bool:
    """Whether the first thing written in a record says that it sums up others."""
    first = next(filter(None, map(str.strip, fields)), "")
    return len(first) <= TOTAL_CHARACTERS and _TOTAL.fullmatch(first) is not None


def repeats(fields: Sequence[str], header: Collection[Sequence[str]]) -> bool:
    """Whether a record is a row of the header over again, as on every page of a printout."""
    return tuple(fields) in header
