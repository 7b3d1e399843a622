"""Hand-offs, the paths of matters and disputes through the tiers, and who handled what where."""

OFFICES = """
    office_id,region_code,level
    F00,990000,province
    F01,990100,city
    C02,990102,county
    C03,990103,county
    T21,990102,township
    T22,990102,township
    V21,990102,village
"""


def with_offices(world):
    world.reference("offices.csv", OFFICES)
    world.load()


def test_a_pass_is_returned_where_the_next_hand_off_is_a_return(world):
    world.fill("cases", "case_id | registered_at", "A | 2024-03-01 09:00")
    world.fill(
        "case_events",
        "case_id | seq | event_type | event_at",
        "A | 2 | assign | 2024-03-02 09:00",
        "A | 3 | return | 2024-03-08 09:00",
        "A | 4 | reassign | 2024-03-09 09:00",
        "A | 5 | transfer | 2024-03-20 09:00",
    )
    world.build()
    assert world.show("case_handoffs", "handoff_no step_type handed_on returned_on") == [
        "1 | assign | 2024-03-02 | 2024-03-08",
        "2 | return | 2024-03-08 | ",
        "3 | reassign | 2024-03-09 | ",
        "4 | transfer | 2024-03-20 | ",
    ]


def test_steps_of_one_instant_stand_in_the_order_of_their_numbers(world):
    world.fill("cases", "case_id | registered_at", "A | 2024-03-01 09:00")
    world.fill(
        "case_events",
        "case_id | seq | event_type | event_at | at_precision",
        "A | 3 | return | 2024-03-08 00:00 | day",
        "A | 4 | reassign | 2024-03-08 00:00 | day",
        "A | 2 | assign | 2024-03-08 00:00 | day",
    )
    world.build()
    assert world.show("case_handoffs", "handoff_no step_type returned_on") == [
        "1 | assign | 2024-03-08",
        "2 | return | ",
        "3 | reassign | ",
    ]


def test_a_matter_goes_up_by_registration_and_by_hand_off_but_not_by_return(world):
    with_offices(world)
    world.fill(
        "cases",
        "case_id | matter_key | office_id | tier_received | registered_at",
        "up | again | C02 | county | 2024-01-10 09:00",
        "more | again | F00 | province | 2024-02-10 09:00",
        "sent | sent | T21 | township | 2024-01-10 09:00",
        "back | back | C02 | county | 2024-01-10 09:00",
        "bare | bare | T21 |  | 2024-01-10 09:00",
    )
    world.fill(
        "case_events",
        "case_id | event_type | event_at | to_office_id",
        "sent | transfer | 2024-01-20 09:00 | F01",
        "back | return | 2024-01-20 09:00 | F01",
        "bare | transfer | 2024-01-20 09:00 | W99",
    )
    world.build()
    assert world.show("matter_paths", "matter_key tier_first county_on raised_on") == [
        "again | county | 2024-01-10 | 2024-02-10",
        "back | county | 2024-01-10 | ",
        "bare | township |  | ",
        "sent | township | 2024-01-20 | 2024-01-20",
    ]


def test_a_matter_is_settled_first_and_once_more_after_it_went_up(world):
    with_offices(world)
    world.fill(
        "cases",
        "case_id | matter_key | office_id | tier_received | registered_at",
        "one | M | C02 | county | 2024-01-10 09:00",
        "two | M | F01 | city | 2024-03-10 09:00",
    )
    world.fill(
        "case_events",
        "case_id | event_type | event_at",
        "one | reply | 2024-02-01 09:00",
        "one | close | 2024-02-01 09:10",
        "two | withdraw | 2024-04-01 09:00",
    )
    world.build()
    assert world.show(
        "matter_paths", "raised_on settled_on settled_as raised_settled_on raised_settled_as"
    ) == ["2024-03-10 | 2024-02-01 | resolved | 2024-04-01 | withdrawn"]


def test_a_closing_without_a_reply_resolves_nothing(world):
    world.fill("cases", "case_id | registered_at", "A | 2024-01-10", "B | 2024-01-10")
    world.fill(
        "case_events",
        "case_id | event_type | event_at",
        "A | close | 2024-02-01 09:00",
        "B | reply | 2024-02-01 09:00",
    )
    world.build()
    assert world.show("matter_paths", "matter_key settled_as") == ["A | ended", "B | "]


def test_a_village_mediation_that_was_passed_upward_begins_the_dispute_of_its_submission(world):
    with_offices(world)
    world.fill(
        "cases",
        "case_id | matter_key | office_id | tier_received | registered_at",
        "A | M | C02 | county | 2024-01-10 09:00",
    )
    world.fill(
        "mediation_cases",
        "mediation_id | case_id | tier | applied_on | concluded_on | result",
        "x | A | village | 2024-01-10 | 2024-01-10 | escalated",
    )
    world.build()
    columns = "dispute_key started_on tier_first county_on settled_as tier_last"
    assert world.show("dispute_paths", columns) == [
        "M | 2024-01-10 | village | 2024-01-10 |  | county"
    ]


def test_what_the_county_gives_back_and_the_village_settles_is_resolved_in_the_village(world):
    with_offices(world)
    world.fill(
        "cases",
        "case_id | matter_key | office_id | tier_received | registered_at",
        "A | M | C02 | county | 2024-01-10 09:00",
    )
    world.fill(
        "mediation_cases",
        "mediation_id | case_id | tier | applied_on | concluded_on | result",
        "x | A | village | 2024-01-20 | 2024-02-01 | agreed",
        "y | A | township | 2024-03-01 | 2024-03-02 | agreed",
    )
    world.build()
    columns = "dispute_key tier_first settled_on settled_as tier_last"
    assert world.show("dispute_paths", columns) == ["M | county | 2024-02-01 | resolved | village"]


def test_mediations_without_a_submission_are_disputes_by_themselves(world):
    with_offices(world)
    world.fill(
        "mediation_cases",
        "mediation_id | tier | applied_on | concluded_on | result",
        "a | village | 2024-01-10 | 2024-01-12 | agreed",
        "b | village | 2024-01-10 | 2024-01-13 | escalated",
        "c | township | 2024-01-10 | 2024-01-14 | withdrawn",
        "d | county | 2024-01-10 | 2024-01-15 | failed",
        "e | village | 2024-01-10 |  | ",
    )
    world.build()
    columns = "dispute_key tier_first county_on settled_on settled_as"
    assert world.show("dispute_paths", columns) == [
        "a | village |  | 2024-01-12 | resolved",
        "b | village | 2024-01-13 |  | ",
        "c | township |  | 2024-01-14 | withdrawn",
        "d | county | 2024-01-10 | 2024-01-15 | ended",
        "e | village |  |  | ",
    ]


def test_a_dispute_that_stands_is_where_it_was_on_day_180(world):
    with_offices(world)
    world.fill(
        "cases",
        "case_id | matter_key | office_id | tier_received | registered_at",
        "one | M | T21 | township | 2024-01-01 09:00",
        "two | M | C02 | county | 2024-06-29 09:00",
        "six | M | F01 | city | 2024-06-30 09:00",
    )
    world.build()
    assert world.show("dispute_paths", "started_on tier_last") == ["2024-01-01 | county"]


def test_the_sand_yard_was_received_three_times_by_two_tiers_and_two_townships(world):
    """S15: across two townships, and no register holds the submission that the exports name."""
    with_offices(world)
    world.fill(
        "receptions",
        "case_id | office_id | tier | received_at",
        "sand | T21 | township | 2024-03-02 09:00",
        "sand | T22 | township | 2024-04-06 09:00",
        "sand | C02 | county | 2024-05-11 09:00",
        "sand | C02 | county | 2024-06-21 09:00",
        " | C02 | county | 2024-05-11 09:00",
    )
    world.fill(
        "mediation_cases",
        "mediation_id | case_id | tier | applied_on | concluded_on | result",
        "x | sand | village | 2024-06-01 | 2024-06-20 | agreed",
    )
    world.build()
    columns = "dispute_key resolved_on receptions tiers townships"
    assert world.show("dispute_receptions", columns) == ["sand | 2024-06-20 | 3 | 2 | 2"]


def test_offices_of_other_counties_cross_a_boundary_and_those_above_do_not(world):
    with_offices(world)
    world.fill(
        "cases",
        "case_id | office_id | region_code | registered_at",
        "here | C02 | 990102 | 2024-01-10 09:00",
        "next | C02 | 990102 | 2024-01-10 09:00",
        "late | C02 | 990102 | 2024-01-10 09:00",
        "towns | T21 | 990102 | 2024-01-10 09:00",
        "city | F01 | 990100 | 2024-01-10 09:00",
    )
    world.fill(
        "case_events",
        "case_id | event_type | event_at | to_office_id",
        "here | transfer | 2024-01-20 09:00 | F01",
        "next | transfer | 2024-01-20 09:00 | C03",
        "late | transfer | 2024-04-10 09:00 | C03",
        "towns | transfer | 2024-01-20 09:00 | T22",
    )
    world.build()
    assert world.show("case_places", "case_id other_counties townships") == [
        "city |  | 0",
        "here | 0 | 0",
        "late | 0 | 0",
        "next | 1 | 0",
        "towns | 0 | 2",
    ]


def test_a_county_and_what_it_became_are_not_two_places(bare):
    bare.region_set = "zj"
    bare.reference(
        "offices.csv",
        "office_id,region_code,level\nOLD,330185,county\nNEW,330112,county\nFAR,330106,county\n",
    )
    bare.load()
    bare.fill(
        "cases",
        "case_id | office_id | region_code | registered_at",
        "same | OLD | 330185 | 2017-06-01 09:00",
        "far | OLD | 330185 | 2017-06-01 09:00",
    )
    bare.fill(
        "case_events",
        "case_id | event_type | event_at | to_office_id",
        "same | transfer | 2017-08-20 09:00 | NEW",
        "far | transfer | 2017-08-20 09:00 | FAR",
    )
    bare.build()
    assert bare.show("case_places", "case_id other_counties") == ["far | 1", "same | 0"]
