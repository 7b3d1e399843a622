"""Which days each table can say something about each region."""

SPANS = "region_row from_on until_on"


def covered(world, table="cases", where="true"):
    return world.show("coverage", SPANS, f"table_name = '{table}' and {where}")


def test_a_file_speaks_for_its_office_s_region_and_what_lies_below(world):
    world.files("cases | F01 | 2024-03-31 23:59:59 | 2024-01-01")
    world.build()
    assert covered(world) == [
        "990100@0001-01-01 | 2024-01-01 | 2024-04-01",
        "990102@0001-01-01 | 2024-01-01 | 2024-04-01",
        "990103@0001-01-01 | 2024-01-01 | 2024-04-01",
    ]


def test_the_province_is_covered_only_while_every_city_is(world):
    world.files(
        "cases | F01 | 2024-03-31 23:59:59 | 2024-01-01",
        "cases | F02 | 2024-04-30 23:59:59 | 2024-02-01",
    )
    world.build()
    assert covered(world, where="region_row like '990_00@%'") == [
        "990000@0001-01-01 | 2024-02-01 | 2024-04-01",
        "990100@0001-01-01 | 2024-01-01 | 2024-04-01",
        "990200@0001-01-01 | 2024-02-01 | 2024-05-01",
    ]


def test_touching_and_overlapping_files_are_one_span_and_a_gap_stays_a_gap(world):
    world.files(
        "cases | F02 | 2024-01-31 23:59:59 | 2024-01-01",
        "cases | F02 | 2024-02-29 23:59:59 | 2024-02-01",
        "cases | F02 | 2024-03-10 23:59:59 | 2024-02-15",
        "cases | F02 | 2024-06-30 23:59:59 | 2024-05-01",
    )
    world.build()
    assert covered(world, where="region_row like '990202@%'") == [
        "990202@0001-01-01 | 2024-01-01 | 2024-03-11",
        "990202@0001-01-01 | 2024-05-01 | 2024-07-01",
    ]


def test_a_file_of_a_period_says_nothing_about_the_days_after_it(world):
    world.files("cases | F02 | 2024-02-10 23:59:59 | 2024-01-01 | 2024-02-01")
    world.build()
    assert covered(world, where="region_row like '990202@%'") == [
        "990202@0001-01-01 | 2024-01-01 | 2024-02-01"
    ]


def test_without_a_period_a_file_begins_when_its_office_did_else_with_its_first_record(world):
    world.reference(
        "offices.csv",
        """
        office_id,region_code,level,reports_from
        F01,990102,county,2003-01-01
        F02,990202,county,
        """,
    )
    world.load()
    world.fill(
        "cases",
        "sender_id | file_id | registered_at",
        "F01 | one | 2010-05-05 08:00",
        "F02 | two | 2012-07-07 08:00",
        "F02 | two | 2011-06-06 08:00",
    )
    world.build()
    assert covered(world) == [
        "990102@0001-01-01 | 2003-01-01 | 2025-01-01",
        "990200@0001-01-01 | 2011-06-06 | 2025-01-01",
        "990202@0001-01-01 | 2011-06-06 | 2025-01-01",
    ]


def test_records_without_a_day_begin_with_the_earliest_of_any_that_their_sender_sent(bare):
    bare.load()
    bare.fill("leader_visits", "sender_id | file_id | visit_on", "Z | one | 2012-07-07")
    bare.fill("leader_visits", "sender_id | file_id | visit_on", "Y | two | 2001-01-01")
    bare.fill(
        "visit_agenda", "sender_id | visit_id | is_candidate | is_selected", "Z | V | true | true"
    )
    bare.build()
    assert covered(bare, "visit_agenda", "region_row like '990202@%'") == [
        "990202@0001-01-01 | 2012-07-07 | 2025-01-01"
    ]


def test_a_sender_that_no_list_knows_speaks_for_the_whole_home(world):
    world.files("cases | X99 | 2024-03-31 23:59:59 | 2024-01-01")
    world.build()
    assert covered(world, where="region_row not like '99010_@%'") == [
        "990000@0001-01-01 | 2024-01-01 | 2024-04-01",
        "990200@0001-01-01 | 2024-01-01 | 2024-04-01",
        "990202@0001-01-01 | 2024-01-01 | 2024-04-01",
    ]


def test_the_nearest_senders_answer_for_a_county_and_a_city_needs_its_own_office_too(world):
    world.reference(
        "offices.csv",
        """
        office_id,region_code,level
        P00,990000,province
        F01,990100,city
        F02,990200,city
        K02,990202,county
        """,
    )
    world.load()
    world.files(
        "receptions | P00 | 2024-12-31 23:59:59 | 2024-01-01",
        "receptions | F01 | 2024-08-31 23:59:59 | 2024-01-01",
        "receptions | F02 | 2024-06-30 23:59:59 | 2024-01-01",
        "receptions | K02 | 2024-10-31 23:59:59 | 2024-03-01",
    )
    world.build()
    assert covered(world, "receptions") == [
        "990000@0001-01-01 | 2024-03-01 | 2024-09-01",
        "990100@0001-01-01 | 2024-01-01 | 2024-09-01",
        "990102@0001-01-01 | 2024-01-01 | 2024-09-01",
        "990103@0001-01-01 | 2024-01-01 | 2024-09-01",
        "990200@0001-01-01 | 2024-03-01 | 2024-07-01",
        "990202@0001-01-01 | 2024-03-01 | 2024-11-01",
    ]


def test_an_expected_office_that_never_sent_anything_leaves_its_region_uncovered(world):
    world.expected = ("F01", "F02")
    world.files("cases | F01 | 2024-03-31 23:59:59 | 2024-01-01")
    world.files("cases | X99 | 2024-03-31 23:59:59 | 2024-01-01")
    world.build()
    assert covered(world, where="region_row not like '9901%'") == []


def test_a_renamed_code_stays_its_office_s_region_and_a_split_one_does_not(bare):
    bare.region_set = "zj"
    bare.reference(
        "offices.csv",
        """
        office_id,region_code,level
        LINAN,330112,county
        YUHANG,330110,county
        """,
    )
    bare.load()
    bare.files(
        "cases | LINAN | 2024-03-31 23:59:59 | 2010-01-01",
        "cases | YUHANG | 2024-03-31 23:59:59 | 2010-01-01",
    )
    bare.build()
    assert covered(bare) == [
        "330110@0001-01-01 | 2010-01-01 | 2021-03-11",
        "330110@2021-03-11 | 2021-03-11 | 2024-04-01",
        "330112@2017-07-18 | 2017-07-18 | 2024-04-01",
        "330185@0001-01-01 | 2010-01-01 | 2017-07-18",
        # the unit of 余杭 and 临平 while all of it lies with an office that sends
        "SU330110@0001-01-01 | 2010-01-01 | 2021-03-11",
    ]


def test_a_home_of_one_region_is_covered_by_whoever_sends(bare):
    bare.region_set = "single"
    bare.load()
    bare.files("cases | boston | 2022-01-31 23:59:59 | 2022-01-01")
    bare.build()
    assert covered(bare) == ["000000@0001-01-01 | 2022-01-01 | 2022-02-01"]


def test_an_export_of_any_system_is_covered_from_its_first_record(world):
    world.fill(
        "hall_footfall",
        "hall_id | day | sender_id | as_of",
        "H | 2024-02-05 | F02 | 2024-03-31 23:59:59",
        "H | 2024-02-06 | F02 | 2024-03-31 23:59:59",
    )
    world.build()
    assert covered(world, "hall_footfall", "region_row like '990202@%'") == [
        "990202@0001-01-01 | 2024-02-05 | 2024-04-01"
    ]
