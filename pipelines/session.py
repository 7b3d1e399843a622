"""A run as a person starts it, and the two servers.

Holds the lock, shows the progress of Dagster's in-process run, turns what went wrong into a
sentence and an alert. The steps themselves are `run.py`; nothing here computes.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.alerts import AlertKind, raise_alert
from pipelines.answers import (
    failed_checks,
    file_remarks,
    has_finished,
    printed_figures,
    top_reasons,
    warehouse,
)
from pipelines.contract import ContractError
from pipelines.ingest.lock import writer_lock
from pipelines.ingest.manifest import read_manifests
from pipelines.ingest.reasons import remedy
from pipelines.ingest.receipts import receipts, totals
from pipelines.ingest.turned_away import TurnedAway, list_turned_away, read_turned_away
from pipelines.privacy.pseudonyms import rotate_key
from pipelines.progress import Progress, Step
from pipelines.publish.pointer import Release, current_release
from pipelines.run import Installation, demand_originals, land_files, what_is_current
from pipelines.screen import EXIT_USAGE, Screen, formatted
from pipelines.settings import PACKAGE, PROJECT, Home, Settings
from pipelines.words import UserError, say

REASONS_SHOWN = 5
# Steps that are reached with this run's checks; before, the warehouse may hold those of the last.
CHECKED = {"checks", "indicators", "gate", "estimates", "release"}
VERDICTS = ("agrees", "disagrees", "not_comparable")


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did, in counts.

    Attributes:
        release: the release that is shown now.
        report: its first page.
        is_new: whether the run published it; if not, nothing had changed.
        steps: what each step cost; empty where nothing was done.
        records: the fates of all records together, by the names in `receipts.COUNTS`.
        reasons: reason codes of quarantined records, and how many have each, most first.
        remarks: files of which not all was taken as it stands, reason code, and how often.
        checks: checks that passed.
        printed: figures that others have printed, by how they compare with ours.
        disagreeing: ids of those that disagree.
        waiting: published figures whose correction waits for `run --revise`.
        notices: keys of sentences that the person who started the run should read.
        turned_away: files that no rows were taken from.
    """

    release: str
    report: str
    is_new: bool
    steps: list[Step]
    records: dict[str, int]
    reasons: list[tuple[str, int]]
    remarks: list[tuple[str, str, int]]
    checks: int
    printed: dict[str, int]
    disagreeing: list[str]
    waiting: int
    notices: tuple[str, ...]
    turned_away: list[TurnedAway]

    def show(self, screen: Screen) -> None:
        """Print it for a person."""
        if self.steps:
            screen.grid(["STEP", "SECONDS", "PEAK"], [step.row(screen.lang) for step in self.steps])
        screen.turned_away(self.turned_away)
        self._show_records(screen)
        screen.say("CHECKS_PASSED", count=self.checks)
        if self.printed.keys() - {"not_comparable"}:
            counts = {name: self.printed.get(name, 0) for name in VERDICTS}
            screen.say("PRINTED_FIGURES", **counts)
        if self.disagreeing:
            screen.say("PRINTED_DISAGREE", figures=", ".join(self.disagreeing))
        if self.waiting:
            screen.say("WAITING", count=self.waiting)
        for notice in self.notices:
            screen.plain(say(notice, screen.lang))
        screen.say("PUBLISHED" if self.is_new else "NOTHING_NEW", release=self.release)
        screen.say("REPORT_AT", path=self.report)

    def _show_records(self, screen: Screen) -> None:
        """What became of the records, and what the files gave reason to remark on."""
        screen.say("ACCOUNTED", **formatted(self.records))
        for reason, count in self.reasons[:REASONS_SHOWN]:
            what = say(f"ingest.{reason}", screen.lang) + remedy(reason, screen.lang)
            screen.say("QUARANTINED", reason=reason, count=f"{count:,}", what=what)
        if more := self.reasons[REASONS_SHOWN:]:
            screen.say("MORE_REASONS", count=len(more))
        for file, reason, count in self.remarks[:REASONS_SHOWN]:
            what = say(f"ingest.{reason}", screen.lang)
            screen.say("REMARKED", file=file, reason=reason, count=f"{count:,}", what=what)
        if unsaid := self.remarks[REASONS_SHOWN:]:
            screen.say("MORE_REMARKS", count=len(unsaid))


def run_session(home: Home, screen: Screen, *, revise: bool) -> RunSummary:
    """Run everything from the inbox to a release, unless nothing has changed.

    Args:
        home: the installation.
        screen: draws the progress bar, and says of a failed run which files were turned away.
        revise: whether corrections of published figures are published.

    Raises:
        UserError: another run holds the lock, or a step failed; readers see what they saw before.
    """
    with _failure_told(home, screen, "definitions"):
        installation = Installation.at(home.root, revise=revise)
    with writer_lock(home):
        with _failure_told(home, screen, "land"):
            landed = land_files(installation)
            if not any(read_manifests(home)):
                screen.turned_away(list_turned_away(home, landed))
            demand_originals(home, home.inbox)
        # A warehouse that was lost, or left half built by a run that died, is built anew.
        is_settled = not revise and has_finished(home)
        current = what_is_current(installation) if is_settled else None
        if current is not None:
            turned_away = list_turned_away(home, landed)
            return _summary(installation, current, [], turned_away)
        before = current_release(home)
        try:
            steps = _run_job(installation, screen)
        except UserError:
            screen.turned_away(read_turned_away(home))
            raise
    release = current_release(home)
    if release is None:
        raise UserError("release.NONE_YET")
    is_new = before is None or before.id != release.id
    return _summary(installation, release, steps, read_turned_away(home), is_new=is_new)


def change_key(home: Home, screen: Screen) -> None:
    """Give the home a new key and rebuild from the vault everything that was made under the old.

    Figures do not change, so readers keep the release that they have.

    Raises:
        UserError: another run holds the lock, the key cannot be used, or a step failed; the next
            run rebuilds what this one did not.
    """
    with writer_lock(home):
        rotate_key(home, datetime.now(UTC).date())
        shutil.rmtree(home.warehouse / "landing", ignore_errors=True)
        home.staging.unlink(missing_ok=True)
        screen.say("KEY_CHANGED")
        installation = Installation.at(home.root)
        land_files(installation)
        if any(read_manifests(home)):
            _run_job(installation, screen)


@contextmanager
def _failure_told(home: Home, screen: Screen, step: str) -> Generator[None]:
    """Raise an alert of a step that fails before Dagster is asked, and give it a sentence."""
    try:
        yield
    except (UserError, ContractError):
        raise_alert(home, _usable_settings(home), AlertKind.RUN_FAILED, step)
        raise
    except Exception as error:
        raise_alert(home, _usable_settings(home), AlertKind.RUN_FAILED, step)
        raise _failed_at(step, error, screen) from error


def _usable_settings(home: Home) -> Settings:
    try:
        return Settings.load(home)
    except (UserError, OSError):
        return Settings()


def _failed_at(step: str, error: BaseException, screen: Screen) -> UserError:
    """The fault by its kind alone: what it says could quote a row."""
    title = say(f"cli.STEP_{step}", screen.lang)
    return UserError("cli.RUN_FAILED", step=title, reason=f"{type(error).__name__}.")


def _summary(
    installation: Installation,
    release: Release,
    steps: list[Step],
    turned_away: list[TurnedAway],
    *,
    is_new: bool = False,
) -> RunSummary:
    with warehouse(installation.home) as con:
        [(waiting,)] = con.execute("select waiting from ops.freeze").fetchall()
        [(checks,)] = con.execute("select count(*) from ops.checks where passed").fetchall()
        printed, disagreeing = printed_figures(con)
        return RunSummary(
            release=release.id,
            report=str(release.folder / "site" / "index.html"),
            is_new=is_new,
            steps=steps,
            records=totals(receipts(con)),
            reasons=top_reasons(con),
            remarks=file_remarks(con),
            checks=checks,
            printed=printed,
            disagreeing=disagreeing,
            waiting=waiting,
            notices=installation.notices,
            turned_away=turned_away,
        )


def _run_job(installation: Installation, screen: Screen) -> list[Step]:
    """Execute Dagster's job in this process, with this installation and its lock."""
    home = installation.home
    with dagster_home(home), Progress(screen, 7 + len(installation.indicators)) as timer:
        import dagster as dg  # noqa: PLC0415 - a second to import

        from pipelines.definitions import COMMAND_LINE, INSTALLATION, defs  # noqa: PLC0415 - imports Dagster

        installation.on_step = timer.begin
        try:
            defs.resolve_job_def("run").execute_in_process(
                instance=dg.DagsterInstance.get(),
                resources={INSTALLATION: installation},
                tags={COMMAND_LINE: "true"},
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        except dg.DagsterExecutionInterruptedError:  # Dagster's own for Ctrl+C
            raise KeyboardInterrupt from None
        except Exception as error:
            raise _failure(installation, screen, timer.name or "job", error) from error
    return timer.steps


def _failure(
    installation: Installation, screen: Screen, step: str, error: BaseException
) -> UserError:
    """The user's own mistake if there is one in the chain, else the failed checks or the fault."""
    home, settings = installation.home, installation.settings
    mistake = next((one for one in _chain(error) if isinstance(one, UserError)), None)
    if mistake is not None:
        raise_alert(home, settings, AlertKind.RUN_FAILED, step)
        return mistake
    failed = failed_checks(home) if step in CHECKED else []
    if failed:
        raise_alert(home, settings, AlertKind.CHECK_FAILED, ", ".join(failed))
        return UserError("cli.CHECKS_FAILED", count=len(failed), checks=", ".join(failed))
    raise_alert(home, settings, AlertKind.RUN_FAILED, step)
    return _failed_at(step, error, screen)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what led to it; libraries have been seen to let a chain end in itself."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


@contextmanager
def dagster_home(home: Home) -> Generator[Path]:
    """`<home>/.dagster` with the instance settings of the project, as DAGSTER_HOME."""
    folder = home.root / ".dagster"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT / "dagster.yaml", folder / "dagster.yaml")
    before = {name: os.environ.get(name) for name in ("DAGSTER_HOME", "PETITIONS_HOME")}
    os.environ |= {"DAGSTER_HOME": str(folder), "PETITIONS_HOME": str(home.root)}
    try:
        yield folder
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def serve_site(home: Home, screen: Screen, port: int) -> None:
    """Serve the current release's pages on the loopback address until interrupted.

    Raises:
        UserError: there is no release, or the port is in use.
    """
    from functools import partial  # noqa: PLC0415 - with the server
    from http.server import (  # noqa: PLC0415 - with the server
        SimpleHTTPRequestHandler,
        ThreadingHTTPServer,
    )

    release = current_release(home)
    if release is None:
        raise UserError("cli.NO_RELEASE")
    handler = partial(SimpleHTTPRequestHandler, directory=str(release.folder / "site"))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        raise UserError("cli.PORT_TAKEN", exit_code=EXIT_USAGE, port=port) from None
    screen.say("SERVING", port=port)
    with server:
        server.serve_forever()


def start_dagster(home: Home, port: int) -> None:
    """Start Dagster's web server and daemon on the loopback address; returns when they end."""
    arguments: list[Any] = ["-m", "dagster", "dev", "-f", PACKAGE / "definitions.py"]
    with dagster_home(home):
        subprocess.run(  # noqa: S603 - our own interpreter and file
            [sys.executable, *map(str, arguments), "-h", "127.0.0.1", "-p", str(port)], check=False
        )
