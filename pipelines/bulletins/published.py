"""The list of published figures: the shipped file and the home's own, read and checked.

A line may leave its interval to the reader of numbers (`as_published` decides); where both are
given they must agree. What only a person can read ("6点43分至11点02分") needs its interval written.
How figures compare with ours is decided in `verdicts`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.bulletins.numbers import read_number
from pipelines.bulletins.ranges import Range
from pipelines.contract import Table, load_tables
from pipelines.ingest.reference import ReferenceFile, load_file
from pipelines.ingest.schemas import create
from pipelines.settings import SHIPPED_REFERENCE, Home
from pipelines.words import UserError

NAME = "published_figures"
TABLE = f"model.{NAME}"


@dataclass(frozen=True, slots=True)
class _Line:
    figure_id: str
    text: str
    low: float | None
    high: float | None
    ends: str | None


def contract() -> Table:
    """The contract of the list."""
    return load_tables(Path(__file__).parent)[NAME]


def load_published(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Fill `model.published_figures` from the shipped file and from the home's own.

    Raises:
        UserError: a file breaks the contract, repeats a figure of the other file, leaves an
            interval open that its text does not give, or gives another than its text does.
    """
    create(con, contract())
    shipped = SHIPPED_REFERENCE / f"{NAME}.csv"
    own = home.reference / f"{NAME}.csv"
    for path in (shipped, own):
        if path.exists():
            load_file(con, path, ReferenceFile(NAME), contract())
            _check_new(con, path)
            _read_texts(con, path)


def _check_new(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    repeated = con.execute(
        f"select figure_id from {TABLE} group by figure_id having count(*) > 1 order by 1"
    ).fetchall()
    if repeated:
        raise UserError("figures.TWICE", file=path, figure=repeated[0][0])


def _read_texts(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Hold every text against its interval, and fill in the intervals that are missing."""
    found = con.execute(
        f"select figure_id, as_published, low, high, ends from {TABLE} order by figure_id"
    ).fetchall()
    read = list(_readings(path, [_Line(*row) for row in found]))
    if read:
        con.executemany(f"update {TABLE} set low = ?, high = ?, ends = ? where figure_id = ?", read)


def _readings(
    path: Path, lines: list[_Line]
) -> Iterator[tuple[float | None, float | None, str, str]]:
    for line in lines:
        printed = read_number(line.text)
        is_given = line.low is not None or line.high is not None
        if printed is None and not (is_given and line.ends):
            raise UserError("figures.UNREAD", file=path, figure=line.figure_id)
        if printed is None:
            continue
        low, high = _floats(printed.range)
        if not is_given:
            yield low, high, printed.range.ends, line.figure_id
        elif (line.low, line.high, line.ends) != (low, high, printed.range.ends):
            raise UserError("figures.OTHER_INTERVAL", file=path, figure=line.figure_id)


def _floats(numbers: Range) -> tuple[float | None, float | None]:
    low, high = numbers.low, numbers.high
    return None if low is None else float(low), None if high is None else float(high)
