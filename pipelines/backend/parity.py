"""Whether two backends agree: every query is run on both, and a difference is refused."""

import time

import duckdb

from pipelines.backend import Backend, BackendError, DuckDB

_SIDES = ("here", "there")


class Both:
    """DuckDB and another backend side by side; the rows of the other one are handed on.

    Attributes:
        seconds: what each of the two took, by the order above.
    """

    def __init__(self, other: Backend) -> None:
        self._backends = (DuckDB(), other)
        self.seconds: list[tuple[float, float]] = []

    def fill(self, con: duckdb.DuckDBPyConnection, into: str, query: str) -> None:
        """See `Backend.fill`.

        Raises:
            BackendError: rows or columns are not the same; says how many, never what they hold.
        """
        took = [self._run(con, *pair, query) for pair in zip(_SIDES, self._backends, strict=True)]
        self.seconds.append((took[0], took[1]))
        names = [_columns(con, side) for side in _SIDES]
        if names[0] != names[1]:
            raise BackendError(f"columns {names[0]} here and {names[1]} there")
        only = [_count_only(con, *pair) for pair in (_SIDES, _SIDES[::-1])]
        if any(only):
            raise BackendError(f"{only[0]} rows only here and {only[1]} only there")
        con.execute(f"{into} select * from there")
        for side in _SIDES:
            con.execute(f"drop table {side}")

    @staticmethod
    def _run(con: duckdb.DuckDBPyConnection, side: str, backend: Backend, query: str) -> float:
        began = time.perf_counter()
        backend.fill(con, f"create or replace temp table {side} as", query)
        return time.perf_counter() - began


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [row[0] for row in con.execute(f"describe {table}").fetchall()]


def _count_only(con: duckdb.DuckDBPyConnection, table: str, other: str) -> int:
    """How many rows of a table are not in the other, each as often as it occurs."""
    [(count,)] = con.execute(
        f"select count(*) from (select * from {table} except all select * from {other})"
    ).fetchall()
    return count
