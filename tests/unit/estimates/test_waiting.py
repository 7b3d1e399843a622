"""Curves, groups and offices: what is planted is found, and nothing small is told."""

from datetime import date, timedelta
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from pipelines.estimates.table import Row
from pipelines.estimates.waiting import (
    CURVE,
    DIFFERENCE,
    GRID,
    OFFICES,
    OTHERWISE,
    STILL_OPEN,
    waiting_times,
)
from pipelines.privacy.policy import load_policy
from tests.unit.estimates.world import AS_OF, staging

POLICY = load_policy()
Case = tuple[str, str, str, date, int | None, str]


def world(cases: list[Case]) -> duckdb.DuckDBPyConnection:
    """Cases as (office, channel, tier, registered on, days to the end, outcome)."""
    con = staging()
    names = ("office_id", "channel", "tier_received", "registered_on", "days", "outcome")
    columns = dict(zip(names, map(list, zip(*cases, strict=True)), strict=True))
    con.register("drawn", pa.table(columns | {"days": pa.array(columns["days"], pa.int64())}))
    con.execute(
        f"""
        insert into model.case_timelines by name
        select office_id, channel, tier_received, registered_on, nullif(outcome, '') as outcome,
            registered_on + days::int as closed_on, date '{AS_OF}' as seen_until_on
        from drawn
        """
    )
    con.unregister("drawn")
    return con


def drawn(
    n: int,
    *,
    seed: int,
    mean: float = 40,
    channel: str = "letter",
    tier: str = "county",
    offices: int = 20,
    spread: float = 0.0,
) -> list[Case]:
    """Exponential times; one in five ends otherwise; offices differ by so much on the log scale."""
    rng = np.random.default_rng(seed)
    slow = np.exp(rng.normal(0, spread, offices))
    office = rng.integers(0, offices, n)
    days = np.floor(rng.exponential(mean * slow[office])).astype(int)
    ends = rng.choice(["resolved", "withdrawn"], n, p=[0.8, 0.2])
    on = [date(2025, 1, 1) + timedelta(days=int(day)) for day in rng.integers(0, 365, n)]
    rows = zip(office.tolist(), on, days.tolist(), ends.tolist(), strict=True)
    return [(f"F{o}", channel, tier, when, d, end) for o, when, d, end in rows]


def rows_of(con: duckdb.DuckDBPyConnection, method: str) -> list[Row]:
    return [r for r in waiting_times(con, AS_OF, POLICY) if r.estimate.method == method]


def test_a_curve_holds_the_share_that_is_really_still_open():
    curve = rows_of(world(drawn(4000, seed=1)), CURVE)
    at = {
        int(row.stratum.by_value): row.estimate
        for row in curve
        if row.estimate.measure == STILL_OPEN
    }
    assert set(at) >= {7, 15, 30, 60, 90}
    for day, found in at.items():
        assert found.low is not None
        assert found.high is not None
        assert found.low <= np.exp(-(day + 1) / 40) <= found.high


def test_the_outcomes_and_what_is_open_add_up_on_every_day():
    curve = rows_of(world(drawn(4000, seed=2)), CURVE)
    for day in {row.stratum.by_value for row in curve}:
        values = [row.estimate.value for row in curve if row.stratum.by_value == day]
        assert None not in values
        rounded = 0.0005 * len(values)  # to three decimals each
        assert sum(value or 0.0 for value in values) == pytest.approx(1, abs=rounded)


def test_no_two_points_of_a_curve_tell_of_a_few_cases():
    rare: list[Case] = [
        ("F1", "letter", "county", date(2025, 3, 1), d, "terminated") for d in (3, 40)
    ]
    cases = [*drawn(300, seed=3), *rare]
    curve = rows_of(world(cases), CURVE)
    assert {row.estimate.measure for row in curve} == {STILL_OPEN, "resolved", OTHERWISE}
    total = len(cases)
    for measure in {row.estimate.measure for row in curve}:
        values = [row.estimate.value or 0.0 for row in curve if row.estimate.measure == measure]
        ends = [abs(round(total * (b - a))) for a, b in pairwise(values)]
        assert all(step == 0 or step >= POLICY.k for step in ends)
    assert len({row.stratum.by_value for row in curve}) < len(GRID)


def test_no_count_is_printed_that_the_release_has_as_it_was_when_the_year_closed():
    """`prob_resolved_60d` keeps its n; the n of today less that one would be what came late."""
    cases = [*drawn(900, seed=20), *drawn(900, seed=21, channel="visit")]
    rows = [row.estimate for row in waiting_times(world(cases), AS_OF, POLICY)]
    assert {row.method for row in rows} == {CURVE, DIFFERENCE, OFFICES}
    assert {(row.n, row.n_events) for row in rows} == {(None, None)}
    assert all(row.value == round(row.value, 3) for row in rows if row.value is not None)


def test_a_curve_of_few_cases_is_not_drawn():
    [row] = rows_of(world(drawn(29, seed=4)), CURVE)
    assert (row.estimate.value, row.estimate.reason) == (None, "fewer_than_curves_need")


@pytest.mark.parametrize(("visits", "finding"), [(40, ""), (60, "below")])
def test_a_difference_is_claimed_only_where_a_channel_really_differs(visits: int, finding: str):
    cases = [*drawn(3000, seed=5), *drawn(3000, seed=6, mean=visits, channel="visit")]
    rows = {
        (row.stratum.by_value, row.estimate.measure): row.estimate
        for row in rows_of(world(cases), DIFFERENCE)
        if row.stratum.by_name == "channel"
    }
    found = rows["visit", "within_60"]
    truth = 100 * 0.8 * (np.exp(-61 / 40) - np.exp(-61 / visits))
    assert found.finding == finding
    assert found.low is not None
    assert found.high is not None
    assert found.low <= truth <= found.high
    test = rows["", "log_rank"]
    assert test.expected == 1
    assert test.value is not None
    assert (test.value > 3.84) == bool(finding)


def test_a_group_that_the_gate_hides_is_compared_with_nothing():
    cases = [*drawn(900, seed=7), *drawn(900, seed=8, channel="visit"),
             *drawn(900, seed=9, channel="online")]  # fmt: skip
    con = world(cases)
    for code, state in (("letter", "ok"), ("visit", "hidden"), ("online", "ok")):
        con.execute(
            "insert into public.indicator_values (indicator, measure, level, by_name, by_value, "
            "basis, period_kind, period_start, state) values ('prob_resolved_60d', 'within_60', "
            "'province', 'channel', ?, 'as_was', 'year', '2025-01-01', ?)",
            [code, state],
        )
    rows = [row for row in rows_of(con, DIFFERENCE) if row.stratum.by_name == "channel"]
    assert {row.stratum.by_value for row in rows} == {"letter", "online", ""}


def test_one_small_tier_keeps_all_tiers_untold():
    cases = [*drawn(900, seed=10), *drawn(900, seed=11, tier="city"),
             *drawn(12, seed=12, tier="village")]  # fmt: skip
    rows = [r for r in rows_of(world(cases), DIFFERENCE) if r.stratum.by_name == "tier_received"]
    assert [row.estimate.reason for row in rows] == ["groups_too_small"]


def test_offices_that_differ_widen_the_interval_of_the_province():
    def reach(spread: float) -> float:
        [row] = rows_of(world(drawn(4000, seed=13, spread=spread)), OFFICES)
        assert row.estimate.low is not None
        assert row.estimate.high is not None
        assert row.estimate.value is not None
        assert row.estimate.low < row.estimate.value < row.estimate.high
        return row.estimate.high - row.estimate.low

    # Of 4,000 independent cases the interval of a share of 0.6 is about 0.03 wide.
    assert reach(0.0) < 0.045
    assert reach(0.6) > 2 * reach(0.0)


def test_few_offices_give_no_interval_but_the_reason():
    [row] = rows_of(world(drawn(4000, seed=14, offices=9)), OFFICES)
    assert (row.estimate.value, row.estimate.reason) == (None, "fewer_than_10_offices")


def test_the_share_is_that_of_the_indicators_curves():
    con = world(drawn(2000, seed=15))
    [row] = rows_of(con, OFFICES)
    share = next(
        each.estimate.value
        for each in rows_of(con, CURVE)
        if each.estimate.measure == "resolved" and each.stratum.by_value == "60"
    )
    assert row.estimate.value == pytest.approx(share)


def test_a_year_that_the_release_is_silent_on_has_no_curve_and_no_interval():
    con = world(drawn(2000, seed=16))
    con.execute(
        "insert into public.indicator_values (indicator, measure, level, by_name, by_value, "
        "basis, period_kind, period_start, state) values ('prob_resolved_60d', 'within_60', "
        "'province', '', '', 'as_was', 'year', '2025-01-01', 'not_available')"
    )
    assert list(waiting_times(con, AS_OF, POLICY)) == []
