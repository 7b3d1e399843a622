"""The end state depends on the set of files only, not on when they came or how often we looked."""

import hashlib
import random
import shutil
from collections.abc import Sequence
from functools import cache
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipelines.ingest.mapping import SHIPPED_SOURCES
from pipelines.ingest.source import Source
from pipelines.ingest.staging import open_staging
from pipelines.settings import Home
from pipelines.validate.rules import fed_tables
from tests.unit.ingest.world import TABLES, World

MAPPINGS = Path(__file__).parents[2] / "contracts" / "mappings"
REGISTER = "编号,机构,登记日期,人次,办结日期,更新时间\n"
LIST = "编号,机构,登记日期,人次\n"
FILES = {
    # Overlapping exports, the second with a correction, an emptied date and a broken record.
    "F01_台账_20260131.csv": REGISTER
    + "1,F01,2026-01-05,2,2026-01-20,\n2,F01,2026-01-06,3,2026-01-21,\n3,F01,2026-01-07,1,,\n",
    "F01_台账_20260228.csv": REGISTER
    + "1,F01,2026-01-05,2,,\n2,F01,2026-01-06,0,2026-01-21,\n4,F01,2026-02-07,1,,\n",
    # Lists of what is open, one of them sent again unchanged.
    "F02_未结清单_20260131.csv": LIST + "1,F02,2026-01-05,2\n2,F02,2026-01-06,3\n",
    "F02_未结清单_20260228.csv": LIST + "2,F02,2026-01-06,3\n3,F02,2026-02-06,9\n",
    "F02_未结清单_20260331.csv": LIST + "1,F02,2026-01-05,2\n2,F02,2026-01-06,3\n",
    # The same records again, a contradiction, another system that takes precedence, steps alone.
    "F01_台账b_20260131.csv": REGISTER
    + "3,F01,2026-01-07,1,,\n2,F01,2026-01-06,3,2026-01-21,\n1,F01,2026-01-05,2,2026-01-20,\n",
    "F01_台账c_20260228.csv": REGISTER + "4,F01,2026-02-07,5,,\n5,F01,2026-02-08,1,,\n",
    "F01_平台_20251231.csv": REGISTER + "5,F01,2025-12-08,7,2025-12-20,\n",
    "F01_办理步骤_20260228.csv": "信访编号,步骤序号,步骤,时间\n"
    "3,1,受理,2026-01-08\n99,1,受理,2026-01-08\n",
}
FOUR = tuple(FILES)[:4]


# What the files feed, what its rules look at, and the tables of reference.
FED = ("cases", "case_events", "leader_visits")
FEW = {name: table for name, table in TABLES.items() if name in FED or not table.version}


@cache
def sources() -> dict[str, Source]:
    """The mappings of the files; to be read once, or that would take as long as the runs."""
    other = (MAPPINGS / "dated_register.yml").read_text(encoding="utf-8")
    other = other.replace("dated_register", "other_system").replace("台账", "平台")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "other_system.yml"
        path.write_text(f"{other}precedence: 2\n", encoding="utf-8")
        files = [path, MAPPINGS / "dated_register.yml", MAPPINGS / "open_list.yml"]
        read = map(Source.read, (*files, SHIPPED_SOURCES / "step_log.yml"))
        return {source.name: source for source in read}


def digest(world: World) -> str:
    """A hash of everything that acceptance decided, rows in an order of their own."""
    said = hashlib.sha256()
    relations = [f"model.{name}" for name in sorted(fed_tables(world.tables))]
    relations += ["quarantine.records", "quarantine.fates", "ops.checks", "ops.file_findings"]
    with open_staging(world.home, world.settings) as con:
        for relation in relations:
            rows = con.execute(f"from {relation} order by all").fetchall()
            said.update(repr((relation, rows)).encode())
    return said.hexdigest()


def arrive(folder: Path, batches: Sequence[Sequence[str]]) -> str:
    """Let the files arrive in batches, each followed by a run."""
    world = World(Home(folder / "home"), tables=FEW, _sources=sources())
    for batch in batches:
        for name in batch:
            world.drop(name, FILES[name])
        world.judge()
    return digest(world)


@pytest.fixture(autouse=True)
def _one_key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.getbasetemp() / "keys"
    monkeypatch.setenv("PETITIONS_KEY_FILE", str(folder / "one.key"))


@pytest.mark.slow
def test_all_orders_of_four_files_give_one_state(tmp_path: Path):
    found = {
        arrive(tmp_path / str(place), [[name] for name in order])
        for place, order in enumerate(permutations(FOUR))
    }
    assert len(found) == 1


FIFTIES = [pytest.param(seed, 50, marks=pytest.mark.slow) for seed in (1, 2, 3, 4)]


@pytest.mark.parametrize(("seed", "count"), [(0, 10), *FIFTIES])
def test_random_orders_and_batches_give_one_state(tmp_path: Path, seed: int, count: int):
    """Files come in any order, some together, some again; the runs between change nothing."""
    dice = random.Random(seed)  # noqa: S311 - a repeatable shuffle, not a secret
    found = {arrive(tmp_path / "all", [list(FILES)])}
    for place in range(count):
        order = dice.sample(list(FILES), len(FILES))
        cut = dice.randrange(1, len(order))
        found.add(arrive(tmp_path / str(place), [order[:cut], [*order[cut:], *order[:1]]]))
        shutil.rmtree(tmp_path / str(place))
    assert len(found) == 1


def test_the_state_hangs_on_every_file(tmp_path: Path):
    whole = arrive(tmp_path / "whole", [list(FILES)])
    for place, name in enumerate(FILES):
        rest = [other for other in FILES if other != name]
        assert arrive(tmp_path / str(place), [rest]) != whole, name
