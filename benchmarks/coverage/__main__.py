"""Measure the calibration of every method: `python -m benchmarks.coverage [runs [study ...]]`.

Prints the table as Markdown, writes `data/reference/calibration.csv`, which every report quotes,
and the tables of the method pages. `runs` is that of an ordinary study; quick ones draw more
worlds, dear ones fewer, and the table says how many. Of some studies by name, such as `trends`, the
rows take their places in the table that is there.
"""

import sys
from collections.abc import Iterable, Iterator

from benchmarks.coverage.charts import charts, issues
from benchmarks.coverage.days import days
from benchmarks.coverage.durations import durations
from benchmarks.coverage.harness import SEED, Row, Study, in_place, write_rows
from benchmarks.coverage.mixes import mixes
from benchmarks.coverage.page import markdown, write_pages
from benchmarks.coverage.places import places
from benchmarks.coverage.recovery import recovery
from benchmarks.coverage.trends import trends
from benchmarks.coverage.visits import visits
from pipelines.publish.calibration import CALIBRATION, read_calibration
from pipelines.words import Lang

RUNS = 300
STUDIES: tuple[Study, ...] = (
    durations, places, mixes, charts, trends, days, visits, issues, recovery
)  # fmt: skip


def measure(studies: Iterable[Study], runs: int, seed: int = SEED) -> Iterator[Row]:
    """Every row of these studies."""
    for study in studies:
        yield from study(runs, seed)


def main() -> None:
    runs, *names = sys.argv[1:] or [str(RUNS)]
    by_name = {study.__name__: study for study in STUDIES}
    rows = list(measure([by_name[name] for name in names or by_name], int(runs)))
    write_rows(CALIBRATION, in_place(rows, read_calibration()) if names else rows)
    rows = read_calibration()
    write_pages(rows)
    print(markdown(rows, Lang.EN))


if __name__ == "__main__":
    main()
