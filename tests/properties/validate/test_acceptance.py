"""Acceptance depends on the set of rows that landed and on nothing else, and loses none of them.

Rows are drawn from few keys, versions, contents and files, so that they collide all the time.
"""

from collections import defaultdict
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contract import Severity
from pipelines.validate.crossing import prepare
from tests.unit.validate.world import TABLES, World

JUDGED = ("leader_visits", "cases", "case_events")
SMALL = {name: TABLES[name] for name in (*JUDGED, "regions", "region_validity")}
EXTRACTS = {"a": "2024-03-31 23:59:59", "b": "2024-06-30 23:59:59", "c": "2024-06-30 23:59:59"}


class Case(NamedTuple):
    """A row of the register; `persons` 0 breaks a rule and region 0 is unknown."""

    case_id: str
    file: str
    updated_at: str
    persons: str
    region_code: str


class Step(NamedTuple):
    """A row of the step log; its submission may be out or nowhere, its day out of order."""

    event_id: str
    file: str
    case_id: str
    event_type: str
    day: int


cases = st.builds(
    Case,
    case_id=st.sampled_from(["c1", "c2", "c3"]),
    file=st.sampled_from(sorted(EXTRACTS)),
    updated_at=st.sampled_from(["", "2024-02-01", "2024-02-02"]),
    persons=st.sampled_from(["0", "1", "1", "2"]),
    region_code=st.sampled_from(["", "990102", "990102", "0"]),
)
steps = st.builds(
    Step,
    event_id=st.sampled_from([f"e{n}" for n in range(6)]),
    file=st.sampled_from(sorted(EXTRACTS)),
    case_id=st.sampled_from(["c1", "c2", "c3", "nobody"]),
    event_type=st.sampled_from(["register", "accept", "reply", "close", "reopen"]),
    day=st.integers(1, 6),
)


def numbered(rows: list) -> list[tuple[int, Case | Step]]:
    """Rows with their record numbers; each file is numbered by itself."""
    seen: dict[str, int] = defaultdict(int)
    listed = []
    for row in rows:
        seen[row.file] += 1
        listed.append((seen[row.file], row))
    return listed


def accepted(register: list[tuple[int, Case]], log: list[tuple[int, Step]]) -> World:
    """What acceptance makes of the rows, landed in this order."""
    world = World(tables=SMALL)
    world.con.execute("begin")
    for number, case in register:
        world.land(
            "cases",
            "record_no | file_id | as_of | case_id | updated_at | persons | region_code "
            "| registered_at",
            f"{number} | {case.file} | {EXTRACTS[case.file]} | {case.case_id} | {case.updated_at} "
            f"| {case.persons} | {case.region_code} | 2024-01-02",
        )
    for number, step in log:
        world.land(
            "case_events",
            "record_no | file_id | as_of | event_id | case_id | event_type | event_at",
            f"{number} | {step.file} | {EXTRACTS[step.file]} | {step.event_id} | {step.case_id} "
            f"| {step.event_type} | 2024-01-{step.day:02}",
        )
    world.con.execute("commit")
    world.accept()
    return world


def decided(world: World) -> dict[str, list[str]]:
    """Everything that acceptance decided."""
    found = {}
    for table in ("cases", "case_events"):
        found[f"{table} current"] = world.current(table, "file_id record_no")
        found[f"{table} reasons"] = world.reasons(table)
        found[f"{table} fates"] = world.fates(table)
    return found


@settings(max_examples=8)
@given(
    st.lists(cases, max_size=12), st.lists(steps, max_size=12), st.randoms(use_true_random=False)
)
def test_the_order_in_which_rows_land_changes_nothing(register, log, random):
    register, log = numbered(register), numbered(log)
    world = accepted(register, log)
    random.shuffle(register)
    random.shuffle(log)
    assert decided(accepted(register, log)) == decided(world)


@settings(max_examples=12)
@given(st.lists(cases, max_size=14), st.lists(steps, max_size=14))
def test_no_record_is_lost_no_key_is_twice_and_no_rule_is_broken_any_more(register, log):
    world = accepted(numbered(register), numbered(log))
    for table, rows in (("cases", register), ("case_events", log)):
        assert world.check("RECEIPTS", table)[1]
        counted = [[int(n) for n in fate.split()[1:]] for fate in world.fates(table)]
        assert sum(sum(fates[:4]) for fates in counted) == len(rows)
        assert len(world.current(table)) == len(set(world.current(table)))
    assert set(world.current("case_events", "case_id")) <= set(world.current("cases"))
    prepare(world.con, TABLES["case_events"], Severity.ERROR)
    assert world.show("quarantine.event_faults", "record_no rule_id") == []


def slow_fates(rows: list[tuple[int, Case]]) -> dict[str, list[int]]:
    """Fates by file (current, superseded, duplicate, quarantined), one record after another."""
    fates = {row.file: [0, 0, 0, 0] for _, row in rows}
    sound = defaultdict(list)
    for number, row in rows:
        if row.persons == "0":
            fates[row.file][3] += 1
        else:
            sound[row.case_id].append((number, row))
    for same in sound.values():
        newest = max((row.updated_at, EXTRACTS[row.file]) for _, row in same)
        latest = []
        for number, row in same:
            if (row.updated_at, EXTRACTS[row.file]) == newest:
                latest.append((number, row))
            else:
                fates[row.file][1] += 1
        contents = {(row.persons, row.region_code) for _, row in latest}
        first = min((row.file, number) for number, row in latest)
        for number, row in latest:
            if len(contents) > 1 or ((row.file, number) == first and row.region_code == "0"):
                fates[row.file][3] += 1
            else:
                fates[row.file][0 if (row.file, number) == first else 2] += 1
    return fates


@settings(max_examples=15)
@given(st.lists(cases, max_size=14))
def test_fates_are_those_of_a_slow_reading(register):
    rows = numbered(register)
    found = {
        fate.split()[0]: [int(n) for n in fate.split()[1:5]]
        for fate in (accepted(rows, []).fates("cases"))
    }
    assert found == slow_fates(rows)
