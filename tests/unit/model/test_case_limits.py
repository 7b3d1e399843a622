"""The clocks of a submission: when they start, what moves them, when they do not run."""

from datetime import date, timedelta

import pytest

HEADER = (
    "rule_id,topic,channel,value,unit,clock_start,is_moved_to_workday,post_kind,valid_from,valid_to"
)
OLD = "OLD,handle_limit,,90,day,accept,,,,2005-05-01"
NEW = "NEW,handle_limit,,60,day,accept,,,2005-05-01,"
EXTEND = "EXT,extension_limit,,30,day,accept,,,,"
ACCEPT = "ACC,accept_limit,,15,day,register,,,,"
RECEIVE = "ACC,accept_limit,,15,day,receive,,,,"


def rules(world, *lines):
    world.reference("rule_calendar.csv", "\n".join([HEADER, *lines]))
    world.load()


def judge(world, columns, *steps, registered_at="2024-01-01 09:00"):
    """The clocks of one submission after its steps, written `type | time | days of extension`."""
    world.fill("cases", "case_id | registered_at", f"A | {registered_at}")
    world.fill(
        "case_events",
        "case_id | event_type | event_at | extension_days",
        *(f"A | {step}" if step.count("|") == 2 else f"A | {step} | " for step in steps),
    )
    world.build()
    [shown] = world.show("case_limits", columns)
    return shown


def after(day, days):
    return str(date.fromisoformat(day) + timedelta(days=days))


def test_a_submission_is_judged_by_the_rule_of_the_day_its_own_clock_starts(world):
    rules(world, OLD, NEW)
    due = judge(world, "due_on", "accept | 2005-05-01 08:00", registered_at="2005-04-20 09:00")
    assert due == after("2005-05-01", 60)


def test_an_extension_made_on_the_last_day_counts_and_one_a_day_later_does_not(world):
    rules(world, NEW, EXTEND)
    assert (
        judge(
            world,
            "due_on extension_days",
            "accept | 2024-01-05 09:00",
            f"extend | {after('2024-01-05', 60)} 16:00 | 20",
        )
        == f"{after('2024-01-05', 60 + 20)} | 20"
    )


def test_an_extension_after_the_limit_saves_nothing(world):
    rules(world, NEW, EXTEND)
    assert (
        judge(
            world,
            "due_on extension_days extended_on",
            "accept | 2024-01-05 09:00",
            f"extend | {after('2024-01-05', 61)} 08:00 | 20",
        )
        == f"{after('2024-01-05', 60)} | 0 | {after('2024-01-05', 61)}"
    )


@pytest.mark.parametrize(("day", "extension"), [(70, 10 + 20), (71, 10)])
def test_a_second_extension_counts_only_if_made_before_the_first_has_run_out(world, day, extension):
    rules(world, NEW, EXTEND)
    shown = judge(
        world,
        "due_on extension_days",
        "accept | 2024-01-05 09:00",
        f"extend | {after('2024-01-05', 60)} 16:00 | 10",
        f"extend | {after('2024-01-05', day)} 08:00 | 20",
    )
    assert shown == f"{after('2024-01-05', 60 + extension)} | {extension}"


def test_an_extension_made_within_a_limit_that_a_suspension_moved_counts(world):
    rules(world, NEW, EXTEND)
    shown = judge(
        world,
        "due_on extension_days suspended_days",
        "accept | 2024-01-05 09:00",
        f"suspend | {after('2024-01-05', 10)} 09:00",
        f"resume | {after('2024-01-05', 15)} 09:00",
        f"extend | {after('2024-01-05', 65)} 09:00 | 20",
        f"suspend | {after('2024-01-05', 85)} 09:00",
        f"resume | {after('2024-01-05', 88)} 09:00",
    )
    assert shown == f"{after('2024-01-05', 60 + 5 + 20 + 3)} | 20 | 8"


def test_extensions_together_are_no_longer_than_their_limit(world):
    rules(world, NEW, EXTEND)
    assert (
        judge(
            world,
            "due_on extension_days",
            "accept | 2024-01-05 09:00",
            "extend | 2024-02-20 09:00 | 20",
            "extend | 2024-02-25 09:00 | 25",
        )
        == f"{after('2024-01-05', 60 + 30)} | 30"
    )


def test_the_clock_stands_still_while_the_matter_is_suspended(world):
    rules(world, NEW)
    assert (
        judge(
            world,
            "due_on suspended_days is_suspended",
            "accept | 2024-01-05 09:00",
            "suspend | 2024-01-20 09:00",
            "resume | 2024-02-01 09:00",
            "suspend | 2024-02-10 09:00",
            "resume | 2024-02-13 09:00",
        )
        == f"{after('2024-01-05', 60 + 12 + 3)} | 15 | false"
    )


def test_a_pause_that_only_an_earlier_pause_brings_before_the_limit_counts(world):
    rules(world, NEW)
    limit = after("2024-01-05", 60)
    assert judge(
        world,
        "due_on",
        "accept | 2024-01-05 09:00",
        f"suspend | {limit} 09:00",
        f"resume | {after(limit, 10)} 09:00",
        f"suspend | {after(limit, 10)} 10:00",
        f"resume | {after(limit, 12)} 09:00",
    ) == after(limit, 10 + 2)


def test_a_pause_begun_after_the_limit_saves_nothing_nor_do_those_after_it(world):
    rules(world, NEW)
    limit = after("2024-01-05", 60)
    assert (
        judge(
            world,
            "due_on suspended_days",
            "accept | 2024-01-05 09:00",
            f"suspend | {after(limit, 1)} 09:00",
            f"resume | {after(limit, 31)} 09:00",
            f"suspend | {after(limit, 31)} 10:00",
            f"resume | {after(limit, 40)} 09:00",
        )
        == f"{limit} | 0"
    )


def test_no_limit_runs_while_a_suspension_lasts(world):
    rules(world, NEW)
    assert (
        judge(
            world,
            "due_on is_suspended",
            "accept | 2024-01-05 09:00",
            "suspend | 2024-01-20 09:00",
        )
        == " | true"
    )


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        ("2023-12-11", "2024-02-09"),  # a working day stays
        ("2023-12-12", "2024-02-18"),  # eve of the holiday, until the Sunday that is worked
        ("2024-01-02", "2024-03-04"),  # a Saturday, until Monday
    ],
)
def test_a_limit_on_a_day_off_moves_to_the_next_working_day(world, accepted, due):
    world.reference(
        "calendar_days.csv",
        "\n".join(
            ["day,is_workday"]
            + [
                f"{after('2024-02-01', n)},"
                + str(
                    after("2024-02-01", n) == "2024-02-18"
                    or (
                        date.fromisoformat(after("2024-02-01", n)).weekday() < 5
                        and not "2024-02-10" <= after("2024-02-01", n) <= "2024-02-17"
                    )
                ).lower()
                for n in range(60)
            ]
        ),
    )
    rules(world, "M,handle_limit,,60,day,accept,true,,,")
    assert judge(world, "due_on", f"accept | {accepted} 09:00", registered_at=accepted) == due


def test_beyond_the_calendar_a_limit_stays_where_it_is(world):
    rules(world, "M,handle_limit,,60,day,accept,true,,,")
    assert judge(world, "due_on", "accept | 2024-01-05 09:00") == after("2024-01-05", 60)


def test_acceptance_is_counted_from_registration_where_the_rule_says_so(world):
    rules(world, ACCEPT)
    assert (
        judge(
            world,
            "accept_due_on decided_on told_on",
            "transfer | 2024-01-08 09:00",
            "accept | 2024-01-20 09:00",
            "notify | 2024-01-22 09:00",
        )
        == f"{after('2024-01-01', 15)} | 2024-01-20 | 2024-01-22"
    )


@pytest.mark.parametrize(
    ("notices", "told_on"),
    [
        (["2024-01-02 09:00 | minute"], ""),
        (["2024-01-02 09:00 | minute", "2024-01-31 09:00 | minute"], "2024-01-31"),
        (["2024-01-10 08:59 | minute", "2024-01-10 09:00 | minute"], "2024-01-10"),
        (["2024-01-10 08:59 | minute"], ""),
        (["2024-01-09 00:00 | day", "2024-01-10 00:00 | day"], "2024-01-10"),
        (["2024-01-01 00:00 | month"], "2024-01-01"),
    ],
)
def test_who_was_told_of_a_transfer_was_not_told_of_the_decision(world, notices, told_on):
    rules(world, ACCEPT)
    world.fill("cases", "case_id", "A")
    world.fill(
        "case_events",
        "case_id | event_type | event_at | at_precision",
        "A | accept | 2024-01-10 09:00 | minute",
        *(f"A | notify | {notice}" for notice in notices),
    )
    world.build()
    assert world.show("case_limits", "decided_on told_on") == [f"2024-01-10 | {told_on}"]


@pytest.mark.parametrize(
    ("steps", "start"),
    [
        (["accept | 2024-01-10 09:00"], "2024-01-01"),
        (["transfer | 2024-01-04 09:00", "assign | 2024-01-08 09:00"], "2024-01-08"),
        (
            ["transfer | 2024-01-04 09:00", "refuse | 2024-01-06 09:00", "assign | 2024-01-08"],
            "2024-01-04",
        ),
        (["refuse | 2024-01-06 09:00", "assign | 2024-01-08 09:00"], "2024-01-01"),
    ],
)
def test_acceptance_is_counted_from_receipt_where_the_rule_says_so(world, steps, start):
    rules(world, RECEIVE)
    world.fill("cases", "case_id", "other")
    world.fill("case_events", "case_id | event_type | event_at", "other | accept | 2024-01-05")
    world.fill("cases", "case_id", "A")
    world.fill("case_events", "case_id | event_type | event_at", *(f"A | {s}" for s in steps))
    world.build()
    assert world.show("case_limits", "accept_due_on", "case_id = 'A'") == [after(start, 15)]


def test_an_office_that_exports_no_decisions_has_no_limit_of_acceptance(world):
    rules(world, ACCEPT)
    world.fill("cases", "case_id | sender_id", "A | F01", "B | F02")
    world.fill(
        "case_events",
        "case_id | sender_id | event_type | event_at",
        "A | F01 | notify | 2024-01-05",
        "B | F02 | refuse | 2024-01-05",
    )
    world.build()
    assert world.show("case_limits", "case_id accept_due_on has_notices has_extensions") == [
        "A |  | true | false",
        f"B | {after('2024-01-01', 15)} | false | false",
    ]


def test_what_seems_to_be_accepted_before_registration_is_accepted_on_that_day(world):
    rules(world, NEW)
    shown = judge(world, "accepted_on due_on", "accept | 2024-01-01", registered_at="2024-01-15")
    assert shown == f"2024-01-15 | {after('2024-01-15', 60)}"
