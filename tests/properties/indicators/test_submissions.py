"""Submissions, stock and ratings on random small worlds, against plain Python.

When a submission closed, and how, is taken from its timeline, which has a reference of its own.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings

from tests.properties.indicators.handling_world import (
    RATING_DAYS,
    SEEN,
    Row,
    Staging,
    World,
    tally,
    worlds,
)
from tests.properties.indicators.sent import Sent, by_name, handled_by, place, sent_of


def in_scope(sent: Sent) -> Iterator[tuple[Row, Row, Row]]:
    """Each submission in scope, its timeline, and what its facts have in common."""
    for case in sent.world["cases"]:
        if case["scope_flag"] is None:
            timeline = sent.timelines[case["case_id"]]
            yield case, timeline, place(timeline)


def submission_count(sent: Sent) -> Iterator[Row]:
    for case, _, own in in_scope(sent):
        yield own | {
            "on_date": case["registered_at"].date(),
            "numerator": 1,
            "purpose": None,
            **{name: case[name] for name in ("channel", "content_code", "tier_received")},
        }


def open_stock(sent: Sent) -> Iterator[Row]:
    for case, timeline, own in in_scope(sent):
        spell = {"from_on": case["registered_at"].date(), "until_on": timeline["closed_on"]}
        by = {name: case[name] for name in ("channel", "tier_received")}
        yield own | spell | by | handled_by(sent, timeline)


def long_standing_stock(sent: Sent) -> Iterator[Row]:
    for case, timeline, own in in_scope(sent):
        long_on = case["registered_at"].date() + timedelta(365)
        closed = timeline["closed_on"]
        if closed is None or closed > long_on:
            yield own | {"from_on": long_on, "until_on": closed}


def resolution_time_median(sent: Sent) -> Iterator[Row]:
    for case, timeline, own in in_scope(sent):
        yield own | {
            "from_on": case["registered_at"].date(),
            "until_on": timeline["closed_on"],
            "outcome": timeline["outcome"],
            "channel": case["channel"],
        }


def satisfaction_triple(sent: Sent) -> Iterator[Row]:
    ratings = [r for r in sent.world["evaluations"] if r["excluded_reason"] is None]
    frank = {r["sender_id"] for r in ratings if not r["answered_at"] or not r["rating"]}
    for rating in ratings:
        timeline = sent.timelines.get(rating["case_id"])
        if timeline is None:
            continue
        own = place(timeline, "channel") | handled_by(sent, timeline)
        own |= {"seen_until_on": SEEN.date(), "target": None}
        answered = rating["answered_at"] and rating["answered_at"].date()
        is_rated = rating["rating"] in {"satisfied", "basically", "dissatisfied"}
        is_satisfied = rating["rating"] in {"satisfied", "basically"}
        if is_rated:
            said = own | {"on_date": answered, "denominator": 1}
            yield said | {"measure": "rate", "numerator": int(is_satisfied)}
            is_fully = rating["rating"] == "satisfied"
            yield said | {"measure": "strict", "numerator": int(is_fully)}
        replied = timeline["replied_at"] or rating["asked_at"]
        end = replied.date() + timedelta(RATING_DAYS)
        in_time = answered is not None and answered <= end
        for measure, hit in (
            ("participation", is_rated and in_time),
            ("lower_bound", is_satisfied and in_time),
            ("upper_bound", (is_satisfied and in_time) or not (is_rated and in_time)),
        ):
            known = int(hit) if rating["sender_id"] in frank else None
            yield own | {"on_date": end, "numerator": known, "denominator": 1, "measure": measure}


SUBMISSIONS = by_name(
    submission_count, open_stock, long_standing_stock, resolution_time_median, satisfaction_triple
)


@pytest.fixture(scope="module")
def staging(tmp_path_factory):
    staging = Staging.open(tmp_path_factory.mktemp("home"), SUBMISSIONS)
    yield staging
    staging.con.close()


@settings(max_examples=50)
@given(world=worlds())
def test_the_facts_are_those_of_a_plain_reading(staging: Staging, world: World):
    staging.fill(world)
    sent = sent_of(world, staging.rows("select * from case_timelines"))
    for name, reference in SUBMISSIONS.items():
        assert (name, staging.facts(name)) == (name, tally(reference(sent)))
