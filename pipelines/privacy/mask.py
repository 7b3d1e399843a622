"""The mask of one indicator: its totals first, then each breakdown with the totals as given.

For each of these tables: hide what must be hidden, hide what would give it away, prove the result,
and hide more beside what is not proven. Of a breakdown, what remains unproven is withheld in steps:
the years in which it lies are cut back to the skeleton, then given up, which is safe without a
search: one value can hold all of every total, and then all sums hold. Of the totals, the caller
withholds levels of the years that are named (`sparse`). So every mask closes, at worst by showing
nothing, unless figures that are public already stand in the way: then the caller shows nothing new
of the year.

What a cell must meet is in `cells`; which sums bind the cells, in `relations`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipelines.privacy.audit import Seen, keep_shown, prove
from pipelines.privacy.cells import UNKNOWN, Bools, Cells, Ints
from pipelines.privacy.complement import Choice, close_lines, find_trapped, reinforce
from pipelines.privacy.relations import PART, Lines, Tree, years_of
from pipelines.privacy.skeleton import below_skeleton, find_narrowed

ATTEMPTS = 3
MOSTLY = 0.5
SKELETON = "#year"  # marks a breakdown that is shown by the year only
WORTH_OF_LEVEL = {"county": 0, "unit": 5, "city": 10, "province": 20}
WORTH_OF_KIND = {"ytd": 0, "month": 1, "quarter": 2, "half_year": 3, "year": 4}


@dataclass(frozen=True, slots=True)
class Mask:
    """Which cells of an indicator are hidden.

    Attributes:
        hidden: the cells that are not published.
        withheld: what could not be proven and is hidden whole, as (breakdown, year).
        failed: years for which there is no mask, and their table: the first that has any, "" the
            totals.
        unproven: cells of these years that may be worked out, because others are public already.
    """

    hidden: Bools
    withheld: tuple[tuple[str, str], ...]
    failed: tuple[str, tuple[int, ...]] = ("", ())
    unproven: int = 0


def mask_cells(cells: Cells, lines: Lines, tree: Tree, shown_before: Bools, k: int) -> Mask:
    """Decide which cells of an indicator are hidden.

    Args:
        cells: the cells of the indicator.
        lines: the sums among them.
        tree: regions and periods.
        shown_before: cells that are public already.
        k: the threshold of the policy.
    """
    is_public = shown_before & ~cells.is_primary
    is_primary = _with_telling_zeros(cells, lines) & ~is_public
    is_total = cells.value == 0
    is_fixed = cells.is_void | (cells.atoms <= 0).all(axis=0) | is_public
    year = years_of(cells, tree)
    worth, rank = _worth(cells, tree), _rank(cells, year)
    hidden = np.zeros(len(cells), dtype=np.bool_)
    seen = Seen.only_truth(cells)
    withheld: list[tuple[str, str]] = []
    for name, is_own in _tables(cells):
        among = lines.among(is_total | is_own)
        choice = Choice(among, cells.atoms, is_fixed | ~is_own, worth, rank, k)
        # what is hidden in total is hidden in all its parts
        is_start = is_primary | (_of_total(cells, hidden) & ~is_fixed)
        start = (hidden & is_total) | (is_start & is_own)
        if name == "":
            hidden, is_weak = _protect(cells, choice, start, seen)
            failed, unproven = np.unique(year[is_weak]), int(np.count_nonzero(is_weak))
        else:
            shown = keep_shown(cells, among, start, seen)
            part = _close_breakdown(cells, tree, choice, start, shown, is_own)
            hidden |= part.hidden & is_own
            withheld += [(f"{name}{SKELETON}", str(each)) for each in part.cut_back]
            withheld += [(name, str(each)) for each in part.given_up]
            not_hidden = part.hidden & is_own & is_public
            failed, unproven = np.unique(year[not_hidden]), int(np.count_nonzero(not_hidden))
        if failed.size:
            return Mask(hidden, (), (name, tuple(failed.tolist())), unproven)
    return Mask(hidden, tuple(withheld))


@dataclass(frozen=True, slots=True)
class _Breakdown:
    """The mask of a breakdown, the years cut back to the skeleton, and those given up."""

    hidden: Bools
    cut_back: Ints
    given_up: Ints


def _close_breakdown(  # noqa: PLR0913, PLR0917 - the table, what is known of it, where to start
    cells: Cells, tree: Tree, choice: Choice, start: Bools, seen: Seen, is_own: Bools
) -> _Breakdown:
    """Hide until all is proven; show the years that are weak by their skeleton, or not at all.

    Years whose finer cells are mostly hidden to begin with are cut back without a try.
    """
    year, kept = years_of(cells, tree), Seen(seen.low.copy(), seen.high.copy())
    fine = is_own & below_skeleton(cells, tree) & cells.can_hide
    is_thin = [_share(start, fine & (year == each)) > MOSTLY for each in np.unique(year)]
    cut_back = np.unique(year)[np.array(is_thin, dtype=np.bool_)]
    while True:
        below = fine & np.isin(year, cut_back)
        bare = replace(choice, lines=choice.lines.among(~below))
        hidden, is_weak = _protect(cells, bare, start & ~below, seen)
        weak_years = np.setdiff1d(year[is_weak], cut_back)
        if not weak_years.size:
            break
        cut_back = np.union1d(cut_back, weak_years)
        of_years = np.isin(year, weak_years)
        for bound, before in ((seen.low, kept.low), (seen.high, kept.high)):
            bound[:, of_years] = before[:, of_years]
    is_weak |= find_narrowed(cells, tree, seen, below, choice.k)
    given_up = np.unique(year[is_weak])
    hidden |= below | (is_own & np.isin(year, given_up) & cells.can_hide)
    return _Breakdown(hidden, np.setdiff1d(cut_back, given_up), given_up)


def _protect(cells: Cells, choice: Choice, hidden: Bools, seen: Seen) -> tuple[Bools, Bools]:
    """Hide until all is proven or nothing more helps: the mask, and what is weak under it."""
    choice = replace(choice, is_fixed=find_trapped(choice, hidden))
    hidden = close_lines(choice, hidden)
    is_weak = prove(cells, choice.lines, hidden, seen, choice.k)
    for _ in range(ATTEMPTS):
        grown = reinforce(choice, hidden, is_weak)
        if (grown == hidden).all():
            break
        hidden = close_lines(choice, grown)
        is_weak = prove(cells, choice.lines, hidden, seen, choice.k)
    return hidden, is_weak


def _share(chosen: Bools, among: Bools) -> float:
    return float(np.count_nonzero(chosen & among)) / max(1, int(np.count_nonzero(among)))


def _with_telling_zeros(cells: Cells, lines: Lines) -> Bools:
    """The primary cells, and those whose zero in an atom says that hidden parts have none."""
    hidden = cells.is_primary.copy()
    is_part = lines.sign == PART
    is_known = cells.atoms != UNKNOWN
    while True:
        is_hidden_part = is_part & hidden[lines.cell]
        tells = np.zeros(lines.count, dtype=np.bool_)
        for known, atom in zip(is_known, cells.atoms, strict=True):
            has_part = np.bincount(lines.line, is_hidden_part & known[lines.cell]) > 0
            is_whole = ~is_part & known[lines.cell]
            held = np.bincount(lines.line, is_whole * atom[lines.cell])
            tells |= has_part & (np.bincount(lines.line, is_whole) > 0) & (held == 0)
        tells &= np.bincount(lines.line, ~is_part & hidden[lines.cell]) == 0
        telling = np.unique(lines.cell[~is_part & tells[lines.line]])
        telling = telling[~cells.is_void[telling] & ~hidden[telling]]
        if not telling.size:
            return hidden
        hidden[telling] = True


def _tables(cells: Cells) -> Iterator[tuple[str, Bools]]:
    """The totals and each breakdown, with the cells of its own."""
    for name in sorted(set(cells.by_names)):
        yield name, np.array([each == name for each in cells.by_names])[cells.value]


def _of_total(cells: Cells, chosen: Bools) -> Bools:
    """For each cell whether the total of its place is chosen."""
    total = cells.at[0, cells.region, cells.period]
    return (total >= 0) & chosen[total]


def _worth(cells: Cells, tree: Tree) -> Ints:
    """The loss when a cell is hidden: regions high up and long periods are worth more."""
    level = np.array([WORTH_OF_LEVEL[name] for name in tree.levels], dtype=np.int64)
    kind = np.array([WORTH_OF_KIND[name] for name in tree.kinds], dtype=np.int64)
    return level[cells.region] + kind[cells.period]


def _rank(cells: Cells, year: Ints) -> Ints:
    """Regions and breakdown values by their size in the year: small ones go first, always they."""
    size = np.maximum(cells.atoms, 0).sum(axis=0)
    year = year - year.min(initial=0)
    region = year * cells.at.shape[1] + cells.region
    value = year * cells.at.shape[0] + cells.value
    of_region = np.bincount(region, size * (cells.value == 0))[region]
    of_value = np.bincount(value, size * (cells.value > 0))[value]
    return (of_region + of_value).astype(np.int64)
