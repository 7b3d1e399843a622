"""Which further cells to hide so that no sum gives a hidden one away.

The chooser looks at one line at a time: hidden cells of a line on one side (parts only, or wholes
only) must be at least two and hold at least k - 1 between them in every atom, else each of them is
known to be less than k. Where a line falls short, the cheapest visible member is hidden too.

Cheap is, in this order: a fine cell before a coarse one; a cell that carries something before a
zero; one that meets the whole want; one whose other lines already hold hidden cells (so that
rectangles close instead of spreading); a small region or breakdown value, always the same one; an
early period. The choice is deterministic and needs no order of rows.

This is necessary, not sufficient: that the cells hidden are safe is for `audit` to prove.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.privacy.cells import Bools, Ints
from pipelines.privacy.relations import PART, TIME, REGION, BREAKDOWN, Lines


@dataclass(frozen=True, slots=True)
class Choice:
    """What the chooser knows of the cells.

    Attributes:
        counts: [atoms, cells] what the cells hold.
        is_fixed: cannot be hidden.
        worth: the loss when a cell is hidden; coarser cells are worth more.
        rank: among cells of equal worth, lower is hidden first.
    """

    counts: Ints
    is_fixed: Bools
    worth: Ints
    rank: Ints
    k: int


def close_lines(lines: Lines, choice: Choice, hidden: Bools) -> Bools:
    """The hidden cells and those that must join them, until no line falls short or can be mended."""
    hidden = hidden.copy()
    grown = True
    while grown:
        grown = False
        for family in (TIME, REGION, BREAKDOWN):
            want = lines_short(lines, choice, hidden)
            want[:, lines.family != family] = 0
            chosen = _pick(lines, choice, hidden, want)
            grown = grown or chosen.size > 0
            hidden[chosen] = True
    return hidden
