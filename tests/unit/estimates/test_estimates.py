"""Each method is at work on gated figures, and says why where it cannot be."""

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipelines.engine.indicator import load_indicators
from pipelines.estimates.charts import control_charts
from pipelines.estimates.every import make_estimates, read_new_years, with_caveats
from pipelines.estimates.places import RATIO, compared_places
from pipelines.estimates.table import CHECKS, COLUMNS, TABLE, Row, check_estimates, write_estimates
from pipelines.estimates.trends import trends
from pipelines.methods.estimates import Method
from pipelines.privacy.policy import load_policy
from pipelines.publish.catalogue import load_catalogue
from pipelines.settings import PACKAGE, PROJECT
from pipelines.words import load_words
from tests.unit.estimates.world import (
    AS_OF,
    CITY,
    PROVINCE,
    STEPS,
    add_months,
    add_years,
    months,
    staging,
)

NEW_YEARS = PROJECT / "data" / "reference" / "lunar_new_year.csv"
COUNT = ("submission_count", "submissions", "submission")
SHARE = ("ontime_closure_rate", "due_based", "share")


def test_the_table_of_the_release_has_the_columns_of_the_one_schema_in_its_order():
    published = next(table for table in load_catalogue() if table.name == TABLE).contract
    assert {c.name: c.sql_type for c in published.columns} == COLUMNS


def test_the_words_describe_the_methods_there_are_and_no_other():
    titles = {key for key in load_words() if key.startswith("methods.") and key.endswith("_title")}
    assert titles == {f"methods.{method}_title" for method in Method}


def of(rows: list[Row], measure: str) -> list[Row]:
    return [row for row in rows if row.estimate.measure == measure]


def grown(con: duckdb.DuckDBPyConnection, *, hidden: int | None = None) -> None:
    """Fifteen years that grow by 4 % a year and are a fifth higher from 2014 on."""
    starts = months(2008, 180)
    rng = np.random.default_rng(1)
    mean = (
        3000
        * np.exp(0.04 * np.arange(180) / 12)
        * np.where([on >= date(2014, 1, 1) for on in starts], 1.2, 1.0)
    )
    drawn = rng.poisson(mean).tolist()
    rows = [(on, None if at == hidden else n, n, None) for at, (on, n) in enumerate(
        zip(starts, drawn, strict=True))]  # fmt: skip
    add_months(con, COUNT, PROVINCE, rows)
    con.execute("insert into model.series_breaks values ('2014-01-01', 'definition', '*')")


def test_a_trend_finds_the_planted_slope_and_the_planted_step():
    con = staging()
    grown(con)
    rows = list(trends(con, AS_OF, read_new_years(NEW_YEARS), load_policy()))
    slopes = [row.estimate for row in of(rows, "annual_change")]
    assert [(each.period_start.year, each.finding) for each in slopes] == [
        (2008, "rose"), (2014, "rose"),
    ]  # fmt: skip
    for slope in slopes:
        assert slope.low is not None
        assert slope.high is not None
        assert slope.low <= np.expm1(0.04) <= slope.high
    [step] = of(rows, "step")
    assert step.stratum.contrast == "2014-01-01"
    assert step.estimate.low is not None
    assert step.estimate.high is not None
    assert step.estimate.low <= 0.2 <= step.estimate.high
    assert len(of(rows, "adjusted")) == 180


def test_a_trend_with_a_hidden_month_is_absent_and_says_so():
    con = staging()
    grown(con, hidden=40)
    [row] = trends(con, AS_OF, read_new_years(NEW_YEARS), load_policy())
    assert (row.estimate.value, row.estimate.reason) == (None, "months_missing")


def test_a_place_too_small_for_months_says_so():
    con = staging()
    grown(con)
    add_years(con, COUNT, CITY, [(date(year, 1, 1), 60, 60, None) for year in range(2015, 2026)])
    rows = list(trends(con, AS_OF, read_new_years(NEW_YEARS), load_policy()))
    [city] = [row.estimate for row in rows if row.stratum.level == "city"]
    assert (city.measure, city.state, city.reason) == (
        "annual_change", "too_few", "months_not_printed",
    )  # fmt: skip
    assert len([row for row in of(rows, "annual_change") if row.estimate.value is not None]) == 2


def test_no_change_on_year_is_printed_across_a_change_of_definition():
    con = staging()
    grown(con)
    con.execute("insert into model.series_breaks values ('2022-03-01', 'definition', '*')")
    rows = list(trends(con, AS_OF, read_new_years(NEW_YEARS), load_policy()))
    [change] = of(rows, "change_on_year")
    assert (change.estimate.state, change.estimate.reason) == (
        "not_available", "definition_changed",
    )  # fmt: skip


def test_a_control_chart_marks_the_month_that_stands_out_and_knows_the_good_direction():
    con = staging()
    rng = np.random.default_rng(2)
    rows = [(on, k / 1000, int(k), 1000) for on, k in zip(
        months(2023, 36), rng.binomial(1000, 0.9, 36), strict=True)]  # fmt: skip
    rows[30] = (rows[30][0], 0.7, 700, 1000)
    add_months(con, SHARE, CITY, rows)
    found = list(control_charts(con, AS_OF, load_indicators(PACKAGE / "indicators")))
    marked = [r.estimate.period_start for r in found if "outside" in r.estimate.finding]
    assert marked == [rows[30][0]]
    for row in found:
        ends = (row.estimate.low, row.estimate.expected, row.estimate.high)
        assert None not in ends
        assert list(ends) == sorted(ends, key=lambda end: end or 0.0)
    assert found[30].estimate.finding == "concern outside"


RULE = (
    "insert into model.rule_calendar by name select 'R' as rule_id, '{topic}' as topic, "
    "60 as value, 'day' as unit, date '{since}' as valid_from, date '9999-12-31' as valid_to"
)


@pytest.mark.parametrize(
    ("share", "topic", "since", "assured"),
    [
        (0.90, "handle_limit", "2022-05-01", ["will_not"]),
        (0.996, "handle_limit", "2022-05-01", ["hit_and_miss"]),
        (0.90, "accept_limit", "2022-05-01", []),  # asks nothing of replies
        (0.90, "handle_limit", "2026-01-01", []),  # not in force in the last month
    ],
)
def test_a_share_in_time_is_held_against_what_a_rule_in_force_asks_for(
    share: float, topic: str, since: str, assured: list[str]
):
    con = staging()
    con.execute(RULE.format(topic=topic, since=since))
    rng = np.random.default_rng(7)
    add_months(con, SHARE, CITY, [(on, k / 1000, int(k), 1000) for on, k in zip(
        months(2023, 36), rng.binomial(1000, share, 36), strict=True)])  # fmt: skip
    rows = list(control_charts(con, AS_OF, load_indicators(PACKAGE / "indicators")))
    found = of(rows, "assurance")
    assert [row.estimate.finding for row in found] == assured
    for row in found:
        last = [r.estimate for r in rows if r.estimate.measure == "due_based"][-1]
        held = row.estimate
        assert (row.stratum.contrast, held.expected) == ("due_based", 1.0)
        assert (held.value, held.low, held.high) == (last.value, last.low, last.high)
        assert held.period_start == date(2025, 12, 1)


def test_a_measure_without_a_target_is_not_held_against_one():
    con = staging()
    con.execute(RULE.format(topic="handle_limit", since="2022-05-01"))
    share = ("satisfaction_triple", "rate", "share")
    add_months(con, share, CITY, [(on, 0.9, 900, 1000) for on in months(2023, 36)])
    rows = list(control_charts(con, AS_OF, load_indicators(PACKAGE / "indicators")))
    assert len(rows) == 36
    assert of(rows, "assurance") == []


def test_caveats_of_the_method_stand_before_those_of_the_figure_each_once():
    con = staging()
    add_months(con, SHARE, CITY, [(on, 0.9, 90, 100) for on in months(2025, 8)])
    indicators = load_indicators(PACKAGE / "indicators")
    [row] = control_charts(con, AS_OF, indicators)
    [told] = with_caveats(with_caveats([row], indicators), indicators)
    assert row.estimate.caveats == "limits_are_no_interval"
    assert told.estimate.caveats.split() == [
        "limits_are_no_interval",
        *indicators["ontime_closure_rate"].caveats,
    ]


def test_a_control_chart_of_few_months_has_no_limits():
    con = staging()
    add_months(con, SHARE, CITY, [(on, 0.9, 90, 100) for on in months(2025, 8)])
    [row] = control_charts(con, AS_OF, load_indicators(PACKAGE / "indicators"))
    assert (row.estimate.value, row.estimate.reason) == (None, "fewer_than_12_months")
    assert row.estimate.n is None  # nothing rests on nothing: no count is claimed


def test_a_funnel_names_the_planted_outlier_alone_and_pulls_small_places_to_the_middle():
    con = staging()
    rng = np.random.default_rng(3)
    sizes = rng.integers(200, 2000, 30)
    sizes[7], sizes[8] = 1500, 30
    late = rng.binomial(sizes, 0.1)
    late[7], late[8] = 450, 9
    for at, (n, k) in enumerate(zip(sizes.tolist(), late.tolist(), strict=True)):
        place = ("county", f"9901{at:02d}", f"县{at}")
        add_years(con, SHARE, place, [(date(2025, 1, 1), 1 - k / n, n - k, n)])
        con.execute(
            "insert into geo.regions values (?, ?, ?, 'county', '990100', '0001-01-01', '', null)",
            [place[1], place[2], place[2]],
        )
    rows = list(compared_places(con, AS_OF))
    beyond = [
        (r.estimate.method, r.stratum.region_code) for r in rows if r.estimate.finding == "beyond"
    ]
    assert beyond == [(Method.FUNNEL, "990107"), (Method.FUNNEL_PEERS, "990107")]
    shrinkage = [r for r in rows if r.estimate.method == Method.SHRINKAGE]
    shrunken = {r.stratum.region_code: r.estimate for r in shrinkage if r.estimate.unit == "share"}
    small = shrunken["990108"]
    assert small.value is not None
    assert small.expected is not None
    assert 0.7 < small.value < small.expected
    few = [
        r.estimate for r in rows if r.estimate.method == Method.FUNNEL and r.estimate.value is None
    ]
    assert [each.reason for each in few] == ["fewer_than_5_expected"]
    assert_ratios_are_drawn_to_the_usual_one(rows)


def assert_ratios_are_drawn_to_the_usual_one(rows: list[Row]) -> None:
    """Those of a funnel's places, in code order: of 990107 too, which keeps most of its own."""
    drawn = [r for r in rows if r.estimate.measure == RATIO]
    in_funnel = {
        r.stratum.region_code: r.estimate.value
        for r in rows
        if r.estimate.method == Method.FUNNEL and r.estimate.value is not None
    }
    assert [r.stratum.region_code for r in drawn] == sorted(in_funnel)
    for row in drawn:
        raw, found = in_funnel[row.stratum.region_code], row.estimate
        assert found.value is not None
        assert found.expected is not None
        assert found.low is not None
        assert found.high is not None
        assert raw is not None
        assert abs(found.value - found.expected) < abs(raw - found.expected)
        assert found.low < found.value < found.high
        assert (found.method, found.unit, row.stratum.contrast) == (
            Method.SHRINKAGE,
            "times",
            "failures",
        )
    outlier = next(r.estimate for r in drawn if r.stratum.region_code == "990107")
    assert (outlier.low or 0) > 1


def test_places_that_drift_apart_are_seen_to_year_by_year():
    con = staging()
    rng = np.random.default_rng(4)
    for at in range(30):
        rows = []
        for year, spread in ((2023, 0.0), (2024, 0.05), (2025, 0.15)):
            k = int(rng.binomial(2000, 0.5 + spread * np.cos(at)))
            rows.append((date(year, 1, 1), k / 2000, k, 2000))
        add_years(con, SHARE, ("county", f"9901{at:02d}", f"县{at}"), rows)
    found = [r for r in compared_places(con, AS_OF) if r.estimate.method == Method.DISPERSION]
    whole = [r.estimate for r in found if r.stratum.contrast == "total"]
    total = {each.period_start.year: each for each in whole}
    assert set(total) == {2023, 2024, 2025}
    for year, spread in ((2024, 0.05), (2025, 0.15)):
        low, high = total[year].low, total[year].high
        assert low is not None
        assert high is not None
        ratio = 1 + 2 * spread * np.cos(np.arange(30))
        ratio /= ratio.mean()
        assert low <= (ratio * np.log(ratio)).mean() <= high
    assert (total[2023].high or 1) < (total[2025].low or 0)


def test_a_rate_per_visit_is_charted_with_limits_that_follow_the_number_of_visits():
    con = staging()
    rng = np.random.default_rng(6)
    visits = np.where(np.arange(36) % 2 == 0, 40, 160)
    batches = rng.poisson(8 * visits)
    batches[33] = 3 * batches[33]
    rows = [(on, b / v, int(b), int(v)) for on, b, v in zip(
        months(2023, 36), batches, visits, strict=True)]  # fmt: skip
    add_months(con, ("batches_per_leader_visit", "per_event", "batch_per_visit"), CITY, rows)
    found = list(control_charts(con, AS_OF, load_indicators(PACKAGE / "indicators")))
    assert [r.estimate.period_start for r in found if "outside" in r.estimate.finding] == [
        rows[33][0]
    ]
    assert found[33].estimate.finding == "high outside"
    assert {r.estimate.ci_method for r in found} == {"laney_limits"}
    few, many = ((r.high or 0) - (r.low or 0) for r in (found[0].estimate, found[1].estimate))
    assert few > many


def test_what_is_not_finite_or_not_explained_stops_the_publication():
    con = staging()
    grown(con)
    count = make_estimates(
        con, AS_OF, load_indicators(PACKAGE / "indicators"), NEW_YEARS, load_policy(), STEPS
    )
    assert count > 180
    assert sum(check.total_count for check in check_estimates(con).values()) == count
    recorded = (
        "select check_id, passed, failed_count from ops.checks where table_name = 'estimates'"
    )
    assert set(con.execute(recorded).fetchall()) == {(id_, True, 0) for id_, _ in CHECKS.values()}
    con.execute(f"update {TABLE} set value = null where measure = 'step'")
    con.execute(f"update {TABLE} set expected = 'nan' where period_start = '2010-01-01'")
    failed = {method: check.failed_count for method, check in check_estimates(con).items()}
    assert {method: count for method, count in failed.items() if count} == {Method.TREND: 2}
    told = con.execute(f"{recorded} and not passed").fetchall()
    assert told == [(CHECKS[Method.TREND][0], False, 2)]
    con.execute(f"update {TABLE} set method = 'guess' where measure = 'step'")
    with pytest.raises(ValueError, match="guess"):
        check_estimates(con)


def test_a_home_without_a_figure_has_an_empty_table():
    con = staging()
    assert write_estimates(con, []) == 0
    assert {check.total_count for check in check_estimates(con).values()} == {0}


@pytest.mark.parametrize("day", ["2003-02-01", "2026-02-17"])
def test_new_years_are_read_from_the_reference_file(day: str):
    assert np.datetime64(day) in read_new_years(Path(NEW_YEARS))
