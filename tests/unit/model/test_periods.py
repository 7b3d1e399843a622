"""Which periods there are, and which of them are closed."""

import pytest


def periods(world, kind, columns="period_start period_end is_closed"):
    return world.show("periods", columns, f"period_kind = '{kind}'")


def first_case(world, on, as_of):
    world.fill("cases", "registered_at | as_of", f"{on} 09:00 | {as_of} 23:59:59")


def test_periods_run_from_the_first_record_to_the_latest_extract(world):
    first_case(world, "2023-11-20", "2024-02-10")
    world.fill("leader_visits", "visit_on | as_of", "2023-10-09 | 2024-02-10 23:59:59")
    world.build()
    assert periods(world, "month", "period_start period_end") == [
        "2023-10-01 | 2023-11-01",
        "2023-11-01 | 2023-12-01",
        "2023-12-01 | 2024-01-01",
        "2024-01-01 | 2024-02-01",
        "2024-02-01 | 2024-03-01",
    ]
    assert periods(world, "quarter", "period_start period_end") == [
        "2023-10-01 | 2024-01-01",
        "2024-01-01 | 2024-04-01",
    ]
    assert periods(world, "half_year", "period_start period_end") == [
        "2023-07-01 | 2024-01-01",
        "2024-01-01 | 2024-07-01",
    ]
    assert periods(world, "year", "period_start period_end") == [
        "2023-01-01 | 2024-01-01",
        "2024-01-01 | 2025-01-01",
    ]


def test_periods_begin_with_the_first_record_of_any_export_but_not_with_a_term_of_office(world):
    first_case(world, "2023-12-20", "2024-01-10")
    world.fill("court_petitions", "received_on", "2023-11-02")
    world.fill("office_terms", "region_code | tier | from_on", "990102 | county | 2019-03-01")
    world.build()
    assert periods(world, "month", "period_start")[0] == "2023-11-01"


def test_without_records_there_are_no_periods(world):
    world.files("cases | F01 | 2024-02-10 23:59:59")
    world.build()
    assert world.show("periods", "period_kind") == []


@pytest.mark.parametrize(
    ("as_of", "closed"),
    [
        ("2024-02-14", "2023-12-01"),
        ("2024-02-15", "2023-12-01"),
        ("2024-02-16", "2024-01-01"),  # 2024-02-01 + 15 days
    ],
)
def test_a_month_closes_when_the_extract_is_fifteen_days_past_its_end(world, as_of, closed):
    first_case(world, "2023-11-20", as_of)
    world.build()
    months = world.show("periods", "period_start", "period_kind = 'month' and is_closed")
    assert months[-1] == closed


def test_year_to_date_ends_with_the_last_closed_month_in_every_year(world):
    first_case(world, "2022-02-20", "2024-10-31")
    world.build()
    # closed: September, since 2024-10-01 + 15 <= 2024-10-31 < 2024-11-01 + 15
    assert periods(world, "ytd") == [
        "2022-01-01 | 2022-10-01 | true",
        "2023-01-01 | 2023-10-01 | true",
        "2024-01-01 | 2024-10-01 | true",
    ]


def test_year_to_date_is_left_out_after_december_and_while_nothing_is_closed(world):
    first_case(world, "2023-02-20", "2024-01-31")
    world.build()
    assert periods(world, "ytd") == []


def test_year_to_date_needs_a_closed_month(world):
    first_case(world, "2024-01-20", "2024-02-10")
    world.build()
    assert periods(world, "ytd") == []
    assert periods(world, "month", "is_closed") == ["false", "false"]


@pytest.mark.parametrize(
    ("expected", "closed"),
    [
        ((), "2024-02-01"),  # everybody seen is expected: F02 stops at 2024-03-20
        (("F01",), "2024-05-01"),  # F02 does not matter
        (("F01", "F02"), "2024-02-01"),  # F02 closes nothing after its last extract
        (("F01", "F09"), "2024-05-01"),  # never seen: reported by coverage, holds nothing up
    ],
)
def test_the_slowest_expected_sender_decides_what_is_closed(world, expected, closed):
    world.expected = expected
    first_case(world, "2024-01-20", "2024-06-30")
    world.files("cases | F02 | 2024-03-20 23:59:59", "cases | F02 | 2024-01-20 23:59:59")
    world.build()
    months = world.show("periods", "period_start", "period_kind = 'month' and is_closed")
    assert months[-1] == closed


def test_nothing_closes_while_no_expected_sender_was_ever_seen(world):
    world.expected = ("F09",)
    first_case(world, "2024-01-20", "2024-06-30")
    world.build()
    assert world.show("periods", "period_start", "is_closed") == []
