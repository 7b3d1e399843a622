"""Shares of curves are counts: `within_30` times n units ended within thirty days.

That is exact where all of a cohort was watched so long, and two such shares tell how many ended
between their days. So the shares of a curve are judged as tables of their own beside the curve,
whose quantiles and n have a rule of their own. The atoms of such a table are *steps*: how many
ended up to the first day, between each two, and after the last or never. Each is none or at least
k; they add up over regions, time and breakdowns; and any whole numbers >= 0 in them make a legal
curve.

The more days are told of a cell, the smaller are the steps. So there is one table for each share,
in *layers*: the first has one day only, each other one more than the one before. A share is hidden
where its layer or one before it is. The order takes first what has the fewest small steps.

Each step is proven by itself, as every atom is. A reader who puts all sums of a cell together with
its n can rule out values at both ends: in one of forty random worlds a step was narrowed to seven
values, and none was told.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipelines.privacy.cells import CLOSED_ROWS, CURVES, UNKNOWN, Bools, Cells, Definition, Ints
from pipelines.privacy.policy import Policy

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHARE = r"(within|without)_(\d+)"

_ROWS = f"""
    select
        value_no, region_no, period_no, measure, n,
        cast(round(value * n) as bigint) as share_count
    {CLOSED_ROWS} and regexp_full_match(measure, '{SHARE}')
        and value is not null and n is not null
"""


def read_shares(
    con: "DuckDBPyConnection", definition: Definition, policy: Policy, cells: Cells
) -> Iterator[tuple[tuple[str, ...], Cells]]:
    """The layers of the shares of a curve, none where it has no shares.

    Args:
        con: the staging database, with the numbers of `number_places`.
        definition: the header of the indicator.
        policy: the thresholds.
        cells: the cells of the indicator; those of a layer lie in the same places.

    Yields:
        The measures of a layer, the one that it adds last, and its cells.
    """
    if definition.kind not in CURVES:
        return
    found = con.execute(_ROWS, [definition.id]).fetchnumpy()
    measures = np.asarray(found["measure"], dtype=np.str_)
    cell = cells.at[found["value_no"], found["region_no"], found["period_no"]]
    n = np.full(len(cells), UNKNOWN, dtype=np.int64)
    n[cell] = found["n"]
    ended: dict[str, Ints] = {}
    for name in sorted(set(measures.tolist()), key=_day):
        here = measures == name
        count = np.asarray(found["share_count"], dtype=np.int64)[here]
        ended[name] = np.full(len(cells), UNKNOWN, dtype=np.int64)
        is_rest = name.startswith("without")
        ended[name][cell[here]] = n[cell[here]] - count if is_rest else count
    layer: tuple[str, ...] = ()
    while rest := [name for name in ended if name not in layer]:
        added = min(rest, key=lambda name: _count_breaks([*layer, name], ended, n, cells, policy))
        layer = (*layer, added)
        steps, breaks = _steps(layer, ended, n, policy)
        is_void, is_small = (steps == UNKNOWN).all(axis=0), (steps >= 0) & (steps < policy.k)
        yield (
            layer,
            replace(
                cells,
                atoms=steps,
                is_void=is_void,
                is_empty=cells.is_empty & is_void,
                is_primary=(cells.is_primary | breaks) & ~is_void,
                floor=np.where(is_small, 0, steps),
                ceiling=np.where(is_small, policy.k - 1, steps),
            ),
        )


def _steps(
    layer: Sequence[str], ended: dict[str, Ints], n: Ints, policy: Policy
) -> tuple[Ints, Bools]:
    """[steps, cells] of a layer, UNKNOWN where a share is missing, and the cells that break a rule.

    A step is small, or the share of a small group is 0 or 1.
    """
    days = np.stack([ended[name] for name in sorted(layer, key=_day)])
    is_missing = (days == UNKNOWN).any(axis=0)
    steps = np.diff(days, axis=0, prepend=0, append=n[None, :])
    steps[:, is_missing] = UNKNOWN
    is_all_or_none = ((days == 0) | (days == n)).any(axis=0) & (n < policy.rate_min_denominator)
    breaks = ((steps > 0) & (steps < policy.k)).any(axis=0) | is_all_or_none
    return steps, breaks & ~is_missing


def _count_breaks(
    layer: Sequence[str], ended: dict[str, Ints], n: Ints, cells: Cells, policy: Policy
) -> int:
    _, breaks = _steps(layer, ended, n, policy)
    return int(np.count_nonzero(breaks & ~cells.is_primary))


def _day(name: str) -> int:
    """The day that a share is of; the same day asked both ways is one step of nobody."""
    found = re.fullmatch(SHARE, name)
    return int(found[2]) if found else 0
