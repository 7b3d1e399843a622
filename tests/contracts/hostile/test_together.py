"""Every hostile input in one home: each ends as it does alone, and costs the others nothing."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.settings import PROJECT
from tests.contracts.hostile.catalogue import CASES, CONTROL
from tests.contracts.hostile.exports import CANARIES
from tests.contracts.hostile.traces import seen, traces

pytestmark = pytest.mark.slow

SECONDS = 900
CANARIES_OF_ALL = tuple(
    dict.fromkeys(
        canary for case in (*CASES.values(), CONTROL) for canary in case.canaries if len(canary) > 8
    )
)


@dataclass(frozen=True, slots=True)
class Together:
    """What the program of `together.py` did in a folder, and said."""

    place: Path
    exit_code: int
    told: dict
    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Together:
    place = tmp_path_factory.mktemp("together")
    for name in ("TMPDIR", "HOME", "work"):
        (place / name).mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.contracts.hostile.together", place / "home"],
        cwd=place / "work",
        env=os.environ
        | {
            "PYTHONPATH": str(PROJECT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PETITIONS_KEY_FILE": str(place / "keys" / "test.key"),
            "TMPDIR": str(place / "TMPDIR"),
            "HOME": str(place / "HOME"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    told = json.loads(done.stdout) if done.returncode == 0 else {}
    return Together(place, done.returncode, told, done.stdout, done.stderr)


def test_nothing_crashes_hangs_or_breaks_a_limit(together):
    assert (together.exit_code, together.stderr) == (0, "")


def test_what_is_sound_loads_all_the_same(together):
    assert together.told["objections"][CONTROL.id] == []


def test_each_ends_as_it_does_alone(together):
    wrong = {case for case, objections in together.told["objections"].items() if objections}
    assert wrong == set()


def test_all_but_a_few_are_files_of_their_own(together):
    """Inputs with the same bytes are one object, and which of them owns it is of no account."""
    judged = together.told["objections"].keys()
    assert len(judged) > 250


def test_no_record_is_lost_or_counted_twice(together):
    assert together.told["lost"] == []


def test_nothing_that_is_personal_is_seen_outside_the_vault(together):
    canaries = (*CANARIES, *CANARIES_OF_ALL)
    leaking = traces(together.place / "home", canaries)
    assert leaking == []
    assert not seen(together.stdout + together.stderr, canaries)


def test_nothing_is_made_outside_the_home(together):
    assert sorted(path.name for path in together.place.iterdir()) == [
        "HOME",
        "TMPDIR",
        "home",
        "keys",
        "work",
    ]
    for name in ("TMPDIR", "HOME", "work"):
        assert list((together.place / name).iterdir()) == []
