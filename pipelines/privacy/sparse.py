"""What is too thin to be worth masking cell by cell: whole levels and breakdowns of a year.

Where a large share of the cells of a level is small, a mask would hide most of the others too, and
proving it would cost more than it saves. Such a part is withheld whole, which is safe without a
search, because what stays visible binds it loosely:

- *Totals.* All counties of a year are withheld, at every kind of period (then all cities, if they
  are thin as well). The only sums left are "the counties of this city make the city", one for each
  city and period; between withheld cells there is no visible sum. Any county can hold nothing and
  any can hold all of it, in every period at once. The city itself is judged as before.
- *Breakdowns.* All values of a breakdown in a year are withheld, in every region and period. The
  sums left are "the values make the total". Any one value can hold all of every total, and then the
  sums over regions and periods hold as well, because they hold for the totals.

So the lines that touch a withheld cell can be left out of the search, and the cells with them.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.privacy.cells import Bools, Cells
from pipelines.privacy.relations import Lines, Tree, years_of

LEVELS_FROM_BELOW = ("county", "city")


def find_sparse(cells: Cells, tree: Tree, shown_before: Bools, share: float) -> Bools:
    """The cells that are withheld whole.

    Args:
        cells: the cells of an indicator.
        tree: their regions and periods.
        shown_before: cells that are public already; a part that has one is left to the mask.
        share: a part is withheld when more than this share of its cells is primary.
    """
    year = years_of(cells, tree)
    level = np.array(tree.levels)[cells.region]
    is_total = cells.value == 0
    is_sparse = np.zeros(len(cells), dtype=np.bool_)
    for each in np.unique(year):
        for part in _totals_from_below(is_total & (year == each), level):
            if not _is_thin(cells, part & ~cells.is_void, shown_before, share):
                break
            is_sparse |= part
    by_name = np.array(cells.by_names)[cells.value]
    for name in np.unique(by_name[~is_total]):
        for each in np.unique(year):
            part = (by_name == name) & (year == each)
            if _is_thin(cells, part & ~cells.is_void, shown_before, share):
                is_sparse |= part
    return is_sparse & ~cells.is_void


def leave_out(cells: Cells, lines: Lines, is_sparse: Bools) -> tuple[Cells, Lines]:
    """The cells and the lines that remain to be masked."""
    rest = replace(
        cells, is_void=cells.is_void | is_sparse, is_primary=cells.is_primary & ~is_sparse
    )
    return rest, lines.among(~is_sparse)


def _totals_from_below(of_year: Bools, level: NDArray[np.str_]) -> Iterator[Bools]:
    for name in LEVELS_FROM_BELOW:
        yield of_year & (level == name)


def _is_thin(cells: Cells, part: Bools, shown_before: Bools, share: float) -> bool:
    small = np.count_nonzero(part & cells.is_primary)
    return small > share * np.count_nonzero(part) and not (part & shown_before).any()
