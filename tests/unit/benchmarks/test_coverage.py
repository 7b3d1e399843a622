"""The harness of the calibration finds a wrong interval out; the table is that of record."""

import re

import numpy as np
import pytest

from benchmarks.coverage.days import LONG, SHORT
from benchmarks.coverage.durations import WORK, draw, resolved, survival
from benchmarks.coverage.harness import (
    SEED,
    holds,
    in_place,
    measured,
    rngs,
    smallest_effect,
    write_rows,
)
from benchmarks.coverage.mixes import mixes
from benchmarks.coverage.page import PAGES, filled, shown_methods
from pipelines.engine.indicator import Interval
from pipelines.methods.estimates import Method
from pipelines.methods.survival import EVENT, OPEN
from pipelines.methods.trend import daily_trend
from pipelines.publish.calibration import Calibration, calibration_rows, read_calibration
from pipelines.settings import PROJECT
from pipelines.words import Lang, load_words

TABLE = read_calibration()


def coverage_of_means(shrink: float) -> Calibration:
    """95 % intervals of the mean of 50 normal numbers with known spread, made narrower."""
    means = np.array([rng.normal(size=50).mean() for rng in rngs(2000, 1)])
    reach = shrink * 1.959964 / np.sqrt(50)
    held = holds(means - reach, 0.0, means + reach)
    return measured("mean", "normal", "coverage", held, seed=1, nominal=0.95)


def test_an_honest_interval_is_found_honest_and_a_narrow_one_narrow():
    honest, narrow = coverage_of_means(1.0), coverage_of_means(0.7)
    assert honest.is_kept
    assert honest.actual == pytest.approx(0.95, abs=3 * honest.error)
    # 0.7 of 1.96 standard errors hold the truth in 83 % of samples.
    assert narrow.actual == pytest.approx(0.8299, abs=3 * narrow.error)
    assert not narrow.is_kept


def test_what_belongs_to_one_run_is_averaged_before_its_error_is_taken():
    # Two runs of three places each: means 1 and 1/3; their standard deviation is sqrt(2) / 3.
    row = measured("m", "s", "false_alarm", [[1, 1, 1], [1, 0, 0]], seed=0)
    assert row.actual == pytest.approx(2 / 3)
    assert row.error == pytest.approx(np.sqrt(2) / 3 / np.sqrt(2))
    assert row.runs == 2


def test_an_end_that_is_not_reached_is_open():
    ends = [np.nan, 1.0, np.nan, 1.0], [2.0, np.nan, np.nan, 2.0]
    assert holds(ends[0], 1.5, ends[1]).tolist() == [True, True, True, True]
    assert holds(ends[0], 2.5, ends[1]).tolist() == [False, True, True, False]


def test_the_smallest_effect_lies_between_the_two_that_straddle_the_power():
    # Found in 40 % and in all of ten runs: 80 % lie two thirds of the way from 0.1 to 0.4.
    found = np.arange(10)[:, None] < np.array([4, 10])
    row = smallest_effect("m", "s", np.array([0.1, 0.4]), found, seed=0)
    assert row.actual == pytest.approx(0.3)
    with pytest.raises(ValueError, match="cross"):
        smallest_effect("m", "s", np.array([0.1, 0.4]), found[:, ::-1], seed=0)


def test_the_stated_truth_of_the_durations_is_that_of_the_draws():
    rng = np.random.default_rng(5)
    frailty = rng.gamma(2.5, 1 / 2.5, 100_000)
    still_open = [np.exp(-frailty * WORK[day]).mean() for day in (0, 30, 60, 300)]
    assert survival()[[0, 30, 60, 300]] == pytest.approx(still_open, abs=0.005)
    # Extracts fall 0 to 180 days after registration: an end on day t is seen by (181 - t) / 181.
    age, outcome = draw(rng, np.ones(100_000))
    seen = (181 - np.arange(61)) / 181
    for ended, curve in ((outcome != OPEN, 1 - survival()), (outcome == EVENT, resolved())):
        share = (np.diff(curve[:61], prepend=0.0) * seen).sum()
        assert np.mean(ended & (age <= 60)) == pytest.approx(share, abs=0.006)


def test_a_run_is_the_same_whatever_the_number_of_runs():
    few, many = ([rng.random() for rng in rngs(n, 7, 3)] for n in (2, 5))
    assert few == many[:2]


def test_rows_measured_anew_take_their_places_and_new_ones_stand_behind_the_last():
    def row(setting: str, actual: float) -> Calibration:
        return Calibration("m", setting, "coverage", 0.95, actual, 0.01, 10, 0)

    table = [row("a", 0.1), row("b", 0.2), row("c", 0.3)]
    anew = [row("b", 0.7), row("new", 0.8), row("newer", 0.9)]
    assert in_place(anew, table) == [table[0], *anew, table[2]]
    assert in_place([row("new", 0.8)], table) == [*table, anew[1]]


def test_the_table_is_written_as_it_is_read(tmp_path):
    path = tmp_path / "calibration.csv"
    write_rows(path, TABLE)
    assert read_calibration(path) == TABLE


def test_every_method_with_an_interval_or_limits_is_calibrated():
    judged = {row.method for row in TABLE if row.what in {"coverage", "false_alarm"}}
    # What is applied under a name of its own, and what counts and has no interval.
    applied = {
        "office_bootstrap": "cluster_bootstrap",
        "resolution_curve": "aalen_johansen_share",
    }
    assert {applied.get(name, name) for name in set(Method) - {Method.PROCESS_MAP}} <= judged
    of_indicators = {
        Interval.WILSON: {"wilson_share"},
        Interval.LOG_LOG: {"kaplan_meier_median", "kaplan_meier_share", "aalen_johansen_share"},
        Interval.NORMAL: {"restricted_mean"},
    }
    assert set(of_indicators) == set(Interval) - {Interval.NONE}
    assert set().union(*of_indicators.values()) <= judged


# Rows that judge what the estimates of a release say of how their intervals or limits were made.
JUDGED = {
    "additive_limits": {("funnel", "places_90")},
    "beta_binomial": {("shrinkage", "places_90")},
    "bootstrap_of_date": {("trend", "possible_break_date")},
    "gamma_poisson": {("shrinkage", "ratios_20"), ("shrinkage", "ratios_8")},
    "hac": {
        ("trend", f"{name}_days_23_years") for name in ("slope", "step", "new_year", "days_off")
    },
    "laney_limits": {("control_chart", "laney_p"), ("control_chart", "laney_u")},
    "log_log": {("kaplan_meier_share", "cases_300"), ("delayed_entry", "cases_400_late")},
    "overdispersed": {("trend", "on_year_days_23_years")},
    "posterior_draws": {("dispersion", f"{part}places_90") for part in ("", "between_", "within_")},
    "square_and_add": {
        ("group_difference", "cases_60_300"),
        ("group_difference", "days_of_60_300"),
    },
    "widest_cluster": {
        ("visit_effect", "event_day_cases_60000"),
        ("visit_effect", "lagged_at_random"),
    },
    "xmr_limits": {("control_chart", "xmr")},
}


def test_every_way_in_which_an_estimate_has_an_interval_is_calibrated():
    sources = (PROJECT / "pipelines" / "estimates").glob("*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    made = set(re.findall(r'ci_method="(\w+)"', text)) | set(re.findall(r'"(\w+_limits)"', text))
    assert made == set(JUDGED)
    rows = {(r.method, r.setting) for r in TABLE if r.what in {"coverage", "false_alarm"}}
    assert set().union(*JUDGED.values()) <= rows


def test_the_stated_truth_of_the_days_is_that_of_the_draws():
    for world in (LONG, SHORT):
        trend = daily_trend(world.days, np.exp(world.log_mean), world.calendar)
        for name, pairs in world.published(trend).items():
            # The wave of the season that the model has not is taken for the New Year in part.
            off = 0.04 if name == "new_year" else 0.01
            assert [found.value for found, _ in pairs] == pytest.approx(
                [truth for _, truth in pairs], abs=off
            )


def test_unlike_mixes_alone_put_a_place_beyond_until_they_are_allowed_for():
    odd = {row.method: row.actual for row in mixes(10, seed=3) if row.setting == "odd_mix"}
    assert odd["funnel"] > odd["funnel_case_mix"] == 0


def test_every_row_has_words_and_none_comes_twice():
    rows = list(calibration_rows())
    assert len({row[:3] for row in rows}) == len(rows) == len(TABLE)
    assert all(all(isinstance(name, str) and name for name in row[3:9]) for row in rows)
    assert {row.seed for row in TABLE} == {SEED}


def test_no_world_is_named_that_the_table_has_not():
    said = {key for key in load_words() if key.startswith("calibration.")}
    used = {f"calibration.SETTING_{row.setting}" for row in TABLE}
    used |= {f"calibration.WHAT_{row.what}" for row in TABLE}
    used |= {f"calibration.METHOD_{row.method}" for row in TABLE}
    assert {key for key in said if "KEPT" not in key} <= used


@pytest.mark.parametrize("lang", list(Lang))
def test_the_method_page_holds_the_measured_table(lang):
    page = PAGES[lang].read_text(encoding="utf-8")
    assert filled(page, TABLE, lang) == page
    assert shown_methods(page) == {row.method for row in TABLE}


@pytest.mark.parametrize(
    ("what", "nominal", "actual", "is_kept"),
    [
        ("coverage", 0.95, 0.99, True),
        ("coverage", 0.95, 0.935, True),  # within two errors of 0.01
        ("coverage", 0.95, 0.92, False),
        ("false_alarm", 0.05, 0.01, True),
        ("false_alarm", 0.05, 0.08, False),
        ("width_ratio", 1.15, 1.05, True),
        ("bias", 0.0, 0.03, False),
        ("bias", 0.0, -0.03, False),
        ("bias", 0.0, 0.01, True),
        ("alarms_a_year", None, 3.0, None),
    ],
)
def test_when_a_promise_is_kept(what, nominal, actual, is_kept):
    assert Calibration("m", "s", what, nominal, actual, 0.01, 100, 0).is_kept is is_kept
