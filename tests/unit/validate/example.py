"""What an example of a rule is, and the examples that follow from how a column is declared."""

from collections.abc import Iterator
from typing import NamedTuple

from pipelines.contract import Table

# Days around which the regions of `world.py` change.
EXPIRED, LAST_DAY_OF_GRACE = "2011-02-06", "2011-02-05"
SUCCESSION, DAY_BEFORE = "2010-01-01", "2009-12-31"


class Example(NamedTuple):
    """A row that breaks a rule and one beside it that does not: `a=1, b=2` over a sound row."""

    table: str
    rule: str
    verdict: str
    bad: str
    good: str


def implied_examples(table: Table) -> Iterator[Example]:
    """Examples of the rules that the columns of a table imply, its key left out."""
    for column in table.columns:
        name = column.name
        if column.required and name not in table.key:
            yield Example(table.name, f"REQUIRED:{name}", "E_REQUIRED error", f"{name}=", "")
        if column.codes:
            is_open = "unknown" in column.codes
            verdict = "W_ENUM_UNKNOWN warning" if is_open else "E_ENUM_UNKNOWN error"
            known = f"{name}={column.codes[0]}"
            yield Example(table.name, f"V02:{name}", verdict, f"{name}=no such word", known)
    for column in table.key[1:]:
        yield Example(table.name, f"V01:{column}", "E_REQUIRED error", f"{column}=", "")
    if "region_code" in {column.name for column in table.columns}:
        yield from _region_examples(table)


def _region_examples(table: Table) -> Iterator[Example]:
    known, old = "region_code=990102", "region_code=990103"
    yield Example(table.name, "V29", "E_REGION_UNKNOWN error", "region_code=0", known)
    yield Example(table.name, "V29N", "E_REGION_UNCLEAR error", "region_code=?甲", known)
    if not table.dated_by:
        return
    expired, good = (f"{old}, {table.dated_by}={day}" for day in (EXPIRED, LAST_DAY_OF_GRACE))
    yield Example(table.name, "V29X", "E_REGION_EXPIRED error", expired, good)
    late, good = (f"{old}, {table.dated_by}={day}" for day in (SUCCESSION, DAY_BEFORE))
    yield Example(table.name, "V29W", "W_REGION_MISMATCH warning", late, good)
    early, good = (
        f"region_code=990104, {table.dated_by}={day}" for day in (DAY_BEFORE, SUCCESSION)
    )
    yield Example(table.name, "V29R", "W_REGION_RECODED warning", early, good)
