"""Every estimate of a release, in the order in which the table lists them."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path

import duckdb
import numpy as np

from pipelines.engine.indicator import Indicator
from pipelines.estimates.charts import control_charts
from pipelines.estimates.issues import emerging_issues
from pipelines.estimates.late_entry import late_entries
from pipelines.estimates.paths import paths
from pipelines.estimates.places import compared_places
from pipelines.estimates.table import write_estimates
from pipelines.estimates.trends import trends
from pipelines.estimates.visits import visit_effects
from pipelines.estimates.waiting import waiting_times
from pipelines.methods.trend import Days
from pipelines.privacy.policy import Policy


def make_estimates(  # noqa: PLR0913, PLR0917 - all that the methods are told
    con: duckdb.DuckDBPyConnection,
    as_of: date,
    indicators: Mapping[str, Indicator],
    new_years: Path,
    policy: Policy,
    steps: Sequence[str],
) -> int:
    """Write `public.estimates`; returns the number of rows. They are checked when it is complete.

    Args:
        con: the staging database, after the gate.
        as_of: day of the latest extract.
        indicators: the definitions, for the direction of each.
        new_years: the file `lunar_new_year.csv`.
        policy: thresholds of disclosure, for what is read from the warehouse.
        steps: the types of step, in the order in which those of one instant stand.
    """
    days = read_new_years(new_years)
    rows = chain(
        trends(con, as_of, days, policy),
        control_charts(con, as_of, indicators),
        compared_places(con, as_of),
        waiting_times(con, as_of, policy),
        late_entries(con, as_of, policy),
        paths(con, as_of, policy, steps),
        visit_effects(con, as_of, policy),
        emerging_issues(con, as_of, days, policy),
    )
    return write_estimates(con, rows)


def read_new_years(path: Path) -> Days:
    """First days of the lunar years."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        days = sorted(line["new_year_on"] for line in csv.DictReader(file))
    return np.array(days, dtype="datetime64[D]")
