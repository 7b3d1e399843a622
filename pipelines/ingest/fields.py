"""One column of an export as SQL: its typed value, and what may be wrong with it.

The text is tidy and null where nothing is written (`statements.py`). It becomes a value strictly or
not at all; a value that cannot be read is a problem of its record, never a guess.
"""

from dataclasses import dataclass

from pipelines.engine.contract import Column, Severity, Table
from pipelines.ingest.moments import Zones, moment_sql, not_a_date_sql, precision_of
from pipelines.ingest.quoting import literal
from pipelines.ingest.reasons import RecordReason, Remark
from pipelines.ingest.source import MappedColumn
from pipelines.privacy.pseudonyms import SEPARATOR, pseudonym_sql

UNKNOWN = "unknown"
FINE_PRECISION = ("second", "minute", "day", "month")
# What a spreadsheet writes for a number with more digits than it can hold.
MANGLED = r"[0-9](\.[0-9]+)?[eE]\+[0-9]+"
NUMBERS = {
    "integer": r"[+-]?[0-9]{1,9}(\.0+)?",
    "bigint": r"[+-]?[0-9]{1,18}(\.0+)?",
    "double": r"[+-]?[0-9]+(\.[0-9]+)?",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that may be wrong with a record.

    Attributes:
        column: the contract's column.
        rule: which promise is broken.
        reason: its code.
        severity: whether the record is out or only remarked on.
        predicate: SQL, true for a record that has the problem.
    """

    column: str
    rule: str
    reason: RecordReason | Remark
    severity: Severity
    predicate: str


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the canonical table made from a column of the file.

    Attributes:
        column: the contract's column; for a date that becomes a step, the step's type.
        value: SQL over the text columns.
        precision_column: the contract's column for the precision of a time, if it has one.
        precision: SQL for it, given that the value is not null.
        problems: what may be wrong; predicates may use the text, and the value by its
            `value_name`.
        is_reference: the value is the message of a pseudonym still to be made: the number repeats,
            so it is hashed once for all its records.
    """

    column: str
    value: str
    precision_column: str = ""
    precision: str = ""
    problems: tuple[Problem, ...] = ()
    is_reference: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Within what numbers are unique: SQL for the submitting office, empty text for the whole home.

    `is_constant` tells whether it is the same for all records of the file.
    """

    sql: str
    is_constant: bool

    def part(self, number: str) -> str:
        """SQL for what tells numbers of one kind apart within the file."""
        return number if self.is_constant else f"{self.sql} || {literal(SEPARATOR)} || {number}"

    def message(self, kind: str, part: str) -> str:
        """SQL for the message whose HMAC stands for a number, from its `part`."""
        head = f"{literal(kind + SEPARATOR)} || "
        if self.is_constant:
            head += f"{self.sql} || {literal(SEPARATOR)} || "
        return head + part


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of the file: what the mapping says of it, and SQL for its text."""

    mapped: MappedColumn
    text: str


def value_name(column: str) -> str:
    """The name of a value in the table of typed records."""
    return f"v_{column}"


def precision_name(event: str) -> str:
    """The name of the precision of a step's time."""
    return f"{event}_precision"


def make_field(table: Table, target: Column, cell: Cell, scope: Scope, zones: Zones) -> Field:
    """The contract column `target` of `table` from a column of the file."""
    if target.personal:
        return _key(table, target, cell.text, scope)
    if target.type in {"date", "timestamp"}:
        return _moment(table, target, cell, zones)
    if target.type in NUMBERS:
        return _number(table, target, cell.text)
    if target.type == "text" and not cell.mapped.values:
        return _text(table, target, cell.text)
    return _label(table, target, cell)


def make_event_field(cell: Cell, zones: Zones) -> Field:
    """The time of a step from a date column of a submission."""
    kind = cell.mapped.event
    moment = moment_sql(cell.text, cell.mapped.dates, zones, FINE_PRECISION)
    problem = _not_a_date(cell.mapped.words, kind, cell.text)
    return Field(kind, moment.value, precision_name(kind), moment.precision, (problem,))


def make_provenance_field(fact: str, cell: Cell, zones: Zones) -> Field:
    """Sender or extract moment of each record, from a column of the file."""
    value = cell.text
    if fact == "as_of":
        written = cell.mapped.dates
        value = moment_sql(cell.text, written, zones, FINE_PRECISION).value
        if precision_of(written[0], FINE_PRECISION) not in {"second", "minute"}:
            value += " + interval '23:59:59'"  # an extract of a day holds what the day brought
    missing = f"{value_name(fact)} is null"
    problem = Problem(fact, f"REQUIRED:{fact}", RecordReason.REQUIRED, Severity.ERROR, missing)
    return Field(fact, value, problems=(problem,))


def _key(table: Table, target: Column, text: str, scope: Scope) -> Field:
    part = scope.part(text)
    mangled = f"contains({text}, '+') and regexp_full_match({text}, {literal(MANGLED)})"
    problem = Problem(
        target.name, f"TYPE:{target.name}", RecordReason.PRECISION_LOST, Severity.ERROR, mangled
    )
    problems = (*_required(table, target, text), problem)
    if target.name in table.key:
        hashed = pseudonym_sql(scope.message(target.name, part))
        return Field(target.name, hashed, problems=problems)
    return Field(target.name, part, problems=problems, is_reference=True)


def _moment(table: Table, target: Column, cell: Cell, zones: Zones) -> Field:
    stem, _, suffix = target.name.rpartition("_")
    names = {f"{stem}_precision", f"{suffix}_precision"}
    stated = next((column for column in table.columns if column.name in names), None)
    precisions = stated.codes if stated else FINE_PRECISION
    moment = moment_sql(cell.text, cell.mapped.dates, zones, precisions)
    value = f"cast({moment.value} as date)" if target.type == "date" else moment.value
    broken = _not_a_date(target.name, target.name, cell.text)
    problems = (*_required(table, target, cell.text), broken)
    return Field(target.name, value, stated.name if stated else "", moment.precision, problems)


def _number(table: Table, target: Column, text: str) -> Field:
    value = value_name(target.name)
    # A number that reads as it was written needs no second look.
    is_wrong = (
        f"case when {value} is null then {text} is not null "
        f"when cast({value} as varchar) <> {text} "
        f"then not regexp_full_match({text}, {literal(NUMBERS[target.type])}) end"
    )
    problem = Problem(
        target.name, f"TYPE:{target.name}", RecordReason.NUM, Severity.ERROR, is_wrong
    )
    return Field(
        target.name,
        f"try_cast({text} as {target.sql_type})",
        problems=(*_required(table, target, text), problem),
    )


def _text(table: Table, target: Column, text: str) -> Field:
    return Field(target.name, text, problems=_required(table, target, text))


def _label(table: Table, target: Column, cell: Cell) -> Field:
    """A label that stands for a code, a truth value or another text.

    A list of codes that has a word for "unknown" takes any label, with a remark; of one that has
    none, an unknown label is an error. Elsewhere an unknown label is left out, with a remark.
    """
    text = cell.text
    meanings = cell.mapped.values or tuple((code, code) for code in target.codes)
    arms = " ".join(f"when {literal(label)} then {_code(target, code)}" for label, code in meanings)
    value = f"case {text} {arms} end"
    is_new = f"{value_name(target.name)} is null and {text} is not null"
    is_error = bool(target.codes) and UNKNOWN not in target.codes
    if UNKNOWN in target.codes:
        value = (
            f"case {text} {arms} else case when {text} is not null then {literal(UNKNOWN)} end end"
        )
        plain = ", ".join(literal(label) for label, code in meanings if code == UNKNOWN)
        is_new = f"{value_name(target.name)} = {literal(UNKNOWN)}"
        is_new += f" and {text} not in ({plain})" if plain else ""
    problem = Problem(
        target.name,
        f"V02:{target.name}",
        RecordReason.ENUM_UNKNOWN if is_error else Remark.ENUM_UNKNOWN,
        Severity.ERROR if is_error else Severity.WARNING,
        is_new,
    )
    return Field(target.name, value, problems=(*_required(table, target, text), problem))


def _code(target: Column, code: str) -> str:
    return code if target.type == "boolean" else literal(code)


def _required(table: Table, target: Column, text: str) -> tuple[Problem, ...]:
    if not target.required:
        return ()
    rule = "V01" if target.name in table.key else "REQUIRED"
    return (
        Problem(
            target.name,
            f"{rule}:{target.name}",
            RecordReason.REQUIRED,
            Severity.ERROR,
            f"{text} is null",
        ),
    )


def _not_a_date(column: str, value: str, text: str) -> Problem:
    predicate = not_a_date_sql(value_name(value), text)
    return Problem(column, f"TYPE:{column}", RecordReason.DATE, Severity.ERROR, predicate)
