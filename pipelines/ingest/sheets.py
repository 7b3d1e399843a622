"""Tables in workbooks and in HTML: the child shows the first rows, the mapping says what they are.

What the child does is in `child/`.
"""

from dataclasses import replace
from pathlib import Path

from pipelines.ingest.cage import Cage, clean_copy_of
from pipelines.ingest.decoded import Decoded, Reader
from pipelines.ingest.encoding import Text
from pipelines.ingest.format import Format
from pipelines.ingest.header import Names, comparable, find_header
from pipelines.ingest.reasons import Remark
from pipelines.ingest.text import row_limit


def read_sheet(
    cage: Cage, file: Path | Text, written: Format, names: Names, scratch: Path
) -> Decoded:
    """Read one sheet of a workbook, or the table of an HTML text.

    Args:
        cage: where it is read.
        file: the workbook or the text.
        written: what the mapping says of its format.
        names: the mapping's columns.
        scratch: where the clean copy goes.

    Raises:
        Refused: it cannot be read, is too large, was the end of its reader, or the sheet is not
            there, not the only one, or without header.
    """
    text = file if isinstance(file, Text) else None
    path = text.path if text else file
    reader = Reader.MARKUP if text else Reader.WORKBOOK
    opened = cage.ask(
        {
            "do": "open",
            "form": reader,
            "path": str(path),
            "sheet": written.sheet,
            "rows": written.head_rows,
        }
    )
    header = find_header(opened["head"], written, names).trimmed()
    taken = [place for place, name in enumerate(header.names) if comparable(name) in names.known]
    target = scratch.with_suffix(".clean.csv")
    answer = cage.ask(
        {
            "do": "write",
            "header": header.rows,
            "skip": header.end,
            "width": len(header.names),
            "taken": taken,
            "target": str(target),
        }
    )
    counts = (
        (Remark.HIDDEN, answer["hidden"]),
        (Remark.MERGED, answer["merged"]),
        (Remark.SHEETS_UNREAD, answer["unread"]),
    )
    told = ((remark, count) for remark, count in counts if count)
    remarks = (*told, *row_limit(answer["rows"]))
    decoded = Decoded.of_clean(clean_copy_of(target, answer), header, reader, text, remarks)
    return replace(
        decoded,
        gaps=tuple((number, gap) for number, gap in answer["gaps"]),
        sheets=tuple((number, name) for number, name in answer["sheets"]),
    )
