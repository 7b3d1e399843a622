"""The clocks of reviews and rechecks, every date counted by hand on a calendar of 2024.

A submission is registered on 1 January and answered on 10 January 2024, a leap year: thirty days
after 1 February are 2 March.
"""

import pytest

HEADER = (
    "rule_id,topic,value,unit,clock_start,is_moved_to_workday,is_stopped_by_hearing,"
    "valid_from,valid_to"
)
ASK = "RA,review_request,30,day,reply,,,,"
DECIDE = "RD,review_decide,30,day,review_request,,,,"
ASK_AGAIN = "CA,recheck_request,30,day,review_decide,,,,"
DECIDE_AGAIN = "CD,recheck_decide,30,day,recheck_request,,true,,"
REVIEW = ("review_request | 2024-02-01 09:00",)
RECHECK = (
    "review_request | 2024-01-15 09:00",
    "review_decide | 2024-01-20 09:00",
    "recheck_request | 2024-02-01 09:00",
)
STAGES = {"review": REVIEW, "recheck": RECHECK}


@pytest.fixture
def clock(world):
    """Judge one stage of one submission by rules, after steps written `type | time`."""

    def judge(stage, *steps, rules=(ASK, DECIDE, ASK_AGAIN, DECIDE_AGAIN), columns="decide_due_on"):
        world.reference("rule_calendar.csv", "\n".join([HEADER, *rules]))
        world.load()
        world.fill("cases", "case_id", "A")
        told = ("reply | 2024-01-10 09:00", *STAGES[stage], *steps)
        world.fill("case_events", "case_id | event_type | event_at", *(f"A | {s}" for s in told))
        world.build()
        [shown] = world.show("case_reviews", columns, f"stage = '{stage}'")
        return shown

    return judge


@pytest.mark.parametrize("stage", ["review", "recheck"])
def test_the_day_of_the_request_does_not_count(clock, stage):
    assert clock(stage) == "2024-03-02"


def test_a_recheck_does_not_count_the_days_of_its_hearing(clock):
    """5, 6 and 7 February are three days: 2 March and three days are 5 March."""
    shown = clock(
        "recheck",
        "hearing_start | 2024-02-05 09:00",
        "hearing_end | 2024-02-07 17:00",
        columns="decide_due_on stopped_days",
    )
    assert shown == "2024-03-05 | 3"


def test_a_hearing_of_a_morning_is_a_day(clock):
    steps = ("hearing_start | 2024-02-05 09:00", "hearing_end | 2024-02-05 11:30")
    assert clock("recheck", *steps) == "2024-03-03"


def test_two_hearings_on_one_day_are_one_day(clock):
    steps = (
        "hearing_start | 2024-02-05 09:00",
        "hearing_end | 2024-02-05 11:30",
        "hearing_start | 2024-02-05 14:00",
        "hearing_end | 2024-02-06 16:00",
    )
    assert clock("recheck", *steps) == "2024-03-04"


def test_a_hearing_stops_no_clock_of_a_review_where_no_rule_says_so(clock):
    steps = ("hearing_start | 2024-02-05 09:00", "hearing_end | 2024-02-07 17:00")
    assert clock("review", *steps) == "2024-03-02"


def test_a_hearing_stops_the_clock_of_a_review_where_a_rule_says_so(clock):
    steps = ("hearing_start | 2024-02-05 09:00", "hearing_end | 2024-02-07 17:00")
    rule = "RD,review_decide,30,day,review_request,,true,,"
    assert clock("review", *steps, rules=(ASK, rule)) == "2024-03-05"


@pytest.mark.parametrize("stage", ["review", "recheck"])
def test_a_suspension_stops_either_clock_until_it_is_resumed(clock, stage):
    """From 10 to 20 February: ten days, since the day of the resumption counts again."""
    steps = ("suspend | 2024-02-10 09:00", "resume | 2024-02-20 09:00")
    assert clock(stage, *steps) == "2024-03-12"


def test_a_hearing_within_a_suspension_stops_nothing_twice(clock):
    steps = (
        "suspend | 2024-02-10 09:00",
        "hearing_start | 2024-02-12 09:00",
        "hearing_end | 2024-02-13 09:00",
        "resume | 2024-02-20 09:00",
    )
    assert clock("recheck", *steps) == "2024-03-12"


def test_a_hearing_that_an_earlier_one_brings_before_the_limit_counts(clock):
    """2 March, a hearing on that day, so 3 March, and another on that one: 4 March."""
    steps = (
        "hearing_start | 2024-03-02 09:00",
        "hearing_end | 2024-03-02 17:00",
        "hearing_start | 2024-03-03 09:00",
        "hearing_end | 2024-03-03 17:00",
    )
    assert clock("recheck", *steps) == "2024-03-04"


def test_a_hearing_begun_after_the_limit_saves_nothing_nor_do_those_after_it(clock):
    steps = (
        "hearing_start | 2024-03-03 09:00",
        "hearing_end | 2024-03-30 17:00",
        "hearing_start | 2024-03-31 09:00",
        "hearing_end | 2024-04-01 17:00",
    )
    assert clock("recheck", *steps) == "2024-03-02"


def test_a_hearing_before_the_request_is_another_matter(clock):
    steps = ("hearing_start | 2024-01-25 09:00", "hearing_end | 2024-01-26 17:00")
    assert clock("recheck", *steps) == "2024-03-02"


@pytest.mark.parametrize("step", ["hearing_start", "suspend"])
def test_no_limit_runs_while_a_pause_lasts(clock, step):
    shown = clock("recheck", f"{step} | 2024-02-05 09:00", columns="decide_due_on is_stopped")
    assert shown == " | true"


def test_each_is_judged_by_the_rule_of_the_day_it_was_asked_for(clock):
    rules = (
        "OLD,review_decide,30,day,review_request,,,,2024-02-01",
        "NEW,review_decide,60,day,review_request,,,2024-02-01,",
    )
    assert clock("review", rules=rules) == "2024-04-01"


def test_without_a_rule_there_is_no_limit(clock):
    assert clock("review", rules=(ASK,)) == ""


def test_both_limits_move_to_the_next_working_day_where_the_rule_says_so(clock, world):
    """9 February 2024 was a Friday, 2 March a Saturday; 4 March was a Monday."""
    days = ("2024-02-09,false", "2024-02-10,true", "2024-03-02,false", "2024-03-03,false")
    world.reference("calendar_days.csv", "\n".join(["day,is_workday", *days, "2024-03-04,true"]))
    rules = (
        "RA,review_request,30,day,reply,true,,,",
        "RD,review_decide,30,day,review_request,true,,,",
    )
    assert clock("review", rules=rules, columns="window_end_on decide_due_on") == (
        "2024-02-10 | 2024-03-04"
    )
