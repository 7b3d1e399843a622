"""The order of the queries and the exports behind them are read off the queries."""

from dataclasses import replace

import pytest
from sqlglot import ErrorLevel, transpile

from pipelines.contract import ContractError, load_tables
from pipelines.model.lineage import build_order, check_portable, read_tables, source_tables
from pipelines.portable import IndicatorError
from pipelines.settings import PACKAGE

DERIVED = sorted(path.stem for path in (PACKAGE / "model").glob("*.sql"))


def test_named_steps_and_qualified_tables_are_not_dependencies():
    assert read_tables(
        "with a as (select 1 from cases) "
        "select 1 from a join ops.files f on true join visits on true"
    ) == {"cases", "visits"}


def test_every_table_comes_after_those_it_reads(tables):
    order = build_order(tables)
    assert sorted(order) == DERIVED
    for place, name in enumerate(order):
        later = set(order[place:])
        assert not read_tables(tables[name].query) & later, name


def test_tables_that_read_one_another_are_refused(tables):
    one = replace(tables["visits"], query="select 1 from case_timelines")
    two = replace(tables["case_timelines"], query="select 1 from visits")
    with pytest.raises(ContractError, match=r"visits -> case_timelines|case_timelines -> visits"):
        build_order({"visits": one, "case_timelines": two})


def behind(tables, query):
    """The exports behind `visits` and its columns if that were its query."""
    fed = {name: table for name, table in tables.items() if table.version}
    named = source_tables(fed | {"visits": replace(tables["visits"], query=query)})
    return {key: set(names) for key, names in named.items() if key.startswith("visits")}


@pytest.mark.parametrize(
    ("query", "sources"),
    [
        ("select visit_on from leader_visits", {"visits": {"leader_visits"}}),
        (
            "select l.visit_on, a.announced_on from leader_visits as l "
            "left join visit_announcements as a on a.visit_id = l.visit_id",
            {"visits": {"leader_visits"}, "visits.announced_on": {"visit_announcements"}},
        ),
        (
            "select l.visit_on from leader_visits as l "
            "inner join receptions as r on r.visit_id = l.visit_id",
            {"visits": {"leader_visits", "receptions"}},
        ),
        (
            "select l.visit_on from leader_visits as l "
            "left join receptions as r on r.visit_id = l.visit_id where r.persons > 5",
            {"visits": {"leader_visits", "receptions"}},
        ),
        (
            "select visit_on from leader_visits "
            "where exists (select 1 from receptions where received_at is null)",
            {"visits": {"leader_visits", "receptions"}},
        ),
        (
            "with last as (select visit_id, max(minutes) as longest from receptions "
            "group by visit_id) select l.visit_on, coalesce(last.longest, 0) as longest "
            "from leader_visits as l left join last on last.visit_id = l.visit_id",
            {"visits": {"leader_visits"}, "visits.longest": {"receptions"}},
        ),
        (
            "select visit_on from leader_visits union all select received_at from receptions",
            {"visits": {"leader_visits", "receptions"}},
        ),
        (
            "select k.day from calendar_days as k cross join (select 1 from cases) as c",
            {"visits": {"cases"}},
        ),
        ("select coverage.from_on from coverage join ops.files on true", {}),
    ],
)
def test_exports_behind_rows_and_columns(tables, query, sources):
    assert behind(tables, query) == sources


def test_submissions_need_no_steps_and_their_closings_do(tables):
    sources = source_tables(tables)
    assert sources["case_timelines"] == {"cases"}
    assert sources["case_timelines.closed_on"] == {"case_events"}
    assert "case_timelines.registered_on" not in sources


def test_duties_need_visits_only_for_what_was_held(tables):
    sources = source_tables(tables)
    assert "visit_duties" not in sources
    assert sources["visit_duties.held"] == {"leader_visits"}


@pytest.mark.parametrize("name", DERIVED)
def test_every_query_is_one_statement_that_the_second_engine_can_read(name):
    query = load_tables(PACKAGE / "model")[name].query
    assert len(transpile(query, "duckdb", "spark", unsupported_level=ErrorLevel.RAISE)) == 1


def test_a_derived_table_outside_the_portable_subset_is_refused_with_its_line(tmp_path):
    path = tmp_path / "thing.sql"
    query = "select\n    a_on,\n    median(b) as m\nfrom t"
    path.write_text(f"/*---\ntable: thing\n---*/\n{query}\n", encoding="utf-8")
    table = replace(load_tables(PACKAGE / "model")["periods"], path=path, query=query)
    with pytest.raises(IndicatorError, match=r"^thing\.sql, line 6: `median\(\)` is outside"):
        check_portable([table])


def test_every_derived_table_is_in_the_portable_subset():
    check_portable(load_tables(PACKAGE / "model").values())
