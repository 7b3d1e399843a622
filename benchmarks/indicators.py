"""Each indicator beside one warm scan of what it reads.

Usage: python -m benchmarks.indicators HOME            of a home that has been run
       python -m benchmarks.indicators 5000000 10000000    homes of so many cases, made for it

A home is simulated and run up to its model where it is not there yet. Every indicator is computed
anew in a copy of its staging database, on disk as in a run, so nothing of the home changes. A scan
reads every column that the indicator speaks of, of every table that it reads, once more after it
was read before; both are of the same process, which may use two cores and 4 GiB, and in CPU seconds
of all its threads, so that what else runs on the machine counts for little. Beside the whole stand
the query down to the base, and a fingerprint of its facts, by which a base could be kept. Prints
Markdown tables with the aims, in scans and in seconds for a million cells, and the peak of memory.
"""

import resource
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from benchmarks.measure import measure, petitions
from pipelines.backend import DuckDB
from pipelines.engine.compute import compute_indicator, prepare
from pipelines.engine.indicator import CURVES, Indicator, Kind
from pipelines.engine.search_path import bare_names
from pipelines.run import (
    Installation,
    accept_records,
    derive_model,
    frame_of,
    land_files,
    parse_files,
)
from pipelines.settings import PROJECT

WORK = PROJECT / "benchmarks" / ".work"
HEAD = (
    *("indicator", "kind", "CPU s", "base s", "fingerprint s", "cells", "s per million cells"),
    *("scan s", "scans", "aim"),
)
AIMS = {**dict.fromkeys(Kind, 15), **dict.fromkeys(CURVES, 200), Kind.DERIVED: 0}
# Less than 4 GiB for DuckDB, since the process has memory of its own.
LIMITS: dict[str, Any] = {"memory_limit": "3GB", "threads": 2}


def main(home: Path) -> None:
    """Print the table of one home."""
    installation = Installation.at(home)
    with TemporaryDirectory(dir=home.parent) as folder:
        copied = Path(folder) / "staging.duckdb"
        shutil.copy(installation.home.staging, copied)
        with duckdb.connect(copied, config={**LIMITS, "temp_directory": folder}) as con:
            _measure(con, installation)


def _measure(con: duckdb.DuckDBPyConnection, installation: Installation) -> None:
    queries = _Timed()
    frame = replace(frame_of(con, installation), backend=queries)
    [(cases,)] = con.execute("select count(*) from model.cases").fetchall()
    print(f"{cases:,} cases; frame: {_seconds(lambda: prepare(con, frame)):.1f} CPU s\n")
    print(f"| {' | '.join(HEAD)} |\n| --- | --- |{' ---: |' * (len(HEAD) - 2)}")
    total, every, prints = 0.0, 0, 0.0
    for indicator in installation.indicators.values():
        before = queries.seconds
        seconds = _seconds(lambda each=indicator: compute_indicator(con, each, frame))
        fingerprint = _fingerprint(con, indicator)
        parts = (seconds, queries.seconds - before, fingerprint)
        cells = _cells(con, indicator)
        _row(indicator, parts, cells, _scan(con, indicator))
        total, every, prints = total + seconds, every + cells, prints + fingerprint
    figures = (f"{total:.1f}", f"{queries.seconds:.1f}", f"{prints:.1f}", f"{every:,}")
    pace = f"{total / max(every, 1) * 1e6:.1f}"
    print(f"| all | | {' | '.join(figures)} | {pace} | | | 2 s per million cells |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory: {peak:,.0f} MiB\n", flush=True)


def make_home(cases: int) -> Path:
    """A simulated home of so many cases with its model, kept for the next time."""
    home = WORK / f"indicators-{cases}"
    if not Installation.at(home).home.staging.exists():
        petitions("simulate", "--cases", str(cases), "--home", str(home))
        measure("-m", "benchmarks.indicators", "--model", str(home))
    return home


def build(home: Path) -> None:
    """Run a home up to its model: nothing is checked, judged or published."""
    installation = Installation.at(home)
    for step in (land_files, parse_files, accept_records, derive_model):
        step(installation)


@dataclass(slots=True)
class _Timed(DuckDB):
    """DuckDB, and the CPU seconds that its queries over facts have taken."""

    seconds: float = 0.0

    def fill(self, con: duckdb.DuckDBPyConnection, into: str, query: str) -> None:
        """See `Backend.fill`."""
        self.seconds += _seconds(lambda: DuckDB.fill(self, con, into, query))


def _fingerprint(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> float:
    """CPU seconds to tell whether the facts of any year are others than before."""
    if not indicator.query:
        return 0.0
    day = "from_on" if "from_on" in indicator.columns else "on_date"
    query = f"""with facts as ({indicator.query})
        select year({day}) as facts_year, count(*), sum(hash(facts)) from facts group by all"""
    with bare_names(con):
        return _seconds(lambda: con.execute(query).fetchall())


def _scan(con: duckdb.DuckDBPyConnection, indicator: Indicator) -> float:
    """CPU seconds to read once more every column that the indicator speaks of."""
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


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _row(indicator: Indicator, parts: tuple[float, float, float], cells: int, scan: float) -> None:
    """One line; `parts` are the whole, the query down to the base, and the fingerprint."""
    scans = f"{parts[0] / scan:.0f}" if scan else ""
    pace = f"{parts[0] / cells * 1e6:.1f}" if cells else ""
    figures = (*(f"{part:.2f}" for part in parts), f"{cells:,}", pace)
    aim = str(AIMS[indicator.kind] or "")
    row = (indicator.id, indicator.kind, *figures, f"{scan:.3f}", scans, aim)
    print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--model":
        build(Path(sys.argv[2]))
    else:
        for asked in sys.argv[1:]:
            main(make_home(int(asked)) if asked.isdigit() else Path(asked))
