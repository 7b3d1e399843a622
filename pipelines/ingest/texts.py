"""The SQL that reads text which our own code has decoded: every column as text, nothing guessed."""

import re
from pathlib import Path

from pipelines.ingest.decoded import Decoded
from pipelines.ingest.plan import Plan
from pipelines.quoting import literal

# Of the files that we write ourselves; elsewhere the first line tells. Left to itself, the reader
# takes a lone return inside quotes for the end of a line if it is the first of all.
OUR_LINE_END = ", new_line = '\\n'"
SPACES = " \t\u00a0\u3000"
NUMBER_COLUMN = "c_number"
LINE_BYTES = 2_000_000  # as RECORD_CHARACTERS of the careful reader


def path_literal(path: Path) -> str:
    """A file's path as an SQL literal in which no character is a wildcard."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))


def read_sql(decoded: Decoded, missing: tuple[str, ...]) -> str:
    """The table function that reads a decoded file, every column as text, nothing guessed."""
    names = [f"c{place}" for place in range(len(decoded.header))]
    line_end = ""
    if decoded.is_numbered:
        names.insert(0, NUMBER_COLUMN)
        line_end = OUR_LINE_END
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    nulls = ", ".join(map(literal, missing))
    return (
        f"read_csv({path_literal(decoded.path)}, auto_detect = false, columns = {{{columns}}}, "
        f"delim = {literal(decoded.delimiter)}, quote = '\"', escape = '\"', header = false, "
        f"skip = {decoded.skipped_lines}, nullstr = [{nulls}], null_padding = false, "
        f"strict_mode = true, max_line_size = {LINE_BYTES}, compression = 'none'{line_end})"
    )


def texts_sql(plan: Plan) -> str:
    """The texts without outer spaces, null where nothing is written.

    A tidy file needs no trimming, which would cost as much as reading it.
    """
    decoded, source = plan.reading.decoded, plan.reading.source
    own = {place: column.missing for column, place in plan.reading.layout.places}
    texts: list[str] = [NUMBER_COLUMN] if decoded.is_numbered else []
    for place in range(len(decoded.header)):
        text = f"c{place}"
        missing = own.get(place, ())
        if not decoded.is_tidy:
            text = f"trim({text}, {literal(SPACES)})"
            missing = (*source.missing, *missing)
        if missing:
            nulls = ", ".join(map(literal, sorted({none.strip(SPACES) for none in missing})))
            text = f"case when {text} not in ({nulls}) then {text} end"
        texts.append(f"{text} as c{place}")
    return f"(select {', '.join(texts)} from {read_sql(decoded, source.missing)})"


def read_refused_sql(path: Path) -> str:
    """The table function that reads `record_no, reason_code, original`."""
    return (
        f"read_csv({path_literal(path)}, auto_detect = false, delim = ',', quote = '\"', "
        f"escape = '\"', header = false, max_line_size = 4000000, compression = 'none'"
        f"{OUR_LINE_END}, "
        "columns = {'record_no': 'BIGINT', 'reason_code': 'VARCHAR', 'original': 'VARCHAR'})"
    )
