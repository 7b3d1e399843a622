"""From steps to a timeline: which step closes, which one replies, and what was due when."""

from datetime import date, timedelta

import pytest

LIMITS = """
    rule_id,topic,channel,value,unit,clock_start,valid_from,valid_to
    OLD,handle_limit,,90,day,accept,,2005-05-01
    NEW,handle_limit,,60,day,accept,2005-05-01,
"""


def steps(world, *lines):
    world.fill("case_events", "case_id | event_type | event_at", *lines)


def test_an_open_case_has_neither_closing_nor_outcome(world):
    world.fill("cases", "case_id", "A")
    steps(world, "A | register | 2024-01-01 09:00", "A | accept | 2024-01-03 10:00")
    world.build()
    assert world.show("case_timelines", "case_id accepted_at replied_at closed_on outcome") == [
        "A | 2024-01-03 10:00:00 |  |  | "
    ]


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        ("close", "resolved"),
        ("refuse", "not_accepted"),
        ("withdraw", "withdrawn"),
        ("terminate", "terminated"),
        ("merge", "transferred_out"),
        ("transfer", ""),
        ("assign", ""),
        ("return", ""),
    ],
)
def test_what_closes_a_case(world, ending, outcome):
    world.fill("cases", "case_id", "A")
    steps(world, "A | register | 2024-01-01 09:00", f"A | {ending} | 2024-01-09 10:00")
    world.build()
    closed_on = "2024-01-09" if outcome else ""
    assert world.show("case_timelines", "closed_on outcome") == [f"{closed_on} | {outcome}"]


def test_the_first_closing_counts_and_a_reopened_case_keeps_it(world):
    world.fill("cases", "case_id", "A")
    steps(
        world,
        "A | reply | 2024-02-01 09:00",
        "A | close | 2024-02-02 09:00",
        "A | reopen | 2024-02-20 09:00",
        "A | reply | 2024-03-08 09:00",
        "A | terminate | 2024-03-09 09:00",
    )
    world.build()
    assert world.show("case_timelines", "replied_at closed_on outcome") == [
        "2024-02-01 09:00:00 | 2024-02-02 | resolved"
    ]


def test_at_one_instant_the_more_specific_outcome_beats_the_close(world):
    world.fill("cases", "case_id", "A", "B")
    steps(
        world,
        "A | close | 2024-02-02 09:00",
        "A | withdraw | 2024-02-02 09:00",
        "B | refuse | 2024-02-02 09:00",
        "B | close | 2024-02-02 09:01",
    )
    world.build()
    assert world.show("case_timelines", "case_id outcome") == ["A | withdrawn", "B | not_accepted"]


def test_a_close_whose_opinion_is_redirected_is_transferred_out(world):
    world.fill("cases", "case_id", "A")
    world.fill(
        "case_events",
        "case_id | event_type | event_at | opinion",
        "A | close | 2024-02-02 | redirected",
    )
    world.build()
    assert world.show("case_timelines", "outcome") == ["transferred_out"]


def test_sent_to_an_office_outside_and_closed_without_reply_is_transferred_out(world):
    world.fill("cases", "case_id", "away", "within", "answered")
    world.fill(
        "case_events",
        "case_id | event_type | event_at | to_office_id",
        "away | transfer | 2024-01-02 | W99",
        "away | close | 2024-01-03 | ",
        "within | transfer | 2024-01-02 | F02",
        "within | close | 2024-01-03 | ",
        "answered | transfer | 2024-01-02 | W99",
        "answered | reply | 2024-01-03 | ",
        "answered | close | 2024-01-04 | ",
    )
    world.build()
    assert world.show("case_timelines", "case_id outcome") == [
        "answered | resolved",
        "away | transferred_out",
        "within | resolved",
    ]


def test_without_a_list_of_offices_no_office_lies_outside(bare):
    bare.load()
    bare.fill("cases", "case_id", "A")
    bare.fill(
        "case_events",
        "case_id | event_type | event_at | to_office_id",
        "A | transfer | 2024-01-02 | W99",
        "A | close | 2024-01-03 | ",
    )
    bare.build()
    assert bare.show("case_timelines", "outcome") == ["resolved"]


def test_an_office_whose_exports_know_no_reply_replies_by_closing(world):
    world.fill("cases", "case_id | sender_id", "A | F01", "B | F02", "C | F02")
    world.fill(
        "case_events",
        "case_id | sender_id | event_type | event_at | at_precision",
        "A | F01 | close | 2024-02-02 | day",
        "B | F02 | close | 2024-02-02 | day",
        "C | F02 | reply | 2024-02-02 | minute",
    )
    world.build()
    assert world.show("case_timelines", "case_id replied_at replied_precision outcome") == [
        "A | 2024-02-02 00:00:00 | day | resolved",
        "B |  |  | resolved",
        "C | 2024-02-02 00:00:00 | minute | ",
    ]


def test_the_limit_is_that_of_the_day_of_acceptance(world):
    world.reference("rule_calendar.csv", LIMITS)
    world.load()
    world.fill("cases", "case_id | registered_at", "old | 2005-04-20", "new | 2005-04-20")
    steps(world, "old | accept | 2005-04-30 16:00", "new | accept | 2005-05-01 08:00")
    world.build()
    assert world.show("case_timelines", "case_id due_at due_precision due_source") == [
        f"new | {date(2005, 5, 1) + timedelta(days=60)} 00:00:00 | day | rule",
        f"old | {date(2005, 4, 30) + timedelta(days=90)} 00:00:00 | day | rule",
    ]


def test_an_extension_moves_the_limit(world):
    world.reference("rule_calendar.csv", LIMITS)
    world.load()
    world.fill("cases", "case_id", "A")
    world.fill(
        "case_events",
        "case_id | event_type | event_at | extension_days",
        "A | accept | 2024-01-05 | ",
        "A | extend | 2024-02-25 | 20",
        "A | extend | 2024-03-10 | 10",
    )
    world.build()
    due_on = date(2024, 1, 5) + timedelta(days=60 + 20 + 10)
    assert world.show("case_timelines", "due_at extension_days") == [f"{due_on} 00:00:00 | 30"]


def test_a_limit_of_its_own_channel_beats_the_common_one(world):
    world.reference("rule_calendar.csv", LIMITS + "    NET,handle_limit,online,15,day,accept,,\n")
    world.load()
    world.fill("cases", "case_id | channel", "net | online", "paper | letter")
    steps(world, "net | accept | 2024-01-05", "paper | accept | 2024-01-05")
    world.build()
    assert world.show("case_timelines", "case_id due_at") == [
        f"net | {date(2024, 1, 5) + timedelta(days=15)} 00:00:00",
        f"paper | {date(2024, 1, 5) + timedelta(days=60)} 00:00:00",
    ]


def test_an_exported_limit_beats_the_rule_and_keeps_its_precision(world):
    world.reference("rule_calendar.csv", LIMITS)
    world.load()
    world.fill(
        "cases",
        "case_id | due_at | due_precision",
        "A | 2024-02-01 17:30:00 | minute",
        "B | 2024-02-01 17:30:00 | ",
    )
    world.fill(
        "case_events",
        "case_id | event_type | event_at | extension_days",
        "A | accept | 2024-01-05 | ",
        "A | extend | 2024-01-25 | 10",
    )
    world.build()
    assert world.show("case_timelines", "case_id due_at due_precision due_source") == [
        "A | 2024-02-01 17:30:00 | minute | exported",
        "B | 2024-02-01 17:30:00 | second | exported",
    ]


def test_without_acceptance_or_rule_nothing_is_due(world):
    world.reference(
        "rule_calendar.csv",
        LIMITS.replace(
            "OLD,handle_limit,,90,day,accept,,", "OLD,handle_limit,,90,day,accept,2000-01-01,"
        ),
    )
    world.load()
    world.fill("cases", "case_id | registered_at", "never | 2024-01-01", "before | 1999-01-01")
    steps(world, "before | accept | 1999-12-31")
    world.build()
    assert world.show("case_timelines", "case_id due_at due_precision due_source") == [
        "before |  |  | ",
        "never |  |  | ",
    ]


def test_cases_out_of_scope_have_no_timeline(world):
    world.fill(
        "cases",
        "case_id | scope_flag",
        "plain | ",
        "in | in_scope",
        "odd | unknown",
        "copy | duplicate",
        "trial | test",
        "court | redirected_judicial",
    )
    world.build()
    assert world.show("case_timelines", "case_id") == ["in", "odd", "plain"]


def test_a_case_without_a_matter_is_its_own_and_a_letter_without_persons_is_one(world):
    world.fill(
        "cases",
        "case_id | matter_key | channel | persons",
        "A | M | letter | ",
        "B |  | visit | ",
        "C |  | visit | 7",
    )
    world.build()
    assert world.show("case_timelines", "case_id matter_key persons") == [
        "A | M | 1",
        "B | B | ",
        "C | C | 7",
    ]


def test_a_case_without_region_takes_that_of_its_office_then_the_province(world):
    world.fill(
        "cases",
        "case_id | region_code | office_id | sender_id",
        "own | 990103 | F01 | F01",
        "office |  | F02 | F01",
        "sender |  | X77 | F02",
        "nobody |  | X77 | X78",
        "city | 990100 | F02 | F02",
    )
    world.build()
    assert world.show("case_timelines", "case_id region_row") == [
        "city | 990100@0001-01-01",
        "nobody | 990000@0001-01-01",
        "office | 990200@0001-01-01",
        "own | 990103@0001-01-01",
        "sender | 990200@0001-01-01",
    ]


def test_a_case_is_seen_until_its_office_s_step_log_else_until_its_own_file(world):
    world.files(
        "cases | F01 | 2024-09-30 23:59:59",
        "cases | F02 | 2024-10-31 23:59:59",
        "case_events | F01 | 2024-08-31 23:59:59",
        "case_events | F01 | 2024-10-15 23:59:59",
    )
    world.fill(
        "cases",
        "case_id | sender_id | file_id | as_of",
        "A | F01 | cases-F01-2024-09-30 23:59:59- | 2024-09-30 23:59:59",
        "B | F02 | cases-F02-2024-10-31 23:59:59- | 2024-10-31 23:59:59",
    )
    world.build()
    assert world.show("case_timelines", "case_id seen_until_on") == [
        "A | 2024-10-15",
        "B | 2024-10-31",
    ]


def test_steps_made_from_a_case_s_own_columns_are_seen_until_that_case_s_file(world):
    world.fill("cases", "case_id | file_id | as_of", "A | both | 2024-09-30 23:59:59")
    world.fill(
        "case_events",
        "case_id | event_type | event_at | file_id | as_of",
        "A | close | 2024-09-20 | both | 2024-09-30 23:59:59",
        "A | reply | 2024-09-20 | later | 2024-11-30 23:59:59",
    )
    world.con.execute(
        "insert into ops.files (file_id, table_name, sender_id, as_of) values "
        "('both', 'cases', 'F01', '2024-09-30 23:59:59'), "
        "('later', 'cases', 'F01', '2024-11-30 23:59:59')"
    )
    world.build()
    assert world.show("case_timelines", "seen_until_on") == ["2024-09-30"]
