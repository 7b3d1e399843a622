"""JSON and XML: records whose columns are named by the path that leads to them.

A column is named by the keys from its record down (`case.opened.at`); what stands above the record,
by a dot and the keys from the root (`.exported_at`), in JSON. An attribute in XML is `@name`. The
child writes only the columns that the mapping names, and counts the others.
"""

from dataclasses import replace
from pathlib import Path

from pipelines.ingest.cage import Cage, clean_copy_of
from pipelines.ingest.decoded import Decoded, Reader
from pipelines.ingest.encoding import Text
from pipelines.ingest.format import Form
from pipelines.ingest.header import Header
from pipelines.ingest.source import Source


def read_tree(cage: Cage, text: Text, source: Source, scratch: Path) -> Decoded:
    """Read the records of a JSON or XML text.

    Args:
        cage: where it is read.
        text: the text.
        source: the mapping.
        scratch: where the clean copy goes.

    Raises:
        Refused: it is damaged, declares entities, is too large, or has no records where the
            mapping says.
    """
    written = source.format
    wanted = [name for column in source.columns for name in (column.header, *column.aliases)]
    target = scratch.with_suffix(".clean.csv")
    answer = cage.ask(
        {
            "do": "tree",
            "form": written.form,
            "path": str(text.path),
            "records": written.records,
            "wanted": wanted,
            "target": str(target),
        },
        size=text.path.stat().st_size,
    )
    # An export of nothing lacks no column.
    seen = set(answer["seen"] if answer["rows"] else [column.header for column in source.columns])
    header = Header(tuple(name if name in seen else "" for name in wanted), (), 0)
    reader = Reader.XML if written.form is Form.XML else Reader.JSON
    decoded = Decoded.of_clean(clean_copy_of(target, answer), header, reader, text, ())
    return replace(decoded, unknown_count=answer["unknown"])
