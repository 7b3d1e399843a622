"""The map of steps on a log that can be read aloud."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.estimates.paths import paths, safe_parts
from pipelines.estimates.table import Row
from pipelines.privacy.policy import load_policy
from tests.unit.estimates.world import AS_OF, PASSED, QUICK, STEPS, with_steps

POLICY = load_policy()
Log = dict[str, int]


def found(log: Log, **more: date) -> dict[tuple[str, str], Row]:
    rows = paths(with_steps(log, **more), AS_OF, POLICY, STEPS)
    return {(row.estimate.measure, row.stratum.by_value): row for row in rows}


def test_most_time_passes_on_the_bottleneck():
    rows = found({QUICK: 30, PASSED: 20})
    # From acceptance to reply: 30 x 10 and 20 x 30 of 30 x 12 and 20 x 40 days.
    assert rows["elapsed", "accept>reply"].estimate.finding == "bottleneck"
    assert rows["elapsed", "accept>reply"].estimate.value == pytest.approx(900 / 1160, abs=0.0005)
    assert rows["wait", "register>accept"].estimate.value == pytest.approx(2)
    assert ("wait", "register>transfer") not in rows  # 20 waits are no median


def test_paths_rework_and_returns_are_shares_of_cases():
    rows = found({QUICK: 30, PASSED: 20})
    path = rows["variant", "register>accept>reply>close"].estimate
    assert (path.value, path.n, path.n_events) == (30 / 50, None, None)
    assert rows["rework", "ping_pong"].estimate.value == pytest.approx(20 / 50)
    assert rows["handover", "city>county"].estimate.value == pytest.approx(40 / 60, abs=0.0005)


def test_the_longest_the_most_frequent_and_the_least_kept_are_named():
    told = {key: row.estimate for key, row in found({QUICK: 30, PASSED: 40}).items()}
    known = {key: each.value for key, each in told.items() if each.value is not None}
    named = {key: each.finding for key, each in told.items() if each.finding}
    for measure in ("wait", "variant", "handover", "rework"):
        of = {key: value for key, value in known.items() if key[0] == measure}
        assert [key for key in named if key[0] == measure] == [max(of, key=of.__getitem__)]
    kept = {key: value for key, value in known.items() if key[1].endswith(":kept")}
    assert [key for key in named if key[0] == "rule"] == [min(kept, key=kept.__getitem__)]


def test_what_few_cases_did_is_not_told_alone():
    rows = found({QUICK: 30, PASSED: 20, "register@0 refuse@4": 9})
    variants = {value: row for (measure, value), row in rows.items() if measure == "variant"}
    # The nine and the smallest path shown are told together.
    assert set(variants) == {"register>accept>reply>close", "rest"}
    assert variants["rest"].estimate.value == pytest.approx(29 / 59, abs=0.0005)
    assert {row.estimate.n for row in rows.values()} == {None}


def test_a_year_of_few_cases_has_no_map():
    assert found({QUICK: 29})["elapsed", ""].estimate.reason == "fewer_than_curves_need"


def test_rules_are_kept_broken_or_open():
    con = with_steps({QUICK: 20, "register@0 accept@20": 15, "register@0 accept@3": 15})
    # The exports end before any reply is due.
    con.execute("update model.case_timelines set seen_until_on = registered_on + 30")
    rows = {
        row.stratum.by_value: row.estimate
        for row in paths(con, AS_OF, POLICY, STEPS)
        if row.estimate.measure == "rule"
    }
    shares = [rows[f"accept_limit:{verdict}"].value for verdict in ("kept", "broken", "open")]
    assert shares == [35 / 50, 15 / 50, 0]
    shares = [rows[f"reply_limit:{verdict}"].value for verdict in ("kept", "broken", "open")]
    assert shares == [20 / 50, 0, 30 / 50]
    # Twenty replies are too few to speak of their order.
    assert rows["reply_after_acceptance:kept"].reason == "fewer_than_curves_need"


def test_every_number_is_of_a_whole_calendar_year():
    """Of a moving stretch of days two neighbouring ones would tell what a day brought."""
    for as_of in (AS_OF, AS_OF - timedelta(days=1)):
        rows = list(paths(with_steps({QUICK: 30, PASSED: 20}), as_of, POLICY, STEPS))
        periods = {(r.estimate.period_start, r.estimate.period_end) for r in rows}
        assert periods == {(date(2025, 1, 1), date(2026, 1, 1))}


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 40), max_size=8))
def test_neither_a_part_nor_what_is_left_of_a_whole_is_small(parts: dict[str, int]):
    shown = safe_parts(parts, 10)
    left = sum(count for key, count in parts.items() if key not in shown)
    assert all(parts[key] >= 10 for key in shown)
    assert left == 0 or left >= 10 or not shown
