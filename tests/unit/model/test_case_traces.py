"""What a record of handling must hold, and in which order."""

import pytest

STEPS = "event_type | event_at | at_precision | case_id"


def judged(world, *steps):
    """Whether all required steps are there and in order; another case of the office has all."""
    world.fill("cases", "case_id", "A", "other")
    world.fill(
        "case_events",
        STEPS,
        *(f"{kind} | 2024-01-01 09:00 | minute | other" for kind in ("accept", "notify", "reply")),
        *(f"{step} | A" if step.count("|") == 2 else f"{step} | minute | A" for step in steps),
    )
    world.build()
    [shown] = world.show("case_traces", "has_required_steps is_in_order", "case_id = 'A'")
    return shown


REGISTERED = "register | 2024-01-01 09:00"
DONE = ("reply | 2024-02-01 09:00", "close | 2024-02-02 09:00")
ACCEPTED = "accept | 2024-01-10 09:00"


@pytest.mark.parametrize(
    ("notices", "expected"),
    [
        (["2024-01-11 09:00"], "true | true"),
        (["2024-01-02 09:00", "2024-01-11 09:00"], "true | true"),
        (["2024-01-02 09:00"], "false | "),
        (["2024-01-10 00:00 | day"], "true | true"),
        (["2024-02-01 10:00"], "true | false"),
    ],
)
def test_a_record_needs_a_notice_of_the_acceptance_before_the_reply(world, notices, expected):
    told = [f"notify | {notice}" for notice in notices]
    assert judged(world, REGISTERED, ACCEPTED, *told, *DONE) == expected


@pytest.mark.parametrize(
    ("notices", "expected"),
    [
        (["2024-01-02 09:00", "2024-01-12 09:00"], "true | true"),
        (["2024-01-02 09:00"], "false | true"),
    ],
)
def test_a_refusal_needs_a_notice_of_itself(world, notices, expected):
    told = [f"notify | {notice}" for notice in notices]
    assert judged(world, REGISTERED, "refuse | 2024-01-12 08:00", *told) == expected
