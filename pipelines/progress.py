"""How far a run has come, and what each of its steps cost."""

import resource
from dataclasses import dataclass
from time import perf_counter
from typing import Self

from rich import progress

from pipelines.screen import Screen
from pipelines.words import Lang, say


@dataclass(frozen=True, slots=True)
class Step:
    """What a step cost.

    Attributes:
        name: as in `cli.STEP_<name>`.
        seconds: wall time.
        peak_mib: the most memory that this process had held by its end, in MiB; helpers of its
            own (workbook reader, gate, Chrome) are not counted.
    """

    name: str
    seconds: float
    peak_mib: int

    def row(self, lang: Lang) -> tuple[str, str, str]:
        """The step for a table on a screen."""
        return say(f"cli.STEP_{self.name}", lang), f"{self.seconds:.1f}", f"{self.peak_mib:,}"


class Progress:
    """Draws the progress bar and remembers what each step cost; use it as a context manager.

    `name` is the step that is running, empty before the first. A step may begin several times, one
    after the other: it is counted as one.
    """

    def __init__(self, screen: Screen, steps: int) -> None:
        self.steps: list[Step] = []
        self._lang = screen.lang
        self.name, self._began = "", perf_counter()
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            progress.TimeElapsedColumn(),
            console=screen.err,
            disable=not screen.err.is_terminal,
        )
        self._task = self._bar.add_task("", total=steps)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.begin("")
        self._bar.stop()

    @property
    def step(self) -> str:
        """The step that is running, in the reader's language."""
        return say(f"cli.STEP_{self.name}", self._lang) if self.name else ""

    def begin(self, name: str) -> None:
        """Note that the step `name` begins and the one before it has ended."""
        now = perf_counter()
        if self.name:
            self._note(now - self._began)
            self._bar.advance(self._task)
        self.name, self._began = name, now
        self._bar.update(self._task, description=self.step)

    def _note(self, seconds: float) -> None:
        if self.steps and self.steps[-1].name == self.name:
            seconds += self.steps.pop().seconds
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self.steps.append(Step(self.name, seconds, peak))
