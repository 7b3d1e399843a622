"""A first look at a file that no mapping describes: how it is laid out and what its columns are.

Facts come from a bounded number of records, worked out in SQL. Labels are told only of columns that
hold few of them and nothing that looks like it names a person.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from pipelines.ingest import personal
from pipelines.ingest.decode import decode
from pipelines.ingest.decoded import Decoded, Original, Reader
from pipelines.ingest.encoding import as_utf8
from pipelines.ingest.folding import fold_sql
from pipelines.ingest.format import DELIMITERS, Form, Format
from pipelines.ingest.header import Names
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.records import Worker
from pipelines.ingest.source import MappedColumn, Source
from pipelines.ingest.text import careful_twin
from pipelines.ingest.texts import read_sql
from pipelines.ingest.trees import read_tree
from pipelines.ingest.written_dates import YEAR_FIRST, serial_sql, year_first_sql
from pipelines.quoting import literal

SAMPLE_ROWS = 20_000
ENCODINGS = ("utf-8", "gb18030", "utf-16")
TREES = {
    ".json": (Form.JSON, Form.JSON_LINES),
    ".jsonl": (Form.JSON_LINES,),
    ".ndjson": (Form.JSON_LINES,),
    ".xml": (Form.XML,),
}
"""Ways in which a file may be read that is no table, by the ending of its name."""

MOST_LABELS = 40
FEW = 20  # so many records may differ by chance
LABEL_CHARACTERS = 20
PROSE_CHARACTERS = 30  # on average; labels, names of offices and numbers are shorter
PERSONAL_SHARE = 0.2
DATE_SHARE = 0.8
WHOLE_NUMBER = "[0-9]{1,18}[人件批次个元天间]{0,2}"
PLACEHOLDERS = (
    *("0001-01-01", "1900-01-01", "1970-01-01", "2099-12-31", "2100-01-01"),
    *("2999-12-31", "3000-01-01", "9999-01-01", "9999-12-31"),
)
"""Days that systems write for "none"; for some of them a person has to say whether they do."""

MOST_WORDS = 10
"""So many texts that are no date may stand for "none" in a column of dates."""

EMPTY_TEXTS = ("", "-", "—", "/", "无", "N/A", "NA", "NULL", "null", "EMPTY", "不详")
# Day and month in one order or the other: which one is meant, no file says by itself.
SPELLED_DATES = (
    *("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y"),
    *("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"),
    *("%d.%m.%Y %H:%M", "%d.%m.%Y"),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a column is.

    Attributes:
        filled: records in which something is written.
        distinct: how many different texts there are.
        numbers: share of what is written that is a whole number.
        dates: share of what is written that is a date, by how it would be declared; days that
            stand for "none" are left out, unless there are no others.
        is_personal: whether it looks like it names persons, or is prose.
        labels: its texts, where they are few and name nobody.
        blanks: what is written where nothing is known.
        placeholders: the days in it that systems write for "none", in ISO 8601.
        words: its few texts that are no date, hold no digit and name nobody.
    """

    filled: int
    distinct: int
    numbers: float
    dates: tuple[tuple[str, float], ...]
    is_personal: bool
    labels: tuple[str, ...]
    blanks: tuple[str, ...]
    placeholders: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def is_date(self) -> bool:
        """Whether nearly all of it is dates."""
        return any(share >= DATE_SHARE for _, share in self.dates)

    @property
    def is_unlike(self) -> bool:
        """Whether no two records have the same, as only numbers of records do."""
        return self.distinct == self.filled > FEW

    @property
    def is_number(self) -> bool:
        """Whether nearly all of it is whole numbers."""
        return self.numbers >= DATE_SHARE


@dataclass(frozen=True, slots=True)
class Specimen:
    """A file as far as it can be known without a mapping.

    Attributes:
        decoded: how it was read.
        written: how it is written, as far as that is not told by `decoded`: form, records, and the
            number of the sheet where there are several.
        columns: name and facts of each column, in order.
        rows: records looked at.
    """

    decoded: Decoded
    written: Format
    columns: tuple[tuple[str, Facts], ...]
    rows: int


def examine(worker: Worker, path: Path, names: frozenset[str], like: Source) -> Specimen:
    """Look at a file.

    Args:
        worker: reads it.
        path: the file.
        names: column names that are known, by which the header is found.
        like: any mapping; of it, everything that says how a file is written is left open.

    Raises:
        Refused: nothing can read it.
    """
    decoded, written = _decode(worker, path, names, like)
    try:
        worker.con.execute(_specimen_sql(decoded))
    except duckdb.InvalidInputException:  # as in a run, nothing is believed of what stumbled
        if decoded.reader is not Reader.FAST:
            raise
        decoded = careful_twin(decoded, worker.scratch)
        worker.con.execute(_specimen_sql(decoded))
    width = len(decoded.header)
    [(rows,)] = worker.con.execute("select count(*) from specimen").fetchall()
    facts = [_facts(worker, f"c{place}") for place in range(width)]
    return Specimen(decoded, written, tuple(zip(decoded.header, facts, strict=True)), rows)


def _specimen_sql(decoded: Decoded) -> str:
    width = len(decoded.header)
    cells = ", ".join(f"{fold_sql(f'c{place}')} as c{place}" for place in range(width))
    source = read_sql(decoded, ("",))
    return (
        f"create or replace temp table specimen as select {cells} from {source} limit {SAMPLE_ROWS}"
    )


def _decode(
    worker: Worker, path: Path, names: frozenset[str], like: Source
) -> tuple[Decoded, Format]:
    """Read the file in the first way that it can be read."""
    ways = [(form, "") for form in TREES.get(path.suffix.lower(), ())]
    ways = ways or [(Form.TABLE, ""), (Form.TABLE, "1")]
    for form, sheet in ways:
        try:
            if form is not Form.TABLE:
                return _decode_tree(worker, path, form, like)
            return _decode_table(worker, path, sheet, Names(needed=(), known=names), like)
        except Refused as verdict:
            is_last = (form, sheet) == ways[-1]
            if is_last or verdict.reason not in {FileReason.MULTISHEET, FileReason.CORRUPT}:
                raise
    raise AssertionError  # the loop returns or raises


def _decode_table(
    worker: Worker, path: Path, sheet: str, names: Names, like: Source
) -> tuple[Decoded, Format]:
    """Read a table whose header takes one row, or two where more names are found so."""
    written = Format(
        encodings=ENCODINGS,
        delimiters=DELIMITERS,
        header_row=None,
        header_rows=2,
        is_depth_open=True,
        sheet=sheet,
    )
    source = replace(like, format=written, columns=())
    original = Original(path, path.name)
    return decode(original, source, names, worker.scratch, worker.cage), written


def _decode_tree(worker: Worker, path: Path, form: Form, like: Source) -> tuple[Decoded, Format]:
    """Read JSON or XML, every column of every record."""
    text = as_utf8(path, None, ENCODINGS, ",", worker.scratch.with_suffix(".utf8"))
    size = text.path.stat().st_size
    found = worker.cage.ask({"do": "outline", "form": form, "path": str(text.path)}, size)
    written = Format(form=form, encodings=ENCODINGS, records=tuple(found["records"]))
    columns = tuple(MappedColumn(name) for name in found["names"])
    source = replace(like, format=written, columns=columns)
    return read_tree(worker.cage, text, source, worker.scratch), written


def _facts(worker: Worker, column: str) -> Facts:
    """The facts of a column; the days that its texts mean are worked out once, in a table."""
    con = worker.con
    days = _days_sql(column)
    names = [f"day{place}" for place in range(len(days))]
    made = ", ".join(f"{day} as {name}" for name, day in zip(names, days.values(), strict=True))
    con.execute(
        f"create or replace temp table looked_at as select {column} as cell, {made} from specimen "
        f"where {column} is not null"
    )
    empty = ", ".join(map(literal, EMPTY_TEXTS))
    written = f"cell not in ({empty})"
    held = f"coalesce({_is_held_sql(names)}, false)"
    is_named = (
        f"{personal.is_name_sql('cell')} and {personal.is_none_of_sql('cell', worker.places)}"
    )
    named = f"({personal.is_personal_sql('cell')}) or ({is_named})"
    looked_for = (
        f"regexp_full_match(cell, '{WHOLE_NUMBER}')",
        named,
        held,
        *(f"{_is_day_sql(day)} and not {held}" for day in names),
        *(f"{day} is not null and {held}" for day in names),
    )
    counts = ", ".join(f"count(*) filter (where {one})" for one in looked_for)
    [(filled, distinct, length, numbers, persons, none_days, *found)] = con.execute(
        f"select count(*), count(distinct cell), coalesce(avg(length(cell)), 0), {counts} "
        f"from looked_at where {written}"
    ).fetchall()
    dated = filled - none_days
    shown = found[: len(days)] if dated else found[len(days) :]
    shares = [(form, n / (dated or filled)) for form, n in zip(days, shown, strict=True) if n]
    is_personal = persons > PERSONAL_SHARE * filled or length > PROSE_CHARACTERS
    is_list = not is_personal and not persons and distinct <= MOST_LABELS
    no_day = " and ".join(f"{day} is null" for day in names)
    is_word = f"{written} and {no_day} and not ({named}) and not regexp_matches(cell, '[1-9]')"
    words = _texts(con, is_word) if shares else ()
    return Facts(
        filled=filled,
        distinct=distinct,
        numbers=numbers / max(filled, 1),
        dates=tuple(shares),
        is_personal=bool(is_personal),
        labels=_texts(con, written) if is_list else (),
        blanks=_texts(con, f"cell in ({empty})"),
        placeholders=_placeholders(con, names) if none_days else (),
        words=words if len(words) <= MOST_WORDS else (),
    )


def _days_sql(cell: str) -> dict[str, str]:
    """The day that a text means, null where it is none, by how its date would be declared."""
    iso = year_first_sql(cell)
    day = f"try_cast(left(rpad({iso}, 10, '-01'), 10) as date)"
    days = {YEAR_FIRST: f"(case when length({iso}) > 4 then {day} end)"}
    days["excel"] = f"try_cast(left({serial_sql(cell, 'excel')}, 10) as date)"
    spelled = {form: f"cast(try_strptime({cell}, '{form}') as date)" for form in SPELLED_DATES}
    return days | spelled


def _is_day_sql(day: str) -> str:
    """A predicate: there is such a day, and a petition might be of it."""
    return f"{day} between date '1900-01-01' and date '2100-12-31'"


def _is_held_sql(days: Iterable[str]) -> str:
    """A predicate: a day that stands for "none", however it is written."""
    known = ", ".join(f"date {literal(day)}" for day in PLACEHOLDERS)
    return f"coalesce({', '.join(days)}) in ({known})"


def _placeholders(con: duckdb.DuckDBPyConnection, days: Collection[str]) -> tuple[str, ...]:
    rows = con.execute(
        f"select distinct cast(coalesce({', '.join(days)}) as varchar) as day from looked_at "
        f"where {_is_held_sql(days)} order by day"
    ).fetchall()
    return tuple(day for (day,) in rows)


def _texts(con: duckdb.DuckDBPyConnection, where: str) -> tuple[str, ...]:
    rows = con.execute(
        f"select cell from looked_at where {where} and length(cell) <= {LABEL_CHARACTERS} "
        f"group by cell order by count(*) desc, cell limit {MOST_LABELS}"
    ).fetchall()
    return tuple(text for (text,) in rows)
