"""The SQL that follows from a plan.

One statement reads the text, types every value, makes the pseudonyms of a record's own number and
notes its problems as bits (`typed`). Numbers that repeat are hashed once each. Then each table is
written from there: the records without errors, in the order of the file.

DuckDB-specific by purpose: this is the seam between files and tables.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.engine.contract import Column
from pipelines.ingest.clean import TOTAL, TOTAL_CHARACTERS
from pipelines.ingest.closings import is_closing_sql
from pipelines.ingest.decoded import Decoded, Reader
from pipelines.ingest.fields import Field, value_name
from pipelines.ingest.plan import Plan
from pipelines.ingest.quoting import literal
from pipelines.ingest.source import EVENT_TABLE, SENDER_PLACEHOLDER
from pipelines.privacy.pseudonyms import pseudonym_sql

# Of the files that we write ourselves; elsewhere the first line tells. Left to itself, the reader
# takes a lone return inside quotes for the end of a line if it is the first of all.
OUR_LINE_END = ", new_line = '\\n'"
SPACES = " \t\u00a0\u3000"
BLANK = -1  # the problems of a line on which nothing is written
ODD = -2  # of one that may be a total or the header again: the careful reader decides
NUMBER_COLUMN = "c_number"
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


SIGHTING_COLUMNS = {"table_name": "VARCHAR", "record_key": "VARCHAR"} | LINEAGE


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


def typed_sql(plan: Plan) -> str:
    """Make the temporary table `typed`: a row for each record, in the order of the file."""
    decoded = plan.reading.decoded
    fields = (*plan.fields, *plan.events, *plan.of_case, *plan.facts)
    values = "".join(f", {field.value} as {value_name(field.column)}" for field in fields)
    kept = [value_name(field.column) for field in fields]
    kept += [
        f"{field.precision} as {field.precision_column}"
        for field in fields
        if field.precision_column
    ]
    if decoded.is_numbered:
        kept.append(f"cast({NUMBER_COLUMN} as bigint) as {NUMBER_COLUMN}")
    bits = [
        f"case when {problem.predicate} then {1 << bit} else 0 end"
        for bit, problem in enumerate(plan.problems)
    ]
    first = f"coalesce({', '.join(f'c{place}' for place in range(len(decoded.header)))})"
    return (
        f"create or replace temp table typed as "
        f"with parsed as (select *{values} from {texts_sql(plan)}) "
        f"select {', '.join(kept)}, case when {first} is null then {BLANK} "
        f"{_odd(decoded, first)}else cast({' + '.join(bits) or '0'} as bigint) end as problems "
        "from parsed"
    )


def _odd(decoded: Decoded, first: str) -> str:
    """A branch for lines that may be no record; other readers than the fast one have left none."""
    if decoded.reader is not Reader.FAST:
        return ""
    head = next(filter(None, map(str.strip, decoded.heading.rows[-1])), "")
    return (
        f"when {first} = {literal(head)} or (length({first}) <= {TOTAL_CHARACTERS} "
        f"and regexp_full_match({first}, {literal(TOTAL)})) then {ODD} "
    )


def texts_sql(plan: Plan) -> str:
    """The texts without outer spaces, null where nothing is written.

    A tidy file needs no trimming, which would cost as much as reading it.
    """
    decoded, missing = plan.reading.decoded, plan.reading.source.missing
    if decoded.is_tidy:
        return read_sql(decoded, missing)
    nulls = ", ".join(map(literal, sorted({text.strip(SPACES) for text in missing})))
    trimmed = [f"trim(c{place}, {literal(SPACES)})" for place in range(len(decoded.header))]
    texts = [
        f"case when {text} not in ({nulls}) then {text} end as c{place}"
        for place, text in enumerate(trimmed)
    ]
    if decoded.is_numbered:
        texts.insert(0, NUMBER_COLUMN)
    return f"(select {', '.join(texts)} from {read_sql(decoded, missing)})"


def reference_sql(plan: Plan) -> Iterator[str]:
    """Make a temporary table of pseudonyms for each column of numbers that repeat."""
    for field in plan.references:
        value = value_name(field.column)
        hashed = pseudonym_sql(plan.scope.message(field.column, value))
        yield (
            f"create or replace temp table {_key_table(field)} as "
            f"select {value}, {hashed} as pseudonym "
            f"from (select distinct {value} from typed where {value} is not null)"
        )


def count_sql(plan: Plan) -> str:
    """Lines read, odd ones; records, those with any problem, with an error; latest extract."""
    return (
        f"select count(*), count(*) filter (where problems = {ODD}), "
        f"count(*) filter (where problems <> {BLANK}), "
        "count(*) filter (where problems > 0), "
        f"count(*) filter (where problems <> {BLANK} and problems & {plan.error_mask} <> 0), "
        f"max({_fact(plan, 'as_of')}) from typed"
    )


def problem_counts_sql(plan: Plan) -> str:
    """How many records have each problem, in the order of the plan's problems."""
    counts = [
        f"count(*) filter (where problems <> {BLANK} and problems & {1 << bit} <> 0)"
        for bit in range(len(plan.problems))
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
    order = f" order by {_record_no(plan)}" if _ranks_ties(plan) else ""
    return (
        f"select {', '.join(columns + _lineage(plan))} from typed {joins} "
        f"where {_good(plan)}{order}"
    )


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
        f"{', '.join(_lineage(plan))}, unnest([{steps}]) as step from typed where {_good(plan)}) "
        "where step.event_at is not null"
    )


def submissions_sql(plan: Plan) -> str:
    """The submissions that the steps of a log belong to, each as its earliest step tells of it.

    Where the log says nothing of it, that step is the registration, and its sender the office.
    """
    if plan.case_table is None:
        raise ValueError(f"{plan.reading.source.name} makes no submissions")
    case_id = next(_from_field(field) for field in plan.fields if field.column == "case_id")
    at = next(field for field in plan.fields if field.column == "event_at")
    told = {
        "case_id": case_id,
        "matter_key": case_id,
        "office_id": _fact(plan, "sender_id"),
        "registered_at": value_name(at.column),
        "registered_precision": at.precision_column,
    }
    for field in plan.of_case:
        told[field.column] = _from_field(field, case_id)
        if field.precision_column:
            told[field.precision_column] = field.precision_column
    columns = [f"{told.get(c.name, _null(c))} as {c.name}" for c in plan.case_table.columns]
    joins = " ".join(
        f"left join {_key_table(field)} using ({value_name(field.column)})"
        for field in plan.references
    )
    order = f"{value_name(at.column)}, {_record_no(plan)}"
    return (
        f"select {', '.join(columns + _lineage(plan))} from typed {joins} where {_good(plan)} "
        f"qualify row_number() over (partition by {case_id} order by {order}) = 1 "
        "order by record_no"
    )


def refusals_sql(plan: Plan) -> str:
    """A row for each problem of each record: `REFUSAL_COLUMNS`."""
    manifest, decoded = plan.reading.manifest, plan.reading.decoded
    kinds = ", ".join(
        f"({bit}, {', '.join(map(literal, (p.column, p.rule, p.reason, p.severity)))})"
        for bit, p in enumerate(plan.problems)
    )
    which = f"{literal(manifest.file_id)} as file_id, {literal(plan.table.name)} as table_name"
    found = (
        f"select {which}, {_record_no(plan)} as record_no, column_name, rule_id, reason_code, "
        f"severity from typed join (values {kinds}) as kind"
        "(bit, column_name, rule_id, reason_code, severity) "
        f"on problems <> {BLANK} and (problems >> bit) & 1 = 1"
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
    return (
        f"select {_record_no(plan)} as record_no from typed "
        f"where problems <> {BLANK} and problems & {plan.error_mask} <> 0 order by 1"
    )


def has_own_number(plan: Plan) -> bool:
    """Whether the number of a record is one cell of it, so that it can be read by itself."""
    return any((field.column,) == plan.table.key for field in plan.fields)


def sightings_sql(plan: Plan) -> str:
    """The numbers of refused records: what they say cannot be used, but that they were there."""
    (key,) = plan.table.key
    broken = sum(1 << bit for bit, problem in enumerate(plan.problems) if problem.column == key)
    return (
        f"select {literal(plan.table.name)} as table_name, {value_name(key)} as record_key, "
        f"{', '.join(_lineage(plan))} from typed where problems <> {BLANK} "
        f"and problems & {plan.error_mask} <> 0 and problems & {broken} = 0"
    )


def copy_sql(query: str, path: Path) -> str:
    """Write the result of a query as Parquet, in its order."""
    form = "format parquet, compression zstd, parquet_version v2"
    return f"copy ({query}) to {literal(str(path))} ({form})"


def _good(plan: Plan) -> str:
    return f"problems <> {BLANK} and problems & {plan.error_mask} = 0"


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
    for field in plan.fields:
        if field.column == column.name:
            return _from_field(field)
        if field.precision_column == column.name:
            return f"case when {value_name(field.column)} is not null then {column.name} end"
    if column.name in constants:
        value = constants[column.name]
        is_sender = value == SENDER_PLACEHOLDER
        return _fact(plan, "sender_id") if is_sender else literal(value)
    return _made(plan, column) or _null(column)


def _made(plan: Plan, column: Column) -> str:
    """SQL for a column that no export has and that follows from others; empty if it does not."""
    resolving = plan.reading.source.resolving
    match column.name:
        case "matter_key" if plan.table.name == "cases":
            return value_name("case_id")  # without a matter number the case is its own matter
        case "event_id":
            return _event_id(plan)
        case "is_closing" if resolving:
            return is_closing_sql(resolving)
        case _:
            return ""


def _from_field(field: Field, case_id: str = value_name("case_id")) -> str:
    if not field.is_reference:
        return value_name(field.column)
    pseudonym = f"{_key_table(field)}.pseudonym"
    if field.column == "matter_key":
        return f"coalesce({pseudonym}, {case_id})"
    return pseudonym


def _event_id(plan: Plan) -> str:
    """A step's own number: that of its case, and its place in it, or its type and time.

    In a log that numbers nothing, steps of one type at one instant are told apart by what they say,
    in an order of their own: equal ones are one step, in whatever order an export lists them.
    """
    case_id = next(_from_field(field) for field in plan.fields if field.column == "case_id")
    kind, at = value_name("event_type"), value_name("event_at")
    moment = f"{kind} || '-' || epoch_us({at})"
    if not _ranks_ties(plan):
        return f"{case_id} || '-' || coalesce(cast({value_name('seq')} as varchar), {moment})"
    said = ", ".join(
        f"coalesce(cast({value_name(field.column)} as varchar), '')" for field in plan.fields
    )
    rank = f"dense_rank() over (partition by {case_id}, {kind}, {at} order by {said})"
    return f"{case_id} || '-' || {moment} || '-' || {rank}"


def _ranks_ties(plan: Plan) -> bool:
    names = {field.column for field in plan.fields}
    return plan.table.name == EVENT_TABLE and not names & {"event_id", "seq"}


def _key_table(field: Field) -> str:
    return f"key_{field.column}"


def _null(column: Column) -> str:
    return f"cast(null as {column.sql_type})"
