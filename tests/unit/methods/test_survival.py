"""Curves from counts against published figures, against lifelines and against their own laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.methods import survival
from pipelines.methods.survival import IncidenceSummary, aalen_johansen

# Remission in days of maintained and non-maintained patients (R package `survival`, data `aml`);
# a negative number is a censored observation.
AML = {
    0: [9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161],
    1: [5, 5, 8, 8, 12, -16, 23, 27, 30, 33, 43, 45],
}
# Weeks in remission under 6-MP and under placebo (Freireich et al. 1963).
SIX_MP = {
    0: [6, 6, 6, 7, 10, 13, 16, 22, 23, -6, -9, -10, -11, -17, -19, -20, -25, -32, -32, -34, -35],
    1: [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23],
}


def summary(world: dict[int, list[int]], **options: object) -> IncidenceSummary:
    """Curves of days until the one event; a negative number is a censored observation."""
    return incidence(
        {s: [(abs(t), int(t > 0)) for t in times] for s, times in world.items()}, **options
    )


def incidence(world: dict[int, list[tuple[int, int]]], **options: object) -> IncidenceSummary:
    """Curves of (days, how it ended)."""
    rows = [(s, *time) for s, times in world.items() for time in times]
    strata, days, outcomes = (np.array(column) for column in zip(*rows, strict=True))
    options = {"quantiles": (0.5,)} | options
    return aalen_johansen(strata, days, outcomes, np.ones(len(rows), int), **options)


def swapped(times):
    """The same spells with the competing outcome as the event."""
    return [(days, (0, 2, 1)[outcome]) for days, outcome in times]


@pytest.mark.parametrize(("world", "medians"), [(AML, [31, 23]), (SIX_MP, [23, 8])])
def test_published_medians(world, medians):
    assert summary(world).quantiles[0.5].value.tolist() == medians


def test_counts_and_events():
    result = summary(AML)
    assert (result.n.tolist(), result.n_events.tolist()) == ([11, 12], [7, 11])


def test_median_not_reached_is_nan():
    result = summary({0: [5, -50, -60, -70]})
    assert np.isnan(result.quantiles[0.5].value[0])


def test_flat_at_exactly_one_half_takes_the_midpoint():
    # S falls to 1/2 on day 2 and below it on day 6: R prints (2 + 6) / 2.
    assert summary({0: [1, 2, 6, 9]}).quantiles[0.5].value.tolist() == [4.0]


def test_on_the_spot_closings_count_from_day_zero():
    columns = (np.array(column) for column in ([7, 7], [0, 40], [1, 1], [30, 70]))
    result = aalen_johansen(*columns, horizons=(30,))
    assert result.within[30].value[0] == pytest.approx(30 / 100)


def test_share_beyond_what_was_watched_is_unknown():
    assert np.isnan(summary({0: [3, -20]}, horizons=(60,)).within[60].value[0])


@pytest.mark.parametrize(("days", "count"), [(-1, 1), (1, 0)])
def test_a_negative_duration_or_an_empty_row_is_refused(days, count):
    with pytest.raises(ValueError, match="must not be negative, and counts must be positive"):
        aalen_johansen(np.array([1]), np.array([days]), np.array([1]), np.array([count]))


def test_the_lung_cancer_trial():
    """R's `survival`, data `lung`: median 310 (284 to 361 log-log), RMST(365) 263.222, se 7.799."""
    lung = pytest.importorskip("lifelines.datasets").load_lung()
    times = [(int(t), int(s)) for t, s in zip(lung["time"], lung["status"], strict=True)]
    result = incidence({0: times}, horizons=(365,), rmst_horizons=(365,))
    median, mean = result.quantiles[0.5], result.restricted_mean[365]
    assert (median.value[0], median.low[0], median.high[0]) == (310, 284, 361)
    assert 1 - result.within[365].value[0] == pytest.approx(0.4092, abs=5e-5)
    assert mean.value[0] == pytest.approx(263.222, abs=5e-4)
    assert (mean.high[0] - mean.low[0]) / 2 / 1.959964 == pytest.approx(7.799, abs=5e-4)


def test_the_lung_cancer_trial_by_sex():
    """R's `survival`, data `lung`: medians 270 and 426."""
    lung = pytest.importorskip("lifelines.datasets").load_lung()
    world = {
        int(sex): [(int(t), int(s)) for t, s in zip(part["time"], part["status"], strict=True)]
        for sex, part in lung.groupby("sex")
    }
    assert incidence(world).quantiles[0.5].value.tolist() == [270, 426]


# Transplants of bone marrow in acute leukaemia, two diseases (Scrucca, Santucci and Aversa 2007,
# data `BMT`): months followed, and which of two causes ended the wait, 0 none.
BMT = {
    0: [(13, 2), (1, 1), (72, 0), (7, 2), (8, 2), (9, 2), (5, 2), (1, 2), (22, 2), (0, 2), (0, 1),
        (35, 0), (4, 2), (14, 2), (26, 2), (3, 2), (12, 1)],
    1: [(67, 0), (70, 0), (4, 0), (7, 0), (68, 0), (10, 2), (7, 2), (3, 1), (4, 1), (4, 1), (3, 1),
        (3, 1), (8, 1), (2, 2), (35, 0), (2, 0), (8, 0), (32, 0)],
}  # fmt: skip


def by_month_36(world):
    return incidence(world, horizons=(36,)).within[36].value


def test_incidences_of_two_causes_are_those_of_r():
    # R, cmprsk::cuminc, at 36 months; both causes together are what Kaplan-Meier says of any.
    first, second = by_month_36(BMT), by_month_36({s: swapped(times) for s, times in BMT.items()})
    assert first == pytest.approx([0.1765, 0.3682], abs=5e-5)
    assert second == pytest.approx([0.7059, 0.2057], abs=5e-5)
    any_cause = by_month_36({s: [(t, min(how, 1)) for t, how in BMT[s]] for s in BMT})
    assert any_cause[0] == pytest.approx(0.8824, abs=5e-5)
    assert first + second == pytest.approx(any_cause)


def test_causes_taken_as_censoring_add_up_to_an_impossible_share():
    naive = [by_month_36({0: [(t, int(how == cause)) for t, how in BMT[0]]})[0] for cause in (1, 2)]
    assert sum(naive) == pytest.approx(1.0894, abs=5e-5)


# Five spells: on day 2 one of 5 has the event, on day 3 one of 4 ends otherwise, one is open from
# day 5, on day 8 one of 2 has the event, one is open until day 20.
FIVE = [(2, 1), (3, 2), (5, 0), (8, 1), (20, 0)]


def test_competing_outcomes_by_hand():
    result = incidence({0: FIVE}, horizons=(2, 7, 8), rmst_horizons=(10,), quantiles=(0.2, 0.5))
    assert [result.within[h].value[0] for h in (2, 7, 8)] == pytest.approx(
        [1 / 5, 1 / 5, 1 / 5 + 4 / 5 * 3 / 4 * 1 / 2]
    )
    assert result.restricted_mean[10].value[0] == pytest.approx(2 * 1 + 6 * 4 / 5 + 2 * 1 / 2)
    # flat at exactly 1/5 from day 2 to day 8; exactly 1/2 from day 8 on
    assert [result.quantiles[q].value[0] for q in (0.2, 0.5)] == [(2 + 8) / 2, 8]
    assert (result.n[0], result.n_events[0]) == (5, 2)


def test_the_naive_share_is_higher_than_the_incidence():
    naive = incidence({0: [(days, int(how == 1)) for days, how in FIVE]}, horizons=(8,))
    assert naive.within[8].value[0] == pytest.approx(1 - 4 / 5 * 1 / 2)
    assert naive.within[8].value[0] > incidence({0: FIVE}, horizons=(8,)).within[8].value[0]


def test_when_all_have_ended_the_rest_never_will():
    result = incidence(
        {0: [(3, 1), (4, 2)]}, horizons=(30,), rmst_horizons=(30,), quantiles=(0.5, 0.9)
    )
    assert result.within[30].value[0] == 1 / 2
    assert 0 < result.within[30].low[0] < 1 / 2 < result.within[30].high[0] < 1
    assert result.restricted_mean[30].value[0] == 3 + 27 / 2
    assert np.isnan(result.quantiles[0.9].value[0])


def test_a_share_of_all_has_no_interval():
    result = incidence({0: [(3, 1), (4, 1)]}, horizons=(2, 30))
    assert result.within[30].value[0] == 1
    assert np.isnan([result.within[30].low[0], result.within[30].high[0]]).all()
    assert (result.within[2].low[0], result.within[2].high[0]) == (0, 0)


def test_nothing_gives_nothing():
    none = np.empty(0, dtype=np.int64)
    result = aalen_johansen(none, none, none, none, horizons=(30,), rmst_horizons=(30,))
    assert (len(result.strata), len(result.within[30].value)) == (0, 0)


times = st.lists(st.integers(1, 120).flatmap(lambda t: st.sampled_from([t, -t])), min_size=4)
one_spell = st.tuples(st.integers(0, 60), st.sampled_from([0, 1, 2]))
spells = st.lists(one_spell, min_size=4)


@given(times)
def test_equals_lifelines(world):
    lifelines = pytest.importorskip("lifelines")
    days, closed = [abs(t) for t in world], [t > 0 for t in world]
    oracle = lifelines.KaplanMeierFitter().fit(days, closed)
    result = summary({0: world}, horizons=(60,), rmst_horizons=(60,))
    if max(days) < 60:
        return
    band = oracle.confidence_interval_survival_function_.loc[:60].iloc[-1]
    expected = 1 - float(oracle.survival_function_at_times(60).iloc[0])
    found = result.within[60]
    assert found.value[0] == pytest.approx(expected, abs=1e-9)
    if 0 < expected < 1:
        assert (1 - found.high[0], 1 - found.low[0]) == pytest.approx(tuple(band), abs=1e-9)
    area = pytest.importorskip("lifelines.utils").restricted_mean_survival_time(oracle, t=60)
    assert result.restricted_mean[60].value[0] == pytest.approx(area, abs=1e-6)


@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.sampled_from([0, 1, 2])),
        min_size=4,
        unique_by=lambda s: s[0],
    )
)
def test_cumulative_incidence_and_its_variance_equal_lifelines(world):
    lifelines = pytest.importorskip("lifelines")
    days, outcomes = zip(*world, strict=True)
    if 1 not in outcomes:
        return
    with np.errstate(over="ignore"):  # in bounds of the oracle that are not used
        oracle = lifelines.AalenJohansenFitter().fit(days, outcomes, event_of_interest=1)
    last = max(days)
    found = incidence({0: world}, horizons=(last,)).within[last]
    share = float(oracle.cumulative_density_.iloc[-1, 0])
    assert found.value[0] == pytest.approx(share, abs=1e-9)
    if 0 < found.value[0] < 1:
        low, high = (np.log(-np.log(1 - end[0])) for end in (found.low, found.high))
        error = (high - low) / 2 / 1.959964 * (share - 1) * np.log(1 - share)
        assert error**2 == pytest.approx(float(oracle.variance_.iloc[-1]), rel=1e-5)


@given(spells)
def test_the_incidences_and_those_still_open_add_up_to_all(world):
    """One event or the other or neither; and with one of them the areas are the horizon's."""
    one = incidence({0: world}, horizons=(30,), rmst_horizons=(30,))
    other = incidence({0: swapped(world)}, horizons=(30,), rmst_horizons=(30,))
    any_end = incidence(
        {0: [(d, min(o, 1)) for d, o in world]}, horizons=(30,), rmst_horizons=(30,)
    )
    for found in ("within", "restricted_mean"):
        a, b, both = (getattr(r, found)[30].value[0] for r in (one, other, any_end))
        whole = 0 if found == "within" else 30
        assert a + b == pytest.approx(both + whole, abs=1e-9, nan_ok=True)


@given(spells, st.integers(1, 60))
def test_bounds_of_every_estimate(world, horizon):
    result = incidence({0: world}, horizons=(horizon,), rmst_horizons=(horizon,))
    for found, top in ((result.within, 1), (result.restricted_mean, horizon)):
        value, low, high = found[horizon].value[0], found[horizon].low[0], found[horizon].high[0]
        assert np.isnan(value) or 0 <= value <= top
        assert np.isnan(low) or -1e-12 <= low <= value + 1e-12 <= high + 2e-12 <= top + 3e-12


@given(spells, spells)
def test_strata_do_not_touch_each_other(one, two):
    asked = {"horizons": (30,), "rmst_horizons": (30,)}
    both, alone = incidence({0: one, 1: two}, **asked), incidence({0: two}, **asked)
    for part, key in (("quantiles", 0.5), ("within", 30), ("restricted_mean", 30)):
        left, right = getattr(both, part)[key], getattr(alone, part)[key]
        for name in ("value", "low", "high"):
            assert np.array_equal(getattr(left, name)[1:], getattr(right, name), equal_nan=True)


@given(spells)
def test_counts_are_as_good_as_rows(world):
    """Aggregating to (days, outcome, how many) is exact."""
    rows = sorted(set(world))
    counts = np.array([world.count(row) for row in rows])
    days, outcomes = (np.array(column) for column in zip(*rows, strict=True))
    strata, asked = np.zeros(len(rows), int), {"horizons": (30,), "rmst_horizons": (30,)}
    short = aalen_johansen(strata, days, outcomes, counts, **asked)
    long = incidence({0: world}, **asked)
    for part in ("within", "restricted_mean"):
        pair = (getattr(result, part)[30] for result in (short, long))
        assert next(pair).value[0] == pytest.approx(next(pair).value[0], nan_ok=True, abs=1e-12)


@pytest.mark.parametrize("at_once", [1, 40, 75, 1_000])
def test_strata_in_portions_are_as_good_as_all_at_once(monkeypatch, at_once):
    random = np.random.default_rng(5)
    columns = [random.integers(0, top, 300) for top in (9, 60, 3)] + [random.integers(1, 5, 300)]
    asked = {"quantiles": (0.5,), "horizons": (30,), "rmst_horizons": (30,)}
    whole = aalen_johansen(*columns, **asked)
    monkeypatch.setattr(survival, "AT_ONCE", at_once)
    parts = aalen_johansen(*columns, **asked)
    assert whole.strata.tolist() == parts.strata.tolist() == list(range(9))
    assert (whole.n.tolist(), whole.n_events.tolist()) == (
        parts.n.tolist(),
        parts.n_events.tolist(),
    )
    for part, key in (("quantiles", 0.5), ("within", 30), ("restricted_mean", 30)):
        one, other = getattr(whole, part)[key], getattr(parts, part)[key]
        for name in ("value", "low", "high"):
            assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


def test_no_rows_have_no_strata():
    nothing = np.array([], dtype=np.int64)
    assert aalen_johansen(nothing, nothing, nothing, nothing, horizons=(30,)).strata.size == 0
