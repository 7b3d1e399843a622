"""The shipped indicators on days whose answers others have printed."""

from datetime import date

import duckdb
import pytest

from pipelines.contract import load_tables
from pipelines.engine.compute import compute_indicators
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import load_indicators
from pipelines.settings import PACKAGE

INDICATORS = load_indicators(PACKAGE / "indicators")
TABLES = load_tables(PACKAGE / "model")


@pytest.fixture
def con():
    """One region with full coverage, months of 2003 and 2022, and empty model tables."""
    with duckdb.connect() as con:
        con.execute("create schema model")
        con.execute("create schema geo")
        for name, table in TABLES.items():
            con.execute(table.create_sql(f"model.{name}"))
        con.execute(
            "insert into model.regions (region_row, region_code, level, name_zh, valid_from, "
            "valid_to) values ('1', '1', 'province', '省', '0001-01-01', '9999-12-31')"
        )
        for kind, step in (("month", "1 month"), ("year", "1 year")):
            for since in ("2003-01-01", "2022-01-01"):
                con.execute(
                    "insert into model.periods (period_kind, period_start, period_end, is_closed) "
                    f"select '{kind}', cast(day as date), cast(day + interval {step} as date), "
                    f"true from (select unnest(generate_series(date '{since}', "
                    f"date '{since}' + interval 11 month, interval {step})) as day)"
                )
        yield con


def year(con, indicator, start, as_of):
    """(measure, numerator, denominator) of the year's total."""
    frame = Frame(as_of)
    compute_indicators(con, {indicator: INDICATORS[indicator]}, frame)
    rows = con.execute(
        "select measure, numerator, denominator from indicators.indicator_values "
        "where period_kind = 'year' and period_start = ? and by_name = ''",
        [start],
    ).fetchall()
    return {measure: (numerator, denominator) for measure, numerator, denominator in rows}


@pytest.mark.real
def test_boston_in_time_of_all_that_fell_due_and_of_the_closed_alone(con, real_exports):
    """README of the real exports: 72 in time, 5 late, 12 open and overdue, 11 without a target."""
    con.execute(
        """insert into model.case_timelines (case_id, region_row, office_id, registered_on,
            replied_at, replied_precision, closed_on, outcome, due_at, due_precision, seen_until_on)
        select case_enquiry_id, '1', 'city', cast(open_dt as date),
            closed_dt, case when closed_dt is not null then 'second' end, cast(closed_dt as date),
            case when closed_dt is not null then 'resolved' end,
            target_dt, 'second', date '2022-05-21'
        from read_csv(?, nullstr = ['', ' '], types = {
            'case_enquiry_id': 'VARCHAR', 'open_dt': 'TIMESTAMP', 'target_dt': 'TIMESTAMP',
            'closed_dt': 'TIMESTAMP'})""",
        [str(real_exports / "boston311_100_2022-01.csv")],
    )
    found = year(con, "ontime_closure_rate", date(2022, 1, 1), date(2022, 5, 21))
    assert found == {"due_based": (72, 72 + 5 + 12), "closed_only": (72, 72 + 5)}


def test_the_newspaper_day(con):
    """436 batches at one visit of 100 leaders, 91 of the 436 problems solved on the spot."""
    con.execute(
        """insert into model.visits (visit_id, visit_on, on_precision, region_row, tier,
            leaders_present, seen_until_on)
        values ('v', '2003-09-18', 'day', '1', 'province', 100, '2003-12-31')"""
    )
    con.execute(
        """insert into model.visit_receptions (batch_id, visit_id, region_row, tier, received_on,
            persons, problems, solved_on_spot, seen_until_on)
        select i, 'v', '1', 'province', date '2003-09-18', 1, 1, case when i < 91 then 1 else 0 end,
            date '2003-12-31'
        from range(436) as t(i)"""
    )
    start, as_of = date(2003, 1, 1), date(2003, 12, 31)
    batches = year(con, "batches_per_leader_visit", start, as_of)
    assert batches == {"per_event": (436, 1), "per_leader": (436, 100)}
    assert year(con, "on_spot_resolution_rate", start, as_of) == {"rate": (91, 436)}
    assert year(con, "leader_visit_count", start, as_of) == {
        "person_visits": (100, None),
        "events": (1, None),
    }


def received(con, day, batches):
    """Batches of a day as (how many, persons each, collective)."""
    for times, persons, is_collective in batches:
        con.execute(
            """insert into model.reception_batches (batch_id, region_row, tier, received_on,
                persons, is_collective, seen_until_on)
            select concat(?, '-', i), '1', 'city', ?, ?, ?, date '2022-12-31'
            from range(?) as t(i)""",
            [f"{day}-{persons}", day, persons, is_collective, times],
        )


def test_persons_and_batches_of_the_newspaper_day(con):
    """G01: 436 batches and 667 persons, 1.53 a batch; how they divide is invented."""
    received(con, date(2003, 9, 18), [(300, 1, False), (100, 2, False), (35, 4, False)])
    received(con, date(2003, 9, 18), [(1, 27, True)])
    start, as_of = date(2003, 1, 1), date(2003, 12, 31)
    assert year(con, "visit_batch_count", start, as_of) == {"batches": (436, None)}
    assert year(con, "visit_person_count", start, as_of) == {"persons": (667, None)}
    assert year(con, "persons_per_batch", start, as_of) == {"mean": (667, 436)}


def test_a_city_s_month_of_collective_visits(con):
    """G23: 110 batches of 1,731 persons, 76 of 1,677 collective; a month before, 72 and 43."""
    received(con, date(2022, 4, 12), [(75, 22, True), (1, 27, True), (20, 1, False)])
    received(con, date(2022, 4, 13), [(8, 2, False), (6, 3, False)])
    received(con, date(2022, 3, 12), [(42, 26, True), (1, 52, True), (22, 1, False)])
    received(con, date(2022, 3, 13), [(3, 3, False), (4, 4, False)])
    names = ("visit_batch_count", "visit_person_count", "persons_per_batch", "collective_share")
    compute_indicators(con, {name: INDICATORS[name] for name in names}, Frame(date(2022, 12, 31)))
    rows = con.execute(
        "select indicator, measure, numerator, denominator, round(100 * change_mom, 2) "
        "from indicators.indicator_values "
        "where period_kind = 'month' and period_start = '2022-04-01' and by_name = ''"
    ).fetchall()
    found = {(name, measure): terms for name, measure, *terms in rows}
    assert found["visit_batch_count", "batches"] == [110, None, 52.78]
    assert found["visit_person_count", "persons"] == [1731, None, 45.34]
    assert found["persons_per_batch", "mean"][:2] == [1731, 110]
    assert found["collective_share", "batches"][:2] == [76, 110]
    assert found["collective_share", "persons"][:2] == [1677, 1731]
