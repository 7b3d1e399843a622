"""Great Expectations as a second opinion: it agrees with our counts, and it repeats no value.

Each test runs it over a database file that nobody else has open.
"""

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import duckdb
import pytest

from pipelines.contract import Rule, Scope, Severity, Table, Words
from pipelines.validate.accept import judge_rows
from pipelines.validate.crossing import create_spans
from pipelines.validate.rules import fed_tables
from pipelines.validate.suite import (
    judge,
    judged_view,
    load_gx,
    run_suites,
    suite_checks,
    suite_rules,
)
from pipelines.validate.totals import required_checks
from tests.unit.validate.rule_examples import add_company
from tests.unit.validate.test_rules import EXAMPLES
from tests.unit.validate.world import TABLES, World

FED = fed_tables(TABLES)
CANARY = "330102199001011234"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "数据 100%20#"
    folder.mkdir()
    return folder / "staging.duckdb"


def land_examples(world: World, name: str) -> None:
    """The bad or the good row of every example, numbered alike."""
    world.con.execute("begin")
    for number, example in enumerate(EXAMPLES):
        given = dict(pair.split("=") for pair in getattr(example, name).split(", ") if pair)
        row = {TABLES[example.table].key[0]: str(number)} | given
        world.land(example.table, " | ".join(row), " | ".join(row.values()))
    world.con.execute("commit")


def our_verdicts(world: World, table: Table) -> dict[str, bool]:
    """Whether each rule that is read again holds on the rows that landed, by our own SQL."""
    read_again = {rule.id: rule for rule in suite_rules(table)}
    checks, _ = judge_rows(world.con, table, f"landing.{table.name}")
    world.con.execute("set search_path = 'model,geo'")
    listed = {
        name: world.con.execute(rule.query).fetchall() == []
        for name, rule in read_again.items()
        if rule.query
    }
    world.con.execute("reset search_path")
    judged = {check.check_id: check.passed for check in checks if check.check_id in read_again}
    return judged | listed


@pytest.mark.parametrize("names", [("bad", "good"), ("good",)], ids=" and ".join)
def test_it_agrees_with_our_counts_on_the_rows_that_landed(path, names):
    """All examples of `test_rules` as they are; with the bad ones, every rule is broken.

    Other tables are seen without rows that lack a key, as acceptance leaves them."""
    world = World(str(path))
    create_spans(world.con)
    for table in ("cases", "leader_visits", "court_petitions"):
        world.land(table)
    if "bad" in names:
        add_company(world)
    for name in names:
        land_examples(world, name)
    for name, table in FED.items():
        world.con.execute(
            f"create view model.{name} as "
            f"select * from landing.{name} where {table.key[0]} is not null"
        )
    ours = {name: our_verdicts(world, table) for name, table in FED.items()}
    for name, table in FED.items():
        world.con.execute(judged_view(table, f"landing.{name}"))
    world.con.close()
    assert judge(path, FED, {}) == ours
    held = {(name, rule) for name, rules in ours.items() for rule, holds in rules.items() if holds}
    assert "bad" not in names or held == set()


def test_after_acceptance_no_rule_is_broken(path):
    world = World(str(path))
    for name in ("bad", "good"):
        land_examples(world, name)
    world.accept()
    world.con.close()
    checks = run_suites(path, TABLES)
    assert [(check.check_id, check.table_name) for check in checks if not check.passed] == []
    blocking = {(c.check_id, c.table_name) for c in checks if c.severity is Severity.BLOCK}
    assert blocking == suite_checks(TABLES)
    assert blocking < required_checks(TABLES)
    with duckdb.connect(str(path)) as con:
        recorded = con.execute(
            "select passed from ops.checks where check_id like 'GX:%'"
        ).fetchall()
    assert len(recorded) == len(checks)
    assert all(passed for (passed,) in recorded)


def test_an_empty_table_breaks_no_rule(path):
    world = World(str(path))
    world.accept()
    world.con.close()
    assert [check for check in run_suites(path, TABLES) if not check.passed] == []


# The test imports it before the code under test does, which would do so in silence.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_broken_row_among_the_accepted_is_found_and_no_value_is_repeated(
    path, monkeypatch, caplog, capfd
):
    """Rows are spoilt after acceptance, and one rule cannot be judged: its cast fails."""
    world = World(str(path))
    for name in FED:
        world.land(name)
    world.accept()
    for change in (
        f"insert into landing.cases by name select * replace ('{CANARY}' as channel) "
        "from landing.cases",
        f"update landing.evaluations set case_id = '{CANARY}'",
        f"update landing.receptions set office_id = '{CANARY}', persons = 0",
        f"update landing.leader_visits set region_code = '{CANARY}'",
    ):
        world.con.execute(change)
    world.con.close()
    unjudgeable = Rule(
        id="VXX",
        severity=Severity.ERROR,
        scope=Scope.ROW,
        words=Words("不可判定", "Cannot be judged"),
        column="office_id",
        predicate="cast(office_id as date) > as_of",
    )
    contract = TABLES["receptions"]
    tables = TABLES | {"receptions": replace(contract, rules=(*contract.rules, unjudgeable))}

    answers: list[str] = []
    definition = load_gx().ValidationDefinition
    caplog.set_level("DEBUG")
    run = definition.run
    monkeypatch.setattr(
        definition,
        "run",
        lambda *args, **options: [
            result := run(*args, **options),
            answers.append(json.dumps(result.to_json_dict(), ensure_ascii=False)),
        ][0],
    )
    failed = {(c.table_name, c.check_id) for c in run_suites(path, tables) if not c.passed}

    assert failed > {
        ("cases", "GX:V01"),
        ("cases", "GX:V02:channel"),
        ("evaluations", "GX:V33"),
        ("leader_visits", "GX:V29"),
        ("receptions", "GX:VXX"),
    }
    with duckdb.connect(str(path)) as con:
        kept = str(con.execute("from ops.checks").fetchall())
    out, err = capfd.readouterr()
    assert len(answers) == len(FED)
    assert out == ""
    for text in ("".join(answers), kept, caplog.text, out, err):
        assert CANARY not in text


def test_an_error_of_the_dialect_names_its_kind_only(path):
    sqlalchemy = import_module("sqlalchemy")
    import_module("pipelines.validate.dialect").register()
    with duckdb.connect(str(path)) as con:
        con.execute(f"create table t as select '{CANARY}' as s")
    engine = sqlalchemy.create_engine("duckdb+reading://", connect_args={"database": str(path)})
    with engine.connect() as con, pytest.raises(sqlalchemy.exc.DBAPIError) as caught:
        con.exec_driver_sql("select cast(s as date) from t")
    engine.dispose()
    assert "ConversionException" in str(caught.value)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__.__cause__ is None
