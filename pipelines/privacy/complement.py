"""Which further cells to hide, so that no sum gives a hidden one away.

The chooser looks at one line at a time. Hidden cells that stand on one side of a line (parts only,
or wholes only) must be at least two and hold at least k - 1 between them in every atom; else the
line alone says that each of them is less. Where a line falls short, its cheapest visible member is
hidden too, and so on until nothing falls short.

Cheap is, in this order: a fine cell before a coarse one; a cell that meets the whole want; one
whose other lines already hold hidden cells (so that rectangles close and do not spread); a small
region or breakdown value, and always the same one; an early period. The choice does not depend on
the order of rows.

All this is necessary and not sufficient: that the hidden cells are safe is for `audit` to prove.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.privacy.cells import UNKNOWN, Bools, Ints
from pipelines.privacy.relations import BREAKDOWN, PART, REGION, TIME, Lines


@dataclass(frozen=True, slots=True)
class Choice:
    """What the chooser may draw on.

    Attributes:
        lines: the sums that a reader knows.
        atoms: [atoms, cells] what the cells hold.
        is_fixed: cannot be hidden.
        worth: the loss when a cell is hidden.
        rank: among cells of equal worth, the lower is hidden first.
        k: the threshold of the policy.
    """

    lines: Lines
    atoms: Ints
    is_fixed: Bools
    worth: Ints
    rank: Ints
    k: int


@dataclass(frozen=True, slots=True)
class _Tally:
    """Some cells, line by line.

    Attributes:
        count: how many of them a line has.
        side: PART or WHOLE where all stand on one side, else 0.
        held, is_known: [atoms, lines] what they hold, and whether any of them has that number.
    """

    count: Ints
    side: Ints
    held: Ints
    is_known: Bools

    def lacking(self, k: int) -> Ints:
        """[atoms, lines] what is missing from k - 1."""
        is_wanted = self.is_known & (self.side != 0)
        return np.where(is_wanted, np.maximum(k - 1 - self.held, 0), 0)

    def is_short(self, k: int) -> Bools:
        """Lines that alone give one of the cells away."""
        return (self.count == 1) | (self.lacking(k) > 0).any(axis=0)


def close_lines(choice: Choice, hidden: Bools) -> Bools:
    """Hide more until no line falls short, or those that do cannot be mended."""
    hidden = hidden.copy()
    while True:
        before = np.count_nonzero(hidden)
        for family in (TIME, REGION, BREAKDOWN):
            tally = _tally(choice, hidden)
            is_short = tally.is_short(choice.k)
            hidden[_pick(choice, hidden, tally, is_short & (choice.lines.family == family))] = True
        if np.count_nonzero(hidden) == before:
            return hidden


def reinforce(choice: Choice, hidden: Bools, is_weak: Bools) -> Bools:
    """Hide one more cell beside each hidden cell that is not proven safe, where there is one."""
    lines = choice.lines
    is_free = ~hidden & ~choice.is_fixed
    has_free = np.bincount(lines.line, is_free[lines.cell], minlength=lines.count) > 0
    beside = np.flatnonzero(is_weak[lines.cell] & has_free[lines.line])
    crowd = np.bincount(lines.line, hidden[lines.cell], minlength=lines.count)[lines.line[beside]]
    order = np.lexsort((beside, crowd, lines.cell[beside]))
    cell = lines.cell[beside][order]
    wanted = np.zeros(lines.count, dtype=np.bool_)
    wanted[lines.line[beside][order][np.diff(cell, prepend=-1) != 0]] = True
    hidden = hidden.copy()
    hidden[_pick(choice, hidden, _tally(choice, hidden), wanted)] = True
    return hidden


def find_trapped(choice: Choice, hidden: Bools) -> Bools:
    """Visible cells that could not be protected if they were hidden.

    Some line has too few others that could be hidden with them, on either side. Cells that are
    fixed already are among them.
    """
    lines, is_fixed = choice.lines, choice.is_fixed.copy()
    while True:
        is_free = hidden | ~is_fixed
        is_hopeless = _tally(choice, is_free).is_short(choice.k)
        trapped = lines.cell[is_hopeless[lines.line]]
        trapped = trapped[~hidden[trapped] & ~is_fixed[trapped]]
        if not trapped.size:
            return is_fixed
        is_fixed[trapped] = True


def _tally(choice: Choice, chosen: Bools) -> _Tally:
    lines = choice.lines
    member = np.flatnonzero(chosen[lines.cell])
    line, cell = lines.line[member], lines.cell[member]
    parts = np.bincount(line[lines.sign[member] == PART], minlength=lines.count)
    count = np.bincount(line, minlength=lines.count)
    side = np.select([count == 0, parts == count, parts == 0], [0, PART, -PART], 0)
    held = [
        np.bincount(line, np.maximum(atom[cell], 0), minlength=lines.count) for atom in choice.atoms
    ]
    is_known = [
        np.bincount(line, atom[cell] != UNKNOWN, minlength=lines.count) > 0 for atom in choice.atoms
    ]
    shape = (len(choice.atoms), lines.count)
    return _Tally(
        count,
        side,
        np.array(held, dtype=np.int64).reshape(shape),
        np.array(is_known, dtype=np.bool_).reshape(shape),
    )


def _pick(choice: Choice, hidden: Bools, tally: _Tally, wanted: Bools) -> Ints:
    """For each wanted line the cheapest visible member that helps it."""
    lines = choice.lines
    is_free = ~hidden & ~choice.is_fixed
    member = np.flatnonzero(wanted[lines.line] & is_free[lines.cell])
    line, cell = lines.line[member], lines.cell[member]
    is_beside = lines.sign[member] == tally.side[line]
    lacking = tally.lacking(choice.k)[:, line]
    held = np.maximum(choice.atoms[:, cell], 0)
    is_lacking = lacking > 0
    is_enough = ~is_beside | (held >= lacking).all(axis=0)
    helps = ~is_beside | ~is_lacking.any(axis=0) | (is_lacking & (held > 0)).any(axis=0)
    # all that stands beside is not enough: only a cell of the other side can help
    gain = [np.bincount(line[is_beside], atom[is_beside], minlength=lines.count) for atom in held]
    missing = lacking > np.array(gain, dtype=np.int64).reshape(len(gain), lines.count)[:, line]
    helps &= ~(is_beside & missing.any(axis=0))
    cost = _spread(choice, tally)
    keys = (cell, choice.rank[cell], cost[cell], ~is_enough, choice.worth[cell], line)
    order = np.lexsort(tuple(key[helps] for key in keys))
    chosen_line = line[helps][order]
    return np.unique(cell[helps][order][np.diff(chosen_line, prepend=-1) != 0])


def _spread(choice: Choice, tally: _Tally) -> Ints:
    """Per cell: lines that hiding it would newly touch, less the short ones that it may mend."""
    lines = choice.lines
    change = (tally.count == 0).astype(np.int64) - tally.is_short(choice.k)
    return np.bincount(lines.cell, change[lines.line], minlength=choice.worth.size).astype(np.int64)
