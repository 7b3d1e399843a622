"""DuckDB as this product opens it: bounded memory, a private spill folder, nothing from outside."""

import re
import shutil
from pathlib import Path

import duckdb

from pipelines.ingest.durable import make_private_folder

_AMOUNT = re.compile(r"([0-9.]+)(.*)")


def connect(
    database: Path | None, *, memory_limit: str, threads: int, spill: Path
) -> duckdb.DuckDBPyConnection:
    """Open a database that may be written.

    Args:
        database: the file; in memory where not given.
        memory_limit: such as `2GB`.
        threads: how many threads a query may use.
        spill: where what does not fit in memory goes; emptied first.
    """
    shutil.rmtree(spill, ignore_errors=True)
    make_private_folder(spill)
    con = duckdb.connect(
        str(database or ":memory:"),
        config={
            "memory_limit": memory_limit,
            "threads": str(threads),
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
        },
    )
    con.execute("set preserve_insertion_order = true")
    return _silent(con)


def reopen(database: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open a database that is there, with the limits of DuckDB itself.

    Raises:
        duckdb.IOException: another process has it open for writing.
    """
    return _silent(duckdb.connect(str(database), read_only=read_only))


def _silent(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Without the progress bar, which would be drawn among the answers on standard output."""
    con.execute("set enable_progress_bar = false")
    return con


def share(memory_limit: str, parts: int) -> str:
    """An equal part of an amount of memory, in its own unit."""
    found = _AMOUNT.fullmatch(memory_limit.strip())
    if not found:
        return memory_limit
    return f"{float(found[1]) / parts:.3f}{found[2]}"
