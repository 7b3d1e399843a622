"""Differences of groups: published intervals and log-rank statistics."""

import numpy as np
import pytest

from pipelines.methods.group_differences import difference, log_rank
from pipelines.methods.intervals import wilson

# As in test_survival: a negative number is a censored observation.
AML = [
    [9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161],
    [5, 5, 8, 8, 12, -16, 23, 27, 30, 33, 43, 45],
]
SIX_MP = [
    [6, 6, 6, 7, 10, 13, 16, 22, 23, -6, -9, -10, -11, -17, -19, -20, -25, -32, -32, -34, -35],
    [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23],
]


def compared(world):
    rows = [(g, abs(t), t > 0) for g, times in enumerate(world) for t in times]
    group, days, died = (np.array(column) for column in zip(*rows, strict=True))
    return log_rank(group, days, died, np.ones(len(rows), dtype=int))


@pytest.mark.parametrize(("world", "published"), [(AML, 3.396), (SIX_MP, 16.793)])
def test_published_log_rank_statistics(world, published):
    assert compared(world).statistic == pytest.approx(published, abs=5e-4)


@pytest.mark.parametrize(
    ("column", "published", "freedom"), [("sex", 10.327, 1), ("ph.ecog", 18.012, 2)]
)
def test_the_lung_trial(column, published, freedom):
    lung = pytest.importorskip("lifelines.datasets").load_lung()
    kept = lung[column].notna() & (lung[column] < 3)
    group = np.unique(lung.loc[kept, column], return_inverse=True)[1]
    time, died = (lung.loc[kept, name].to_numpy().astype(int) for name in ("time", "status"))
    found = log_rank(group, time, died.astype(bool), np.ones(len(time), dtype=int))
    assert found.statistic == pytest.approx(published, abs=5e-4)
    assert found.freedom == freedom


def test_counts_are_cases_and_expectations_add_up():
    group, days = np.array([0, 1, 0, 1]), np.array([3, 5, 9, 4])
    died, counts = np.array([True, True, False, True]), np.array([4, 2, 5, 3])
    found = log_rank(group, days, died, counts)
    each = np.repeat(np.arange(4), counts)
    apart = log_rank(group[each], days[each], died[each], np.ones(14, dtype=int))
    assert found.statistic == pytest.approx(apart.statistic)
    assert found.expected.sum() == pytest.approx(found.observed.sum())


def test_without_groups_or_events_there_is_no_test():
    ones = np.array([1, 1])
    for group, died in (([0, 0], [True, True]), ([0, 1], [False, False])):
        with pytest.raises(ValueError, match="two groups"):
            log_rank(np.array(group), ones, np.array(died), ones)


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [((56, 70), (48, 80), (0.0524, 0.3339)), ((9, 10), (3, 10), (0.1705, 0.8090)),
     ((10, 10), (0, 20), (0.6791, 1.0)), ((0, 10), (0, 20), (-0.1611, 0.2775))],
)  # fmt: skip
def test_the_published_intervals_of_a_difference_of_shares(one, other, published):
    # Newcombe 1998, table II, method 10.
    (x, m), (y, n) = (np.array(pair, dtype=float).reshape(2, 1) for pair in (one, other))
    found = difference(x / m, wilson(x, m), y / n, wilson(y, n))
    assert (found.low[0], found.high[0]) == pytest.approx(published, abs=5e-5)
