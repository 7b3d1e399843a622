"""Whole runs beside their floor: `make bench`, or `python -m benchmarks.run 300000 1000000`.

Prints a Markdown table. A ratio compares two figures of the same call; absolute seconds belong to
the machine and its load.
"""

import shutil
import sys

from benchmarks.measure import Cost, measure, petitions
from pipelines.settings import PROJECT

WORK = PROJECT / "benchmarks" / ".work"
SIZES = (300_000, 1_000_000, 3_000_000)
START_UP_SECONDS = 15


def main(sizes: tuple[int, ...]) -> None:
    print(
        "| cases | what | seconds | CPU seconds | peak MiB | run / floor | (run - 15 s) / floor |"
    )
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    for cases in sizes:
        home = WORK / f"home-{cases}"
        shutil.rmtree(home, ignore_errors=True)
        row(cases, "simulate", petitions("simulate", "--cases", str(cases), "--home", str(home)))
        floor = measure("-m", "benchmarks.floor", str(home), str(WORK / "floor"))
        row(cases, "floor", floor)
        row(cases, "run", petitions("run", "--home", str(home)), floor)
        row(cases, "run again, nothing new", petitions("run", "--home", str(home)))
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(WORK / "floor", ignore_errors=True)


def row(cases: int, what: str, cost: Cost, floor: Cost | None = None) -> None:
    ratios = ("", "")
    if floor:
        beyond = max(cost.wall - START_UP_SECONDS, 0)
        ratios = (f"{cost.wall / floor.wall:.2f}", f"{beyond / floor.wall:.2f}")
    cells = (f"{cases:,}", what, f"{cost.wall:.1f}", f"{cost.cpu:.1f}", f"{cost.peak_mib:,.0f}")
    print("| " + " | ".join((*cells, *ratios)) + " |", flush=True)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
