"""Which single cells must be hidden for their own sake: the table of the policy, read aloud."""

import duckdb
import pytest

from pipelines.privacy.cells import GateError, number_places, read_cells
from pipelines.privacy.policy import load_policy
from tests.properties.privacy.world import Header

ROW = {
    "indicator": "things",
    "measure": "count",
    "level": "city",
    "region_code": "990100",
    "period_kind": "month",
    "period_start": "2026-01-01",
    "period_end": "2026-02-01",
    "by_name": "",
    "by_value": "",
    "state": "ok",
    "reason": "",
    "is_closed": "true",
}
COUNTS = ("numerator", "denominator", "n", "n_numerator", "top_one", "top_two")


def cells_of(kind, *rows, cell="S"):
    con = duckdb.connect()
    con.execute("create schema indicators")
    columns = [f"'{value}' as {name}" for name, value in ROW.items() if name != "is_closed"]
    made = [
        "select "
        + ", ".join([*columns, "true as is_closed", *(_count(row, name) for name in COUNTS)])
        for row in rows
    ]
    con.execute(f"create table indicators.indicator_values as {' union all '.join(made)}")
    con.execute(
        "alter table indicators.indicator_values alter period_start type date; "
        "alter table indicators.indicator_values alter period_end type date"
    )
    number_places(con)
    return read_cells(con, Header("things", kind, cell), load_policy())


def _count(row, name):
    return f"cast({row.get(name, 'null')} as bigint) as {name}"


@pytest.mark.parametrize(
    ("kind", "row", "is_hidden"),
    [
        ("count", {"numerator": 0, "n": 0}, False),
        ("count", {"numerator": 1, "n": 1}, True),
        ("count", {"numerator": 9, "n": 9}, True),
        ("count", {"numerator": 10, "n": 10}, False),
        ("count", {"numerator": 40, "n": 4}, True),  # forty persons in four batches
        ("share", {"numerator": 10, "denominator": 20, "n": 20}, False),
        ("share", {"numerator": 9, "denominator": 40, "n": 40}, True),
        ("share", {"numerator": 31, "denominator": 40, "n": 40}, True),  # nine are left
        ("share", {"numerator": 30, "denominator": 30, "n": 30}, False),  # all of a large group
        ("share", {"numerator": 29, "denominator": 29, "n": 29}, True),  # all of a small one
        ("share", {"numerator": 0, "denominator": 29, "n": 29}, True),
        ("share", {"numerator": 0, "denominator": 30, "n": 30}, False),
        ("share", {"numerator": 50, "denominator": 90, "n": 90, "n_numerator": 5}, True),
        ("ratio", {"numerator": 50, "denominator": 9, "n": 9}, True),
        ("count", {"numerator": 100, "n": 20, "top_one": 50, "top_two": 70}, False),
        ("count", {"numerator": 100, "n": 20, "top_one": 51, "top_two": 60}, True),
        ("count", {"numerator": 100, "n": 20, "top_one": 40, "top_two": 71}, True),
    ],
)
def test_the_rule_of_counts(kind, row, is_hidden):
    assert cells_of(kind, row).is_primary.tolist() == [is_hidden]


@pytest.mark.parametrize(
    ("at_risk", "events", "is_hidden"),
    [(30, 10, False), (29, 29, True), (30, 9, True), (500, 9, True), (0, 0, False)],
)
def test_the_rule_of_curves(at_risk, events, is_hidden):
    cells = cells_of("duration", {"n": at_risk, "n_numerator": events}, cell="N30")
    assert cells.is_primary.tolist() == [is_hidden]


def test_two_rows_for_one_place_are_refused():
    with pytest.raises(GateError):
        cells_of("count", {"numerator": 10, "n": 10}, {"numerator": 11, "n": 11})
