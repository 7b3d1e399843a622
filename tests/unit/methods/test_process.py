"""Process mining in SQL on the textbook's log of six cases, and rules on cases drawn as tables."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from pipelines.methods.process import (
    Deadline,
    EventLog,
    Precedence,
    deadline,
    edges,
    handovers,
    ping_pong,
    ping_pong_cases,
    precedence,
    rework,
    variants,
)

LOG = EventLog("log", "case_id", "activity", "done_at", "sequence", "office")
# The running example of van der Aalst (2016), table 2.2: register, examine thoroughly, examine
# casually, check ticket, decide, reinitiate, pay, reject.
RUNNING_EXAMPLE = ["R T C D X", "R C E D P", "R E C D I T C D P", "R C T D X",
                   "R E C D I C E D I E C D X", "R E C D P"]  # fmt: skip


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "create table log "
            "(case_id int, activity text, done_at timestamp, sequence int, office text)"
        )
        yield connection


def add(con: duckdb.DuckDBPyConnection, case: int, steps: str) -> None:
    """Add steps such as `accept@1:A reply@50:B`: activity, day of 2026, office."""
    for sequence, step in enumerate(steps.split()):
        activity, _, rest = step.partition("@")
        day, _, office = rest.partition(":")
        con.execute(
            "insert into log values (?, ?, date '2026-01-01' + cast(? as int), ?, ?)",
            [case, activity, int(day or 1) - 1, sequence, office or "A"],
        )


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return con.execute(query).fetchall()


def test_the_running_example(con):
    for case, path in enumerate(RUNNING_EXAMPLE):
        add(con, case, " ".join(path))
    counted = "select count(distinct case_id), count(*), count(distinct activity) from log"
    assert rows(con, counted) == [(6, 42, 8)]
    # pm4py 2.7: 16 edges and 6 variants.
    found = {(a, b): n for a, b, n, *_ in rows(con, edges(LOG))}
    assert len(found) == 16
    assert sum(found.values()) == 42 - 6
    assert (found["R", "E"], found["C", "D"], found["D", "I"]) == (3, 6, 3)
    assert len(rows(con, variants(LOG))) == 6
    again = {activity: (n, repeats) for activity, _, n, repeats in rows(con, rework(LOG))}
    # Cases 3 and 5 reinitiate, once and twice.
    assert again["D"] == (2, 1 + 2)
    assert again["R"] == (0, 0)


def test_waits_and_the_bottleneck(con):
    add(con, 1, "a@1 b@2 c@12")
    add(con, 2, "a@1 b@4 c@10")
    found = {(a, b): rest for a, b, _, *rest in rows(con, edges(LOG))}
    day = 86_400
    assert found["a", "b"][:3] == [2, 2 * day, 2 * day]
    assert found["b", "c"][:3] == [2, 8 * day, 8 * day]
    assert found["b", "c"][3] == pytest.approx(9.6 * day)
    assert found["b", "c"][4] == pytest.approx(16 / 20)


def test_an_edge_counts_its_cases_apart_from_its_passages(con):
    add(con, 1, "a b a b")
    add(con, 2, "a b")
    found = {(a, b): (n, cases) for a, b, n, cases, *_ in rows(con, edges(LOG))}
    assert found == {("a", "b"): (3, 2), ("b", "a"): (1, 1)}


def test_events_of_one_instant_follow_the_source(con):
    add(con, 1, "b@1 a@1 c@1")
    assert [row[0] for row in rows(con, variants(LOG))] == ["b > a > c"]


def test_hand_overs_and_returns(con):
    add(con, 1, "a@1:A b@2:A c@3:B d@4:A e@5:B")
    add(con, 2, "a@1:A b@2:B c@3:C")
    assert rows(con, handovers(LOG)) == [("A", "B", 3, 2), ("B", "A", 1, 1), ("B", "C", 1, 1)]
    # A, A, B, A, B: back to A once, back to B once.
    assert rows(con, ping_pong(LOG)) == [("A", "B", 1, 1), ("B", "A", 1, 1)]
    assert rows(con, ping_pong_cases(LOG)) == [(2, 1)]


def judged(con, rule: Deadline, as_of: str = "2026-03-31") -> tuple:
    return rows(con, deadline(LOG, rule, f"date '{as_of}'"))[0]


REPLY = Deadline("reply", "accept", ("reply",), 60, extended_by="extend", extra_days=30)


def test_a_deadline_is_kept_broken_or_not_yet_due(con):
    add(con, 1, "accept@1 reply@61")  # the sixtieth day
    add(con, 2, "accept@1 reply@62")  # one too late
    add(con, 3, "accept@1 extend@50 reply@62")  # thirty more were given
    add(con, 4, "accept@1 handle@5")  # the limit passed on 2 March
    add(con, 5, "accept@60 handle@61")  # due after the last day seen
    add(con, 6, "register@1")  # never accepted: not concerned
    add(con, 7, "reply@1 accept@2")  # a reply before acceptance is none
    assert judged(con, REPLY) == ("reply", 6, 2, 3, 1)
    # Seen a day after the last start, nothing but the late reply is violated.
    assert judged(con, REPLY, "2026-03-02") == ("reply", 6, 2, 1, 3)


def test_a_case_may_have_a_limit_of_its_own(con):
    add(con, 1, "accept@1 reply@31")
    add(con, 2, "accept@1 reply@32")
    add(con, 3, "accept@1")
    add(con, 4, "accept@1")
    add(con, 5, "accept@1 reply@90")
    con.execute("alter table log add column due_on date; alter table log add column seen_on date")
    con.execute(
        "update log set seen_on = date '2026-03-01', due_on = case case_id "
        "when 4 then date '2026-04-01' when 5 then null else date '2026-01-31' end"
    )
    log = replace(LOG, kept=("due_on", "seen_on"))
    rule = Deadline("reply", "accept", ("reply",), due="due_on")
    # In time, a day late, long overdue, not yet due; the last has no limit.
    assert rows(con, deadline(log, rule, "seen_on")) == [("reply", 4, 1, 2, 1)]


def test_an_order_is_kept_or_broken(con):
    add(con, 1, "accept@1 handle@2")
    add(con, 2, "handle@1 accept@2")
    add(con, 3, "handle@1")
    add(con, 4, "accept@1")
    rule = Precedence("no handling before acceptance", "accept", "handle")
    assert rows(con, precedence(LOG, rule)) == [("no handling before acceptance", 3, 1, 2, 0)]


def test_names_with_a_quote_are_text(con):
    add(con, 1, "o'clock@1 x@2")
    rule = Precedence("it's", "o'clock", "x")
    assert rows(con, precedence(LOG, rule)) == [("it's", 1, 1, 0, 0)]
