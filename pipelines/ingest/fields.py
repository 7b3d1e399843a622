"""One column of an export on its way to a value: the steps in SQL, and what may be wrong with it.

The text is tidy and null where nothing is written (`statements.py`). It is read as it stands; only
one that cannot be is looked at a second time, mended (folded, its numerals and units read). It
becomes a value strictly or not at all; a value that cannot be read is a problem of its record,
never a guess. Clean columns pay for the first look alone (`reading.py`).

How texts and labels are read is in `wordings.py`, numbers and times in `quantities.py`.
"""

from dataclasses import dataclass

from pipelines.contract import Severity
from pipelines.ingest.reasons import RecordReason, Remark
from pipelines.ingest.source import MappedColumn
from pipelines.privacy.pseudonyms import SEPARATOR
from pipelines.quoting import literal

FINE_PRECISION = ("second", "minute", "day", "month")


SUBMISSION = "case_id"  # what numbers of submissions are hashed as


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
        text: SQL of the text.
        plain: SQL over the text: the value of one that is written in the common way, else null.
        mended: SQL for the text in another form, for those that have no plain value.
        value: SQL over the mended text (`mended_name`): its value, null where it has none.
        kept: SQL over the value (`value_name`), given a form that may leave the vault.
        precision_column: the contract's column for the precision of a time, if it has one.
        plain_precision: SQL for it, given a plain value.
        precision: SQL for it, given a value from the mended text.
        doubt: SQL over the text and the value, cheap: true wherever a text that has a plain value,
            or no text at all, may be a problem.
        problems: what may be wrong, in the order in which it is asked; the first one counts.
        is_reference: what is kept is the message of a pseudonym still to be made: the number
            repeats, so it is hashed once for all its records.
    """

    column: str
    text: str
    plain: str
    mended: str
    value: str
    kept: str = ""
    precision_column: str = ""
    plain_precision: str = ""
    precision: str = ""
    doubt: str = "false"
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
        """SQL for the message whose HMAC stands for a number, from its `part`.

        The number of another submission is one of a submission, whatever its column is called.
        """
        kind = SUBMISSION if kind.endswith(f"_{SUBMISSION}") else kind
        head = f"{literal(kind + SEPARATOR)} || "
        if self.is_constant:
            head += f"{self.sql} || {literal(SEPARATOR)} || "
        return head + part


HOME = Scope("''", is_constant=True)


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of the file: what the mapping says of it, and SQL for its text."""

    mapped: MappedColumn
    text: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a column of the file becomes.

    Attributes:
        name: how its value is called.
        is_required: a record without it is out.
        rule: which promise that is.
        said_of: what its problems are said of, where that is not its name.
    """

    name: str
    is_required: bool = False
    rule: str = "REQUIRED"
    said_of: str = ""

    def problem(
        self, reason: RecordReason | Remark, predicate: str = "true", rule: str = "TYPE"
    ) -> Problem:
        """A problem of this column; a remark costs nothing, a reason the record."""
        severity = Severity.WARNING if isinstance(reason, Remark) else Severity.ERROR
        name = self.said_of or self.name
        return Problem(name, f"{rule}:{name}", reason, severity, predicate)

    def required(self, predicate: str) -> tuple[Problem, ...]:
        """The problem of a required column in which nothing is written."""
        if not self.is_required:
            return ()
        return (self.problem(RecordReason.REQUIRED, predicate, self.rule),)


def value_name(column: str) -> str:
    """The name of a value in the table of typed records."""
    return f"v_{column}"


def plain_name(column: str) -> str:
    """The name of a value read from a text as it stands."""
    return f"p_{column}"


def mended_name(column: str) -> str:
    """The name of a text that was given another form."""
    return f"m_{column}"


def precision_name(event: str) -> str:
    """The name of the precision of a step's time."""
    return f"{event}_precision"
