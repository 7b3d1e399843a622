"""Rules of steps beside the plain order: numbers, review and recheck, delays, what comes after.

Each scenario is a submission registered at 09:00 on 1 January 2023. A step is written as `type day
time`, the day of 2024 as `month-day`, or with its number in the log before it: `3 type day time`.
All land together and are judged once.
"""

from collections.abc import Iterator

import pytest

from tests.unit.validate.world import World

LIMITS = {
    "handle_limit": (60, "accept"),
    "review_decide": (30, "review_request"),
    "recheck_request": (30, "review_decide"),
    "recheck_decide": (30, "recheck_request"),
}
OF_ORDER = {"V11E", "V14", "V15", "V17", "V20"}
OF_TIME = {"V13", "V13D", "V14W", "V16", "V18", "V19", "V21"}
ORDERLY = (
    "1 register 2023-01-01 09:00:00",
    "2 accept 01-05 09:00:00",
    "3 reply 01-20 09:00:00",
    "4 close 01-20 09:00:00",
    "5 evaluate 01-21 09:00:00",
    "6 review_request 02-01 09:00:00",
    "7 review_decide 02-20 09:00:00",
    "8 recheck_request 03-01 09:00:00",
    "9 hearing_start 03-10 09:00:00",
    "10 hearing_end 03-11 09:00:00",
    "11 recheck_decide 03-20 09:00:00",
)
FOLLOWS = [
    ("reply", "evaluate", "V11E"),
    ("reply", "review_request", "V14"),
    ("review_request", "review_decide", "V15"),
    ("review_decide", "recheck_request", "V15"),
    ("recheck_request", "recheck_decide", "V15"),
    ("recheck_request", "hearing_start", "V17"),
    ("hearing_start", "hearing_end", "V17"),
    ("hearing_end", "recheck_decide", "V17"),
]
SCENARIOS: list[tuple[tuple[str, ...], list[str]]] = [
    (ORDERLY, []),
    # What was never exported accuses nobody.
    *(((f"{later} 02-01 09:00:00",), []) for _, later, _ in FOLLOWS),
    *(((f"{one} 02-02 09:00:00", f"{later} 02-02 09:00:00"), []) for one, later, _ in FOLLOWS),
    *(
        ((f"{one} 02-02 09:00:00", f"{later} 02-01 09:00:00"), [f"{rule} {later}"])
        for one, later, rule in FOLLOWS
    ),
    # The reply before acceptance is out, so the rating is before the reply that counts.
    (
        (
            "accept 02-01 09:00:00",
            "reply 01-20 09:00:00",
            "reply 02-10 09:00:00",
            "evaluate 02-05 09:00:00",
        ),
        ["V11E evaluate"],
    ),
    # One wrong date in a numbered log costs no good step.
    (("1 handle 02-01 09:00:00", "2 urge 02-01 09:00:00"), []),
    (("1 handle 02-01 09:00:00", "2 urge 02-01 08:59:59"), ["V20 urge"]),
    (("1 handle 02-01 09:00:00", "1 urge 02-01 10:00:00"), ["V20 urge"]),
    (("handle 02-01 09:00:00", "urge 01-31 09:00:00"), []),
    (
        (
            "1 handle 02-01 09:00:00",
            "2 urge 05-01 09:00:00",
            "3 handle 02-02 09:00:00",
            "4 handle 02-03 09:00:00",
        ),
        ["V20 urge"],
    ),
    (
        (
            "1 handle 02-01 09:00:00",
            "2 handle 02-02 09:00:00",
            "3 urge 01-15 09:00:00",
            "4 handle 02-03 09:00:00",
        ),
        ["V20 urge"],
    ),
    # Delays.
    (("reply 02-01 09:00:00", "review_request 03-02 09:00:00"), []),
    (("reply 02-01 09:00:00", "review_request 03-03 09:00:00"), ["V14W review_request"]),
    (("review_request 02-01 09:00:00", "review_decide 03-02 23:00:00"), []),
    (("review_request 02-01 09:00:00", "review_decide 03-03 00:00:00"), ["V16 review_decide"]),
    (
        ("recheck_request 02-01 09:00:00", "recheck_decide 03-03 09:00:00"),
        ["V16 recheck_decide"],
    ),
    (
        (
            "recheck_request 02-01 09:00:00",
            "hearing_start 02-05 09:00:00",
            "hearing_end 02-07 09:00:00",
            "recheck_decide 03-05 09:00:00",
        ),
        [],
    ),
    (
        (
            "recheck_request 02-01 09:00:00",
            "hearing_start 02-05 09:00:00",
            "hearing_end 02-07 09:00:00",
            "recheck_decide 03-06 09:00:00",
        ),
        ["V16 recheck_decide"],
    ),
    # No rule lets a hearing stop the clock of a review.
    (
        (
            "review_request 02-01 09:00:00",
            "hearing_start 02-05 09:00:00",
            "hearing_end 02-07 09:00:00",
            "review_decide 03-03 09:00:00",
        ),
        ["V16 review_decide"],
    ),
    # The thirtieth day is a Saturday; the limit moves to Monday.
    (("review_decide 02-01 09:00:00", "recheck_request 03-04 16:00:00"), []),
    (("review_decide 02-01 09:00:00", "recheck_request 03-05 09:00:00"), ["V14W recheck_request"]),
    (("accept 01-05 09:00:00", "extend 03-05 09:00:00"), []),
    (("accept 01-05 09:00:00", "extend 03-06 09:00:00"), ["V13D extend"]),
    (("extend 02-01 09:00:00", "extend 02-02 09:00:00"), ["V13 extend"]),
    (("return 02-01 09:00:00", "assign 02-16 09:00:00"), []),
    (("return 02-01 09:00:00", "assign 02-17 09:00:00"), ["V19 return"]),
    (("assign 01-31 09:00:00", "return 02-01 09:00:00"), ["V19 return"]),
    (("return 12-20 09:00:00",), []),  # the extract of 31 December cannot tell yet
    (("close 02-01 09:00:00", "handle 03-02 09:00:00"), []),
    (("close 02-01 09:00:00", "handle 03-03 09:00:01"), ["V21 handle"]),
    (("close 02-01 09:00:00", "evaluate 03-03 09:00:01"), []),
    (("close 02-01 09:00:00", "reopen 03-01 09:00:00", "handle 03-09 09:00:00"), []),
    (("terminate 02-01 09:00:00", "terminate 02-01 09:00:00"), []),
    (("terminate 02-01 09:00:00", "urge 02-02 09:00:00", "urge 02-03 09:00:00"), ["V18 urge"]),
    (("handle 01-31 09:00:00", "terminate 02-01 09:00:00"), []),
    # The limit is that in force when its clock starts: 90 days until 1 February 2023.
    (("reply 2023-01-31 09:00:00", "review_request 2023-05-01 09:00:00"), []),
    (("reply 2023-02-01 09:00:00", "review_request 2023-03-04 09:00:00"), ["V14W review_request"]),
]
MADE, REPEATED = "made", "repeated"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Every scenario under its number; steps made from dates; a submission of an ended matter."""
    world = World()
    for topic, (value, start) in LIMITS.items():
        is_moved, is_stopped = topic == "recheck_request", topic == "recheck_decide"
        world.rule(topic, value, start, is_moved=is_moved, is_stopped=is_stopped)
    world.con.execute(
        "insert into model.calendar_days (day, is_workday) "
        "values ('2024-03-02', false), ('2024-03-03', false), ('2024-03-04', true)"
    )
    world.rule("review_request", 90, "reply", until="2023-02-01")
    world.rule("review_request", 30, "reply", begin="2023-02-01")
    world.con.execute(
        "insert into ops.files (file_id, table_name, source, sender_id, as_of, records, shape, "
        "made_from, name) values ($1, 'case_events', 'register', 'F01', "
        "'2024-12-31 23:59:59', 2, 'cases', 'cases', $1)",
        [MADE],
    )
    for number, (steps, _) in enumerate(SCENARIOS):
        land(world, str(number), steps)
    land(world, MADE, ("1 handle 02-02 09:00:00", "2 urge 02-01 09:00:00"))
    land(world, "ended", ("terminate 2023-12-01 09:00:00",), matter="m1")
    land(world, REPEATED, ("handle 01-01 09:00:00", "urge 01-02 09:00:00"), matter="m1")
    world.accept()
    yield world
    world.con.close()


def land(world: World, case: str, steps: tuple[str, ...], matter: str = "") -> None:
    """Let a submission land and its steps, in a file of its own."""
    world.land(
        "cases",
        "file_id | case_id | matter_key | registered_at",
        f"{case} | {case} | {matter or case} | 2023-01-01 09:00:00",
    )
    for number, step in enumerate(steps, 1):
        *seq, kind, day, time = step.split()
        day = day if len(day) > len("02-01") else f"2024-{day}"
        extension = "30" if kind == "extend" else ""
        world.land(
            "case_events",
            "file_id | event_id | record_no | case_id | seq | event_type | event_at "
            "| extension_days",
            f"{case} | {case}.{number} | {number} | {case} | {' '.join(seq)} | {kind} | "
            f"{day} {time} | {extension}",
        )


def found(world: World, case: str) -> list[str]:
    """The steps of a submission that break a rule, as `rule type`, sorted."""
    kinds = dict(
        row.split()
        for row in world.show("landing.case_events", "record_no event_type", f"file_id = '{case}'")
    )
    breaches: list[str] = []
    for reason in world.reasons("case_events"):
        file, record, rule, _, severity = reason.split()
        if file == case and rule in OF_ORDER | OF_TIME:
            assert severity == ("error" if rule in OF_ORDER else "warning")
            breaches.append(f"{rule} {kinds[record]}")
    return sorted(breaches)


@pytest.mark.parametrize("number", range(len(SCENARIOS)), ids=lambda n: " ".join(SCENARIOS[n][0]))
def test_what_breaks_a_rule_of_steps_is_found_and_nothing_else(world, number):
    assert found(world, str(number)) == SCENARIOS[number][1]


def test_steps_made_from_the_dates_of_a_submission_have_no_numbers_of_an_office(world):
    assert found(world, MADE) == []


def test_a_submission_of_a_matter_that_was_terminated_is_remarked_on_once(world):
    assert found(world, REPEATED) == ["V18 handle"]
