"""A home with nothing published yet, and one with its first release."""

from pathlib import Path

import pytest

from pipelines.publish.pointer import Release
from pipelines.settings import Home
from tests.unit.publish.world import make_home, publish_figures


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The first release of a home that no test changes."""
    return publish_figures(make_home(tmp_path_factory.mktemp("published") / "home"))
