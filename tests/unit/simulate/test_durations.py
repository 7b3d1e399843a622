"""Durations against the closed form, and repeats against their definition."""

from datetime import date

import numpy as np
import pytest

from pipelines.simulate.calendar import build_calendar
from pipelines.simulate.durations import (
    BANDS,
    FRAILTY_VARIANCE,
    HAZARD_SCALE,
    OUTCOMES,
    RESOLVED,
    STILL_OPEN,
    Pace,
    draw_endings,
)
from pipelines.simulate.repeats import first_cases, reregistered

N = 40_000
HORIZON = 2_000


def constant_pace(visit=1.0):
    return Pace(np.ones((1, HORIZON)), np.full((1, HORIZON), visit))


def endings(pace, seed=3, start=0):
    place = np.zeros(N, dtype=np.int64)
    return draw_endings(place, np.full(N, start), pace, np.random.default_rng(seed))


def survival(day):
    """S(t) = (1 + v H(t)) ** (-1 / v) with gamma frailty of variance v and cumulative hazard H."""
    hazard = 0.0
    ends = [band[0] for band in BANDS[1:]] + [HORIZON]
    for (first, rate, _), end in zip(BANDS, ends, strict=True):
        hazard += rate * HAZARD_SCALE * max(0, min(day, end) - first)
    return (1 + FRAILTY_VARIANCE * hazard) ** (-1 / FRAILTY_VARIANCE)


@pytest.mark.parametrize("day", [1, 5, 15, 50, 58, 62, 90, 180, 720, 1500])
def test_survival_follows_the_piecewise_hazard_with_frailty(day):
    days = endings(constant_pace()).days
    open_share = np.mean((days == STILL_OPEN) | (days >= day))
    expected = survival(day)
    assert open_share == pytest.approx(expected, abs=4 * (expected * (1 - expected) / N) ** 0.5)


def test_outcomes_of_a_band_follow_its_mix():
    drawn = endings(constant_pace())
    first = drawn.outcome[(drawn.days >= 0) & (drawn.days < 5)]
    shares = np.bincount(first, minlength=len(OUTCOMES)) / len(first)
    np.testing.assert_allclose(shares, [0.45, 0.25, 0.10, 0.20, 0.00], atol=0.03)


def test_visits_speed_up_only_the_cause_resolved():
    plain, sped = endings(constant_pace()), endings(constant_pace(2.0))

    def closed_at_once(drawn, outcome):
        return np.sum((drawn.days == 0) & (drawn.outcome == outcome))

    assert closed_at_once(sped, RESOLVED) / closed_at_once(plain, RESOLVED) == pytest.approx(
        2.0, abs=0.35
    )
    other = [sum(closed_at_once(drawn, k) for k in range(1, 5)) for drawn in (sped, plain)]
    assert other[0] / other[1] == pytest.approx(1.0, abs=0.2)


def test_nothing_is_closed_on_days_without_work():
    pace = constant_pace()
    pace.output[0, 10:20] = 0
    days = endings(pace).days
    assert not np.isin(np.arange(10, 20), days).any()
    assert np.isin([9, 20], days).all()


def test_a_case_is_followed_to_the_horizon_and_no_further():
    days = endings(constant_pace(), start=HORIZON - 30).days
    assert days.max() == 30 - 1
    assert np.mean(days == STILL_OPEN) == pytest.approx(survival(30), abs=0.01)


def test_truth_is_followed_three_years_beyond_the_extract():
    calendar = build_calendar(date(2010, 12, 31))
    assert calendar.days - calendar.seen == 3 * 365 + 1


def test_repeats_point_to_the_first_case_of_their_matter():
    rng = np.random.default_rng(5)
    day = np.sort(rng.integers(0, 1000, N))
    place = rng.integers(0, 3, N)
    root = first_cases(place, day, np.full(N, -1), rng)
    np.testing.assert_array_equal(root[root], root)
    np.testing.assert_array_equal(place[root], place)
    is_repeat = root != np.arange(N)
    assert (day[root] < day)[is_repeat].all()
    assert np.mean(is_repeat[day > 700]) == pytest.approx(0.30, abs=0.01)


def test_what_was_closed_at_the_limit_is_registered_the_next_day():
    place = np.array([0, 0, 0, 1, 0, 0])
    day = np.array([10, 10, 12, 12, 70, 70])
    capped = np.array([True, True, True, False, False, False])
    # day 10 + 59 + 1 = 70: the two cases of day 70 bring again the two of day 10
    assert reregistered(place, day, capped).tolist() == [-1, -1, -1, -1, 0, 1]
