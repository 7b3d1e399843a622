"""One hostile input: what is dropped, and what must become of it.

Expectations are written from the catalogue (reliability.md §3) and the choices of the contract,
never from what the code answers.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
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

Values = Mapping[Place, Mapping[str, str | tuple[str | None, ...] | None]]
"""What records must say, as text, by column; where several answers will do, all of them."""


Content = bytes | Callable[[], bytes]
"""What is in a file; made only when it is needed where that takes time."""

ANY_REMARK = "W_*"


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
        remarks: warnings that must be given; `ANY_REMARK` for whichever.
        values: what good records must say.
        stops: whether publication must be stopped.
        steps: the kinds of steps that count, where that matters.
        choice: the sentence of the contract, where the catalogue leaves the outcome to it.
        otherwise: another outcome that the contract allows as well.
    """

    decision: Decision
    records: int = 0
    current: int = 0
    duplicate: int = 0
    superseded: int = 0
    bad: Mapping[Place, str] = field(default_factory=dict)
    bad_steps: Mapping[Place, str] = field(default_factory=dict)
    reasons: str = ""
    remarks: str = ""
    values: Values = field(default_factory=dict)
    stops: bool = False
    steps: str = ""
    choice: str = ""
    otherwise: "Expected | None" = None


@dataclass(frozen=True, slots=True)
class Case:
    """One input of the catalogue.

    Attributes:
        id: group and number, `A01`.
        title: what is hostile about it.
        expected: the outcome.
        files: name below the sender's folder, and bytes; in the order in which they arrive.
        mapping: by which it is read.
        beside: files of the same sender for another mapping.
        later: files that arrive only after a whole run over the others.
        place: puts what is not a plain file into the sender's folder.
        around: what goes on in the sender's folder while the files are landed.
        canaries: texts that must not be seen outside the vault, beside those of every export.
    """

    id: str
    title: str
    expected: Expected
    files: tuple[tuple[str, Content], ...] = ()
    mapping: MappingFile = REGISTER
    beside: tuple[tuple[MappingFile, str, bytes], ...] = ()
    later: tuple[tuple[MappingFile, str, bytes], ...] = ()
    place: Callable[[Path], None] | None = None
    around: Callable[[Path], AbstractContextManager[None]] | None = None
    canaries: tuple[str, ...] = ()

    def drop(self, inbox: Path) -> None:
        """Put the input into the inbox, as its sender would."""
        folder = inbox / self.mapping.name / self.id
        folder.mkdir(parents=True)
        _write(inbox, self.id, [(self.mapping, name, data) for name, data in self.files])
        _write(inbox, self.id, self.beside)
        if self.place:
            self.place(folder)

    def drop_later(self, inbox: Path) -> None:
        """Put into the inbox what arrives after the first run."""
        _write(inbox, self.id, self.later)

    @property
    def mappings(self) -> list[MappingFile]:
        """Every mapping that the input needs, its own first."""
        return [self.mapping, *(mapping for mapping, *_ in (*self.beside, *self.later))]


def _write(inbox: Path, sender: str, files: Iterable[tuple[MappingFile, str, Content]]) -> None:
    for mapping, name, content in files:
        path = inbox / mapping.name / sender / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content())


def accepted(
    records: int,
    values: Values | None = None,
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
    values: Values | None = None,
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
