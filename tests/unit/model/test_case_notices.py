"""Which notice tells of which decision."""

import pytest


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (["accept | 2024-01-10 09:00 | minute"], []),
        (["notify | 2024-01-02 09:00 | minute"], []),
        (
            [
                "notify | 2024-01-10 08:59 | minute",
                "accept | 2024-01-10 09:00 | minute",
                "notify | 2024-01-10 09:00 | minute",
                "notify | 2024-01-11 09:00 | minute",
            ],
            ["accept | 2024-01-10 09:00:00"],
        ),
        (
            ["notify | 2024-01-10 00:00 | day", "refuse | 2024-01-10 09:00 | minute"],
            ["refuse | 2024-01-10 00:00:00"],
        ),
        (
            ["notify | 2024-01-01 00:00 | month", "refuse | 2024-01-10 09:00 | minute"],
            ["refuse | 2024-01-01 00:00:00"],
        ),
        (
            [
                "accept | 2024-01-10 09:00 | minute",
                "notify | 2024-01-11 09:00 | minute",
                "refuse | 2024-01-12 09:00 | minute",
                "notify | 2024-01-13 09:00 | minute",
                "accept | 2024-01-14 09:00 | minute",
            ],
            ["accept | 2024-01-11 09:00:00", "refuse | 2024-01-13 09:00:00"],
        ),
    ],
    ids=["none", "of nothing", "not before", "the same day", "the same month", "of each"],
)
def test_a_notice_tells_of_a_decision_that_it_does_not_precede(world, steps, told):
    world.fill("cases", "case_id", "A")
    world.fill(
        "case_events",
        "case_id | event_type | event_at | at_precision",
        *(f"A | {step}" for step in steps),
    )
    world.build()
    assert world.show("case_notices", "decision told_at") == told
