"""What people have decided about records: declared corrections, and changes that they accept.

Corrections stand in `<home>/reference/corrections.csv`, one a row, with a reason and the day on
which they end; files whose sudden change somebody has looked at, in `petitions.toml`. Both are
settings of the home: the same decisions give the same figures. Here they are read, strictly; what
becomes of a correction is for `corrections.py`.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Self

from pipelines.contract import Column, Table
from pipelines.settings import Home, Settings
from pipelines.words import UserError

FILE = "corrections.csv"
HEADER = (
    "table",
    "file",
    "record_no",
    "column",
    "old_value",
    "new_value",
    "reason",
    "declared_by",
    "declared_on",
    "expires_on",
)
ROLES = ("data_steward", "petition_office", "supervisor", "publisher")
WHOLE_RECORD = ("current", "withdrawn")  # old and new state, where no column is named


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of the file of corrections.

    Attributes:
        line: its number in the file, the header being 1.
        table: the table whose record is corrected.
        file: name or id of the file that the record stands in.
        record_no: its number there.
        column: what is corrected; empty where the whole record is withdrawn.
        old_value: what the export says; empty for nothing.
        new_value: what counts instead; empty for nothing.
        declared_by: the role of who declared it.
        declared_on: when.
        expires_on: the last extract day for which it holds.
    """

    line: int
    table: str
    file: str
    record_no: int
    column: str
    old_value: str
    new_value: str
    declared_by: str
    declared_on: date
    expires_on: date

    @property
    def is_withdrawal(self) -> bool:
        """Whether it takes the whole record out."""
        return not self.column


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything that people have declared.

    Attributes:
        corrections: in the order of their file.
        accepted_changes: ids of files whose sudden change somebody has looked at.
    """

    corrections: tuple[Correction, ...] = ()
    accepted_changes: tuple[str, ...] = ()

    @classmethod
    def load(cls, home: Home, settings: Settings, tables: dict[str, Table]) -> Self:
        """Read what the home has declared; no file of corrections means none.

        Args:
            home: the installation.
            settings: its accepted changes.
            tables: every contract by name.

        Raises:
            UserError: a row cannot be used; the sentence names line and column and what to write.
        """
        path = home.reference / FILE
        corrections = tuple(_read(path, tables)) if path.exists() else ()
        return cls(corrections, settings.accepted_changes)


NO_DECISIONS = Decisions()
_WORDS = {"boolean": ("true", "false")}
_READERS: dict[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "integer": int,
    "bigint": int,
    "double": float,
}


def _read(path: Path, tables: dict[str, Table]) -> Iterator[Correction]:
    seen: set[tuple[str, str, int, str]] = set()
    for line, row in _rows(path):
        correction = _correction(path, line, row, tables)
        address = (correction.table, correction.file, correction.record_no, correction.column)
        if address in seen:
            raise _wrong(path, line, "record_no", "≠")
        seen.add(address)
        yield correction


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise _wrong(path, 1, "-", "UTF-8, CSV") from None
    if not lines or tuple(lines[0]) != HEADER:
        raise _wrong(path, 1, "-", ",".join(HEADER))
    for line, cells in enumerate(lines[1:], 2):
        if len(cells) != len(HEADER):
            raise _wrong(path, line, "-", ",".join(HEADER))
        yield line, dict(zip(HEADER, cells, strict=True))


def _correction(path: Path, line: int, row: dict[str, str], tables: dict[str, Table]) -> Correction:
    fed = {name: table for name, table in tables.items() if table.version}
    if row["table"] not in fed:
        raise _wrong(path, line, "table", ", ".join(fed))
    _check_target(path, line, row, fed[row["table"]])
    if not (row["record_no"].isascii() and row["record_no"].isdigit()):
        raise _wrong(path, line, "record_no", "1")
    for column in ("file", "reason"):
        if not row[column].strip():
            raise _wrong(path, line, column, "…")
    if row["declared_by"] not in ROLES:
        raise _wrong(path, line, "declared_by", ", ".join(ROLES))
    declared_on, expires_on = (_day(path, line, row, key) for key in ("declared_on", "expires_on"))
    if expires_on < declared_on:
        raise _wrong(path, line, "expires_on", "≥ declared_on")
    return Correction(
        line=line,
        table=row["table"],
        file=row["file"],
        record_no=int(row["record_no"]),
        column=row["column"],
        old_value=row["old_value"],
        new_value=row["new_value"],
        declared_by=row["declared_by"],
        declared_on=declared_on,
        expires_on=expires_on,
    )


def _check_target(path: Path, line: int, row: dict[str, str], table: Table) -> None:
    """A column that holds nothing personal and does not say which record it is, and its values."""
    if not row["column"]:
        for key, expected in zip(("old_value", "new_value"), WHOLE_RECORD, strict=True):
            if row[key] != expected:
                raise _wrong(path, line, key, expected)
        return
    open_columns = {
        column.name: column
        for column in table.columns
        if not column.personal and column.name not in {*table.key, *table.version}
    }
    column = open_columns.get(row["column"])
    if column is None:
        raise _wrong(path, line, "column", ", ".join(open_columns))
    for key in ("old_value", "new_value"):
        if not _fits(column, row[key]) or (key == "new_value" and column.required and not row[key]):
            expected = ", ".join(column.codes) or column.type
            raise _wrong(path, line, key, expected)


def _fits(column: Column, text: str) -> bool:
    if not text or column.type == "text":
        return True
    if column.type in _WORDS or column.codes:
        return text in (column.codes or _WORDS[column.type])
    with suppress(ValueError):
        _READERS[column.type](text)
        return True
    return False


def _day(path: Path, line: int, row: dict[str, str], key: str) -> date:
    with suppress(ValueError):
        return date.fromisoformat(row[key])
    raise _wrong(path, line, key, "2026-10-31")


def _wrong(path: Path, line: int, column: str, expected: str) -> UserError:
    return UserError(
        "validate.CORRECTION_WRONG", file=path, line=line, column=column, expected=expected
    )
