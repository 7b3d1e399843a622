"""Places by name mean what they meant on the day of the record, and are never guessed."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.ingest.reference import load_reference
from pipelines.settings import Home, Settings
from pipelines.validate.place_names import read_place_names
from tests.unit.validate.world import TABLES, World

# Changes of Zhejiang that the days straddle (data/reference/geo/region_events_zj.csv): 330402 was
# renamed on 2005-05-17, Shaoxing County ended on 2013-10-18, Lin'an was a district from 2017-07-18.
MEANINGS = [
    ("临安市", "2010-06-01", "330185"),
    ("临安区", "2020-06-01", "330112"),
    ("临安", "2010-06-01", "330185"),
    ("临安", "2017-07-18", "330112"),
    ("临安市", "2017-12-01", "330185"),  # the old name, late
    ("临安区", "2010-06-01", "330112"),  # the later name, in a history that was rewritten
    ("秀城区", "2004-06-01", "330402"),
    ("秀城区", "2010-06-01", "330402"),  # renamed since, the code stayed
    ("南湖", "2010-06-01", "330402"),
    ("杭州市临安市", "2010-06-01", "330185"),
    ("浙江省杭州市临安区", "2020-06-01", "330112"),
    ("浙江省", "2020-06-01", "330000"),
    ("浙江", "2020-06-01", "330000"),
    ("杭州", "2020-06-01", "330100"),
    ("绍兴市", "2010-06-01", "330600"),
    ("绍兴县", "2010-06-01", "330621"),
    ("绍兴", "2020-06-01", "330600"),
    ("上虞巿", "2010-06-01", "330682"),  # with the look-alike of 市
    ("浦 江\u3000县", "2010-06-01", "330726"),
    ("景宁", "2010-06-01", "331127"),  # an alias
    ("温州经济技术开发区", "2018-06-01", "330371"),  # a code of statistics
    ("330726", "2010-06-01", "330726"),  # a code among names
    ("绍兴", "2010-06-01", "?绍兴"),  # the city, or the county that it held until 2013
    ("越州", "2010-06-01", "越州"),  # none at all: left as it is
]
AS_OF = "2024-06-30 12:00:00"


@pytest.fixture(scope="module")
def zhejiang(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("home"))
    with duckdb.connect() as con:
        load_reference(con, home, Settings(region_set="zj"), TABLES)
        con.execute("create schema ops; create schema quarantine; create schema landing")
        con.execute("create table ops.files (file_id varchar, table_name varchar, source varchar)")
        con.execute("insert into ops.files values ('a', 'cases', 'register')")
        con.execute(
            "create table landing.cases "
            "(file_id varchar, region_code varchar, registered_at timestamp, as_of timestamp)"
        )
        yield con


@pytest.mark.parametrize(("name", "day", "code"), MEANINGS)
def test_a_name_is_read_as_of_the_day_of_its_record(
    zhejiang: duckdb.DuckDBPyConnection, name: str, day: str, code: str
) -> None:
    zhejiang.execute("delete from landing.cases")
    zhejiang.execute("insert into landing.cases values ('a', ?, ?, ?)", [name, day, AS_OF])
    relation = read_place_names(zhejiang, TABLES["cases"], "landing.cases", ["register"])
    read = zhejiang.execute(f"select region_code from {relation}").fetchall()
    assert read == [(code,)]


def test_without_the_key_nothing_is_read(zhejiang: duckdb.DuckDBPyConnection) -> None:
    assert read_place_names(zhejiang, TABLES["cases"], "landing.cases", []) == "landing.cases"


@pytest.mark.parametrize("region_set", ["zj", "cn", "fictional"])
def test_every_region_is_found_under_its_own_name_on_its_first_day(
    tmp_path: Path, region_set: str
) -> None:
    """By the name behind that of city and province; of counties without a city by their own."""
    with duckdb.connect() as con:
        load_reference(con, Home(tmp_path), Settings(region_set=region_set), TABLES)
        lost = con.execute(
            "select region_row from geo.regions as r where level <> 'unit' and not exists ("
            "select 1 from geo.region_names as n where n.region_code = r.region_code "
            "and n.name = r.name_zh and not is_short "
            "and n.valid_from <= r.valid_from and n.valid_to > r.valid_from)"
        ).fetchall()
        assert lost == []


def test_a_name_that_could_be_two_places_is_refused_with_its_own_reason() -> None:
    world = World()
    world.named = ("register",)
    world.con.execute(TABLES["region_names"].create_sql("geo.region_names"))
    world.con.execute(
        "insert into geo.region_names values "
        "('甲区', '990102', '0001-01-01', '9999-12-31', false), "
        "('东', '990102', '0001-01-01', '9999-12-31', true), "
        "('东', '990100', '0001-01-01', '9999-12-31', true)"
    )
    world.land(
        "cases",
        "record_no | case_id | region_code",
        "1 | sound | 甲区",
        "2 | unclear | 东",
        "3 | unknown | 西",
    )
    world.accept()
    assert world.current("cases", "case_id region_code") == ["sound 990102"]
    assert [reason for reason in world.reasons("cases") if "REGION" in reason] == [
        "a 2 V29N E_REGION_UNCLEAR error",
        "a 3 V29 E_REGION_UNKNOWN error",
    ]
