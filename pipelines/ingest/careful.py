"""The careful CSV reader: for files in which something is not as it should be.

A record is a line, or several where quotes hold newlines together. What breaks one record costs
that record: reading goes on at the next line, so that a quote that is never closed does not swallow
the rest of the file. The reader writes what is good as a clean CSV, each record with its number,
and what is not beside it with the reason; both go on like any other file.

Fast files never come here (`decode.py` decides), but on a clean file both ways read the same, which
a test holds them to.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipelines.ingest.clean import CleanCsv, CleanWriter, fault_in, is_total, repeats
from pipelines.ingest.header import Header
from pipelines.ingest.reasons import RecordReason

RECORD_CHARACTERS = 2_000_000
JOINED_LINES = 1_000  # a quoted text of more lines is taken for a quote that was never closed
PLAIN = re.compile('[^"\r\n]*')
GUARDED = re.compile('="(.*)"', re.DOTALL)  # a spreadsheet's way to keep a number as text
# A DOS program ends a text with the first, a broken-off copy with many of the second.
TAIL = "\x1a\x00"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: its fields, or the reason why it has none.

    Attributes:
        text: the record as it stands in the file, without its line end.
        fields: its fields; empty where it is refused.
        reason: why it is refused.
    """

    text: str
    fields: tuple[str, ...] = ()
    reason: RecordReason | None = None


def read_records(
    lines: Iterable[str], delimiter: str, width: int | None = None
) -> Iterator[Record]:
    """Split a text into records; lines without any text are no records.

    Args:
        lines: its physical lines with their ends, as `open(…, newline="")` gives them.
        delimiter: between fields.
        width: how many fields a record should have; any number where not given.
    """
    reader = _Lines(lines)
    for line in reader:
        text = line.rstrip("\r\n")
        if text == line:  # only the last line of a file can be without an end
            line = text = text.rstrip(TAIL)  # noqa: PLW2901 - the same line, without the tail
        if not text.strip(f" \t{TAIL}"):
            continue
        if len(text) > RECORD_CHARACTERS:
            yield Record(text, reason=RecordReason.TOO_LONG)
        elif '"' not in text:
            yield _judged(text, tuple(text.split(delimiter)), width)
        else:
            yield _quoted_record(reader, line, delimiter, width)


def clean_copy(source: Path, delimiter: str, header: Header, target: Path) -> CleanCsv:
    """Read a UTF-8 file carefully and write what is good as a clean CSV.

    A header that comes again is no record, nor is a record on which nothing is written; both have
    their numbers.

    Args:
        source: the file.
        delimiter: between its fields.
        header: its header.
        target: where the clean file goes; refused records go beside it.
    """
    with source.open(encoding="utf-8-sig", newline="") as text, CleanWriter(target) as out:
        records = read_records(text, delimiter, len(header.names))
        for number, record in enumerate(islice(records, header.end, None), 1):
            if record.reason:
                out.refuse(number, record.reason, record.text)
            elif any(record.fields) and not repeats(record.fields, header.rows):
                out.keep(number, record.fields)
    return out.done


class _Lines:
    """Physical lines, with the possibility to go back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._waiting: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return self._waiting.pop() if self._waiting else next(self._lines)

    def put_back(self, lines: list[str]) -> None:
        """Let the next lines be these."""
        self._waiting.extend(reversed(lines))


def _quoted_record(reader: _Lines, first: str, delimiter: str, width: int | None) -> Record:
    """A record that begins with the line `first`, which holds a quote."""
    joined = [first]
    text = first.rstrip("\r\n")
    while (fields := _split(text, delimiter)) is None:
        following = _until_quote(reader, JOINED_LINES - len(joined))
        joined += following
        text = "".join(joined)
        if not following or '"' not in following[-1] or len(text) > RECORD_CHARACTERS:
            fields = ()
            break
        text = text.rstrip("\r\n")
    if len(joined) > 1 and (not fields or (width and len(fields) != width)):
        reader.put_back(joined[1:])
        fields, text = (), first.rstrip("\r\n")
    if not fields:
        return Record(text, reason=RecordReason.QUOTE)
    return _judged(text, fields, width)


def _until_quote(reader: _Lines, limit: int) -> list[str]:
    """The next lines up to one that holds a quote, at most `limit` of them."""
    lines: list[str] = []
    for line in islice(reader, max(limit, 0)):
        lines.append(line)
        if '"' in line:
            break
    return lines


def _split(text: str, delimiter: str) -> tuple[str, ...] | None:
    """The fields of a record; none of them if its quoting is wrong, None if a quote is open."""
    fields: list[str] = []
    at = 0
    while True:
        if text.startswith(('"', '="'), at):
            start = text.index('"', at) + 1
            end = _closing_quote(text, start)
            if end < 0:
                return None
            fields.append(_unguarded(text[start:end].replace('""', '"')))
            at = end + 1
        else:
            end = text.find(delimiter, at)
            end = len(text) if end < 0 else end
            if not PLAIN.fullmatch(text, at, end):
                return ()
            fields.append(text[at:end])
            at = end
        if at == len(text):
            return tuple(fields)
        if not text.startswith(delimiter, at):
            return ()
        at += 1


def _unguarded(field: str) -> str:
    found = GUARDED.fullmatch(field)
    return found[1] if found else field


def _closing_quote(text: str, at: int) -> int:
    """Where the quoted text that begins at `at` ends; -1 where it does not."""
    end = text.find('"', at)
    while end >= 0 and text.startswith('""', end):
        end = text.find('"', end + 2)
    return end


def _judged(text: str, fields: tuple[str, ...], width: int | None) -> Record:
    if reason := fault_in(text):
        return Record(text, reason=reason)
    if width is None:
        return Record(text, fields)
    if is_total(fields):
        return Record(text, reason=RecordReason.TOTAL_ROW)
    if len(fields) < width:
        return Record(text, reason=RecordReason.RAGGED_SHORT)
    if any(fields[width:]):
        return Record(text, reason=RecordReason.RAGGED_LONG)
    return Record(text, fields[:width])
