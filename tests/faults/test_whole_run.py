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
from pathlib import Path

import pytest

from pipelines.publish.pointer import current_release
from pipelines.publish.verify import verify
from pipelines.settings import Home
from tests.homes import Small, call

PROGRAM = "from pipelines.cli import main; main()"
PARTS = ("current", "superseded", "duplicate", "quarantined")
SAMPLE, MANY = 1, 100


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


def check_a_kill(undisturbed: Small, home: Path, seed: int) -> None:
    receipts = receipts_of(undisturbed.ran)
    shutil.copytree(undisturbed.fresh, home)
    instant = random.Random(seed).uniform(0.5, undisturbed.seconds)  # noqa: S311 - no secret
    kill_run_after(home, instant)
    if current_release(Home(home)) is not None:
        assert verify(Home(home)) == []
    done = call(home, "run")
    assert done.returncode == 0, done.stderr[-2000:]
    assert verify(Home(home)) == []
    assert receipts_of(home) == receipts
    assert all(one["records"] == sum(one[part] for part in PARTS) for one in receipts)
    assert not list((home / "published").rglob(".tmp-*"))


@pytest.mark.parametrize("seed", range(SAMPLE))
def test_a_run_killed_at_a_random_instant(small, tmp_path, seed):
    check_a_kill(small, tmp_path / "home", seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SAMPLE, MANY))
def test_runs_killed_at_many_random_instants(small, tmp_path, seed):
    check_a_kill(small, tmp_path / "home", seed)
