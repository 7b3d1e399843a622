"""LP-DiD: the published figures of mpdta, and a world in which selection must be seen."""

import csv
from pathlib import Path

import numpy as np
import pytest

from pipelines.methods.local_projections import (
    bracket,
    event_strata,
    expected_counts,
    regression_adjusted,
)
from pipelines.methods.phases import PHASES, Events, exposures

YEARS = range(2003, 2008)


@pytest.fixture(scope="module")
def mpdta(real_exports: Path):
    """Log employment, counties x 2003-2007, and the year of the first rise of the minimum wage."""
    with (real_exports / "mpdta.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    county = sorted({row["countyreal"] for row in rows})
    place = {code: no for no, code in enumerate(county)}
    level, first = np.zeros((len(county), 5)), np.zeros(len(county), dtype=int)
    for row in rows:
        level[place[row["countyreal"]], int(row["year"]) - 2003] = float(row["lemp"])
        first[place[row["countyreal"]]] = int(row["first.treat"])
    return level, first


def contrasts(mpdta, event_time: int, base: int = -1, *, not_yet: bool = False):
    """One stratum for each treated county: its cohort, its contrast, treated and controls in it."""
    level, first = mpdta
    span = [first + event_time - 2003, first + base - 2003]
    unit = np.flatnonzero((first > 0) & (min(span, key=min) >= 0) & (span[0] <= 4) & (span[1] >= 0)
                          & (span[0] >= 0))  # fmt: skip
    cohort = first[unit]
    change = (level[:, cohort + event_time - 2003] - level[:, cohort + base - 2003]).T
    never = np.broadcast_to(first == 0, change.shape)
    control = never | (first[None, :] > (cohort + event_time)[:, None]) if not_yet else never
    found = regression_adjusted(change, np.zeros((*change.shape, 0)), unit, control)
    treated = (cohort[:, None] == cohort[None, :]).sum(axis=1)
    return cohort, found[np.arange(len(unit)), unit], treated, control.sum(axis=1)


@pytest.mark.real
def test_the_published_event_study_of_mpdta(mpdta):
    # did, README: never-treated controls, no covariates; leads against the year before each.
    late = [contrasts(mpdta, h)[1].mean() for h in range(4)]
    assert late == pytest.approx([-0.0199, -0.0510, -0.1373, -0.1008], abs=5e-5)
    leads = [contrasts(mpdta, h, h - 1)[1].mean() for h in (-3, -2, -1)]
    assert leads == pytest.approx([0.0305, -0.0006, -0.0245], abs=5e-5)


@pytest.mark.real
def test_the_published_lp_did_of_mpdta(mpdta):
    # pyfixest and diff-diff: controls not yet treated, least squares with effects of years, which
    # weighs a year's contrast by n0 / (n0 + n1) a treated county.
    found = []
    for h in range(4):
        _, own, treated, controls = contrasts(mpdta, h, not_yet=True)
        found.append(np.average(own, weights=controls / (controls + treated)))
    assert found == pytest.approx([-0.017570, -0.054265, -0.136274, -0.100811], abs=5e-7)


@pytest.mark.real
def test_the_published_averages_of_mpdta(mpdta):
    # The simple, dynamic and group averages of Callaway and Sant'Anna (did, aggte).
    by_time = [contrasts(mpdta, h) for h in range(4)]
    everything = np.concatenate([own for _, own, _, _ in by_time])
    cohorts = np.concatenate([cohort for cohort, _, _, _ in by_time])
    assert everything.mean() == pytest.approx(-0.0399513, abs=5e-8)
    assert np.mean([own.mean() for _, own, _, _ in by_time]) == pytest.approx(-0.0772398, abs=5e-8)
    size = {g: (mpdta[1] == g).sum() for g in (2004, 2006, 2007)}
    group = [everything[cohorts == g].mean() for g in size]
    assert np.average(group, weights=list(size.values())) == pytest.approx(-0.0310183, abs=5e-8)


PLANTED = np.array([0, 0, 0, 0.4, 0.4, -0.08, -0.08, -0.08, -0.04])
AFTER = -0.077  # mean over weeks 1 to 8 of days 1-56 at -0.08 and the first days of the next phase


def world(seed: int, gamma: float, units: int = 60, weeks: int = 700):
    """Weekly counts with fading shocks; events fall on units whose last eight weeks were high."""
    rng = np.random.default_rng(seed)
    shock = np.zeros((units, weeks))
    for w in range(1, weeks):
        shock[:, w] = 0.8 * shock[:, w - 1] + rng.normal(scale=0.15, size=units)
    n = units * weeks // 21
    week = rng.integers(20, weeks - 25, n)
    recent = np.stack([shock[:, w - 8 : w].mean(axis=1) for w in week], axis=1)
    ladder = np.cumsum(np.exp(gamma * recent), axis=0)
    unit = (rng.random(n) >= ladder / ladder[-1]).sum(axis=0)
    notice = week * 7 + rng.integers(0, 7, n)
    events = Events(unit, notice, notice + rng.integers(7, 15, n))
    effect = np.exp(exposures(events, units, weeks * 7) @ PLANTED)
    level = 20 * np.exp(rng.normal(scale=0.5, size=(units, 1)) + shock)
    weekly = level * effect.reshape(units, weeks, 7).mean(axis=2)
    return rng.poisson(weekly * rng.gamma(12, 1 / 12, weekly.shape)).astype(float), events


def test_with_selection_the_plain_difference_is_wrong_and_the_lagged_one_is_not():
    found = []
    for seed in (1, 2, 3):
        counts, events = world(seed, gamma=3)
        found.append(bracket(event_strata(counts, expected_counts(counts), events)))
    lagged = np.mean([b.lagged.value for b in found])
    plain = np.mean([b.differenced.value for b in found])
    assert lagged == pytest.approx(AFTER, abs=0.03)
    assert plain < AFTER - 0.04
    # Pseudo-events among the troubled show the bias of the plain difference, and none given lags.
    assert abs(np.mean([b.lagged.placebo_mean for b in found])) < 0.01
    assert np.mean([b.differenced.placebo_mean for b in found]) < -0.03


def test_without_selection_the_two_agree():
    counts, events = world(4, gamma=0)
    found = bracket(event_strata(counts, expected_counts(counts), events))
    assert found.lagged.value == pytest.approx(found.differenced.value, abs=0.04)
    low, high = found.lagged.interval(0.99)
    assert low < AFTER < high


def test_slopes_are_fitted_on_controls_only():
    # Controls lie on outcome = 2 x; the treated unit lies 1 above that line.
    x = np.array([[0.0, 1, 2, 5]])
    outcome = np.where(np.arange(4) == 3, 2 * x + 1, 2 * x)
    control = np.array([[True, True, True, False]])
    found = regression_adjusted(outcome, x[:, :, None], np.array([3]), control)
    assert found[0] == pytest.approx([0, 0, 0, 1], abs=1e-12)


def test_a_control_is_held_against_the_other_controls():
    outcome = np.array([[1.0, 2, 6, 9]])
    control = np.array([[True, True, True, False]])
    found = regression_adjusted(outcome, np.zeros((1, 4, 0)), np.array([3]), control)
    assert found[0] == pytest.approx([1 - 4, 2 - 3.5, 6 - 1.5, 9 - 3])


def test_only_units_without_an_event_near_are_controls():
    # Unit 1 has an event in the same weeks, unit 2 long before, units 3 and 4 never.
    events = Events(*np.array([[0, 700, 707], [1, 720, 727], [2, 200, 207]]).T)
    strata = event_strata(np.ones((5, 200)), np.ones((5, 200)), events)
    assert strata.unit.tolist() == [0, 1, 2]
    assert strata.is_control.tolist() == [
        [False, False, True, True, True],
        [False, False, True, True, True],
        [True, True, False, True, True],
    ]


def test_an_event_too_near_to_another_of_its_unit_is_not_used():
    events = Events(*np.array([[0, 700, 707], [0, 740, 747], [0, 400, 407]]).T)
    strata = event_strata(np.ones((4, 200)), np.ones((4, 200)), events)
    assert strata.outcome.shape == (1, 4)
    alone = Events(np.array([0]), np.array([20]), np.array([27]))
    with pytest.raises(ValueError, match="stands alone"):
        event_strata(np.ones((4, 200)), np.ones((4, 200)), alone)


def test_the_lead_phases_come_first():
    assert [phase.is_lead for phase in PHASES] == [True] * 3 + [False] * 6


def test_a_unit_with_an_unknown_week_is_neither_treated_nor_a_control():
    """Events of week 20 in units 0 and 1; of unit 1 the last weeks are missing, of 2 the first."""
    events = Events(np.array([0, 1]), np.array([140, 140]), np.array([147, 147]))
    covered = np.ones((5, 200), dtype=bool)
    covered[1, 25:] = False
    covered[2, :13] = False  # the lags begin in week 12
    covered[3, :12] = False
    covered[3, 30:] = False  # the weeks after end with week 29
    strata = event_strata(np.ones((5, 200)), np.ones((5, 200)), events, covered)
    assert strata.unit.tolist() == [0]
    assert strata.is_control.tolist() == [[False, False, False, True, True]]


def test_what_is_expected_where_all_is_known_is_the_product_of_the_totals():
    counts = np.array([[1.0, 2, 3], [4, 5, 7]])
    by_hand = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    assert expected_counts(counts) == pytest.approx(by_hand)


def test_unknown_weeks_do_not_lower_what_is_expected_of_the_known_ones():
    level, course = np.array([1.0, 2, 4]), np.array([10.0, 20, 30, 25])
    counts = np.outer(level, course)
    covered = np.ones((3, 4), dtype=bool)
    covered[1, 2:] = covered[2, 0] = False
    found = expected_counts(np.where(covered, counts, 0.0), covered)
    assert found == pytest.approx(counts, rel=1e-6)
