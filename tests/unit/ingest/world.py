"""An installation of one office: drop a file, land it, look at what came of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contract import Table, load_tables
from pipelines.ingest.landing import build_landing
from pipelines.ingest.mapping import load_sources
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.reference import load_reference
from pipelines.ingest.source import Source
from pipelines.ingest.staging import open_staging, rebuild_staging
from pipelines.ingest.vault import LandReport, land
from pipelines.model.build import build_model
from pipelines.settings import PACKAGE, Home, Settings
from pipelines.validate.accept import accept_rows
from pipelines.validate.decisions import Decisions

TABLES = load_tables(PACKAGE / "model")
CASES_HEADER = "信访编号,事项编号,登记机构,登记时间,人次"
CASES_NAME = "F01_信访件登记_20261031.csv"
CASES_PATH = f"case_register/{CASES_NAME}"
GOOD_ROW = "A1,M1,F0101,2026-01-05 09:00:00,2"
STEPS_NAME = "F01_办理步骤_20261031.csv"

at = datetime.fromisoformat
EXTRACT = at("2026-10-31 23:59:59")  # what the names of the exports say


def cases(*rows: str) -> str:
    """A case register with these rows."""
    return "\n".join((CASES_HEADER, *rows)) + "\n"


@dataclass(slots=True)
class World:
    home: Home
    settings: Settings = field(default_factory=lambda: Settings(threads=1, memory_limit="512MB"))
    tables: dict[str, Table] = field(default_factory=lambda: TABLES)
    _sources: dict[str, Source] | None = None

    def drop(self, name: str, content: str | bytes) -> Path:
        path = self.home.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def mapping(self, text: str, name: str = "own") -> None:
        self.home.sources.mkdir(parents=True, exist_ok=True)
        (self.home.sources / f"{name}.yml").write_text(text, encoding="utf-8")
        self._sources = None

    def forget_mapping(self, name: str = "own") -> None:
        (self.home.sources / f"{name}.yml").unlink()
        self._sources = None

    @property
    def sources(self) -> dict[str, Source]:
        if self._sources is None:
            self._sources = load_sources(self.home, self.tables)
        return self._sources

    def land(self, *, settle: float = 0) -> LandReport:
        return land(self.home, self.settings, self.sources, settle=settle)

    def build(self) -> list[Receipt]:
        self.land()
        receipts = build_landing(self.home, self.settings, self.sources, self.tables)
        rebuild_staging(self.home, self.settings, self.tables)
        return receipts

    def judge(self, known_at: datetime | None = None) -> None:
        """Land and judge everything that was exported until then; the home is one region."""
        self.land()
        build_landing(self.home, self.settings, self.sources, self.tables)
        rebuild_staging(self.home, self.settings, self.tables, known_at)
        with open_staging(self.home, self.settings) as con:
            con.begin()  # one wait for the disk, not one for each statement
            load_reference(con, self.home, self._one_region, self.tables)
            decisions = Decisions.load(self.home, self.settings, self.tables)
            accept_rows(con, self.tables, decisions)
            con.commit()

    def accept(self, known_at: datetime | None = None) -> None:
        """Judge everything, and build the model."""
        self.judge(known_at)
        with open_staging(self.home, self.settings) as con:
            build_model(con, self.home, self._one_region, self.tables)

    @property
    def _one_region(self) -> Settings:
        return replace(self.settings, region_set="single")

    def accept_changes(self, *file_ids: str) -> None:
        self.settings = replace(self.settings, accepted_changes=file_ids)

    def build_one(self) -> Receipt:
        (receipt,) = self.build()
        return receipt

    def in_zone(self, zone: str) -> None:
        self.settings = replace(self.settings, zone=zone)

    def in_region_set(self, region_set: str) -> None:
        self.settings = replace(self.settings, region_set=region_set)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with open_staging(self.home, self.settings) as con:
            return con.execute(sql).fetchall()

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        return self.query(f"select {columns} from landing.{table} order by record_no")

    def refusals(self) -> list[tuple[Any, ...]]:
        return self.query(
            "select record_no, column_name, reason_code, severity from landing.refusals "
            "order by record_no, column_name"
        )

    def refused(self, receipt: Receipt) -> list[tuple[int, str]]:
        path = self.home.vault / "refused" / f"{receipt.file_id}.parquet"
        return duckdb.execute(f"select * from '{path}' order by record_no").fetchall()

    def all_bytes_below(self, folder: Path) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
