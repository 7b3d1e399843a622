"""Whether what was resolved on the spot at a visit lasted for 90 days."""


def test_a_batch_whose_submission_is_reopened_within_90_days_solved_nothing(world):
    world.fill("leader_visits", "visit_id | visit_on | status", "V | 2024-03-01 | held")
    world.fill(
        "receptions",
        "batch_id | visit_id | case_id | received_at | problems | solved_on_spot",
        "day90 | V | A | 2024-03-01 10:00 | 3 | 2",
        "day91 | V | B | 2024-03-01 10:00 | 3 | 2",
        "early | V | C | 2024-03-01 10:00 | 3 | 2",
        "never | V | D | 2024-03-01 10:00 | 3 | 1",
        "other | V | E | 2024-03-01 10:00 | 3 | 1",
        "no_case | V |  | 2024-03-01 10:00 | 3 | 3",
    )
    world.fill(
        "cases",
        "case_id | sender_id",
        *(
            f"{case} | {sender}"
            for case, sender in zip("ABCDE", ["F01"] * 4 + ["F02"], strict=True)
        ),
    )
    world.fill(
        "case_events",
        "case_id | event_type | event_at | sender_id",
        "A | reopen | 2024-05-30 09:00 | F01",
        "B | redo | 2024-05-31 09:00 | F01",
        "C | reopen | 2024-02-29 09:00 | F01",
        "E | reply | 2024-03-09 09:00 | F02",
    )
    world.build()
    assert world.show("spot_outcomes", "batch_id problems lasting_problems") == [
        "day90 | 3 | 0",
        "day91 | 3 | 2",
        "early | 3 | 2",
        "never | 3 | 1",
        "other | 3 | ",
    ]
