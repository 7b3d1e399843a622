"""Who runs the queries over cases: DuckDB in this process, or a cluster behind Spark Connect.

Definitions and derived tables are written once, in the portable subset of SQL. What is heavy in a
run is one query for each derived table and one for the base of each indicator; these pass through
a `Backend`. What comes of them lies in DuckDB in either case, and everything after is one path.
"""

from typing import Protocol

import duckdb


class BackendError(Exception):
    """A cluster that does not answer, or that cannot run a query; says what it said."""


class Backend(Protocol):
    """Runs portable queries over the tables of a database."""

    def fill(self, con: duckdb.DuckDBPyConnection, into: str, query: str) -> None:
        """Run a query and hand its rows to a statement.

        Args:
            con: the database that holds the tables, by the names that the query uses.
            into: a DuckDB statement that a query completes, `insert into t` or
                `create table t as`.
            query: a query in the portable subset.
        """
        ...


class DuckDB:
    """The database itself runs the query."""

    def fill(self, con: duckdb.DuckDBPyConnection, into: str, query: str) -> None:
        """See `Backend.fill`."""
        con.execute(f"{into} {query}")
