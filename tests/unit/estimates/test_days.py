"""Trends by days: what months cannot tell, and what days may not."""

from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from pipelines.estimates.every import read_new_years
from pipelines.estimates.table import Row
from pipelines.estimates.trends import FROM_DAYS, FROM_MONTHS, trends
from pipelines.methods.trend import new_year_phases
from pipelines.privacy.policy import load_policy
from pipelines.settings import PROJECT
from tests.unit.estimates.world import AS_OF, CITY, PROVINCE, add_months, staging

NEW_YEARS = read_new_years(PROJECT / "data" / "reference" / "lunar_new_year.csv")
COUNT = ("submission_count", "submissions", "submission")
SLOPE, HOLIDAYS, WEEKEND, OFF, MADE_UP = 0.04, (-0.25, -1.2, 0.25), -1.5, -1.0, 1.2
FIRST, END = date(2016, 1, 1), date(2026, 1, 1)


def world(*, a_day: float = 30.0, place: tuple[str, str, str] = PROVINCE) -> Any:
    """Ten years of days in one city; the release prints their months, of the place given."""
    con = staging()
    con.execute(
        "insert into geo.regions values "
        "('990100', '澜川市', 'Lanchuan', 'city', '990100', '0001-01-01', '990100@', null)"
    )
    rng = np.random.default_rng(8)
    days = np.arange(str(FIRST), str(END), dtype="datetime64[D]")
    weekday = np.array([day.weekday() for day in days.tolist()])
    phases = new_year_phases(days, NEW_YEARS)
    year = days.astype("datetime64[Y]")
    off = (days - year.astype("datetime64[D]") > np.timedelta64(273, "D")) & (weekday < 5)
    off &= days - year.astype("datetime64[D]") < np.timedelta64(281, "D")
    made_up = (weekday == 6) & np.isin(days - 13, days[off])
    log_mean = (
        np.log(a_day)
        + SLOPE * np.arange(len(days)) / 365.25
        + phases @ np.array(HOLIDAYS)
        + WEEKEND * (weekday >= 5)
        + OFF * off
        + MADE_UP * made_up
    )
    counts = rng.poisson(np.exp(log_mean))
    con.register("drawn", pa.table({"day": np.repeat(days, counts).astype("datetime64[us]")}))
    con.execute(
        "insert into model.case_timelines by name "
        "select '990100@' as region_row, cast(day as date) as registered_on from drawn; "
        "insert into model.cases by name "
        "select cast(day as timestamp) as registered_at, 'day' as registered_precision from drawn"
    )
    con.register("calendar", pa.table({
        "day": days.astype("datetime64[us]"), "is_workday": (weekday < 5) & ~off | made_up,
    }))  # fmt: skip
    con.execute(
        "insert into model.calendar_days by name "
        "select cast(day as date) as day, is_workday from calendar"
    )
    months, at = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    printed = np.bincount(at, counts).astype(int).tolist()
    starts = months.astype("datetime64[D]").tolist()
    add_months(con, COUNT, place, [(on, n, n, None) for on, n in zip(starts, printed, strict=True)])
    return con


def found(con: duckdb.DuckDBPyConnection, **tighter: int) -> list[Row]:
    return list(trends(con, AS_OF, NEW_YEARS, load_policy(tighter)))


def effects(rows: list[Row]) -> dict[str, Row]:
    return {r.stratum.contrast: r for r in rows if r.estimate.measure == "calendar_effect"}


def caveats(rows: list[Row], measure: str) -> set[str]:
    return {row.estimate.caveats for row in rows if row.estimate.measure == measure}


@pytest.mark.parametrize("place", [PROVINCE, CITY])
def test_days_tell_what_each_kind_of_days_does_and_the_yearly_change(place: tuple[str, str, str]):
    rows = found(world(place=place))
    before, new_year, after = HOLIDAYS
    planted = {
        "new_year_before": before, "new_year": new_year, "new_year_after": after,
        "weekend": WEEKEND, "weekday_off": OFF, "made_up": WEEKEND + MADE_UP,
    }  # fmt: skip
    assert set(effects(rows)) == set(planted)
    for kind, log in planted.items():
        effect = effects(rows)[kind].estimate
        assert effect.value == pytest.approx(np.expm1(log), abs=0.05)
        assert effect.finding == ("rose" if log > 0 else "fell")
        assert (effect.period_start, effect.period_end) == (FIRST, END)
    [change] = [row.estimate for row in rows if row.estimate.measure == "annual_change"]
    assert change.low is not None
    assert change.high is not None
    assert change.low <= np.expm1(SLOPE) <= change.high
    assert caveats(rows, "annual_change") == caveats(rows, "change_on_year") == {FROM_DAYS}
    assert caveats(rows, "adjusted") == {FROM_MONTHS}


def test_no_count_of_days_is_printed_and_numbers_have_three_decimals():
    rows = [row.estimate for row in found(world()) if row.estimate.caveats == FROM_DAYS]
    assert {(row.n, row.n_events) for row in rows} == {(None, None)}
    for row in rows:
        for number in (row.value, row.low, row.high):
            assert number is None or number == round(number, 3)


def test_a_kind_of_days_with_few_cases_in_some_year_has_no_effect():
    """About five are registered in the eight days of each New Year, hundreds on weekends."""
    kinds = {kind: row.estimate for kind, row in effects(found(world(a_day=2.0))).items()}
    assert (kinds["new_year"].value, kinds["new_year"].reason) == (None, "few_on_such_days")
    assert kinds["weekend"].value is not None
    tightened = effects(found(world(a_day=2.0), k=60))
    assert tightened["weekend"].estimate.reason == "few_on_such_days"


def test_what_is_true_of_all_years_but_one_is_not_told():
    con = world()
    con.execute(
        "delete from model.case_timelines where registered_on between '2020-01-24' and '2020-01-31'"
    )
    assert effects(found(con))["new_year"].estimate.reason == "few_on_such_days"


BY_MONTH = {
    "days that are not those that were counted":
        "delete from model.case_timelines "
        "where registered_on between '2018-03-01' and '2018-05-31'",
    "cases known to the month only, up to late years":
        "update model.cases set registered_precision = 'month' "
        "where day(registered_at) < 3 and year(registered_at) = 2022",
    "a break after which one case came":
        "insert into model.series_breaks values ('2025-12-31', 'rule', '*'); "
        "delete from model.case_timelines where registered_on = '2025-12-31' and rowid > "
        "(select min(rowid) from model.case_timelines where registered_on = '2025-12-31')",
}  # fmt: skip


@pytest.mark.parametrize("change", BY_MONTH.values(), ids=BY_MONTH)
def test_months_are_fitted_where_days_cannot_be(change: str):
    con = world(a_day=10.0)
    assert caveats(found(con), "annual_change") == {FROM_DAYS}
    con.execute(change)
    rows = found(con)
    assert caveats(rows, "annual_change") == {FROM_MONTHS}
    assert effects(rows) == {}


def test_years_of_which_days_are_not_known_are_left_out():
    con = world()
    con.execute(
        "update model.cases set registered_precision = 'month' where year(registered_at) = 2018"
    )
    starts = {row.estimate.period_start for row in effects(found(con)).values()}
    assert starts == {date(2019, 1, 1)}


def test_a_home_without_a_working_calendar_tells_of_weekends_and_new_year_alone():
    con = world()
    con.execute("delete from model.calendar_days")
    kinds = effects(found(con))
    assert set(kinds) == {"new_year_before", "new_year", "new_year_after", "weekend"}
