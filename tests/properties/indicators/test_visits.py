"""Indicators of visits, charges and mediation on random small worlds, against plain Python."""

from datetime import timedelta

import duckdb
import pytest
from hypothesis import given, settings

from pipelines.contract import load_tables
from pipelines.engine.compute import compute_indicators
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Kind, load_indicators
from pipelines.ingest.reference import load_reference
from pipelines.model.build import build_model, create_derived
from pipelines.settings import PACKAGE, Home, Settings

from .visits_reference import (
    AS_OF,
    REFERENCES,
    SENDER_OF,
    figures,
    moment,
    notice_leads,
    periods,
    worlds,
)
from .world import at_every_period

REGIONS = """code,name_zh,level,parent_code,valid_from,valid_to
990000,省,province,,,
990100,东市,city,990000,,
990102,甲区,county,990100,,
990103,乙县,county,990100,,
990200,西市,city,990000,,
990202,丙县,county,990200,,
"""
FED = (
    *("leader_visits", "visit_announcements", "receptions", "visit_agenda", "visit_screenings"),
    *("visit_registrations", "visit_totals", "leader_charges", "mediation_cases"),
)
BUILT = ("visits", "visit_receptions", "visit_matters", "visit_outcomes")
BUILT += ("charge_outcomes", "mediation_outcomes")
TABLES = load_tables(PACKAGE / "model")
INDICATORS = {
    name: indicator
    for name, indicator in load_indicators(PACKAGE / "indicators").items()
    if name in REFERENCES
}


@pytest.fixture(scope="module")
def staging(tmp_path_factory):
    """Three counties in two cities, wholly covered for a year; the fed tables are empty."""
    home = Home(tmp_path_factory.mktemp("home"))
    home.reference.mkdir()
    (home.reference / "regions.csv").write_text(REGIONS, encoding="utf-8")
    (home.reference / "offices.csv").write_text(
        "office_id,region_code,level\nF01,990100,city\nF02,990200,city\n"
    )
    con = duckdb.connect()
    load_reference(con, home, Settings(region_set="own"), TABLES)
    con.execute("create schema ops")
    con.execute(
        "create table ops.files (file_id varchar, table_name varchar, sender_id varchar, "
        "period_start date, period_end date, as_of timestamp, shape varchar)"
    )
    for table in TABLES.values():
        if table.version:
            con.execute(table.create_sql(f"model.{table.name}"))
            for column in ("file_id varchar", "sender_id varchar", "as_of timestamp"):
                con.execute(f"alter table model.{table.name} add column {column}")
    build_model(con, home, Settings(region_set="own"), TABLES)
    con.executemany(
        "insert into model.periods (period_kind, period_start, period_end, is_closed) "
        "values (?, ?, ?, true)",
        [list(period) for period in periods()],
    )
    yield con
    con.close()


def insert(con, table, **row):
    con.execute(
        f"insert into model.{table} ({', '.join(row)}) values ({', '.join('?' * len(row))})",
        list(row.values()),
    )


def fill(con, world):
    for table in (*FED, "case_timelines"):
        con.execute(f"delete from model.{table}")
    for number, visit in enumerate(world["visits"]):
        fill_visit(con, f"v{number}", visit)
    for number, charge in enumerate(world["charges"]):
        row = {"charge_id": str(number), "region_code": charge["place"], "as_of": moment(AS_OF)}
        insert(con, "leader_charges", **row, **{k: v for k, v in charge.items() if k != "place"})
    for number, case in enumerate(world["mediations"]):
        row = {"mediation_id": str(number), "region_code": case["place"], "as_of": moment(AS_OF)}
        insert(con, "mediation_cases", **row, **{k: v for k, v in case.items() if k != "place"})


def fill_visit(con, visit_id, visit):
    sent = {"visit_id": visit_id, "sender_id": SENDER_OF[visit["place"]], "as_of": moment(AS_OF)}
    insert(
        con,
        "leader_visits",
        **sent,
        visit_on=visit["on"],
        on_precision=visit["precision"],
        region_code=visit["place"],
        tier=visit["tier"],
        status=visit["status"],
        rooms=visit["rooms"],
        leaders_present=visit["leaders"],
    )
    for day, has_time, has_place, has_manner in visit["notices"]:
        told = {"has_time": has_time, "has_place": has_place, "has_manner": has_manner}
        insert(con, "visit_announcements", **sent, announced_on=day, **told)
    for number, batch in enumerate(visit["batches"]):
        row = {"batch_id": f"{visit_id}-{number}", "region_code": visit["place"]}
        insert(con, "receptions", **sent, **row, received_at=moment(visit["on"]), **batch)
    for is_selected in visit["agenda"]:
        insert(con, "visit_agenda", **sent, is_candidate=True, is_selected=is_selected)
    for on, cleared, finding in visit["screened"]:
        row = {"screened_on": on, "cleared_on": cleared, "finding": finding}
        insert(con, "visit_screenings", **sent, **row)
    for came in visit["came"]:
        row = {"batch_id": "b" if came else None, "registered_at": moment(visit["on"])}
        insert(con, "visit_registrations", **sent, **row)
    if visit["totals"]:
        insert(con, "visit_totals", **sent, **visit["totals"])
    for number, (days, outcome, tier) in enumerate(visit["matters"]):
        closed = None if days is None else visit["on"] + timedelta(days)
        closed = closed if closed is None or closed <= AS_OF else None
        insert(
            con,
            "case_timelines",
            case_id=f"{visit_id}-{number}",
            visit_id=visit_id,
            region_row=f"{visit['place']}@0001-01-01",
            registered_on=visit["on"],
            tier_received=tier,
            office_id="F01",
            closed_on=closed,
            outcome=outcome if closed else None,
            seen_until_on=AS_OF,
        )


def computed(con):
    """The figures that have a value, by indicator: (measure, region, kind, first day) -> sums."""
    for name in BUILT:
        create_derived(con, TABLES[name])
    compute_indicators(con, at_every_period(INDICATORS), Frame(AS_OF))
    rows = con.execute(
        "select indicator, measure, region_code, period_kind, period_start, numerator, "
        "denominator, value from indicators.indicator_values where by_name = '' and state = 'ok'"
    ).fetchall()
    found = {name: {} for name in INDICATORS}
    for name, measure, *key, part, whole, value in rows:
        is_count = INDICATORS[name].kind is Kind.COUNT
        assert value == (part if is_count else part / whole)
        named = measure if len(INDICATORS[name].measures) > 1 else ""
        if part or not is_count:  # a count has its zeros, which no fact stands for
            found[name][(named, *key)] = (part, part if is_count else whole)
    return found


@settings(max_examples=12)
@given(world=worlds)
def test_every_figure_equals_the_plain_reading(staging, world):
    fill(staging, world)
    shown = computed(staging)
    for name, facts in REFERENCES.items():
        assert shown[name] == figures(list(facts(world))), name


@settings(max_examples=12)
@given(world=worlds)
def test_the_notice_of_a_visit_is_that_of_its_first_announcement(staging, world):
    fill(staging, world)
    create_derived(staging, TABLES["visits"])
    lead = load_indicators(PACKAGE / "indicators")["visit_notice_lead"]
    reader = staging.cursor()
    reader.execute("set search_path = 'model'")
    found = reader.execute(
        f"select split_part(region_row, '@', 1), on_date, amount from ({lead.query})"
    ).fetchall()
    assert sorted(found) == sorted(notice_leads(world))
