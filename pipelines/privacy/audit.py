"""The proof that hidden cells are safe: other tables that would have been published the same.

A reader knows every visible cell and every line, and that hidden cells hold 0 or more. For each
atom, any whole numbers >= 0 in the hidden cells that keep every line are a table that could be the
true one. If such tables are *shown to exist* in which a hidden cell is low and others in which it
is high, the reader cannot exclude either. How the tables were found is no part of the proof, only
the check that they are legal, which is made in integers.

So `prove` looks for tables by linear programmes, rounds them, checks them, and keeps for each cell
the lowest and the highest value seen. A cell is safe when, in every atom that it has,

- a value below k could as well be 0, and be k - 1 (the interval covers 1 .. k - 1), and
- the values seen span at least k whole numbers.

Each atom is searched for itself: the lines say nothing of one atom that depends on another, so
legal tables for each make a legal table together. A composite number is a sum of atoms, and spans
at least what each of them spans. Cells and lines fall apart into components; in a component that
is left alone the truth itself is legal, so tables found for one component need not care for others.

What is not found within the effort allowed counts as unsafe. Propagated bounds would not do: they
are outer bounds, and tell what is impossible, never what is possible.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipelines.privacy.cells import UNKNOWN, Bools, Cells, Ints
from pipelines.privacy.relations import BREAKDOWN, Lines

Floats = NDArray[np.float64]

PROGRESS = 0.05  # of the unsafe cells: what a table should show at least
PATIENCE = 3  # tables in a row that may show less
BATCH = 2000  # cells in one programme; a component is never divided
SEED = 10


@dataclass(slots=True)
class Seen:
    """[atoms, cells] the lowest and the highest value of each cell over the tables shown."""

    low: Ints
    high: Ints

    @classmethod
    def only_truth(cls, cells: Cells) -> Self:
        """Nothing shown yet but the true table."""
        truth = np.maximum(cells.atoms, 0)
        return cls(truth.copy(), truth.copy())

    def is_unsafe(self, cells: Cells, atom: int, number: Ints, k: int) -> Bools:
        """Which of the cells numbered are not shown to be safe in one atom."""
        low, high = self.low[atom, number], self.high[atom, number]
        is_seen = (low <= cells.floor[atom, number]) & (high >= cells.ceiling[atom, number])
        return ~(is_seen & (high - low >= k - 1)) & (cells.atoms[atom, number] != UNKNOWN)


def prove(cells: Cells, lines: Lines, hidden: Bools, seen: Seen, k: int) -> Bools:
    """Look for tables that show each hidden cell to be safe.

    Args:
        cells: the cells and their atoms.
        lines: the sums that a reader knows.
        hidden: the cells that a reader does not see.
        seen: widened in place. What was shown for fewer hidden cells stays true for more.
        k: the threshold of the policy.

    Returns:
        The hidden cells that are not shown to be safe.
    """
    system = _System.of(lines, hidden)
    is_weak = np.zeros(len(cells), dtype=np.bool_)
    for atom in range(cells.atoms.shape[0]):
        random = np.random.default_rng(SEED)
        idle = 0
        goals = _Goals.of(cells, seen, system, atom, k)
        while goals.is_unsafe.any() and idle < PATIENCE:
            before = np.count_nonzero(goals.is_unsafe)
            _show_tables(system, goals, seen, goals.push_all(random))
            goals = _Goals.of(cells, seen, system, atom, k)
            idle = 0 if np.count_nonzero(goals.is_unsafe) < (1 - PROGRESS) * before else idle + 1
        is_weak[system.cell] |= goals.is_unsafe
    return is_weak


def keep_shown(cells: Cells, lines: Lines, hidden: Bools, seen: Seen) -> Seen:
    """What was shown for the totals and still stands when a breakdown is laid beside them.

    That is so in components that no line of the breakdown touches; all else starts anew.
    """
    system = _System.of(lines, hidden)
    touched = lines.cell[(lines.family == BREAKDOWN)[lines.line] & hidden[lines.cell]]
    starts_anew = np.isin(system.component, system.component[np.isin(system.cell, touched)])
    kept, anew = Seen(seen.low.copy(), seen.high.copy()), system.cell[starts_anew]
    truth = Seen.only_truth(cells)
    kept.low[:, anew], kept.high[:, anew] = truth.low[:, anew], truth.high[:, anew]
    return kept


@dataclass(frozen=True, slots=True)
class _System:
    """The lines among hidden cells, sorted by component.

    Attributes:
        cell: the hidden cells.
        component: of each of them, ascending.
        matrix: [lines, cells] +1 for a part and -1 for a whole.
        line_component: of each line, ascending.
    """

    cell: Ints
    component: Ints
    matrix: Any
    line_component: Ints

    @classmethod
    def of(cls, lines: Lines, hidden: Bools) -> Self:
        from scipy.sparse import block_array, csr_array  # noqa: PLC0415 - heavy
        from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - heavy

        cell = np.flatnonzero(hidden)
        member = np.flatnonzero(hidden[lines.cell])
        touched, line = np.unique(lines.line[member], return_inverse=True)
        column = np.searchsorted(cell, lines.cell[member])
        shape = (touched.size, cell.size)
        matrix = csr_array((lines.sign[member], (line, column)), shape=shape)
        graph = block_array([[None, matrix], [matrix.T, None]])
        _, label = connected_components(graph, directed=False)
        of_line, of_cell = label[: touched.size], label[touched.size :]
        by_line, by_cell = np.argsort(of_line, kind="stable"), np.argsort(of_cell, kind="stable")
        return cls(cell[by_cell], of_cell[by_cell], matrix[by_line][:, by_cell], of_line[by_line])

    def batches(self, wanted: Bools) -> Iterator[tuple[Ints, Ints]]:
        """Lines and cells of the components in which a cell is wanted, some together."""
        sizes = np.bincount(self.component)
        is_wanted = np.bincount(self.component, wanted) > 0
        batch = np.where(is_wanted, np.cumsum(sizes * is_wanted) // BATCH, -1)
        for number in np.unique(batch[is_wanted]):
            yield (
                np.flatnonzero(batch[self.line_component] == number),
                np.flatnonzero(batch[self.component] == number),
            )


@dataclass(frozen=True, slots=True)
class _Goals:
    """What is still to be shown of one atom, per cell of the system.

    Attributes:
        truth: the true values.
        is_unsafe: cells for which something is missing.
        lowest, highest: values that would do, downwards and upwards.
        direction: 1 where only high values are missing, -1 only low ones, 0 either would help.
    """

    atom: int
    truth: Ints
    is_unsafe: Bools
    lowest: Ints
    highest: Ints
    direction: Ints

    @classmethod
    def of(cls, cells: Cells, seen: Seen, system: _System, atom: int, k: int) -> Self:
        low, high = seen.low[atom, system.cell], seen.high[atom, system.cell]
        floor, ceiling = cells.floor[atom, system.cell], cells.ceiling[atom, system.cell]
        truth = np.maximum(cells.atoms[atom, system.cell], 0)
        wants_low, wants_high = low > floor, high < ceiling
        return cls(
            atom=atom,
            truth=truth,
            is_unsafe=seen.is_unsafe(cells, atom, system.cell, k),
            lowest=np.clip(np.minimum(floor, high - (k - 1)), 0, truth),
            highest=np.maximum.reduce([ceiling, low + k - 1, truth]),
            direction=wants_high.astype(np.int64) - wants_low,
        )

    def push_all(self, random: np.random.Generator) -> Floats:
        """Push every unsafe cell, up or down, each with a force of its own."""
        either = random.choice([-1, 1], self.truth.size)
        sign = np.where(self.direction == 0, either, self.direction)
        return self.is_unsafe * sign * random.uniform(0.5, 1.5, self.truth.size)


def _show_tables(system: _System, goals: _Goals, seen: Seen, push: Floats) -> None:
    """Find one more table for each component that is pushed, and note what it shows."""
    for lines, cells in system.batches(push != 0):
        matrix, truth = system.matrix[lines][:, cells], goals.truth[cells]
        lowest = np.where(push[cells] < 0, goals.lowest[cells], 0)
        highest = np.where(push[cells] > 0, goals.highest[cells], np.inf)
        table = _solve(
            matrix, truth, push[cells], np.stack([lowest, highest], axis=1).astype(float)
        )
        is_broken = matrix @ table != matrix @ truth
        broken = system.line_component[lines][is_broken]
        is_legal = (table >= 0) & ~np.isin(system.component[cells], broken)
        number, shown = system.cell[cells][is_legal], table[is_legal]
        seen.low[goals.atom, number] = np.minimum(seen.low[goals.atom, number], shown)
        seen.high[goals.atom, number] = np.maximum(seen.high[goals.atom, number], shown)


def _solve(matrix: Any, truth: Ints, push: Floats, bounds: Floats) -> Ints:
    """The table that goes furthest the way it is pushed, in whole numbers; or the truth."""
    from scipy.optimize import linprog  # noqa: PLC0415 - heavy

    found = linprog(
        -push,
        A_eq=matrix,
        b_eq=matrix @ truth,
        bounds=bounds,
        method="highs-ds",
        options={"presolve": False},
    )
    return np.rint(found.x).astype(np.int64) if found.success else truth
