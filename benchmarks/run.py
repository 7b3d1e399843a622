"""Whole runs beside their floor: `make bench`, or `python -m benchmarks.run 300000 1000000`.

Prints Markdown tables. A ratio compares two figures of the same call; absolute seconds belong to
the machine and its load.
"""

import shutil
import sys
from pathlib import Path

from benchmarks.measure import Cost, measure, petitions
from benchmarks.month import write_month
from pipelines.settings import PROJECT

WORK = PROJECT / "benchmarks" / ".work"
SIZES = (300_000, 1_000_000, 3_000_000)
START_UP_SECONDS = 15
MONTH_CASES = 20_000  # what lies in the home beside the month's workbooks


def main(sizes: tuple[int, ...]) -> None:
    """Whole runs of each size, then the month that offices really send."""
    runs = {f"{cases:,} cases": _whole_run(cases) for cases in sizes}
    runs["a month: 90 workbooks"] = _month()
    print("\n| run | step | seconds | peak MiB so far |\n| --- | --- | ---: | ---: |")
    for name, cost in runs.items():
        for step in cost.answer["steps"]:
            print(f"| {name} | {step['name']} | {step['seconds']:.1f} | {step['peak_mib']:,} |")


def _whole_run(cases: int) -> Cost:
    home = WORK / f"home-{cases}"
    shutil.rmtree(home, ignore_errors=True)
    simulated = petitions("simulate", "--cases", str(cases), "--home", str(home))
    _row(f"{cases:,} cases", "simulate", simulated)
    cost = _run_beside_floor(f"{cases:,} cases", home)
    shutil.rmtree(home)
    return cost


def _month() -> Cost:
    """Ninety county offices send a workbook of 2,000 rows each; seven of them are no good."""
    home = WORK / "home-month"
    shutil.rmtree(home, ignore_errors=True)
    petitions("simulate", "--cases", str(MONTH_CASES), "--home", str(home))
    bad = write_month(home)
    cost = _run_beside_floor("a month: 90 workbooks", home)
    turned_away = {file["name"] for file in cost.answer["turned_away"]}
    if turned_away != bad:
        raise AssertionError(f"expected {len(bad)} files turned away: {turned_away ^ bad}")
    shutil.rmtree(home)
    return cost


def _run_beside_floor(name: str, home: Path) -> Cost:
    floor = measure("-m", "benchmarks.floor", str(home), str(WORK / "floor"))
    shutil.rmtree(WORK / "floor")
    _row(name, "floor", floor)
    cost = petitions("run", "--json", "--home", str(home))
    _row(name, "run", cost, floor)
    _row(name, "run again, nothing new", petitions("run", "--home", str(home)))
    return cost


def _head() -> None:
    print("| run | what | seconds | CPU seconds | peak MiB | run / floor | (run - 15 s) / floor |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |", flush=True)


def _row(name: str, what: str, cost: Cost, floor: Cost | None = None) -> None:
    ratios = ("", "")
    if floor:
        beyond = max(cost.wall - START_UP_SECONDS, 0)
        ratios = (f"{cost.wall / floor.wall:.2f}", f"{beyond / floor.wall:.2f}")
    cells = (name, what, f"{cost.wall:.1f}", f"{cost.cpu:.1f}", f"{cost.peak_mib:,.0f}", *ratios)
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    _head()
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
