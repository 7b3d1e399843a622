"""What came before a submission in its matter, and who can say so."""

import pytest

RULES = """
    rule_id,topic,value,unit,valid_from,valid_to
    L1,repeat_lookback,365,day,,2024-06-01
    L2,repeat_lookback,30,day,2024-06-01,
"""
SHOWN = "case_id is_copy previous_on is_previous_open is_within_lookback"


@pytest.fixture
def long_known(world):
    """An office whose records reach back to 2020."""
    world.reference("rule_calendar.csv", RULES)
    world.reference(
        "offices.csv", "office_id,region_code,level,reports_from\nF01,990100,city,2020-01-01"
    )
    world.load()
    return world


def submissions(world, *lines):
    world.fill("cases", "case_id | matter_key | registered_at", *lines)


def test_a_matter_comes_again(long_known):
    submissions(
        long_known, "A | M | 2024-01-01 09:00", "B | M | 2024-02-01 09:00", "C | N | 2024-02-01"
    )
    long_known.fill(
        "case_events", "case_id | event_type | event_at", "A | close | 2024-01-20 09:00"
    )
    long_known.build()
    assert long_known.show("matter_links", SHOWN) == [
        "A | false |  |  | false",
        "B | false | 2024-01-01 | false | true",
        "C | false |  |  | false",
    ]


def test_what_comes_while_the_earlier_one_is_open_is_marked(long_known):
    submissions(long_known, "A | M | 2024-01-01 09:00", "B | M | 2024-02-01 09:00")
    long_known.fill(
        "case_events", "case_id | event_type | event_at", "A | close | 2024-02-01 10:00"
    )
    submissions(long_known, "C | M | 2024-02-20 09:00")
    long_known.build()
    # closed in the course of the day is closed on the day; B itself is still open when C comes
    assert long_known.show("matter_links", SHOWN) == [
        "A | false |  |  | false",
        "B | false | 2024-01-01 | false | true",
        "C | false | 2024-02-01 | true | true",
    ]


def test_what_is_sent_again_on_one_day_is_a_copy_and_precedes_nothing(long_known):
    submissions(
        long_known,
        "A | M | 2024-01-01 09:00",
        "B | M | 2024-01-01 15:00",
        "C | M | 2024-01-02 09:00",
    )
    long_known.build()
    assert long_known.show("matter_links", SHOWN) == [
        "A | false |  |  | false",
        "B | true |  |  | ",
        "C | false | 2024-01-01 | true | true",
    ]


def test_the_look_back_is_that_of_the_day_of_registration(long_known):
    submissions(
        long_known,
        "A | M | 2024-03-01 09:00",
        "B | M | 2024-05-31 09:00",
        "C | N | 2024-03-01 09:00",
        "D | N | 2024-06-01 09:00",
        "E | N | 2024-07-01 09:00",
    )
    long_known.build()
    assert long_known.show("matter_links", "case_id is_within_lookback") == [
        "A | false",
        "B | true",
        "C | false",
        "D | false",
        "E | true",
    ]


def test_nothing_is_said_without_a_key_or_before_the_records_reach_back(world):
    world.reference("rule_calendar.csv", RULES)
    world.load()
    submissions(
        world,
        "A | M | 2023-01-01 09:00",
        "B | M | 2023-12-31 09:00",
        "C | M | 2024-01-01 09:00",
        "D |  | 2024-01-05 09:00",
    )
    world.build()
    assert world.show("matter_links", "case_id is_linked is_within_lookback") == [
        "A | true | ",
        "B | true | ",
        "C | true | true",
        "D | false | ",
    ]
