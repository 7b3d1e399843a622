"""Declared corrections, applied to the records that count and recorded one by one.

A correction names a record by its file and its number there, and holds for whatever newer version
of that record says the same. It ends by itself: when the export no longer says what was wrong, or
after its last day. One that cannot be applied changes nothing and is a warning.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import duckdb

from pipelines.contract import Column, Severity, Table
from pipelines.quoting import literal
from pipelines.validate.checks import Check, counts
from pipelines.validate.decisions import Correction
from pipelines.validate.rules import breaks_any, row_rules
from pipelines.validate.versions import WITHDRAWN, place_of

CHECK = "CORRECTIONS"


class Outcome(StrEnum):
    """What became of a correction."""

    APPLIED = "applied"
    EXPIRED = "expired"  # its last day is past
    NO_SUCH_RECORD = "no_such_record"  # no file, several files, or no record of that number
    NOT_CURRENT = "not_current"  # no version of the record counts
    SOURCE_CHANGED = "source_changed"  # the export no longer says what was wrong
    BREAKS_RULE = "breaks_rule"  # what would be written is not allowed
    MAKES_STEPS = "makes_steps"  # steps were made of what would be changed


@dataclass(frozen=True, slots=True)
class Patch:
    """A correction with the place of the current record that it meets."""

    correction: Correction
    outcome: Outcome
    file_id: str = ""
    record_no: int = 0

    @property
    def is_applied(self) -> bool:
        """Whether the record is changed."""
        return self.outcome is Outcome.APPLIED


def create_corrections(con: duckdb.DuckDBPyConnection) -> None:
    """Make an empty `quarantine.corrections`: positions and outcomes, never a value."""
    con.execute(
        "create or replace table quarantine.corrections (line_no bigint, table_name varchar, "
        "column_name varchar, file_id varchar, record_no bigint, declared_by varchar, "
        "declared_on date, expires_on date, outcome varchar)"
    )


def find_patches(
    con: duckdb.DuckDBPyConnection, table: Table, corrections: Iterable[Correction]
) -> list[Patch]:
    """Find for each correction of `table` the record that it meets, and record the outcome.

    Withdrawn records are added to `quarantine.out_<table>`.

    Args:
        con: the staging database; `model.<table>` holds the records that are current so far.
        table: the table.
        corrections: all that are declared.
    """
    patches = [_patch(con, table, one) for one in corrections if one.table == table.name]
    for patch in patches:
        one = patch.correction
        con.execute(
            "insert into quarantine.corrections values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                one.line,
                table.name,
                one.column,
                patch.file_id,
                patch.record_no,
                one.declared_by,
                one.declared_on,
                one.expires_on,
                patch.outcome,
            ],
        )
        if patch.is_applied and one.is_withdrawal:
            con.execute(
                f"insert into quarantine.out_{table.name} "
                f"select file_id, record_no, {place_of(table)}, '{WITHDRAWN}' "
                f"from model.{table.name} where {_at(patch)}"
            )
    return patches


def corrected(column: Column, patches: Iterable[Patch]) -> str:
    """The expression for a column, with what was corrected in it."""
    arms = " ".join(
        f"when {_at(patch)} then {_value(column, patch.correction.new_value)}"
        for patch in patches
        if patch.is_applied and patch.correction.column == column.name
    )
    return f"case {arms} else {column.name} end as {column.name}" if arms else column.name


def check_corrections(table: Table, patches: list[Patch]) -> Check:
    """A warning for each correction that could not be applied."""
    failed = sum(not patch.is_applied for patch in patches)
    return Check(CHECK, table.name, Severity.WARNING, failed, len(patches))


def _patch(con: duckdb.DuckDBPyConnection, table: Table, correction: Correction) -> Patch:
    if _is_expired(con, correction):
        return Patch(correction, Outcome.EXPIRED)
    key = _key_of(con, table, correction)
    if key is None:
        return Patch(correction, Outcome.NO_SUCH_RECORD)
    matches = " and ".join(f"{name} = ?" for name in table.key)
    found = con.execute(
        f"select file_id, record_no from model.{table.name} where {matches}", key
    ).fetchall()
    if not found:
        return Patch(correction, Outcome.NOT_CURRENT)
    [(file_id, record_no)] = found
    patch = Patch(correction, Outcome.APPLIED, file_id, record_no)
    return Patch(correction, _verdict(con, table, patch), file_id, record_no)


def _is_expired(con: duckdb.DuckDBPyConnection, correction: Correction) -> bool:
    found = con.execute(
        "select coalesce(max(cast(as_of as date)) > ?, false) from ops.files",
        [correction.expires_on],
    ).fetchall()
    return bool(found[0][0])


def _key_of(
    con: duckdb.DuckDBPyConnection, table: Table, correction: Correction
) -> list[object] | None:
    """The key of the record at the address; none where it leads nowhere, or to several files."""
    found = con.execute(
        f"select {', '.join(table.key)} from landing.{table.name} where record_no = ? "
        "and file_id in (select file_id from ops.files "
        "where (file_id = ? or name = ?) and table_name = ? and made_from = '')",
        [correction.record_no, correction.file, correction.file, table.name],
    ).fetchall()
    return list(found[0]) if len(found) == 1 else None


def _verdict(con: duckdb.DuckDBPyConnection, table: Table, patch: Patch) -> Outcome:
    correction = patch.correction
    if correction.is_withdrawal:
        return Outcome.APPLIED
    column = table.column(correction.column)
    row = f"model.{table.name} where {_at(patch)}"
    says_so = f"{column.name} is not distinct from {_value(column, correction.old_value)}"
    if counts(con, f"select count(*) from {row} and {says_so}") == (0,):
        return Outcome.SOURCE_CHANGED
    if column.name.startswith("registered_") and _makes_steps(con, table, patch):
        return Outcome.MAKES_STEPS
    columns = ", ".join(corrected(c, [patch]) for c in table.columns)
    errors = [rule for rule in row_rules(table) if rule.severity is Severity.ERROR]
    broken = f"select count(*) from (select {columns}, as_of from {row}) where {breaks_any(errors)}"
    return Outcome.APPLIED if counts(con, broken) == (0,) else Outcome.BREAKS_RULE


def _makes_steps(con: duckdb.DuckDBPyConnection, table: Table, patch: Patch) -> bool:
    found = con.execute(
        "select count(*) from ops.files where file_id = ? and made_from = ?",
        [patch.file_id, table.name],
    ).fetchall()
    return found != [(0,)]


def _at(patch: Patch) -> str:
    return f"file_id = {literal(patch.file_id)} and record_no = {patch.record_no}"


def _value(column: Column, text: str) -> str:
    return f"cast({literal(text)} as {column.sql_type})" if text else "null"
