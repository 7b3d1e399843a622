import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.contract import ContractError
from pipelines.ingest.reference import load_reference
from pipelines.publish.catalogue import load_catalogue, model_tables
from pipelines.publish.pointer import Release
from pipelines.publish.proof import seal
from pipelines.publish.query import open_release
from pipelines.publish.release import publish
from pipelines.settings import Home, Settings
from tests.unit.publish.world import (
    FIGURES,
    INDICATORS,
    SETTINGS,
    Figure,
    edition,
    publish_figures,
    state_of,
    write_staging,
)


@pytest.fixture
def con(published: Release) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database as a reader opens it: read-only, with nothing else of the machine in reach."""
    with open_release(published, SETTINGS) as con:
        yield con


def test_it_holds_the_tables_of_the_catalogue_and_no_other(con: duckdb.DuckDBPyConnection):
    found = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    assert {name for (name,) in found} == {table.name for table in load_catalogue()}


def test_it_can_be_opened_by_clients_that_lag_behind(con: duckdb.DuckDBPyConnection):
    [(version,)] = con.execute(
        "select tags['storage_version'] from duckdb_databases() where not internal"
    ).fetchall()
    assert version.startswith("v1.0.0")


@pytest.mark.parametrize(
    "listing",
    ["duckdb_tables()", "duckdb_views() where not internal", "duckdb_columns() where not internal"],
)
def test_everything_says_what_it_is_in_both_languages(con: duckdb.DuckDBPyConnection, listing: str):
    comments = [text for (text,) in con.execute(f"select comment from {listing}").fetchall()]
    assert comments
    for text in comments:
        assert text is not None
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
        assert any("a" <= letter <= "z" for letter in text)


def test_macros_say_what_they_are_too(con: duckdb.DuckDBPyConnection):
    found = con.execute(
        "select function_name, comment is not null from duckdb_functions() where not internal"
    ).fetchall()
    assert sorted(found) == [("regions_at", True), ("wilson", True)]


def test_it_has_no_index_and_no_constraint(con: duckdb.DuckDBPyConnection):
    assert con.execute("select count(*) from duckdb_indexes()").fetchall() == [(0,)]
    assert con.execute("select count(*) from duckdb_constraints()").fetchall() == [(0,)]


@pytest.mark.parametrize("name", INDICATORS)
def test_each_indicator_has_a_view_of_its_own_rows(con: duckdb.DuckDBPyConnection, name: str):
    mine = sum(figure.indicator == name for figure in FIGURES)
    assert con.execute(f"select count(*) from public.{name}").fetchall() == [(mine,)]


def test_a_hidden_cell_carries_its_state_and_nothing_else(con: duckdb.DuckDBPyConnection):
    hidden = con.execute(
        """
        select numerator, denominator, value, low, high, n, change_yoy, change_mom, reason
        from public.indicator_values where state = 'hidden'
        """
    ).fetchall()
    assert hidden == [(None,) * 8 + ("",)]


def test_rows_lie_in_the_order_of_their_key(con: duckdb.DuckDBPyConnection):
    for table in load_catalogue():
        key = ", ".join(f'"{name}"' for name in table.contract.key)
        stored = con.execute(f"select {key} from {table.name}").fetchall()
        sorted_ = con.execute(
            f"select {key} from {table.name} order by {table.order_sql}"
        ).fetchall()
        assert stored == sorted_


def test_wilson_gives_the_textbook_interval(con: duckdb.DuckDBPyConnection):
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81 of 263 and 15 of 148.
    for k, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)):
        [(got,)] = con.execute("select public.wilson(?, ?)", [k, n]).fetchall()
        assert (round(got["low"], 4), round(got["high"], 4)) == (low, high)


def test_wilson_has_no_interval_for_an_impossible_share(con: duckdb.DuckDBPyConnection):
    for k, n in ((0, 0), (3, 2), (-1, 5)):
        assert con.execute("select public.wilson(?, ?)", [k, n]).fetchall() == [(None,)]


def test_regions_at_a_day(con: duckdb.DuckDBPyConnection):
    found = con.execute("select region_code from geo.regions_at(date '2020-01-01')").fetchall()
    assert sorted(found) == [("990000",), ("990100",)]


def test_a_reader_finds_the_counties_of_any_day_and_where_they_went(home: Home):
    """Zhejiang: 90 counties until Jiangdong was merged into Yinzhou, 89 from that day."""
    frozen = write_staging(home)
    with duckdb.connect(home.staging) as con:
        load_reference(con, Home(home.root / "none"), Settings(region_set="zj"), model_tables())
        seal(con)
    release = publish(home, SETTINGS, edition(frozen, state_of(home)))
    counties = "select count(*) from geo.regions_at($1::date) where level = 'county'"
    heir = "select to_code, is_exact, stable_unit from geo.crosswalk where region_code = '330204'"
    with open_release(release, SETTINGS) as con:
        found = [con.execute(counties, [f"2016-09-{day}"]).fetchall() for day in (13, 14)]
        assert found == [[(90,)], [(89,)]]
        assert con.execute(heir).fetchall() == [("330212", True, "SU330203")]
        assert con.execute("select count(*) from geo.crosswalk").fetchall() == [(133,)]
        assert con.execute(
            "select count(distinct stable_unit) from geo.stable_units"
        ).fetchall() == [(82,)]


def test_breaks_are_those_of_the_homes_own_world(con: duckdb.DuckDBPyConnection):
    assert con.execute("select title_en from dictionary.series_breaks").fetchall() == [
        ("Invented break",)
    ]


def test_views_work_whatever_the_file_is_called(published: Release, tmp_path: Path):
    copy = shutil.copy(published.database, tmp_path / "other.duckdb")
    with duckdb.connect() as con:
        con.execute(f"attach '{copy}' as borrowed (read_only)")
        [(rows,)] = con.execute("select count(*) from borrowed.public.visit_count").fetchall()
    assert rows == sum(figure.indicator == "visit_count" for figure in FIGURES)


def test_a_key_that_occurs_twice_is_refused(home: Home):
    with pytest.raises(ContractError, match=r"public\.indicator_values: 1 values of its key"):
        publish_figures(home, [Figure(120), Figure(130)])


def test_a_staging_table_that_lacks_a_column_is_named(home: Home):
    frozen = write_staging(home)
    with duckdb.connect(home.staging) as con:
        con.execute("alter table public.indicator_values drop column vintage")
        seal(con)
    with pytest.raises(ContractError, match=r"public\.indicator_values: .* has no vintage"):
        publish(home, SETTINGS, edition(frozen, state_of(home)))
