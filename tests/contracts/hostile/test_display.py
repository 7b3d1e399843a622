"""What people open and read of a home full of harmful text: the release, and the command line."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.ingest.manifest import FILE_ID_LENGTH
from pipelines.settings import SHIPPED_REFERENCE, Home
from tests.contracts.hostile.catalogue import CASES, CONTROL
from tests.contracts.hostile.display import (
    FORMULAS,
    LOG,
    LONG,
    MARKS,
    MARKUP,
    OFFICES,
    TERMINAL,
)
from tests.contracts.hostile.exports import CANARIES
from tests.contracts.hostile.personal import FEW_REGION, GROUP, GROUP_REGION, SINGLES
from tests.contracts.hostile.runner import new_world
from tests.contracts.hostile.traces import seen, traces

pytestmark = pytest.mark.slow

NAMES = range(18, 31)  # of group J: what harms by its name
HARMFUL = tuple(
    text.strip()
    for text, _ in (*FORMULAS, *MARKUP, *OFFICES, MARKS, TERMINAL, LOG, (LONG[:90], ""))
    if len(text.strip()) > 8
)
MAIN = "from pipelines.cli import main; main()"
VERBS = (("status",), ("receipts",), ("quarantine", "list"), ("source", "list"))
# Nothing that moves the cursor, turns the writing round or hides.
UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Shown:
    """A published home, and what the commands said of it."""

    home: Home
    said: dict[str, str]


def _command(place: Path) -> Callable[..., str]:
    def call(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", MAIN, *words, "--home", place / "home"],
            env=os.environ
            | {
                "PETITIONS_KEY_FILE": str(place / "keys" / "test.key"),
                "XDG_STATE_HOME": str(place / "state"),
                "COLUMNS": "400",
                "LANG": "C.UTF-8",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout + done.stderr

    return call


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    place = tmp_path_factory.mktemp("shown")
    wanted = {"F29", *(f"J{n}" for n in NAMES), *(name for name in CASES if name[0] in "GH")}
    world = new_world(Home(place / "home"), [*(CASES[name] for name in sorted(wanted)), CONTROL])
    home = world.home
    files = (path for path in home.inbox.rglob("*") if path.is_file())
    looked_at = [hashlib.sha256(path.read_bytes()).hexdigest()[:FILE_ID_LENGTH] for path in files]
    (home.root / "petitions.toml").write_text(
        f'region_set = "fictional"\naccepted_changes = {looked_at}\n', encoding="utf-8"
    )
    rules = SHIPPED_REFERENCE / "fictional" / "rule_calendar.csv"
    (home.reference / rules.name).write_bytes(rules.read_bytes())
    call = _command(place)
    said = {"run": call("run")}
    said |= {" ".join(verb): call(*verb) for verb in VERBS}
    return Shown(home, said)


def test_no_harmful_text_is_in_a_release(shown):
    assert traces(shown.home.published, HARMFUL) == []


def test_no_harmful_text_is_said(shown):
    assert [verb for verb, text in shown.said.items() if seen(text, HARMFUL)] == []


def test_nothing_personal_is_published_or_said(shown):
    assert traces(shown.home.published, CANARIES) == []
    assert [verb for verb, text in shown.said.items() if seen(text, CANARIES)] == []


def test_what_is_said_cannot_change_a_terminal(shown):
    assert [verb for verb, text in shown.said.items() if UNSHOWN.search(text)] == []


@pytest.mark.parametrize("number", [18, 19, 20, 22, 23, 24, 27])
def test_a_strange_name_is_shown_as_it_is(shown, number):
    ((name, _),) = CASES[f"J{number}"].files
    assert name in shown.said["receipts"]


def test_a_strange_office_makes_no_page_and_no_file_of_its_own(shown):
    names = {part for path in shown.home.published.rglob("*") for part in path.parts}
    assert not {"CON", "CON.html", "passwd", "f 01", "F:01"} & names


def _published(shown: Shown, region: str) -> list[tuple[str, str, float, float, float]]:
    database = next(shown.home.published.glob("releases/*/petitions.duckdb"))
    with duckdb.connect(database, read_only=True) as con:
        return con.execute(
            "select indicator, state, numerator, denominator, value "
            "from public.indicator_values where region_code = ? order by all",
            [region],
        ).fetchall()


def test_a_cell_of_three_is_not_published(shown):
    cells = _published(shown, FEW_REGION)
    assert cells
    assert [cell for cell in cells if any(number in cell[2:] for number in (1, 2, 3, 6))] == []


def test_a_sum_that_is_mostly_one_group_is_not_published(shown):
    cells = _published(shown, GROUP_REGION)
    assert any(state == "ok" for _, state, *_ in cells)  # how many submissions may be known
    telling = {GROUP, GROUP + len(SINGLES)}
    assert [cell for cell in cells if telling & set(cell[2:])] == []
