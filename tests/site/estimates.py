"""The estimates of the invented release: the methods at work on its figures, as in a run.

The invented release has no cases, so that the methods that need some are given simulated ones.
"""

from datetime import date
from functools import cache
from typing import Any

import duckdb

from pipelines.engine.indicator import load_indicators
from pipelines.estimates.every import make_estimates, read_new_years
from pipelines.estimates.issues import emerging_issues
from pipelines.estimates.paths import paths
from pipelines.estimates.table import write_estimates
from pipelines.estimates.visits import visit_effects
from pipelines.estimates.waiting import waiting_times
from pipelines.privacy.policy import load_policy
from pipelines.settings import PACKAGE, PROJECT
from tests.unit.estimates.world import (
    AS_OF,
    PASSED,
    QUICK,
    STEPS,
    add_cases,
    add_tables,
    staging,
    with_steps,
)

NEW_YEARS = PROJECT / "data" / "reference" / "lunar_new_year.csv"
POLICY = load_policy()


def estimate(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write `public.estimates` of a release."""
    con.execute("create schema model; create schema ops")
    add_tables(con)
    con.execute(
        "create table model.series_breaks as "
        "select break_on, kind, indicators from dictionary.series_breaks; "
        "insert into geo.regions by name select '990000@0001-01-01' as region_row, "
        "'990000' as region_code, 'province' as level, '云泽省' as name_zh, "
        "'Yunze Province' as name_en, date '0001-01-01' as valid_from, "
        "date '9999-12-31' as valid_to, 'province' as kind"
    )
    make_estimates(con, as_of, load_indicators(PACKAGE / "indicators"), NEW_YEARS, POLICY, STEPS)
    con.execute("drop schema model cascade; drop schema ops cascade")
    con.register("of_cases", _of_cases())
    con.execute("insert into public.estimates by name select * from of_cases")
    con.unregister("of_cases")


@cache
def _of_cases() -> Any:
    """What the methods say that need cases, of simulated ones."""
    cases = staging()
    add_cases(cases, effect=0.3, cases=20_000)
    rows = [
        *visit_effects(cases, AS_OF, POLICY),
        *emerging_issues(cases, AS_OF, read_new_years(NEW_YEARS), POLICY),
        *waiting_times(cases, AS_OF, POLICY),
        *paths(with_steps({QUICK: 40, PASSED: 30}), AS_OF, POLICY, STEPS),
    ]
    write_estimates(cases, rows)
    return cases.sql("select * from public.estimates").to_arrow_table()
