"""What every kind of test shares: one Hypothesis profile, and where the real exports lie."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.settings import PROJECT

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
def cluster() -> Iterator[str]:
    """The address of a second engine in this process: Sail, a Spark Connect server without Java."""
    os.environ.setdefault("RUST_LOG", "error")
    from pysail.spark import SparkConnectServer  # noqa: PLC0415 - heavy

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    yield "sc://{}:{}".format(*server.listening_address)
    server.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests that share a dear setting, for `--dist loadgroup`."""
    for item in items:
        for folder in SHARED_SETTING:
            if Path(__file__).parent / folder in item.path.parents:
                item.add_marker(pytest.mark.xdist_group(folder))
