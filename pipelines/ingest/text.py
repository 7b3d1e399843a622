"""Delimited text: which delimiter, where the header is, and whether the fast reader may read it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pipelines.ingest.careful import Record, clean_copy, read_records
from pipelines.ingest.decoded import Decoded, Reader, Remarks
from pipelines.ingest.encoding import Text, chunks, mended
from pipelines.ingest.format import DELIMITERS, Format
from pipelines.ingest.header import COLUMNS, Header, Names, find_header
from pipelines.ingest.reasons import FileReason, Refused, Remark
from pipelines.ingest.survey import Survey

OTHER_DELIMITERS = (*DELIMITERS, "，", "、")
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?', re.IGNORECASE)
ROW_LIMITS = (65_536, 1_048_576)  # of old and new spreadsheets: a file this long may be cut off


@dataclass(frozen=True, slots=True)
class _Head:
    """The beginning of a text, read with one delimiter."""

    delimiter: str
    records: list[Record]
    header: Header


def decode_text(
    text: Text, written: Format, delimiters: tuple[str, ...], names: Names, scratch: Path
) -> Decoded:
    """Lay out a delimited text.

    Args:
        text: the text.
        written: what the mapping says of its format.
        delimiters: those that it may have; the one with which the header is found is taken.
        names: the mapping's columns.
        scratch: where a clean copy may be written.

    Raises:
        Refused: it is empty, its lines are endless, or it has no usable header.
    """
    survey = text.survey
    if survey.has_long_line:
        raise Refused(FileReason.TOO_LARGE)
    head = _read_head(text.path, written, delimiters, names)
    _check_header(head, names, delimiters)
    if survey.delimiter != head.delimiter:
        survey = Survey.of(chunks(text.path), head.delimiter)
    end = head.header.end
    decoded = Decoded(
        path=text.path,
        delimiter=head.delimiter,
        heading=head.header,
        skipped_lines=end,
        is_numbered=False,
        is_tidy=survey.is_tidy,
        record_count=survey.records - end,
        reader=Reader.FAST,
        encoding=text.encoding,
        confidence=text.confidence,
        remarks=row_limit(survey.records),
        text=text.path,
        text_delimiter=head.delimiter,
    )
    is_wide = len(head.header.names) > 1
    if survey.is_regular and is_wide and _stand_at_once(head.records[:end], text.path):
        return decoded
    return careful_twin(decoded, scratch)


def careful_twin(decoded: Decoded, scratch: Path) -> Decoded:
    """The same file through the careful reader."""
    target = scratch.with_suffix(".clean.csv")
    clean = clean_copy(decoded.path, decoded.delimiter, decoded.heading, target)
    return replace(
        decoded,
        path=clean.path,
        delimiter=",",
        skipped_lines=0,
        is_numbered=True,
        is_tidy=False,
        record_count=clean.kept_count,
        reader=Reader.CAREFUL,
        refused=clean.refused if clean.refused_count else None,
        refused_count=clean.refused_count,
    )


def row_limit(rows: int) -> Remarks:
    """The remark on a file with as many rows, header included, as a spreadsheet can hold."""
    return ((Remark.ROW_LIMIT, 1),) if rows in ROW_LIMITS else ()


def _read_head(path: Path, written: Format, delimiters: tuple[str, ...], names: Names) -> _Head:
    first = next(_records(path, delimiters[0]), None)
    stated = SEPARATOR_LINE.fullmatch(first.text.strip(" ")) if first else None
    if stated:
        delimiters = (stated[1],)
    above = 1 if stated else 0
    heads = [_head(path, written, delimiter, above, names) for delimiter in delimiters]
    return max(
        heads,
        key=lambda head: (
            names.found_in(head.header.names),
            names.found_below(head.header.names),
        ),
    )


def _head(path: Path, written: Format, delimiter: str, above: int, names: Names) -> _Head:
    records = list(islice(_records(path, delimiter), above + written.head_rows))
    header = find_header([record.fields for record in records[above:]], written, names)
    return _Head(delimiter, records, replace(header, end=header.end + above))


def _records(path: Path, delimiter: str) -> Iterator[Record]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        yield from read_records(text, delimiter)


def _check_header(head: _Head, names: Names, delimiters: tuple[str, ...]) -> None:
    header = head.header
    last = head.records[header.end - 1]
    if last.reason:
        raise Refused(FileReason.HEADER, last.reason)
    if len(header.names) > COLUMNS:
        raise Refused(FileReason.TOO_WIDE, str(len(header.names)))
    if names.are_in(header.names):
        return
    if any(names.found_in(reading) > (0, 0) for reading in mended(header.names)):
        raise Refused(FileReason.ENCODING, "0")
    if len(header.names) == 1 and len(names.known) > 1:
        others = [d for d in OTHER_DELIMITERS if d in last.text and d not in delimiters]
        if others:
            raise Refused(FileReason.DELIMITER, others[0])


def _stand_at_once(records: list[Record], path: Path) -> bool:
    """Whether the records are the first lines: the fast reader skips lines, not records."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        return all(text.readline().rstrip("\r\n") == record.text for record in records)
