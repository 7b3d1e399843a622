"""A staging database with the cases and visits of a simulated province, as an accepted model."""

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.simulate import labels
from pipelines.simulate.cases import draw_cases
from pipelines.simulate.durations import OUTCOMES, STILL_OPEN
from pipelines.simulate.scenario import START, Scenario
from pipelines.simulate.visits import NEVER
from pipelines.simulate.world import World, build_world
from tests.unit.estimates.world import add_coverage, staging

TIERS = {labels.PROVINCE: "province", labels.CITY: "city", labels.COUNTY: "county"}


def simulated(*, cases: int, seed: int, until: date, effect: float) -> duckdb.DuckDBPyConnection:
    """Cases and held visits by the county of today, without the exports in between."""
    world = build_world(Scenario(cases, seed, until, 1.0, effect))
    con = staging()
    county = world.places.host[:, world.calendar.seen - 1]
    con.execute(
        "insert into geo.regions by name select 'P' || place as region_row, 'P' || place as "
        "region_code, '县' as name_zh, 'County' as name_en, 'county' as level, "
        "date '0001-01-01' as valid_from from (select unnest(?::int[]) as place)",
        [sorted(set(county.tolist()))],
    )
    _add_cases(con, world, county, until)
    _add_visits(con, world, county)
    add_coverage(con)
    return con


def _add_cases(
    con: duckdb.DuckDBPyConnection, world: World, county: np.ndarray, until: date
) -> None:
    nothing = np.zeros(world.visits.count, dtype=np.int64)
    for city in range(world.places.cities):
        drawn = draw_cases(world, city, nothing, nothing)
        closed = drawn.closing_day
        seen = (drawn.endings.days != STILL_OPEN) & (closed < world.calendar.seen)
        table = pa.table({
            "county": county[drawn.place],
            "day": drawn.day,
            "closed": pa.array(np.where(seen, closed, 0), mask=~seen),
            "outcome": np.array(OUTCOMES)[drawn.endings.outcome],
        })  # fmt: skip
        con.register("drawn", table)
        con.execute(
            f"""
            insert into model.case_timelines by name
            select 'P' || county as region_row, date '{START}' + day::int as registered_on,
                date '{START}' + closed::int as closed_on,
                case when closed is not null then outcome end as outcome,
                date '{until}' as seen_until_on
            from drawn
            """
        )
        con.unregister("drawn")


def _add_visits(con: duckdb.DuckDBPyConnection, world: World, county: np.ndarray) -> None:
    visits = world.visits
    held = visits.is_held
    table = pa.table({
        "county": county[visits.place[held]],
        "day": visits.day[held],
        "tier": [TIERS[tier] for tier in visits.tier[held].tolist()],
        "notice": pa.array(visits.notice[held], mask=visits.notice[held] == NEVER),
    })  # fmt: skip
    con.register("visited", table)
    con.execute(
        f"""
        insert into model.visits by name
        select 'P' || county as region_row, tier, date '{START}' + day::int as visit_on,
            'day' as on_precision, date '{START}' + notice::int as first_announced_on
        from visited
        """
    )
    con.unregister("visited")
