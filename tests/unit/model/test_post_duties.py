"""A calendar of twelve leaders, made by hand, with the one right answer (claim C4).

Counties owe a visit a month from each secretary and head; cities one a quarter from each leader;
the province one a half-year from each. The data cover the first half of 2024.

| post | term | visits held | periods | met |
|---|---|---|---|---|
| S1 secretary, county 990102 | all along | each month, two in March | 6 | 6 |
| H1 head, 990102 | all along | January, February, April | 6 | 3 |
| D1 deputy, 990102 | all along | January (a deputy owes nothing) | 0 | 0 |
| S2 secretary, 990103 | from 15 February | February, March to June | 4 | 4 |
| H2 head, 990103 | until 1 May | January to April | 4 | 4 |
| S3 secretary, 990202 | changes hands on 10 April | January to June | 5 | 5 |
| H3 head, 990202 | all along | planned, cancelled, moved: none held | 6 | 0 |
| C1 leader of city 990100 | all along | January, and one in a county in May | 2 | 2 |
| C2 leader of 990100 | from 1 April | June | 1 | 1 |
| C3 leader of 990200 | all along | a visit known only to the year | 2 | 0 |
| C4 leader of 990200 | left on 31 March, the day before the quarter ended | February | 0 | 0 |
| P1 leader of the province | all along | June, jointly with C2 and S1 | 1 | 1 |
"""

from fractions import Fraction

import pytest

RULES = """
    rule_id,topic,tier,post_kind,value,unit,valid_from,valid_to
    A,post_visit_duty,county,secretary,1,per_month,,
    B,post_visit_duty,county,head,1,per_month,,
    C,post_visit_duty,city,every,1,per_quarter,,
    D,post_visit_duty,province,every,1,per_half,,
"""
TERMS = (
    "S1 | 990102 | county | secretary | 2020-01-01 | ",
    "H1 | 990102 | county | head | 2020-01-01 | ",
    "D1 | 990102 | county | deputy | 2020-01-01 | ",
    "S2 | 990103 | county | secretary | 2024-02-15 | ",
    "H2 | 990103 | county | head | 2020-01-01 | 2024-05-01",
    "S3 | 990202 | county | secretary | 2020-01-01 | 2024-04-10",
    "S3 | 990202 | county | secretary | 2024-04-10 | ",
    "H3 | 990202 | county | head | 2020-01-01 | ",
    "C1 | 990100 | city | head | 2020-01-01 | ",
    "C2 | 990100 | city | deputy | 2024-04-01 | ",
    "C3 | 990200 | city | secretary | 2020-01-01 | ",
    "C4 | 990200 | city | deputy | 2020-01-01 | 2024-03-31",
    "P1 | 990000 | province | head | 2020-01-01 | ",
)
# day | precision | region | tier | status | posts present
VISITS = (
    "2024-01-10 | day | 990102 | county | held | S1 H1 D1",
    "2024-02-10 | month | 990102 | county | held | S1 H1",
    "2024-03-01 | day | 990102 | county | held | S1",
    "2024-03-31 | day | 990102 | county | held | S1",
    "2024-04-30 | day | 990102 | county |  | S1 H1",
    "2024-05-05 | day | 990102 | county | held | S1",
    "2024-01-11 | day | 990103 | county | held | H2",
    "2024-02-20 | day | 990103 | county | held | S2 H2",
    "2024-03-12 | day | 990103 | county | held | S2 H2",
    "2024-04-12 | day | 990103 | county | held | S2 H2",
    "2024-05-12 | day | 990103 | county | held | S2",
    "2024-06-12 | day | 990103 | county | held | S2",
    "2024-01-13 | day | 990202 | county | held | S3",
    "2024-02-13 | day | 990202 | county | held | S3",
    "2024-03-13 | day | 990202 | county | held | S3",
    "2024-04-13 | day | 990202 | county | held | S3",
    "2024-05-13 | day | 990202 | county | held | S3",
    "2024-06-13 | day | 990202 | county | held | S3",
    "2024-02-14 | day | 990202 | county | cancelled | H3",
    "2024-03-14 | day | 990202 | county | planned | H3",
    "2024-04-14 | day | 990202 | county | moved | H3",
    "2024-01-15 | day | 990100 | city | held | C1",
    "2024-05-20 | day | 990202 | city | held | C1",
    "2024-01-01 | year | 990200 | city | held | C3",
    "2024-02-16 | day | 990200 | city | held | C4",
    "2024-06-18 | day | 990102 | province | held | P1 C2 S1",
)
ANSWER = {
    "S1": (6, 6),
    "H1": (6, 3),
    "S2": (4, 4),
    "H2": (4, 4),
    "S3": (5, 5),
    "H3": (6, 0),
    "C1": (2, 2),
    "C2": (1, 1),
    "C3": (2, 0),
    "P1": (1, 1),
}


@pytest.fixture
def calendar(world):
    """The twelve leaders and their visits, from two cities and the province office."""
    world.reference("rule_calendar.csv", RULES)
    world.load()
    world.fill(
        "office_terms", "leader_post_id | region_code | tier | post_kind | from_on | to_on", *TERMS
    )
    for number, line in enumerate(VISITS):
        day, precision, region, tier, status, posts = (cell.strip() for cell in line.split("|"))
        world.fill(
            "leader_visits",
            "visit_id | visit_on | on_precision | region_code | tier | status",
            f"v{number} | {day} | {precision} | {region} | {tier} | {status}",
        )
        world.fill(
            "visit_leaders",
            "visit_id | leader_post_id",
            *(f"v{number} | {post}" for post in posts.split()),
        )
    world.files(
        "leader_visits | F01 | 2024-06-30 23:59:59 | 2024-01-01",
        "leader_visits | F02 | 2024-06-30 23:59:59 | 2024-01-01",
    )
    world.con.execute(
        "update model.leader_visits set as_of = '2024-06-30 23:59:59', "
        "file_id = 'leader_visits-F01-2024-06-30 23:59:59-2024-01-01'"
    )
    world.build()
    return world


def test_each_of_the_twelve_leaders_is_judged_by_the_periods_wholly_in_office(calendar):
    rows = calendar.con.execute(
        "select leader_post_id, count(*), count(*) filter (where held >= required) "
        "from model.post_duties group by leader_post_id"
    ).fetchall()
    assert {post: (periods, met) for post, periods, met in rows} == ANSWER


def test_compliance_is_the_pooled_share_and_never_a_mean_of_shares(calendar):
    [(periods, met)] = calendar.con.execute(
        "select count(*), count(*) filter (where held >= required) from model.post_duties"
    ).fetchall()
    assert Fraction(met, periods) == Fraction(6 + 3 + 4 + 4 + 5 + 0 + 2 + 1 + 0 + 1, 37)


def test_leaders_at_one_visit_count_once_each(calendar):
    held = calendar.show(
        "post_duties", "leader_post_id held", "period_end = '2024-07-01' and held > 0"
    )
    assert {"P1 | 1", "C2 | 1", "S1 | 1"} <= set(held)


def test_the_rule_in_force_on_the_day_decides(calendar):
    calendar.reference(
        "rule_calendar.csv",
        RULES.replace("A,post_visit_duty,county,secretary,1,per_month,,", "").rstrip()
        + "\nA1,post_visit_duty,county,secretary,1,per_month,,2024-03-15"
        + "\nA2,post_visit_duty,county,secretary,2,per_quarter,2024-03-15,",
    )
    calendar.load()
    calendar.build()
    # the month in which the rule changed is nobody's; the next quarter asks for two visits
    assert calendar.show(
        "post_duties", "duty_period_kind period_start required held", "leader_post_id = 'S1'"
    ) == [
        "month | 2024-01-01 | 1 | 1",
        "month | 2024-02-01 | 1 | 1",
        "quarter | 2024-04-01 | 2 | 3",
    ]


def test_a_region_s_own_rules_take_the_place_of_the_common_ones(calendar):
    calendar.reference(
        "rule_calendar.csv",
        "rule_id,topic,tier,post_kind,region_code,value,unit,valid_from,valid_to\n"
        "ALL,post_visit_duty,county,every,,1,per_month,,\n"
        "OWN,post_visit_duty,county,head,990102,1,per_half,,\n",
    )
    calendar.load()
    calendar.build()
    assert calendar.show(
        "post_duties",
        "leader_post_id duty_period_kind held",
        "region_row like '990102%' and period_start = '2024-01-01'",
    ) == ["H1 | half_year | 3"]
