"""One small world, run once through the command line, for every test of a whole run."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.homes import call

Petitions = Callable[..., subprocess.CompletedProcess[str]]

CASES = 20_000


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
