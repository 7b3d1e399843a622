"""The reference tables that the project ships: calendars, rules, breaks."""

import csv
from datetime import date, timedelta
from itertools import pairwise

import pytest

from pipelines.contract import Table
from pipelines.settings import PACKAGE, SHIPPED_REFERENCE
from pipelines.simulate import steps
from pipelines.simulate.calendar import build_calendar, day_number, lunar_new_years
from pipelines.simulate.intake import BREAKS
from pipelines.simulate.visits import DUTY_SINCE

RULES = ["rule_calendar.csv", "fictional/rule_calendar.csv"]


def rows(name):
    with (SHIPPED_REFERENCE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def days():
    return {date.fromisoformat(row["day"]): row for row in rows("calendar_days.csv")}


@pytest.mark.parametrize(
    ("name", "contract"),
    [
        ("calendar_days.csv", "calendar_days"),
        ("fictional/offices.csv", "offices"),
        *((name, "rule_calendar") for name in RULES),
    ],
)
def test_tables_have_the_columns_and_codes_of_their_contract(name, contract):
    table = Table.load(PACKAGE / "model" / f"{contract}.yml")
    found = rows(name)
    assert list(found[0]) == [column.name for column in table.columns]
    for column in table.columns:
        values = {row[column.name] for row in found}
        assert not (column.required and column.name[:5] != "valid" and "" in values)
        if column.codes:
            assert values <= set(column.codes)


def test_the_calendar_has_every_day_once(days):
    first, last = min(days), max(days)
    assert (first, last) == (date(2003, 1, 1), date(2027, 12, 31))
    assert len(days) == (last - first).days + 1


@pytest.mark.parametrize(
    ("day", "is_workday", "holiday"),
    [
        (date(2003, 2, 3), "false", "春节"),
        (date(2007, 5, 2), "false", "劳动节"),  # three days until 2007
        (date(2008, 6, 9), "false", "端午节"),  # a holiday since 2008
        (date(2020, 1, 31), "false", "春节"),  # prolonged in the first year of COVID
        (date(2024, 2, 4), "true", ""),  # a Sunday worked for Spring Festival
        (date(2024, 10, 7), "false", "国庆节"),
        (date(2025, 9, 3), "true", ""),
    ],
)
def test_known_days(days, day, is_workday, holiday):
    assert (days[day]["is_workday"], days[day]["holiday_zh"]) == (is_workday, holiday)


def test_a_holiday_is_no_working_day_and_has_both_names(days):
    for row in days.values():
        assert bool(row["holiday_zh"]) == bool(row["holiday_en"])
        assert not (row["holiday_zh"] and row["is_workday"] == "true")


def test_lunar_new_years_lie_a_lunar_year_apart():
    for one, other in pairwise(lunar_new_years()):
        assert (other - one).days in {353, 354, 355, 383, 384, 385}


@pytest.mark.parametrize("name", RULES)
def test_rules_of_one_topic_do_not_overlap(name):
    by_scope = {}
    for rule in rows(name):
        scope = tuple(rule[key] for key in ("topic", "tier", "channel", "region_code", "post_kind"))
        by_scope.setdefault(scope, []).append((rule["valid_from"], rule["valid_to"]))
    for spans in by_scope.values():
        for (_, end), (start, _) in pairwise(sorted(spans)):
            assert end <= start


def test_facts_that_were_not_checked_are_marked():
    rules = {rule["rule_id"]: rule["is_verified"] for rule in rows("rule_calendar.csv")}
    assert rules["CN-2005-HANDLE"] == "true"
    assert rules["CN-1995-HANDLE"] == rules["CN-2022-HANDLE"] == "false"


def test_breaks_are_of_a_known_kind_and_of_one_region_set():
    breaks = rows("series_breaks.csv")
    assert {row["kind"] for row in breaks} <= {"definition", "system", "boundary", "rule"}
    assert {row["region_set"] for row in breaks} == {"real", "fictional"}


def test_every_planted_break_of_intake_is_registered():
    registered = {
        date.fromisoformat(row["break_on"])
        for row in rows("series_breaks.csv")
        if row["region_set"] == "fictional" and "submission_count" in row["indicators"]
    }
    assert set(BREAKS) <= registered


def test_the_simulator_works_to_the_limits_of_the_fictional_rules():
    rules = {rule["rule_id"]: rule for rule in rows("fictional/rule_calendar.csv")}
    assert int(rules["YZ-HANDLE-1"]["value"]) == steps.LIMIT_BEFORE
    assert int(rules["YZ-HANDLE-2"]["value"]) == steps.LIMIT_AFTER
    assert rules["YZ-HANDLE-2"]["valid_from"] == steps.LIMIT_SINCE.isoformat()
    assert int(rules["YZ-ACCEPT"]["value"]) == steps.ACCEPT_LIMIT
    assert int(rules["YZ-EXTEND"]["value"]) == max(steps.EXTENSIONS)
    assert rules["YZ-VISIT-CITY-2"]["valid_from"] == DUTY_SINCE.isoformat()


def test_the_demo_closes_on_weekends_and_its_own_holidays():
    calendar = build_calendar(date(2026, 10, 31))
    closed = {
        date(2026, 1, 1): True,
        date(2026, 2, 16): True,  # the eve of Lunar New Year
        date(2026, 2, 24): False,
        date(2026, 5, 3): True,
        date(2026, 10, 7): True,
        date(2026, 10, 10): True,  # a Saturday
        date(2026, 10, 12): False,
    }
    assert {day: bool(calendar.is_closed[day_number(day)]) for day in closed} == closed
    before = day_number(date(2026, 2, 17) - timedelta(days=4))
    assert calendar.pace[before] == 0.8
