"""What the texts of a column look like, and not what they say: 9 for a digit, a for a letter."""

import duckdb

from pipelines.ingest.plan import Plan
from pipelines.ingest.texts import texts_sql

SAMPLE_ROWS = 10_000
CHARACTERS = 24
MOST_SHAPES = 3
MARK = "\x01"  # stands for a Chinese character until the letters are gone
# Full-width and other digits are digits, and every script has letters; marks of accents are none.
MASKS = ((r"\p{Han}", MARK), (r"\p{L}", "a"), (r"\p{N}", "9"), (r"\p{M}", ""), (MARK, "某"))


def shapes_of(con: duckdb.DuckDBPyConnection, plan: Plan) -> dict[str, tuple[str, ...]]:
    """The commonest shapes of each column that is taken, by its header in the mapping.

    Columns of which nothing leaves the vault are not looked at.
    """
    places = [
        (column.header, f"c{place}")
        for column, place in plan.reading.layout.places
        if column.is_taken
    ]
    if not places:
        return {}
    cells = ", ".join(cell for _, cell in places)
    sample = f"(select {cells} from {texts_sql(plan)} limit {SAMPLE_ROWS})"
    found: dict[str, tuple[str, ...]] = {}
    for header, cell in places:
        rows = con.execute(
            f"select {shape_sql(cell)} as shape from {sample} where {cell} is not null "
            f"group by shape order by count(*) desc, shape limit {MOST_SHAPES}"
        ).fetchall()
        found[header] = tuple(shape for (shape,) in rows)
    return found


def shape_sql(text: str) -> str:
    """SQL for the shape of a text expression, cut after `CHARACTERS`."""
    shape = f"left({text}, {CHARACTERS})"
    for pattern, mask in MASKS:
        shape = f"regexp_replace({shape}, '{pattern}', '{mask}', 'g')"
    return shape
