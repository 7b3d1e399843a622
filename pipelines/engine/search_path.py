"""The names by which queries speak of tables: those of `model` and `geo` without their schema."""

from collections.abc import Generator
from contextlib import contextmanager

import duckdb

SCHEMAS = ("model", "geo")


@contextmanager
def bare_names(con: duckdb.DuckDBPyConnection, *more: str) -> Generator[None]:
    """Let queries name tables of `model` and `geo` without their schema, as contracts do.

    Args:
        con: the connection; its search path is as it was after the block.
        more: further schemas that are looked into, after those two.
    """
    ((before,),) = con.execute("select current_setting('search_path')").fetchall()
    con.execute("set search_path = $path", {"path": ",".join((*SCHEMAS, *more))})
    try:
        yield
    finally:
        con.execute("set search_path = $path", {"path": before})
