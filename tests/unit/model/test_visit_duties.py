"""Who owed how many visits, and how many were held."""

import pytest

COUNTY_MONTHLY = "R1,visit_duty,county,,1,per_month,2024-01-15,"
HEADER = "rule_id,topic,tier,region_code,value,unit,valid_from,valid_to"
FILE = "leader_visits-F01-2024-06-30 23:59:59-2024-01-01"


@pytest.fixture
def sent(world):
    """Both cities sent their visits of the first half of 2024."""
    world.files(
        "leader_visits | F01 | 2024-06-30 23:59:59 | 2024-01-01",
        "leader_visits | F02 | 2024-06-30 23:59:59 | 2024-01-01",
    )
    return world


def rules(world, *lines):
    world.reference("rule_calendar.csv", "\n".join([HEADER, *lines]))
    world.load()


def visits(world, header, *lines):
    world.fill("leader_visits", f"file_id | {header}", *(f"{FILE} | {line}" for line in lines))
    world.build()


def test_only_whole_periods_inside_rule_and_data_are_owed(sent):
    rules(sent, COUNTY_MONTHLY)
    visits(sent, "visit_on", "2024-02-29")
    assert sent.show(
        "visit_duties", "period_start period_end required held", "region_row like '990102@%'"
    ) == [
        "2024-02-01 | 2024-03-01 | 1 | 1",
        "2024-03-01 | 2024-04-01 | 1 | 0",
        "2024-04-01 | 2024-05-01 | 1 | 0",
        "2024-05-01 | 2024-06-01 | 1 | 0",
        "2024-06-01 | 2024-07-01 | 1 | 0",
    ]


def test_a_visit_known_only_to_the_year_is_of_no_month(sent):
    rules(sent, "R1,visit_duty,county,,1,per_month,2024-01-01,")
    visits(sent, "visit_on | on_precision", "2024-01-01 | year", "2024-02-01 | month")
    shown = sent.show("visit_duties", "period_start held", "region_row like '990102@%'")
    assert shown[:2] == ["2024-01-01 | 0", "2024-02-01 | 1"]


def test_every_region_of_the_tier_owes_in_the_rule_s_own_period(sent):
    rules(
        sent,
        "P,visit_duty,province,,1,per_half,2024-01-01,",
        "C,visit_duty,city,,2,per_quarter,2024-01-01,",
    )
    visits(
        sent,
        "visit_on | tier | region_code",
        "2024-01-05 | city | 990102",
        "2024-03-31 | city | 990103",
        "2024-04-01 | city | 990100",
        "2024-04-01 | county | 990102",
        "2024-05-05 | province | 990202",
    )
    assert sent.show(
        "visit_duties", "region_row tier duty_period_kind period_start required held"
    ) == [
        "990000@0001-01-01 | province | half_year | 2024-01-01 | 1 | 1",
        "990100@0001-01-01 | city | quarter | 2024-01-01 | 2 | 2",
        "990100@0001-01-01 | city | quarter | 2024-04-01 | 2 | 1",
        "990200@0001-01-01 | city | quarter | 2024-01-01 | 2 | 0",
        "990200@0001-01-01 | city | quarter | 2024-04-01 | 2 | 0",
    ]


def test_a_visit_counts_for_its_organiser_s_region_else_for_the_region_visited(sent):
    rules(
        sent,
        "C,visit_duty,city,,1,per_half,2024-01-01,",
        "D,visit_duty,county,,1,per_half,2024-01-01,",
    )
    visits(
        sent,
        "visit_on | tier | region_code | organiser_office_id",
        "2024-01-05 | city | 990202 | F01",  # leaders of the east city in a western county
        "2024-01-06 | county | 990103 | F01",  # a city office stands above the county's tier
        "2024-01-07 | county | 990202 | X99",  # an office that nobody knows
    )
    assert sent.show("visit_duties", "region_row held") == [
        "990100@0001-01-01 | 1",
        "990102@0001-01-01 | 0",
        "990103@0001-01-01 | 1",
        "990200@0001-01-01 | 0",
        "990202@0001-01-01 | 1",
    ]


def test_a_region_s_own_rule_beats_its_city_s_and_that_the_common_one(sent):
    rules(
        sent,
        "ALL,visit_duty,county,,1,per_month,2024-01-01,",
        "EAST,visit_duty,county,990100,2,per_quarter,2024-04-01,",
        "B,visit_duty,county,990103,3,per_half,2024-01-01,",
    )
    visits(sent, "visit_on", "2024-01-05")
    assert sent.show(
        "visit_duties",
        "region_row duty_period_kind period_start required",
        "period_start < '2024-05-01' and region_row < '9902'",
    ) == [
        "990102@0001-01-01 | month | 2024-01-01 | 1",
        "990102@0001-01-01 | month | 2024-02-01 | 1",
        "990102@0001-01-01 | month | 2024-03-01 | 1",
        "990102@0001-01-01 | quarter | 2024-04-01 | 2",
        "990103@0001-01-01 | half_year | 2024-01-01 | 3",
    ]


def test_a_visit_under_a_code_that_just_ended_counts_for_its_successor(bare):
    bare.region_set = "zj"
    rules(bare, "D,visit_duty,county,,1,per_month,2017-01-01,")
    bare.files("leader_visits | H | 2017-12-31 23:59:59 | 2017-01-01")
    bare.fill(
        "leader_visits",
        "sender_id | file_id | visit_on | region_code",
        "H | leader_visits-H-2017-12-31 23:59:59-2017-01-01 | 2017-06-05 | 330185",
        "H | leader_visits-H-2017-12-31 23:59:59-2017-01-01 | 2017-08-05 | 330185",
    )
    bare.build()
    # the old county's own months end with June; the new district's begin with August
    assert bare.show(
        "visit_duties",
        "region_row period_start held",
        "(region_row like '330185@%' or region_row like '330112@%') "
        "and period_start between '2017-06-01' and '2017-09-01'",
    ) == [
        "330112@2017-07-18 | 2017-08-01 | 1",
        "330112@2017-07-18 | 2017-09-01 | 0",
        "330185@0001-01-01 | 2017-06-01 | 1",
    ]


def test_nothing_is_owed_where_nobody_reported(world):
    rules(world, "D,visit_duty,county,,1,per_half,2024-01-01,")
    world.files("leader_visits | F01 | 2024-06-30 23:59:59 | 2024-01-01")
    visits(world, "visit_on", "2024-01-05")
    assert world.show("visit_duties", "region_row held") == [
        "990102@0001-01-01 | 1",
        "990103@0001-01-01 | 0",
    ]


def test_the_office_is_named_where_there_is_only_one(sent):
    sent.reference(
        "offices.csv",
        """
        office_id,region_code,level
        F01,990100,city
        F02,990200,city
        X02,990200,city
        """,
    )
    rules(sent, "C,visit_duty,city,,1,per_half,2024-01-01,")
    visits(sent, "visit_on | tier", "2024-01-05 | city")
    assert sent.show("visit_duties", "region_row office_id seen_until_on") == [
        "990100@0001-01-01 | F01 | 9999-12-31",
        "990200@0001-01-01 |  | 9999-12-31",
    ]
