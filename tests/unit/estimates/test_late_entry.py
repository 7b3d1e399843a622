"""Lists of what is open: what ended before any list is missing, and is allowed for."""

from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.estimates.late_entry import late_entries
from pipelines.privacy.policy import load_policy
from tests.unit.estimates.world import AS_OF, staging

FIRST = date(2026, 1, 1)
MEAN = 50


def world(cases: int, *, lists: bool = True) -> duckdb.DuckDBPyConnection:
    """Cases from before and after the first list; only those that a list shows are known."""
    con = staging()
    rng = np.random.default_rng(8)
    since = rng.integers(-300, 300, cases)
    until = since + np.floor(rng.exponential(MEAN, cases)).astype(int)
    # A list every tenth day from the first on.
    listed = np.maximum(0, -(-since // 10) * 10)
    known = until > listed
    drawn = pa.table({"since": since[known], "until": until[known], "no": np.arange(known.sum())})
    con.register("drawn", drawn)
    last = (AS_OF - FIRST).days
    con.execute(
        f"""
        insert into model.case_timelines by name
        select 'c' || no as case_id, date '{FIRST}' + since::int as registered_on,
            case when until <= {last} then date '{FIRST}' + until::int end as closed_on,
            case when until <= {last} then 'resolved' end as outcome,
            date '{AS_OF}' as seen_until_on
        from drawn
        """
    )
    con.execute(
        "insert into model.cases by name "
        "select case_id, 'F1' as sender_id from model.case_timelines"
    )
    con.unregister("drawn")
    if lists:
        days = [FIRST + timedelta(days=day) for day in range(0, last + 1, 10)]
        con.executemany("insert into ops.files values ('F1', 'cases', 'snapshot', ?)",
                        [[day] for day in days])  # fmt: skip
    return con


def test_the_interval_holds_the_truth_that_a_plain_curve_misses():
    [row] = late_entries(world(6000), AS_OF, load_policy())
    # Of those still open after the day of registration, as no list shows what ended on it.
    found, truth = row.estimate, 1 - np.exp(-60 / MEAN)
    assert found.period_start == FIRST
    assert found.low is not None
    assert found.high is not None
    assert found.expected is not None
    assert found.low <= truth <= found.high
    assert found.expected < found.low


def test_no_count_is_printed_of_a_stretch_that_grows_by_the_day():
    [row] = late_entries(world(6000), AS_OF, load_policy())
    assert row.estimate.value is not None
    assert (row.estimate.n, row.estimate.n_events) == (None, None)
    assert row.estimate.value == round(row.estimate.value, 3)


def test_a_home_without_lists_has_no_row():
    assert list(late_entries(world(100, lists=False), AS_OF, load_policy())) == []


def test_few_cases_give_the_reason():
    [row] = late_entries(world(30), AS_OF, load_policy())
    assert (row.estimate.value, row.estimate.reason) == (None, "fewer_than_curves_need")
