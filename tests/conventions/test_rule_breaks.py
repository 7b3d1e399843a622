"""A change of rule is a break of every series judged by it: "did the rule change?" is drawn."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipelines.engine.indicator import load_indicators
from pipelines.settings import PACKAGE, PROJECT

REFERENCE = PROJECT / "data" / "reference"
INDICATORS = load_indicators(PACKAGE / "indicators")
CALENDARS = {"real": REFERENCE, "fictional": REFERENCE / "fictional"}
WHERE = ("topic", "tier", "channel", "post_kind")
PROVINCES = {"", "330000"}  # the country, and the one province whose rules are in the calendar


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def changes(calendar: list[dict[str, str]]) -> Iterator[tuple[str, date]]:
    """Topic and first day of each rule that takes the place of another, of another size."""
    for new in calendar:
        for old in calendar:
            is_alike = all(new[name] == old[name] for name in WHERE)
            is_near = {new["region_code"], old["region_code"]} <= PROVINCES
            is_other = (new["value"], new["unit"]) != (old["value"], old["unit"])
            if is_alike and is_near and is_other and old["valid_from"] < new["valid_from"]:
                yield new["topic"], date.fromisoformat(new["valid_from"])


@pytest.mark.parametrize("region_set", CALENDARS)
def test_every_change_of_a_rule_is_a_break_of_the_indicators_that_follow_it(
    region_set: str,
) -> None:
    breaks = {
        (date.fromisoformat(row["break_on"]), name)
        for row in rows(REFERENCE / "series_breaks.csv")
        if row["region_set"] == region_set
        for name in row["indicators"].split()
    }
    told = 0
    for topic, on in changes(rows(CALENDARS[region_set] / "rule_calendar.csv")):
        for indicator in INDICATORS.values():
            if indicator.rule == topic:
                assert {(on, indicator.id), (on, "*")} & breaks, (topic, on, indicator.id)
                told += 1
    assert told > 0


def test_every_break_names_indicators_that_there_are() -> None:
    named = {
        name for row in rows(REFERENCE / "series_breaks.csv") for name in row["indicators"].split()
    }
    assert named - {"*"} <= set(INDICATORS)


def test_every_rule_that_an_indicator_follows_is_in_the_shipped_calendar() -> None:
    topics = {row["topic"] for row in rows(CALENDARS["real"] / "rule_calendar.csv")}
    assert {indicator.rule for indicator in INDICATORS.values() if indicator.rule} <= topics
