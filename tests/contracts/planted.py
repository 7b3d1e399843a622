"""What is planted in a simulated province, on its way from the exports to the model."""

import json
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contract import load_tables
from pipelines.ingest.landing import build_landing
from pipelines.ingest.mapping import load_sources
from pipelines.ingest.reference import load_reference
from pipelines.ingest.staging import open_staging, rebuild_staging
from pipelines.ingest.vault import land
from pipelines.model.build import build_model
from pipelines.settings import PACKAGE, Home, Settings
from pipelines.simulate.run import simulate
from pipelines.validate.accept import accept_rows
from pipelines.validate.decisions import Decisions

Truth = dict[str, Any]
Build = Callable[[], None]


@contextmanager
def accepted(
    root: Path, exports: set[str], **world: Any
) -> Generator[tuple[duckdb.DuckDBPyConnection, Build, Truth]]:
    """A simulated home with some of its exports accepted: its database, what builds the model, and
    what was planted."""
    home, tables = Home.at(root), load_tables(PACKAGE / "model")
    simulate(home, **world)
    for folder in home.inbox.iterdir():
        if folder.name not in exports:
            shutil.rmtree(folder)
    settings, sources = Settings.load(home), load_sources(home, tables)
    land(home, settings, sources, settle=0)
    build_landing(home, settings, sources, tables)
    rebuild_staging(home, settings, tables)
    truth = json.loads((root / "truth.json").read_text(encoding="utf-8"))
    with open_staging(home, settings) as con:
        load_reference(con, home, settings, tables)
        accept_rows(con, tables, Decisions.load(home, settings, tables))
        yield con, lambda: build_model(con, home, settings, tables), truth
