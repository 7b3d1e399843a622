"""What is too thin to be worth masking cell by cell: kinds of periods, and whole levels of a year.

Where a large share of such cells is small, a mask would hide most of the others too, and finding it
would cost more than it saves.

- *Periods.* All cells of one level and kind of period in a year are hidden to begin with, of the
  totals (but never their years) and of each breakdown. The year to date goes with the months, whose
  sum it is. What is visible still binds them from several sides, so they stay in the search.
- *Levels.* Where the years of counties are thin, or the search finds no proof, all that is said of
  counties in that year is withheld, breakdowns too and at every kind of period (then the cities, if
  they are thin as well), and left out of the search. The only visible sums that touch them are "the
  counties of this city make the city", one for each city, period and value. Any county can hold
  nothing and any can hold all of it, in every period and value at once, and then all sums hold,
  because they hold for the city; which itself is judged as before. Cells with nothing to count are
  withheld with them, or they would say that they hold nothing. So they are safe without a search.
  Last comes the province, which leaves nothing of the year, and no sum goes beyond a year.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.privacy.cells import Bools, Cells, Ints
from pipelines.privacy.relations import Lines, Tree, years_of

LEVELS_FROM_BELOW = (("county", "unit"), ("city",), ("province",))


def find_sparse(
    cells: Cells, tree: Tree, shown_before: Bools, share: float, depth: Mapping[int, int]
) -> Bools:
    """The levels of years that are withheld whole.

    Args:
        cells: the cells of an indicator.
        tree: their regions and periods.
        shown_before: cells that are public already; a level that has one is left to the mask.
        share: a level is withheld when more than this share of its cells is primary.
        depth: how many levels of a year, from below, are withheld in any case.
    """
    year, level = years_of(cells, tree), np.array(tree.levels)[cells.region]
    is_judged = (cells.value == 0) & _tells_year(cells, tree, year)
    is_sparse = np.zeros(len(cells), dtype=np.bool_)
    for each in np.unique(year):
        for place, part in enumerate(_levels((year == each) & cells.can_hide, level)):
            is_due = place < depth.get(int(each), 0)
            is_thin = _is_thin(cells, part & is_judged, share)
            if not (is_due or is_thin) or (part & shown_before).any():
                break
            is_sparse |= part
    return is_sparse


def hide_thin_periods(cells: Cells, tree: Tree, shown_before: Bools, share: float) -> Cells:
    """The cells, with those of thin kinds of periods to be hidden for their own sake."""
    is_thin = np.zeros(len(cells), dtype=np.bool_)
    kinds = np.array(["month" if kind == "ytd" else kind for kind in tree.kinds])
    keys = (
        (cells.value > 0) | (kinds[cells.period] != "year"),
        np.unique(cells.by_names, return_inverse=True)[1][cells.value],
        years_of(cells, tree),
        np.unique(tree.levels, return_inverse=True)[1][cells.region],
        np.unique(kinds, return_inverse=True)[1][cells.period],
    )
    parts, number = np.unique(np.stack(keys), axis=1, return_inverse=True)
    for each in np.flatnonzero(parts[0]):
        there = (number == each) & ~cells.is_void
        if _is_thin(cells, there, share) and not (there & shown_before).any():
            is_thin |= there
    return replace(cells, is_primary=cells.is_primary | is_thin)


def leave_out(cells: Cells, lines: Lines, is_sparse: Bools) -> tuple[Cells, Lines]:
    """The cells and the lines that remain to be masked."""
    rest = replace(
        cells, is_void=cells.is_void | is_sparse, is_primary=cells.is_primary & ~is_sparse
    )
    return rest, lines.among(~is_sparse)


def _tells_year(cells: Cells, tree: Tree, year: Ints) -> Bools:
    """The cells of years, or of all periods of a year that is not published yet."""
    is_year = (np.array(tree.kinds) == "year")[cells.period]
    return is_year | ~np.isin(year, np.unique(year[is_year]))


def _levels(of_year: Bools, level: NDArray[np.str_]) -> Iterator[Bools]:
    for names in LEVELS_FROM_BELOW:
        yield of_year & np.isin(level, names)


def _is_thin(cells: Cells, there: Bools, share: float) -> bool:
    small = int(np.count_nonzero(there & cells.is_primary))
    return small > share * int(np.count_nonzero(there & ~cells.is_void))
