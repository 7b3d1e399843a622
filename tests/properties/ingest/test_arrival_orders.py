"""The end state depends on the set of files only, not on when they came or how often we looked."""

import hashlib
import random
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

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


def digest(world: World) -> str:
    """A hash of everything that acceptance decided, rows in an order of their own."""
    said = hashlib.sha256()
    tables = [f"model.{name}" for name in sorted(fed_tables(TABLES))]
    for relation in (*tables, "quarantine.records", "quarantine.fates", "ops.file_findings"):
        said.update(repr((relation, world.query(f"from {relation} order by all"))).encode())
    return said.hexdigest()


def arrive(folder: Path, batches: Sequence[Sequence[str]]) -> str:
    """Let the files arrive in batches, each followed by a run."""
    world = World(Home(folder / "home"))
    for name in ("dated_register", "open_list"):
        world.mapping((MAPPINGS / f"{name}.yml").read_text(encoding="utf-8"), name)
    other = (MAPPINGS / "dated_register.yml").read_text(encoding="utf-8")
    other = other.replace("dated_register", "other_system").replace("台账", "平台")
    world.mapping(f"{other}precedence: 2\n", "other_system")
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


@pytest.mark.parametrize("count", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_random_orders_and_batches_give_one_state(tmp_path: Path, count: int):
    """Files come in any order, some together, some again; the runs between change nothing."""
    dice = random.Random(count)  # noqa: S311 - a repeatable shuffle, not a secret
    found = {arrive(tmp_path / "all", [list(FILES)])}
    for place in range(count):
        order = dice.sample(list(FILES), len(FILES))
        cut = dice.randrange(1, len(order))
        found.add(arrive(tmp_path / str(place), [order[:cut], [*order[cut:], *order[:1]]]))
    assert len(found) == 1


def test_the_state_hangs_on_every_file(tmp_path: Path):
    whole = arrive(tmp_path / "whole", [list(FILES)])
    for place, name in enumerate(FILES):
        rest = [other for other in FILES if other != name]
        assert arrive(tmp_path / str(place), [rest]) != whole, name
