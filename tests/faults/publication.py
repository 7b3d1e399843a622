"""A home about to publish, and the four things that must hold after any fault.

(a) readers see exactly the old or the new release, and success was not claimed for nothing;
(b) the next plain run succeeds; (c) it ends where an undisturbed run ends; (d) no litter remains.
"""

import json
import shutil
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from pipelines.publish.catalogue import load_catalogue
from pipelines.publish.frozen import Freeze
from pipelines.publish.manifest import read_manifest
from pipelines.publish.pointer import current_release, tidy
from pipelines.publish.release import VOLATILE, publish
from pipelines.publish.state import InputState, is_current
from pipelines.publish.verify import verify
from pipelines.settings import Home
from pipelines.words import UserError, load_words
from tests.faults.harness import USER_ERROR, Outcome, run
from tests.unit.publish.world import (
    FIGURES,
    SETTINGS,
    add_export,
    edition,
    make_home,
    publish_figures,
    state_of,
    write_staging,
)

# Two are kept, so that the third publication also removes the first release.
KEEPING_TWO = replace(SETTINGS, releases_kept=2)
PUBLISHED = "published"

# Read once, in the server from which the children are forked.
load_catalogue()
load_words()


@dataclass(frozen=True, slots=True)
class View:
    """What readers see of a home: the current release but for what may differ between two runs."""

    release: str
    manifest: dict[str, Any]

    @classmethod
    def of(cls, root: Path) -> Self:
        home = Home(root)
        release = current_release(home)
        assert release is not None
        assert [f for f in verify(home) if f.file != "latest"] == []
        manifest = read_manifest(release.folder) or {}
        manifest["files"] = [f for f in manifest["files"] if f["path"] != release.database.name]
        return cls(release.id, {k: v for k, v in manifest.items() if k not in VOLATILE})


@dataclass(frozen=True, slots=True)
class Scene:
    """A home before a publication, and what is to be seen before and after it."""

    root: Path
    state: InputState
    calm: Outcome
    calm_seconds: float
    old: View
    new: View
    files: tuple[str, ...]

    @classmethod
    def set_up(cls, folder: Path) -> Self:
        root = folder / "before"
        home = make_home(root)
        publish_figures(home, FIGURES[:1], settings=KEEPING_TWO)
        publish_figures(home, FIGURES[:2], settings=KEEPING_TWO)
        add_export(home, "b" * 64)
        write_staging(home, FIGURES)
        after = copy_of(root, folder / "after")
        state = state_of(home, KEEPING_TWO)
        run(load_words, root=after / PUBLISHED)  # starts the server
        start = time.monotonic()
        calm = run(plain_run, after, state, root=after / PUBLISHED)
        seconds = time.monotonic() - start
        assert calm.code == 0, calm.said
        return cls(root, state, calm, seconds, View.of(root), View.of(after), files_below(after))

    @property
    def state_json(self) -> str:
        """The state, for a program's command line."""
        return json.dumps(asdict(self.state))

    def check(self, root: Path, outcome: Outcome) -> None:
        """The four things, of a home whose run ended with `outcome`."""
        seen = View.of(root)
        assert seen in (self.old, self.new)
        if outcome.code == 0:
            assert seen == self.new
        if outcome.code == USER_ERROR:
            claimed_nothing = outcome.said.startswith("Nothing was published")
            assert claimed_nothing == (seen == self.old), outcome.said
        assert outcome.code in {0, USER_ERROR, -9}, outcome.said
        healed = run(plain_run, root, self.state, root=root / PUBLISHED)
        assert healed.code == 0, healed.said
        assert verify(Home(root)) == []
        assert View.of(root) == self.new
        assert files_below(root) == self.files


def plain_run(root: Path, state: InputState) -> None:
    """The end of a run: publish what is new, else put right what is not in order."""
    home = Home(root)
    if is_current(home, state):
        tidy(home, KEEPING_TWO)
    else:
        frozen = Freeze(kept=2, waiting=0, revised=0, added=3)
        publish(home, KEEPING_TWO, edition(frozen, state))


def copy_of(root: Path, target: Path) -> Path:
    """Another home with the same content; links stay links."""
    shutil.copytree(root, target, symlinks=True)
    return target


def discard(root: Path) -> None:
    """Remove a home; there are many, and what is published is read-only."""
    for folder in root.rglob("*"):
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o755)
    shutil.rmtree(root)


def files_below(root: Path) -> tuple[str, ...]:
    return tuple(sorted(path.relative_to(root).as_posix() for path in root.rglob("*")))


if __name__ == "__main__":
    try:
        plain_run(Path(sys.argv[1]), InputState(**json.loads(sys.argv[2])))
    except UserError as error:
        sys.stdout.write(str(error))
        sys.exit(USER_ERROR)
