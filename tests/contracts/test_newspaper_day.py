"""The newspaper's own day comes out of the exports as told, and no rule refuses it."""

from pipelines.ingest.reference import load_reference
from pipelines.ingest.staging import open_staging
from pipelines.validate.accept import accept_rows
from tests.contracts.newspaper import newspaper_day
from tests.unit.ingest.world import World


def land_day(world: World) -> None:
    for name, text in newspaper_day().items():
        world.drop(name, text)
    assert {receipt.refused_count for receipt in world.build()} == {0}
    assert world.refusals() == []


def test_batches_persons_and_problems(world: World):
    land_day(world)
    sums = "count(*), sum(persons), sum(problems), sum(solved_on_spot), count(distinct room_no)"
    assert world.query(f"select {sums} from landing.receptions") == [(436, 667, 436, 91, 14)]


def test_the_visit(world: World):
    land_day(world)
    columns = "cast(visit_on as varchar), region_code, tier, mode, rooms, leaders_present, status"
    assert world.query(f"select {columns} from landing.leader_visits") == [
        ("2003-09-18", "330726", "province", "down_visit", 14, 100, "held")
    ]


def test_notices_ten_and_three_days_ahead(world: World):
    land_day(world)
    assert world.query(
        """
        select visit_on - announced_on, has_time, has_manner
        from landing.visit_announcements join landing.leader_visits using (visit_id)
        order by announced_on
        """
    ) == [(10, False, False), (3, True, True)]


def test_room_1(world: World):
    land_day(world)
    assert world.query(
        """
        select count(*), sum(persons), max(minutes), any_value(persons order by minutes desc),
            cast(max(received_at + to_minutes(minutes)) as varchar)
        from landing.receptions where room_no = 1
        """
    ) == [(7, 5 + 3 + 3 + 2 + 2 + 2 + 2, 65, 5, "2003-09-18 14:00:00")]


def test_no_rule_refuses_the_day(world: World):
    # 436 batches are more than the 400 and more that had registered: that is legal.
    land_day(world)
    with open_staging(world.home, world.settings) as con:
        load_reference(con, world.home, world.settings, world.tables)
        accept_rows(con, world.tables)
        fates = con.execute(
            "select table_name, records, current_count, quarantined_count "
            "from quarantine.fates where records > 0 order by table_name"
        ).fetchall()
    assert fates == [
        ("leader_visits", 1, 1, 0),
        ("receptions", 436, 436, 0),
        ("visit_announcements", 2, 2, 0),
    ]
