"""Homes without a release, with one and with two; publishing takes time, copying does not."""

import shutil
from pathlib import Path

import pytest

from pipelines.publish.pointer import Release
from pipelines.settings import Home
from tests.unit.publish.world import FIGURES, add_export, make_home, publish_figures


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Nothing has been published yet."""
    return make_home(tmp_path / "home")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The first release, of a home that no test changes."""
    return publish_figures(make_home(tmp_path_factory.mktemp("published") / "home"))


@pytest.fixture
def home_with_one(published: Release, tmp_path: Path) -> Home:
    """A home of one's own with that release."""
    return _copy(published, tmp_path)


@pytest.fixture(scope="session")
def published_second(published: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The second release, made from one more export."""
    home = _copy(published, tmp_path_factory.mktemp("published_second"))
    add_export(home, "b" * 64)
    return publish_figures(home, FIGURES)


@pytest.fixture
def home_with_two(published_second: Release, tmp_path: Path) -> Home:
    """A home of one's own with both."""
    return _copy(published_second, tmp_path)


def _copy(release: Release, folder: Path) -> Home:
    root = release.folder.parents[2]
    return Home(Path(shutil.copytree(root, folder / "copy", symlinks=True)))
