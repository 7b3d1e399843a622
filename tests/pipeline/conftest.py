"""One small world, run once through the command line, for every test of a whole run."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Petitions = Callable[..., subprocess.CompletedProcess[str]]

CASES = 20_000


def call(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    state = home.parent / "state"
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from pipelines.cli import main; main()",
            *arguments,
            "--home",
            home,
        ],
        env=os.environ | {"XDG_STATE_HOME": str(state), "LANG": "C.UTF-8"} | more,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one release; tests that change it take a copy."""
    home = tmp_path_factory.mktemp("run") / "home"
    for arguments in (["simulate", "--cases", str(CASES)], ["run"]):
        done = call(home, *arguments)
        assert done.returncode == 0, done.stderr[-4000:]
    return home


@pytest.fixture
def petitions(published: Path) -> Petitions:
    """Call the command line on the published home."""
    return lambda *arguments, **more: call(published, *arguments, **more)
