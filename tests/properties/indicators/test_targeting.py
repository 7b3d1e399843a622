"""Where visits go, on random figures of counties, against ranks that are counted one by one."""

from datetime import date
from statistics import correlation

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engine.compute import compute_indicator, prepare
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import load_indicators
from pipelines.settings import PACKAGE

INDEX = load_indicators(PACKAGE / "indicators")["visit_targeting_index"]
VISITS, STOCK = INDEX.derived_from
FRAME = Frame(date(2025, 12, 31))
CITY_OF = {f"9901{n:02}": "990100" for n in range(1, 7)} | {
    f"9902{n:02}": "990200" for n in range(1, 6)
}
# Each period of visits with the month whose last day is the day before it.
PERIODS = {
    ("quarter", date(2025, 1, 1)): date(2024, 12, 1),
    ("quarter", date(2025, 4, 1)): date(2025, 3, 1),
    ("year", date(2025, 1, 1)): date(2024, 12, 1),
}
FEWEST = 5

_number = st.none() | st.integers(0, 4)
worlds = st.fixed_dictionaries(
    {
        county: st.fixed_dictionaries(
            {
                "visits": st.fixed_dictionaries(dict.fromkeys(PERIODS, _number)),
                "stock": st.fixed_dictionaries(dict.fromkeys(PERIODS.values(), _number)),
            }
        )
        for county in CITY_OF
    }
)


@pytest.fixture(scope="module")
def staging():
    con = duckdb.connect()
    con.execute("create schema model; create schema geo")
    rows = [("990000", "province", None, "990000")]
    rows += [(city, "city", city, "990000") for city in sorted(set(CITY_OF.values()))]
    rows += [(county, "county", city, "990000") for county, city in CITY_OF.items()]
    con.execute(
        "create table geo.regions (region_row text, region_code text, level text, city_code text, "
        "province_code text, name_zh text, name_en text, stable_unit text, valid_from date, "
        "valid_to date)"
    )
    con.executemany(
        "insert into geo.regions values ($1, $1, $2, $3, $4, 'x', 'x', null, '0001-01-01', "
        "'9999-12-31')",
        rows,
    )
    con.execute(
        "create table geo.region_successors "
        "(region_row text, successor_row text, from_on date, is_exact boolean)"
    )
    con.execute(
        "create table model.periods as "
        "select 'month' as period_kind, cast(m as date) as period_start, "
        "cast(m + interval 1 month as date) as period_end, true as is_closed from "
        "(select unnest(generate_series(date '2024-12-01', date '2025-12-01', interval 1 month)) m)"
    )
    con.execute(
        "insert into model.periods values ('quarter', '2025-01-01', '2025-04-01', true), "
        "('quarter', '2025-04-01', '2025-07-01', true), ('year', '2025-01-01', '2026-01-01', true)"
    )
    con.execute(
        "create table model.coverage (table_name text, region_row text, from_on date, until_on "
        "date); create table model.rule_calendar (topic text, rule_id text, valid_from date, "
        "valid_to date, is_verified boolean)"
    )
    prepare(con, FRAME)
    yield con
    con.close()


def write(con, figures):
    con.execute("delete from indicators.indicator_values")
    con.executemany(
        "insert into indicators.indicator_values by name select $1 as indicator, $2 as measure, "
        "'county' as level, $3 as region_code, $4 as period_kind, $5 as period_start, "
        "'' as by_name, '' as by_value, $6 as value, "
        "case when $6 is null then 'not_available' else 'ok' end as state",
        figures,
    )


def rank(number, numbers):
    """The place of a number among all, from 1; equal ones share the middle of their places."""
    return sum(other < number for other in numbers) + (numbers.count(number) + 1) / 2


def index_of(world, place, period):
    """The rank correlation of a place in a period; None where there is none."""
    pairs = [
        (own["visits"][period], own["stock"][PERIODS[period]])
        for county, own in world.items()
        if place in {CITY_OF[county], "990000"}
    ]
    known = [pair for pair in pairs if None not in pair]
    visits, stock = ([pair[n] for pair in known] for n in (0, 1))
    if len(visits) < FEWEST or len(set(visits)) == 1 or len(set(stock)) == 1:
        return None
    return correlation(
        [rank(number, visits) for number in visits], [rank(number, stock) for number in stock]
    )


@settings(max_examples=20)
@given(world=worlds)
def test_every_index_is_the_correlation_of_counted_ranks(staging, world):
    write(
        staging,
        [
            [VISITS, "events", county, *period, number]
            for county, own in world.items()
            for period, number in own["visits"].items()
        ]
        + [
            [STOCK, "open", county, "month", start, number]
            for county, own in world.items()
            for start, number in own["stock"].items()
        ],
    )
    compute_indicator(staging, INDEX, FRAME)
    found = {
        (place, (kind, start)): value
        for place, kind, start, value in staging.execute(
            "select region_code, period_kind, period_start, value from indicators.indicator_values "
            "where indicator = 'visit_targeting_index'"
        ).fetchall()
    }
    for place in ("990000", "990100", "990200"):
        for period in PERIODS:
            expected = index_of(world, place, period)
            shown = found.pop((place, period), None)
            assert shown == (None if expected is None else pytest.approx(expected)), (place, period)
    assert set(found.values()) <= {None}
