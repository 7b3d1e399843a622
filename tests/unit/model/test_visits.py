"""Visits that were held, who was received there, and how submissions were rated."""

from datetime import date, timedelta

WINDOW = """
    rule_id,topic,value,unit,clock_start,valid_from
    RATE,rating_window,30,day,{clock},2014-07-01
"""


def test_only_visits_that_were_held_count_and_an_empty_status_is_held(world):
    world.fill(
        "leader_visits",
        "visit_id | visit_on | status",
        "held | 2024-03-05 | held",
        "bare | 2024-03-05 | ",
        "off | 2024-03-05 | cancelled",
        "late | 2024-03-05 | moved",
        "soon | 2025-03-05 | planned",
        "odd | 2024-03-05 | unknown",
    )
    world.build()
    assert world.show("visits", "visit_id") == ["bare", "held"]


def test_notice_runs_from_the_first_announcement(world):
    world.fill(
        "leader_visits",
        "visit_id | visit_on | on_precision",
        "A | 2024-03-15 | day",
        "B | 2024-03-15 | ",
        "C | 2024-03-01 | month",
        "D | 2024-03-15 | day",
    )
    world.fill(
        "visit_announcements",
        "visit_id | announced_on",
        "A | 2024-03-12",
        "A | 2024-03-05",
        "B | 2024-03-16",
        "C | 2024-02-20",
    )
    world.build()
    assert world.show("visits", "visit_id on_precision first_announced_on notice_days") == [
        "A | day | 2024-03-05 | 10",
        "B | day | 2024-03-16 | -1",
        "C | month | 2024-02-20 | ",
        "D | day |  | ",
    ]


def test_notices_may_complete_one_another(world):
    world.fill(
        "leader_visits",
        "visit_id | visit_on | on_precision",
        "added | 2024-03-15 | day",
        "never | 2024-03-15 | day",
        "vague | 2024-03-01 | month",
    )
    world.fill(
        "visit_announcements",
        "visit_id | announced_on | has_time | has_place | has_manner",
        "added | 2024-03-05 | false | true | ",
        "added | 2024-03-10 | true |  | true",
        "added | 2024-03-14 | true | true | true",
        "never | 2024-03-05 | true | true | false",
        "vague | 2024-02-05 | true | true | true",
    )
    world.build()
    assert world.show("visits", "visit_id notice_days complete_notice_days") == [
        "added | 10 | 5",
        "never | 10 | ",
        "vague |  | ",
    ]


def test_a_visit_lies_in_the_region_of_its_own_day(bare):
    bare.region_set = "zj"
    bare.load()
    bare.fill(
        "leader_visits",
        "visit_id | visit_on | region_code",
        "before | 2016-09-13 | 330212",
        "after | 2016-09-14 | 330212",
        "city | 2016-09-14 | 330200",
    )
    bare.build()
    assert bare.show("visits", "visit_id region_row") == [
        "after | 330212@2016-09-14",
        "before | 330212@0001-01-01",
        "city | 330200@0001-01-01",
    ]


def test_receptions_belong_to_a_visit_that_was_held_and_share_its_tier(world):
    world.fill(
        "leader_visits",
        "visit_id | visit_on | tier | status",
        "A | 2024-03-15 | city | held",
        "B | 2024-03-15 | city | cancelled",
    )
    world.fill(
        "receptions",
        "batch_id | visit_id | received_at | region_code | tier | problems | solved_on_spot",
        "own | A | 2024-03-15 10:30 | 990202 | county | 3 | 1",
        "none | A | 2024-03-15 11:00 |  |  |  | ",
        "off | B | 2024-03-15 11:00 | 990102 | city | 1 | 0",
        "daily |  | 2024-03-15 11:00 | 990102 | city | 1 | 0",
    )
    world.build()
    columns = "batch_id visit_id region_row tier received_on problems solved_on_spot"
    assert world.show("visit_receptions", columns) == [
        "none | A | 990102@0001-01-01 | city | 2024-03-15 |  | ",
        "own | A | 990202@0001-01-01 | city | 2024-03-15 | 3 | 1",
    ]


def rated_case(world):
    world.fill("cases", "case_id | scope_flag", "A | ", "T | test")
    world.fill("case_events", "case_id | event_type | event_at", "A | reply | 2024-03-01 15:00")
    world.fill(
        "evaluations",
        "evaluation_id | case_id | asked_at | answered_at | rating | excluded_reason",
        "one | A | 2024-03-04 09:00 | 2024-03-06 21:00 | satisfied | ",
        "two | A | 2024-03-20 09:00 |  |  | 重复评价",
        "test | T | 2024-03-04 09:00 |  |  | ",
    )
    world.build()


def test_ratings_of_submissions_in_scope_with_their_office(world):
    rated_case(world)
    columns = "evaluation_id region_row office_id asked_on answered_on rating is_excluded"
    assert world.show("case_ratings", columns) == [
        "one | 990102@0001-01-01 | F01 | 2024-03-04 | 2024-03-06 | satisfied | false",
        "two | 990102@0001-01-01 | F01 | 2024-03-20 |  |  | true",
    ]


def test_a_window_that_counts_from_the_reply_ends_with_it(world):
    world.reference("rule_calendar.csv", WINDOW.format(clock="reply"))
    world.load()
    rated_case(world)
    end = date(2024, 3, 1) + timedelta(days=30)
    assert world.show("case_ratings", "evaluation_id window_end_on") == [
        f"one | {end}",
        f"two | {end}",
    ]


def test_a_window_that_counts_from_the_request_ends_with_it(world):
    world.reference("rule_calendar.csv", WINDOW.format(clock="evaluate"))
    world.load()
    rated_case(world)
    assert world.show("case_ratings", "evaluation_id window_end_on") == [
        f"one | {date(2024, 3, 4) + timedelta(days=30)}",
        f"two | {date(2024, 3, 20) + timedelta(days=30)}",
    ]


def test_without_a_reply_the_window_counts_from_the_request(world):
    world.reference("rule_calendar.csv", WINDOW.format(clock="reply"))
    world.load()
    world.fill("cases", "case_id", "A")
    world.fill("evaluations", "case_id | asked_at", "A | 2024-03-04 09:00", "A | 2014-06-30 09:00")
    world.build()
    assert world.show("case_ratings", "asked_on window_end_on") == [
        "2014-06-30 | ",
        f"2024-03-04 | {date(2024, 3, 4) + timedelta(days=30)}",
    ]


def test_without_a_rule_there_is_no_window(world):
    rated_case(world)
    assert world.show("case_ratings", "evaluation_id window_end_on") == ["one | ", "two | "]


def test_who_exports_answers_alone_says_nothing_of_the_silent(world):
    world.fill("cases", "case_id", "A")
    world.fill(
        "evaluations",
        "sender_id | case_id | asked_at | answered_at | rating | excluded_reason",
        "F01 | A | 2024-03-04 09:00 | 2024-03-06 21:00 | satisfied | ",
        "F01 | A | 2024-03-05 09:00 |  |  | ",
        "F02 | A | 2024-03-04 09:00 | 2024-03-06 21:00 | satisfied | ",
        "F02 | A | 2024-03-05 09:00 |  |  | 重复评价",
    )
    world.build()
    assert world.show("case_ratings", "answered_on is_excluded has_silent") == [
        " | false | true",
        " | true | false",
        "2024-03-06 | false | false",
        "2024-03-06 | false | true",
    ]
