"""Ten years of days of one city, whose kinds of days differ by what is planted."""

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.estimates.every import read_new_years
from pipelines.methods.trend import new_year_phases
from pipelines.settings import PROJECT
from tests.unit.estimates.world import PROVINCE, add_months, staging

NEW_YEARS = read_new_years(PROJECT / "data" / "reference" / "lunar_new_year.csv")
COUNT = ("submission_count", "submissions", "submission")
SLOPE, HOLIDAYS, WEEKEND, OFF, MADE_UP = 0.04, (-0.25, -1.2, 0.25), -1.5, -1.0, 1.2
FIRST, END = date(2016, 1, 1), date(2026, 1, 1)


def of_days(
    *, a_day: float = 30.0, place: tuple[str, str, str] = PROVINCE
) -> duckdb.DuckDBPyConnection:
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
