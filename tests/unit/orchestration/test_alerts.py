"""Alerts are kept, said in both languages, handed on, and raised once for one cause."""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines import alerts
from pipelines.alerts import (
    AlertKind,
    load_alerts,
    missed_alert,
    note_run,
    raise_alert,
    read_alerts,
    stale_alert,
)
from pipelines.settings import Home, Settings
from pipelines.words import Lang

AS_OF = date(2026, 10, 31)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.warehouse.mkdir(parents=True)
    return home


@pytest.mark.parametrize("kind", AlertKind)
def test_every_kind_of_alert_can_be_said(home, kind):
    alert = raise_alert(home, Settings(), kind, "ABOUT")
    assert all("ABOUT" in alert.sentence(lang) for lang in Lang)
    assert read_alerts(home) == [alert]


def test_an_alert_is_handed_to_the_command_of_the_settings(home, tmp_path):
    told = tmp_path / "told"
    script = f"import sys, pathlib; pathlib.Path({str(told)!r}).write_text(sys.stdin.read())"
    settings = Settings(alert_command=f'{sys.executable} -c "{script}"')
    alert = raise_alert(home, settings, AlertKind.RUN_FAILED, "model")
    assert told.read_text(encoding="utf-8") == alert.sentence(Lang.EN)


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("/no/such/command", "FileNotFoundError"),
        ('mail "open', "ValueError"),
        (f'{sys.executable} -c "import time; time.sleep(9)"', "TimeoutExpired"),
        (f'{sys.executable} -c "raise SystemExit(3)"', "exit code 3"),
    ],
)
def test_a_command_that_fails_is_told_and_breaks_nothing(home, monkeypatch, command, fault):
    monkeypatch.setattr(alerts, "COMMAND_SECONDS", 1)
    alert = raise_alert(home, Settings(alert_command=command), AlertKind.RUN_FAILED, "model")
    first, unsent = read_alerts(home)
    assert first == alert
    assert (unsent.kind, unsent.about) == (AlertKind.ALERT_UNSENT, fault)


def test_an_alert_of_a_disk_that_takes_nothing_is_handed_on_all_the_same(home, tmp_path):
    (home.warehouse / "alerts.jsonl").mkdir()
    told = tmp_path / "told"
    script = f"open({str(told)!r}, 'w').write('told')"
    settings = Settings(alert_command=f'{sys.executable} -c "{script}"')
    raise_alert(home, settings, AlertKind.RUN_FAILED, "land")
    assert told.read_text(encoding="utf-8") == "told"


@pytest.mark.parametrize("torn", [b'{"raised_at": "2026-', b"\xff\xfe", b"[1]", b'{"kind": "X"}'])
def test_a_torn_line_costs_itself_only(home, torn):
    before = raise_alert(home, Settings(), AlertKind.RUN_FAILED, "model")
    with (home.warehouse / "alerts.jsonl").open("ab") as file:
        file.write(torn)
    after = raise_alert(home, Settings(), AlertKind.RUN_FAILED, "gate")
    assert read_alerts(home) == [before, after]


def test_a_stale_release_is_told_once_and_again_for_the_next_release(home):
    settings = Settings(stale_after_days=45)
    late = AS_OF + timedelta(days=46)
    assert stale_alert(home, settings, AS_OF, AS_OF + timedelta(days=45)) is None
    assert stale_alert(home, settings, AS_OF, late) is not None
    assert stale_alert(home, settings, AS_OF, late) is None
    assert stale_alert(home, settings, AS_OF - timedelta(days=31), late) is not None


def test_a_missed_run_is_told_once(home):
    settings = Settings(run_due_hours=26)
    assert missed_alert(home, settings, datetime.now(UTC)) is None, "no run yet, none is due"
    note_run(home)
    later = datetime.now(UTC) + timedelta(hours=27)
    assert missed_alert(home, settings, datetime.now(UTC) + timedelta(hours=25)) is None
    assert missed_alert(home, Settings(), later) is None, "no schedule was agreed"
    assert missed_alert(home, settings, later) is not None
    assert missed_alert(home, settings, later) is None


def test_alerts_reach_the_warehouse(home):
    raise_alert(home, Settings(), AlertKind.CHECK_FAILED, "V53")
    con = duckdb.connect()
    con.execute("create schema ops")
    load_alerts(con, home)
    assert con.execute("select kind, about from ops.alerts").fetchall() == [("CHECK_FAILED", "V53")]
    line = json.loads((home.warehouse / "alerts.jsonl").read_text(encoding="utf-8"))
    assert set(line) == {"raised_at", "kind", "about"}
