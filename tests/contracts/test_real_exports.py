"""Real public exports, read from a mapping alone: what is known of them comes out.

What is known is in the README beside the files. Here it is asked of the rows as they landed; what
the indicators make of them is asked elsewhere.
"""

from pathlib import Path

import pytest

from tests.unit.ingest.world import World

pytestmark = pytest.mark.real

MAPPINGS = Path(__file__).parent / "mappings"
BOSTON = "boston311_100_2022-01.csv"
NYC_100, NYC_DAY = "nyc311_100_of_2010_2020.csv", "nyc311_one_day_2025-03-24.csv"
SIDECARS = {
    NYC_100: "as_of: 2020-12-20 18:27:42\nstart: 2010-01-01\nend: 2020-12-31\n",
    NYC_DAY: "as_of: 2025-04-08 18:39:48\nstart: 2025-03-24\nend: 2025-03-24\n",
}
CLOSED = """
    with closings as (
        select case_id, event_at as closed_at from landing.case_events where event_type = 'close'
    )
"""


def land_real(world: World, folder: Path, name: str, mapping: str | None = None) -> None:
    """Land a real export in a home of its own city."""
    world.in_zone("America/New_York")
    source = "boston311" if name == BOSTON else "nyc311"
    world.mapping(mapping or (MAPPINGS / f"{source}.yml").read_text(encoding="utf-8"), source)
    world.drop(name, (folder / name).read_bytes())
    if name in SIDECARS:
        world.drop(f"{name}.meta.yml", SIDECARS[name])
    receipt = world.build_one()
    assert (receipt.source, receipt.reader, receipt.refused_count) == (source, "fast", 0)
    assert world.refusals() == []


def one(world: World, sql: str) -> tuple[object, ...]:
    (row,) = world.query(CLOSED + sql)
    return row


def test_boston_rows_targets_and_closings(world: World, real_exports: Path):
    land_real(world, real_exports, BOSTON)
    counts = "count(*), count(due_at), count(*) filter (where due_at is null)"
    assert one(world, f"select {counts} from landing.cases") == (100, 89, 11)
    assert one(world, "select count(*) from closings") == (100 - 15,)


def test_boston_in_time_late_and_overdue(world: World, real_exports: Path):
    land_real(world, real_exports, BOSTON)
    assert one(
        world,
        """
        select
            count(*) filter (where closed_at <= due_at),
            count(*) filter (where closed_at > due_at),
            count(*) filter (where closed_at is null and due_at < as_of)
        from landing.cases left join closings using (case_id)
        where due_at is not null
        """,
    ) == (72, 5, 12)


def test_boston_overdue_is_what_the_city_says_is_overdue(world: World, real_exports: Path):
    # The city's own flag, brought along as the status: 5 late + 12 open and overdue = 17.
    mapping = (MAPPINGS / "boston311.yml").read_text(encoding="utf-8")
    land_real(world, real_exports, BOSTON, mapping.replace("case_status:", "ontime:"))
    flags = world.query(
        CLOSED
        + """
        select status_exported, coalesce(coalesce(closed_at, as_of) > due_at, false), count(*)
        from landing.cases left join closings using (case_id) group by all order by all
        """
    )
    assert flags == [("ONTIME", False, 83), ("OVERDUE", True, 17)]


def test_boston_a_blank_stands_for_nothing(world: World, real_exports: Path):
    mapping = (MAPPINGS / "boston311.yml").read_text(encoding="utf-8")
    land_real(world, real_exports, BOSTON, mapping.replace("case_status:", "police_district:"))
    blanks = (real_exports / BOSTON).read_text(encoding="utf-8").count(", , , ,")
    assert blanks
    (found,) = one(world, "select count(*) - count(status_exported) from landing.cases")
    assert found == blanks


def test_new_york_due_dates_agencies_and_the_longest_wait(world: World, real_exports: Path):
    land_real(world, real_exports, NYC_100)
    counts = "count(*), count(due_at), count(distinct office_id)"
    assert one(world, f"select {counts} from landing.cases") == (100, 42, 12)
    assert one(
        world,
        # Whole days that went by, not days of the calendar.
        "select max(date_sub('day', registered_at, closed_at)) "
        "from landing.cases join closings using (case_id)",
    ) == (1_349,)


def test_new_york_tells_the_time_by_a_clock_of_twelve_hours(world: World, real_exports: Path):
    land_real(world, real_exports, NYC_100)
    # The first two rows of the file: 9:55:45 in the evening, 9:59:44 in the morning.
    assert world.query(
        "select cast(registered_at as varchar) from landing.cases order by record_no limit 2"
    ) == [("2019-04-18 21:55:45",), ("2010-05-01 09:59:44",)]


def test_new_york_one_day(world: World, real_exports: Path):
    land_real(world, real_exports, NYC_DAY)
    assert one(
        world,
        """
        select
            count(*),
            count(distinct cast(registered_at as date)),
            count(*) filter (where closed_at is null),
            count(*) filter (where closed_at is null and status_exported = 'Closed'),
            count(*) filter (where closed_at is not null and status_exported <> 'Closed')
        from landing.cases left join closings using (case_id)
        """,
    ) == (235, 1, 34, 3, 6)


def test_the_sidecar_says_as_of_when_and_for_which_days(world: World, real_exports: Path):
    land_real(world, real_exports, NYC_DAY)
    found = world.query(
        "select distinct sender_id, cast(as_of as varchar), cast(period_start as varchar), "
        "cast(period_end as varchar) from ops.files"
    )
    assert found == [("NYC", "2025-04-08 18:39:48", "2025-03-24", "2025-03-25")]


def test_a_home_in_another_city_keeps_its_own_clock(world: World, real_exports: Path):
    land_real(world, real_exports, NYC_100)
    home = world.query("select registered_at from landing.cases order by record_no")
    world.in_zone("Asia/Shanghai")
    world.build()
    away = world.query("select registered_at from landing.cases order by record_no")
    hours = {(b - a).total_seconds() / 3600 for (a,), (b,) in zip(home, away, strict=True)}
    assert hours == {12, 13}  # in summer and in winter
