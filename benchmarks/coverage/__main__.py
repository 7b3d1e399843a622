"""Measure the calibration of every method: `python -m benchmarks.coverage [runs]`.

Prints the table as Markdown, writes `data/reference/calibration.csv`, which every report quotes,
and the tables of the method pages. `runs` is that of an ordinary study; quick ones draw more
worlds, dear ones fewer, and the table says how many.
"""

import sys
from collections.abc import Iterator

from benchmarks.coverage.charts import charts, issues
from benchmarks.coverage.durations import durations
from benchmarks.coverage.harness import SEED, Row, Study, write_rows
from benchmarks.coverage.page import markdown, write_pages
from benchmarks.coverage.places import places
from benchmarks.coverage.recovery import recovery
from benchmarks.coverage.trends import trends
from benchmarks.coverage.visits import visits
from pipelines.publish.calibration import CALIBRATION, read_calibration
from pipelines.words import Lang

RUNS = 300
STUDIES: tuple[Study, ...] = (durations, places, charts, trends, visits, issues, recovery)


def measure(runs: int, seed: int = SEED) -> Iterator[Row]:
    """Every row of the table."""
    for study in STUDIES:
        yield from study(runs, seed)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    rows = list(measure(runs))
    write_rows(CALIBRATION, rows)
    rows = read_calibration()
    write_pages(rows)
    print(markdown(rows, Lang.EN))


if __name__ == "__main__":
    main()
