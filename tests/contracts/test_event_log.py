"""A log of steps from another world: offsets, milliseconds, EMPTY offices, closings by a clock.

The log is made here in the form of a public one (the receipt phase of permit applications); every
application in it is invented.
"""

from pathlib import Path

import pytest

from tests.unit.ingest.world import World

MAPPING = Path(__file__).parent / "mappings" / "permit_receipts.yml"
HEADER = "case:concept:name,case:channel,case:group,concept:name,org:group,time:timestamp,result"
NAMES = {
    "receipt": "Confirmation of receipt",
    "check": "T02 Check confirmation of receipt",
    "determine": "T04 Determine confirmation of receipt",
    "stop": "T06 Determine necessity of stop advice",
    "decide": "T10 Determine necessity to stop indication",
    "close": "T99 Close",
}


@pytest.fixture
def city(world: World) -> World:
    world.in_zone("Europe/Amsterdam")
    world.mapping(MAPPING.read_text(encoding="utf-8"), "permit_receipts")
    return world


def send(city: World, *rows: str, day: str = "20111231") -> None:
    """Send a log; a row is `case step office time [result]`."""
    lines = [HEADER]
    for row in rows:
        case, step, office, at, result = (*row.split(), "EMPTY")[:5]
        lines.append(f"{case},Internet,G1,{NAMES[step]},{office},{at},{result}")
    city.drop(f"receipts_{day}.csv", "\n".join(lines) + "\n")
    city.accept()
    assert city.query("select * from ops.checks where check_id = 'RECEIPTS' and not passed") == []


def timelines(city: World) -> list[tuple[str | None, ...]]:
    return city.query(
        "select registered_at::varchar, closed_at::varchar, outcome from model.case_timelines "
        "order by all"
    )


def test_one_file_gives_steps_and_the_submissions_that_they_belong_to(city):
    send(
        city,
        "c1 receipt G2 2011-10-11T11:45:40.276+02:00",
        "c1 check G4 2011-10-12T08:26:25.398+02:00",
        "c2 receipt G2 2011-10-13T09:00:00.000+02:00",
    )
    assert city.query(
        "select channel, office_id, registered_at::varchar from model.cases order by all"
    ) == [
        ("online", "G1", "2011-10-11 11:45:40.276"),
        ("online", "G1", "2011-10-13 09:00:00"),
    ]
    assert city.query(
        "select table_name, records, current_count from quarantine.fates order by all"
    ) == [("case_events", 3, 3), ("cases", 2, 2)]
    assert city.query("select distinct office_id from model.case_timelines") == [("G1",)]


def test_the_hour_that_summer_time_repeats_is_told_by_its_offset(city):
    send(
        city,
        "c1 receipt G2 2011-10-30T01:59:59.000+02:00",
        "c1 check G4 2011-10-30T02:30:00.000+02:00",
        "c1 stop G4 2011-10-30T02:30:00.000+01:00",
        "c2 receipt G2 2011-07-01T10:00:00.000+00:00",
    )
    assert city.query(
        "select event_type, event_at::varchar from model.case_events order by event_at, event_type"
    )[0] == ("register", "2011-07-01 12:00:00")
    assert city.query("select count(*) from model.case_events") == [(4,)]


def test_steps_of_one_instant_are_all_kept_and_equal_ones_are_one(city):
    rows = [
        "c1 receipt G2 2011-10-11T11:45:40.276+02:00",
        "c1 check G4 2011-10-11T11:45:40.276+02:00",
        "c1 determine G4 2011-10-11T11:45:40.276+02:00",
        "c1 determine EMPTY 2011-10-11T11:45:40.276+02:00",
        "c1 determine G4 2011-10-11T11:45:40.277+02:00",
    ]
    send(city, *rows)
    # Two rows say the same: handled by G4 at that very instant.
    ids = city.query("select event_type, to_office_id from model.case_events order by all")
    assert ids == [("handle", "G4"), ("handle", "G4"), ("handle", None), ("register", "G2")]
    send(city, *reversed(rows), day="20120131")
    assert city.query(
        "select current_count, superseded_count, duplicate_count from quarantine.fates "
        "join ops.files using (file_id, table_name) where table_name = 'case_events' order by as_of"
    ) == [(0, 5, 0), (4, 0, 1)]


def test_an_empty_office_is_no_office(city):
    send(city, "c1 receipt EMPTY 2011-10-11T11:45:40.276+02:00")
    assert city.query("select to_office_id, reason_code from model.case_events") == [(None, None)]


def test_a_closing_by_the_clock_resolves_nothing_and_the_decision_does(city):
    send(
        city,
        "c1 receipt G2 2011-10-11T11:45:40.276+02:00",
        "c1 decide G4 2011-10-20T10:00:00.000+02:00",
        "c1 close EMPTY 2011-11-19T10:00:00.000+01:00 AUTO30",
        "c2 receipt G2 2011-10-11T12:00:00.000+02:00",
        "c2 close EMPTY 2011-11-10T12:00:00.000+01:00 AUTO30",
        "c3 receipt G2 2011-10-11T13:00:00.000+02:00",
        "c3 close G4 2011-10-12T13:00:00.000+02:00 done",
    )
    assert timelines(city) == [
        ("2011-10-11 11:45:40.276", "2011-10-20 10:00:00", "resolved"),
        ("2011-10-11 12:00:00", None, None),
        ("2011-10-11 13:00:00", "2011-10-12 13:00:00", "resolved"),
    ]


def test_without_a_choice_the_closing_counts_whoever_made_it(city):
    text = MAPPING.read_text(encoding="utf-8")
    plain = [line for line in text.splitlines() if not line.startswith("resolving")]
    city.mapping("\n".join(plain), "permit_receipts")
    send(
        city,
        "c2 receipt G2 2011-10-11T12:00:00.000+02:00",
        "c2 close EMPTY 2011-11-10T12:00:00.000+01:00 AUTO30",
    )
    assert timelines(city) == [("2011-10-11 12:00:00", "2011-11-10 12:00:00", "resolved")]
