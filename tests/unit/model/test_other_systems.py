"""Charges, promises, letters, sentinels, mediation, courts, suggestions and halls, by record."""

EMPTY_REGION = "990100@0001-01-01"


def test_a_record_lies_in_its_own_region_else_its_sender_s_else_in_the_top_one(world):
    world.fill(
        "leader_charges",
        "charge_id | taken_on | region_code | sender_id",
        "own | 2024-03-01 | 990202 | F01",
        "sender | 2024-03-01 |  | F01",
        "nobody | 2024-03-01 |  | X99",
    )
    world.build()
    assert world.show("charge_outcomes", "charge_id region_row office_id") == [
        "nobody | 990000@0001-01-01 | X99",
        "own | 990202@0001-01-01 | F01",
        f"sender | {EMPTY_REGION} | F01",
    ]


def test_a_charge_is_resolved_by_its_day_or_by_its_outcome(world):
    world.fill(
        "leader_charges",
        "charge_id | taken_on | resolved_on | outcome",
        "day | 2024-03-01 | 2024-04-01 | ",
        "word | 2024-03-01 |  | resolved",
        "going on | 2024-03-01 |  | ongoing",
        "silent | 2024-03-01 |  | ",
    )
    world.build()
    assert world.show("charge_outcomes", "charge_id is_resolved") == [
        "day | true",
        "going on | false",
        "silent | false",
        "word | true",
    ]


def test_a_promise_known_to_the_month_is_not_done_before_it_was_made(world):
    world.fill(
        "commitments",
        "commitment_id | made_on | start_on | start_precision | done_on | done_precision",
        "A | 2024-03-18 | 2024-03-01 | month | 2024-10-01 | month",
        "B | 2024-03-18 |  |  |  | ",
    )
    world.build()
    assert world.show("commitment_outcomes", "commitment_id start_on done_on") == [
        "A | 2024-03-18 | 2024-10-01",
        "B |  | ",
    ]


def test_minutes_are_whole_minutes_by_the_clock_and_need_two_exact_times(world):
    world.reference("calendar_days.csv", "day,is_workday\n2024-05-31,true\n2024-06-01,false")
    world.load()
    header = "sentinel_id | reported_at | reported_precision | transferred_at | case_id"
    world.fill(
        "sentinel_reports",
        header,
        "article | 2024-05-31 06:43 | minute | 2024-05-31 11:02 | A",
        "night | 2024-05-31 23:50:30 |  | 2024-06-01 00:10:29 | ",
        "holiday | 2024-06-01 08:00 | second | 2024-06-01 08:00 | ",
        "vague | 2024-06-01 00:00 | day | 2024-06-01 08:00 | ",
        "waiting | 2024-06-02 08:00 | second |  | ",
    )
    world.build()
    assert world.show("sentinel_dispatches", "sentinel_id minutes day_kind has_case") == [
        "article | 259 | workday | true",
        "holiday | 0 | day_off | false",
        "night | 20 | workday | false",
        "vague |  | day_off | false",
        "waiting |  |  | false",
    ]


def test_a_suggestion_is_due_by_the_source_s_limit_else_by_the_rule_of_its_day(world):
    world.reference(
        "rule_calendar.csv",
        "rule_id,topic,value,unit,valid_from,valid_to\n"
        "OLD,improvement_reply,30,day,2005-05-01,2024-05-01\n"
        "NEW,improvement_reply,20,day,2024-06-01,",
    )
    world.load()
    world.fill(
        "policy_suggestions",
        "suggestion_id | made_on | reply_due_on | adoption",
        "old rule | 2024-04-30 |  | adopted",
        "no rule | 2024-05-10 |  | unknown",
        "new rule | 2024-06-01 |  | ",
        "own limit | 2024-06-01 | 2024-06-05 | partly",
    )
    world.build()
    assert world.show("suggestion_outcomes", "suggestion_id due_on adoption") == [
        "new rule | 2024-06-21 | ",
        "no rule |  | ",
        "old rule | 2024-05-30 | adopted",
        "own limit | 2024-06-05 | partly",
    ]


def test_steps_of_a_court_letter_are_judged_only_where_its_sender_exports_steps(world):
    world.fill(
        "court_petitions",
        "court_petition_id | received_on | sender_id",
        "all | 2024-03-01 | F01",
        "three | 2024-03-01 | F01",
        "none | 2024-03-01 | F01",
        "silent court | 2024-03-01 | F02",
    )
    steps = [("all", n) for n in ("scan", "handle", "handle", "feedback", "terminate")]
    steps += [("three", n) for n in ("scan", "handle", "feedback", "relief")]
    world.fill(
        "court_events",
        "court_petition_id | node | event_at",
        *(f"{letter} | {node} | 2024-03-02 09:00" for letter, node in steps),
    )
    world.build()
    assert world.show("court_outcomes", "court_petition_id has_all_steps") == [
        "all | true",
        "none | false",
        "silent court | ",
        "three | false",
    ]


def test_cities_and_counties_owe_a_letter_for_each_year_whose_end_is_covered(world):
    world.files(
        "responsibility_letters | F01 | 2024-12-31 23:59:59 | 2023-01-01",
        "responsibility_letters | F02 | 2023-06-30 23:59:59 | 2023-01-01",
    )
    world.fill(
        "responsibility_letters",
        "file_id | letter_year | signer_tier | signee_tier | region_code | signed_on",
        *(
            f"responsibility_letters-F01-2024-12-31 23:59:59-2023-01-01 | {line}"
            for line in (
                "2023 | province | city | 990100 | 2022-12-28",
                "2023 | city | county | 990102 | 2023-01-10",
                "2023 | county | township | 990103 | 2023-01-10",
                "2023 | city | county | 990202 | 2023-01-10",
            )
        ),
    )
    world.build()
    assert world.show("responsibility_duties", "region_row year_end_on is_signed") == [
        "990100@0001-01-01 | 2023-12-31 | true",
        "990100@0001-01-01 | 2024-12-31 | false",
        "990102@0001-01-01 | 2023-12-31 | true",
        "990102@0001-01-01 | 2024-12-31 | false",
        "990103@0001-01-01 | 2023-12-31 | false",
        "990103@0001-01-01 | 2024-12-31 | false",
    ]


def test_unknown_results_are_no_results_and_a_mediating_office_gives_the_region(world):
    world.fill(
        "mediation_cases",
        "mediation_id | applied_on | office_id | result | case_id | sender_id",
        "A | 2024-03-01 | F02 | agreed | C | F01",
        "B | 2024-03-01 |  | unknown |  | F01",
    )
    world.build()
    assert world.show("mediation_outcomes", "mediation_id region_row result has_case") == [
        "A | 990200@0001-01-01 | agreed | true",
        f"B | {EMPTY_REGION} |  | false",
    ]


def test_a_hall_lies_where_it_stands(world):
    world.fill(
        "hall_footfall", "hall_id | day | footfall | region_code", "H | 2024-03-01 | 9 | 990102"
    )
    world.fill(
        "hall_items",
        "hall_id | sector | counted_on | items_listed | items_online | is_linked",
        "H | S | 2024-03-01 | 10 | 4 | true",
    )
    world.build()
    assert world.show("hall_days", "hall_id day region_row footfall") == [
        "H | 2024-03-01 | 990102@0001-01-01 | 9"
    ]
    assert world.show("hall_sectors", "hall_id sector region_row items_online is_linked") == [
        f"H | S | {EMPTY_REGION} | 4 | true"
    ]
