"""One hostile input: what is dropped, and what must become of it.

Expectations are written from the catalogue (reliability.md §3) and the choices of the contract,
never from what the code answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.contracts.hostile.exports import REGISTER, MappingFile


class Decision(StrEnum):
    """What becomes of the input as a whole."""

    ACCEPT = "accept"  # every record counts
    PARTIAL = "partial"  # bad records are kept apart, good ones count
    REJECT = "reject"  # no record is taken, with a reason for the file
    WARN = "warn"  # every record counts, and something is remarked on
    HOLD = "hold"  # not finished: looked at again by the next run
    IGNORE = "ignore"  # no export at all; nothing is said against it
    DUPLICATE = "duplicate"  # nothing in it is new


Place = int | tuple[str, int]
"""A record by its number in the only file, or by the file's name and its number."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The outcome that the contract demands.

    Attributes:
        decision: see `Decision`.
        records: records in all files together; `current`, `duplicate`, `superseded` among them.
            The rest is in `bad`.
        bad: the records kept apart, each with the reason codes that are allowed for it (one is
            needed).
        bad_steps: the same for records of which only a step made from a date is kept apart.
        reasons: the codes allowed for a file that is refused.
        or_rejected: codes for which the file may be refused instead, where the contract allows it.
        remarks: warnings that must be given.
        values: what good records must say, as text; None for nothing.
        stops: whether publication must be stopped.
        choice: the sentence of the contract, where the catalogue leaves the outcome to it.
    """

    decision: Decision
    records: int = 0
    current: int = 0
    duplicate: int = 0
    superseded: int = 0
    bad: Mapping[Place, str] = field(default_factory=dict)
    bad_steps: Mapping[Place, str] = field(default_factory=dict)
    reasons: str = ""
    or_rejected: str = ""
    remarks: str = ""
    values: Mapping[Place, Mapping[str, str | None]] = field(default_factory=dict)
    stops: bool = False
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One input of the catalogue.

    Attributes:
        id: group and number, `A01`.
        title: what is hostile about it.
        expected: the outcome.
        files: name below the sender's folder, and bytes; in the order in which they arrive.
        mapping: by which it is read.
        place: puts what is not a plain file into the sender's folder.
        canaries: texts that must not be seen outside the vault, beside those of every export.
    """

    id: str
    title: str
    expected: Expected
    files: tuple[tuple[str, bytes], ...] = ()
    mapping: MappingFile = REGISTER
    place: Callable[[Path], None] | None = None
    canaries: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Put the input into a folder, as its sender would."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if self.place:
            self.place(folder)


def accepted(
    records: int,
    values: Mapping[Place, Mapping[str, str | None]] | None = None,
    *,
    remarks: str = "",
    choice: str = "",
    stops: bool = False,
) -> Expected:
    """All records count; with `remarks`, a warning is due as well."""
    return Expected(
        Decision.WARN if remarks else Decision.ACCEPT,
        records=records,
        current=records,
        values=values or {},
        remarks=remarks,
        choice=choice,
        stops=stops,
    )


def partial(
    records: int,
    bad: Mapping[Place, str],
    values: Mapping[Place, Mapping[str, str | None]] | None = None,
    *,
    remarks: str = "",
    choice: str = "",
) -> Expected:
    """The bad records are kept apart, the others count."""
    return Expected(
        Decision.PARTIAL,
        records=records,
        current=records - len(bad),
        bad=bad,
        values=values or {},
        remarks=remarks,
        choice=choice,
    )


def rejected(reasons: str, *, choice: str = "") -> Expected:
    """No record is taken."""
    return Expected(Decision.REJECT, reasons=reasons, choice=choice)
