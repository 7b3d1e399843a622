"""Judging indicators: each by itself, several at once in processes of their own.

Nothing here knows a database. A case holds all that the mask of an indicator depends on, and a
verdict all that follows, so that the search, which holds the interpreter, can be shared out.
"""

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from threading import Thread

import numpy as np

from pipelines.privacy.cells import Bools, Cells
from pipelines.privacy.mask import Mask, mask_cells
from pipelines.privacy.policy import Policy
from pipelines.privacy.relations import Lines, Tree, find_lines
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
        unproven: cells that may be worked out even so, together with figures that are public
            already; 0 unless `shown_before` is given. Unless it is 0, or a person has accepted it,
            nothing is published.
    """

    shown: int
    primary: int
    complementary: int
    withheld: tuple[str, ...]
    unproven: int


@dataclass(frozen=True, slots=True)
class Case:
    """What is needed to judge one indicator, and no database: it may be judged elsewhere."""

    indicator: str
    cells: Cells
    shown: Bools
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
    mask, hidden = _mask(cells, lines, case.tree, case.shown, case.policy)
    report = GateReport(
        shown=int(np.count_nonzero(~hidden & ~cells.is_void)),
        primary=int(np.count_nonzero(hidden & cells.is_primary)),
        complementary=int(np.count_nonzero(hidden & ~cells.is_primary)),
        withheld=tuple(f"{case.indicator}/{by_name}/{year}" for by_name, year in mask.withheld),
        unproven=mask.unproven,
    )
    return Verdict(hidden, report)


def _mask(
    cells: Cells, lines: Lines, tree: Tree, shown: Bools, policy: Policy
) -> tuple[Mask, Bools]:
    """The mask of what is not too thin, and all that is hidden.

    What was shown before and is small now is hidden too: a revision must not show it small.
    Where the totals of a year cannot be proven safe, its counties are withheld, then its
    cities, then all of the year.
    """
    thick = hide_thin_periods(cells, tree, shown, policy.sparse_share)
    depth: Counter[int] = Counter()
    while True:
        is_sparse = find_sparse(cells, tree, shown, policy.sparse_share, depth)
        mask = mask_cells(*leave_out(thick, lines, is_sparse), tree, shown, policy.k)
        failed = [int(year) for name, year in mask.withheld if name == ""]
        if all(depth[year] == len(LEVELS_FROM_BELOW) for year in failed):
            return mask, (mask.hidden | is_sparse) & ~(shown & ~cells.is_primary)
        depth.update(year for year in failed if depth[year] < len(LEVELS_FROM_BELOW))
