"""Every hostile input alone: the outcome that the contract demands, and nothing else besides."""

import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from pipelines.settings import Home
from tests.contracts.hostile.catalogue import CASES, CONTROL
from tests.contracts.hostile.exports import CANARIES
from tests.contracts.hostile.runner import new_world, run
from tests.contracts.hostile.traces import seen, traces
from tests.contracts.hostile.verdict import objections, unbalanced

SECONDS = 120  # two cores may be shared by much else
MANY_FILES = {"J37"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """A folder in which an installation lies; whatever hangs is ended."""
    for name in ("TMPDIR", "HOME"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("PETITIONS_KEY_FILE", str(tmp_path / "keys" / "test.key"))
    previous = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    yield tmp_path
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)


def _too_long(*_: object) -> None:
    raise TimeoutError(f"not done in {SECONDS} seconds")


def _marked(case_id: str) -> object:
    return pytest.param(case_id, marks=[pytest.mark.slow] if case_id in MANY_FILES else [])


@pytest.mark.parametrize("case_id", [CONTROL.id, *map(_marked, CASES)])
def test_an_input_alone_ends_as_contracted(case_id, place, capfd, caplog):
    case = CASES.get(case_id, CONTROL)
    world = new_world(Home(place / "home"), [case])
    outcome = run(world, [case]).outcome(case)
    assert objections(case, outcome, world.sources[case.mapping.name].table) == []
    assert unbalanced(outcome) == []
    canaries = (*CANARIES, *case.canaries)
    assert traces(world.home.root, canaries) == []
    told = capfd.readouterr()
    assert not seen(told.out + told.err + caplog.text, canaries)
    assert sorted(path.name for path in place.iterdir()) == ["HOME", "TMPDIR", "home", "keys"]
    assert [*(place / "HOME").rglob("*"), *(place / "TMPDIR").rglob("*")] == []
