"""What the newspaper tells beside the day's register comes out of the exports as told."""

import pytest

from pipelines.ingest.reference import load_reference
from pipelines.ingest.staging import open_staging
from pipelines.settings import Home
from pipelines.validate.accept import accept_rows
from tests.contracts.newspaper import newspaper_day
from tests.contracts.newspaper_systems import newspaper_systems
from tests.unit.ingest.world import World


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The day's register and everything around it, accepted."""
    root = tmp_path_factory.mktemp("pujiang")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PETITIONS_KEY_FILE", str(root / "keys" / "test.key"))
        world = World(Home(root / "home"))
        for name, text in (newspaper_day(as_of="20231231") | newspaper_systems()).items():
            world.drop(name, text)
        world.build()
        with open_staging(world.home, world.settings) as con:
            load_reference(con, world.home, world.settings, world.tables)
            accept_rows(con, world.tables)
    return world


def test_no_record_is_refused(accepted: World):
    out = accepted.query(
        "select rule_id, column_name from quarantine.records where severity = 'error'"
    )
    assert out == []
    (sums,) = accepted.query("select sum(records), sum(current_count) from quarantine.fates")
    assert sums == (1 + 2 + 436 + 1 + 16 + 1 + 1 + 11, 469)


def test_the_totals_are_those_of_the_register(accepted: World):
    totals = "registrations, batches, persons, solved_on_spot, rooms, leaders_present"
    assert accepted.query(f"select {totals} from model.visit_totals") == [
        (400, 436, 667, 91, 14, 100)
    ]
    assert accepted.query(
        """
        select count(*) - any_value(batches), sum(r.persons) - any_value(t.persons),
            sum(r.solved_on_spot) - any_value(t.solved_on_spot)
        from model.receptions as r join model.visit_totals as t using (visit_id)
        """
    ) == [(0, 0, 0)]


def test_nine_of_sixteen_were_taken(accepted: World):
    assert accepted.query(
        "select count(*) filter (where is_candidate), count(*) filter (where is_selected) "
        "from model.visit_agenda join model.leader_visits using (visit_id)"
    ) == [(16, 9)]


def test_the_road_was_begun_three_months_after_the_promise_and_open_after_twenty_five(accepted):
    assert accepted.query(
        "select start_on >= made_on + interval '3 months', start_precision, "
        "date_diff('month', made_on, done_on), done_precision from model.commitments"
    ) == [(True, "day", 25, "month")]


def test_the_sentinel_s_report_was_passed_on_after_259_minutes(accepted: World):
    minutes = "date_diff('minute', reported_at, transferred_at)"
    assert accepted.query(
        f"select {minutes}, reported_precision, is_repeated from model.sentinel_reports"
    ) == [(259, "minute", True)]


def test_all_eleven_cities_signed(accepted: World):
    assert accepted.query(
        "select count(distinct region_code) from model.responsibility_letters "
        "where signer_tier = 'province' and signee_tier = 'city'"
    ) == [(11,)]
