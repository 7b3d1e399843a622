"""A whole `petitions run` killed at random instants: readers see the old or the new release, the
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
from tests.homes import Small, call

PROGRAM = "from pipelines.cli import main; main()"
PARTS = ("current", "superseded", "duplicate", "quarantined")
CHAINS, KILLS = 20, 5
NO_PICTURES = {"BROWSER_PATH": "/nowhere"}


def receipts_of(home: Path) -> list[dict[str, object]]:
    return json.loads(call(home, "receipts", "--json").stdout)


def kill_run_after(home: Path, seconds: float, **more: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "run", "--home", home],
        env=os.environ | {"XDG_STATE_HOME": str(home.parent / "state"), "LANG": "C.UTF-8"} | more,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def check_kills(small: Small, home: Path, instants: list[float], **more: str) -> None:
    """Runs killed one after the other, each on what the last one left; then a plain run."""
    shutil.copytree(small.fresh, home)
    for instant in instants:
        kill_run_after(home, instant, **more)
        if current_release(Home(home)) is not None:
            assert verify(Home(home)) == []
    done = call(home, "run", **more)
    assert done.returncode == 0, done.stderr[-2000:]
    assert verify(Home(home)) == []
    receipts = receipts_of(home)
    assert receipts == receipts_of(small.ran)
    assert all(one["records"] == sum(one[part] for part in PARTS) for one in receipts)
    assert not list((home / "published").rglob(".tmp-*"))


def instants_of(seed: int, count: int, seconds: float) -> list[float]:
    draw = random.Random(seed)  # noqa: S311 - no secret
    return [draw.uniform(0.5, seconds) for _ in range(count)]


@pytest.fixture(scope="module")
def seconds_without_pictures(small: Small, tmp_path_factory: pytest.TempPathFactory) -> float:
    home = tmp_path_factory.mktemp("undrawn") / "home"
    shutil.copytree(small.fresh, home)
    began = time.monotonic()
    assert call(home, "run", **NO_PICTURES).returncode == 0
    return time.monotonic() - began


def test_a_run_killed_at_a_random_instant(small, tmp_path):
    check_kills(small, tmp_path / "home", instants_of(0, 1, small.seconds))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, CHAINS + 1))
def test_runs_killed_again_and_again(small, seconds_without_pictures, tmp_path, seed):
    """A hundred random instants in all; pictures, in a folder of their own, would take long."""
    instants = instants_of(seed, KILLS, seconds_without_pictures)
    check_kills(small, tmp_path / "home", instants, **NO_PICTURES)
