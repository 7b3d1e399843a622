"""What a mapping promises to the contracts of the tables that it feeds, checked when it is loaded.

A mapping that names a table, a column or a code that is not there stops the program before the
first row is read, with the file, the key and what to write.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from pipelines.contract import Column, Table
from pipelines.ingest.block import Block
from pipelines.ingest.quantities import NUMBERS
from pipelines.ingest.source import (
    CLOSING,
    EVENT_TABLE,
    SENDER_PLACEHOLDER,
    SUBMISSION_TABLE,
    From,
    MappedColumn,
    Shape,
    Source,
)
from pipelines.ingest.written_dates import NAMED

DATE_EXAMPLE = 'dates: [year_first] | dates: ["%Y-%m-%d %H:%M:%S"]'
DATE_TYPES = {"date", "timestamp"}
# Directives that DuckDB's strptime and our precision both understand.
_DIRECTIVES = re.compile(r"%([YymdHIMSfpzjbB%])")
# Filled by the landing itself: how an event is told from another, and how fine a time is.
_MADE_BY_LANDING = {"event_id"}
_FIXED_TABLE = {Shape.CASES: "cases", Shape.EVENTS: EVENT_TABLE, Shape.SNAPSHOT: "cases"}


@dataclass(frozen=True, slots=True)
class _Promise:
    """One column of a mapping, the block that it stands in and the contract that it must keep."""

    column: MappedColumn
    spec: Block
    target: Column


def check_promises(source: Source, tables: dict[str, Table]) -> None:
    """Hold a mapping against the contracts.

    Raises:
        UserError: it names a table, column or code that no contract has, leaves a required column
            of its table unfed, or does not say how dates or labels are written.
    """
    table = _table(source, tables)
    specs = source.block.block("columns")
    for column in source.columns:
        if column.is_taken:
            target = _target(source, column, table, tables)
            promise = _Promise(column, specs.block(column.header), target)
            _check_dates(promise)
            _check_unit(promise)
            _check_values(promise)
            _check_open_states(source, promise)
    _check_identity(source)
    _check_constants(source, table)
    _check_complete(source, table)
    _check_named_columns(source)
    _check_resolving(source, table)
    _check_snapshot(source)


def _table(source: Source, tables: dict[str, Table]) -> Table:
    fed = [name for name, table in tables.items() if table.version]
    wanted = _FIXED_TABLE.get(source.shape)
    if source.table not in fed or (wanted and source.table != wanted):
        raise source.block.wrong("table", f"table: {wanted or ' | '.join(fed)}")
    return tables[source.table]


def _target(source: Source, column: MappedColumn, table: Table, tables: dict[str, Table]) -> Column:
    spec = source.block.block("columns").block(column.header)
    if column.of_case:
        return _target_of_case(source, column, tables[SUBMISSION_TABLE])
    if column.event:
        kinds = tables[EVENT_TABLE].column("event_type").codes
        if source.shape is not Shape.CASES or column.event not in kinds:
            near = get_close_matches(column.event, kinds, n=1) or ["close"]
            raise spec.wrong("to", f"shape: cases; to: {EVENT_TABLE}.{near[0]}")
        return tables[EVENT_TABLE].column("event_at")
    names = [c.name for c in table.columns]
    if column.target not in names:
        expected = get_close_matches(column.target, names, n=1) or names
        raise spec.wrong("to", f"{table.name}: {', '.join(expected)}")
    return table.column(column.target)


def _target_of_case(source: Source, column: MappedColumn, table: Table) -> Column:
    """A step names its submission by its own `case_id`; the rest of it may stand beside."""
    spec = source.block.block("columns").block(column.header)
    names = [c.name for c in table.columns if c.name not in table.key]
    if source.shape is not Shape.EVENTS or column.of_case not in names:
        near = get_close_matches(column.of_case, names, n=1) or ["office_id"]
        raise spec.wrong("to", f"shape: events; to: {table.name}.{near[0]}")
    return table.column(column.of_case)


def _check_dates(promise: _Promise) -> None:
    column, spec = promise.column, promise.spec
    if promise.target.type not in DATE_TYPES:
        if column.dates:
            raise spec.wrong("dates", f"{column.words}: {promise.target.type}")
        return
    if not column.dates:
        raise spec.lacks("dates", DATE_EXAMPLE)
    for written in set(column.dates) - set(NAMED):
        if "%Y" not in written or "%" in _DIRECTIVES.sub("", written):
            raise spec.wrong("dates", DATE_EXAMPLE)


def _check_unit(promise: _Promise) -> None:
    column = promise.column
    if column.unit and promise.target.type not in NUMBERS:
        raise promise.spec.wrong("unit", f"{column.words}: {promise.target.type}")


def _check_identity(source: Source) -> None:
    """A petitioner's number serves only with topic and place, so that no key is a person's."""
    found = [column for column in source.columns if column.is_identity]
    mapped = {column.target for column in source.columns} | {n for n, _ in source.constants}
    if not found:
        return
    spec = source.block.block("columns").block(found[-1].header)
    if source.table != "cases" or not {"content_code", "region_code"} <= mapped or found[1:]:
        raise spec.wrong("personal", "table: cases; to: content_code; to: region_code")


def _check_values(promise: _Promise) -> None:
    column, spec, target = promise.column, promise.spec, promise.target
    if target.type == "boolean":
        if not column.values:
            raise spec.lacks("values", "values: {是: true, 否: false}")
        _check_codes(spec, column, ("true", "false"))
    elif target.type == "code":
        _check_codes(spec, column, target.codes)
    elif column.values and (target.type != "text" or target.personal):
        raise spec.wrong("values", f"{column.words}: {target.type}")


def _check_open_states(source: Source, promise: _Promise) -> None:
    """A state can contradict a closing only where it is kept as written and a column tells it."""
    column, target = promise.column, promise.target
    tells_closing = any(other.event == CLOSING for other in source.columns)
    is_as_written = target.type == "text" and not (target.personal or column.values)
    if column.open_states and not (tells_closing and is_as_written):
        raise promise.spec.wrong("open", f"to: status_exported; to: {EVENT_TABLE}.{CLOSING}")


def _check_codes(spec: Block, column: MappedColumn, codes: tuple[str, ...]) -> None:
    for label, code in column.values:
        if code not in codes:
            near = get_close_matches(code, codes, n=1) or codes
            raise spec.block("values").wrong(label, ", ".join(near))


def _check_constants(source: Source, table: Table) -> None:
    block = source.block.block("constants")
    names = [c.name for c in table.columns]
    for name, value in source.constants:
        if name not in names:
            expected = get_close_matches(name, names, n=1) or names
            raise block.error(
                "ingest.MAPPING_KEY", place=block.at(name), expected=", ".join(expected)
            )
        target = table.column(name)
        if target.type == "code" and value not in target.codes:
            raise block.wrong(name, ", ".join(target.codes))
        if target.type not in {"code", "text"} or target.personal:
            raise block.wrong(name, f"{name}: {target.type}")
        if "{" in value and value != SENDER_PLACEHOLDER:
            raise block.wrong(name, f'{name}: "{SENDER_PLACEHOLDER}"')


def _check_complete(source: Source, table: Table) -> None:
    columns = source.block.block("columns")
    fed = [name for name, _ in source.constants]
    fed += [column.words for column in source.columns if column.is_taken]
    for words in fed:
        if fed.count(words) > 1:
            raise columns.error("ingest.MAPPING_TWICE", place=columns.place, target=words)
    for column in table.columns:
        if column.required and column.name not in {*fed, *_MADE_BY_LANDING}:
            raise columns.error(
                "ingest.MAPPING_UNFED",
                place=columns.place,
                table=table.name,
                column=column.name,
                meaning=f"{column.words.zh} {column.words.en}",
            )


def _check_resolving(source: Source, table: Table) -> None:
    if source.resolving is None:
        return
    if source.shape is not Shape.EVENTS:
        raise source.block.wrong("resolving", "shape: events")
    block, kinds = source.block.block("resolving"), table.column("event_type").codes
    for kind in source.resolving.steps:
        if kind not in kinds:
            near = get_close_matches(kind, kinds, n=1) or kinds
            raise block.wrong("steps", ", ".join(near))
    mapped = {column.target for column in source.columns}
    names = [c.name for c in table.columns if c.type in {"code", "text"} and c.name in mapped]
    for name, _ in source.resolving.exceptions:
        if name not in names:
            raise block.block("except").wrong(name, ", ".join(names))


def _check_snapshot(source: Source) -> None:
    """Absence is told from one sender's lists, each of one moment: both are facts of the file."""
    if source.shape is Shape.SNAPSHOT:
        for key, origin in (("sender", source.sender), ("as_of", source.as_of)):
            if origin.kind is From.COLUMN:
                raise source.block.block(key).wrong("from", "name | sidecar | fixed")


def _check_named_columns(source: Source) -> None:
    """Sender and extract moment may stand in a column: it must be one that the mapping has."""
    headers = {column.header for column in source.columns}
    for key, origin in (("sender", source.sender), ("as_of", source.as_of)):
        if origin.kind is From.COLUMN and origin.column not in headers:
            block = source.block.block(key)
            raise block.wrong("column", ", ".join(sorted(headers)))
