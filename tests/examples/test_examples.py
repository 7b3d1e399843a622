"""Every indicator with its worked example, and the runner that decides whether it holds."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.contract import ContractError, load_tables
from pipelines.engine.indicator import load_indicators
from pipelines.estimates import charts, issues, paths, places, trends, visits
from pipelines.indicators.example import Example, read_rows, run_example
from pipelines.settings import PACKAGE
from pipelines.words import load_words

INDICATORS = load_indicators(PACKAGE / "indicators")
TABLES = load_tables(PACKAGE / "model")


def example_of(name):
    return Example.load(INDICATORS[name].path.with_suffix(".example.yml"))


@pytest.mark.parametrize("name", sorted(INDICATORS))
def test_the_worked_example_holds(name):
    assert run_example(example_of(name), INDICATORS[name], TABLES) == []


@pytest.mark.parametrize("name", sorted(INDICATORS))
def test_words_and_tables_of_a_definition_exist(name):
    indicator, words = INDICATORS[name], load_words()
    assert indicator.reads <= set(TABLES)
    keys = [f"caveats.{key}" for key in indicator.caveats]
    keys += [f"units.{measure.unit}" for measure in indicator.measures]
    keys += [f"codes.by_{by}" for by in indicator.by]
    assert [key for key in keys if key not in words] == []
    assert indicator.caveats


def test_every_caveat_is_used_and_every_example_has_its_definition():
    used = {key for indicator in INDICATORS.values() for key in indicator.caveats}
    for method in (charts, issues, paths, places, visits):
        used |= set(method.CAVEATS.split())
    used |= {trends.FROM_DAYS, trends.FROM_MONTHS}
    assert {key for key in load_words() if key.startswith("caveats.")} == {
        f"caveats.{key}" for key in used
    }
    examples = {path.name.split(".")[0] for path in PACKAGE.glob("indicators/*/*.example.yml")}
    assert examples == set(INDICATORS)


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("| 1/4 ", "| 1/3 ", "row 1: value: expected 1/3, got 0.25"),
        ("no_denominator", "field_absent", "row 3: reason: expected field_absent, got no_denomin"),
        ("| 1/4 ", "|     ", "row 1: value: expected nothing, got 0.25"),
        ("990101 | 2026-03", "990109 | 2026-03", "row 3: expected one figure, got 0"),
    ],
)
def test_an_example_that_does_not_hold_says_what_came_out(right, wrong, fault):
    example = example_of("on_spot_resolution_rate")
    changed = replace(example, expect=example.expect.replace(right, wrong))
    assert changed.expect != example.expect
    [said] = run_example(changed, INDICATORS["on_spot_resolution_rate"], TABLES)
    assert said.startswith(fault)


def test_a_table_is_read_as_it_is_drawn():
    assert read_rows("a | b\n1 |\n  | 2 x") == [{"a": "1", "b": ""}, {"a": "", "b": "2 x"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("why: {zh: 因, en: Why}\nas_of: 2026-01-31\ngiven: {}", "key `expect` is missing"),
        ("whi: {}", "unknown key `whi`; did you mean `why`?"),
    ],
)
def test_an_incomplete_example_is_refused(tmp_path, text, message):
    path = tmp_path / "some.example.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=message.replace("?", r"\?")):
        Example.load(path)


def test_an_example_begins_with_its_year_unless_it_says_when():
    example = example_of("submission_count")
    assert example.since == date(2026, 1, 1)
