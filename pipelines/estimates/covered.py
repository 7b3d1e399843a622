"""Which weeks the exports of a place fill, from the spans of days that they cover."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def filled_weeks(
    spans: Iterable[tuple[int, int, int]], places: int, days: int
) -> NDArray[np.bool_]:
    """P x W: whether every day of a whole week lies in a span of its place.

    Args:
        spans: number of a place, first day covered, first day not covered; days from 0.
        places: how many there are.
        days: how many; what is left of them beyond whole weeks is not told.
    """
    covered = np.zeros((places, days), dtype=bool)
    for place, since, until in spans:
        covered[place, since:until] = True
    weeks = days // 7
    return np.asarray(covered[:, : weeks * 7].reshape(places, weeks, 7).all(axis=2))
