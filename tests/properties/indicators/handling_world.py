"""Small random worlds of handling, and the facts that indicators say of them.

A world is what offices sent: submissions of three matters at five tiers, their steps, mediations,
receptions and ratings, in two counties of one city, in 2024. `Staging` builds the derived tables
and gives the rows of an indicator's query. Nothing here knows what an indicator counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import strategies as st

from pipelines.contract import load_tables
from pipelines.engine.indicator import load_indicators
from pipelines.ingest.reference import load_reference
from pipelines.model.build import build_model
from pipelines.model.lineage import build_order, read_tables
from pipelines.settings import PACKAGE, Home, Settings

TABLES = load_tables(PACKAGE / "model")
INDICATORS = load_indicators(PACKAGE / "indicators")
START = datetime.fromisoformat("2024-01-01")
SEEN = datetime.fromisoformat("2024-12-31 23:59:59")
RULE_CHANGE = datetime.fromisoformat("2024-04-01").date()
ASK_DAYS = {"review": 30, "recheck": 20}
ASK_DAYS_BEFORE = {"review": 15, "recheck": 20}
DECIDE_DAYS = {"review": 20, "recheck": 15}
RATING_DAYS = 30  # from the reply

# Where each office lies and its tier; W99 is on no list.
OFFICES = {
    "F00": ("990000", "province"),
    "F01": ("990100", "city"),
    "C02": ("990102", "county"),
    "C03": ("990103", "county"),
    "T21": ("990102", "township"),
    "T22": ("990102", "township"),
    "V21": ("990102", "village"),
}
SENDERS = ("F01", "C02")
TIERS = ("village", "township", "county", "city", "province")
STEPS = (
    *("register", "accept", "refuse", "notify", "reply", "close", "withdraw", "terminate"),
    *("transfer", "assign", "reassign", "return", "supervise", "urge", "verify", "redo"),
    *("review_request", "review_decide", "recheck_request", "recheck_decide"),
    *("hearing_start", "hearing_end", "suspend", "resume"),
)
REGIONS = """code,name_zh,level,parent_code
990000,省,province,
990100,市,city,990000
990102,甲区,county,990100
990103,乙县,county,990100
"""

Row = dict[str, Any]
World = Mapping[str, list[Row]]


def _moments(most_days: int) -> st.SearchStrategy[datetime]:
    """On days that often meet, and lie at the limits that indicators watch or just beyond."""
    return st.builds(
        lambda half_months, beyond, hour: START + timedelta(15 * half_months + beyond, hours=hour),
        st.integers(0, most_days // 15),
        st.sampled_from((0, 0, 1)),
        st.sampled_from((0, 9, 15)),
    )


def _days(most_days: int) -> st.SearchStrategy[Any]:
    return st.none() | _moments(most_days).map(datetime.date)


_steps = st.fixed_dictionaries(
    {
        "event_type": st.sampled_from(STEPS),
        "event_at": _moments(200),
        "at_precision": st.sampled_from((None, "second", "day")),
        "to_office_id": st.sampled_from((None, *OFFICES, "W99")),
        "opinion": st.sampled_from((None, "support", "partial", "explain", "none", "redirected")),
        "conclusion": st.sampled_from((None, "upheld", "changed", "revoked", "consistent")),
        "seq": st.none() | st.integers(1, 3),
    }
)
# A submission that went its way, so that not everything is odd.
_way = st.sampled_from(
    (
        (),
        ("register", "accept", "notify", "reply", "close"),
        ("register", "transfer", "return", "assign", "accept", "notify", "reply", "close"),
        ("register", "accept", "notify", "reply", "close", "review_request", "review_decide"),
        (
            *("register", "reply", "review_request", "review_decide", "recheck_request"),
            *("hearing_start", "hearing_end", "suspend", "resume", "recheck_decide"),
        ),
        ("register", "accept", "reply", "notify", "close", "verify", "redo"),
        ("register", "refuse", "notify", "supervise"),
    )
)
_cases = st.fixed_dictionaries(
    {
        "matter_key": st.sampled_from((None, "m1", "m2", "m3")),
        "office_id": st.sampled_from(tuple(OFFICES)),
        "region_code": st.sampled_from((None, "990100", "990102", "990103")),
        "sender_id": st.sampled_from(SENDERS),
        "channel": st.sampled_from((None, "letter", "visit")),
        "content_code": st.sampled_from((None, "land")),
        "tier_received": st.sampled_from((None, "unknown", *TIERS)),
        "is_first": st.sampled_from((None, True, False)),
        "scope_flag": st.sampled_from((None, None, None, "test")),
        "registered_at": _moments(90),
        "way": _way,
        "steps": st.lists(_steps, max_size=4),
    }
)
# `case` is the place of a submission in the list, or one that no register holds.
_which = st.none() | st.integers(0, 5)
_mediations = st.fixed_dictionaries(
    {
        "case": _which,
        "region_code": st.sampled_from((None, "990102", "990103")),
        "sender_id": st.sampled_from(SENDERS),
        "tier": st.sampled_from((None, "unknown", *TIERS)),
        "content_code": st.sampled_from((None, "land")),
        "applied_on": _moments(120).map(datetime.date),
        "concluded_on": _days(200),
        "result": st.sampled_from((None, "agreed", "failed", "withdrawn", "escalated")),
    }
)
_receptions = st.fixed_dictionaries(
    {
        "case": _which,
        "sender_id": st.sampled_from(SENDERS),
        "office_id": st.sampled_from(tuple(OFFICES)),
        "tier": st.sampled_from((None, "unknown", *TIERS)),
        "received_at": _moments(200),
    }
)
_ratings = st.fixed_dictionaries(
    {
        "case": st.integers(0, 5),
        "sender_id": st.sampled_from(SENDERS),
        "asked_at": _moments(150),
        "answered_at": st.none() | _moments(200),
        "method": st.sampled_from((None, "callback", "callback", "sms")),
        "rating": st.sampled_from((None, "satisfied", "basically", "dissatisfied", "unknown")),
        "is_confirmed_solved": st.sampled_from((None, True, False)),
        "excluded_reason": st.sampled_from((None, None, "重复评价")),
    }
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """What offices sent, all of it accepted: the rows of the fed tables."""
    cases = draw(st.lists(_cases, min_size=1, max_size=5))
    tables: dict[str, list[Row]] = {
        "cases": [],
        "case_events": [],
        "mediation_cases": draw(st.lists(_mediations, max_size=3)),
        "receptions": draw(st.lists(_receptions, max_size=4)),
        "evaluations": draw(st.lists(_ratings, max_size=3)),
    }
    for number, case in enumerate(cases):
        way, steps = case.pop("way"), case.pop("steps")
        case["case_id"] = f"c{number}"
        tables["cases"].append(case)
        # the limits that indicators watch, and the days about them
        gap = timedelta(days=draw(st.sampled_from((0, 1, 15, 20, 30, 31, 45, 90))))
        at = case["registered_at"]
        for kind in way:
            steps.append({"event_type": kind, "event_at": at, "to_office_id": draw(_offices)})
            at += gap
        for step in steps:
            row = {"at_precision": None, "opinion": None, "conclusion": None, "seq": None}
            row |= step | {"case_id": case["case_id"], "sender_id": case["sender_id"]}
            tables["case_events"].append(row | {"event_id": f"e{len(tables['case_events']):03}"})
    for name, key in (
        ("mediation_cases", "mediation_id"),
        ("receptions", "batch_id"),
        ("evaluations", "evaluation_id"),
    ):
        for number, row in enumerate(tables[name]):
            place = row.pop("case")
            row["case_id"] = None if place is None else f"c{place}"
            row[key] = f"{name[0]}{number}"
    return tables


_offices = st.sampled_from((None, *OFFICES, "W99"))


@dataclass(frozen=True)
class Staging:
    """A database of the regions, offices and rules, and the derived tables that are needed."""

    con: duckdb.DuckDBPyConnection
    needed: tuple[str, ...]

    @classmethod
    def open(cls, folder: Path, indicators: Iterable[str]) -> "Staging":
        """Build the model over no records, for these indicators."""
        home, settings = Home(folder), Settings(region_set="own")
        home.reference.mkdir(parents=True)
        offices = [f"{name},{region},{level}" for name, (region, level) in OFFICES.items()]
        rules = [f"R0,review_request,{ASK_DAYS_BEFORE['review']},day,,{RULE_CHANGE},"]
        rules += [f"R1,review_request,{ASK_DAYS['review']},day,{RULE_CHANGE},,"]
        rules += [f"R2,recheck_request,{ASK_DAYS['recheck']},day,,,"]
        rules += [f"R3,review_decide,{DECIDE_DAYS['review']},day,,,false"]
        rules += [f"R4,recheck_decide,{DECIDE_DAYS['recheck']},day,,,true"]
        rules = [f"{rule}," for rule in rules]
        rules += [f"R5,rating_window,{RATING_DAYS},day,,,,reply"]
        rule_head = "rule_id,topic,value,unit,valid_from,valid_to,is_stopped_by_hearing,clock_start"
        for name, text in (
            ("regions", REGIONS),
            ("offices", "\n".join(["office_id,region_code,level", *offices])),
            ("rule_calendar", "\n".join([rule_head, *rules])),
        ):
            (home.reference / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
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
        con.execute("set search_path = 'model,geo'")
        reads = frozenset[str]().union(*(INDICATORS[name].reads for name in indicators))
        derived = [name for name in build_order(TABLES) if name not in RESTING]
        needed: set[str] = set(reads)
        for name in reversed(derived):
            if name in needed:
                needed |= read_tables(TABLES[name].query)
        return cls(con, tuple(name for name in derived if name in needed))

    def fill(self, world: World) -> None:
        """Replace the rows of these tables, and fill the derived tables from them."""
        for table, rows in world.items():
            self.con.execute(f"delete from model.{table}")
            if rows:
                stamp = {"as_of": SEEN} if TABLES[table].version else {}
                names = sorted(rows[0].keys() | stamp)
                marks = f"({', '.join('?' * len(names))})"
                self.con.execute(
                    f"insert into model.{table} ({', '.join(names)}) "
                    f"values {', '.join([marks] * len(rows))}",
                    [(row | stamp)[name] for row in rows for name in names],
                )
        for name in self.needed:
            self.con.execute(f"delete from model.{name}")
            self.con.execute(f"insert into model.{name} {TABLES[name].query}")

    def rows(self, query: str) -> list[Row]:
        """The rows of a query, by column."""
        found = self.con.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def facts(self, indicator: str) -> Counter[tuple[tuple[str, Any], ...]]:
        """The rows of an indicator's query, each as often as it comes."""
        return tally(self.rows(INDICATORS[indicator].query))


# Derived from reference data or for all indicators alike: built once.
RESTING = frozenset({"periods", "coverage", "region_successors", "region_validity"})


def tally(rows: Iterable[Row]) -> Counter[tuple[tuple[str, Any], ...]]:
    """Rows as they can be counted, whatever their order."""
    return Counter(tuple(sorted(row.items())) for row in rows)
