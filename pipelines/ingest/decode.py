"""From an original to text that can be read by contract, whatever the original was.

Text that is UTF-8 and regular is read where it lies. Text in another encoding is written out as
UTF-8 first; text in which something is not as it should be goes through the careful reader; all
that is not delimited text through a child process. What comes out is always a CSV file with an
explicit layout: no reader ever guesses a type, and what a mapping leaves open is settled by its own
column names.
"""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.ingest.archive import ungzip, unzip
from pipelines.ingest.cage import Cage
from pipelines.ingest.decoded import Decoded, Original
from pipelines.ingest.encoding import Text, as_utf8
from pipelines.ingest.format import DELIMITERS, Form
from pipelines.ingest.header import Names
from pipelines.ingest.kind import Kind, kind_of
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.sheets import read_sheet
from pipelines.ingest.source import Source
from pipelines.ingest.text import decode_text
from pipelines.ingest.trees import read_tree

WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
TABLES = {".csv", ".txt", ".tsv", ".html", ".htm", *WORKBOOKS}
SUFFIXES = {
    Form.TABLE: TABLES,
    Form.JSON: {".json", ".txt"},
    Form.JSON_LINES: {".jsonl", ".ndjson", ".json", ".txt"},
    Form.XML: {".xml", ".txt"},
}
ARCHIVES = {".gz", ".zip"}


@dataclass(frozen=True, slots=True)
class _Job:
    """One file to be decoded, and with what."""

    original: Original
    source: Source
    names: Names
    scratch: Path
    cage: Cage

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.original.name).suffix.lower()


def decode(original: Original, source: Source, names: Names, scratch: Path, cage: Cage) -> Decoded:
    """Make an original readable.

    Args:
        original: the file.
        source: its mapping.
        names: the names of its columns.
        scratch: where decoded text may be written; the name of the file to write, without ending.
        cage: reads what could be the end of a process.

    Raises:
        Refused: the file is of no kind that is read, empty, damaged, too large, hostile, in no
            declared encoding, or without a usable header.
    """
    job = _Job(original, source, names, scratch, cage)
    _check_suffix(job.suffix, source.format.form, with_archives=True)
    kind = kind_of(original.path, job.suffix)
    if kind in {Kind.GZIP, Kind.ZIP}:
        unpack = ungzip if kind is Kind.GZIP else unzip
        job = _Job(unpack(original, scratch.with_suffix(".unpacked")), source, names, scratch, cage)
        _check_suffix(job.suffix, source.format.form)
        kind = kind_of(job.original.path, job.suffix)
    if source.format.form is Form.TABLE:
        return _decode_table(job, kind)
    if kind in {Kind.WORKBOOK, Kind.GZIP, Kind.ZIP}:
        raise Refused(FileReason.TYPE_MISMATCH, job.suffix)
    return read_tree(cage, _text(job), source, scratch)


def _check_suffix(suffix: str, form: Form, *, with_archives: bool = False) -> None:
    if suffix not in SUFFIXES[form] | (ARCHIVES if with_archives else set()):
        raise Refused(FileReason.TYPE, suffix if suffix.isprintable() else "")


def _decode_table(job: _Job, kind: Kind) -> Decoded:
    written = job.source.format
    match kind:
        case Kind.WORKBOOK:
            return read_sheet(job.cage, job.original.path, written, job.names, job.scratch)
        case Kind.MARKUP:
            return read_sheet(job.cage, _text(job), written, job.names, job.scratch)
        case Kind.TEXT:
            return decode_text(_text(job), written, _delimiters(job), job.names, job.scratch)
        case _:  # an archive in an archive
            raise Refused(FileReason.TYPE, job.suffix)


def _text(job: _Job) -> Text:
    written = job.source.format
    return as_utf8(
        job.original.path,
        job.original.survey,
        written.encodings,
        written.delimiters[0],
        job.scratch.with_suffix(".utf8"),
    )


def _delimiters(job: _Job) -> tuple[str, ...]:
    """Those that the file may have: a text that is called a workbook says nothing about it."""
    if job.suffix in WORKBOOKS:
        return DELIMITERS
    if job.suffix == ".tsv":
        return ("\t",)
    return job.source.format.delimiters
