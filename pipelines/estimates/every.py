"""Every estimate of a release, in the order in which the table lists them."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from pipelines.engine.indicator import Indicator
from pipelines.estimates.charts import control_charts
from pipelines.estimates.issues import emerging_issues
from pipelines.estimates.places import compared_places
from pipelines.estimates.table import Row, check_estimates, write_estimates
from pipelines.estimates.trends import trends
from pipelines.estimates.visits import visit_effects
from pipelines.methods.trend import Days


def make_estimates(
    con: duckdb.DuckDBPyConnection,
    as_of: date,
    indicators: Mapping[str, Indicator],
    new_years: Path,
) -> int:
    """Write `public.estimates` and check it; returns the number of rows.

    Args:
        con: the staging database, after the gate.
        as_of: day of the latest extract.
        indicators: the definitions, for the direction of each.
        new_years: the file `lunar_new_year.csv`.
    """
    count = write_estimates(con, _rows(con, as_of, indicators, read_new_years(new_years)))
    check_estimates(con)
    return count


def _rows(
    con: duckdb.DuckDBPyConnection,
    as_of: date,
    indicators: Mapping[str, Indicator],
    new_years: Days,
) -> Iterator[Row]:
    yield from trends(con, as_of, new_years)
    yield from control_charts(con, as_of, indicators)
    yield from compared_places(con, as_of)
    yield from visit_effects(con, as_of)
    yield from emerging_issues(con, as_of, new_years)


def read_new_years(path: Path) -> Days:
    """First days of the lunar years."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        days = sorted(line["new_year_on"] for line in csv.DictReader(file))
    return np.array(days, dtype="datetime64[D]")
