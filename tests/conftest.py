"""What every kind of test shares: one Hypothesis profile, and where the real exports lie."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from pipelines.settings import PROJECT
from tests.homes import Small

# Two busy cores make single examples slow by chance; a time limit would only add noise.
settings.register_profile("petitions", deadline=None)
settings.load_profile("petitions")

# Folders whose session fixture is dear (a whole run, a drawn site): one process runs each of them.
SHARED_SETTING = ("pipeline", "faults", "site")

REAL_EXPORTS = PROJECT.parent / "shared" / "real"


@pytest.fixture(scope="session")
def real_exports() -> Path:
    """The folder of real public exports; the test is skipped, loudly, where it is absent."""
    if not REAL_EXPORTS.is_dir():
        pytest.skip(f"the real exports are not on this machine (expected in {REAL_EXPORTS.name}/)")
    return REAL_EXPORTS


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A small home that has been run; tests that change it take a copy."""
    return Small.below(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The address of a second engine in this process: Sail, a Spark Connect server without Java."""
    os.environ.setdefault("RUST_LOG", "error")
    from pysail.spark import SparkConnectServer  # noqa: PLC0415 - heavy

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    yield "sc://{}:{}".format(*server.listening_address)
    server.stop()


class ByFolder(LoadScopeScheduling):
    """Spread tests over processes one by one, but those that share a dear setting together."""

    def _split_scope(self, nodeid: str) -> str:
        return next((f for f in SHARED_SETTING if nodeid.startswith(f"tests/{f}/")), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFolder:
    """What `-n` uses in place of its own schedulers."""
    return ByFolder(config, log)
