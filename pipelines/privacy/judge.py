"""Judging indicators: each by itself, several at once in processes of their own.

Nothing here knows a database. A case holds all that the mask of an indicator depends on, and a
verdict all that follows, so that the search, which holds the interpreter, can be shared out.
"""

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from threading import Thread

import numpy as np

from pipelines.privacy.cells import Bools, Cells
from pipelines.privacy.mask import Mask, mask_cells
from pipelines.privacy.policy import Policy
from pipelines.privacy.relations import Lines, Tree, find_lines, years_of
from pipelines.privacy.sparse import (
    LEVELS_FROM_BELOW,
    find_sparse,
    hide_thin_periods,
    leave_out,
)


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate did, in counts of cells (a cell holds all measures of one place).

    Attributes:
        shown: cells with a figure that are published.
        primary: cells hidden for their own sake.
        complementary: cells hidden because they would give others away.
        withheld: what could not be proven safe and is hidden whole, as indicator/breakdown/year.
        unproven: cells that figures of past releases may tell; of their years nothing new is shown.
            0 where nothing was published before.
    """

    shown: int
    primary: int
    complementary: int
    withheld: tuple[str, ...]
    unproven: int


@dataclass(frozen=True, slots=True)
class Case:
    """What is needed to judge one indicator, and no database: it may be judged elsewhere.

    Attributes:
        shown: cells whose figures are public already.
        is_old: cells that were published before, shown or hidden, and stay as they are.
    """

    indicator: str
    cells: Cells
    shown: Bools
    is_old: Bools
    tree: Tree
    policy: Policy


@dataclass(frozen=True, slots=True)
class Verdict:
    """The mask of one indicator and what it amounts to."""

    hidden: Bools
    report: GateReport


def judge_all(cases: list[Case], workers: int) -> list[Verdict]:
    """Judge the indicators in several processes: the search holds the interpreter."""
    if workers == 1 or len(cases) < 2:
        return [_judge(case) for case in cases]
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with_parent) as pool:
        waiting = {
            case.indicator: pool.submit(_judge, case)
            for case in sorted(cases, key=lambda case: -len(case.cells))
        }
        return [waiting[case.indicator].result() for case in cases]


def _end_with_parent() -> None:
    """Leave when the run is killed: a worker that waits for work would wait for ever."""
    parent = parent_process()

    def leave() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=leave, daemon=True).start()


def _judge(case: Case) -> Verdict:
    """Decide the mask of one indicator."""
    cells = case.cells
    lines = find_lines(cells, case.tree)
    mask, hidden = _mask(case, lines)
    report = GateReport(
        shown=int(np.count_nonzero(~hidden & ~cells.is_void)),
        primary=int(np.count_nonzero(hidden & cells.is_primary)),
        complementary=int(np.count_nonzero(hidden & ~cells.is_primary)),
        withheld=tuple(f"{case.indicator}/{by_name}/{year}" for by_name, year in mask.withheld),
        unproven=mask.unproven,
    )
    return Verdict(hidden, report)


def _mask(case: Case, lines: Lines) -> tuple[Mask, Bools]:
    """The mask of what is not too thin, and all that is hidden.

    What was shown before and is small now is hidden too: a revision must not show it small.
    Where the totals of a year cannot be proven safe, its counties are withheld, then its
    cities, then all of the year. Where figures that are public leave no mask, nothing else is shown
    of the year, so that a reader learns nothing new; no sum goes beyond a year. A year in which
    nothing is new stays as it was published.
    """
    cells, shown, tree, policy = case.cells, case.shown, case.tree, case.policy
    thick = hide_thin_periods(cells, tree, shown, policy.sparse_share)
    year = years_of(cells, tree)
    depth: Counter[int] = Counter()
    changing = np.unique(year[~case.is_old & cells.can_hide])
    is_over = ~np.isin(year, changing) & cells.can_hide
    withheld: list[tuple[str, str]] = []
    unproven = 0
    while True:
        is_sparse = find_sparse(cells, tree, shown, policy.sparse_share, depth)
        is_out = is_sparse | is_over
        mask = mask_cells(*leave_out(thick, lines, is_out), tree, shown, policy.k)
        name, failed = mask.failed
        deeper = [each for each in failed if not name and depth[each] < len(LEVELS_FROM_BELOW)]
        if not failed:
            hidden = (mask.hidden | is_out) & ~(shown & ~cells.is_primary)
            return replace(mask, withheld=(*mask.withheld, *withheld), unproven=unproven), hidden
        if deeper:
            depth.update(deeper)
            continue
        is_over |= np.isin(year, failed) & cells.can_hide
        withheld += [(name, str(each)) for each in failed]
        unproven += mask.unproven
