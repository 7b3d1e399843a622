"""The SQL that follows from a plan.

The text is read into `typed` (`reading.py`), a row for each record with its values, the pseudonym
of its own number and its problems. Numbers that repeat are hashed once each. Then each table is
written from there: the records without errors, in the order of the file.

DuckDB-specific by purpose: this is the seam between files and tables.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.engine.contract import Column
from pipelines.ingest.decode import Decoded
from pipelines.ingest.fields import HOME, Field, value_name
from pipelines.ingest.plan import Plan
from pipelines.ingest.quoting import literal
from pipelines.ingest.source import SENDER_PLACEHOLDER
from pipelines.privacy.pseudonyms import pseudonym_sql

# Of the files that we write ourselves; elsewhere the first line tells. Left to itself, the reader
# takes a lone return inside quotes for the end of a line if it is the first of all.
OUR_LINE_END = ", new_line = '\\n'"
SPACES = " \t\u00a0\u3000"
NUMBER_COLUMN = "c_number"
IS_GOOD, IS_OUT = "not is_blank and not is_refused", "is_refused"
LINE_BYTES = 2_000_000  # as RECORD_CHARACTERS of the careful reader
LINEAGE = {
    "file_id": "VARCHAR",
    "record_no": "BIGINT",
    "sender_id": "VARCHAR",
    "as_of": "TIMESTAMP",
}
REFUSAL_COLUMNS = {
    "file_id": "VARCHAR",
    "table_name": "VARCHAR",
    "record_no": "BIGINT",
    "column_name": "VARCHAR",
    "rule_id": "VARCHAR",
    "reason_code": "VARCHAR",
    "severity": "VARCHAR",
}


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


def reference_sql(plan: Plan) -> Iterator[str]:
    """Make a temporary table of pseudonyms for each column of numbers that repeat."""
    for field in plan.references:
        value = value_name(field.column)
        is_identity = field is plan.identity
        message = (HOME if is_identity else plan.scope).message(
            "matter_key" if is_identity else field.column, value
        )
        hashed = pseudonym_sql(message)
        yield (
            f"create or replace temp table {_key_table(field)} as "
            f"select {value}, {hashed} as pseudonym "
            f"from (select distinct {value} from typed where {value} is not null)"
        )


def count_sql(plan: Plan) -> str:
    """Lines read; records among them, those with any problem, with an error; latest extract."""
    return (
        "select count(*), count(*) filter (where not is_blank), "
        "count(*) filter (where not is_blank and len(problems) > 0), "
        f"count(*) filter (where {IS_OUT}), max({_fact(plan, 'as_of')}) from typed"
    )


def problem_counts_sql(plan: Plan) -> str:
    """How many records have each problem, in the order of the plan's problems."""
    counts = [
        f"count(*) filter (where not is_blank and list_contains(problems, {number}))"
        for number in range(len(plan.problems))
    ]
    return f"select {', '.join(counts) or 'count(*)'} from typed"


def filled_counts_sql(plan: Plan) -> str:
    """In how many records something is written, for each column of the file."""
    counts = [f"count(c{place})" for place in range(len(plan.reading.decoded.header))]
    return f"select {', '.join(counts)} from {texts_sql(plan)}"


def records_sql(plan: Plan) -> str:
    """The records of the table that counts them: contract columns, then lineage."""
    columns = [f"{_column(plan, column)} as {column.name}" for column in plan.table.columns]
    joins = " ".join(
        f"left join {_key_table(field)} using ({value_name(field.column)})"
        for field in plan.references
    )
    return f"select {', '.join(columns + _lineage(plan))} from typed {joins} where {IS_GOOD}"


def steps_sql(plan: Plan) -> str:
    """The steps that the dates of submissions become, in the order of the contract's list.

    Registration is always one. Where no column gives the reply, the closing is the reply too.
    """
    if plan.event_table is None:
        raise ValueError(f"{plan.reading.source.name} makes no steps")
    times = {
        field.column: (value_name(field.column), field.precision_column) for field in plan.events
    }
    times["register"] = (value_name("registered_at"), "registered_precision")
    if "close" in times:
        times.setdefault("reply", times["close"])
    order = [kind for kind in plan.event_table.column("event_type").codes if kind in times]
    steps = ", ".join(
        f"{{'event_type': {literal(kind)}, 'seq': {seq}, 'event_at': {times[kind][0]}, "
        f"'at_precision': case when {times[kind][0]} is not null then {times[kind][1]} end}}"
        for seq, kind in enumerate(order, 1)
    )
    made = {
        "event_id": "case_id || '-' || step.event_type",
        "case_id": "case_id",
        "event_type": "step.event_type",
        "seq": "step.seq",
        "event_at": "step.event_at",
        "at_precision": "step.at_precision",
    }
    columns = [
        f"{made.get(column.name, _null(column))} as {column.name}"
        for column in plan.event_table.columns
    ]
    lineage = ", ".join(LINEAGE)
    return (
        f"select {', '.join(columns)}, {lineage} from (select {value_name('case_id')} as case_id, "
        f"{', '.join(_lineage(plan))}, unnest([{steps}]) as step from typed where {IS_GOOD}) "
        "where step.event_at is not null"
    )


def refusals_sql(plan: Plan) -> str:
    """A row for each problem of each record: `REFUSAL_COLUMNS`."""
    manifest, decoded = plan.reading.manifest, plan.reading.decoded
    kinds = ", ".join(
        f"({number}, {', '.join(map(literal, (p.column, p.rule, p.reason, p.severity)))})"
        for number, p in enumerate(plan.problems)
    )
    which = f"{literal(manifest.file_id)} as file_id, {literal(plan.table.name)} as table_name"
    found = (
        f"select {which}, record_no, column_name, rule_id, reason_code, severity from "
        f"(select {_record_no(plan)} as record_no, unnest(problems) as number from typed "
        f"where not is_blank) join (values {kinds}) as kind"
        "(number, column_name, rule_id, reason_code, severity) using (number)"
    )
    if decoded.refused:
        found += (
            f" union all select {which}, record_no, '' as column_name, 'RECORD' as rule_id, "
            f"reason_code, 'error' as severity from {read_refused_sql(decoded.refused)}"
        )
    return f"select * from ({found}) order by record_no, column_name, rule_id"


def read_refused_sql(path: Path) -> str:
    """The table function that reads `record_no, reason_code, original`."""
    return (
        f"read_csv({path_literal(path)}, auto_detect = false, delim = ',', quote = '\"', "
        f"escape = '\"', header = false, max_line_size = 4000000, compression = 'none'"
        f"{OUR_LINE_END}, "
        "columns = {'record_no': 'BIGINT', 'reason_code': 'VARCHAR', 'original': 'VARCHAR'})"
    )


def refused_records_sql(plan: Plan) -> str:
    """Numbers of the records with an error that the CSV reader itself had nothing against."""
    return f"select {_record_no(plan)} as record_no from typed where {IS_OUT} order by 1"


def copy_sql(query: str, path: Path) -> str:
    """Write the result of a query as Parquet, in its order."""
    form = "format parquet, compression zstd, parquet_version v2"
    return f"copy ({query}) to {literal(str(path))} ({form})"


def _record_no(plan: Plan) -> str:
    # A temporary table keeps the order in which it was filled, and numbers its rows from 0.
    return NUMBER_COLUMN if plan.reading.decoded.is_numbered else "typed.rowid + 1"


def _lineage(plan: Plan) -> list[str]:
    return [
        f"{literal(plan.reading.manifest.file_id)} as file_id",
        f"{_record_no(plan)} as record_no",
        f"{_fact(plan, 'sender_id')} as sender_id",
        f"{_fact(plan, 'as_of')} as as_of",
    ]


def _fact(plan: Plan, fact: str) -> str:
    """Sender or extract moment: of the record, else of the whole file."""
    if any(field.column == fact for field in plan.facts):
        return value_name(fact)
    provenance = plan.reading.manifest.provenance
    if fact == "sender_id":
        return literal(provenance.sender_id)
    return f"timestamp {literal(str(provenance.as_of))}"


def _column(plan: Plan, column: Column) -> str:
    """SQL for a column of the contract: from the file, a constant, worked out, or empty."""
    constants = dict(plan.reading.source.constants)
    if column.name == "matter_key" and plan.table.name == "cases":
        return _matter_key(plan)
    for field in plan.fields:
        if field.column == column.name:
            return _from_field(field)
        if field.precision_column == column.name:
            return f"case when {value_name(field.column)} is not null then {column.name} end"
    if column.name in constants:
        value = constants[column.name]
        is_sender = value == SENDER_PLACEHOLDER
        return _fact(plan, "sender_id") if is_sender else literal(value)
    if column.name == "event_id":
        return _event_id(plan)
    return _null(column)


def _from_field(field: Field) -> str:
    return f"{_key_table(field)}.pseudonym" if field.is_reference else value_name(field.column)


def _matter_key(plan: Plan) -> str:
    """Its official number, else who wrote about what and where, else the case is its own matter."""
    made = [_from_field(field) for field in plan.fields if field.column == "matter_key"]
    if plan.identity:
        made.append(_from_field(plan.identity))
    return f"coalesce({', '.join((*made, value_name('case_id')))})"


def _event_id(plan: Plan) -> str:
    """A step's own number: that of its case, and its place in it, or its type and time."""
    names = {field.column for field in plan.fields}
    case_id = next(_from_field(field) for field in plan.fields if field.column == "case_id")
    moment = f"{value_name('event_type')} || '-' || epoch({value_name('event_at')})::bigint"
    place = (
        f"coalesce(cast({value_name('seq')} as varchar), {moment})" if "seq" in names else moment
    )
    return f"{case_id} || '-' || {place}"


def _key_table(field: Field) -> str:
    return f"key_{field.column}"


def _null(column: Column) -> str:
    return f"cast(null as {column.sql_type})"
