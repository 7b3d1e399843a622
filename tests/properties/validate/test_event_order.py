"""The order of steps, in one pass over all submissions, is that of a slow reading of each."""

from typing import NamedTuple

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contract import Severity
from pipelines.validate.crossing import prepare
from tests.unit.validate.world import TABLES

MINUTES = {"second": 1 / 60, "minute": 1, "day": 24 * 60}
MONTHS = (0, 31 * 24 * 60, 60 * 24 * 60)  # January and February 2024, in minutes
CLOSING = {"close", "withdraw", "terminate", "merge"}


class Moment(NamedTuple):
    """Minutes since the beginning of January 2024, and how exactly they are known."""

    minute: int
    precision: str

    @property
    def span(self) -> tuple[float, float]:
        """When it can have been, end exclusive."""
        if self.precision == "month":
            month = 0 if self.minute < MONTHS[1] else 1
            return MONTHS[month], MONTHS[month + 1]
        unit = max(MINUTES[self.precision], 1)
        begin = self.minute // unit * unit
        return begin, begin + MINUTES[self.precision]

    def is_before(self, other: "Moment") -> bool:
        return self.span[1] <= other.span[0]


class Step(NamedTuple):
    kind: str
    at: Moment


# Moments crowd around two midnights and the turn of a month.
minutes = st.builds(
    lambda day, minute: day * 24 * 60 + minute, st.integers(29, 32), st.sampled_from([0, 1, 700])
)
moments = st.builds(Moment, minutes, st.sampled_from(["second", "minute", "day", "month"]))
kinds = st.sampled_from(
    [
        "register",
        "accept",
        "refuse",
        "handle",
        "reply",
        "reply",
        "close",
        "close",
        "withdraw",
        "redo",
    ]
)
submissions = st.tuples(moments, st.lists(st.builds(Step, kinds, moments), max_size=6))


def slow_faults(registered: Moment, steps: list[Step]) -> dict[int, str]:
    """The rule that each step breaks, by its place in the list."""
    faults = {}
    for n, step in enumerate(steps):
        late = step.kind == "register" and registered.is_before(step.at)
        if step.at.is_before(registered) or late:
            others = "V10" if step.kind in {"accept", "refuse"} else "V05"
            faults[n] = "V06" if step.kind in CLOSING else others

    def good(kind: str) -> list[tuple[int, Step]]:
        return [(n, s) for n, s in enumerate(steps) if s.kind == kind and n not in faults]

    accepts = good("accept")
    for n, reply in good("reply"):
        if accepts and all(reply.at.is_before(accept.at) for _, accept in accepts):
            faults[n] = "V10"
    replies = good("reply")
    for n, close in good("close"):
        is_early = replies and all(close.at.is_before(reply.at) for _, reply in replies)
        if is_early and not good("reopen") and not good("redo"):
            faults[n] = "V10"
    return faults


@settings(max_examples=40)
@given(st.lists(submissions, max_size=12))
def test_faults_are_those_of_a_slow_reading(drawn):
    con = duckdb.connect()
    con.execute("create schema quarantine; create schema model; create schema ops")
    con.execute(
        "create table ops.files (file_id varchar, table_name varchar, made_from varchar, "
        "source varchar, sender_id varchar)"
    )
    for name in ("cases", "case_events"):
        con.execute(TABLES[name].create_sql(f"model.{name}"))
        con.execute(f"alter table model.{name} add column file_id varchar default 'a'")
        con.execute(f"alter table model.{name} add column record_no bigint")
    at = "timestamp '2024-01-01' + to_minutes(?)"
    for case, (registered, steps) in enumerate(drawn):
        con.execute(
            "insert into model.cases (case_id, registered_at, registered_precision) "
            f"values (?, {at}, ?)",
            [str(case), *registered],
        )
        for n, step in enumerate(steps):
            con.execute(
                "insert into model.case_events "
                "(case_id, file_id, record_no, event_type, event_at, at_precision) "
                f"values (?, ?, ?, ?, {at}, ?)",
                [str(case), str(case), n, step.kind, *step.at],
            )
    prepare(con, TABLES["case_events"], Severity.ERROR)
    found = con.execute(
        "select file_id, record_no, rule_id from quarantine.event_faults"
    ).fetchall()
    con.close()
    expected = {
        (str(case), n, rule)
        for case, (registered, steps) in enumerate(drawn)
        for n, rule in slow_faults(registered, steps).items()
    }
    assert len(found) == len(expected)
    assert set(found) == expected
