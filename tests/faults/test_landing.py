"""Landing under SIGKILL and a full disk, at every call that changes something.

Whatever happens, the next plain run ends where an undisturbed one does: same originals, same
manifests, same landed rows, no litter. A full disk is told in one sentence. What the reading child
and DuckDB write by themselves is out of reach here; see `harness.py`.
"""

import os
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.contract import load_tables
from pipelines.ingest.landing import build_landing
from pipelines.ingest.mapping import load_sources
from pipelines.ingest.vault import land
from pipelines.settings import PACKAGE, Home, Settings
from tests.faults.harness import USER_ERROR, Call, Effect, Fault, Outcome, run
from tests.faults.publication import copy_of, files_below

SETTINGS = Settings(threads=2, memory_limit="512MB")
HEADER = "信访编号,登记机构,登记时间,人次"
ROWS = [f"A{n},F0101,2026-01-{n:02} 09:00:00,{n}" for n in range(1, 21)]
EFFECTS = (Effect.KILL, Effect.ENOSPC)
SEEN = "inbox.json"  # holds the stamps of the files of one copy
SCRATCH = "vault/tmp"  # emptied when a run begins


def ingest(root: Path) -> None:
    """All that a run does before it judges a row."""
    os.environ["PETITIONS_KEY_FILE"] = str(root.parent / "keys" / f"{root.name}.key")
    home = Home(root)
    tables = load_tables(PACKAGE / "model")
    sources = load_sources(home, tables)
    land(home, SETTINGS, sources, settle=0)
    build_landing(home, SETTINGS, sources, tables)


def fill(inbox: Path) -> None:
    """A plain export, one in another encoding with refused records, one packed, one no good."""
    inbox.mkdir(parents=True)
    plain = "\n".join((HEADER, *ROWS)) + "\n"
    name = "信访件登记_20261031"
    (inbox / f"F01_{name}.csv").write_text(plain, encoding="utf-8")
    broken = plain.replace("2026-01-07", "昨天").replace("A9,", "A9,a,")
    (inbox / f"F02_{name}.csv").write_bytes(broken.encode("gb18030"))
    with zipfile.ZipFile(inbox / f"F03_{name}.zip", "w") as archive:
        archive.writestr(f"F03_{name}.csv", plain.replace("A", "B"))
    (inbox / f"F04_{name}.csv").write_text("no header of ours\n", encoding="utf-8")


def content(root: Path) -> dict[str, bytes]:
    """Every file of the vault and all landed rows, so that there is no litter either."""
    return {
        path: (root / path).read_bytes() if Path(path).name != SEEN else b""
        for path in files_below(root)
        if (root / path).is_file() and not path.startswith(SCRATCH)
    }


@dataclass(frozen=True, slots=True)
class Scene:
    """A home with exports that never ran, and what a run leaves."""

    fresh: Path
    key: Path
    calm: Outcome
    after: dict[str, bytes]

    def inflict(self, folder: Path, fault: Fault) -> Outcome:
        """One run with one fault and one without, then all that must hold."""
        root = copy_of(self.fresh, folder / "home")
        (folder / "keys").mkdir(exist_ok=True)
        shutil.copy(self.key, folder / "keys" / "home.key")
        outcome = run(ingest, root, root=root, fault=fault)
        assert outcome.code in {0, USER_ERROR, -9}, outcome.said
        if outcome.code == USER_ERROR:
            assert fault.effect is Effect.ENOSPC
            assert "not enough room" in outcome.said, outcome.said
        healed = run(ingest, root, root=root)
        assert healed.code == 0, healed.said
        assert content(root) == self.after
        shutil.rmtree(root)
        return outcome


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("landing")
    fill(folder / "fresh" / "inbox" / "case_register")
    after = copy_of(folder / "fresh", folder / "after")
    calm = run(ingest, after, root=after)
    assert calm.code == 0, calm.said
    key = folder / "keys" / "after.key"
    return Scene(folder / "fresh", key, calm, content(after))


def test_an_undisturbed_run_lands_what_is_good_and_keeps_apart_what_is_not(landing: Scene):
    names = [Path(name) for name in landing.after]
    assert sum(name.match("vault/objects/*/*") for name in names) == 4
    assert sum(name.match("warehouse/landing/cases/*.parquet") for name in names) == 3
    assert sum(name.match("vault/refused/*.parquet") for name in names) == 1
    assert landing.calm.count(Call.WRITE) > 10


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("call", [Call.WRITE, Call.RENAME])
def test_a_fault_amidst_the_calls_of_a_kind(
    landing: Scene, tmp_path: Path, call: Call, effect: Effect
):
    landing.inflict(tmp_path, Fault(call, (landing.calm.count(call) + 1) // 2, effect))


def test_a_disk_that_is_full_before_there_is_a_vault(landing: Scene, tmp_path: Path):
    assert landing.inflict(tmp_path, Fault(Call.MKDIR, 1, Effect.ENOSPC)).code == USER_ERROR


@pytest.mark.slow
@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("call", Call)
def test_a_fault_at_every_call(landing: Scene, tmp_path: Path, call: Call, effect: Effect):
    for nth in range(1, landing.calm.count(call) + 1):
        landing.inflict(tmp_path, Fault(call, nth, effect))
