"""The SQL that follows from a plan.

The text has been read into `typed` (`reading.py`), a row for each record with its values, the
pseudonym of its own number and its problems. Numbers that repeat are hashed once each. Then each
table is written from there: the records without errors, in the order of the file.

DuckDB-specific by purpose: this is the seam between files and tables.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.contract import Column
from pipelines.ingest.closings import is_closing_sql
from pipelines.ingest.fields import HOME, Field, value_name
from pipelines.ingest.place_names import meanings_sql, name_sql
from pipelines.ingest.plan import Plan
from pipelines.ingest.source import EVENT_TABLE, SENDER_PLACEHOLDER
from pipelines.ingest.texts import read_refused_sql, texts_sql
from pipelines.ingest.wordings import city_sql
from pipelines.privacy.pseudonyms import SEPARATOR, pseudonym_sql
from pipelines.quoting import literal

REFUSED_RECORDS = "select record_no from typed where is_refused order by record_no"
"""Those with an error that the CSV reader itself had nothing against."""
IS_GOOD, IS_OUT = "not is_blank and not is_refused", "is_refused"
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


def reference_sql(plan: Plan) -> Iterator[str]:
    """Make a temporary table of pseudonyms for each column of numbers that repeat.

    Where what tells a matter has a place that is written by name, `geo.region_names` is needed.
    """
    for field in plan.references:
        yield (
            f"create or replace temp table {_key_table(field)} as "
            f"select *, {pseudonym_sql(_message(plan, field))} as pseudonym "
            f"from ({_numbers_sql(plan, field)})"
        )


def _message(plan: Plan, field: Field) -> str:
    """SQL for the message whose HMAC stands for a `number`."""
    if field is not plan.identity:
        return plan.scope.message(field.column, "number")
    if not plan.named_place:
        return HOME.message("matter_key", "number")
    city = city_sql("coalesce(region_code, place)")
    return HOME.message("matter_key", f"number || {literal(SEPARATOR)} || {city}")


def _numbers_sql(plan: Plan, field: Field) -> str:
    """A query for the numbers of a column, each once, and what else their keys depend on."""
    columns = ", ".join(f"{value} as {name}" for name, value in _parts(plan, field).items())
    distinct = f"select distinct {columns} from typed where {value_name(field.column)} is not null"
    if len(_parts(plan, field)) == 1:
        return distinct
    named = f"select *, {name_sql('place')} as name from ({distinct})"
    return (
        f"with told as ({named}), "
        f"meant as ({meanings_sql('select distinct name, on_day from told')}) "
        "select * from told left join meant using (name, on_day)"
    )


def _parts(plan: Plan, field: Field) -> dict[str, str]:
    """By what a pseudonym is found: its number, and where and when a place has the name it has."""
    parts = {"number": value_name(field.column)}
    if field is plan.identity and plan.named_place:
        dates = [value_name(f.column) for f in plan.fields if f.column == plan.table.dated_by]
        day = f"cast(coalesce({', '.join((*dates, _fact(plan, 'as_of')))}) as date)"
        parts |= {"place": plan.named_place, "on_day": day}
    return parts


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
    order = " order by record_no" if _ranks_ties(plan) else ""
    return (
        f"select {', '.join(columns + _lineage(plan))} from typed {_key_joins(plan)} "
        f"where {IS_GOOD}{order}"
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
        f"{', '.join(_lineage(plan))}, unnest([{steps}]) as step from typed where {IS_GOOD}) "
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
        "office_id": _fact(plan, "sender_id"),
        "registered_at": value_name(at.column),
        "registered_precision": at.precision_column,
    }
    for field in plan.of_case:
        told[field.column] = _from_field(field)
        if field.precision_column:
            told[field.precision_column] = field.precision_column
    told["matter_key"] = _matter_key(plan, plan.of_case, case_id)
    columns = [f"{told.get(c.name, _null(c))} as {c.name}" for c in plan.case_table.columns]
    order = f"{value_name(at.column)}, record_no"
    return (
        f"select {', '.join(columns + _lineage(plan))} from typed {_key_joins(plan)} "
        f"where {IS_GOOD} qualify row_number() over (partition by {case_id} order by {order}) = 1 "
        "order by record_no"
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
        "(select record_no, unnest(problems) as number from typed where is_odd) "
        f"join (values {kinds}) as kind"
        "(number, column_name, rule_id, reason_code, severity) using (number)"
    )
    if decoded.refused:
        found += (
            f" union all select {which}, record_no, '' as column_name, 'RECORD' as rule_id, "
            f"reason_code, 'error' as severity from {read_refused_sql(decoded.refused)}"
        )
    return f"select * from ({found}) order by record_no, column_name, rule_id"


def has_own_number(plan: Plan) -> bool:
    """Whether the number of a record is one cell of it, so that it can be read by itself."""
    return any((field.column,) == plan.table.key for field in plan.fields)


def sightings_sql(plan: Plan) -> str:
    """The numbers of refused records: what they say cannot be used, but that they were there."""
    (key,) = plan.table.key
    of_key = [number for number, problem in enumerate(plan.problems) if problem.column == key]
    return (
        f"select {literal(plan.table.name)} as table_name, {value_name(key)} as record_key, "
        f"{', '.join(_lineage(plan))} from typed where {IS_OUT} and not is_blank "
        f"and not list_has_any(problems, {of_key}::smallint[])"
    )


def copy_sql(query: str, path: Path) -> str:
    """Write the result of a query as Parquet, in its order."""
    form = "format parquet, compression zstd, parquet_version v2"
    return f"copy ({query}) to {literal(str(path))} ({form})"


def _lineage(plan: Plan) -> list[str]:
    return [
        f"{literal(plan.reading.manifest.file_id)} as file_id",
        "record_no",
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
        return _matter_key(plan, plan.fields, value_name("case_id"))
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
        case "event_id":
            return _event_id(plan)
        case "is_closing" if resolving:
            return is_closing_sql(resolving)
        case _:
            return ""


def _from_field(field: Field) -> str:
    return f"{_key_table(field)}.pseudonym" if field.is_reference else value_name(field.column)


def _matter_key(plan: Plan, fields: Sequence[Field], case_id: str) -> str:
    """Its official number, else who wrote about what and where, else the case is its own matter."""
    made = [_from_field(field) for field in fields if field.column == "matter_key"]
    if plan.identity:
        made.append(_from_field(plan.identity))
    return f"coalesce({', '.join((*made, case_id))})"


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


def _key_joins(plan: Plan) -> str:
    joins: list[str] = []
    for field in plan.references:
        key = _key_table(field)
        same = (f"{key}.{name} = {value}" for name, value in _parts(plan, field).items())
        joins.append(f"left join {key} on {' and '.join(same)}")
    return " ".join(joins)


def _key_table(field: Field) -> str:
    return f"key_{field.column}"


def _null(column: Column) -> str:
    return f"cast(null as {column.sql_type})"
