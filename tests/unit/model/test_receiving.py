"""Batches that were received, and assignments that were answered."""

RULES = """
    rule_id,topic,value,unit,clock_start,valid_from,valid_to
    OLD,collective_threshold,3,persons,,2020-01-01,2024-02-01
    NEW,collective_threshold,5,persons,,2024-02-01,
    SIGN,sign_limit,24,hour,assign,,
    CALL,contact_limit,2,hour,assign,,2024-02-01
    CALL2,contact_limit,24,hour,assign,2024-02-01,
"""


def test_a_batch_is_collective_by_the_threshold_of_its_day(world):
    world.reference("rule_calendar.csv", RULES)
    world.load()
    world.fill(
        "receptions",
        "batch_id | received_at | persons",
        "A | 2024-01-31 09:00 | 3",
        "B | 2024-02-01 09:00 | 4",
        "C | 2024-02-01 09:00 | 5",
        "D | 2019-12-31 09:00 | 50",
    )
    world.build()
    assert world.show("reception_batches", "batch_id is_collective") == [
        "A | true",
        "B | false",
        "C | true",
        "D | ",
    ]


def test_a_batch_without_region_takes_that_of_its_office_then_of_its_sender(world):
    world.fill(
        "receptions",
        "batch_id | received_at | region_code | office_id | sender_id",
        "A | 2024-01-31 | 990103 | F01 | F01",
        "B | 2024-01-31 |  | F02 | F01",
        "C | 2024-01-31 |  | X | F02",
        "D | 2024-01-31 |  |  | X",
    )
    world.build()
    assert world.show("reception_batches", "batch_id region_row") == [
        "A | 990103@0001-01-01",
        "B | 990200@0001-01-01",
        "C | 990200@0001-01-01",
        "D | 990000@0001-01-01",
    ]


def answered(world, *lines):
    world.reference("rule_calendar.csv", RULES)
    world.load()
    world.fill("cases", "case_id", "A", "B")
    world.fill("case_events", "event_id | case_id | event_type | event_at | at_precision", *lines)
    world.build()
    return world.show(
        "assignments", "event_id is_first contact_due_on is_signed_in_time is_contacted_in_time"
    )


def test_each_assignment_has_its_own_clock_and_the_rule_of_its_day(world):
    assert answered(
        world,
        "1 | A | assign | 2024-01-31 22:30 | ",
        "2 | A | sign | 2024-02-01 22:30 | ",
        "3 | A | contact | 2024-02-01 00:31 | ",
        "4 | A | reassign | 2024-02-05 09:00 | ",
        "5 | A | contact | 2024-02-06 09:00 | ",
        "6 | B | assign | 2024-02-05 09:00 | ",
    ) == [
        "1 | true | 2024-02-01 | true | false",
        "4 | false | 2024-02-06 | false | true",
        "6 | true | 2024-02-06 | false | false",
    ]


def test_where_only_the_day_is_known_the_days_are_compared(world):
    assert answered(
        world,
        "1 | A | assign | 2024-02-05 16:00 | ",
        "2 | A | sign | 2024-02-05 00:00 | day",
        "3 | A | contact | 2024-02-06 00:00 | day",
        "4 | B | assign | 2024-02-05 00:00 | day",
        "5 | B | sign | 2024-02-06 17:00 | ",
        "6 | B | contact | 2024-02-07 08:00 | ",
    ) == [
        "1 | true | 2024-02-06 | true | true",
        "4 | true | 2024-02-06 | true | false",
    ]


def test_an_office_that_exports_no_such_step_is_not_judged(world):
    assert answered(world, "1 | A | assign | 2024-02-05 16:00 | ") == [
        "1 | true | 2024-02-06 |  | "
    ]


def test_a_limit_of_days_for_signing_ends_that_many_days_later(world):
    world.reference("rule_calendar.csv", RULES.replace("sign_limit,24", "sign_limit,96"))
    world.load()
    world.fill("cases", "case_id", "A")
    world.fill("case_events", "case_id | event_type | event_at", "A | assign | 2024-02-05 16:00")
    world.build()
    assert world.show("assignments", "assigned_on sign_due_on") == ["2024-02-05 | 2024-02-09"]
