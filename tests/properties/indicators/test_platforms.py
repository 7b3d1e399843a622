"""Promises, sentinels, halls and letters of responsibility on random small worlds, in plain Python.

Each comes with its sender's region where it states none, and the facts follow the definitions in
words.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.indicators.duties_reference import END, LEVELS, NEVER, row_of
from tests.properties.indicators.handling_world import OFFICES, SEEN, Row, Staging, World, tally
from tests.properties.indicators.sent import Sent, by_name, sent_of, share

START = date(2024, 2, 26)
DAYS_OFF = {START + timedelta(5), START + timedelta(6)}
KNOWN_DAYS = {START + timedelta(n) for n in range(8)}

_days = st.integers(0, 12).map(lambda n: START + timedelta(n))
_maybe = st.none() | _days
_flags = st.none() | st.booleans()
_counts = st.none() | st.integers(0, 9)
_moments = st.builds(
    lambda day, minute: datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute),
    _days,
    st.sampled_from((0, 403, 662, 1439)),
)
_precisions = st.sampled_from((None, "second", "minute", "minute", "day", "month"))
_places = {
    "sender_id": st.sampled_from(("F01", "C02", "W99")),
    "region_code": st.sampled_from((None, None, "990102", "990103", "998800")),
}
_promises = st.fixed_dictionaries(
    {
        **_places,
        "kind": st.sampled_from((None, "works", "payment")),
        "made_on": _days,
        "start_on": _maybe,
        "due_on": _maybe,
        "done_on": _maybe,
    }
)
_reports = st.fixed_dictionaries(
    {
        **_places,
        "level": st.sampled_from((None, "village", "county")),
        "reported_at": _moments,
        "reported_precision": _precisions,
        "transferred_at": st.none() | _moments,
        "transferred_precision": _precisions,
        "is_repeated": _flags,
        "case_id": st.sampled_from((None, "c0")),
    }
)
_hall_days = st.fixed_dictionaries(
    {
        **_places,
        "day": _days,
        "counting": st.sampled_from((None, "sensor")),
        "footfall": _counts,
        "items_handled": _counts,
        "items_online": _counts,
    }
)
_hall_items = st.fixed_dictionaries(
    {
        **_places,
        "sector": st.just("s"),
        "counted_on": _days,
        "items_listed": _counts,
        "items_online": _counts,
        "is_linked": _flags,
    }
)
_letters = st.fixed_dictionaries(
    {
        "letter_year": st.sampled_from((2023, 2024, 2024)),
        "signee_tier": st.sampled_from((None, "city", "county", "county", "township")),
        "region_code": st.sampled_from((None, *LEVELS)),
        "signed_on": _days,
        "sender_id": st.just("F01"),
    }
)
_covers = st.sampled_from(((START, END), (date(2024, 1, 1), START), (date(2023, 1, 1), NEVER)))
KEYS = {
    "commitments": "commitment_id",
    "sentinel_reports": "sentinel_id",
    "hall_footfall": "hall_id",
    "hall_items": "hall_id",
    "responsibility_letters": "letter_id",
}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Records of five kinds, and the days that data on letters cover."""
    kinds = (_promises, _reports, _hall_days, _hall_items, _letters)
    tables: dict[str, list[Row]] = {
        name: [row | {key: f"{name}{n}"} for n, row in enumerate(draw(st.lists(rows, max_size=5)))]
        for (name, key), rows in zip(KEYS.items(), kinds, strict=True)
    }
    covered = [(code, draw(_covers)) for code in LEVELS if draw(st.booleans())]
    tables["coverage"] = [
        {
            "table_name": "responsibility_letters",
            "region_row": row_of(code),
            "from_on": start,
            "until_on": end,
        }
        for code, (start, end) in covered
    ]
    return tables


def placed(record: Row, *names: str) -> Row:
    code = record["region_code"] or OFFICES.get(record["sender_id"], ("990000",))[0]
    return {
        "region_row": row_of(code),
        "office_id": record["sender_id"],
        "seen_until_on": SEEN.date(),
        **{name: record[name] for name in names},
    }


def commitment_fulfilment(sent: Sent) -> Iterator[Row]:
    for promise in sent.world["commitments"]:
        due, done = promise["due_on"], promise["done_on"]
        if due:
            # what is dated before the promise was done on its day
            in_time = done is not None and max(done, promise["made_on"]) <= due
            yield placed(promise, "kind") | {"on_date": due} | share(in_time)


def waiting(sent: Sent, end: str, outcome: str) -> Iterator[Row]:
    for promise in sent.world["commitments"]:
        made, ended = promise["made_on"], promise[end]
        yield placed(promise, "kind") | {
            "from_on": made,
            "until_on": ended and max(ended, made),
            "outcome": outcome if ended else None,
        }


def commitment_time_to_start(sent: Sent) -> Iterator[Row]:
    return waiting(sent, "start_on", "started")


def commitment_time_to_done(sent: Sent) -> Iterator[Row]:
    return waiting(sent, "done_on", "done")


def on_report(report: Row) -> Row:
    on = {"on_date": report["reported_at"].date(), "sentinel_level": report["level"]}
    return placed(report) | on


def sentinel_dispatch_time(sent: Sent) -> Iterator[Row]:
    for report in sent.world["sentinel_reports"]:
        stamps = {report["reported_precision"], report["transferred_precision"]}
        if report["transferred_at"] is None or stamps & {"day", "month"}:
            continue
        minutes = (report["transferred_at"] - report["reported_at"]) // timedelta(minutes=1)
        day = report["reported_at"].date()
        kind = ("day_off" if day in DAYS_OFF else "workday") if day in KNOWN_DAYS else None
        yield on_report(report) | {"amount": minutes, "day_kind": kind}


def sentinel_follow_through(sent: Sent) -> Iterator[Row]:
    for report in sent.world["sentinel_reports"]:
        passed, reported = report["transferred_at"], report["reported_at"].date()
        soon = passed is not None and (passed.date() - reported).days <= 7
        for measure, hit in (
            ("passed_on", soon),
            ("became_case", report["case_id"] is not None),
            ("raised_before", report["is_repeated"]),
        ):
            yield on_report(report) | {"measure": measure} | share(hit)


def items_per_hall_visit(sent: Sent) -> Iterator[Row]:
    for day in sent.world["hall_footfall"]:
        for measure, part, whole in (
            ("per_visitor", "items_handled", "footfall"),
            ("online_share", "items_online", "items_handled"),
        ):
            own = placed(day, "counting") | {"on_date": day["day"], "measure": measure}
            yield own | {"numerator": day[part], "denominator": day[whole]}


def service_items_online(sent: Sent) -> Iterator[Row]:
    for sector in sent.world["hall_items"]:
        own = placed(sector) | {"on_date": sector["counted_on"]}
        terms = {"numerator": sector["items_online"], "denominator": sector["items_listed"]}
        yield own | {"measure": "items"} | terms
        yield own | {"measure": "sectors"} | share(sector["is_linked"])


def responsibility_coverage(sent: Sent) -> Iterator[Row]:
    last = date(2024, 12, 31)
    for code, tier in LEVELS.items():
        spans = [c for c in sent.world["coverage"] if c["region_row"] == row_of(code)]
        if tier == "province" or not any(c["from_on"] <= last < c["until_on"] for c in spans):
            continue
        signed = any(
            letter["region_code"] == code
            and letter["signee_tier"] == tier
            and letter["letter_year"] == last.year
            for letter in sent.world["responsibility_letters"]
        )
        own = {"region_row": row_of(code), "office_id": None, "seen_until_on": NEVER}
        yield own | {"on_date": last, "grain": "year", "tier": tier} | share(signed)


PLATFORMS = by_name(
    *(commitment_fulfilment, commitment_time_to_start, commitment_time_to_done),
    *(sentinel_dispatch_time, sentinel_follow_through, items_per_hall_visit),
    *(service_items_online, responsibility_coverage),
)


@pytest.fixture(scope="module")
def staging(tmp_path_factory):
    staging = Staging.open(tmp_path_factory.mktemp("home"), PLATFORMS)
    year = ["year", date(2024, 1, 1), END]
    staging.con.execute("insert into periods values (?, ?, ?, true)", year)
    staging.con.execute("delete from calendar_days")
    for day in KNOWN_DAYS:
        staging.con.execute(
            "insert into calendar_days (day, is_workday) values (?, ?)", [day, day not in DAYS_OFF]
        )
    yield staging
    staging.con.close()


@settings(max_examples=30)
@given(world=worlds())
def test_the_facts_are_those_of_a_plain_reading(staging: Staging, world: World):
    staging.fill(world)
    for name, reference in PLATFORMS.items():
        assert (name, staging.facts(name)) == (name, tally(reference(sent_of(world, []))))
