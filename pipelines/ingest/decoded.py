"""What every way of reading ends in: a CSV file in UTF-8 and how it is laid out."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from pipelines.ingest.clean import CleanCsv
from pipelines.ingest.encoding import Text
from pipelines.ingest.header import Header
from pipelines.ingest.reasons import Remark
from pipelines.ingest.survey import Survey

Remarks = tuple[tuple[Remark, int], ...]  # what is worth telling, and how often it was found


class Reader(StrEnum):
    """How a file is read."""

    FAST = "fast"
    CAREFUL = "careful"
    WORKBOOK = "workbook"
    MARKUP = "markup"
    JSON = "json"
    XML = "xml"


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


@dataclass(frozen=True, slots=True)
class Decoded:
    """A CSV file in UTF-8 and how it is laid out.

    Attributes:
        path: the file.
        delimiter: between its fields.
        heading: the header of the original.
        skipped_lines: lines before the first data record.
        is_numbered: whether the first field of each record is its number in the original; where
            not, records are numbered as they come.
        is_tidy: whether no field begins or ends with a space.
        record_count: how many records a reader must find in it.
        reader: how the original was read.
        encoding: of the original; empty for workbooks.
        confidence: how sure the encoding is, 0 to 1; none for workbooks.
        refused: `record_no, reason_code, original` of the records left out, where there are any.
        refused_count: how many those are.
        unknown_count: columns that the mapping does not know, where they were left out already.
        remarks: what is worth telling about the file.
        text: the text in UTF-8 that was laid out; none for what is no delimited text.
        text_delimiter: between the fields there, and in the text of refused records.
        gaps: of a sheet, how many of its rows above a record are no records: the number of each
            record from which on that changes, and how many they are (fewer than none where a
            sheet follows others).
        sheets: where the records are of several sheets, the number of the first of each, and what
            it is called.
    """

    path: Path
    delimiter: str
    heading: Header
    skipped_lines: int
    is_numbered: bool
    is_tidy: bool
    record_count: int
    reader: Reader
    encoding: str = ""
    confidence: float | None = None
    refused: Path | None = None
    refused_count: int = 0
    unknown_count: int | None = None
    remarks: Remarks = ()
    text: Path | None = None
    text_delimiter: str = ","
    gaps: tuple[tuple[int, int], ...] = ()
    sheets: tuple[tuple[int, str], ...] = ()

    @classmethod
    def of_clean(
        cls,
        clean: CleanCsv,
        heading: Header,
        reader: Reader,
        text: Text | None,
        remarks: Remarks,
    ) -> Self:
        """A clean copy of a workbook, or of a text, as such a file."""
        return cls(
            path=clean.path,
            delimiter=",",
            heading=heading,
            skipped_lines=0,
            is_numbered=True,
            is_tidy=False,
            record_count=clean.kept_count,
            reader=reader,
            encoding=text.encoding if text else "",
            confidence=text.confidence if text else None,
            refused=clean.refused if clean.refused_count else None,
            refused_count=clean.refused_count,
            remarks=remarks,
        )

    @property
    def header(self) -> tuple[str, ...]:
        """The names of its columns, as the original has them."""
        return self.heading.names
