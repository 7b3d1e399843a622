"""An export that rewrites old records to today's codes is followed back, if its mapping says so."""

import pytest

from tests.unit.validate.world import World

HEADER = "case_id | region_code | registered_at | as_of"
TODAY = "2024-06-30 12:00:00"
ORIGINS = """
    990104@0001-01-01 | 0001-01-01 | 2010-01-01 | 990103
    990102@0001-01-01 | 0001-01-01 | 2005-01-01 | SU990102
"""
UNITS = "SU990102 | 0001-01-01 | 9999-12-31 | roll_up"


@pytest.fixture
def world() -> World:
    """County 990103 became 990104 in 2010; 990102 came out of two in 2005, as far as code tells."""
    world = World()
    world.con.execute(world.tables["region_origins"].create_sql("geo.region_origins"))
    for line in ORIGINS.strip().splitlines():
        row, begin, end, code = (cell.strip() for cell in line.split("|"))
        world.con.execute(
            "insert into geo.region_origins values (?, ?, ?, ?, ?)", [row, begin, end, code, code]
        )
    code, begin, end, status = UNITS.split(" | ")
    world.con.execute(
        "insert into geo.region_validity values (?, ?, ?, ?, ?)", [code, begin, end, status, code]
    )
    world.land(
        "cases",
        HEADER,
        f"old | 990104 | 2009-06-01 09:00:00 | {TODAY}",
        f"new | 990104 | 2015-06-01 09:00:00 | {TODAY}",
        f"shared | 990102 | 2004-06-01 09:00:00 | {TODAY}",
        f"unknown | 123456 | 2009-06-01 09:00:00 | {TODAY}",
    )
    return world


def test_codes_of_a_recoded_export_become_those_of_the_records_own_days(world):
    world.recoded = ("register",)
    world.accept()
    assert world.current("cases", "case_id region_code") == [
        "new 990104",
        "old 990103",
        "shared SU990102",
    ]
    assert world.check("V29R", "cases")[2] == 0


def test_without_the_key_the_file_is_remarked_on_by_name_and_keeps_its_codes(world):
    world.accept()
    assert "old 990104" in world.current("cases", "case_id region_code")
    assert world.check("V29R", "cases")[2] == 1
    assert world.con.execute(
        "select name, severity, found_count from ops.file_findings "
        "where reason_code = 'W_REGION_RECODED'"
    ).fetchall() == [("a", "warning", 1)]
