"""Mappings of logs and of lists of what is open say what is wrong with themselves."""

import pytest

from pipelines.words import UserError
from tests.unit.ingest.world import World

LOG = """
source: own
title: {zh: 日志, en: Log}
shape: events
table: case_events
files: ["*own*.csv"]
sender: {from: fixed, value: X}
as_of: {from: fixed, value: 2026-10-31}
precedence: 2
resolving: {steps: [reply, close], except: {opinion: [none]}}
columns:
  编号: {to: case_id}
  机构: {to: cases.office_id}
  步骤: {to: event_type}
  意见: {to: opinion}
  时间: {to: event_at, dates: ["%Y-%m-%d"]}
"""
LIST = """
source: own
title: {zh: 清单, en: List}
shape: snapshot
table: cases
files: ["*own*.csv"]
sender: {from: fixed, value: X}
as_of: {from: fixed, value: 2026-10-31}
columns:
  编号: {to: case_id}
  机构: {to: office_id}
  时间: {to: registered_at, dates: ["%Y-%m-%d"]}
"""
MISTAKES = {
    "a closing step that is none": (LOG, "[reply, close]", "[replay]", "resolving.steps", "reply"),
    "an exception of no column": (LOG, "{opinion", "{pinion", "resolving.except.pinion", "opinion"),
    "an exception of a column that is not mapped": (
        LOG,
        "{opinion",
        "{reason_code",
        "resolving.except.reason_code",
        "opinion",
    ),
    "an unknown part of resolving": (LOG, "except", "but", "resolving.but", "except, steps"),
    "no closing steps": (LOG, "steps: [reply, close], ", "", "resolving.steps", "steps"),
    "a choice of steps in a list": (
        LIST,
        "columns:",
        "resolving: {steps: [close]}\ncolumns:",
        "resolving",
        "shape: events",
    ),
    "a precedence that is none": (LOG, "precedence: 2", "precedence: high", "precedence", "1"),
    "a fact of the submission that is none": (
        LOG,
        "cases.office_id",
        "cases.ofice_id",
        "机构.to",
        "cases.office_id",
    ),
    "the number of the submission twice": (
        LOG,
        "cases.office_id",
        "cases.case_id",
        "机构.to",
        "shape: events",
    ),
    "a fact of the submission in a list": (
        LIST,
        "to: office_id",
        "to: cases.office_id",
        "机构.to",
        "shape: events",
    ),
    "a step in a list": (
        LIST,
        "to: office_id",
        'to: case_events.close, dates: ["%Y"]',
        "机构.to",
        "shape: cases",
    ),
    "a list of each row's own moment": (
        LIST,
        "{from: fixed, value: 2026-10-31}",
        '{from: column, column: 时间, format: "%Y-%m-%d"}',
        "as_of.from",
        "name | sidecar | fixed",
    ),
    "a list of each row's own office": (
        LIST,
        "{from: fixed, value: X}",
        "{from: column, column: 机构}",
        "sender.from",
        "name | sidecar | fixed",
    ),
}


@pytest.mark.parametrize("text", [LOG, LIST], ids=["log", "list"])
def test_they_can_be_read(world: World, text: str):
    world.mapping(text)
    assert "own" in world.sources


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_names_the_key_and_what_to_write(world: World, mistake: str):
    text, old, new, place, expected = MISTAKES[mistake]
    assert text.count(old) == 1
    world.mapping(text.replace(old, new))
    with pytest.raises(UserError) as caught:
        _ = world.sources
    facts = {"expected": "", "example": "", **caught.value.facts}
    assert str(facts["place"]).endswith(place)
    assert expected in f"{facts['expected']}{facts['example']}"
