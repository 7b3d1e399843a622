"""Homes that have been run through the command line, as a user would run them."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

FEW = 2_000


def call(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    state = home.parent / "state"
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from pipelines.cli import main; main()",
            *arguments,
            "--home",
            home,
        ],
        env=os.environ | {"XDG_STATE_HOME": str(state), "LANG": "C.UTF-8"} | more,
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass(frozen=True)
class Small:
    """A home of few cases and yearly figures, quick to run: run, fresh, and how long it took."""

    fresh: Path
    ran: Path
    seconds: float

    @classmethod
    def below(cls, root: Path) -> Self:
        """Simulate the home, and run a copy of it."""
        fresh, ran = root / "fresh" / "home", root / "ran" / "home"
        assert call(fresh, "simulate", "--cases", str(FEW)).returncode == 0
        with (fresh / "petitions.toml").open("a", encoding="utf-8") as settings:
            settings.write('province = "year"\n')  # the last table is [finest]
        shutil.copytree(fresh, ran)
        began = time.monotonic()
        done = call(ran, "run")
        assert done.returncode == 0, done.stderr[-2000:]
        return cls(fresh, ran, time.monotonic() - began)

    def copy(self, root: Path) -> tuple[Path, dict[str, str]]:
        """The home that has been run, to be changed, and the environment with its own key."""
        home = root / "home"
        shutil.copytree(self.ran, home, symlinks=True)
        (given,) = self.ran.parent.glob("state/petitions/*.key")
        return home, {"PETITIONS_KEY_FILE": str(shutil.copy(given, root / "the.key"))}
