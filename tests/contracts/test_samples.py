"""Every shipped source reads the samples beside it as `expected.yml` says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.ingest.mapping import SHIPPED_SOURCES
from pipelines.ingest.reference import load_reference
from pipelines.ingest.staging import open_staging
from pipelines.settings import PROJECT
from pipelines.validate.accept import accept_rows, judge_rows
from pipelines.validate.crossing import create_spans
from pipelines.validate.rules import quarantine_sql
from tests.unit.ingest.world import World

SAMPLES = PROJECT / "data" / "samples"
SOURCES = sorted(path.stem for path in SHIPPED_SOURCES.glob("*.yml"))


def expected(source: str) -> dict[str, dict[str, Any]]:
    return yaml.safe_load((SAMPLES / source / "expected.yml").read_text(encoding="utf-8"))


def sample(source: str, kind: str) -> Path:
    (path,) = (SAMPLES / source / kind).glob("*")
    return path


def broken_rules(world: World, table: str) -> list[str]:
    """The row rules of the contract that the rows that landed break."""
    with open_staging(world.home, world.settings) as con:
        create_spans(con)
        con.execute("create table quarantine.records as from landing.refusals limit 0")
        relation = f"landing.{table}"
        _, broken = judge_rows(con, world.tables[table], relation)
        if broken:
            con.execute(quarantine_sql(broken, table, relation))
        listed = con.execute(
            "select record_no, column_name, rule_id, reason_code from quarantine.records "
            "order by record_no, rule_id"
        ).fetchall()
    return [" ".join(map(str, row)) for row in listed]


@pytest.mark.parametrize("kind", ["good", "broken"])
@pytest.mark.parametrize("source", SOURCES)
def test_a_sample_is_read_as_expected(world: World, source: str, kind: str):
    path = sample(source, kind)
    world.drop(path.name, path.read_bytes())
    receipt = world.build_one()
    assert receipt.source == source
    assert receipt.records == expected(source)[kind]["records"]
    problems = [f"{row[0]} {row[1] or '-'} {row[2]}" for row in world.refusals()]
    assert problems == expected(source)[kind]["problems"]
    refused = {p.split()[0] for p in problems if " E_" in p}
    (output,) = receipt.landed
    assert output.rows == receipt.records - len(refused)
    assert broken_rules(world, output.kind) == expected(source)[kind].get("rules", [])


@pytest.mark.parametrize("source", SOURCES)
def test_every_column_of_a_good_sample_is_known_and_used(world: World, source: str):
    path = sample(source, "good")
    world.drop(path.name, path.read_bytes())
    receipt = world.build_one()
    assert receipt.findings == ()
    taken = [column.target for column in world.sources[source].columns if column.target]
    counts = ", ".join(f"count({column})" for column in taken)
    (filled,) = world.query(f"select {counts} from landing.{receipt.landed[0].kind}")
    assert [column for column, count in zip(taken, filled, strict=True) if not count] == []


@pytest.mark.parametrize("source", SOURCES)
def test_personal_columns_of_a_sample_leave_no_trace_outside_the_vault(world: World, source: str):
    path = sample(source, "good")
    world.drop(path.name, path.read_bytes())
    world.build()
    left = world.all_bytes_below(world.home.warehouse)
    for secret in ("某".encode(), b"0000000000", b"F01-2026-0000001", b"F01-V000001"):
        assert secret not in left


def test_the_good_samples_together_tell_of_one_world(world: World):
    """Their records name one another: none is refused, none conflicts, none belongs to nothing."""
    for source in SOURCES:
        path = sample(source, "good")
        world.drop(f"{source}/{path.name}", path.read_bytes())
    world.build()
    settings = replace(world.settings, region_set="fictional")
    with open_staging(world.home, settings) as con:
        load_reference(con, world.home, settings, world.tables)
        accept_rows(con, world.tables)
        problems = con.execute(
            "select table_name, rule_id, column_name, count(*) from quarantine.records "
            "group by all order by all"
        ).fetchall()
        fates = con.execute(
            "select sum(records), sum(current_count) from quarantine.fates"
        ).fetchall()
    # ten of the sixteen hard submissions are on no page of the small register, and the totals of
    # the newspaper's day are those of many more batches than it holds
    assert problems == [
        ("visit_agenda", "V33C", "case_id", 10),
        ("visit_totals", "V41", "batches", 1),
    ]
    assert fates[0][0] == fates[0][1] == sum(expected(s)["good"]["records"] for s in SOURCES)


def test_there_are_samples_for_every_source_and_for_nothing_else():
    folders = {path.name for path in SAMPLES.iterdir() if path.is_dir()}
    assert folders - {"bulletins"} == set(SOURCES), "bulletins are printed, not exported"
