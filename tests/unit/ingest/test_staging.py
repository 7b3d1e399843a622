"""The staging database begins empty and holds all that has landed."""

import duckdb
import pytest

from pipelines.ingest.connection import share
from pipelines.ingest.receipts import COUNTS, read_receipt, receipt_path, receipts, totals
from pipelines.ingest.staging import SCHEMAS, open_staging, rebuild_staging
from tests.unit.ingest.world import CASES_NAME, CASES_PATH, World, cases


def test_every_fed_table_is_there_typed_and_empty_before_anything_landed(world: World):
    rebuild_staging(world.home, world.settings, world.tables)
    for table in world.tables.values():
        if table.version:
            columns = ", ".join(c.name for c in table.columns)
            types = world.query(f"select column_type from (describe landing.{table.name})")
            assert [t for (t,) in types][: len(table.columns)] == [
                c.sql_type for c in table.columns
            ]
            assert world.query(f"select {columns}, content_hash from landing.{table.name}") == []
    assert world.refusals() == []
    found = world.query("select schema_name from duckdb_schemas() where not internal")
    assert {name for (name,) in found} >= set(SCHEMAS)


def test_a_new_run_begins_anew(world: World):
    rebuild_staging(world.home, world.settings, world.tables)
    world.query("create table model.left_over (x int)")
    rebuild_staging(world.home, world.settings, world.tables)
    with pytest.raises(duckdb.CatalogException):
        world.query("select * from model.left_over")


def test_the_spill_folder_is_private_and_emptied(world: World):
    rebuild_staging(world.home, world.settings, world.tables)
    litter = world.home.warehouse / "tmp" / "duckdb_temp_storage"
    litter.write_bytes(b"x")
    with open_staging(world.home, world.settings) as con:
        assert not litter.exists()
        (found,) = con.execute("select current_setting('temp_directory')").fetchall()
        assert found == (str(world.home.warehouse / "tmp"),)


def test_files_are_told_with_what_they_are(world: World):
    world.drop(CASES_PATH, cases("A1,M1,F0101,2026-01-05,2", "A2,M1,F0101,never,2"))
    world.drop(f"{CASES_PATH}.meta.yml", "start: 2026-01-01\nend: 2026-10-31\n")
    receipt = world.build_one()
    columns = (
        "file_id, sha256, source, table_name, sender_id, cast(period_start as varchar), "
        "cast(period_end as varchar), cast(as_of as varchar), records, name"
    )
    assert world.query(f"select {columns} from ops.files") == [
        (
            receipt.file_id,
            receipt.sha256,
            "case_register",
            "cases",
            "F01",
            "2026-01-01",
            "2026-11-01",
            "2026-10-31 23:59:59",
            2,
            CASES_NAME,
        )
    ]


def test_equal_records_have_equal_hashes_and_others_do_not(world: World):
    row = "A1,M1,F0101,2026-01-05,2"
    world.drop(CASES_PATH, cases(row, row, "A1,M1,F0101,2026-01-05,3", "A1,M1,F0101,2026-01-05,"))
    world.drop(CASES_PATH.replace("20261031", "20261130"), cases(row))
    world.build()
    hashes = [h for (h,) in world.query("select content_hash from landing.cases")]
    assert len(hashes) == 5
    assert sorted(hashes.count(h) for h in set(hashes)) == [1, 1, 3]


def test_a_null_is_not_an_empty_text(world: World):
    header = "信访编号,登记机构,登记时间,问题属地,接收层级"
    for office, row in (("F01", "1,F01,2026-01-05,330726,"), ("F02", "1,F01,2026-01-05,,村")):
        world.drop(CASES_PATH.replace("F01", office), f"{header}\n{row}\n")
    world.build()
    hashes = world.query("select content_hash from landing.cases")
    assert len(set(hashes)) == 2


def test_receipts_add_up_and_can_be_totalled(world: World):
    world.drop(CASES_PATH, cases("A1,M1,F0101,2026-01-05,2", "A2,M1,F0101,never,2"))
    receipt = world.build_one()
    with open_staging(world.home, world.settings) as con:
        con.execute(
            "create table quarantine.fates as select file_id, table_name, 1 as current_count, "
            "0 as superseded_count, 0 as duplicate_count, 1 as quarantined_count, records "
            "from ops.files"
        )
        (fate,) = receipts(con)
    assert (fate.file, fate.table, fate.sender, fate.records) == (CASES_NAME, "cases", "F01", 2)
    assert (fate.current, fate.superseded, fate.duplicate, fate.quarantined) == (1, 0, 0, 1)
    assert totals([fate, fate]) == dict(zip(COUNTS, (4, 2, 0, 0, 2), strict=True))
    assert receipt.records == fate.records


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"file_id": "x"}'])
def test_a_receipt_that_cannot_be_read_is_none(world: World, text: str):
    world.drop(CASES_PATH, cases("A1,M1,F0101,2026-01-05,2"))
    receipt = world.build_one()
    receipt_path(world.home, receipt.sha256).write_text(text, encoding="utf-8")
    assert read_receipt(world.home, receipt.sha256) is None
    assert world.build_one() == receipt


@pytest.mark.parametrize(
    ("limit", "expected"), [("2GB", "1.000GB"), ("1.5 GiB", "0.750 GiB"), ("80%", "40.000%")]
)
def test_memory_is_shared_in_its_own_unit(limit: str, expected: str):
    assert share(limit, 2) == expected
    duckdb.connect(config={"memory_limit": share(limit, 2)}).close()


def test_a_limit_without_a_number_is_left_to_the_database():
    assert share("much", 2) == "much"
