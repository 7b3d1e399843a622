"""Letters to courts, and suggestions, on random small worlds, against plain Python."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.indicators.handling_world import OFFICES, SEEN, Row, Staging, World, tally
from tests.properties.indicators.sent import Sent, by_name, sent_of, share

START, RULE_CHANGE = date(2024, 3, 1), date(2024, 3, 10)
NODES = ("scan", "handle", "feedback", "terminate")

_days = st.integers(0, 20).map(lambda n: START + timedelta(n))
_maybe = st.none() | _days
_flags = st.none() | st.booleans()
_places = {
    "sender_id": st.sampled_from(("F01", "C02", "W99")),
    "office_id": st.sampled_from((None, "C02", "C03", "W99")),
    "region_code": st.sampled_from((None, None, "990102", "990103", "998800")),
}
_letters = st.fixed_dictionaries(
    {
        **_places,
        "court_level": st.sampled_from((None, "basic", "high")),
        "matter_kind": st.sampled_from((None, "appeal_retrial")),
        "received_on": _days,
        "scanned_at": st.none()
        | st.builds(lambda day, hour: f"{day} {hour:02}:59:00", _days, st.sampled_from((0, 23))),
        "terminated_on": _maybe,
        "is_relief_granted": _flags,
        "is_supervision_started": _flags,
        "nodes": st.just(NODES) | st.lists(st.sampled_from((*NODES, "transfer")), max_size=5),
    }
)
_suggestions = st.fixed_dictionaries(
    {
        **_places,
        "kind": st.sampled_from((None, "improvement", "policy")),
        "made_on": _days,
        "reply_due_on": _maybe,
        "replied_on": st.none() | st.integers(0, 60).map(lambda n: START + timedelta(n)),
        "adoption": st.sampled_from((None, "unknown", "adopted", "partly", "not_adopted")),
    }
)
RULES = [
    {"rule_id": "R1", "value": 30, "valid_from": date(1, 1, 1), "valid_to": RULE_CHANGE},
    # between the two no rule is in force
    {"rule_id": "R2", "value": 60, "valid_from": RULE_CHANGE + timedelta(5)},
]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Letters with their steps, and suggestions."""
    letters = draw(st.lists(_letters, max_size=6))
    steps: list[Row] = []
    for number, letter in enumerate(letters):
        letter["court_petition_id"] = f"l{number}"
        for node in letter.pop("nodes"):
            step = {"court_petition_id": f"l{number}", "node": node, "event_at": SEEN}
            step |= {"sender_id": letter["sender_id"], "court_event_id": f"e{len(steps)}"}
            steps.append(step)
    suggestions = draw(st.lists(_suggestions, max_size=6))
    for number, suggestion in enumerate(suggestions):
        suggestion["suggestion_id"] = f"s{number}"
    rule = {"topic": "improvement_reply", "unit": "day", "valid_to": date(9999, 12, 31)}
    return {
        "court_petitions": letters,
        "court_events": steps,
        "policy_suggestions": suggestions,
        "rule_calendar": [rule | each for each in RULES],
    }


def placed(record: Row, *names: str) -> Row:
    """Where and of whom a record is: its own region, its office's, or its sender's."""
    offices = (record["office_id"], record["sender_id"])
    codes = [OFFICES[name][0] for name in offices if name in OFFICES]
    code = record["region_code"] or next(iter(codes), "990000")
    return {
        "region_row": f"{'990000' if code == '998800' else code}@0001-01-01",
        "office_id": record["office_id"] or record["sender_id"],
        "seen_until_on": SEEN.date(),
        **{name: record[name] for name in names},
    }


def terminated(sent: Sent) -> Iterator[tuple[Row, Row]]:
    """Each letter that was terminated, and what its facts have in common."""
    for letter in sent.world["court_petitions"]:
        if letter["terminated_on"]:
            own = placed(letter, "court_level", "matter_kind")
            yield letter, own | {"on_date": letter["terminated_on"]}


def court_outcome_rates(sent: Sent) -> Iterator[Row]:
    for letter, own in terminated(sent):
        yield own | {"measure": "relief"} | share(letter["is_relief_granted"])
        yield own | {"measure": "supervision"} | share(letter["is_supervision_started"])


def court_step_completeness(sent: Sent) -> Iterator[Row]:
    senders = {step["sender_id"] for step in sent.world["court_events"]}
    for letter, own in terminated(sent):
        found = {
            step["node"]
            for step in sent.world["court_events"]
            if step["court_petition_id"] == letter["court_petition_id"]
        }
        known = letter["sender_id"] in senders
        yield own | share(found >= set(NODES) if known else None)


def court_scan_coverage(sent: Sent) -> Iterator[Row]:
    for letter in sent.world["court_petitions"]:
        scanned = letter["scanned_at"] and date.fromisoformat(letter["scanned_at"][:10])
        soon = scanned is not None and (scanned - letter["received_on"]).days <= 7
        own = placed(letter, "court_level", "matter_kind") | {"on_date": letter["received_on"]}
        yield own | share(soon)


def suggestion_adoption_rate(sent: Sent) -> Iterator[Row]:
    for suggestion in sent.world["policy_suggestions"]:
        made, replied = suggestion["made_on"], suggestion["replied_on"]
        limits = [
            rule["value"]
            for rule in sent.world["rule_calendar"]
            if rule["valid_from"] <= made < rule["valid_to"]
        ]
        due = suggestion["reply_due_on"] or (made + timedelta(limits[0]) if limits else None)
        if due is None:
            continue
        said = suggestion["adoption"] in {"adopted", "partly", "not_adopted"}
        known = said or replied is None
        own = placed(suggestion, "kind") | {"on_date": due}
        for measure, answers in (
            ("adopted", {"adopted"}),
            ("at_least_partly", {"adopted", "partly"}),
        ):
            hit = suggestion["adoption"] in answers
            yield own | {"measure": measure} | share(hit if known else None)
        in_time = replied is not None and replied <= due
        yield own | {"measure": "answered_in_time"} | share(in_time)


COURTS = by_name(
    court_outcome_rates, court_step_completeness, court_scan_coverage, suggestion_adoption_rate
)


@pytest.fixture(scope="module")
def staging(tmp_path_factory):
    staging = Staging.open(tmp_path_factory.mktemp("home"), COURTS)
    yield staging
    staging.con.close()


@settings(max_examples=30)
@given(world=worlds())
def test_the_facts_are_those_of_a_plain_reading(staging: Staging, world: World):
    staging.fill(world)
    for name, reference in COURTS.items():
        assert (name, staging.facts(name)) == (name, tally(reference(sent_of(world, []))))
