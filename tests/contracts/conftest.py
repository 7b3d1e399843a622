from pathlib import Path

import pytest

from pipelines.settings import Home
from tests.unit.ingest.world import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """An empty installation whose key lies beside it."""
    monkeypatch.setenv("PETITIONS_KEY_FILE", str(tmp_path / "keys" / "test.key"))
    return World(Home(tmp_path / "home"))
