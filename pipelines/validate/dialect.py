"""A read-only SQLAlchemy dialect for DuckDB, as small as Great Expectations needs.

Great Expectations speaks to databases through SQLAlchemy. The drivers on PyPI either cannot
reflect under SQLAlchemy 2.1 or lose results: Great Expectations hands its connection back to the
pool before it reads, the pool rolls back, and DuckDB drops a pending result. Here a cursor reads
everything when it executes, and there is nothing to roll back, because a database is only ever
opened to be read.

What a suite expects is said in `suite.py`. Nothing else may use this dialect: reading everything at
once is right for a handful of counts and wrong for rows.

Registered as `duckdb+reading`. The database is named beside the address and not in it, where a `%`
of its path would mean something else:
`create_engine("duckdb+reading://", connect_args={"database": path})`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import pool
from sqlalchemy import types as sql_types
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL, Connection, default

from pipelines.ingest.connection import reopen

TYPES: dict[str, type[sql_types.TypeEngine[Any]]] = {
    "BIGINT": sql_types.BIGINT,
    "BOOLEAN": sql_types.BOOLEAN,
    "DATE": sql_types.DATE,
    "DOUBLE": sql_types.FLOAT,
    "INTEGER": sql_types.INTEGER,
    "TIMESTAMP": sql_types.TIMESTAMP,
    "VARCHAR": sql_types.VARCHAR,
}


class ReadError(duckdb.Error):
    """A statement failed. DuckDB's own words are left out: they can quote the value at fault."""


class Cursor:
    """A PEP 249 cursor whose rows are all read when a statement is executed."""

    arraysize = 1
    rowcount = -1

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self.description: Any = None

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> "Cursor":
        """Run a statement and read its whole answer.

        Raises:
            ReadError: it failed; the message is the kind of fault only.
        """
        try:
            result = self._con.execute(sql, list(parameters))
            # Names only: DuckDB's type objects would outlive the module that they belong to.
            self.description = [(column[0], *[None] * 6) for column in result.description or []]
            self._rows = iter(result.fetchall())
        except duckdb.Error as error:
            raise ReadError(type(error).__name__) from None
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, or None after the last."""
        return next(self._rows, None)

    def fetchmany(self, size: int = arraysize) -> list[tuple[Any, ...]]:
        """At most `size` further rows."""
        return [row for row, _ in zip(self._rows, range(size), strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All further rows."""
        return list(self._rows)

    def close(self) -> None:
        """Forget the rows that were not asked for."""
        self._rows = iter(())


class ReadConnection:
    """A PEP 249 connection to a database that is read and never written."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def cursor(self) -> Cursor:
        """A cursor; as it reads everything at once, all can share the connection."""
        return Cursor(self._con)

    def commit(self) -> None:
        """Nothing was written."""

    def rollback(self) -> None:
        """Nothing was written."""

    def close(self) -> None:
        """Close the database, so that a writer can open it."""
        self._con.close()


class DBAPI:
    """The PEP 249 module that SQLAlchemy asks a dialect for."""

    apilevel = "2.0"
    paramstyle = "qmark"
    threadsafety = 1
    Error = duckdb.Error
    Warning = duckdb.Warning
    InterfaceError = duckdb.Error
    DatabaseError = duckdb.DatabaseError
    DataError = duckdb.DataError
    OperationalError = duckdb.OperationalError
    IntegrityError = duckdb.IntegrityError
    InternalError = duckdb.InternalError
    ProgrammingError = duckdb.ProgrammingError
    NotSupportedError = duckdb.NotSupportedError

    @staticmethod
    def connect(database: str, **settings: Any) -> ReadConnection:
        """Open a database file to be read.

        Args:
            database: path of an existing file that no process has open for writing.
            settings: of DuckDB, such as `memory_limit`, `threads` and `search_path`.
        """
        con = reopen(Path(database), read_only=True)
        for name, value in settings.items():
            con.execute(f"set {name} = '{value}'")
        return ReadConnection(con)


class DuckDBReading(default.DefaultDialect):
    """Reflection by DuckDB's own catalogue functions; statements as SQLAlchemy compiles them."""

    name = "duckdb"
    driver = "reading"
    default_paramstyle = "qmark"
    default_schema_name = "main"
    supports_native_boolean = True
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """The PEP 249 module; there is none to import."""
        return DBAPI

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:  # noqa: ARG003 - SQLAlchemy's signature
        """Close at once what is handed back, so that no reader outlives a suite."""
        return pool.NullPool

    def create_connect_args(self, url: URL) -> tuple[list[str], dict[str, Any]]:  # noqa: ARG002 - as above
        """Nothing: everything comes as `connect_args`."""
        return [], {}

    def initialize(self, connection: Connection) -> None:
        """Nothing to find out: no server, one version."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing was written; a rollback would drop results that are still to be read."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Nothing was written."""

    def get_schema_names(self, connection: Connection, **_: Any) -> list[str]:
        """Schemas of the database."""
        sql = "select schema_name from duckdb_schemas() where not internal order by all"
        return [row[0] for row in _rows(connection, sql)]

    def get_table_names(
        self, connection: Connection, schema: str | None = None, **_: Any
    ) -> list[str]:
        """Tables of a schema."""
        sql = "select table_name from duckdb_tables() where schema_name = ? order by all"
        return [row[0] for row in _rows(connection, sql, schema or "main")]

    def get_view_names(
        self, connection: Connection, schema: str | None = None, **_: Any
    ) -> list[str]:
        """Views of a schema."""
        sql = "select view_name from duckdb_views() where schema_name = ? order by all"
        return [row[0] for row in _rows(connection, sql, schema or "main")]

    def has_table(
        self, connection: Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> bool:
        """Whether there is a table or view of that name."""
        return table_name in {
            *self.get_table_names(connection, schema),
            *self.get_view_names(connection, schema),
        }

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> list[Any]:
        """Columns of a table or view with their types."""
        sql = (
            "select column_name, data_type, is_nullable from duckdb_columns() "
            "where schema_name = ? and table_name = ? order by column_index"
        )
        return [
            {
                "name": name,
                "type": TYPES.get(data_type, sql_types.NullType)(),
                "nullable": is_nullable,
                "default": None,
            }
            for name, data_type, is_nullable in _rows(connection, sql, schema or "main", table_name)
        ]

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        """No constraints are declared in staging."""
        return {"constrained_columns": [], "name": None}


def register() -> None:
    """Make `duckdb+reading://` known to SQLAlchemy."""
    registry.register("duckdb.reading", __name__, DuckDBReading.__name__)


def _rows(connection: Connection, sql: str, *parameters: object) -> list[Any]:
    return list(connection.exec_driver_sql(sql, parameters).fetchall())
