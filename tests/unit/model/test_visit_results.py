"""What visits took up and brought, and the gaps between the visits of a post."""

import pytest

DONE = "case_id | event_type | event_at"
VISITS_FILE = "leader_visits-F01-2024-12-31 23:59:59-2023-01-01"
GAPS = "from_on until_on"


def test_a_matter_is_taken_up_once_however_it_is_linked_and_only_while_open(world):
    world.fill("leader_visits", "visit_id | visit_on", "V | 2024-03-05", "W | 2024-05-05")
    world.fill(
        "cases",
        "case_id | registered_at | visit_id",
        "both | 2024-03-01 09:00 | V",
        "named | 2024-03-05 09:00 | V",
        "before | 2024-03-01 09:00 | ",
        "same day | 2024-03-01 09:00 | ",
    )
    world.fill("case_events", DONE, "before | close | 2024-03-04 10:00")
    world.fill("case_events", DONE, "same day | close | 2024-03-05 17:00")
    world.fill(
        "receptions",
        "visit_id | case_id | received_at",
        "V | both | 2024-03-05 09:00",
        "V | both | 2024-03-05 15:00",
        "V | before | 2024-03-05 10:00",
        "V | same day | 2024-03-05 11:00",
        "V |  | 2024-03-05 12:00",
        "W | both | 2024-05-05 09:00",
    )
    world.build()
    assert world.show("visit_matters", "visit_id case_id visit_on closed_on outcome") == [
        "V | both | 2024-03-05 |  | ",
        "V | named | 2024-03-05 |  | ",
        "V | same day | 2024-03-05 | 2024-03-05 | resolved",
        "W | both | 2024-05-05 |  | ",
    ]


def test_a_visit_s_first_result_is_on_the_spot_or_the_first_matter_resolved(world):
    world.fill(
        "leader_visits",
        "visit_id | visit_on | on_precision | status",
        "spot | 2024-03-05 | day | held",
        "later | 2024-03-05 | day | held",
        "withdrawn | 2024-03-05 | day | held",
        "quiet | 2024-03-05 | day | held",
        "vague | 2024-03-01 | month | held",
        "off | 2024-03-05 | day | cancelled",
    )
    world.fill("cases", "case_id", "A", "B", "C")
    world.fill(
        "case_events",
        DONE,
        "A | close | 2024-04-01 10:00",
        "B | close | 2024-03-20 10:00",
        "C | withdraw | 2024-03-10 10:00",
    )
    world.fill(
        "receptions",
        "visit_id | case_id | received_at | problems | solved_on_spot",
        "spot | A | 2024-03-05 09:00 | 2 | 1",
        "later | A | 2024-03-05 09:00 | 1 | 0",
        "later | B | 2024-03-05 09:00 |  | ",
        "withdrawn | C | 2024-03-05 09:00 | 1 | 0",
        "vague | A | 2024-03-05 09:00 | 1 | 1",
    )
    world.build()
    assert world.show("visit_outcomes", "visit_id first_result_on seen_until_on") == [
        "later | 2024-03-20 | 2024-12-31",
        "spot | 2024-03-05 | 2024-12-31",
        "withdrawn |  | 2024-12-31",
    ]


@pytest.fixture
def posts(world):
    """Visits are reported from 2023 until the end of 2024; two posts of county 990102."""
    for table in ("leader_visits", "visit_leaders", "office_terms"):
        world.files(f"{table} | F01 | 2024-12-31 23:59:59 | 2023-01-01")
    return world


def attend(world, *lines):
    """Visits and the post that was present, as `post | day | precision | status`."""
    for number, line in enumerate(lines):
        post, *visit = (cell.strip() for cell in line.split("|"))
        world.fill(
            "leader_visits",
            "file_id | visit_id | visit_on | on_precision | status",
            " | ".join((VISITS_FILE, f"v{number}", *visit)),
        )
        world.fill("visit_leaders", "visit_id | leader_post_id", f"v{number} | {post}")


def hold(world, *lines):
    world.fill("office_terms", "leader_post_id | region_code | tier | from_on | to_on", *lines)
    world.build()


def test_gaps_run_from_the_data_or_the_term_to_the_next_visit_or_the_end_of_the_data(posts):
    attend(
        posts,
        "P | 2023-03-01 | day | held",
        "P | 2023-04-01 | day | cancelled",
        "P | 2023-05-01 | day | held",
        "P | 2022-11-01 | day | held",
    )
    hold(posts, "P | 990102 | county | 2020-01-01 | ")
    assert posts.show("visit_gaps", GAPS) == [
        "2023-01-01 | 2023-03-01",
        "2023-03-01 | 2023-05-01",
        "2023-05-01 | 2025-01-01",
    ]


def test_a_term_that_ends_closes_its_last_gap_and_a_post_without_a_term_has_none(posts):
    attend(posts, "P | 2023-03-01 | day | held", "other | 2023-03-01 | day | held")
    hold(
        posts,
        "P | 990102 | county | 2023-02-01 | 2023-06-01",
        "P | 990102 | county | 2023-06-01 | 2023-07-01",
    )
    assert posts.show("visit_gaps", GAPS) == [
        "2023-02-01 | 2023-03-01",
        "2023-03-01 | 2023-06-01",
        "2023-06-01 | 2023-07-01",
    ]


def test_a_gap_into_which_a_vague_visit_may_fall_is_left_out(posts):
    attend(
        posts,
        "P | 2023-03-01 | day | held",
        "P | 2023-05-01 | month | held",
        "P | 2023-09-01 | day | held",
    )
    hold(posts, "P | 990102 | county | 2023-01-01 | ")
    assert posts.show("visit_gaps", GAPS) == [
        "2023-01-01 | 2023-03-01",
        "2023-09-01 | 2025-01-01",
    ]


def test_only_whole_years_in_office_with_data_are_judged_and_vague_visits_count(posts):
    attend(posts, "P | 2023-05-01 | month | held", "Q | 2023-06-01 | day | held")
    hold(
        posts,
        "P | 990102 | county | 2020-01-01 | ",
        "Q | 990102 | county | 2023-02-01 | 2024-12-31",
    )
    assert posts.show("post_years", "year_end_on visits_attended") == [
        "2023-12-31 | 1",
        "2024-12-31 | 0",
    ]
