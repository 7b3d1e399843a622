"""Which release readers see: the folder names, `CURRENT`, the `latest` link and what died halfway.

`CURRENT` is the one thing that changes under readers' eyes; it is replaced by a rename and treated
as untrusted when read. How a release is built belongs to `release`.

A release gets its own name one step before `CURRENT` names it. `.PENDING` is written before the
first and removed after the second, so that a folder which no reader has ever seen is told from one
that was rolled back.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from pipelines.publish.durable import litter, make_folder, point_link, remove, write_text
from pipelines.publish.manifest import MANIFEST, check_files
from pipelines.settings import Home, Settings

RELEASE_ID = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})-r([1-9][0-9]{0,5})")
LONGEST_POINTER = 64


@dataclass(frozen=True, slots=True)
class Release:
    """A release: its id, `<day of the data>-r<number>`, and its folder."""

    id: str
    folder: Path

    @property
    def database(self) -> Path:
        """The research database."""
        return self.folder / "petitions.duckdb"

    @property
    def report(self) -> Path:
        """The first page of the report."""
        return self.folder / "site" / "index.html"

    @property
    def age(self) -> tuple[str, int]:
        """Sorts releases from the oldest to the newest."""
        day, _, number = self.id.rpartition("-r")
        return day, int(number)

    @classmethod
    def named(cls, home: Home, name: str) -> Self | None:
        """The release of that id, whether it is on disk or not; None where it is no id."""
        return cls(name, releases_folder(home) / name) if RELEASE_ID.fullmatch(name) else None


def releases_folder(home: Home) -> Path:
    """The folder of all releases."""
    return home.published / "releases"


def releases(home: Home) -> list[Release]:
    """Every release that readers could have seen, oldest first."""
    folder = releases_folder(home)
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    found = [release for name in names if (release := Release.named(home, name))]
    unseen = _unseen(home)
    return sorted((release for release in found if release != unseen), key=lambda r: r.age)


def read_pointer(home: Home, path: Path | None = None) -> Release | None:
    """The release that `CURRENT` names; None where it is missing, damaged or leads nowhere."""
    try:
        raw = (path or current_file(home)).read_bytes()[:LONGEST_POINTER]
        release = Release.named(home, raw.decode("ascii").removesuffix("\n"))
    except (OSError, UnicodeDecodeError):
        return None
    return release if release and (release.folder / MANIFEST).is_file() else None


def current_release(home: Home) -> Release | None:
    """The release that readers are to use, or None before the first one.

    A damaged pointer is not the end of service: the newest release whose files are what its
    manifest says takes its place until the next run mends the pointer.
    """
    if release := read_pointer(home):
        return release
    sound = (
        release for release in reversed(releases(home)) if not any(check_files(release.folder))
    )
    return next(sound, None)


def next_release(home: Home, as_of: date) -> Release:
    """The release to be made now: one above the highest number of that day."""
    day = as_of.isoformat()
    numbers = [release.age[1] for release in releases(home) if release.age[0] == day]
    name = f"{day}-r{max(numbers, default=0) + 1}"
    return Release(name, releases_folder(home) / name)


def current_file(home: Home) -> Path:
    """The pointer file."""
    return home.published / "CURRENT"


def announce(home: Home, release: Release) -> None:
    """Note that `release` is about to get its name."""
    write_text(_pending(home), f"{release.id}\n")


def flip(home: Home, release: Release) -> None:
    """Let every reader see `release` from now on."""
    write_text(current_file(home), f"{release.id}\n")


def tidy(home: Home, settings: Settings) -> None:
    """Put right what a run that died has left; call it with the writer's lock held.

    Unfinished folders go, and so does a release that got its name but was never shown; a damaged
    pointer and a missing or stale `latest` are written anew; releases beyond
    `settings.releases_kept` are removed, the oldest first. A program that has files of one of them
    open keeps them to its end; whoever starts later must start from `CURRENT`.
    """
    for folder in (home.published, releases_folder(home)):
        make_folder(folder)
        for path in litter(folder):
            remove(path)
    if unseen := _unseen(home):
        remove(unseen.folder)
    remove(_pending(home))
    if current := current_release(home):
        if read_pointer(home) != current:
            flip(home, current)
        link = home.published / "latest"
        if not leads_to(link, current):
            point_link(link, current.folder)
        _prune(home, current, settings.releases_kept)


def leads_to(link: Path, release: Release) -> bool:
    """Whether `latest` shows `release`, be it a link or a copy."""
    if link.is_symlink():
        return link.resolve() == release.folder.resolve()
    mine, its = link / MANIFEST, release.folder / MANIFEST
    return mine.is_file() and its.is_file() and mine.read_bytes() == its.read_bytes()


def _prune(home: Home, current: Release, kept: int) -> None:
    """Never the current release, nor a newer one that was rolled back."""
    older = [release for release in releases(home) if release.age < current.age]
    for release in older[: max(0, len(older) + 1 - max(1, kept))]:
        remove(release.folder)


def _unseen(home: Home) -> Release | None:
    """The release that got its name in a run that died before any reader could see it."""
    pending = read_pointer(home, _pending(home))
    return pending if pending != read_pointer(home) else None


def _pending(home: Home) -> Path:
    return home.published / ".PENDING"
