"""Each indicator beside one warm scan of what it reads: `python -m benchmarks.indicators HOME`.

HOME has been run: its staging database is read, and the indicators are computed anew in a copy of
the model tables, so nothing of the home changes. A scan reads every column that the indicator
speaks of, of every table that it reads, once more after it was read before; both are of the same
process. Prints a Markdown table with the aims, in scans.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from pipelines.engine.compute import compute_indicator, prepare
from pipelines.engine.indicator import CURVES, Indicator, Kind
from pipelines.run import Installation, frame_of

AIMS = {**dict.fromkeys(Kind, 15), **dict.fromkeys(CURVES, 200), Kind.DERIVED: 0}
LIMITS = {"memory_limit": "4GB", "threads": 2}


def main(home: Path) -> None:
    installation = Installation.at(home)
    with duckdb.connect(config=LIMITS) as con:
        copy_tables(con, installation)
        frame = frame_of(con, installation)
        print(f"frame: {_seconds(lambda: prepare(con, frame)):.1f} s\n")
        print("| indicator | kind | seconds | cells | s per million cells | scan s | scans | aim |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for indicator in installation.indicators.values():
            seconds = _seconds(lambda each=indicator: compute_indicator(con, each, frame))
            _row(indicator, seconds, _cells(con, indicator), _scan(con, indicator))


def copy_tables(con: duckdb.DuckDBPyConnection, installation: Installation) -> None:
    """The model tables, those of places and the list of files of a home, in memory."""
    con.execute(f"attach '{installation.home.staging}' as home (read_only)")
    tables = con.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_catalog = 'home' and (table_schema in ('model', 'geo') "
        "or table_schema = 'ops' and table_name = 'files')"
    ).fetchall()
    for schema, table in tables:
        con.execute(f"create schema if not exists {schema}")
        con.execute(f"create table {schema}.{table} as from home.{schema}.{table}")
    con.execute("detach home")


def _scan(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> float:
    """Seconds to read once more every column that the indicator speaks of."""
    names = ", ".join(f"'{name}'" for name in indicator.mentions)
    reads = con.execute(
        f"""select schema_name || '.' || table_name, string_agg('max(hash(' || column_name || '))')
        from duckdb_columns()
        where schema_name in ('model', 'geo') and column_name in ({names or "''"})
            and list_contains(?, table_name)
        group by all""",
        [sorted(indicator.reads)],
    ).fetchall()

    def scan() -> None:
        for table, columns in reads:
            con.execute(f"select {columns} from {table}").fetchall()

    scan()
    return min(_seconds(scan) for _ in range(3))


def _cells(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> int:
    return con.execute(
        "select count(*) from indicators.indicator_values where indicator = ?", [indicator.id]
    ).fetchall()[0][0]


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _row(indicator: Indicator, seconds: float, cells: int, scan: float) -> None:
    scans = f"{seconds / scan:.0f}" if scan else ""
    figures = (f"{seconds:.2f}", f"{cells:,}", f"{seconds / max(cells, 1) * 1e6:.1f}")
    aim = str(AIMS[indicator.kind] or "")
    row = (indicator.id, indicator.kind, *figures, f"{scan:.3f}", scans, aim)
    print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
