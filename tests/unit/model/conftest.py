"""A world small enough to read aloud: reference files, fed tables, files that were sent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import duckdb
import pytest

from pipelines.contract import Table, load_tables
from pipelines.ingest.reference import load_reference
from pipelines.ingest.schemas import qualified
from pipelines.model.build import build_model
from pipelines.settings import PACKAGE, Home, Settings

LINEAGE = {
    "file_id": "VARCHAR",
    "record_no": "BIGINT",
    "sender_id": "VARCHAR",
    "as_of": "TIMESTAMP",
}
AS_OF = "2024-12-31 23:59:59"
PROVINCE = """
    code,name_zh,level,parent_code,valid_from,valid_to
    990000,省,province,,,
    990100,东市,city,990000,,
    990102,甲区,county,990100,,
    990103,乙县,county,990100,,
    990200,西市,city,990000,,
    990202,丙县,county,990200,,
"""
DEFAULTS: dict[str, dict[str, str]] = {
    "cases": {"office_id": "F01", "region_code": "990102", "registered_at": "2024-01-01 09:00"},
    "leader_visits": {"region_code": "990102", "tier": "county", "status": "held"},
    "receptions": {"persons": "1"},
}


@dataclass
class World:
    """A home's reference files and the accepted rows of the fed tables."""

    home: Home
    tables: dict[str, Table]
    con: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    region_set: str = "own"
    expected: tuple[str, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)

    def reference(self, name: str, text: str) -> Path:
        """Write a reference file of the home."""
        path = self.home.reference / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).strip() + "\n", encoding="utf-8")
        return path

    def load(self) -> None:
        """Load the reference files."""
        load_reference(self.con, self.home, self.settings, self.tables)

    def fill(self, table: str, header: str, *lines: str) -> None:
        """Add rows, written as `a | b | c` under such a header; empty means missing."""
        names = [name.strip() for name in header.split("|")]
        types = {c.name: c.sql_type for c in self.tables[table].columns} | LINEAGE
        for line in lines:
            self.numbers[table] = self.numbers.get(table, 0) + 1
            given = dict(zip(names, (cell.strip() for cell in line.split("|")), strict=True))
            sent = {"file_id": f"{table}-1", "sender_id": "F01", "as_of": AS_OF}
            row = sent | DEFAULTS.get(table, {}) | given
            row["record_no"] = str(self.numbers[table])
            key = self.tables[table].key[0]
            row.setdefault(key, f"{table}-{self.numbers[table]}")
            values = ", ".join(f"cast(nullif(${name}, '') as {types[name]})" for name in row)
            self.con.execute(f"insert into model.{table} ({', '.join(row)}) values ({values})", row)

    def files(self, *lines: str) -> None:
        """Add files, written as `table | sender | as of | period start | period end`."""
        for line in lines:
            table, sender, as_of, *period = (cell.strip() for cell in line.split("|"))
            start, end = (*period, "", "")[:2]
            self.con.execute(
                "insert into ops.files (file_id, table_name, sender_id, as_of, period_start, "
                "period_end) values ($1, $2, $3, $4, nullif($5, '')::date, nullif($6, '')::date)",
                [f"{table}-{sender}-{as_of}-{start}", table, sender, as_of, start, end],
            )

    def build(self) -> None:
        """Build the derived tables; rows whose file was not listed come from one that was sent."""
        for table in self.tables.values():
            if table.version:
                self.con.execute(
                    "insert into ops.files (file_id, table_name, sender_id, as_of) "
                    f"select distinct file_id, '{table.name}', sender_id, as_of "
                    f"from model.{table.name} where (file_id, '{table.name}') not in "
                    "(select (file_id, table_name) from ops.files)"
                )
        build_model(self.con, self.home, self.settings, self.tables)

    def show(self, table: str, columns: str, where: str = "true") -> list[str]:
        """The rows of a table, written as `a | b | c` and sorted."""
        cells = ", ".join(f"cast({name} as varchar)" for name in columns.split())
        rows = self.con.execute(f"select {cells} from {qualified(table)} where {where}").fetchall()
        return sorted(" | ".join(cell or "" for cell in row) for row in rows)

    @property
    def settings(self) -> Settings:
        return Settings(region_set=self.region_set, expected_offices=self.expected)


@pytest.fixture(scope="session")
def tables() -> dict[str, Table]:
    return load_tables(PACKAGE / "model")


@pytest.fixture
def bare(tmp_path: Path, tables: dict[str, Table]) -> Iterator[World]:
    """A world with empty fed tables and no reference file but the regions."""
    world = World(Home(tmp_path), tables)
    for statement in (
        "create schema model",
        "create schema ops",
        "create table ops.files (file_id varchar, sha256 varchar, source varchar, "
        "table_name varchar, sender_id varchar, period_start date, period_end date, "
        "as_of timestamp, records bigint, name varchar, shape varchar)",
    ):
        world.con.execute(statement)
    for table in tables.values():
        if table.version:
            columns = {c.name: c.sql_type for c in table.columns} | LINEAGE
            body = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            world.con.execute(f"create table model.{table.name} ({body})")
    world.reference("regions.csv", PROVINCE)
    world.reference("rule_calendar.csv", "rule_id,topic,value,unit")
    world.reference("calendar_days.csv", "day,is_workday")
    yield world
    world.con.close()


@pytest.fixture
def world(bare: World) -> World:
    """One province of two cities and three counties, with a petition office in each city."""
    bare.reference(
        "offices.csv",
        """
        office_id,region_code,level
        F01,990100,city
        F02,990200,city
        """,
    )
    bare.load()
    return bare
