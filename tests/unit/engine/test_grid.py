"""At which levels and periods totals and breakdowns of an indicator stand."""

from datetime import date

import pytest

from pipelines.contract import Length
from pipelines.engine.frame import LOCAL, Frame, grid
from pipelines.engine.indicator import LEVELS

AS_OF = date(2025, 12, 31)
TOTALS, ALL, BUT_OFFICES = "by_name = ''", "true", "by_name <> 'handling_office'"
MONTHLY = {"month": BUT_OFFICES, "quarter": BUT_OFFICES, "year": ALL, "ytd": TOTALS}


def stands(indicator, level, **finest):
    """Kind of period -> which breakdowns stand there."""
    frame = Frame(AS_OF, finest={name: Length(length) for name, length in finest.items()})
    return {kind: wanted for found, kind, wanted in grid(indicator, frame) if found == level}


@pytest.mark.parametrize(
    ("level", "finest", "expected"),
    [
        ("city", {}, MONTHLY),
        ("province", {}, MONTHLY),
        ("city", {"breakdown": "quarter"}, MONTHLY | {"month": TOTALS}),
        ("city", {"breakdown": "year"}, MONTHLY | {"month": TOTALS, "quarter": TOTALS}),
        ("city", {"city": "quarter"}, {"quarter": BUT_OFFICES, "year": ALL}),
        ("city", {"city": "quarter", "breakdown": "year"}, {"quarter": TOTALS, "year": ALL}),
        ("city", {"city": "year"}, {"year": ALL}),
        ("county", {}, {"month": TOTALS, "quarter": TOTALS, "year": ALL}),
        ("county", {"county": "quarter"}, {"quarter": TOTALS, "year": ALL}),
        ("county", {"county": "year"}, {"year": TOTALS}),
    ],
)
def test_breakdowns_stand_where_there_is_enough_behind_them(load, level, finest, expected):
    assert stands(load(), level, **finest) == expected


def test_a_unit_is_as_fine_as_a_county(load):
    indicator = load()
    for finest in ("month", "quarter", "year"):
        assert stands(indicator, "unit", county=finest) == stands(
            indicator, "county", county=finest
        )


@pytest.mark.parametrize(
    ("header", "settings"), [("quarter", "month"), ("month", "quarter"), ("quarter", "quarter")]
)
def test_the_longer_of_header_and_settings_holds(load, header, settings):
    indicator = load(finest={"province": header})
    assert set(stands(indicator, "province", province=settings)) == {"quarter", "year"}


def test_every_level_has_its_years(load):
    for level in LEVELS:
        name = "county" if level in LOCAL else level
        assert "year" in stands(load(), level, **{name: "year"})
