"""Which submissions bring an earlier matter again.

Formula: methods.md §11.6. Three in ten point to an earlier case of the same place, an exponential
lag back; following the pointers gives the first case of the matter.
"""

import numpy as np

from pipelines.simulate.scenario import Flags, Ints

REPEAT_SHARE = 0.30
MEAN_LAG_DAYS = 120.0
# The gaming office closes at this age and lets the petitioner register again the next day.
GAMING_AGE = 59


def first_cases(place: Ints, day: Ints, again: Ints, rng: np.random.Generator) -> Ints:
    """For each case, the index of the first case of its matter (itself if it is new).

    Args:
        place: place of each case.
        day: day of registration; cases are in this order.
        again: index of the case that a re-registration repeats, else -1.
        rng: source of randomness.
    """
    n = len(day)
    own = np.arange(n)
    is_repeat = rng.random(n) < REPEAT_SHARE
    lag = np.ceil(rng.exponential(MEAN_LAG_DAYS, n)).astype(np.int64)
    earlier = _case_before(place, day, day - lag)
    parent = np.where(is_repeat & (earlier >= 0), earlier, own)
    parent = np.where(again >= 0, again, parent)
    return _roots(parent)


def reregistered(place: Ints, day: Ints, capped: Flags) -> Ints:
    """Pair each case that was closed at the limit with a registration of the next day there.

    Returns, for each case, the index of the closed case that it brings again, else -1.
    """
    again = np.full(len(day), -1, dtype=np.int64)
    closed = np.flatnonzero(capped)
    if not len(closed):
        return again
    base = int(day.max()) + GAMING_AGE + 2
    wanted = place[closed] * base + day[closed] + GAMING_AGE + 1
    offered = place * base + day
    order = np.argsort(offered, kind="stable")
    slot = np.searchsorted(offered[order], wanted) + _rank_in_run(wanted)
    fits = slot < len(order)
    closed, wanted, slot = closed[fits], wanted[fits], slot[fits]
    same = offered[order[slot]] == wanted
    again[order[slot[same]]] = closed[same]
    return again


def _case_before(place: Ints, day: Ints, target: Ints) -> Ints:
    """The last case of the same place on or before the target day, else -1."""
    base = int(day.max()) + 1
    key = place * base + day
    order = np.argsort(key, kind="stable")
    wanted = place * base + np.maximum(target, -1)
    position = np.searchsorted(key[order], wanted, side="right") - 1
    found = (target >= 0) & (position >= 0)
    case = order[np.maximum(position, 0)]
    return np.where(found & (place[case] == place), case, -1)


def _roots(parent: Ints) -> Ints:
    """Follow pointers to earlier cases until nothing changes (pointer jumping)."""
    root = parent
    while True:
        jumped = root[root]
        if np.array_equal(jumped, root):
            return root
        root = jumped


def _rank_in_run(key: Ints) -> Ints:
    """Position of each element among the equal elements of a sorted array."""
    return np.arange(len(key)) - np.searchsorted(key, key)
