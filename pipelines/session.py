"""A run as a person starts it, and the two servers.

Holds the lock, shows the progress of Dagster's in-process run, turns what went wrong into a
sentence and an alert. The steps themselves are `run.py`; nothing here computes.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Self

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.alerts import AlertKind, raise_alert
from pipelines.answers import failed_checks, read_receipts, top_reasons, warehouse
from pipelines.ingest.lock import writer_lock
from pipelines.ingest.receipts import totals
from pipelines.ingest.turned_away import list_turned_away, read_turned_away
from pipelines.publish.pointer import Release, current_release
from pipelines.run import Installation, land_files, what_is_current
from pipelines.screen import EXIT_USAGE, Screen, formatted
from pipelines.settings import PACKAGE, PROJECT, Home
from pipelines.words import Lang, UserError, say

REASONS_SHOWN = 5


class StepTimer:
    """Draws the progress bar and remembers how long each step took."""

    def __init__(self, screen: Screen, steps: int) -> None:
        self.screen = screen
        self.seconds: dict[str, float] = {}
        self._step, self._began = "", perf_counter()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            console=screen.err,
            disable=not screen.err.is_terminal,
        )
        self._task = self._bar.add_task("", total=steps)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.begin("")
        self._bar.stop()

    @property
    def step(self) -> str:
        """The step that is running, in the reader's language."""
        return say(f"cli.STEP_{self._step}", self.screen.lang) if self._step else ""

    def begin(self, step: str) -> None:
        """Note that `step` begins and the one before it has ended."""
        now = perf_counter()
        if self._step:
            self.seconds[self._step] = self.seconds.get(self._step, 0) + now - self._began
            self._bar.advance(self._task)
        self._step, self._began = step, now
        self._bar.update(self._task, description=self.step)

    def show(self) -> None:
        """Print the seconds of each step."""
        rows = [
            (say(f"cli.STEP_{step}", self.screen.lang), f"{seconds:.1f}")
            for step, seconds in self.seconds.items()
        ]
        self.screen.grid(["STEP", "SECONDS"], rows)


def run_session(home: Home, screen: Screen, *, revise: bool) -> None:
    """Run everything from the inbox to a release, unless nothing has changed.

    Raises:
        UserError: another run holds the lock, or a step failed; readers see what they saw before.
    """
    installation = Installation.at(home.root, revise=revise)
    with writer_lock(home):
        installation.land_report = land_files(installation)
        current = None if revise else what_is_current(installation)
        if current is not None:
            screen.turned_away(list_turned_away(home, installation.land_report))
            screen.say("NOTHING_NEW", release=current.id)
            screen.say("REPORT_AT", path=_report_of(current, screen.lang))
            return
        try:
            _run_job(installation, screen)
        finally:
            screen.turned_away(read_turned_away(home))
    _summarise(installation, screen)


def _run_job(installation: Installation, screen: Screen) -> None:
    """Execute Dagster's job in this process, with this installation and its lock."""
    home = installation.home
    with dagster_home(home), StepTimer(screen, 7 + len(installation.indicators)) as timer:
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
        except Exception as error:
            raise _failure(installation, timer.step, error) from error
    timer.show()


def _failure(installation: Installation, step: str, error: BaseException) -> UserError:
    """The user's own mistake if there is one in the chain, else the failed checks or the fault."""
    home, settings = installation.home, installation.settings
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, UserError):
            raise_alert(home, settings, AlertKind.RUN_FAILED, step)
            return cause
        cause = cause.__cause__ or cause.__context__
    if failed := failed_checks(home):
        raise_alert(home, settings, AlertKind.CHECK_FAILED, ", ".join(failed))
        return UserError("cli.CHECKS_FAILED", count=len(failed), checks=", ".join(failed))
    raise_alert(home, settings, AlertKind.RUN_FAILED, step)
    return UserError("cli.RUN_FAILED", step=step, reason=f"{type(error).__name__}.")


def _summarise(installation: Installation, screen: Screen) -> None:
    home = installation.home
    screen.say("ACCOUNTED", **formatted(totals(read_receipts(home))))
    with warehouse(home) as con:
        [(waiting,)] = con.execute("select waiting from ops.freeze").fetchall()
        [(checks,)] = con.execute("select count(*) from ops.checks where passed").fetchall()
        for reason, count in top_reasons(con, REASONS_SHOWN):
            what = say(f"ingest.{reason}", screen.lang)
            screen.say("QUARANTINED", reason=reason, count=f"{count:,}", what=what)
    screen.say("CHECKS_PASSED", count=checks)
    if waiting:
        screen.say("WAITING", count=waiting)
    for notice in installation.notices:
        screen.plain(say(notice, screen.lang))
    release = current_release(home)
    if release is None:
        raise UserError("release.NONE_YET")
    screen.say("PUBLISHED", release=release.id)
    screen.say("REPORT_AT", path=_report_of(release, screen.lang))


def _report_of(release: Release, lang: Lang) -> Path:
    return release.folder / "site" / lang / "index.html"


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
