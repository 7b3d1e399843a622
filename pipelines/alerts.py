"""Silence is loud: what an analyst must hear of, kept between runs.

A failed run, a failed blocking check, a missed run and a stale release are appended to
`<home>/warehouse/alerts.jsonl`, loaded into `ops.alerts`, shown by `petitions status` and handed to
the command that `petitions.toml` names. An alert carries keys and counts, never a value.
"""

import json
import shlex
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import duckdb

from pipelines.ingest.durable import write_whole
from pipelines.settings import Home, Settings
from pipelines.words import Lang, say

LAST_RUN_FILE = "last_run"


class AlertKind(StrEnum):
    """What happened; each has a sentence in `reports/words/alerts.yml`."""

    RUN_FAILED = "RUN_FAILED"
    CHECK_FAILED = "CHECK_FAILED"
    RUN_MISSED = "RUN_MISSED"
    RELEASE_STALE = "RELEASE_STALE"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert: when it was raised (UTC), what kind, and what about."""

    raised_at: str
    kind: AlertKind
    about: str

    def sentence(self, lang: Lang) -> str:
        """The alert in words."""
        return say(f"alerts.{self.kind}", lang, about=self.about)


def raise_alert(home: Home, settings: Settings, kind: AlertKind, about: str) -> Alert:
    """Note an alert and hand its English sentence to the installation's command.

    The command gets the sentence on standard input; its failure is not ours to mend, so it is
    ignored.
    """
    alert = Alert(datetime.now(UTC).isoformat(timespec="seconds"), kind, about)
    path = home.warehouse / "alerts.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(alert)) + "\n")
    if settings.alert_command:
        subprocess.run(  # noqa: S603 - the command is the installation's own setting
            shlex.split(settings.alert_command),
            input=alert.sentence(Lang.EN),
            text=True,
            check=False,
            timeout=60,
        )
    return alert


def read_alerts(home: Home) -> list[Alert]:
    """Every alert so far, oldest first."""
    path = home.warehouse / "alerts.jsonl"
    if not path.exists():
        return []
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Alert(row["raised_at"], AlertKind(row["kind"]), row["about"]) for row in rows]


def load_alerts(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Write `ops.alerts(raised_at, kind, about)`."""
    con.execute(
        "create or replace table ops.alerts (raised_at varchar, kind varchar, about varchar)"
    )
    rows = [(a.raised_at, str(a.kind), a.about) for a in read_alerts(home)]
    if rows:
        con.executemany("insert into ops.alerts values (?, ?, ?)", rows)


def note_run(home: Home) -> None:
    """Remember that a run has begun."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_whole(home.warehouse / LAST_RUN_FILE, now + "\n")


def missed_alert(home: Home, settings: Settings, now: datetime) -> Alert | None:
    """Raise `RUN_MISSED` once where a run is due and none has begun since the last.

    Without `run_due_hours` in the settings, or before the first run, none is due.
    """
    path = home.warehouse / LAST_RUN_FILE
    if not settings.run_due_hours or not path.exists():
        return None
    last = path.read_text(encoding="utf-8").strip()
    if now - datetime.fromisoformat(last) <= timedelta(hours=settings.run_due_hours):
        return None
    return _raise_once(home, settings, AlertKind.RUN_MISSED, last)


def stale_alert(home: Home, settings: Settings, as_of: date | None, today: date) -> Alert | None:
    """Raise `RELEASE_STALE` once per release whose data are older than the settings allow."""
    if as_of is None or (today - as_of).days <= settings.stale_after_days:
        return None
    return _raise_once(home, settings, AlertKind.RELEASE_STALE, as_of.isoformat())


def _raise_once(home: Home, settings: Settings, kind: AlertKind, about: str) -> Alert | None:
    if any((alert.kind, alert.about) == (kind, about) for alert in read_alerts(home)):
        return None
    return raise_alert(home, settings, kind, about)
