"""Small random worlds of accepted records, and the figures that plain sums give for them.

A world holds cases with their steps, batches received and visits, in a province of two cities and
three counties, in 2024. `compute` builds the model and the indicators over it; `figures` lays
facts, found by whoever tests an indicator, into regions and periods the slow way. Nothing here
knows what an indicator counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
from hypothesis import strategies as st

from pipelines.contract import load_tables
from pipelines.engine.compute import compute_indicators
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Indicator
from pipelines.ingest.reference import load_reference
from pipelines.model.build import build_model, create_derived
from pipelines.model.lineage import build_order
from pipelines.settings import PACKAGE, Home, Settings

FIRST, AS_OF = date(2024, 1, 1), date(2024, 12, 31)
START = datetime.fromisoformat("2024-01-01")
HALF_DAYS = 2 * 365
OFFICES = {"F01": "990100", "F02": "990200"}
CITY_OF = {"990102": "990100", "990103": "990100", "990202": "990200"}
PROVINCE, CITIES = "990000", ("990100", "990200")
TABLES = load_tables(PACKAGE / "model")
STEPS = (
    *("accept", "refuse", "notify", "transfer", "assign", "reassign", "sign", "contact"),
    *("suspend", "resume", "reply", "extend", "close", "withdraw", "terminate"),
)


def at_every_period(indicators: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """The indicators, made to stand by month everywhere: more figures to compare."""
    return {name: replace(indicator, finest={}) for name, indicator in indicators.items()}


class Step(NamedTuple):
    """A step of a case; `days` is of an extension."""

    kind: str
    at: datetime
    days: int | None


class Case(NamedTuple):
    """A submission; `office` also sends it. `matter` None: without a matter key."""

    office: str
    region: str | None
    channel: str | None
    matter: str | None
    is_first: bool | None
    is_test: bool
    registered_at: datetime
    steps: tuple[Step, ...]

    @property
    def place(self) -> str:
        """The region that it counts for."""
        return self.region or OFFICES[self.office]

    def first(self, *kinds: str) -> datetime | None:
        """The first step of these kinds."""
        return min((step.at for step in self.steps if step.kind in kinds), default=None)


class Batch(NamedTuple):
    """A batch received."""

    office: str
    region: str | None
    tier: str
    received_at: datetime
    persons: int

    @property
    def place(self) -> str:
        """The region that it counts for."""
        return self.region or OFFICES[self.office]


class Visit(NamedTuple):
    """A leader visit."""

    visit_on: date
    region: str
    tier: str
    status: str | None
    leaders: int


@dataclass(frozen=True)
class World:
    """What the offices sent, all of it accepted."""

    cases: tuple[Case, ...] = ()
    batches: tuple[Batch, ...] = ()
    visits: tuple[Visit, ...] = ()


def _moments(after: datetime) -> st.SearchStrategy[datetime]:
    left = HALF_DAYS - 2 * (after - START).days
    steps = st.integers(0, min(2 * 120, left)) | st.integers(0, left)
    return steps.map(lambda half_days: after + timedelta(hours=12 * half_days))


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    registered_at = START + timedelta(hours=12 * draw(st.integers(0, HALF_DAYS)))
    steps = st.builds(
        Step,
        kind=st.sampled_from(STEPS),
        at=_moments(registered_at),
        days=st.sampled_from((10, 30)),
    )
    return Case(
        office=draw(st.sampled_from(tuple(OFFICES))),
        region=draw(st.sampled_from((None, "990100", *CITY_OF))),
        channel=draw(st.sampled_from(("letter", "visit", None))),
        matter=draw(st.sampled_from((None, "m1", "m2"))),
        is_first=draw(st.sampled_from((True, False, None))),
        is_test=draw(st.integers(0, 9)) == 9,
        registered_at=registered_at,
        steps=tuple(draw(st.lists(steps, max_size=7))),
    )


_batches = st.builds(
    Batch,
    office=st.sampled_from(tuple(OFFICES)),
    region=st.sampled_from((None, "990200", *CITY_OF)),
    tier=st.sampled_from(("county", "city")),
    received_at=_moments(START),
    persons=st.integers(1, 7),
)
_visits = st.builds(
    Visit,
    visit_on=_moments(START).map(datetime.date),
    region=st.sampled_from(tuple(CITY_OF)),
    tier=st.sampled_from(("county", "city", "province")),
    status=st.sampled_from((None, "held", "cancelled", "planned")),
    leaders=st.integers(1, 4),
)
worlds_of_cases = st.lists(_cases(), max_size=14).map(lambda found: World(cases=tuple(found)))
worlds_of_batches = st.lists(_batches, max_size=14).map(lambda found: World(batches=tuple(found)))
worlds_of_visits = st.lists(_visits, max_size=8).map(lambda found: World(visits=tuple(found)))


def open_staging(folder: Path, rules: str, days_off: Iterable[date]) -> duckdb.DuckDBPyConnection:
    """A database with the regions, the two offices, the rules and a calendar, and no records.

    Args:
        folder: an empty folder for the reference files.
        rules: the content of `rule_calendar.csv`.
        days_off: days beside the weekends on which nobody works, until the end of March 2025.
    """
    home, settings = Home(folder), Settings(region_set="own")
    home.reference.mkdir(parents=True)
    regions = [(PROVINCE, "province", ""), *((city, "city", PROVINCE) for city in CITIES)]
    regions += [(county, "county", city) for county, city in CITY_OF.items()]
    off = set(days_off)
    calendar = [FIRST + timedelta(n) for n in range(455)]
    files = {
        "regions": ["code,name_zh,level,parent_code,valid_from,valid_to"]
        + [f"{code},地,{level},{parent},," for code, level, parent in regions],
        "offices": ["office_id,region_code"] + [f"{o},{code}" for o, code in OFFICES.items()],
        "rule_calendar": [rules.strip()],
        "calendar_days": ["day,is_workday"]
        + [f"{day},{str(day.weekday() < 5 and day not in off).lower()}" for day in calendar],
    }
    for name, lines in files.items():
        (home.reference / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    con = duckdb.connect()
    load_reference(con, home, settings, TABLES)
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
    build_model(con, home, settings, TABLES)
    for kind, start, end in periods():
        con.execute("insert into model.periods values (?, ?, ?, true)", [kind, start, end])
    return con


def periods() -> Iterator[tuple[str, date, date]]:
    """Kind, first day and end (exclusive) of the months and the year."""
    for month in range(1, 13):
        start = FIRST.replace(month=month)
        yield "month", start, (start + timedelta(31)).replace(day=1)
    yield "year", FIRST, date(2025, 1, 1)


def compute(
    con: duckdb.DuckDBPyConnection, world: World, indicators: Mapping[str, Indicator]
) -> dict[tuple[object, ...], tuple[object, ...]]:
    """The totals that the product finds: state, numerator, denominator and value of each.

    The key is (indicator, measure, region, kind of period, first day).
    """
    for table in ("cases", "case_events", "receptions", "leader_visits"):
        con.execute(f"delete from model.{table}")
    seen = datetime.combine(AS_OF, datetime.max.time()).replace(microsecond=0)
    for number, case in enumerate(world.cases):
        row = {
            "case_id": f"{number:02}",
            "matter_key": case.matter,
            "office_id": case.office,
            "region_code": case.region,
            "channel": case.channel,
            "is_first": case.is_first,
            "scope_flag": "test" if case.is_test else None,
            "registered_at": case.registered_at,
        }
        _insert(con, "cases", row | {"sender_id": case.office, "as_of": seen})
        for place, step in enumerate(case.steps):
            row = {
                "event_id": f"{number:02}-{place}",
                "case_id": f"{number:02}",
                "event_type": step.kind,
                "event_at": step.at,
                "extension_days": step.days if step.kind == "extend" else None,
            }
            _insert(con, "case_events", row | {"sender_id": case.office, "as_of": seen})
    for number, batch in enumerate(world.batches):
        row = {
            "batch_id": str(number),
            "office_id": batch.office,
            "region_code": batch.region,
            "tier": batch.tier,
            "received_at": batch.received_at,
            "persons": batch.persons,
        }
        _insert(con, "receptions", row | {"sender_id": batch.office, "as_of": seen})
    for number, visit in enumerate(world.visits):
        row = {
            "visit_id": str(number),
            "visit_on": visit.visit_on,
            "region_code": visit.region,
            "tier": visit.tier,
            "status": visit.status,
            "leaders_present": visit.leaders,
        }
        _insert(con, "leader_visits", row | {"sender_id": "F01", "as_of": seen})
    for name in build_order(TABLES):
        if name in _needed(indicators):
            create_derived(con, TABLES[name])
    compute_indicators(con, at_every_period(indicators), Frame(AS_OF))
    rows = con.execute(
        "select indicator, measure, region_code, period_kind, period_start, state, numerator, "
        "denominator, value from indicators.indicator_values "
        "where by_name = '' and period_kind in ('month', 'year')"
    ).fetchall()
    return {row[:5]: row[5:] for row in rows}


def _insert(con: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, object]) -> None:
    marks = ", ".join("?" * len(row))
    con.execute(f"insert into model.{table} ({', '.join(row)}) values ({marks})", [*row.values()])


def _needed(indicators: Mapping[str, Indicator]) -> set[str]:
    """The derived tables behind some indicators; the periods stay as they are."""
    needed = set().union(*(indicator.reads for indicator in indicators.values()))
    for name in reversed(build_order(TABLES)):
        if name in needed:
            needed |= {other for other in TABLES if other in TABLES[name].query}
    return needed - {"periods", "coverage", "region_validity", "region_successors"}


def is_in(place: str, region: str) -> bool:
    """Whether what lies in `place` counts for `region`."""
    return region in {place, CITY_OF.get(place), PROVINCE}


def cells() -> Iterator[tuple[str, str, date, date]]:
    """Every region and period: code, kind of period, first day, end (exclusive)."""
    for region in (PROVINCE, *CITIES, *CITY_OF):
        for kind, start, end in periods():
            yield region, kind, start, end


Fact = tuple[str, str, date, int | None, int]


def figures(facts: Iterable[Fact]) -> dict[tuple[object, ...], tuple[object, ...]]:
    """The sums of (measure, place, day, numerator or None, denominator) in every cell.

    The key is (measure, region, kind of period, first day); a cell that has only facts without a
    numerator, or none with a denominator, is `not_available`.
    """
    known = list(facts)
    found: dict[tuple[object, ...], tuple[object, ...]] = {}
    for measure in {fact[0] for fact in known}:
        for region, kind, start, end in cells():
            here = [
                (part, whole)
                for name, place, day, part, whole in known
                if name == measure and is_in(place, region) and start <= day < end
                if day <= AS_OF and part is not None
            ]
            part, whole = sum(p for p, _ in here), sum(w for _, w in here)
            state = ("ok", part, whole) if whole else ("not_available", None, None)
            found[measure, region, kind, start] = state
    return found
