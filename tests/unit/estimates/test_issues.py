"""An issue that emerges is flagged, then confirmed; no count ever leaves."""

from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from pipelines.estimates.every import read_new_years
from pipelines.estimates.issues import emerging_issues
from pipelines.estimates.table import Row
from pipelines.privacy.policy import load_policy
from pipelines.settings import PROJECT
from tests.unit.estimates.world import AS_OF, add_coverage, staging

NEW_YEARS = read_new_years(PROJECT / "data" / "reference" / "lunar_new_year.csv")
END = date(2026, 10, 26)
CLASSES = ("land", "health", "environment", "labour")


def world(*, weeks: int, times: float = 4.0) -> duckdb.DuckDBPyConnection:
    """Six years of four cities by four classes; one emerges in the last so many weeks."""
    con = staging()
    rng = np.random.default_rng(5)
    mean = np.full((4, 4, 300), 12.0)
    mean[3, :, :] = 0.2
    if weeks:
        mean[1, 2, -weeks:] *= times
    city, kind, week = np.nonzero(np.ones(mean.shape))
    counts = rng.poisson(mean).ravel()
    place = np.repeat(np.arange(counts.size), counts)
    first = END - timedelta(weeks=300)
    for at in range(4):
        con.execute(
            "insert into geo.regions values (?, ?, ?, 'city', ?, '0001-01-01', ?, null)",
            [f"99{at}", f"市{at}", f"City {at}", f"99{at}", f"99{at}@"],
        )
    drawn = pa.table({"city": city[place], "kind": kind[place], "week": week[place]})
    con.register("drawn", drawn)
    con.execute(
        f"""
        insert into model.case_timelines by name
        select '99' || city || '@' as region_row, {list(CLASSES)}[kind + 1] as content_code,
            date '{first}' + (7 * week)::int as registered_on,
            date '{END - timedelta(days=1)}' as seen_until_on
        from drawn
        """
    )
    con.unregister("drawn")
    return con


def found(
    con: duckdb.DuckDBPyConnection, **tighter: int
) -> tuple[list[Row], dict[tuple[str, str], str]]:
    add_coverage(con)
    rows = list(emerging_issues(con, AS_OF, NEW_YEARS, load_policy(tighter)))
    cities = [row for row in rows if row.stratum.level == "city"]
    return rows, {
        (row.stratum.region_code, row.stratum.by_value): row.estimate.finding
        for row in cities
        if row.estimate.finding
    }


def test_what_emerges_is_flagged_first_and_confirmed_in_the_second_week():
    last = END - timedelta(weeks=1)
    assert found(world(weeks=1))[1] == {("991", "environment"): f"flagged since:{last}"}
    rows, signals = found(world(weeks=2))
    before = last - timedelta(weeks=1)
    assert signals == {("991", "environment"): f"confirmed since:{before}"}
    [total] = [row.estimate for row in rows if row.estimate.measure == "signals"]
    assert total.finding == "confirmed"


def test_where_no_submission_has_a_class_nothing_can_emerge():
    con = world(weeks=2)
    con.execute("update model.case_timelines set content_code = null")
    assert found(con) == ([], {})


@pytest.mark.parametrize(("weeks", "since"), [(3, "since:2026-10-05"), (4, "by:2026-09-28"),
                                              (9, "by:2026-09-28")])  # fmt: skip
def test_since_when_an_issue_stands_is_told_within_the_weeks_screened(weeks: int, since: str):
    assert found(world(weeks=weeks))[1] == {("991", "environment"): f"confirmed {since}"}


def test_a_week_that_may_not_be_told_is_not_told_as_the_first_one():
    """Ten are asked of four weeks by the policy; the class brings none, then 9, then 40."""
    con = world(weeks=0)
    recent = END - timedelta(weeks=5)
    con.execute(
        f"delete from model.case_timelines where region_row = '993@' and content_code = 'land' "
        f"and registered_on >= date '{recent}'; "
        "insert into model.case_timelines by name "
        "select '993@' as region_row, 'land' as content_code, "
        f"date '{END - timedelta(days=1)}' as seen_until_on, date '{END}' - days::int as "
        "registered_on from (select case when i < 9 then 10 else 3 end as days from range(49) t(i))"
    )
    assert found(con)[1] == {("993", "land"): "flagged since:2026-10-19"}


def late(con: duckdb.DuckDBPyConnection, city: str, weeks: int) -> duckdb.DuckDBPyConnection:
    """The extract of one city is so many weeks older than those of the others."""
    end = END - timedelta(weeks=weeks)
    con.execute(
        "delete from model.case_timelines where region_row = ? and registered_on >= ?",
        [f"{city}@", end],
    )
    con.execute(
        "insert into model.coverage values ('cases', ?, '0001-01-01', ?), "
        "('cases', '990000@', '0001-01-01', ?)",
        [f"{city}@", end, end],
    )
    return con


def test_a_city_whose_export_is_older_is_screened_in_its_own_last_week():
    rows, signals = found(late(world(weeks=4), "991", 2))
    assert signals == {("991", "environment"): f"confirmed since:{END - timedelta(weeks=4)}"}
    starts = {
        row.stratum.region_code: row.estimate.period_start
        for row in rows
        if row.stratum.by_value == "environment"
    }
    week = timedelta(weeks=1)
    # The province is known as far as the last of its cities is.
    assert starts == {
        "990": END - week,
        "991": END - 3 * week,
        "992": END - week,
        "990000": END - 3 * week,
    }


def test_a_city_whose_export_is_far_too_old_is_not_screened_nor_is_the_province():
    rows, signals = found(late(world(weeks=2), "991", 6))
    assert signals == {}
    missing = [row for row in rows if row.estimate.reason == "not_received"]
    assert {row.stratum.region_code for row in missing} == {"991", "990000"}
    assert {row.estimate.state for row in missing} == {"not_available"}
    assert {row.estimate.value for row in missing} == {None}
    [total] = [row.estimate for row in rows if row.estimate.measure == "signals"]
    assert (total.value, total.n) == (0, 8)  # four classes of two cities; those of 993 are small


def test_a_city_that_began_to_report_two_years_ago_has_no_usual_week():
    con = world(weeks=2)
    con.execute("insert into model.coverage values ('cases', '991@', '2024-10-01', '9999-12-31')")
    rows, signals = found(con)
    assert signals == {}
    assert {row.estimate.reason for row in rows if row.stratum.region_code == "991"} == {
        "history_not_received"
    }


def test_nothing_is_flagged_where_nothing_emerges():
    rows, signals = found(world(weeks=0))
    assert signals == {}
    [total] = [row.estimate for row in rows if row.estimate.measure == "signals"]
    assert (total.value, total.finding) == (0, "")


def test_no_count_is_printed_and_small_ones_not_even_as_a_ratio():
    rows, _ = found(world(weeks=2))
    signals = [row for row in rows if row.estimate.measure == "signal"]
    assert {row.estimate.n for row in signals if row.estimate.value is not None} == {None}
    assert all(
        row.estimate.value == round(row.estimate.value, 1)
        for row in signals
        if row.estimate.value is not None
    )
    small = [row.estimate for row in signals if row.stratum.region_code == "993"]
    assert [each.value for each in small] == [None] * len(small)


def test_a_countys_class_is_flagged_in_the_county_and_no_small_one_is_listed():
    con = world(weeks=2)
    # The first two cities have one county each, to which all their cases belong.
    for city in ("990", "991"):
        con.execute(
            "insert into geo.regions values "
            "(?, '县', 'County', 'county', ?, '0001-01-01', ?, null)",
            [f"{city}01", city, f"{city}01@"],
        )
        con.execute(
            "update model.case_timelines set region_row = ? where region_row = ?",
            [f"{city}01@", f"{city}@"],
        )
    rows, _ = found(con)
    counties = [row for row in rows if row.stratum.level == "county"]
    assert {row.stratum.region_code for row in counties} == {"99001", "99101"}
    assert [
        (row.stratum.region_code, row.stratum.by_value, row.estimate.finding)
        for row in counties
        if row.estimate.finding
    ] == [("99101", "environment", "confirmed since:2026-10-12")]
    # Their cities hold the same cases and say the same.
    assert [
        (row.stratum.region_code, row.stratum.by_value)
        for row in rows
        if row.stratum.level == "city" and row.estimate.finding
    ] == [("991", "environment")]


def test_a_county_of_few_cases_has_no_row():
    con = world(weeks=0)
    con.execute(
        "insert into geo.regions values "
        "('99301', '县', 'County', 'county', '993', '0001-01-01', '99301@', null)"
    )
    con.execute("update model.case_timelines set region_row = '99301@' where region_row = '993@'")
    rows, _ = found(con)
    assert [row for row in rows if row.stratum.level == "county"] == []


def test_a_county_that_got_a_new_code_keeps_its_series():
    con = world(weeks=0)
    for code, since in (("99001", "0001-01-01"), ("99002", "2026-09-01")):
        con.execute(
            "insert into geo.regions values (?, '县', 'County', 'county', '990', ?, ?, 'SU99001')",
            [code, since, f"{code}@"],
        )
    con.execute(
        "update model.case_timelines set region_row = case when registered_on < '2026-09-01' "
        "then '99001@' else '99002@' end where region_row = '990@'"
    )
    rows, signals = found(con)
    counties = [row for row in rows if row.stratum.level == "county"]
    assert {row.stratum.region_code for row in counties} == {"99002"}
    assert signals == {}
    assert {row.estimate.finding for row in counties} == {""}


def test_a_home_that_tightens_the_policy_prints_less():
    """Four weeks of a usual class hold about 48 cases, of the class that emerges more."""
    _, signals = found(world(weeks=2))
    rows, tightened = found(world(weeks=2), k=200)
    assert signals
    assert tightened == {}
    signal = [row.estimate for row in rows if row.estimate.measure == "signal"]
    city = [row for row in rows if row.stratum.level == "city"]
    assert {row.estimate.reason for row in city} == {"few_in_four_weeks"}
    assert any(each.value is not None for each in signal)  # of the province
