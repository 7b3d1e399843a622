"""One scene for all fault tests: setting it up publishes three times."""

import pytest

from tests.faults.publication import Scene


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene.set_up(tmp_path_factory.mktemp("publication"))
