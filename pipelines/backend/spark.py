"""The same queries on a cluster, by Spark Connect.

Tables go to the cluster as Parquet files in a folder that its workers see under the same path, each
once; what a query gives comes back as Arrow and is in DuckDB like any other rows. Apache Spark and
Sail (which needs no Java) speak the protocol alike.
"""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.backend.translate import to_spark

if TYPE_CHECKING:
    import duckdb

SESSION = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}


class Spark:
    """A session on a cluster; tables must stay as they are for as long as it lives.

    Args:
        address: `sc://host:port` of a Spark Connect server.
        folder: where tables are laid down for the workers.
    """

    def __init__(self, address: str, folder: Path) -> None:
        self._session = _connect(address)
        self._folder = folder
        self._offered: set[str] = set()

    def fill(self, con: "duckdb.DuckDBPyConnection", into: str, query: str) -> None:
        """See `Backend.fill`; what comes back passes through memory once."""
        text, tables = to_spark(query)
        for view, table in tables.items():
            self._offer(con, view, table)
        con.register("from_cluster", self._session.sql(text).toArrow())
        try:
            con.execute(f"{into} select * from from_cluster")
        finally:
            con.unregister("from_cluster")

    def _offer(self, con: "duckdb.DuckDBPyConnection", view: str, table: str) -> None:
        """Let the cluster read a table under the name of a view."""
        if view in self._offered:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{view}.parquet"
        con.execute(f"copy (select * from {table}) to '{path}' (format parquet)")
        self._session.read.parquet(str(path)).createOrReplaceTempView(view)
        self._offered.add(view)


def _connect(address: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the client warns of pandas 3, which is not used
        from pyspark.sql import SparkSession  # noqa: PLC0415 - heavy, and an optional extra

        session = SparkSession.builder.remote(address).create()
    for key, value in SESSION.items():
        session.conf.set(key, value)
    return session
