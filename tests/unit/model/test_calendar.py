"""The shipped working calendar: whole, anchored in the lunar year, open about what is not sure."""

import csv
from datetime import date, timedelta

import pytest

from pipelines.settings import SHIPPED_REFERENCE


def read(name):
    with (SHIPPED_REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def days():
    return {date.fromisoformat(row["day"]): row for row in read("calendar_days.csv")}


def test_every_day_from_2003_is_there_once_and_in_order(days):
    first, last = date(2003, 1, 1), date(2027, 12, 31)
    assert list(days) == [first + timedelta(n) for n in range((last - first).days + 1)]


def test_the_first_three_days_of_the_lunar_year_are_free(days):
    for row in read("lunar_new_year.csv"):
        begins = date.fromisoformat(row["new_year_on"])
        if begins.year <= 2027:
            free = [days[begins + timedelta(n)] for n in range(3)]
            assert {(day["is_workday"], day["holiday_zh"]) for day in free} == {("false", "春节")}


def test_a_weekend_that_is_worked_pays_for_a_weekday_that_is_free(days):
    """As many weekend days are worked as weekdays are free beyond the law: never more."""
    for year in range(2004, 2027):
        inside = [(day, row) for day, row in days.items() if day.year == year]
        worked = sum(day.weekday() > 4 and row["is_workday"] == "true" for day, row in inside)
        free = sum(day.weekday() < 5 and row["is_workday"] == "false" for day, row in inside)
        assert worked <= free <= worked + 13, year  # 13 days are free by the law of 2024


@pytest.mark.parametrize(
    ("day", "is_workday", "is_verified"),
    [
        (date(2003, 2, 8), "true", "false"),
        (date(2003, 2, 7), "false", "false"),
        (date(2003, 5, 6), "true", "false"),
        (date(2003, 10, 7), "false", "false"),
        (date(2005, 12, 31), "true", "false"),
        (date(2006, 1, 3), "false", "true"),
        (date(2015, 9, 3), "false", "true"),
        (date(2015, 9, 6), "true", "true"),
        (date(2026, 2, 14), "true", "true"),
        (date(2027, 5, 4), "false", "false"),
    ],
)
def test_days_that_were_shifted(days, day, is_workday, is_verified):
    assert (days[day]["is_workday"], days[day]["is_verified"]) == (is_workday, is_verified)


def test_what_two_accounts_do_not_agree_on_is_said(days):
    doubtful = {day.year for day, row in days.items() if row["is_verified"] == "false"}
    assert doubtful == {2003, 2005, 2027}
