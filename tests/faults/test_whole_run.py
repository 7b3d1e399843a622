"""A whole `petitions run` killed at a random instant: readers see the old or the new release, the
next run heals by itself, and every record is accounted for.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.publish.pointer import current_release
from pipelines.publish.verify import verify
from pipelines.settings import Home
from tests.pipeline.conftest import call

CASES = "2000"
PROGRAM = "from pipelines.cli import main; main()"
PARTS = ("current", "superseded", "duplicate", "quarantined")
SAMPLE, MANY = 2, 100


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float, list]:
    """A simulated home that never ran, the seconds of a run, and its receipts."""
    fresh = tmp_path_factory.mktemp("fresh") / "home"
    assert call(fresh, "simulate", "--cases", CASES).returncode == 0
    ran = tmp_path_factory.mktemp("ran") / "home"
    shutil.copytree(fresh, ran)
    began = time.monotonic()
    done = call(ran, "run")
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stderr[-2000:]
    return fresh, seconds, receipts_of(ran)


def receipts_of(home: Path) -> list[dict[str, object]]:
    return json.loads(call(home, "receipts", "--json").stdout)


def kill_run_after(home: Path, seconds: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "run", "--home", home],
        env=os.environ | {"XDG_STATE_HOME": str(home.parent / "state"), "LANG": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def check_a_kill(undisturbed: tuple[Path, float, list], home: Path, seed: int) -> None:
    fresh, seconds, receipts = undisturbed
    shutil.copytree(fresh, home)
    kill_run_after(home, random.Random(seed).uniform(0.5, seconds))  # noqa: S311 - an instant
    if current_release(Home(home)) is not None:
        assert verify(Home(home)) == []
    done = call(home, "run")
    assert done.returncode == 0, done.stderr[-2000:]
    assert verify(Home(home)) == []
    assert receipts_of(home) == receipts
    assert all(one["records"] == sum(one[part] for part in PARTS) for one in receipts)
    assert not list((home / "published").rglob(".tmp-*"))


@pytest.mark.parametrize("seed", range(SAMPLE))
def test_a_run_killed_at_a_random_instant(undisturbed, tmp_path, seed):
    check_a_kill(undisturbed, tmp_path / "home", seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SAMPLE, MANY))
def test_runs_killed_at_many_random_instants(undisturbed, tmp_path, seed):
    check_a_kill(undisturbed, tmp_path / "home", seed)
