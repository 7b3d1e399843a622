"""What a cluster is given, and what is said where it cannot answer."""

import socket
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.backend import BackendError
from pipelines.backend.spark import Spark
from pipelines.backend.translate import to_spark
from pipelines.run import Installation
from pipelines.settings import Home, Settings
from pipelines.words import UserError


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        ("select a from t", {"t": "t"}),
        ("select a from t as u join ops.files as f on true", {"t": "t", "ops__files": "ops.files"}),
        ("with s as (select a from t) select a from s", {"t": "t"}),
        ("with t as (select a from t) select a from t", {"t": "t"}),
        ("with s as (with t as (select 1 as a) select a from t) select a from s, t", {"t": "t"}),
        (
            "select (select max(b) from s) as b from (with s as (select 1 as b) select b from s)",
            {"s": "s"},
        ),
    ],
)
def test_tables_are_told_from_steps_of_the_same_name(query, tables):
    assert to_spark(query)[1] == tables


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("create schema ops")
        con.execute("create table ops.t (g varchar, n bigint, on_day date, seen_at timestamp)")
        con.execute(
            """insert into ops.t values
            ('a', 1, '2026-01-31', '2026-01-31 23:30:00'), ('a', 5, null, null),
            ('a', 3, null, null), ('b', 1, null, null), ('c', 7, null, null),
            (null, null, null, null)"""
        )
        yield con


@pytest.fixture
def spark(cluster, tmp_path):
    with Spark(cluster, tmp_path / "tables") as spark:
        yield spark


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (
            "select g, list_sum(max(n, 2) filter (where n > 1)) as two from ops.t group by g",
            [("a", 8), ("b", None), ("c", 7), (None, None)],
        ),
        ("select g, list_sum(max(n, 2)) as two from ops.t where g = 'a' group by g", [("a", 8)]),
        (
            "select cast(on_day + 1 as date) as d,"
            " date_diff('day', on_day, date '2026-03-01') as n, cast(seen_at as date) as e,"
            " cast(seen_at as varchar) as t from ops.t where n = 1 and g = 'a'",
            [(date(2026, 2, 1), 29, date(2026, 1, 31), "2026-01-31 23:30:00")],
        ),
        (
            "with s as (with s as (select n from ops.t where g = 'b') select n + 1 as n from s) "
            "select n from s",
            [(2,)],
        ),
    ],
)
def test_both_engines_give_these_rows(con, spark, query, rows):
    spark.fill(con, "create table there as", query)
    for found in (con.execute(query).fetchall(), con.execute("from there").fetchall()):
        assert sorted(found, key=str) == sorted(rows, key=str)


def test_a_fault_on_the_cluster_shows_no_value(con, spark):
    con.execute("update ops.t set g = 'Zhang San' where g = 'a'")
    with pytest.raises(BackendError) as caught:
        spark.fill(con, "create table there as", "select cast(g as integer) as n from ops.t")
    assert "Zhang" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert str(caught.value)


def test_a_closed_session_leaves_no_table_behind(con, cluster, tmp_path):
    folder = tmp_path / "tables"
    with Spark(cluster, folder) as spark:
        spark.fill(con, "create table there as", "select n from ops.t")
        assert [path.name for path in folder.iterdir()] == ["ops__t.parquet"]
    assert not folder.exists()


def test_a_cluster_that_does_not_answer_is_a_sentence(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        (tmp_path / "petitions.toml").write_text(f'engine = "sc://127.0.0.1:{port}"')
        installation = Installation.at(tmp_path)
        with pytest.raises(UserError, match=rf"engine is sc://127\.0\.0\.1:{port}"):
            installation.backend().__enter__()


@pytest.mark.parametrize(
    "engine", ["spark", "sc://host", "sc://user:word@host:15002", "http://a:1"]
)
def test_another_engine_is_refused(tmp_path, engine):
    (tmp_path / "petitions.toml").write_text(f'engine = "{engine}"')
    with pytest.raises(UserError, match="expected `duckdb`, or the address of a Spark Connect"):
        Settings.load(Home(tmp_path))
