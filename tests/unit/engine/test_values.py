"""From facts to figures, one property of the engine at a time."""

from datetime import date

import pytest

from pipelines.engine.compute import compute_indicator, compute_indicators, prepare
from pipelines.engine.frame import Frame
from pipelines.methods.intervals import wilson_sql
from pipelines.portable import IndicatorError

from .conftest import COMMON, COUNT, WORDS, things

JUNE, MAY, Q2 = ("month", "2025-06-01"), ("month", "2025-05-01"), ("quarter", "2025-04-01")
SHARE = f"select {COMMON}, on_date, numerator, denominator from things"
COLOURED = f"select {COMMON}, on_date, numerator, colour from things"


def test_counts_roll_up_from_county_to_province_and_from_month_to_year(figures):
    shown = figures(things(("111", "2025-06-03", 2), ("112", "2025-05-30", 5)))
    assert shown["only", "111", *JUNE, ""]["value"] == 2
    assert shown["only", "112", *JUNE, ""]["value"] == 0
    assert shown["only", "11", *Q2, ""]["value"] == 2 + 5
    assert shown["only", "1", "year", "2025-01-01", ""]["value"] == 2 + 5


def test_a_row_coarser_than_a_county_counts_from_its_own_level_up(figures):
    shown = figures(things(("11", "2025-06-03", 4)))
    assert [shown["only", code, *JUNE, ""]["value"] for code in ("111", "112", "11", "1")] == [
        *(0, 0),
        *(4, 4),
    ]


def test_the_scale_multiplies_value_and_interval(figures):
    rows = things(
        ("111", "2025-06-03", 1, 4), columns="region_row, on_date, numerator, denominator"
    )
    shown = figures(rows, SHARE, kind="share", scale=1000)["only", "111", *JUNE, ""]
    plain = figures(rows, SHARE, kind="share")["only", "111", *JUNE, ""]
    assert shown["value"] == pytest.approx(1000 * 1 / 4)
    assert (shown["low"], shown["high"]) == pytest.approx(
        (1000 * plain["low"], 1000 * plain["high"])
    )
    assert plain["conf_level"] == 0.95


def test_a_share_has_a_wilson_interval_and_a_ratio_has_none(figures, con):
    columns = "region_row, on_date, numerator, denominator"
    rows = things(("111", "2025-06-03", 72, 89), columns=columns)
    share = figures(rows, SHARE, kind="share")["only", "111", *JUNE, ""]
    band = wilson_sql("cast(72 as double)", "cast(89 as double)")
    [wanted] = con.execute(f"select {band.low}, {band.high}").fetchall()
    assert (share["low"], share["high"]) == pytest.approx(wanted)
    ratio = figures(rows, SHARE, kind="ratio")["only", "111", *JUNE, ""]
    assert (ratio["value"], ratio["low"], ratio["conf_level"]) == (
        pytest.approx(72 / 89),
        None,
        None,
    )


def test_n_counts_units_and_not_what_they_sum_to(figures):
    columns = "region_row, on_date, numerator, denominator"
    rows = things(("111", "2025-06-03", 5, 9), ("111", "2025-06-04", 0, 3), columns=columns)
    shown = figures(rows, SHARE, kind="share")["only", "111", *JUNE, ""]
    assert (shown["numerator"], shown["denominator"]) == (5 + 0, 9 + 3)
    assert (shown["n"], shown["n_numerator"]) == (2, 1)


def test_the_gate_learns_of_the_largest_parts_of_a_sum_wherever_they_lie(figures):
    """40 and 25 lie in one county and month, 30 in another month, 7 and ones elsewhere."""
    rows = [("111", "2025-06-03", 40), ("111", "2025-06-04", 25), ("111", "2025-05-04", 30)]
    rows += [("112", "2025-05-05", 7), *[("112", "2025-05-06", 1)] * 3]
    shown = figures(things(*rows))

    def tops(*place):
        return shown["only", *place, ""]["top_one"], shown["only", *place, ""]["top_two"]

    assert tops("111", *JUNE) == (40, 40 + 25)
    assert tops("111", *MAY) == (30, 30)
    assert tops("112", *MAY) == (7, 7 + 1)
    assert tops("11", *MAY) == (30, 30 + 7)
    assert tops("11", *Q2) == (40, 40 + 30)
    assert tops("112", *JUNE) == (None, None)


def test_a_composition_is_a_share_of_all_values_of_the_breakdown(figures):
    columns = "region_row, on_date, numerator, colour"
    rows = things(
        ("111", "2025-06-03", 3, "red"), ("111", "2025-06-04", 1, "blue"), columns=columns
    )
    shown = figures(rows, COLOURED, kind="composition", by=["colour"])
    red = shown["only", "11", *JUNE, "red"]
    assert (red["numerator"], red["denominator"], red["value"]) == (3, 3 + 1, pytest.approx(3 / 4))
    assert shown["only", "11", *JUNE, ""]["value"] == 1


def test_a_mean_is_a_sum_over_its_units(figures):
    rows = things(
        ("111", "2025-06-03", 30),
        ("111", "2025-06-04", 60),
        ("111", "2025-06-05", None),
        columns="region_row, on_date, amount",
    )
    shown = figures(rows, f"select {COMMON}, on_date, amount from things", kind="mean")
    june = shown["only", "111", *JUNE, ""]
    assert (june["value"], june["n"], june["flags"]) == (pytest.approx((30 + 60) / 2), 2, "e")


def test_a_missing_breakdown_is_unknown_and_a_declared_one_is_shown_when_empty(figures):
    columns = "region_row, on_date, numerator, colour"
    rows = things(("111", "2025-06-03", 3, None), columns=columns)
    frame = Frame(date(2025, 12, 31), code_values={"colour": ["red"]})
    shown = figures(rows, COLOURED, frame, by=["colour"])
    assert {key[4]: row["value"] for key, row in shown.items() if key[1:4] == ("11", *JUNE)} == {
        "": 3,
        "red": 0,
        "unknown": 3,
    }


def test_what_has_no_such_breakdown_is_added_to_every_value(figures):
    columns = "region_row, on_date, numerator, denominator, colour"
    rows = things(
        ("111", "2025-06-03", 6, 0, "red"), ("111", "2025-06-03", 0, 4, "*"), columns=columns
    )
    query = f"select {COMMON}, on_date, numerator, denominator, colour from things"
    frame = Frame(date(2025, 12, 31), code_values={"colour": ["red", "blue"]})
    shown = figures(rows, query, frame, kind="ratio", by=["colour"])
    assert [shown["only", "11", *JUNE, colour]["value"] for colour in ("", "red", "blue")] == [
        *(6 / 4, 6 / 4),
        0 / 4,
    ]
    assert ("only", "11", *JUNE, "*") not in shown


OFFICES = f"select {COMMON}, on_date, numerator, handling_office from things"


def test_an_office_has_yearly_rows_where_it_works_and_nowhere_else(figures):
    columns = "region_row, on_date, numerator, handling_office"
    rows = things(
        ("111", "2024-06-03", 3, "A"),
        ("111", "2025-06-03", 2, "A"),
        ("112", "2025-06-03", 1, None),
        columns=columns,
    )
    shown = figures(rows, OFFICES, by=["handling_office"])
    at_work = {key[1:]: row["value"] for key, row in shown.items() if key[4]}
    y24, y25 = ("year", "2024-01-01"), ("year", "2025-01-01")
    assert at_work == {
        **{(code, *y24, "A"): 3 for code in ("111", "11", "1")},
        **{(code, *y25, "A"): 2 for code in ("111", "11", "1")},
        **{(code, *y25, "unknown"): 1 for code in ("112", "11", "1")},
    }
    assert shown["only", "111", *y25, "A"]["change_yoy"] == 2 / 3 - 1
    assert shown["only", "112", *JUNE, ""]["value"] == 1


def test_a_quiet_year_between_two_is_a_zero_of_the_office(figures, con):
    columns = "region_row, on_date, numerator, handling_office"
    con.execute(
        "insert into model.periods select 'year', '2023-01-01', '2024-01-01', true union all "
        "select 'month', cast(m as date), cast(m + interval 1 month as date), true from (select "
        "unnest(generate_series(date '2023-01-01', date '2023-12-01', interval 1 month)) as m)"
    )
    rows = things(("111", "2023-06-03", 3, "A"), ("111", "2025-06-03", 2, "A"), columns=columns)
    shown = figures(rows, OFFICES, by=["handling_office"])
    years = [shown["only", "111", "year", f"{year}-01-01", "A"] for year in (2023, 2024, 2025)]
    assert [row["value"] for row in years] == [3, 0, 2]


def test_an_office_is_never_everywhere(figures):
    columns = "region_row, on_date, numerator, handling_office"
    with pytest.raises(IndicatorError, match=r"offices have no '\*'"):
        figures(
            things(("111", "2025-06-03", 0, "*"), columns=columns), OFFICES, by=["handling_office"]
        )


@pytest.mark.parametrize(
    ("grain", "seen_in"),
    [
        (None, {"month", "quarter", "year"}),
        ("month", {"month", "quarter", "year"}),
        ("quarter", {"quarter", "year"}),
        ("half_year", {"year"}),
        ("year", {"year"}),
    ],
)
def test_a_duty_period_is_left_out_of_shorter_periods(figures, grain, seen_in):
    rows = things(("111", "2025-06-30", 1, grain), columns="region_row, on_date, numerator, grain")
    shown = figures(rows, f"select {COMMON}, on_date, numerator, grain from things")
    assert {key[2] for key, row in shown.items() if key[1] == "11" and row["value"] == 1} == seen_in


def test_only_facts_whose_follow_up_has_passed_count(figures):
    rows = things(
        ("111", "2025-06-03", 1, "2025-06-20"),
        ("111", "2025-06-12", 1, "2025-06-20"),
        columns="region_row, on_date, numerator, seen",
    )
    query = (
        "select region_row, 'o' as office_id, cast(seen as date) as seen_until_on, on_date, "
        "numerator from things"
    )
    frame = Frame(date(2025, 6, 25))
    keys = {"kind": "share", "follow_up_days": 10}
    shown = figures(rows, query, frame, **keys)
    june = shown["only", "111", *JUNE, ""]
    assert (june["denominator"], june["flags"]) == (1, "p")
    late = figures(rows, query, Frame(date(2025, 6, 8)), **keys)["only", "111", *JUNE, ""]
    assert (late["state"], late["reason"]) == ("not_available", "not_yet_observable")


def test_before_its_first_day_an_indicator_has_no_row(figures):
    shown = figures(things(("111", "2025-06-03", 1)), since=date(2025, 6, 1))
    assert min(key[3] for key in shown) == "2025-06-01"


def test_changes_are_relative_for_counts_and_differences_for_shares(figures):
    rows = things(("111", "2024-06-03", 4), ("111", "2025-05-03", 2), ("111", "2025-06-03", 5))
    june = figures(rows)["only", "111", *JUNE, ""]
    assert (june["change_yoy"], june["change_mom"]) == (5 / 4 - 1, 5 / 2 - 1)
    columns = "region_row, on_date, numerator, denominator"
    rows = things(("111", "2025-05-03", 1, 4), ("111", "2025-06-03", 1, 2), columns=columns)
    june = figures(rows, SHARE, kind="share")["only", "111", *JUNE, ""]
    assert (june["change_yoy"], june["change_mom"]) == (None, pytest.approx(1 / 2 - 1 / 4))


def test_a_change_from_nothing_is_no_change(figures):
    assert figures(things(("111", "2025-06-03", 5)))["only", "111", *JUNE, ""]["change_mom"] is None


def test_a_change_is_not_taken_into_a_running_period(figures):
    rows = things(("111", "2025-05-03", 2), ("111", "2025-06-03", 5))
    june = figures(rows, COUNT, Frame(date(2025, 6, 20)))["only", "111", *JUNE, ""]
    assert (june["change_mom"], june["flags"]) == (None, "p")


def test_a_change_is_not_taken_across_a_rule_change(figures, con):
    con.execute(
        "insert into model.rule_calendar values "
        "('R1', 'limit', '2000-01-01', '2025-06-10', true),"
        "('R2', 'limit', '2025-06-10', '9999-12-31', false)"
    )
    rows = things(*(("111", f"2025-{month:02}-03", month) for month in range(4, 9)))
    shown = figures(rows, rule="limit")
    months = [shown["only", "111", "month", f"2025-0{m}-01", ""] for m in range(4, 9)]
    assert [row["rule_id"] for row in months] == ["R1", "R1", "R1 R2", "R2", "R2"]
    assert [row["flags"] for row in months] == ["", "", "bu", "u", "u"]
    assert [row["change_mom"] for row in months[1:]] == [5 / 4 - 1, None, None, 8 / 7 - 1]


def test_a_registered_break_stops_the_changes_of_the_indicators_it_names(figures, con):
    con.execute("create table model.series_breaks (break_on date, indicators text)")
    con.execute("insert into model.series_breaks values ('2025-06-01', 'other thing_count')")
    rows = things(("111", "2025-05-03", 2), ("111", "2025-06-03", 5))
    named = figures(rows)["only", "111", *JUNE, ""]
    other = figures(rows, name="unnamed_count")["only", "111", *JUNE, ""]
    assert (named["flags"], named["change_mom"]) == ("b", None)
    assert (other["flags"], other["change_mom"]) == ("", 5 / 2 - 1)


def test_a_figure_needs_every_export_that_it_draws_on(figures, con):
    con.execute(
        "insert into model.coverage select t, region_row, date '2025-01-01', u from geo.regions, "
        "(values ('register', date '2026-01-01'), ('log', date '2025-06-16')) as c(t, u)"
    )
    sources = {"things": {"register"}, "things.on_date": {"log"}, "others": {"nothing"}}
    rows = things(("111", "2025-06-03", 2), ("111", "2025-07-03", 2))
    shown = figures(rows, COUNT, Frame(date(2025, 12, 31), sources))
    june, july = shown["only", "111", *JUNE, ""], shown["only", "111", "month", "2025-07-01", ""]
    assert (june["value"], june["coverage"], june["flags"], june["change_mom"]) == (
        *(2, "part", "p"),
        None,
    )
    assert (july["state"], july["reason"], july["value"]) == ("not_available", "not_received", None)
    unspoken = figures(rows, COUNT, Frame(date(2025, 12, 31), {"things.weight": {"log"}}))
    assert unspoken["only", "111", "month", "2025-07-01", ""]["coverage"] == "full"


@pytest.mark.parametrize(
    ("kind", "row", "message"),
    [
        ("share", ("111", "2025-06-03", 3, 2), "0 <= numerator <= denominator"),
        ("ratio", ("111", "2025-06-03", -1, 2), "no term is negative"),
        ("ratio", ("111", "2025-06-03", 1.5, 2), "no term is negative or a fraction"),
        ("ratio", ("999", "2025-06-03", 1, 2), "each lies in a region of `regions`"),
    ],
)
def test_facts_that_break_their_promise_stop_the_run(figures, kind, row, message):
    rows = things(row, columns="region_row, on_date, numerator, denominator")
    with pytest.raises(IndicatorError, match=message):
        figures(rows, SHARE, kind=kind)


def test_only_a_row_without_numerator_may_belong_to_every_value(figures):
    rows = things(("111", "2025-06-03", 1, "*"), columns="region_row, on_date, numerator, colour")
    with pytest.raises(IndicatorError, match="has numerator 0"):
        figures(rows, COLOURED, by=["colour"])


def test_a_measure_that_the_header_does_not_declare_stops_the_run(figures):
    rows = things(("111", "2025-06-03", 1, "b"), columns="region_row, on_date, numerator, measure")
    query = f"select {COMMON}, on_date, numerator, measure from things"
    with pytest.raises(IndicatorError, match="header does not declare; expected a, c"):
        figures(rows, query, measures={"a": WORDS, "c": WORDS})


def test_an_error_of_the_query_names_the_column_and_an_error_of_the_data_no_value(figures):
    with pytest.raises(IndicatorError, match="weight"):
        figures(
            things(("111", "2025-06-03", 1)),
            f"select {COMMON}, on_date, weight as numerator from things",
        )
    rows = things(("111", "2025-06-03", "secret"))
    with pytest.raises(IndicatorError, match="ConversionException") as caught:
        figures(rows)
    assert "secret" not in str(caught.value)


def test_one_indicator_can_be_computed_again_without_touching_the_others(con, load):
    con.execute(f"create table model.things as {things(('111', '2025-06-03', 1))}")
    first, second = load(name="first"), load(name="second")
    frame = Frame(date(2025, 12, 31))
    compute_indicators(con, {"first": first, "second": second}, frame)
    before = con.execute("select * from indicators.indicator_values").fetchall()
    compute_indicator(con, first, frame)
    again = con.execute("select * from indicators.indicator_values").fetchall()
    assert sorted(again, key=str) == sorted(before, key=str)


def test_the_search_path_is_left_as_it_was(con, load):
    con.execute("create table model.things (region_row text)")
    con.execute("set search_path = 'geo'")
    frame = Frame(date(2025, 12, 31))
    prepare(con, frame)
    with pytest.raises(IndicatorError):
        compute_indicator(con, load(), frame)
    assert con.execute("select current_setting('search_path')").fetchall() == [("geo",)]


EVENTS = f"select {COMMON}, on_date, numerator, denominator from things"
AMOUNTS = f"select {COMMON}, on_date, cast(null as integer) as amount from things where false"
SPELLS = f"select {COMMON}, on_date as from_on, on_date as until_on{{}} from things where false"


@pytest.mark.parametrize(
    ("kind", "query", "measure"),
    [
        ("share", EVENTS, "only"),
        ("ratio", EVENTS, "only"),
        ("composition", EVENTS.replace(", denominator", ""), "only"),
        ("mean", AMOUNTS, "only"),
        ("quantile", AMOUNTS, "p50"),
        ("duration", SPELLS.format(""), "within_30"),
        ("duration", SPELLS.format(""), "rmst_30"),
        ("stock_share", SPELLS.format(", on_date as marked_on"), "only"),
        ("stock_age", SPELLS.format(""), "p90"),
        ("longest", SPELLS.format(""), "max"),
    ],
)
def test_nothing_to_divide_by_is_one_reason_in_every_kind(figures, kind, query, measure):
    rows = things(
        ("111", "2025-06-03", 0, 0), columns="region_row, on_date, numerator, denominator"
    )
    keys = {"kind": kind, "measures": {measure: WORDS}}
    shown = figures(rows, query, **keys, max_days=90)
    assert {(row["state"], row["reason"], row["value"]) for row in shown.values()} == {
        ("not_available", "no_denominator", None)
    }
