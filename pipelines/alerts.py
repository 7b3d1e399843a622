"""Silence is loud: what an analyst must hear of, kept between runs.

A failed run, a failed blocking check, a missed run and a stale release are appended to
`<home>/warehouse/alerts.jsonl`, loaded into `ops.alerts`, shown by `petitions status` and handed to
the command that `petitions.toml` names. An alert carries keys and counts, never a value. Nothing
that goes wrong with an alert stops the run that it is about.
"""

import json
import os
import shlex
import subprocess
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import duckdb

from pipelines.ingest.durable import write_whole
from pipelines.settings import Home, Settings
from pipelines.words import Lang, load_words, say

ALERTS_FILE = "alerts.jsonl"
LAST_RUN_FILE = "last_run"
COMMAND_SECONDS = 60


class AlertKind(StrEnum):
    """What happened; each has a sentence in `reports/words/alerts.yml`."""

    RUN_FAILED = "RUN_FAILED"
    CHECK_FAILED = "CHECK_FAILED"
    RUN_MISSED = "RUN_MISSED"
    RELEASE_STALE = "RELEASE_STALE"
    ALERT_UNSENT = "ALERT_UNSENT"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert: when it was raised (UTC), what kind, and what about."""

    raised_at: str
    kind: AlertKind
    about: str

    def sentence(self, lang: Lang) -> str:
        """The alert in words."""
        step = f"cli.STEP_{self.about}"
        about = say(step, lang) if step in load_words() else self.about
        return say(f"alerts.{self.kind}", lang, about=about)


def raise_alert(home: Home, settings: Settings, kind: AlertKind, about: str) -> Alert:
    """Note an alert and hand its English sentence to the installation's command.

    The command gets the sentence on standard input. Its failure is not ours to mend: it is noted
    as an alert of its own, which is handed to nobody.
    """
    alert = _note(home, kind, about)
    if settings.alert_command and (fault := _hand_over(settings.alert_command, alert)):
        _note(home, AlertKind.ALERT_UNSENT, fault)
    return alert


def _note(home: Home, kind: AlertKind, about: str) -> Alert:
    """Append an alert, if the disk lets us: it is raised for a full one, too."""
    alert = Alert(datetime.now(UTC).isoformat(timespec="seconds"), kind, about)
    path = home.warehouse / ALERTS_FILE
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - 1))
            # A line that was cut off must not take the next one with it.
            is_torn = file.read() not in {b"", b"\n"}
            file.write(b"\n" * is_torn + json.dumps(asdict(alert)).encode() + b"\n")
    return alert


def _hand_over(command: str, alert: Alert) -> str:
    """Hand an alert to the command; what went wrong, empty where nothing did."""
    try:
        done = subprocess.run(  # noqa: S603 - the command is the installation's own setting
            shlex.split(command),
            input=alert.sentence(Lang.EN),
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    return f"exit code {done.returncode}" if done.returncode else ""


def read_alerts(home: Home) -> list[Alert]:
    """Every alert so far, oldest first; a line that cannot be read is passed over."""
    alerts: list[Alert] = []
    with suppress(FileNotFoundError):
        for line in (home.warehouse / ALERTS_FILE).read_bytes().splitlines():
            with suppress(ValueError, KeyError, TypeError):
                row = json.loads(line)
                alerts.append(Alert(row["raised_at"], AlertKind(row["kind"]), row["about"]))
    return alerts


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
