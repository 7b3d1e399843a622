"""A source: one kind of export and how it becomes records of the canonical tables.

The file that describes it (a mapping) says which files it reads, who sent them and as of when, and
for each column where it goes. What it leaves out does not leave the vault.

This module reads one mapping and gives it a shape. Which mappings there are is for `mapping.py`;
that they keep what they promise to the tables' contracts is checked in `promises.py`.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipelines.contract import Words
from pipelines.ingest.amounts import SHIFTS
from pipelines.ingest.block import Block
from pipelines.ingest.format import Format

EVENT_TABLE = "case_events"
SUBMISSION_TABLE = "cases"
CLOSING = "close"  # the type of step
SENDER_PLACEHOLDER = "{sender}"

_SOURCE_KEYS = {
    "source",
    "title",
    "shape",
    "table",
    "files",
    "format",
    "sender",
    "as_of",
    "period",
    "zone",
    "key_scope",
    "code_vintage",
    "places",
    "columns",
    "constants",
    "missing",
    "precedence",
    "resolving",
    "missing_dates",
}


class Shape(StrEnum):
    """What one row of the export is."""

    CASES = "cases"  # a submission, whose date columns may become steps
    EVENTS = "events"  # a step of a submission
    SNAPSHOT = "snapshot"  # a submission that is open; a closing shows as its absence later
    ROWS = "rows"  # a record of the table


class From(StrEnum):
    """Where a fact about the whole file is written."""

    NAME = "name"
    FOLDER = "folder"
    COLUMN = "column"
    SIDECAR = "sidecar"
    FIXED = "fixed"
    ALL = "all"  # a period only: the whole history up to the extract


class Vintage(StrEnum):
    """Of which day the codes of places in an export are."""

    EVENT = "event_date"  # as each record was written
    EXPORT = "export_date"  # all of them recoded to the list of the export's own day


class Places(StrEnum):
    """How an export writes places."""

    CODES = "codes"
    NAMES = "names"


class Scope(StrEnum):
    """Within what the numbers of an export are unique."""

    SENDER = "sender"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where sender, extract moment or period of a file come from.

    Attributes:
        kind: the place.
        pattern: a regular expression with the fact's name as group (`name`).
        format: how dates are written there, in strptime directives; ISO 8601 where empty.
        column: the header of the column (`column`).
        values: what is fixed (`fixed`), by name of the fact.
    """

    kind: From
    pattern: str = ""
    format: str = ""
    column: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column of an export that the mapping knows.

    Attributes:
        header: its name in the export.
        aliases: other names that it may have.
        target: the column of the source's table that it fills; empty if it fills none.
        event: the type of step that its date becomes (shape `cases`); empty otherwise.
        of_case: the column of its submission that it fills (shape `events`); empty otherwise.
        is_required: a file without the column is refused.
        dates: how its dates are written, in strptime directives or by a name of
            `written_dates.py`; the first that fits wins.
        values: what each label means.
        unit: the multiplier that its numbers are in, such as 万; empty for none.
        missing: texts that mean that nothing is known, beside those of the whole mapping.
        missing_dates: days that systems write for "none", in ISO 8601.
        open_states: texts that say that a submission is not closed (shape `cases`); a closing
            beside one of them contradicts it.
        is_identity: its number, together with topic and place, tells a matter; see `wordings.py`.
    """

    header: str
    aliases: tuple[str, ...] = ()
    target: str = ""
    event: str = ""
    of_case: str = ""
    is_required: bool = False
    dates: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    missing: tuple[str, ...] = ()
    missing_dates: tuple[str, ...] = ()
    open_states: tuple[str, ...] = ()
    is_identity: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether the column fills one of the tables."""
        return bool(self.target or self.event or self.of_case)

    @property
    def words(self) -> str:
        """The target as the mapping writes it."""
        if self.of_case:
            return f"{SUBMISSION_TABLE}.{self.of_case}"
        return f"{EVENT_TABLE}.{self.event}" if self.event else self.target


@dataclass(frozen=True, slots=True)
class Resolving:
    """Which steps of a log close a submission, where their type alone does not tell.

    Attributes:
        steps: the types that close.
        exceptions: a column of steps and what stands in those that close nothing all the same,
            such as the reason of closings that a system made by itself.
    """

    steps: tuple[str, ...]
    exceptions: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A mapping, read and checked. `digest` changes whenever anything in the file does.

    `precedence` decides between sources that have records of the same number: the higher one
    counts, whatever is newer. Without `resolving`, the type of a step says whether it closes.
    """

    name: str
    title: Words
    shape: Shape
    table: str
    files: tuple[str, ...]
    format: Format
    sender: Origin
    as_of: Origin
    period: Origin
    zone: str
    key_scope: Scope
    code_vintage: Vintage
    places: Places
    columns: tuple[MappedColumn, ...]
    constants: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    precedence: int
    resolving: Resolving | None
    digest: str
    block: Block = field(compare=False, repr=False)

    @property
    def makes_events(self) -> bool:
        """Whether submissions become steps too: only where the mapping names a step's date.

        A register beside a step log has none; its steps are in the log and would count twice.
        """
        return any(column.event for column in self.columns)

    @property
    def makes_cases(self) -> bool:
        """Whether steps tell of their submissions too: only where the mapping says what.

        A log beside a register says nothing; its submissions are in the register.
        """
        return any(column.of_case for column in self.columns)

    @property
    def keys_by_name(self) -> bool:
        """Whether the name of a place is part of what tells a matter; it is read on landing."""
        return self.places is Places.NAMES and any(column.is_identity for column in self.columns)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that a file of this source feeds, the one that counts its records first."""
        made = ((self.makes_events, EVENT_TABLE), (self.makes_cases, SUBMISSION_TABLE))
        return (self.table, *(table for makes, table in made if makes))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a mapping file.

        Raises:
            UserError: a key is unknown, missing or has a value that cannot be used; the sentence
                names the file, the key and what to write.
        """
        block = Block.read(path)
        block.only(_SOURCE_KEYS)
        title = block.block("title")
        zone = block.text("zone", "")
        if zone:
            _check_zone(block, zone)
        missing_dates = _missing_dates(block)
        columns = tuple(_column(*item, missing_dates) for item in block.block("columns").blocks())
        if not columns:
            raise block.lacks("columns", "columns: {…: {to: case_id, required: true}}")
        return cls(
            name=block.text("source", example=path.stem),
            title=Words(title.text("zh", example="信访件登记表"), title.text("en", example="…")),
            shape=Shape(block.choice("shape", Shape)),
            table=block.text("table", example="cases"),
            files=block.texts("files", ()),
            format=Format.read(block.block("format")),
            sender=_origin(block, "sender", ("sender",), _SENDER_FROM),
            as_of=_origin(block, "as_of", ("as_of",), _AS_OF_FROM),
            period=_origin(block, "period", ("start", "end"), _PERIOD_FROM, From.ALL),
            zone=zone,
            key_scope=Scope(block.choice("key_scope", Scope, Scope.SENDER)),
            places=Places(block.choice("places", Places, Places.CODES)),
            code_vintage=Vintage(block.choice("code_vintage", Vintage, Vintage.EVENT)),
            columns=columns,
            constants=block.pairs("constants"),
            missing=tuple(sorted({"", *block.texts("missing", ())})),
            precedence=block.whole("precedence", 1),
            resolving=_resolving(block),
            digest=hashlib.sha256(json.dumps(block.keys, ensure_ascii=False).encode()).hexdigest(),
            block=block,
        )


_SENDER_FROM = (From.NAME, From.FOLDER, From.COLUMN, From.SIDECAR, From.FIXED)
_AS_OF_FROM = (From.NAME, From.COLUMN, From.SIDECAR, From.FIXED)
_PERIOD_FROM = (From.ALL, From.NAME, From.SIDECAR, From.FIXED)


def _check_zone(block: Block, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise block.wrong("zone", "zone: Asia/Shanghai") from None


def _resolving(block: Block) -> Resolving | None:
    if "resolving" not in block:
        return None
    found = block.block("resolving")
    found.only({"steps", "except"})
    left_out = found.block("except")
    return Resolving(
        steps=found.texts("steps"),
        exceptions=tuple((column, left_out.texts(column)) for column in left_out.keys),
    )


def _origin(
    block: Block, key: str, facts: tuple[str, ...], kinds: tuple[From, ...], default: str = ""
) -> Origin:
    found = block.block(key)
    known = {"from", "pattern", "format", "column"}
    fixed = facts if len(facts) > 1 else ("value",)
    found.only(known | set(fixed))
    kind = From(found.choice("from", kinds, default or None))
    origin = Origin(
        kind=kind,
        pattern=_pattern(found, facts) if kind is From.NAME else "",
        format=found.text("format", ""),
        column=found.text("column", example="…") if kind is From.COLUMN else "",
        values=tuple(
            (fact, found.text(name, example="2026-10-31"))
            for fact, name in zip(facts, fixed, strict=True)
            if kind is From.FIXED
        ),
    )
    if kind is From.COLUMN and key == "as_of" and not origin.format:
        raise found.lacks("format", 'format: "%Y-%m-%d"')
    return origin


def _pattern(found: Block, facts: tuple[str, ...]) -> str:
    example = "".join(f"(?P<{fact}>[0-9]{{8}})" for fact in facts)
    pattern = found.text("pattern", example=f'"{example}"')
    try:
        groups = re.compile(pattern).groupindex
    except re.error:
        groups = {}
    if set(facts) - set(groups):
        raise found.wrong("pattern", f'pattern: "{example}"')
    return pattern


def _column(header: str, spec: Block, missing_dates: tuple[str, ...]) -> MappedColumn:
    spec.only(_COLUMN_KEYS)
    aliases = spec.texts("aliases", ())
    if "personal" in spec:
        kind = spec.choice("personal", ("drop", "key"))
        if "to" in spec:
            raise spec.wrong("to", f"personal: {kind}")
        return MappedColumn(header, aliases, is_identity=kind == "key")
    table, _, target = spec.text("to", example="case_id").rpartition(".")
    if table not in {"", EVENT_TABLE, SUBMISSION_TABLE}:
        raise spec.wrong("to", f"to: {EVENT_TABLE}.close")
    return MappedColumn(
        header=header,
        aliases=aliases,
        target=target if not table else "",
        event=target if table == EVENT_TABLE else "",
        of_case=target if table == SUBMISSION_TABLE else "",
        is_required=spec.flag("required"),
        dates=spec.texts("dates", ()),
        values=spec.pairs("values"),
        unit=spec.choice("unit", ("", *SHIFTS), ""),
        open_states=spec.texts("open", ()),
        missing=spec.texts("missing", ()),
        missing_dates=_missing_dates(spec) if "missing_dates" in spec else missing_dates,
    )


_COLUMN_KEYS = {
    "to",
    "aliases",
    "required",
    "personal",
    "dates",
    "values",
    "unit",
    "open",
    "missing",
    "missing_dates",
}


def _missing_dates(block: Block) -> tuple[str, ...]:
    days = block.texts("missing_dates", ())
    try:
        return tuple(date.fromisoformat(day).isoformat() for day in days)
    except ValueError:
        raise block.wrong("missing_dates", 'missing_dates: ["1900-01-01"]') from None
