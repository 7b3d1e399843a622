"""Columns of numbers and of times. See `fields.py` for the steps."""

from dataclasses import replace

from pipelines.contract import Column, Table
from pipelines.ingest import personal
from pipelines.ingest.amounts import DECIMAL, WHOLE, amount_sql
from pipelines.ingest.fields import (
    FINE_PRECISION,
    Cell,
    Field,
    Target,
    mended_name,
    precision_name,
    value_name,
)
from pipelines.ingest.folding import fold_sql
from pipelines.ingest.moments import (
    END_OF_TIME,
    FIRST_MOMENT,
    Zones,
    is_no_such_day_sql,
    is_other_order_sql,
    moment_sql,
    precision_of,
    spelled_out,
)
from pipelines.ingest.reasons import RecordReason, Remark
from pipelines.quoting import literal

NUMBERS = {"integer", "bigint", "double"}


def date_field(table: Table, column: Column, target: Target, cell: Cell, zones: Zones) -> Field:
    """A date or time, with its precision where the table has a column for that."""
    stem, _, suffix = column.name.rpartition("_")
    names = {f"{stem}_precision", f"{suffix}_precision"}
    stated = next((other for other in table.columns if other.name in names), None)
    precisions = stated.codes if stated else FINE_PRECISION
    field = _moment(target, cell, zones, precisions, stated.name if stated else "")
    if column.type == "date":
        return replace(field, kept=f"cast({field.kept or value_name(column.name)} as date)")
    return field


def _moment(
    target: Target,
    cell: Cell,
    zones: Zones,
    precisions: tuple[str, ...],
    precision_column: str = "",
) -> Field:
    text, written = cell.text, cell.mapped.dates
    value, mended = value_name(target.name), mended_name(target.name)
    moment = moment_sql(text, mended, written, zones, precisions)
    none_days = ", ".join(f"date {literal(day)}" for day in cell.mapped.missing_dates)
    is_none = f"cast({value} as date) in ({none_days})" if none_days else "false"
    is_far = f"({value} < {FIRST_MOMENT} or {value} >= {END_OF_TIME})"
    seen = f"coalesce({mended}, {text})"
    # A word such as "infinity" has no digit and still is a date to the database.
    is_word = f"{is_far} and not regexp_matches({seen}, '[0-9]')"
    is_other_order = f"({value} is null or {is_far}) and {is_other_order_sql(seen)}"
    is_no_such_day = is_no_such_day_sql(mended, written)
    is_personal = personal.is_personal_sql(fold_sql(text))
    placeholder = RecordReason.DATE_RANGE if target.is_required else Remark.DATE_RANGE
    problems = (
        target.problem(placeholder, is_none),
        *target.required(f"{text} is null"),
        target.problem(RecordReason.DATE, is_word),
        target.problem(RecordReason.PII, f"{value} is null and {is_personal}", "V62"),
        target.problem(RecordReason.DATE_AMBIGUOUS, f"{is_other_order} and not {is_no_such_day}"),
        target.problem(RecordReason.DATE_CALENDAR, f"{value} is null and {is_no_such_day}"),
        target.problem(RecordReason.DATE, f"{value} is null and {text} is not null"),
        target.problem(RecordReason.DATE_RANGE, is_far),
    )
    doubt = f"{is_far} or {is_none}" + (f" or {text} is null" if target.is_required else "")
    return Field(
        column=target.name,
        text=text,
        plain=moment.plain,
        mended=moment.mended,
        value=moment.value,
        kept=f"case when not ({is_none}) then {value} end" if none_days else "",
        precision_column=precision_column,
        plain_precision=moment.plain_precision,
        precision=moment.precision,
        doubt=doubt,
        problems=problems,
    )


def number_field(column: Column, target: Target, cell: Cell) -> Field:
    """A number, whole unless the contract says otherwise."""
    text = cell.text
    value, mended = value_name(target.name), mended_name(target.name)
    plain = f"try_cast({text} as {column.sql_type})"
    if column.type == "double":
        is_plain, form = f"regexp_full_match({text}, {literal(DECIMAL)})", DECIMAL
    else:
        # A number that reads as it was written needs no second look.
        is_plain, form = f"cast({plain} as varchar) = {text}", WHOLE
    plain = f"case when {is_plain} then {plain} end"
    is_read = f"regexp_full_match({mended}, {literal(form)})"
    is_whole = f"regexp_full_match({mended}, {literal(WHOLE)})"
    if cell.mapped.unit:
        plain = f"cast(null as {column.sql_type})"  # nothing is what it looks like
    amount = amount_sql(fold_sql(text), column.unit, cell.mapped.unit)
    is_personal = personal.is_personal_sql(fold_sql(text))
    problems = (
        *target.required(f"{text} is null"),
        target.problem(RecordReason.PII, f"{value} is null and {is_personal}", "V62"),
        target.problem(RecordReason.NUM_RANGE, f"{value} is null and {is_whole}"),
        target.problem(RecordReason.NUM, f"{value} is null and {text} is not null"),
    )
    return Field(
        column=target.name,
        text=text,
        plain=plain,
        mended=f"coalesce({amount}, {fold_sql(text)})",
        value=f"case when {is_read} then try_cast({mended} as {column.sql_type}) end",
        doubt=f"{text} is null" if target.is_required else "false",
        problems=problems,
    )


def step_field(cell: Cell, zones: Zones) -> Field:
    """The time of a step from a date column of a submission."""
    kind = cell.mapped.event
    target = Target(kind, said_of=cell.mapped.words)
    return _moment(target, cell, zones, FINE_PRECISION, precision_name(kind))


def extract_field(target: Target, cell: Cell, zones: Zones) -> Field:
    """The extract moment of each record."""
    field = _moment(target, cell, zones, FINE_PRECISION)
    if precision_of(spelled_out(cell.mapped.dates)[0], FINE_PRECISION) in {"second", "minute"}:
        return field
    # An extract of a day holds what the day brought.
    return replace(field, kept=f"{value_name(target.name)} + interval '23:59:59'")
