"""What is done again and what is not: landed rows follow from what they are made of."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipelines.ingest import landing
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import CASES_PATH, GOOD_ROW, World, at, cases


def test_a_second_run_makes_nothing_anew(world: World, monkeypatch: pytest.MonkeyPatch):
    world.drop(CASES_PATH, cases(GOOD_ROW, "A2,M1,F0101,someday,1"))
    first = world.build()
    monkeypatch.setattr(landing, "_land", lambda *_: pytest.fail("landed again"))
    assert world.build() == first


@pytest.mark.parametrize("kind", ["cases", "refusals", "refused"])
@pytest.mark.parametrize("damage", ["gone", "cut", "zeros"])
def test_what_was_damaged_is_made_anew(world: World, kind: str, damage: str):
    world.drop(CASES_PATH, cases(GOOD_ROW, "A2,M1,F0101,someday,1"))
    receipt = world.build_one()
    output = next(o for o in receipt.outputs if o.kind == kind)
    path = output.path(world.home, receipt.file_id)
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-7] if damage == "cut" else bytes(len(whole)))
    assert world.build_one() == receipt
    assert path.read_bytes() == whole


def test_what_the_rows_depend_on_makes_them_anew(world: World):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    keys = [world.build_one().landing_key]
    world.in_zone("Asia/Tokyo")
    keys.append(world.build_one().landing_key)
    world.drop(f"{CASES_PATH}.meta.yml", "as_of: 2026-11-30")
    keys.append(world.build_one().landing_key)
    shipped = world.sources["case_register"].block.file.read_text(encoding="utf-8")
    world.mapping(shipped.replace("seek_resolution", "consult"), "case_register")
    keys.append(world.build_one().landing_key)
    assert len(set(keys)) == 4
    assert world.rows("cases", "as_of") == [(at("2026-11-30 23:59:59"),)]


def test_a_file_whose_source_is_gone_is_refused_and_its_rows_are_swept(world: World):
    world.mapping(GOOD)
    world.drop("F01_own_20261031.csv", "编号,机构,时间\n1,F01,2026-01-05\n")
    world.build()
    world.forget_mapping()
    receipt = world.build_one()
    assert (receipt.refusal, receipt.detail) == ("F_TYPE", "own")
    assert list((world.home.warehouse / "landing").glob("*/*.parquet")) == []


def test_the_same_inputs_make_the_same_bytes_whatever_the_threads(world: World):
    rows = [f"A{n},M{n % 7},F0101,2026-01-{n % 28 + 1:02},{n}" for n in range(5_000)]
    for office in ("F01", "F02", "F03"):
        world.drop(CASES_PATH.replace("F01", office), cases(*rows))
    folder = world.home.warehouse / "landing"
    world.build()
    first = {path.name: path.read_bytes() for path in folder.glob("cases/*")}
    for path in folder.glob("cases/*"):
        path.unlink()
    world.settings = replace(world.settings, threads=3)
    world.build()
    assert {path.name: path.read_bytes() for path in folder.glob("cases/*")} == first


def test_records_are_in_the_order_of_the_file(world: World):
    # Enough for several row groups, with numbers that repeat far apart.
    rows = [f"A{n},M{n * 7919 % 50_000},F0101,2026-01-05,1" for n in range(150_000)]
    world.drop(CASES_PATH, cases(*rows))
    world.build()
    path = next((world.home.warehouse / "landing" / "cases").glob("*.parquet"))
    disorder = duckdb.execute(
        f"select count(*) from read_parquet('{path}', file_row_number = true) "
        "where record_no <> file_row_number + 1"
    ).fetchall()
    assert disorder == [(0,)]


def test_a_home_may_have_any_name(tmp_path: Path, world: World):
    odd = World(replace(world.home, root=tmp_path / "ho[m]e's *"))
    odd.drop(CASES_PATH, cases(GOOD_ROW, "A2,M1,F0101,someday,1", "A3"))
    receipt = odd.build_one()
    assert (receipt.records, receipt.refused_count) == (3, 2)
    assert odd.query("select count(*) from landing.cases") == [(1,)]


def test_what_a_run_that_died_left_is_removed(world: World):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    world.build()
    litter = [
        world.home.warehouse / "landing" / "cases" / "abc.draft",
        world.home.vault / "tmp" / "worker0.clean.csv",
        world.home.vault / "files" / "abc.json.draft",
    ]
    for path in litter:
        path.write_bytes(b"half")
    world.build()
    assert [path for path in litter if path.exists()] == []
