"""The hazard model: expectations by hand, equality with statsmodels, planted effects, placebos."""

import numpy as np
import pytest

from pipelines.methods.person_time import (
    PhaseEffects,
    RiskTable,
    at_risk_counts,
    expected_ends,
    leads_are_flat,
    phase_effects,
)
from pipelines.methods.phases import PHASES, Events, exposures

NAMES = tuple(phase.name for phase in PHASES)
LEADS = [place for place, phase in enumerate(PHASES) if phase.is_lead]
PLANTED = np.array([0, 0, 0, 0.405, 0.588, 0.405, 0.182, -0.051, 0])


def world(
    seed: int | None,
    units: int = 30,
    days: int = 900,
    a_unit: int = 6,
    effects: np.ndarray = PLANTED,
):
    """A risk table with planted effects; without a seed of noise, ends are their own means."""
    rng = np.random.default_rng(0 if seed is None else seed)
    held = rng.integers(70, days - 90, units * a_unit)
    events = Events(
        np.repeat(np.arange(units), a_unit), held - rng.integers(7, 15, len(held)), held
    )
    exposure = exposures(events, units, days)
    week = np.arange(days) // 7
    pace = rng.normal(scale=0.3, size=(units, 1)) + rng.normal(scale=0.2, size=days // 7 + 1)[week]
    expected = rng.gamma(20, 2.0, (units, days))
    mean = expected * np.exp(pace + exposure @ effects)
    ends = mean if seed is None else rng.poisson(mean).astype(float)
    return RiskTable(ends, expected), exposure, week


def test_expected_ends_by_hand():
    # Two units, days and age bands. Rates: band 0 is 3/30, band 1 is 6/20. At those rates day 0
    # expects 2 + 3 = 5 of its 4 ends and day 1 expects 1 + 3 = 4 of its 5.
    rows = np.array([
        # unit, day, band, at risk, ends
        [0, 0, 0, 20, 1], [0, 0, 1, 10, 3], [1, 1, 0, 10, 2], [1, 1, 1, 10, 3],
    ])  # fmt: skip
    unit, day, band, at_risk, ends = rows.T
    table = expected_ends(unit, day, band, at_risk.astype(float), ends.astype(float), (2, 2))
    assert table.ends.tolist() == [[4, 0], [0, 5]]
    assert table.expected == pytest.approx(np.array([[5 * 4 / 5, 0], [0, 4 * 5 / 4]]))


def test_a_case_is_at_risk_on_the_day_it_ends():
    # Three enter on day 0; one ends that day, one on day 2.
    found = at_risk_counts(np.array([[3.0, 0, 0, 1]]), np.array([[1.0, 0, 1, 0]]))
    assert found.tolist() == [[3, 2, 2, 2]]


def test_what_was_planted_comes_back_where_there_is_no_noise():
    table, exposure, week = world(None)
    found = phase_effects(table, exposure, NAMES, week)
    assert found.log_ratio == pytest.approx(PLANTED, abs=1e-8)


def test_planted_effects_lie_in_their_intervals_and_leads_are_flat():
    table, exposure, week = world(3)
    found = phase_effects(table, exposure, NAMES, week)
    assert found.log_ratio == pytest.approx(PLANTED, abs=0.03)
    assert (np.abs(found.log_ratio - PLANTED) < 3.3 * found.error).all()
    assert leads_are_flat(found.log_ratio[LEADS], found.error[LEADS])


def test_excess_is_what_ended_above_the_model_without_the_phase():
    table, exposure, week = world(None)
    found = phase_effects(table, exposure, NAMES, week)
    place = NAMES.index("event_day")
    inside = exposure[:, :, place] > 0
    count = exposure[:, :, place][inside]
    truth = (table.ends[inside] * (1 - np.exp(-count * PLANTED[place]))).sum()
    assert found.excess[place] == pytest.approx(truth, rel=1e-6)


def test_a_change_over_one_phase_is_its_excess_over_what_was_expected():
    table, exposure, week = world(None)
    found = phase_effects(table, exposure, NAMES, week)
    for name in ("event_day", "after_28_56"):
        at = NAMES.index(name)
        value, low, high = found.change_over((name,))
        assert value == pytest.approx(found.excess[at] / found.expected[at])
        middle, reach = (np.log1p(high) + np.log1p(low)) / 2, (np.log1p(high) - np.log1p(low)) / 2
        assert np.log1p(value) == pytest.approx(middle)
        band = found.band()
        assert reach == pytest.approx((band.high[at] - band.low[at]) / 2)


def test_a_change_over_phases_pools_their_counts():
    table, exposure, week = world(None)
    found = phase_effects(table, exposure, NAMES, week)
    places = [NAMES.index(name) for name in ("event_day", "after_1_6")]
    value, low, high = found.change_over(("event_day", "after_1_6"))
    assert value == pytest.approx(found.excess[places].sum() / found.expected[places].sum())
    alone = [found.change_over((NAMES[at],)) for at in places]
    assert high - low < max(more - less for _, less, more in alone)


def test_a_change_over_phases_weighs_each_by_its_ends():
    # 100 and 100 were expected, 100 and 300 came: log 2, which moves by 1/4 and 3/4 of the phases.
    found = PhaseEffects(
        names=("first", "second"),
        log_ratio=np.log([1.0, 3.0]),
        covariances=(np.diag([0.04, 0.01]),),
        excess=np.array([0.0, 200.0]),
        expected=np.array([100.0, 100.0]),
        n_ends=400,
    )
    value, low, high = found.change_over(("first", "second"))
    assert value == pytest.approx(1.0)
    error = np.sqrt(0.04 / 16 + 0.01 * 9 / 16)
    assert np.log1p(high) - np.log1p(low) == pytest.approx(2 * 1.959964 * error)


def test_equals_statsmodels_on_unpooled_days():
    glm = pytest.importorskip("statsmodels.api")
    table, exposure, week = world(2, units=6, days=300, a_unit=2)
    found = phase_effects(table, exposure, NAMES, week)
    unit, period = np.repeat(np.arange(6), 300), np.tile(week, 6)
    design = np.column_stack(
        [
            exposure.reshape(-1, len(NAMES)),
            unit[:, None] == np.arange(6),
            period[:, None] == np.arange(1, week.max() + 1),
        ]
    ).astype(float)
    model = glm.GLM(
        table.ends.ravel(), design, glm.families.Poisson(), offset=np.log(table.expected.ravel())
    )
    clustered = {"groups": unit, "use_correction": False}
    oracle = model.fit(tol=1e-12, cov_type="cluster", cov_kwds=clustered)
    k = len(NAMES)
    assert found.log_ratio == pytest.approx(oracle.params[:k], abs=1e-9)
    assert found.error == pytest.approx(oracle.bse[:k] * np.sqrt(6 / 5), rel=1e-6)


def test_units_clusters_and_placebo_days_without_effect():
    # A routine day each month in every unit: nothing was planted, nothing may be found.
    table, exposure, week = world(5)
    routine = [(u, d, d) for u in range(30) for d in range(5 + u % 20, 900, 30)]
    placebo = Events(*(np.array(column) for column in zip(*routine, strict=True)))
    day = exposures(placebo, 30, 900)[:, :, [NAMES.index("event_day")]]
    both = np.concatenate([exposure, day], axis=2)
    halves = np.arange(900) // 182
    found = phase_effects(table, both, (*NAMES, "routine"), week, clusters=(halves,))
    assert abs(found.log_ratio[-1]) < 0.03
    assert len(found.covariances) == 2
    alone = phase_effects(table, both, (*NAMES, "routine"), week)
    assert (found.error >= alone.error - 1e-15).all()


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = []
    for seed in range(16):
        table, exposure, week = world(seed, units=20, days=600)
        found = phase_effects(table, exposure, NAMES, week).band(0.95)
        held += ((found.low <= PLANTED) & (found.high >= PLANTED)).tolist()
    # 144 draws; clustering by 20 units is known to be somewhat too narrow.
    assert np.mean(held) > 0.88


def test_units_and_weeks_without_an_end_are_left_out():
    table, exposure, week = world(7)
    table.ends[4] = 0
    table.ends[:, 14:21] = 0
    found = phase_effects(table, exposure, NAMES, week)
    assert np.isfinite(found.log_ratio).all()
    assert found.n_ends == table.ends.sum()


@pytest.mark.parametrize(
    ("log_ratio", "error", "flat"),
    [
        ([0.0, 0.02, -0.02], [0.001] * 3, True),  # different, but by too little to matter
        ([0.0, 0.10, 0.0], [0.004] * 3, False),
        ([0.0, -0.05, 0.0], [0.01] * 3, False),
        ([0.0, 0.05, 0.0], [0.04] * 3, True),  # could be chance
    ],
)
def test_the_rule_that_withholds(log_ratio, error, flat):
    assert leads_are_flat(np.array(log_ratio), np.array(error)) is flat


def test_a_phase_that_nobody_was_in_is_refused():
    table, exposure, week = world(1)
    exposure[:, :, 4] = 0
    with pytest.raises(ValueError, match="event_day"):
        phase_effects(table, exposure, NAMES, week)
    one = np.array([0])
    with pytest.raises(ValueError, match="at risk"):
        expected_ends(one, one, one, np.array([1.0]), np.array([2.0]), (1, 1))
