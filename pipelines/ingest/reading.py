"""The SQL that reads a file into `typed`: the values of each record, and what is wrong with them.

One statement reads the text and everything that is written in a common way into the temporary table
`plain`. Records in which something is not are read once more, with care, into `careful`; a clean
file is done after the first. `typed` is a view that has the one or the other of each record, so
that a few odd records do not cost a copy of all. What a column's steps are is in `fields.py`, what
becomes of `typed` in `statements.py`.
"""

from collections.abc import Iterable

from pipelines.ingest.clean import TOTAL, TOTAL_CHARACTERS
from pipelines.ingest.decoded import Decoded, Reader
from pipelines.ingest.fields import Field, mended_name, plain_name, value_name
from pipelines.ingest.plan import Plan
from pipelines.ingest.texts import NUMBER_COLUMN, texts_sql
from pipelines.quoting import literal

FIRST = "c_first"  # the first thing that is written in a record


def plain_sql(plan: Plan) -> str:
    """Make the temporary table `plain`: a row for each record, in the order of the file.

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
        f"create or replace temp table plain as with "
        f"read as (select {', '.join(('*', *values))}, coalesce({cells}) as {FIRST} "
        f"from {texts_sql(plan)}), "
        f"judged as (select *, case when {FIRST} is not null and ({odd or 'false'}) then true "
        "else false end as is_odd from read) "
        f"select {', '.join(_kept(fields, stated))}, "
        f"{number if plan.reading.decoded.is_numbered else ''}"
        f"{FIRST} is null as is_blank, {_stray(plan.reading.decoded, FIRST)} as is_stray, "
        f"is_odd, case when is_odd then [{cells}] end as texts from judged"
    )


def careful_sql(plan: Plan) -> str:
    """Make the temporary table `careful`: the odd records of `plain`, read with care and judged.

    The steps are those of a `Field`: plain values, other forms of the texts that have none, values,
    and what is kept of them.
    """
    fields = plan.all_fields
    texts = [f"texts[{place + 1}] as c{place}" for place in range(_width(plan))]
    at_sight = [f"{field.plain} as {plain_name(field.column)}" for field in fields]
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
        f"texts as (select plain.rowid as place, {', '.join(texts)} from plain where is_odd), "
        f"at_sight as (select {', '.join(('*', *at_sight))} from texts), "
        f"mended as (select {', '.join(('*', *mended))} from at_sight), "
        f"valued as (select {', '.join(('*', *values))} from mended), "
        f"judged as (select place, {', '.join(_kept(fields, stated))}, "
        f"{_problems(plan)} as problems from valued) "
        f"select *, list_has_any(problems, {list(plan.errors)}::smallint[]) as is_refused "
        "from judged"
    )


def typed_sql(plan: Plan, *, has_odd: bool) -> str:
    """Make the view `typed`: each record as it is in `careful`, else as it is in `plain`.

    Its columns are the values (`value_name`) and their precisions, `record_no`, `is_blank`,
    `is_odd`, `is_refused` and `problems`, the numbers of the plan's problems that it has.

    Args:
        plan: what was read.
        has_odd: whether `careful` was made.
    """
    made = [value_name(field.column) for field in plan.all_fields]
    made += [field.precision_column for field in plan.all_fields if field.precision_column]
    number = NUMBER_COLUMN if plan.reading.decoded.is_numbered else "plain.rowid + 1"
    told = f"{number} as record_no, is_blank, is_odd"
    if not has_odd:
        return (
            f"create or replace temp view typed as select {', '.join((*made, told))}, "
            "false as is_refused, cast(null as smallint[]) as problems from plain"
        )
    values = [f"case when is_odd then careful.{n} else plain.{n} end as {n}" for n in made]
    return (
        f"create or replace temp view typed as select {', '.join((*values, told))}, "
        "coalesce(careful.is_refused, false) as is_refused, careful.problems "
        "from plain left join careful on plain.rowid = place"
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
