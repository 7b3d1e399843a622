"""The same queries on a cluster, by Spark Connect.

Tables go to the cluster as Parquet files in a folder that its workers see under the same path, each
once; what a query gives comes back as Arrow and lies in DuckDB like any other rows. Apache Spark
and Sail (which needs no Java) speak the protocol alike.
"""

import os
import shutil
import socket
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import duckdb

from pipelines.backend import BackendError
from pipelines.backend.translate import to_spark

PATIENCE_SECONDS = 10
SESSION = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}


class Spark:
    """A session on a cluster, as a `Backend`; close it, or use it in a `with` block.

    Its tables must stay as they are for as long as it is open.
    """

    def __init__(self, address: str, folder: Path) -> None:
        """Open a session.

        Args:
            address: `sc://host:port` of a Spark Connect server.
            folder: where tables are laid down for the workers; emptied and removed at the end.

        Raises:
            BackendError: nobody answers there, or the client is not installed.
        """
        self._session = _connect(address)
        self._folder = folder
        self._views: set[str] = set()

    def __enter__(self) -> Self:
        """The session itself."""
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        """See `close`."""
        self.close()

    def close(self) -> None:
        """End the session and leave no table behind."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._session.stop()

    def fill(self, con: duckdb.DuckDBPyConnection, into: str, query: str) -> None:
        """See `Backend.fill`; what comes back passes through memory once.

        Raises:
            BackendError: the cluster could not run the query. No message holds a value from a row.
        """
        from pyspark.errors import PySparkException  # noqa: PLC0415 - an optional extra

        text, tables = to_spark(query)
        try:
            for view, table in tables.items():
                self._offer(con, view, table)
            found = self._session.sql(text).toArrow()
        except PySparkException as error:
            raise BackendError(error.getCondition() or type(error).__name__) from None
        con.register("from_cluster", found)
        try:
            con.execute(f"{into} select * from from_cluster")
        finally:
            con.unregister("from_cluster")

    def _offer(self, con: duckdb.DuckDBPyConnection, view: str, table: str) -> None:
        """Let the cluster read a table under the name of a view."""
        if view not in self._views:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = (self._folder / f"{view}.parquet").resolve()
            con.execute(f"copy (select * from {table}) to '{path}' (format parquet)")
            self._session.read.parquet(path.as_uri()).createOrReplaceTempView(view)
            self._views.add(view)


def _connect(address: str) -> Any:
    """A session of its own; the client would try for many minutes where nobody answers."""
    where = urlsplit(address)
    try:
        socket.create_connection((where.hostname, where.port), PATIENCE_SECONDS).close()
    except OSError as error:
        raise BackendError(f"{address}: {type(error).__name__}") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the client warns of pandas 3, which is not used here
            # where `__main__` is no file, it believes itself under test and looks for a Spark
            os.environ.setdefault("SPARK_HOME", "none")
            from pyspark.sql import SparkSession  # noqa: PLC0415 - heavy, and an optional extra

            session = SparkSession.builder.remote(address).create()
    except ImportError as error:
        raise BackendError(f"no module {error.name}; install the extra `spark`") from None
    for key, value in SESSION.items():
        session.conf.set(key, value)
    return session
