"""A breakdown cut back to its skeleton: cities and province by the year, and nothing below it.

Tables of region by month by value are hard to mask: their hidden cells hang together in three
directions, and whole-number tables that prove them safe are rarely found. Cut back to the year, a
breakdown is a plain table of cities by values, for which they are. What lies below is hidden whole
and left out of the search. How far it can be narrowed is known without one:

- in one city and year, months by values is a table of which the reader knows the margins: the
  city's total of each month and the city's year of each value; and so is counties by values;
- a stable unit is the sum of some of these counties: its row is theirs together, and where one of
  them has no total, the others and the unit tell what is left for it;
- these tables do not hang together, because the sums over them (the province's months) are hidden;
- a cell of a table with known margins `row` and `column` and total `n` can be any whole number from
  max(0, row + column - n) to min(row, column) (Hoeffding 1940, Frechet 1951), whatever table of the
  years was proven possible above it, because margins with equal sums always have a table. Cells
  with nothing to count are hidden with the others, or they would be known to be zero;
- stocks do not add up over time: the year is the stock of its last day. Of what ends on another
  day the reader knows only the total over the values, so each cell can be nothing or all of it.
"""

import numpy as np

from pipelines.privacy.audit import Seen
from pipelines.privacy.cells import UNKNOWN, Bools, Cells, Ints
from pipelines.privacy.relations import Tree, years_of

KEPT_LEVELS = ("city", "province")
LOCAL_LEVELS = ("county", "unit")


def below_skeleton(cells: Cells, tree: Tree) -> Bools:
    """The cells of breakdowns that do not tell the year of a city or of the province.

    The stock of the last quarter and of December is that of the year.
    """
    is_kept = np.isin(np.array(tree.levels)[cells.region], KEPT_LEVELS)
    is_year = (np.array(tree.kinds) == "year")[cells.period]
    if cells.is_stock:
        is_year |= _ends_year(cells, tree)
    return (cells.value > 0) & ~(is_kept & is_year)


def find_narrowed(cells: Cells, tree: Tree, seen: Seen, below: Bools, k: int) -> Bools:
    """Which hidden cells below the skeleton are not safe between their margins.

    Args:
        cells: the cells of an indicator.
        tree: their regions and periods.
        seen: what the cells of the skeleton were shown to be able to hold.
        below: the cells to judge; a cell of the province is safe where those of its cities are, so
            it is judged by itself only in years without cities.
        k: the threshold of the policy.
    """
    level = np.array(tree.levels)[cells.region]
    is_there = below & ~cells.is_void
    with_cities = np.unique(years_of(cells, tree)[is_there & (level == "city")])
    has_cities = np.isin(years_of(cells, tree), with_cities)
    is_judged = is_there & ~((level == "province") & has_cities)
    number = np.flatnonzero(is_judged)
    value, region, period = cells.value[number], cells.region[number], cells.period[number]
    is_local = np.isin(level[number], LOCAL_LEVELS)
    parents = _parents(tree)
    above = np.where(is_local, parents[period, region], region)
    year = np.where(is_local, period, _year_periods(cells, tree)[number])
    # a year that is not published yet binds nothing, nor does the stock of another day
    is_open = ~is_local & ((year < 0) | (cells.is_stock & ~_ends_year(cells, tree)[number]))
    is_bound = (above >= 0) & (year >= 0) & ~is_open
    column = np.where(is_bound, cells.at[value, above, year], -1)
    whole = np.where(is_bound, cells.at[0, above, year], -1)
    is_bound &= (column >= 0) & (whole >= 0)
    is_narrowed = ~is_bound & ~is_open
    for atom in range(cells.atoms.shape[0]):
        rows, is_free = _rows(cells, tree, parents, atom)
        held, n, total = cells.atoms[atom, number], cells.atoms[atom, whole], rows[region, period]
        least = np.maximum(0, total + seen.low[atom, column] - n)
        least[is_free[region, period]] = 0
        most = np.minimum(total, seen.high[atom, column])
        covers = (least <= cells.floor[atom, number]) & (most >= cells.ceiling[atom, number])
        is_safe = covers & (most - least >= k - 1)
        is_safe |= (most == 0) | (held == UNKNOWN)  # a zero that a shown zero tells is no secret
        is_narrowed |= is_bound & ~is_safe
    narrowed = np.zeros(len(cells), dtype=np.bool_)
    narrowed[number[is_narrowed]] = True
    return narrowed


def _rows(cells: Cells, tree: Tree, parents: Ints, atom: int) -> tuple[Ints, Bools]:
    """[regions, periods] the total of each region, and where it is not known to the reader.

    A county whose total is not published can hold what the others leave of its unit, if that is
    known, or else of its city; several such counties share that freely. So does a unit.
    """
    at, levels = cells.at[0], np.array(tree.levels)
    total = np.where(at >= 0, cells.atoms[atom, at], UNKNOWN)
    is_known, parent = total != UNKNOWN, parents.T
    is_there = (cells.at[1:] >= 0).any(axis=0) & (parent >= 0)
    is_county, is_unit = (levels == name for name in ("county", "unit"))
    period = np.broadcast_to(np.arange(at.shape[1]), at.shape)
    unit = _units(tree).T
    whole = np.where((unit >= 0) & is_known[unit, period], unit, parent)
    shares = is_there & (is_county[:, None] | (is_unit[:, None] & is_known))
    where = (np.where(shares, whole, 0), period)
    known, unknown = np.zeros_like(total), np.zeros_like(total)
    np.add.at(known, where, np.where(shares & is_known, total, 0))
    np.add.at(unknown, where, shares & ~is_known)
    is_free = is_there & ~is_known & (is_county | is_unit)[:, None]
    where = (np.where(is_free, whole, 0), period)
    left = np.maximum(total[where] - known[where], 0)
    return np.where(is_free, left, total), is_free & (unknown[where] > 1)


def _units(tree: Tree) -> Ints:
    """[periods, regions] the stable unit between a county and its city, -1 where there is none."""
    units = np.full((len(tree.kinds), len(tree.levels)), -1, dtype=np.int64)
    units[tree.period, tree.part] = tree.unit
    return units


def _parents(tree: Tree) -> Ints:
    """[periods, regions] the region above, -1 where there is none or where several share parts."""
    parents = np.full((len(tree.kinds), len(tree.levels)), -1, dtype=np.int64)
    parents[tree.period, tree.part] = tree.whole
    is_within = tree.unit >= 0
    parents[tree.period[is_within], tree.unit[is_within]] = tree.whole[is_within]
    region, root, period = tree.merged
    for shared in np.flatnonzero(region != root):
        is_child = parents[period[shared]] == root[shared]
        parents[period[shared], is_child] = -1
    return parents


def _ends_year(cells: Cells, tree: Tree) -> Bools:
    """Which cells end with the calendar year."""
    after = tree.ends.astype("datetime64[D]")
    return (after == after.astype("datetime64[Y]"))[cells.period]


def _year_periods(cells: Cells, tree: Tree) -> Ints:
    """The period of the calendar year in which each cell lies, -1 where it is not published."""
    years = years_of(cells, tree)
    of_year = np.full(int(years.max(initial=0)) + 1, -1, dtype=np.int64)
    is_year = (np.array(tree.kinds) == "year")[cells.period]
    of_year[years[is_year]] = cells.period[is_year]
    return of_year[years]
