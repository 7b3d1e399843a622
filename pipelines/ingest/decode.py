"""From an original to text that can be read by contract, whatever the original was.

Text that is UTF-8 and regular is read where it lies. Text in another declared encoding is written
out as UTF-8 first; text in which something is not as it should be goes through the careful reader,
a workbook through a child process. What comes out is always a CSV file with an explicit layout: no
reader ever guesses an encoding, a delimiter or a type.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path, PurePosixPath

from pipelines.ingest.careful import Record, clean_copy, read_records
from pipelines.ingest.originals import CHUNK
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.source import Source
from pipelines.ingest.survey import Survey
from pipelines.ingest.workbook import WorkbookReader

COLUMNS = 2_000
WORKBOOKS = {".xlsx", ".xlsm"}
TEXTS = {".csv", ".txt", ".tsv"}
ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0"
OTHER_DELIMITERS = ",;\t|，"


class Reader(StrEnum):
    """How a file is read."""

    FAST = "fast"
    CAREFUL = "careful"
    WORKBOOK = "workbook"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A CSV file in UTF-8 and how it is laid out.

    Attributes:
        path: the file.
        delimiter: between its fields.
        header: the names of its columns, as the original has them.
        skipped_lines: lines before the first data record.
        is_numbered: whether the first field of each record is its number in the original; where
            not, records are numbered as they come.
        is_tidy: whether no field begins or ends with a space.
        record_count: how many records a reader must find in it.
        encoding: of the original; empty for workbooks.
        reader: how the original was read.
        refused: `record_no, reason_code, original` of the records left out, where there are any.
        refused_count: how many those are.
    """

    path: Path
    delimiter: str
    header: tuple[str, ...]
    skipped_lines: int
    is_numbered: bool
    is_tidy: bool
    record_count: int
    encoding: str
    reader: Reader
    refused: Path | None = None
    refused_count: int = 0


@dataclass(frozen=True, slots=True)
class Original:
    """An original and what is known of it.

    Attributes:
        path: where it lies.
        name: the name that it came under; its ending says what it claims to be.
        survey: what its bytes are, if a survey was made.
    """

    path: Path
    name: str
    survey: Survey | None = None


def decode(original: Original, source: Source, scratch: Path, workbooks: WorkbookReader) -> Decoded:
    """Make an original readable.

    Args:
        original: the file.
        source: its mapping: encodings, delimiter, header row, sheet.
        scratch: where decoded text may be written; the name of the file to write, without ending.
        workbooks: reads workbooks in a child process.

    Raises:
        Refused: the file is not what its name says, is empty, too large or in no declared encoding.
    """
    with original.path.open("rb") as file:
        head = file.read(len(OLE))
    suffix = PurePosixPath(original.name).suffix.lower()
    if suffix in WORKBOOKS:
        return _decode_workbook(original, source, scratch, workbooks, head)
    if suffix not in TEXTS:
        raise Refused(FileReason.TYPE, suffix if suffix.isprintable() else "")
    if head.startswith((ZIP, OLE)):
        raise Refused(FileReason.TYPE_MISMATCH, suffix)
    return _decode_text(original, source, scratch)


def careful_twin(decoded: Decoded, source: Source, scratch: Path) -> Decoded:
    """The same file through the careful reader."""
    clean = clean_copy(
        decoded.path,
        decoded.delimiter,
        source.header_row,
        len(decoded.header),
        scratch.with_suffix(".clean.csv"),
    )
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


def _decode_workbook(
    original: Original, source: Source, scratch: Path, workbooks: WorkbookReader, head: bytes
) -> Decoded:
    if head.startswith(OLE):
        raise Refused(FileReason.ENCRYPTED)
    if not head.startswith(ZIP):
        raise Refused(FileReason.TYPE_MISMATCH, PurePosixPath(original.name).suffix.lower())
    sheet = workbooks.read(
        original.path,
        sheet=source.sheet,
        header_row=source.header_row,
        target=scratch.with_suffix(".clean.csv"),
    )
    return Decoded(
        path=sheet.csv.path,
        delimiter=",",
        header=sheet.header,
        skipped_lines=0,
        is_numbered=True,
        is_tidy=False,
        record_count=sheet.csv.kept_count,
        encoding="",
        reader=Reader.WORKBOOK,
        refused=sheet.csv.refused if sheet.csv.refused_count else None,
        refused_count=sheet.csv.refused_count,
    )


def _decode_text(original: Original, source: Source, scratch: Path) -> Decoded:
    path, survey, encoding = original.path, original.survey, "utf-8"
    if survey is None or survey.delimiter != source.delimiter:
        survey = Survey.of(_chunks(path), source.delimiter)
    if survey.bad_byte is not None:
        path, encoding = _transcode(path, source, survey.bad_byte, scratch.with_suffix(".utf8"))
        survey = Survey.of(_chunks(path), source.delimiter)
    if survey.has_long_line:
        raise Refused(FileReason.TOO_LARGE)
    header = _read_header(path, source)
    width = len(header[-1].fields)
    decoded = Decoded(
        path=path,
        delimiter=source.delimiter,
        header=header[-1].fields,
        skipped_lines=source.header_row,
        is_numbered=False,
        is_tidy=survey.is_tidy,
        record_count=survey.records - source.header_row,
        encoding=encoding,
        reader=Reader.FAST,
    )
    if survey.is_regular and width > 1 and _stand_at_once(header, path):
        return decoded
    return careful_twin(decoded, source, scratch)


def _transcode(path: Path, source: Source, bad_byte: int, target: Path) -> tuple[Path, str]:
    """Write the file as UTF-8 from the first declared encoding in which all of it is valid."""
    for encoding in source.encodings:
        if encoding == "utf-8":
            continue
        try:
            with target.open("w", encoding="utf-8", newline="") as out:
                out.writelines(codecs.iterdecode(_chunks(path), encoding, "strict"))
        except UnicodeError:
            continue
        return target, encoding
    raise Refused(FileReason.ENCODING, str(bad_byte))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _read_header(path: Path, source: Source) -> list[Record]:
    """The records down to the header; the last one is the header."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        records = list(islice(read_records(text, source.delimiter), source.header_row))
    if len(records) < source.header_row:
        raise Refused(FileReason.EMPTY)
    header = records[-1]
    if header.reason:
        raise Refused(FileReason.HEADER, header.reason)
    if len(header.fields) > COLUMNS:
        raise Refused(FileReason.TOO_WIDE, str(len(header.fields)))
    if len(header.fields) == 1 and len(source.columns) > 1:
        other = next((d for d in OTHER_DELIMITERS if d in header.text), None)
        if other:
            raise Refused(FileReason.DELIMITER, other)
    return records


def _stand_at_once(records: list[Record], path: Path) -> bool:
    """Whether the records are the first lines: the fast reader skips lines, not records."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        return all(text.readline().rstrip("\r\n") == record.text for record in records)
