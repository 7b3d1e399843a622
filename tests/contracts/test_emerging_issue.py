"""A planted issue on its way from the exports to the estimates: mapping, model, weekly screen.

The surge is far stronger than the simulator's own, which is found in millions of cases only
(`docs/methods.md`): this is a test of the way, not of power.
"""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipelines.contract import load_tables
from pipelines.estimates.every import read_new_years
from pipelines.estimates.issues import MOST_TIMES, emerging_issues
from pipelines.estimates.table import Row
from pipelines.ingest.landing import build_landing
from pipelines.ingest.mapping import load_sources
from pipelines.ingest.reference import load_reference
from pipelines.ingest.staging import open_staging, rebuild_staging
from pipelines.ingest.vault import land
from pipelines.model.build import build_model
from pipelines.privacy.policy import load_policy
from pipelines.settings import PACKAGE, SHIPPED_REFERENCE, Home, Settings
from pipelines.simulate.run import simulate
from pipelines.validate.accept import accept_rows
from pipelines.validate.decisions import Decisions

FEW, MANY_TIMES = 5_000, 40_000.0
FOURTH_WEEK = date(2025, 3, 30)
NEW_YEARS = read_new_years(SHIPPED_REFERENCE / "lunar_new_year.csv")


def signals(root: Path, issue_times: float) -> tuple[list[Row], dict[str, list[str]]]:
    """What the screen says of a simulated province, and what was planted there."""
    home, tables = Home.at(root), load_tables(PACKAGE / "model")
    simulate(home, cases=FEW, until=FOURTH_WEEK, issue_times=issue_times)
    for folder in home.inbox.iterdir():
        if folder.name != "case_register":
            shutil.rmtree(folder)
    settings, sources = Settings.load(home), load_sources(home, tables)
    land(home, settings, sources, settle=0)
    build_landing(home, settings, sources, tables)
    rebuild_staging(home, settings, tables)
    with open_staging(home, settings) as con:
        load_reference(con, home, settings, tables)
        accept_rows(con, tables, Decisions.load(home, settings, tables))
        build_model(con, home, settings, tables)
        rows = list(emerging_issues(con, FOURTH_WEEK, NEW_YEARS, load_policy()))
    truth = json.loads((root / "truth.json").read_text(encoding="utf-8"))
    return rows, truth["emerging_issue"]


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.usefixtures("key")
def test_it_is_confirmed_in_its_counties_their_city_and_the_province_and_nowhere_else(tmp_path):
    rows, planted = signals(tmp_path / "home", MANY_TIMES)
    named = [row for row in rows if row.estimate.measure == "signal" and row.estimate.finding]
    cities = {code[:4] + "00" for code in planted["region_codes"]}
    assert {(row.stratum.region_code, row.stratum.by_value) for row in named} == {
        (code, "environment") for code in {*planted["region_codes"], *cities, "990000"}
    }
    assert {row.estimate.finding.split()[0] for row in named} == {"confirmed"}
    # Before the surge there was hardly a case; a ratio without a bound would tell the count.
    assert {row.estimate.value for row in named} == {MOST_TIMES}


@pytest.mark.usefixtures("key")
def test_without_it_nothing_is_named(tmp_path):
    rows, _ = signals(tmp_path / "home", 1.0)
    assert {row.estimate.finding for row in rows} == {""}
