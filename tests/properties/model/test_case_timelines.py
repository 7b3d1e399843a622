"""Timelines of random small worlds, against the same rules in plain Python."""

from datetime import date, datetime, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contract import load_tables
from pipelines.ingest.reference import load_reference
from pipelines.model.build import build_model, create_derived
from pipelines.settings import PACKAGE, Home, Settings

START = datetime.fromisoformat("2005-04-20")
RULE_CHANGE = date(2005, 5, 1)
SEEN = datetime.fromisoformat("2005-07-31 23:59:59")
EXPORTED_LIMIT = datetime.fromisoformat("2005-06-01 17:30")
OFFICES = ("F01", "F02")
STEPS = (
    "register",
    "accept",
    "refuse",
    "transfer",
    "assign",
    "reply",
    "extend",
    "close",
    "reopen",
    "withdraw",
    "merge",
    "terminate",
)
GRAINS = ("second", "minute", "day", "month")

steps = st.builds(
    dict,
    event_type=st.sampled_from(STEPS),
    event_at=st.integers(0, 40).map(lambda half_days: START + timedelta(hours=12 * half_days)),
    at_precision=st.sampled_from((None, *GRAINS)),
    opinion=st.sampled_from((None, "support", "redirected")),
    to_office_id=st.sampled_from((None, *OFFICES, "W99")),
    extension_days=st.sampled_from((None, 10, 30)),
)
cases = st.builds(
    dict,
    sender_id=st.sampled_from(OFFICES),
    channel=st.sampled_from(("letter", "online", None)),
    due_at=st.sampled_from((None, None, EXPORTED_LIMIT)),
    steps=st.lists(steps, max_size=7),
)


@pytest.fixture(scope="module")
def staging(tmp_path_factory):
    """A database of one region, two offices and rules that change; the fed tables are empty."""
    home = Home(tmp_path_factory.mktemp("home"))
    home.reference.mkdir()
    (home.reference / "offices.csv").write_text("office_id\nF01\nF02\n")
    (home.reference / "rule_calendar.csv").write_text(
        "rule_id,topic,channel,value,unit,valid_from,valid_to\n"
        f"A,handle_limit,,90,day,,{RULE_CHANGE}\n"
        f"B,handle_limit,,60,day,{RULE_CHANGE},\n"
        "C,handle_limit,online,15,day,,\n"
    )
    tables = load_tables(PACKAGE / "model")
    con = duckdb.connect()
    load_reference(con, home, Settings(region_set="single"), tables)
    con.execute("create schema ops")
    con.execute(
        "create table ops.files (file_id varchar, table_name varchar, sender_id varchar, "
        "period_start date, period_end date, as_of timestamp, shape varchar)"
    )
    for table in tables.values():
        if table.version:
            con.execute(table.create_sql(f"model.{table.name}"))
            for column in ("file_id varchar", "sender_id varchar", "as_of timestamp"):
                con.execute(f"alter table model.{table.name} add column {column}")
    build_model(con, home, Settings(region_set="single"), tables)
    derived = ("case_notices", "case_pauses", "case_limits", "case_timelines")
    yield con, [tables[name] for name in derived]
    con.close()


def fill(con, world):
    con.execute("delete from model.cases")
    con.execute("delete from model.case_events")
    for number, case in enumerate(world):
        con.execute(
            "insert into model.cases (case_id, office_id, sender_id, channel, registered_at, "
            "due_at, as_of) values (?, 'F01', ?, ?, ?, ?, ?)",
            [str(number), case["sender_id"], case["channel"], START, case["due_at"], SEEN],
        )
        for step in case["steps"]:
            con.execute(
                f"insert into model.case_events (case_id, sender_id, {', '.join(step)}) "
                f"values (?, ?{', ?' * len(step)})",
                [str(number), case["sender_id"], *step.values()],
            )


def first(case, test):
    return min((step["event_at"] for step in case["steps"] if test(step)), default=None)


def kind(name):
    return lambda step: step["event_type"] == name


def closing(case):
    """The first closing and its outcome, the more specific outcome first at one instant."""
    filed, replied = first(case, kind("close")), first(case, kind("reply"))
    sent_out = first(case, lambda s: s["event_type"] == "transfer" and s["to_office_id"] == "W99")
    is_sent_out = (
        filed is not None
        and sent_out is not None
        and sent_out <= filed
        and (replied is None or replied > filed)
    )
    endings = [
        (first(case, kind("refuse")), 0, "not_accepted"),
        (first(case, kind("withdraw")), 1, "withdrawn"),
        (first(case, kind("terminate")), 2, "terminated"),
        (first(case, kind("merge")), 3, "transferred_out"),
        (
            first(case, lambda s: kind("close")(s) and s["opinion"] == "redirected"),
            3,
            "transferred_out",
        ),
        (filed, 3 if is_sent_out else 4, "transferred_out" if is_sent_out else "resolved"),
    ]
    return min((e for e in endings if e[0] is not None), default=(None, 0, None))


def reply(case, replying):
    """The first reply with the coarsest precision among them; a close where none are exported."""
    name = "reply" if case["sender_id"] in replying else "close"
    at = first(case, kind(name))
    grains = [s["at_precision"] or "second" for s in case["steps"] if s["event_type"] == name]
    return at, max(grains, key=GRAINS.index, default=None)


def due(case):
    """The limit, its source and the days of extension; one after the limit so far moves nothing."""
    accepted = first(case, kind("accept"))
    if accepted is None:
        return case["due_at"], case["due_at"] and "exported", 0
    days = 15 if case["channel"] == "online" else 90 if accepted.date() < RULE_CHANGE else 60
    due_on = accepted.date() + timedelta(days=days)
    extension = 0
    for step in sorted(filter(kind("extend"), case["steps"]), key=lambda step: step["event_at"]):
        if step["event_at"].date() > due_on + timedelta(days=extension):
            break
        extension += step["extension_days"] or 0
    if case["due_at"] is not None:
        return case["due_at"], "exported", extension
    due_on += timedelta(days=extension)
    return datetime.combine(due_on, datetime.min.time()), "rule", extension


def expected(world):
    replying = {c["sender_id"] for c in world if first(c, kind("reply")) is not None}
    for number, case in enumerate(world):
        closed_at, _, outcome = closing(case)
        replied_at, grain = reply(case, replying)
        accepted_at = first(case, kind("accept"))
        yield (str(number), accepted_at, replied_at, grain, closed_at, outcome, *due(case))


@given(world=st.lists(cases, min_size=1, max_size=5))
def test_timelines_equal_the_plain_reading_of_the_steps(staging, world):
    con, derived = staging
    fill(con, world)
    for table in derived:
        create_derived(con, table)
    rows = con.execute(
        "select case_id, accepted_at, replied_at, replied_precision, closed_at, outcome, due_at, "
        "due_source, extension_days from model.case_timelines order by case_id"
    ).fetchall()
    assert rows == list(expected(world))
