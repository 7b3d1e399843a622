"""Small random worlds of duties, posts and visits, and the facts that plain Python finds in them.

A world holds rules, the days that visit data cover, terms of office, visits and who was present, in
the regions and offices of `handling_world`, in 2024.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from tests.properties.indicators.handling_world import OFFICES, Row, World, worlds
from tests.properties.indicators.sent import Sent, by_name, share

NEVER, EVER, START, END = date(9999, 12, 31), date(1, 1, 1), date(2024, 1, 1), date(2025, 1, 1)
LEVELS = {"990000": "province", "990100": "city", "990102": "county", "990103": "county"}
ABOVE = {"990100": ["990000"], "990102": ["990100", "990000"], "990103": ["990100", "990000"]}
KINDS = {"per_month": "month", "per_quarter": "quarter", "per_half": "half_year"}
KINDS |= {"per_year": "year"}
LENGTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
POST_KINDS = ("secretary", "head")
UNKNOWN_CODE = "998800"


def first_of(month: int) -> date:
    """The first day of a month of 2024; the 13th is the January after."""
    return END if month == 13 else START.replace(month=month)


PERIODS = [
    (kind, first_of(month), first_of(month + length))
    for kind, length in LENGTHS.items()
    for month in range(1, 13, length)
]

_regions = st.sampled_from(tuple(LEVELS))
_days = st.builds(
    lambda month, beyond: first_of(month) + timedelta(beyond),
    st.integers(1, 12),
    st.sampled_from((0, 0, 1, 14, 27)),
)


@st.composite
def _rules(draw: st.DrawFn) -> Row:
    topic = draw(st.sampled_from(("visit_duty", "post_visit_duty")))
    until = draw(st.sampled_from((date(2024, 7, 1), date(2024, 8, 15), NEVER)))
    return {
        "topic": topic,
        "tier": draw(st.sampled_from(("province", "city", *["county"] * 4))),
        "region_code": draw(st.sampled_from((None, None, None, *LEVELS))),
        "post_kind": draw(st.sampled_from(("every", *POST_KINDS))) if "post" in topic else None,
        "value": draw(st.integers(1, 2)),
        "unit": draw(st.sampled_from(tuple(KINDS))),
        "valid_from": draw(st.sampled_from((EVER, START, date(2024, 4, 1), date(2024, 5, 20)))),
        "valid_to": until,
    }


# Spans of days with visit data: none, all of the year, with a gap, or within the year.
_covers = st.sampled_from(
    (
        (),
        *[((START, END),)] * 4,
        ((START, date(2024, 7, 1)), (date(2024, 8, 1), END)),
        ((date(2024, 2, 15), date(2024, 12, 10)),),
    )
)


@st.composite
def _terms(draw: st.DrawFn) -> list[Row]:
    """The terms of one post, one after the other, the last perhaps without an end."""
    turns = sorted(draw(st.sets(_days | st.just(date(2023, 5, 1)), min_size=1, max_size=4)))
    ends = [*turns[1:], draw(st.none() | st.just(date(2025, 3, 1)))]
    region = draw(st.sampled_from((*LEVELS, "990102", UNKNOWN_CODE)))
    return [
        {
            "region_code": region,
            "tier": LEVELS.get(region, "county"),
            "post_kind": draw(st.sampled_from(POST_KINDS)),
            "from_on": start,
            "to_on": end,
        }
        for start, end in zip(turns, ends, strict=True)
        if draw(st.integers(0, 3))  # now and then the post is empty
    ]


@st.composite
def _visits(draw: st.DrawFn) -> Row:
    on = draw(_days)
    precision = draw(st.sampled_from(("day", "day", None, "month", "year")))
    starts = {"month": on.replace(day=1), "year": START}
    return {
        "visit_on": starts.get(precision, on),
        "on_precision": precision,
        "region_code": draw(_regions),
        "tier": draw(st.sampled_from(("province", "city", "township", *["county"] * 5))),
        "status": draw(st.sampled_from((None, *["held"] * 5, "cancelled"))),
        "organiser_office_id": draw(st.sampled_from((*[None] * 8, *OFFICES, "W99"))),
    }


def _numbered(rows: list[Row], key: str) -> list[Row]:
    return [row | {key: f"{key[0]}{number}"} for number, row in enumerate(rows)]


@st.composite
def worlds_of_duties(draw: st.DrawFn) -> World:
    """Rules, coverage, terms, visits and who was present."""
    visits = _numbered(draw(st.lists(_visits(), min_size=2, max_size=12)), "visit_id")
    terms = [
        term | {"leader_post_id": f"p{number}"}
        for number, of_post in enumerate(draw(st.lists(_terms(), min_size=1, max_size=3)))
        for term in of_post
    ]
    return {
        "rule_calendar": _numbered(draw(st.lists(_rules(), min_size=1, max_size=5)), "rule_id"),
        "coverage": [
            {
                "table_name": "leader_visits",
                "region_row": row_of(code),
                "from_on": start,
                "until_on": end,
            }
            for code in LEVELS
            for start, end in draw(_covers)
        ],
        "office_terms": terms,
        "leader_visits": visits,
        "visit_leaders": [
            {"leader_post_id": post, "visit_id": visit["visit_id"]}
            for visit in visits
            for post in draw(st.sets(st.sampled_from(("p0", "p1", "p2"))))
        ],
    }


@st.composite
def worlds_with_visits(draw: st.DrawFn) -> World:
    """Submissions and receptions, some of them at a visit."""
    world = dict(draw(worlds()))
    visits = draw(st.lists(_visits(), min_size=1, max_size=3))
    # on days on which something was done, so that closings of the same day are common
    days = st.sampled_from(sorted({s["event_at"].date() for s in world["case_events"]} | {START}))
    for visit in visits:
        if visit["on_precision"] in {None, "day"}:
            visit["visit_on"] = draw(days)
    world["leader_visits"] = _numbered(visits, "visit_id")
    for row in (*world["cases"], *world["receptions"]):
        row["visit_id"] = draw(st.sampled_from((None, "v0", "v0", "v1", "v2", "v9")))
    return world


def row_of(code: str) -> str:
    """The version of a region; what has an unknown code lies in the province."""
    return f"{code if code in LEVELS else '990000'}@0001-01-01"


def held(world: World) -> list[Row]:
    return [visit for visit in world["leader_visits"] if visit["status"] in {None, "held"}]


def covered(world: World, code: str) -> list[tuple[date, date]]:
    """The spans of days with visit data of a region."""
    own = [c for c in world["coverage"] if c["region_row"] == row_of(code)]
    return sorted((c["from_on"], c["until_on"]) for c in own)


def nearness(rule: Row, code: str) -> int:
    """How near a rule is to a region: 0 is of all regions, -1 not of this one."""
    if rule["region_code"] is None:
        return 0
    if rule["region_code"] == code:
        return 3
    is_above = rule["region_code"] in ABOVE.get(code, [])
    return {"city": 2, "province": 1}[LEVELS[rule["region_code"]]] if is_above else -1


def duties(world: World, topic: str) -> Iterator[tuple[str, Row, str, date, date]]:
    """Region, rule, kind, first day and end of every duty period."""
    rules = [rule for rule in world["rule_calendar"] if rule["topic"] == topic]
    for code, level in LEVELS.items():
        own = [rule for rule in rules if rule["tier"] == level and nearness(rule, code) >= 0]
        for rule in own:
            for kind, start, end in PERIODS:
                if kind != KINDS[rule["unit"]]:
                    continue
                is_in_force = rule["valid_from"] <= start and end <= rule["valid_to"]
                is_seen = any(a <= start and end <= b for a, b in covered(world, code))
                is_overruled = any(
                    nearness(other, code) > nearness(rule, code)
                    and other["valid_from"] <= start < other["valid_to"]
                    for other in own
                )
                if is_in_force and is_seen and not is_overruled:
                    yield code, rule, kind, start, end


def owner(visit: Row) -> str | None:
    """The region whose leaders a visit was of: of the organiser, or as visited, at its tier."""
    office = OFFICES.get(visit["organiser_office_id"], (None, ""))[0]
    for code in (office, visit["region_code"]):
        for place in [code, *ABOVE.get(code, [])] if code else []:
            if LEVELS[place] == visit["tier"]:
                return place
    return None


def counts_in(visit: Row, kind: str, start: date, end: date) -> bool:
    """Whether a visit falls in a duty period; one known to the year only in one of a year."""
    is_known = visit["on_precision"] != "year" or kind == "year"
    return is_known and start <= visit["visit_on"] < end


def visit_duty_compliance(sent: Sent) -> Iterator[Row]:
    required: dict[tuple[str, str, date, date], int] = {}
    for code, rule, *period in duties(sent.world, "visit_duty"):
        key = (code, *period)
        required[key] = max(rule["value"], required.get(key, 0))
    for (code, kind, start, end), times in required.items():
        own = [v for v in held(sent.world) if v["tier"] == LEVELS[code] and owner(v) == code]
        met = sum(counts_in(visit, kind, start, end) for visit in own) >= times
        offices = [name for name, at in OFFICES.items() if at == (code, LEVELS[code])]
        yield _duty(code, kind, end, met, offices[0] if len(offices) == 1 else None)


def _duty(code: str, kind: str, end: date, met: bool, office: str | None) -> Row:
    own = {"region_row": row_of(code), "office_id": office, "seen_until_on": NEVER}
    own |= {"on_date": end - timedelta(1), "grain": kind, "tier": LEVELS.get(code)}
    return own | share(met)


def attended(world: World, post: str) -> list[Row]:
    own = {p["visit_id"] for p in world["visit_leaders"] if p["leader_post_id"] == post}
    return [visit for visit in held(world) if visit["visit_id"] in own]


def post_duty_compliance(sent: Sent) -> Iterator[Row]:
    required: dict[tuple[str, str, str, date, date], int] = {}
    for code, rule, kind, start, end in duties(sent.world, "post_visit_duty"):
        for term in sent.world["office_terms"]:
            is_bound = rule["post_kind"] in {"every", term["post_kind"]}
            is_whole = term["from_on"] <= start and end <= (term["to_on"] or NEVER)
            if term["region_code"] == code and is_bound and is_whole:
                key = (term["leader_post_id"], code, kind, start, end)
                required[key] = max(rule["value"], required.get(key, 0))
    for (post, code, kind, start, end), times in required.items():
        visits = attended(sent.world, post)
        met = sum(counts_in(visit, kind, start, end) for visit in visits) >= times
        yield _duty(code, kind, end, met, None)


def visit_gap_max(sent: Sent) -> Iterator[Row]:
    for term in sent.world["office_terms"]:
        code, visits = term["region_code"], attended(sent.world, term["leader_post_id"])
        for first, last in covered(sent.world, code):
            start, end = max(first, term["from_on"]), min(last, term["to_on"] or NEVER)
            if start >= end:
                continue
            known = {v["visit_on"] for v in visits if v["on_precision"] in {"day", None}}
            marks = sorted({start} | {day for day in known if start <= day < end})
            for since, until in pairwise([*marks, end]):
                if not any(may_fall(visit, since, until) for visit in visits):
                    yield {
                        "region_row": row_of(code),
                        "office_id": None,
                        "seen_until_on": end - timedelta(1),
                        "from_on": since,
                        "until_on": until,
                        "tier": term["tier"],
                    }


def visit_continuity(sent: Sent) -> Iterator[Row]:
    for term in sent.world["office_terms"]:
        is_whole = term["from_on"] <= START and (term["to_on"] or NEVER) >= END
        code = term["region_code"]
        if is_whole and (START, END) in covered(sent.world, code):
            visits = attended(sent.world, term["leader_post_id"])
            met = any(START <= visit["visit_on"] < END for visit in visits)
            yield _duty(code, "year", END, met, None) | {"tier": term["tier"]}


def may_fall(visit: Row, since: date, until: date) -> bool:
    """Whether a visit of which only the month or the year is known may lie in a span of days."""
    if visit["on_precision"] not in {"month", "year"}:
        return False
    month = visit["visit_on"].month
    end = END if visit["on_precision"] == "year" else first_of(month + 1)
    return visit["visit_on"] < until and end > since


def post_visit_closure_90d(sent: Sent) -> Iterator[Row]:
    linked = {(b["visit_id"], b["case_id"]) for b in sent.world["receptions"]}
    linked |= {(case["visit_id"], case["case_id"]) for case in sent.world["cases"]}
    for visit in held(sent.world):
        if visit["on_precision"] in {"month", "year"}:
            continue
        for case_id, timeline in sent.timelines.items():
            closed_on = timeline["closed_on"]
            is_open = closed_on is None or closed_on >= visit["visit_on"]
            if (visit["visit_id"], case_id) in linked and is_open:
                yield {
                    "region_row": row_of(visit["region_code"]),
                    "office_id": timeline["office_id"],
                    "seen_until_on": timeline["seen_until_on"],
                    "from_on": visit["visit_on"],
                    "until_on": closed_on,
                    "outcome": timeline["outcome"],
                    "tier": visit["tier"],
                }


DUTIES = by_name(visit_duty_compliance, post_duty_compliance, visit_gap_max, visit_continuity)
CLOSURES = by_name(post_visit_closure_90d)
