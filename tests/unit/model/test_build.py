"""Derived tables have the columns, types and comments of their contracts."""

from dataclasses import replace

import pytest

from pipelines.contract import ContractError
from pipelines.model.build import create_derived
from pipelines.settings import PACKAGE
from pipelines.words import UserError

DERIVED = sorted(path.stem for path in (PACKAGE / "model").glob("*.sql"))


def test_a_query_with_other_columns_than_its_header_is_refused(world, tables):
    world.build()
    short = replace(tables["periods"], query="select 'month' as period_kind")
    with pytest.raises(
        ContractError, match=r"gives period_kind; the header lists period_kind, per"
    ):
        create_derived(world.con, short)


def test_a_query_with_another_type_than_its_header_is_refused(world, tables):
    world.build()
    query = (
        "select 'month' as period_kind, '2024' as period_start, "
        "date '2025-01-01' as period_end, true as is_closed"
    )
    with pytest.raises(ContractError, match="`period_start` is VARCHAR in the query and DATE"):
        create_derived(world.con, replace(tables["periods"], query=query))


def test_derived_tables_carry_the_comments_of_their_contracts(world, tables):
    world.build()
    comments = dict(
        world.con.execute(
            "select table_name || '.' || column_name, comment from duckdb_columns() "
            "where schema_name in ('model', 'geo')"
        ).fetchall()
    )
    for name in DERIVED:
        for column in tables[name].columns:
            assert comments[f"{name}.{column.name}"].startswith(column.words.zh)


def test_required_columns_of_derived_tables_are_never_empty(world, tables):
    world.fill("cases", "case_id | region_code | channel", "A |  | ")
    world.fill("case_events", "case_id | event_type | event_at", "A | close | 2024-02-01")
    world.fill("leader_visits", "visit_id | visit_on", "V | 2024-02-01")
    world.fill("receptions", "visit_id | received_at", "V | 2024-02-01")
    world.fill("evaluations", "case_id | asked_at", "A | 2024-02-01")
    world.build()
    for name in DERIVED:
        for column in tables[name].columns:
            if column.required:
                assert world.show(name, column.name, f"{column.name} is null") == [], (name, column)


def test_one_timeline_for_every_submission_in_scope(world, tables):
    world.fill("cases", "case_id | scope_flag", "A | ", "B | test")
    world.build()
    (rule,) = tables["case_timelines"].rules
    world.con.execute("set search_path = 'model,geo'")
    assert world.con.execute(rule.query).fetchall() == []
    world.con.execute("delete from case_timelines")
    assert len(world.con.execute(rule.query).fetchall()) == 1


def test_rows_whose_region_nobody_can_tell_are_refused_with_the_remedy(bare):
    bare.region_set = "cn"
    bare.load()
    bare.fill("cases", "case_id | region_code", "A | ", "B | 330102")
    with pytest.raises(UserError) as caught:
        bare.build()
    assert caught.value.key == "model.REGION_NEEDED"
    assert caught.value.facts["file"] == bare.home.reference / "offices.csv"
    assert caught.value.facts["count"] == 1


def test_the_search_path_is_left_as_it_was(world):
    world.con.execute("create schema quarantine")
    world.con.execute("set search_path = 'quarantine,geo'")
    world.load()
    world.build()
    assert world.con.execute("select current_setting('search_path')").fetchall() == [
        ("quarantine,geo",)
    ]
