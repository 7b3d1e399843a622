"""The SQL that reads a file into the temporary table `typed`: values, and what is wrong with them.

One statement reads the text and everything that is written in a common way. Records in which
something is not are read once more, with care, and put in their places; a clean file is done after
the first. What a column's steps are is in `fields.py`, what becomes of `typed` in `statements.py`.
"""

from collections.abc import Iterable

from pipelines.ingest.clean import TOTAL, TOTAL_CHARACTERS
from pipelines.ingest.decoded import Decoded, Reader
from pipelines.ingest.fields import Field, mended_name, plain_name, value_name
from pipelines.ingest.plan import Plan
from pipelines.ingest.texts import NUMBER_COLUMN, texts_sql
from pipelines.quoting import literal


def plain_sql(plan: Plan) -> str:
    """Make the temporary table `typed`: a row for each record, in the order of the file.

    Values are read as they are written. A record that is odd (something in it has no plain value,
    or may be wrong) keeps its texts, so that it can be read with care. Most files have few such
    records or none.
    """
    fields = plan.all_fields
    values = [f"{field.plain} as {value_name(field.column)}" for field in fields]
    cells = _cells(plan)
    # Inside a CASE, what is cheap is asked first and what is dear of what is left.
    odd = " or ".join(
        f"({value_name(field.column)} is null and {field.text} is not null) or {field.doubt}"
        for field in fields
    )
    number = f"cast({NUMBER_COLUMN} as bigint) as {NUMBER_COLUMN}, "
    stated = [(field.plain_precision, field) for field in fields]
    return (
        f"create or replace temp table typed as with "
        f"read as (select {', '.join(('*', *values))} from {texts_sql(plan)}), "
        f"judged as (select *, coalesce({cells}) is null as is_blank, "
        f"case when coalesce({cells}) is not null and ({odd or 'false'}) then true else false end "
        "as is_odd from read) "
        f"select {', '.join(_kept(fields, stated))}, "
        f"{number if plan.reading.decoded.is_numbered else ''}"
        f"is_blank, {_stray(plan.reading.decoded, f'coalesce({cells})')} as is_stray, "
        f"is_odd, case when is_odd then [{cells}] end as texts, "
        "false as is_refused, cast(null as smallint[]) as problems from judged"
    )


def careful_sql(plan: Plan) -> str:
    """Make the temporary table `careful`: the odd records of `typed`, read with care and judged.

    The steps are those of a `Field`: plain values, other forms of the texts that have none, values,
    and what is kept of them.
    """
    fields = plan.all_fields
    texts = [f"texts[{place + 1}] as c{place}" for place in range(_width(plan))]
    plain = [f"{field.plain} as {plain_name(field.column)}" for field in fields]
    mended = [
        f"case when {plain_name(field.column)} is null and {field.text} is not null "
        f"then {field.mended} end as {mended_name(field.column)}"
        for field in fields
    ]
    values = [
        f"case when {mended_name(field.column)} is null then {plain_name(field.column)} "
        f"else {field.value} end as {value_name(field.column)}"
        for field in fields
    ]
    stated = [
        (
            f"case when {mended_name(field.column)} is null then {field.plain_precision} "
            f"else {field.precision} end",
            field,
        )
        for field in fields
    ]
    return (
        f"create or replace temp table careful as with "
        f"texts as (select typed.rowid as place, {', '.join(texts)} from typed where is_odd), "
        f"plain as (select {', '.join(('*', *plain))} from texts), "
        f"mended as (select {', '.join(('*', *mended))} from plain), "
        f"valued as (select {', '.join(('*', *values))} from mended) "
        f"select place, {', '.join(_kept(fields, stated))}, "
        f"{_problems(plan)} as problems from valued"
    )


def corrected_sql(plan: Plan) -> str:
    """Put the records of `careful` in their places in `typed`."""
    made = [value_name(field.column) for field in plan.all_fields]
    made += [field.precision_column for field in plan.all_fields if field.precision_column]
    values = [f"case when is_odd then careful.{n} else typed.{n} end as {n}" for n in made]
    number = [NUMBER_COLUMN] if plan.reading.decoded.is_numbered else []
    return (
        f"create or replace temp table typed as select {', '.join((*values, *number))}, is_blank, "
        f"coalesce(list_has_any(careful.problems, {list(plan.errors)}::smallint[]), false) "
        "as is_refused, careful.problems from typed left join careful on typed.rowid = place"
    )


def _stray(decoded: Decoded, first: str) -> str:
    """Whether a line may be a total or the header again, which is for the careful reader to decide.

    Other readers than the fast one have left none.
    """
    if decoded.reader is not Reader.FAST:
        return "false"
    head = next(filter(None, map(str.strip, decoded.heading.rows[-1])), "")
    return (
        f"coalesce({first} = {literal(head)} or (length({first}) <= {TOTAL_CHARACTERS} "
        f"and regexp_full_match({first}, {literal(TOTAL)})), false)"
    )


def _kept(fields: tuple[Field, ...], precisions: Iterable[tuple[str, Field]]) -> list[str]:
    names = ((field, value_name(field.column)) for field in fields)
    kept = [f"{field.kept or name} as {name}" for field, name in names]
    return kept + [
        f"{precision} as {field.precision_column}"
        for precision, field in precisions
        if field.precision_column
    ]


def _width(plan: Plan) -> int:
    return len(plan.reading.decoded.header)


def _cells(plan: Plan) -> str:
    return ", ".join(f"c{place}" for place in range(_width(plan)))


def _problems(plan: Plan) -> str:
    """SQL for the list of the numbers of a record's problems: at most one of each column."""
    numbers = {id(problem): number for number, problem in enumerate(plan.problems)}
    asked: list[str] = []
    for field in plan.all_fields:
        arms = " ".join(
            f"when {problem.predicate} then {numbers[id(problem)]}"
            for problem in field.problems
            if id(problem) in numbers
        )
        if arms:
            doubt = f"{mended_name(field.column)} is not null or {field.doubt}"
            asked.append(f"case when {doubt} then case {arms} end end")
    return f"list_filter([{', '.join(asked)}]::smallint[], lambda n: n is not null)"
