"""The plan for one file: which of its columns becomes what, and what may be wrong with a record.

Nothing is executed here, and nothing is said about how rows are written; the statements that follow
from a plan are in `statements.py`.
"""

from dataclasses import dataclass, replace

from pipelines.engine.contract import Severity, Table
from pipelines.ingest.decoded import Decoded, Reader
from pipelines.ingest.fields import (
    Cell,
    Field,
    Problem,
    Scope,
    make_event_field,
    make_field,
    make_provenance_field,
)
from pipelines.ingest.layout import Layout
from pipelines.ingest.manifest import Manifest
from pipelines.ingest.moments import Zones
from pipelines.ingest.quoting import literal
from pipelines.ingest.source import EVENT_TABLE, SUBMISSION_TABLE, From, Shape, Source
from pipelines.ingest.source import Scope as KeyScope

MOST_PROBLEMS = 62  # bits of a BIGINT
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
        events: times of steps that come from the file.
        of_case: columns of the submission that a step belongs to, if the log tells of them.
        case_table: the table of submissions, if the log makes them too.
        facts: sender and extract moment, where each record has its own.
        scope: within what numbers are unique.
        problems: what may be wrong with a record; the place of each is its bit.
    """

    reading: Reading
    table: Table
    event_table: Table | None
    fields: tuple[Field, ...]
    events: tuple[Field, ...]
    of_case: tuple[Field, ...]
    case_table: Table | None
    facts: tuple[Field, ...]
    scope: Scope
    problems: tuple[Problem, ...]

    @property
    def error_mask(self) -> int:
        """The bits of the problems that take a record out."""
        return sum(1 << bit for bit, p in enumerate(self.problems) if p.severity is Severity.ERROR)

    @property
    def references(self) -> tuple[Field, ...]:
        """The fields whose pseudonyms are made apart, once for each number."""
        return tuple(field for field in (*self.fields, *self.of_case) if field.is_reference)


def make_plan(reading: Reading, tables: dict[str, Table], home_zone: str) -> Plan:
    """Work out the plan for a file.

    Args:
        reading: the file.
        tables: every contract by name.
        home_zone: the zone to whose wall time all times are brought.
    """
    source, table = reading.source, tables[reading.source.table]
    zones = Zones(source.zone or home_zone, home_zone)
    cells = _cells(reading)
    facts = tuple(
        make_provenance_field(fact, replace_dates(cells[origin.column], origin.format), zones)
        for fact, origin in (("sender_id", source.sender), ("as_of", source.as_of))
        if origin.kind is From.COLUMN
    )
    scope = _scope(reading, facts)
    targets = [cell for cell in cells.values() if cell.mapped.target]
    steps = [cell for cell in cells.values() if cell.mapped.event]
    fields = tuple(
        make_field(table, table.column(cell.mapped.target), cell, scope, zones) for cell in targets
    )
    events = tuple(make_event_field(cell, zones) for cell in steps)
    cases = tables[SUBMISSION_TABLE]
    of_case = tuple(
        make_field(cases, cases.column(cell.mapped.of_case), cell, scope, zones)
        for cell in cells.values()
        if cell.mapped.of_case
    )
    problems = tuple(
        problem
        for field in (*fields, *events, *of_case, *facts)
        for problem in field.problems
        if not _is_told_elsewhere(source, problem)
    )
    if len(problems) > MOST_PROBLEMS:
        raise ValueError(f"{source.name}: more than {MOST_PROBLEMS} things to check")
    return Plan(
        reading=reading,
        table=table,
        event_table=tables[EVENT_TABLE] if source.makes_events else None,
        fields=fields,
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


def _scope(reading: Reading, facts: tuple[Field, ...]) -> Scope:
    if reading.source.key_scope is KeyScope.HOME:
        return Scope("''", is_constant=True)
    for fact in facts:
        if fact.column == "sender_id":
            return Scope(fact.value, is_constant=False)
    return Scope(literal(reading.manifest.provenance.sender_id), is_constant=True)
