"""Left truncation by hand, against lifelines, and against a truth that truncation hides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.methods.delayed_entry import truncated_curve


def test_risk_sets_by_hand():
    # Seen from the first day: ends on days 2 and 5. First seen open at age 3: ends on day 4.
    found = truncated_curve(
        np.array([-1, -1, 3]), np.array([2, 5, 4]), np.array([True] * 3), np.ones(3, dtype=int)
    )
    assert found.day.tolist() == [2, 4, 5]
    assert found.n_risk.tolist() == [2, 2, 1]
    assert found.survival == pytest.approx([1 / 2, 1 / 2 * 1 / 2, 0])
    assert found.quantile(0.5) == 2
    assert np.isnan(found.low[-1])


cases = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 40), st.booleans()), min_size=6, max_size=30
)


@given(cases)
def test_equals_lifelines(world):
    lifelines = pytest.importorskip("lifelines")
    # Some are watched from the first day, so that no risk set is empty before the first end.
    rows = [(0, 50, True)] * 3 + [(e, e + d, died) for e, d, died in world]
    entry, duration, died = (np.array(column) for column in zip(*rows, strict=True))
    oracle = lifelines.KaplanMeierFitter().fit(duration, died, entry=entry)
    found = truncated_curve(entry, duration, died.astype(bool), np.ones(len(rows), dtype=int))
    expected = oracle.survival_function_at_times(found.day).to_numpy()
    assert found.survival == pytest.approx(expected, abs=1e-9)


def test_counts_are_cases():
    entry, duration = np.array([-1, 2, -1]), np.array([4, 6, 9])
    ended = np.array([True, True, False])
    counts = np.array([3, 2, 5])
    one_by_one = np.repeat(np.arange(3), counts)
    found = truncated_curve(entry, duration, ended, counts)
    apart = truncated_curve(
        entry[one_by_one], duration[one_by_one], ended[one_by_one], np.ones(10, dtype=int)
    )
    assert found.survival == pytest.approx(apart.survival)
    assert found.low == pytest.approx(apart.low)


def test_truncation_ignored_is_wrong_and_respected_is_right():
    rng = np.random.default_rng(1)
    duration = rng.geometric(1 / 30, size=60_000)
    first_seen = rng.integers(-60, 90, size=60_000)
    entry = np.maximum(first_seen, -1)
    seen = entry < duration
    entry, duration = entry[seen], duration[seen]
    ended, ones = np.ones(len(entry), dtype=bool), np.ones(len(entry), dtype=int)
    truth = np.log(0.5) / np.log(1 - 1 / 30)
    assert truncated_curve(entry, duration, ended, ones).quantile(0.5) == pytest.approx(
        truth, abs=1
    )
    naive = truncated_curve(np.full(len(entry), -1), duration, ended, ones)
    assert naive.quantile(0.5) > truth + 5


def test_an_end_before_the_watch_is_refused():
    with pytest.raises(ValueError, match="watched"):
        truncated_curve(np.array([5]), np.array([5]), np.array([True]), np.array([1]))
