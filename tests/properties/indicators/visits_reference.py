"""Small random worlds of visits and what followed, and what plain Python says of each figure.

A reference function gives the facts of one indicator as `Fact`s; `figures` adds them up by place
and period. It follows the definitions in words and shares no code with the queries or the engine.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

FIRST, AS_OF = date(2025, 1, 1), date(2025, 12, 31)
PROVINCE = "990000"
CITY_OF = {"990102": "990100", "990103": "990100", "990202": "990200"}
SENDER_OF = {"990102": "F01", "990103": "F01", "990202": "F02"}
TIERS = ("province", "city", "county")
Record = dict[str, Any]

days = st.integers(0, 364).map(lambda n: FIRST + timedelta(n))
some = st.integers(0, 4)
maybe = st.none() | some
places = st.sampled_from(sorted(CITY_OF))
flags = st.sampled_from((True, False, None))
turns = st.sampled_from((0, 5, 29, 30, 31))  # days on which a limit turns


@dataclass(frozen=True)
class Fact:
    """What one record adds; a term that is missing leaves the record out."""

    place: str
    on: date
    part: int | None
    whole: int | None
    measure: str = ""
    grain: str = "day"


@st.composite
def visits(draw) -> Record:
    """A visit with its notices, batches, candidates, screened cases, registrations and totals."""
    on = draw(days)
    precision = draw(st.sampled_from(("day", "day", "day", None, "month", "year")))
    start = {"month": on.replace(day=1), "year": on.replace(month=1, day=1)}
    on = start.get(precision, on)
    near = st.integers(-15, 5).map(lambda n: on + timedelta(n))
    batch = st.fixed_dictionaries(
        {"persons": st.integers(1, 6), "problems": maybe, "minutes": maybe}
    ).flatmap(lambda b: st.just(b | {"solved_on_spot": None if b["problems"] is None else 0}))
    solved = batch.map(lambda b: b | {"solved_on_spot": b["problems"] and 1})
    return {
        "on": on,
        "precision": precision,
        "place": draw(places),
        "tier": draw(st.sampled_from(TIERS)),
        "status": draw(st.sampled_from(("held", "held", "held", None, "cancelled", "moved"))),
        "rooms": draw(maybe),
        "leaders": draw(maybe),
        "notices": draw(st.lists(st.tuples(near, flags, flags, flags), max_size=3)),
        "batches": draw(st.lists(batch | solved, max_size=3)),
        "agenda": draw(st.lists(st.booleans(), max_size=3)),
        "screened": draw(
            st.lists(
                st.tuples(near, st.none() | near, st.sampled_from(("cleared", "in_hand", None))),
                max_size=3,
            )
        ),
        "came": draw(st.lists(st.booleans(), max_size=3)),
        "totals": draw(
            st.none()
            | st.fixed_dictionaries(
                {"batches": maybe, "registrations": maybe, "rooms": maybe, "open_minutes": maybe}
            )
        ),
        "matters": draw(
            st.lists(
                st.tuples(
                    st.sampled_from((None, -5, 0, 61, 90, 91)),
                    st.sampled_from(("resolved", "withdrawn")),
                    st.sampled_from((*TIERS, "township", "village", "unknown", None)),
                ),
                max_size=2,
            )
        ),
    }


@st.composite
def charges(draw) -> Record:
    taken = draw(days)
    later = st.none() | turns.map(lambda n: taken + timedelta(n))
    return {
        "place": draw(places),
        "taken_on": taken,
        "due_on": draw(later),
        "resolved_on": draw(later.map(lambda d: d if d is None or d <= AS_OF else None)),
        "outcome": draw(st.sampled_from((None, "resolved", "ongoing", "terminated"))),
    }


@st.composite
def mediations(draw) -> Record:
    applied = draw(days)
    length = st.none() | turns.map(lambda n: applied + timedelta(n))
    concluded = draw(length)
    result = draw(
        st.sampled_from(
            ("agreed", "agreed", "failed", "withdrawn", "transferred_litigation", "unknown", None)
        )
    )
    return {
        "place": draw(places),
        "tier": draw(st.sampled_from(("county", "township", "village"))),
        "applied_on": applied,
        "accepted_on": draw(length),
        "concluded_on": concluded,
        "result": result,
        "agreement_due_on": draw(length),
        "performed_on": draw(length),
        "case_id": draw(st.sampled_from((None, "C"))),
    }


worlds = st.fixed_dictionaries(
    {
        "visits": st.lists(visits(), min_size=3, max_size=8),
        "charges": st.lists(charges(), min_size=2, max_size=8),
        "mediations": st.lists(mediations(), min_size=4, max_size=10),
    }
)


def held(world: Record) -> Iterator[Record]:
    return (v for v in world["visits"] if v["status"] in {"held", None})


def dated(world: Record) -> Iterator[Record]:
    return (v for v in held(world) if v["precision"] in {"day", None})


def grain(visit: Record) -> str:
    return visit["precision"] or "day"


def notice_share(world: Record) -> Iterator[Fact]:
    for v in dated(world):
        lead = max(((v["on"] - day).days for day, *_ in v["notices"]), default=-1)
        told = [
            max(((v["on"] - n[0]).days for n in v["notices"] if n[facet]), default=None)
            for facet in (1, 2, 3)
        ]
        complete = min((t for t in told if t is not None), default=-1) if None not in told else -1
        for measure, is_met in (
            ("announced", lead >= 0),
            ("ahead_3", lead >= 3),
            ("ahead_7", lead >= 7),
            ("complete", complete >= 0),
        ):
            yield Fact(v["place"], v["on"], int(is_met), 1, measure)


def zero_outcome(world: Record) -> Iterator[Fact]:
    for v in dated(world):
        matters = [(n, how) for n, how, _ in v["matters"] if n is None or n >= 0]
        if not matters or v["on"] + timedelta(90) > AS_OF:
            continue
        on_spot = any(b["solved_on_spot"] for b in v["batches"])
        later = any(n is not None and n <= 90 and how == "resolved" for n, how in _seen(v, matters))
        yield Fact(v["place"], v["on"], int(not on_spot and not later), 1)


def _seen(visit: Record, matters: list[tuple[int | None, str]]) -> Iterator[tuple[int | None, str]]:
    return ((n, how) for n, how in matters if n is None or visit["on"] + timedelta(n) <= AS_OF)


def persons_per_batch(world: Record) -> Iterator[Fact]:
    for v in held(world):
        yield from (Fact(v["place"], v["on"], b["persons"], 1) for b in v["batches"])


def minutes_per_batch(world: Record) -> Iterator[Fact]:
    for v in held(world):
        yield from (Fact(v["place"], v["on"], b["minutes"], 1, "recorded") for b in v["batches"])
    for v in dated(world):
        if v["totals"]:
            rooms, minutes = v["totals"]["rooms"], v["totals"]["open_minutes"]
            both = None if rooms is None or minutes is None else rooms * minutes
            yield Fact(v["place"], v["on"], both, v["totals"]["batches"], "available")


def batches_per_room(world: Record) -> Iterator[Fact]:
    for v in held(world):
        if v["rooms"]:
            yield Fact(v["place"], v["on"], len(v["batches"]), v["rooms"], grain=grain(v))


def problems_per_visit(world: Record) -> Iterator[Fact]:
    for v in held(world):
        problems = [b["problems"] for b in v["batches"]]
        if None not in problems:
            yield Fact(v["place"], v["on"], sum(problems), 1, grain=grain(v))


def batches_per_visit(world: Record) -> Iterator[Fact]:
    for v in held(world):
        for measure, whole in (("per_event", 1), ("per_leader", v["leaders"])):
            yield Fact(v["place"], v["on"], len(v["batches"]), whole, measure, grain(v))


def cases_per_visit(world: Record) -> Iterator[Fact]:
    for v in world["visits"]:
        for *_, tier in v["matters"]:
            yield Fact(v["place"], v["on"], int(tier in TIERS), 0)
    for v in held(world):
        yield Fact(v["place"], v["on"], 0, 1, grain=grain(v))


def visit_count(world: Record) -> Iterator[Fact]:
    for v in held(world):
        for measure, part in (("person_visits", v["leaders"]), ("events", 1)):
            yield Fact(v["place"], v["on"], part, part, measure, grain(v))


def on_spot(world: Record) -> Iterator[Fact]:
    for v in held(world):
        for b in v["batches"]:
            yield Fact(v["place"], v["on"], b["solved_on_spot"], b["problems"])


def notice_leads(world: Record) -> Iterator[tuple[str, date, int]]:
    """Place, day and days of notice of each visit that `visit_notice_lead` speaks of."""
    for v in dated(world):
        lead = max(((v["on"] - day).days for day, *_ in v["notices"]), default=-1)
        if lead >= 0:
            yield v["place"], v["on"], lead


def turnup(world: Record) -> Iterator[Fact]:
    for v in dated(world):
        if any(v["came"]):
            yield from (Fact(v["place"], v["on"], int(came), 1) for came in v["came"])


def registrations(world: Record) -> Iterator[Fact]:
    for v in held(world):
        if v["came"]:
            yield Fact(v["place"], v["on"], len(v["came"]), 1, grain=grain(v))


def batches_per_registration(world: Record) -> Iterator[Fact]:
    for v in held(world):
        if v["totals"]:
            t = v["totals"]
            yield Fact(v["place"], v["on"], t["batches"], t["registrations"], grain=grain(v))


def selection(world: Record) -> Iterator[Fact]:
    for v in dated(world):
        yield from (Fact(v["place"], v["on"], int(taken), 1) for taken in v["agenda"])


def screened(world: Record) -> Iterator[Fact]:
    for v in dated(world):
        for on, cleared, finding in v["screened"]:
            if on < v["on"]:
                is_unknown = finding == "cleared" and cleared is None
                part = None if is_unknown else int(cleared is not None and cleared < v["on"])
                yield Fact(v["place"], v["on"], part, 1)


def charge_resolution(world: Record) -> Iterator[Fact]:
    for c in world["charges"]:
        if c["due_on"]:
            is_resolved = c["resolved_on"] is not None or c["outcome"] == "resolved"
            in_time = int(c["resolved_on"] is not None and c["resolved_on"] <= c["due_on"])
            no_day = is_resolved and c["resolved_on"] is None
            yield Fact(c["place"], c["due_on"], None if no_day else in_time, 1, "by_due")
            yield Fact(c["place"], c["due_on"], int(is_resolved), 1, "so_far")


def mediation_success(world: Record) -> Iterator[Fact]:
    for m in world["mediations"]:
        result = None if m["result"] == "unknown" else m["result"]
        if m["concluded_on"]:
            part = None if result is None else int(result == "agreed")
            yield Fact(m["place"], m["concluded_on"], part, 1, "success")
        if result == "agreed" and m["agreement_due_on"]:
            in_time = m["performed_on"] is not None and m["performed_on"] <= m["agreement_due_on"]
            yield Fact(m["place"], m["agreement_due_on"], int(in_time), 1, "performed")
        soon = m["accepted_on"] is not None and (m["accepted_on"] - m["applied_on"]).days <= 30
        no_day = m["accepted_on"] is None and m["concluded_on"] is not None
        part = None if no_day else int(soon)
        yield Fact(m["place"], m["applied_on"] + timedelta(30), part, 1, "accepted")


def pretrial(world: Record) -> Iterator[Fact]:
    for m in world["mediations"]:
        if m["concluded_on"] and m["result"] in {"agreed", "transferred_litigation"}:
            yield Fact(m["place"], m["concluded_on"], int(m["result"] == "agreed"), 1)


def one_place(world: Record) -> Iterator[Fact]:
    for m in world["mediations"]:
        if m["concluded_on"] and m["tier"] != "village" and m["result"] != "withdrawn":
            is_unknown = m["result"] in {None, "unknown"}
            here = int(m["result"] == "agreed" and m["case_id"] is None)
            yield Fact(m["place"], m["concluded_on"], None if is_unknown else here, 1)


REFERENCES: dict[str, Callable[[Record], Iterator[Fact]]] = {
    "agenda_selection_share": selection,
    "batches_per_leader_visit": batches_per_visit,
    "batches_per_registration": batches_per_registration,
    "batches_per_room": batches_per_room,
    "cases_per_leader_visit": cases_per_visit,
    "charge_resolution_rate": charge_resolution,
    "leader_visit_count": visit_count,
    "mediation_success_rate": mediation_success,
    "minutes_per_batch": minutes_per_batch,
    "on_spot_resolution_rate": on_spot,
    "one_place_resolution_share": one_place,
    "persons_per_visit_batch": persons_per_batch,
    "preregistration_turnup": turnup,
    "pretrial_resolution_share": pretrial,
    "problems_per_visit": problems_per_visit,
    "registrations_per_visit": registrations,
    "screened_backlog_cleared": screened,
    "visit_notice_share": notice_share,
    "zero_outcome_visit_share": zero_outcome,
}


def periods() -> Iterator[tuple[str, date, date]]:
    """Kind, first day and end (exclusive) of the months, quarters and year of the worlds."""
    starts = [date(2025, month, 1) for month in range(1, 13)]
    ends = [*starts[1:], date(2026, 1, 1)]
    yield from (("month", start, end) for start, end in zip(starts, ends, strict=True))
    yield from (("quarter", starts[n], ends[n + 2]) for n in range(0, 12, 3))
    yield "year", starts[0], ends[-1]


def figures(facts: list[Fact]) -> dict[tuple[str, str, str, date], tuple[int, int]]:
    """(measure, region, kind, first day) of every cell with facts, and its two sums."""
    shortest = {"day": 1, "month": 1, "year": 3}
    length = {"month": 1, "quarter": 2, "year": 3}
    found: dict[tuple[str, str, str, date], tuple[int, int]] = {}
    for fact in facts:
        if fact.part is None or fact.whole is None or fact.on > AS_OF:
            continue
        for region in (fact.place, CITY_OF[fact.place], PROVINCE):
            for kind, start, end in periods():
                if start <= fact.on < end and shortest[fact.grain] <= length[kind]:
                    key = (fact.measure, region, kind, start)
                    part, whole = found.get(key, (0, 0))
                    found[key] = (part + fact.part, whole + fact.whole)
    return {key: sums for key, sums in found.items() if sums[1]}


def moment(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())
