"""The plan for one file: which of its columns becomes what, and what may be wrong with a record.

Nothing is executed here, and nothing is said about how rows are written; the statements that follow
from a plan are in `statements.py`.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from pipelines.contract import Column, Severity, Table
from pipelines.ingest.decoded import Decoded, Reader
from pipelines.ingest.fields import HOME, Cell, Field, Problem, Scope, Target, value_name
from pipelines.ingest.layout import Layout
from pipelines.ingest.manifest import Manifest
from pipelines.ingest.moments import Zones
from pipelines.ingest.quantities import (
    NUMBERS,
    date_field,
    extract_field,
    number_field,
    step_field,
)
from pipelines.ingest.source import (
    CLOSING,
    EVENT_TABLE,
    SENDER_PLACEHOLDER,
    SUBMISSION_TABLE,
    From,
    Places,
    Shape,
    Source,
)
from pipelines.ingest.source import Scope as KeyScope
from pipelines.ingest.wordings import (
    identity_field,
    key_field,
    label_field,
    state_field,
    text_field,
)
from pipelines.quoting import literal

SPREADSHEET_DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")  # as child/workbook.py writes them


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that has been read as far as its header."""

    manifest: Manifest
    source: Source
    decoded: Decoded
    layout: Layout


@dataclass(frozen=True, slots=True)
class Plan:
    """How the records of one file are made.

    Attributes:
        reading: the file.
        table: the table that counts its records.
        event_table: the table of steps, if the source makes them too.
        fields: columns of `table` that come from the file.
        identity: what tells a matter by its petitioner, topic and place, if the mapping says so.
        named_place: SQL for that place, if it is written by name; empty otherwise.
        events: times of steps that come from the file.
        of_case: columns of the submission that a step belongs to, if the log tells of them.
        case_table: the table of submissions, if the log makes them too.
        facts: sender and extract moment, where each record has its own.
        scope: within what numbers are unique.
        problems: what may be wrong with a record; the place of each is its number.
    """

    reading: Reading
    table: Table
    event_table: Table | None
    fields: tuple[Field, ...]
    identity: Field | None
    named_place: str
    events: tuple[Field, ...]
    of_case: tuple[Field, ...]
    case_table: Table | None
    facts: tuple[Field, ...]
    scope: Scope
    problems: tuple[Problem, ...]

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """Everything that is made from columns of the file."""
        identity = (self.identity,) if self.identity else ()
        return (*self.fields, *identity, *self.events, *self.of_case, *self.facts)

    @property
    def errors(self) -> tuple[int, ...]:
        """The numbers of the problems that take a record out."""
        return tuple(n for n, p in enumerate(self.problems) if p.severity is Severity.ERROR)

    @property
    def references(self) -> tuple[Field, ...]:
        """The fields whose pseudonyms are made apart, once for each number."""
        return tuple(field for field in self.all_fields if field.is_reference)


def make_plan(
    reading: Reading, tables: dict[str, Table], home_zone: str, places: Collection[str]
) -> Plan:
    """Work out the plan for a file.

    Args:
        reading: the file.
        tables: every contract by name.
        home_zone: the zone to whose wall time all times are brought.
        places: names of places that are like a person's (`namesakes.py`).
    """
    source, table = reading.source, tables[reading.source.table]
    zones = Zones(source.zone or home_zone, home_zone)
    cells = _cells(reading)
    facts = tuple(
        _fact(fact, replace_dates(cells[origin.column], origin.format), zones, places)
        for fact, origin in (("sender_id", source.sender), ("as_of", source.as_of))
        if origin.kind is From.COLUMN
    )
    scope = _scope(reading, facts)
    ways = _Ways(scope, zones, places, has_names=source.places is Places.NAMES)
    events = tuple(step_field(cell, zones) for cell in cells.values() if cell.mapped.event)
    closing = next((field for field in events if field.column == CLOSING), None)
    fields = tuple(
        _field(table, table.column(cell.mapped.target), cell, ways)
        if closing is None or not cell.mapped.open_states
        else state_field(cell, closing)
        for cell in cells.values()
        if cell.mapped.target
    )
    made = _constants(reading, facts) | {f.column: value_name(f.column) for f in fields}
    place = made.get("region_code", "") if source.keys_by_name else ""
    identity = next(
        (
            identity_field(cell, made, has_names=bool(place))
            for cell in cells.values()
            if cell.mapped.is_identity
        ),
        None,
    )
    cases = tables[SUBMISSION_TABLE]
    of_case = tuple(
        _field(cases, cases.column(cell.mapped.of_case), cell, ways)
        for cell in cells.values()
        if cell.mapped.of_case
    )
    problems = tuple(
        problem
        for field in (*fields, *events, *of_case, *facts)
        for problem in field.problems
        if not _is_told_elsewhere(source, problem)
    )
    return Plan(
        reading=reading,
        table=table,
        event_table=tables[EVENT_TABLE] if source.makes_events else None,
        fields=fields,
        identity=identity,
        named_place=place,
        events=events,
        of_case=of_case,
        case_table=cases if source.makes_cases else None,
        facts=facts,
        scope=scope,
        problems=problems,
    )


def _is_told_elsewhere(source: Source, problem: Problem) -> bool:
    """A list of what is open may leave out a date that an earlier one gave."""
    return source.shape is Shape.SNAPSHOT and problem.rule == "REQUIRED:registered_at"


@dataclass(frozen=True, slots=True)
class _Ways:
    """How the columns of one file are read; `has_names`: its places are written by name."""

    scope: Scope
    zones: Zones
    places: Collection[str]
    has_names: bool

    def places_in(self, column: str) -> Collection[str]:
        """Names of places that may stand in a column of texts; an office is called by its place."""
        may_name = column.endswith("office_id") or (self.has_names and column == "region_code")
        return self.places if may_name else ()


def _field(table: Table, column: Column, cell: Cell, ways: _Ways) -> Field:
    """The contract column `column` of `table` from a column of the file."""
    rule = "V01" if column.name in table.key else "REQUIRED"
    target = Target(column.name, column.required, rule)
    if column.personal:
        return key_field(target, cell, ways.scope, is_own=column.name in table.key)
    if column.type in {"date", "timestamp"}:
        return date_field(table, column, target, cell, ways.zones)
    if column.type in NUMBERS:
        return number_field(column, target, cell)
    if column.type == "text" and not cell.mapped.values:
        return text_field(target, cell, ways.places_in(column.name))
    return label_field(column, target, cell)


def _fact(fact: str, cell: Cell, zones: Zones, places: Collection[str]) -> Field:
    """Sender or extract moment of each record, from a column of the file."""
    target = Target(fact, is_required=True)
    if fact == "as_of":
        return extract_field(target, cell, zones)
    return text_field(target, cell, places)


def _cells(reading: Reading) -> dict[str, Cell]:
    is_workbook = reading.decoded.reader is Reader.WORKBOOK
    cells: dict[str, Cell] = {}
    for column, place in reading.layout.places:
        if is_workbook and column.dates:
            # A cell typed as a date no longer has the form that someone gave it.
            dates = (*column.dates, *(d for d in SPREADSHEET_DATES if d not in column.dates))
            column = replace(column, dates=dates)  # noqa: PLW2901 - the same column, more forms
        cells[column.header] = Cell(column, f"c{place}")
    return cells


def replace_dates(cell: Cell, written: str) -> Cell:
    """The cell with the one date format that the extract moment is written in."""
    return Cell(replace(cell.mapped, dates=(written,)), cell.text)


def _constants(reading: Reading, facts: tuple[Field, ...]) -> dict[str, str]:
    """SQL of what the mapping says of every record, by column of the contract."""
    return {
        name: _sender(reading, facts).sql if value == SENDER_PLACEHOLDER else literal(value)
        for name, value in reading.source.constants
    }


def _scope(reading: Reading, facts: tuple[Field, ...]) -> Scope:
    return HOME if reading.source.key_scope is KeyScope.HOME else _sender(reading, facts)


def _sender(reading: Reading, facts: tuple[Field, ...]) -> Scope:
    for fact in facts:
        if fact.column == "sender_id":
            return Scope(value_name(fact.column), is_constant=False)
    return Scope(literal(reading.manifest.provenance.sender_id), is_constant=True)
