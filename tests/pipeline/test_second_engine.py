"""A home whose settings name a cluster: the same tables and the same figures."""

import shutil

import duckdb
import pytest

from pipelines.backend.parity import Both
from pipelines.backend.spark import Spark
from pipelines.engine.search_path import bare_names
from pipelines.model.lineage import build_order
from pipelines.run import Installation, compute_chosen, derive_model, prepare_indicators


def test_every_derived_table_is_the_same_on_both_engines(published, tmp_path, cluster):
    installation = Installation.at(published)
    with (
        Spark(cluster, tmp_path / "tables") as spark,
        duckdb.connect() as con,
    ):
        con.execute(f"attach '{installation.home.staging}' as home (read_only)")
        con.execute("use home")
        both = Both(spark)
        with bare_names(con):
            for name in build_order(installation.tables):
                both.fill(
                    con, "create or replace temp table found as", installation.tables[name].query
                )
    assert len(both.seconds) == sum(1 for table in installation.tables.values() if table.query)


@pytest.mark.slow
def test_the_steps_of_a_run_leave_the_same_on_a_cluster(published, tmp_path, cluster):
    home = shutil.copytree(published, tmp_path / "home")
    settings = home / "petitions.toml"
    settings.write_text(f'engine = "{cluster}"\n{settings.read_text("utf-8")}', encoding="utf-8")
    installation = Installation.at(home)
    derive_model(installation)
    prepare_indicators(installation)
    for _ in compute_chosen(installation, installation.indicators):
        pass
    assert not (home / "warehouse" / "cluster").exists()
    with duckdb.connect() as con:
        con.execute(f"attach '{installation.home.staging}' as there (read_only)")
        con.execute(f"attach '{Installation.at(published).home.staging}' as here (read_only)")
        names = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where database_name = 'here' and schema_name in ('model', 'geo', 'indicators') "
            "order by all"
        ).fetchall()
        assert {("indicators.indicator_values",), ("model.case_timelines",)} <= set(names)
        for (name,) in names:
            sides = [f"here.{name}", f"there.{name}"]
            for one, other in (sides, sides[::-1]):
                query = f"select count(*) from (select * from {one} except all from {other})"
                assert con.execute(query).fetchall() == [(0,)], name
