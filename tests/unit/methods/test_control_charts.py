"""Control charts against published limits and against the rule counts of NHSRplotthedots."""

import csv
import gzip
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from pipelines.methods.control_charts import (
    Assurance,
    Rebase,
    Rule,
    Verdict,
    p_prime_chart,
    u_prime_chart,
    xmr_chart,
)

# NHSRplotthedots, tests/testthat/test-ptd_spc_standard.R: set.seed(123); rnorm(20).
DOTS = np.array(
    [-0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621,
     -1.26506123, -0.68685285, -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272,
     -0.55584113, 1.78691314, 0.49785048, -1.96661716, 0.70135590, -0.47279141]
)  # fmt: skip
# Montgomery, Introduction to Statistical Quality Control, example 6.5: costs of 20 loans.
LOANS = [310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306,
         301, 304]  # fmt: skip
# NIST/SEMATECH e-Handbook, 6.3.2.2: flow rates of ten batches.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def months(n: int) -> list[date]:
    return [date(2016 + m // 12, m % 12 + 1, 1) for m in range(n)]


def xmr(values, **options):
    return xmr_chart(months(len(values)), np.array(values, dtype=float), **options)


def spoiled() -> np.ndarray:
    values = DOTS.copy()
    values[14] = 10
    return values


@pytest.mark.parametrize(
    ("values", "options", "limits"),
    [
        (DOTS, {}, (0.1416238, -3.01138, 3.294627)),
        (spoiled(), {}, (0.6694159, -2.383666, 3.722497)),
        (spoiled(), {"screen": False}, (0.6694159, -4.596625, 5.935457)),
        (LOANS, {"limit": 3 / 1.128}, (300.5, 279.7833, 321.2167)),
    ],
)
def test_published_limits(values, options, limits):
    chart = xmr(values, **options)
    assert [chart.centre[0], chart.low[0], chart.high[0]] == pytest.approx(limits, rel=2e-6)


def test_the_flow_rates_of_nist():
    # Ten batches are too few for our charts; told twice, forth and back, they keep mean and ranges.
    both_ways = [*FLOW, *reversed(FLOW)]
    ranges = np.abs(np.diff(FLOW))
    chart = xmr(both_ways, limit=3 / 1.128 * 19 / 18, screen=False)
    assert (ranges.mean() * 18 / 19) == pytest.approx(np.abs(np.diff(both_ways)).mean())
    limits = [chart.centre[0], chart.low[0], chart.high[0]]
    assert limits == pytest.approx([50.81, 45.8159, 55.8041], abs=5e-4)


@pytest.fixture(scope="module")
def attendances(real_exports: Path):
    """Attendances and breaches of type 1 by office and month (NHSRdatasets, Open Government)."""
    found: dict[str, dict[date, tuple[float, float]]] = defaultdict(dict)
    with gzip.open(real_exports / "nhs_ae_attendances.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["type"] == "1":
                seen = (float(row["attendances"]), float(row["breaches"]))
                found[row["org_code"]][date.fromisoformat(row["period"])] = seen
    return found


@pytest.mark.real
@pytest.mark.parametrize(
    ("office", "limits", "signals"),
    [
        ("RQM", (17310.03, 14334.78, 20285.28), {Rule.SHIFT: 16, Rule.TWO_OF_THREE: 2}),
        (
            "RJ1",
            (12704.03, 10907.24, 14500.82),
            {Rule.SHIFT: 25, Rule.TWO_OF_THREE: 3, Rule.OUTSIDE: 2},
        ),
    ],
)
def test_signals_are_those_of_the_r_package(attendances, office, limits, signals):
    series = sorted(attendances[office].items())
    chart = xmr_chart([day for day, _ in series], np.array([seen[0] for _, seen in series]))
    assert [chart.centre[0], chart.low[0], chart.high[0]] == pytest.approx(limits, abs=0.005)
    assert {r: n for r, n in Counter(chart.rules).items() if r} == signals


@pytest.mark.real
def test_the_four_hour_share_of_all_offices(attendances):
    total: dict[date, np.ndarray] = defaultdict(lambda: np.zeros(2))
    for series in attendances.values():
        for day, seen in series.items():
            total[day] += seen
    days = sorted(total)
    seen, breaches = np.array([total[day] for day in days]).T
    share = (seen - breaches) / seen
    chart = xmr_chart(days, share, screen=False)
    limits = [chart.centre[0], chart.low[0], chart.high[0]]
    assert limits == pytest.approx([0.824849, 0.782224, 0.867474], abs=5e-7)
    assert Counter(chart.rules)[Rule.OUTSIDE] == 7
    prime = p_prime_chart(days, seen - breaches, seen)
    plain = (prime.high - prime.centre) / prime.sigma_z[0]
    # With more than a million attendances a month every point lies outside plain limits.
    assert (np.abs(share - prime.centre) > plain).sum() > 30
    assert Counter(prime.rules)[Rule.OUTSIDE] == 7


def test_a_run_of_seven_rises_is_a_trend_and_six_are_none():
    noise = [5, 9, 4, 8, 5, 9]
    assert Counter(xmr([*noise, 1, 2, 3, 4, 5, 6, 7, *noise]).rules)[Rule.TREND] >= 7
    assert Counter(xmr([*noise, 9, 5, 6, 7, 8, 9, 5, *noise]).rules)[Rule.TREND] == 0


def test_two_of_three_close_to_opposite_limits_are_no_signal():
    # NHSRplotthedots, test of points close to limits on both sides of the mean.
    chart = xmr([*[1, -1] * 7, 5.5, -5.5])
    assert chart.rules[-2:] == (Rule.NONE, Rule.NONE)


def test_limits_wait_for_twelve_periods_and_are_provisional_until_twenty():
    short, young, firm = (xmr([1, 3] * n) for n in (5, 8, 10))
    assert np.isnan(short.low).all()
    assert short.centre[0] == 2
    assert np.isfinite(young.low).all()
    assert young.provisional.all()
    assert not firm.provisional.any()


def test_a_rebase_needs_a_reason_and_a_day_within_the_series():
    with pytest.raises(ValueError, match="reason"):
        Rebase(date(2017, 1, 1), " ")
    with pytest.raises(ValueError, match="outside"):
        xmr([1, 2] * 10, rebases=[Rebase(date(2012, 1, 1), "new rule")])


def test_a_rebase_cuts_limits_and_runs():
    values = [10, 12] * 10 + [30, 32] * 10
    whole = xmr(values)
    cut = xmr(values, rebases=[Rebase(months(40)[20], "online channel counted")])
    assert Counter(whole.rules)[Rule.SHIFT] + Counter(whole.rules)[Rule.OUTSIDE] == 40
    assert Counter(cut.rules) == {Rule.NONE: 40}
    assert (cut.centre[0], cut.centre[-1]) == (11, 31)
    assert np.bincount(cut.baseline).tolist() == [20, 20]


def test_a_quiet_series_signals_about_as_rarely_as_published():
    # Wheeler 1992: three-sigma limits alone give 0.27 %; the estimated range makes it about 1 %.
    rng = np.random.default_rng(4)
    charts = [xmr(rng.normal(size=40), screen=False) for _ in range(100)]
    outside = np.mean([rule is Rule.OUTSIDE for chart in charts for rule in chart.rules])
    assert 0.001 < outside < 0.015


@pytest.mark.parametrize("is_share", [True, False])
def test_the_prime_factor_is_one_for_pure_noise_and_grows_with_what_is_added(is_share):
    rng = np.random.default_rng(7)
    size = rng.integers(20_000, 60_000, size=400).astype(float)
    days = [date(2016, 1, 1) + timedelta(days=7 * k) for k in range(400)]
    chart = p_prime_chart if is_share else u_prime_chart
    noise = 0.6 * (0.4 if is_share else 1.0)
    for spread in (0.0, 0.01):
        rate = 0.6 + rng.normal(scale=spread, size=400)
        counts = rng.binomial(size.astype(int), rate) if is_share else rng.poisson(size * rate)
        found = chart(days, counts.astype(float), size)
        added = 1 + spread**2 * size.mean() / noise
        assert found.sigma_z[0] == pytest.approx(np.sqrt(added), rel=0.1)
        assert np.mean([r is Rule.OUTSIDE for r in found.rules]) < 0.02


def test_the_prime_limits_are_three_factors_of_binomial_noise():
    numerator, size = np.array([50.0, 60] * 10), np.array([100.0, 100] * 10)
    chart = p_prime_chart(months(20), numerator, size)
    noise = np.sqrt(0.55 * 0.45 / 100)
    factor = (0.1 / noise) / 1.128
    assert chart.sigma_z[0] == pytest.approx(factor)
    assert chart.high[0] == pytest.approx(0.55 + 3 * noise * factor)


def test_what_a_signal_means_follows_the_declared_direction():
    chart = xmr([*[10, 12] * 10, 30])
    assert chart.verdicts("higher")[-1] is Verdict.IMPROVEMENT
    assert chart.verdicts("lower")[-1] is Verdict.CONCERN
    assert chart.verdicts("neither")[-1] is Verdict.HIGH
    assert chart.verdicts("higher")[0] is Verdict.COMMON_CAUSE


@pytest.mark.parametrize(
    ("target", "better", "expected"),
    [
        (0, "higher", Assurance.WILL),
        (99, "higher", Assurance.WILL_NOT),
        (99, "lower", Assurance.WILL),
        (11, "higher", Assurance.HIT_AND_MISS),
        (11, "neither", Assurance.UNKNOWN),
    ],
)
def test_assurance_says_whether_limits_lie_on_one_side_of_the_target(target, better, expected):
    assert xmr([10, 12] * 10).assurance(target, better) is expected


def test_a_missing_value_is_refused():
    with pytest.raises(ValueError, match="fully observed"):
        xmr([1, np.nan] * 10)
