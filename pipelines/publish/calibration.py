"""How well the methods are calibrated: the table that `python -m benchmarks.coverage` measured.

It is the same in every release, as it speaks of the methods and of no data. The site and the method
page put it into words with the same functions.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import SHIPPED_REFERENCE
from pipelines.words import Lang, load_words

CALIBRATION = SHIPPED_REFERENCE / "calibration.csv"
_PERCENT = {"coverage", "false_alarm", "power", "smallest_effect", "within_tolerance"}
_AT_LEAST = {"coverage", "power"}
_AT_MOST = {"false_alarm", "width_ratio", "printed_width_ratio"}
_ERRORS = 2  # a promise counts as kept within so many standard errors of the simulation


@dataclass(frozen=True, slots=True)
class Calibration:
    """One measured property of a method in one kind of simulated world.

    Attributes:
        method: as in `dictionary.methods`, or the interval of an indicator.
        setting: the world that was drawn, `SETTING_<setting>` of the words.
        what: the property, `WHAT_<what>` of the words.
        nominal: what the method promises; none where it promises nothing.
        actual: what was measured.
        error: standard error of `actual`, of chance in the simulation.
        runs: worlds drawn.
        seed: of the first of them.
    """

    method: str
    setting: str
    what: str
    nominal: float | None
    actual: float
    error: float
    runs: int
    seed: int

    @property
    def is_kept(self) -> bool | None:
        """Whether the promise is kept, as far as so many worlds can tell; none without one.

        Intervals that hold more than they promise, and alarms rarer than promised, keep it.
        """
        if self.nominal is None:
            return None
        reach = _ERRORS * self.error
        is_enough = self.actual + reach >= self.nominal
        is_not_more = self.actual - reach <= self.nominal
        if self.what in _AT_LEAST:
            return is_enough
        return is_not_more if self.what in _AT_MOST else is_enough and is_not_more

    def words(self, part: str) -> dict[Lang, str]:
        """What stands for the `method`, the `setting` or `what` is measured, in both languages."""
        key = getattr(self, part)
        every = load_words()
        own = f"calibration.{part.upper()}_{key}"
        return every[own] if own in every else every[f"methods.{key}_title"]


def read_calibration(path: Path = CALIBRATION) -> list[Calibration]:
    """The rows of the table, in their order."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Calibration(
                line["method"],
                line["setting"],
                line["what"],
                float(line["nominal"]) if line["nominal"] else None,
                float(line["actual"]),
                float(line["error"]),
                int(line["runs"]),
                int(line["seed"]),
            )
            for line in csv.DictReader(file)
        ]


def calibration_rows() -> Iterator[tuple[object, ...]]:
    """Rows of `dictionary.calibration`, in the order of its columns."""
    for each in read_calibration():
        names = [each.words(part)[lang] for part in ("method", "setting", "what") for lang in Lang]
        measured = (each.nominal, each.actual, each.error, each.is_kept, each.runs, each.seed)
        yield (each.method, each.setting, each.what, *names, *measured)


def told(value: float | None, what: str) -> str:
    """A number of the table as pages print it; a dash where nothing is promised."""
    if value is None:
        return "–"
    if what in _PERCENT:
        return f"{100 * value:.{2 if value < 0.02 else 1}f}%"
    return f"{value:z.3f}".replace("-", "−") if what == "bias" else f"{value:.2f}"
