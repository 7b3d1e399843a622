"""A post is the same post after its region has changed its code, its name or its boundary."""

import pytest

REGIONS = """
    code,name_zh,level,parent_code,valid_from,valid_to
    990000,省,province,,,
    990100,东市,city,990000,,
    990102,甲县,county,990100,,2024-07-01
    990112,甲区,county,990100,2024-07-01,
    990103,乙县,county,990100,,2024-04-01
    990103,乙区,county,990100,2024-04-01,
    990104,丙县,county,990100,,2024-10-01
    990104,丙县,county,990100,2024-10-01,
    990105,丁县,county,990100,2024-10-01,
    990106,戊县,county,990100,,2024-07-01
    990107,己县,county,990100,,
"""
EVENTS = """
    event_date,kind,old_code,new_code,old_share,new_share
    2024-07-01,upgrade,990102,990112,all,all
    2024-04-01,rename,990103,990103,all,all
    2024-10-01,carve_out,990104,990105,part,all
    2024-07-01,merge,990106,990107,all,part
"""
RULES = """
    rule_id,topic,tier,post_kind,value,unit,valid_from,valid_to
    A,post_visit_duty,county,every,1,per_quarter,,
"""
FILE = "leader_visits-F01-2024-12-31 23:59:59-2024-01-01"
# the code under which the terms of each post are exported
CODES = {"old": "990102", "new": "990112", "named": "990103", "kept": "990104", "merged": "990106"}
CODES |= {"other": "990107", "young": "990105"}


@pytest.fixture
def recoded(bare):
    """A year of visits in February and August, in counties that change on the way."""
    bare.reference("regions.csv", REGIONS)
    bare.reference("region_events.csv", EVENTS)
    bare.reference("rule_calendar.csv", RULES)
    bare.reference("offices.csv", "office_id,region_code,level\nF01,990100,city")
    bare.load()
    bare.fill(
        "office_terms",
        "leader_post_id | region_code | tier | from_on",
        *(f"{post} | {code} | county | 2020-01-01" for post, code in CODES.items()),
    )
    bare.fill(
        "leader_visits",
        "visit_id | visit_on | region_code",
        "v1 | 2024-02-10 | 990107",
        "v2 | 2024-08-10 | 990107",
    )
    bare.fill(
        "visit_leaders",
        "visit_id | leader_post_id",
        *(f"{visit} | {post}" for visit in ("v1", "v2") for post in CODES),
    )
    bare.files("leader_visits | F01 | 2024-12-31 23:59:59 | 2024-01-01")
    bare.con.execute(f"update model.leader_visits set file_id = '{FILE}'")
    bare.build()
    return bare


@pytest.mark.parametrize(
    ("post", "regions"),
    [
        ("old", ["990102@0001-01-01"] * 2 + ["990112@2024-07-01"] * 2),
        ("new", ["990102@0001-01-01"] * 2 + ["990112@2024-07-01"] * 2),
        ("named", ["990103@0001-01-01"] + ["990103@2024-04-01"] * 3),
        ("kept", ["990104@0001-01-01"] * 3 + ["990104@2024-10-01"]),
        ("merged", ["990106@0001-01-01"] * 2 + ["990107@0001-01-01"] * 2),
        ("other", ["990107@0001-01-01"] * 4),
        ("young", ["990105@2024-10-01"]),
    ],
)
def test_a_post_owes_its_visits_in_what_its_region_became(recoded, post, regions):
    shown = recoded.show(
        "post_duties", "period_start region_row held", f"leader_post_id = '{post}'"
    )
    quarters = ["2024-01-01 | {} | 1", "2024-04-01 | {} | 0", "2024-07-01 | {} | 1"]
    quarters += ["2024-10-01 | {} | 0"]
    owed = quarters[-len(regions) :]
    assert shown == [line.format(row) for line, row in zip(owed, regions, strict=True)]


# the engine carries what stands in a region that has ended to the one that took over all of it
LAST_OF_FIRST_CODE = {
    "old": "990102@0001-01-01",
    "new": "990102@0001-01-01",
    "named": "990103@2024-04-01",
    "kept": "990104@2024-10-01",
    "merged": "990106@0001-01-01",
    "other": "990107@0001-01-01",
}


@pytest.mark.parametrize(("post", "region"), LAST_OF_FIRST_CODE.items())
def test_no_change_of_a_region_cuts_a_term(recoded, post, region):
    assert recoded.show(
        "posts_in_office", "region_row from_on until_on", f"leader_post_id = '{post}'"
    ) == [f"{region} | 2024-01-01 | 2025-01-01"]


def test_a_year_in_a_region_that_changed_is_a_whole_year(recoded):
    years = recoded.show("post_years", "region_row visits_attended", "year_end_on = '2024-12-31'")
    assert years == sorted(f"{region} | 2" for region in LAST_OF_FIRST_CODE.values())


def test_the_gap_between_two_visits_is_whole(recoded):
    gaps = recoded.show("visit_gaps", "from_on until_on", "region_row like '990102@%'")
    assert gaps == sorted(
        2
        * [
            "2024-01-01 | 2024-02-10",
            "2024-02-10 | 2024-08-10",
            "2024-08-10 | 2025-01-01",
        ]
    )
