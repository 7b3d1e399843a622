"""The inbox as it lies there: which files are candidates, which are not files, which still grow.

Nothing is opened for reading here and nothing is ever removed: the inbox belongs to those who fill
it. What a file means is decided by the mappings, what it holds by the modules that read it.
"""

import contextlib
import fnmatch
import os
import stat
import time
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.ingest.provenance import SIDECAR_SUFFIX
from pipelines.ingest.reasons import FileReason

# Office programs, downloads, editors and desktops leave these; they are never exports.
LITTER = (
    "~$*",
    "*~",
    ".*",
    "*.part",
    "*.partial",
    "*.crdownload",
    "*.download",
    "*.filepart",
    "*.tmp",
    "*.temp",
    "*.swp",
    "*.lock",
    "thumbs.db",
    "desktop.ini",
    f"*{SIDECAR_SUFFIX}",
)
FRESH_SECONDS = 10.0  # a file changed this recently is looked at twice
SETTLE_SECONDS = 0.25  # between the two looks
NAME_BYTES = 1000  # of the whole name below the inbox
WIDE_SPACES = "\u00a0\u3000"  # usual in Chinese file names, though Python calls them unprintable


@dataclass(frozen=True, slots=True)
class Candidate:
    """A regular file in the inbox.

    Attributes:
        name: its name below the inbox, with `/`.
        path: where it lies.
        bytes: its size when it was looked at.
        stamp: device, inode, size and times: what changes when the file does.
    """

    name: str
    path: Path
    bytes: int
    stamp: tuple[int, ...]

    @property
    def changed_at(self) -> float:
        """Time of the last change of the content, in seconds since 1970."""
        return self.stamp[3] / 1e9

    def still_is(self) -> bool:
        """Whether the file is what it was when it was looked at."""
        with contextlib.suppress(OSError):
            return stamp_of(self.path.lstat()) == self.stamp
        return False


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the inbox, everything in order of name."""

    candidates: tuple[Candidate, ...]
    refused: tuple[tuple[str, FileReason], ...]


def stamp_of(found: os.stat_result) -> tuple[int, ...]:
    """What tells one state of a file from another without reading it."""
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def look(inbox: Path) -> Look:
    """List what lies in the inbox and its folders; links are not followed."""
    candidates: list[Candidate] = []
    refused: list[tuple[str, FileReason]] = []
    for path in _walk(inbox):
        name = path.relative_to(inbox).as_posix()
        found = path.lstat()
        if reason := _unfit(name, found.st_mode):
            refused.append((printable(name), reason))
        else:
            candidates.append(Candidate(name, path, found.st_size, stamp_of(found)))
    return Look(tuple(candidates), tuple(refused))


def growing(candidates: Iterable[Candidate], settle: float = SETTLE_SECONDS) -> set[str]:
    """Names of the files that are still being written.

    A file is, if a process of this machine has it open for writing (where that can be seen), or if
    it changed a moment ago and is found changed again after `settle` seconds. There is one wait for
    all files together and none when no file is fresh.
    """
    files = list(candidates)
    now = time.time()
    fresh = [file for file in files if abs(now - file.changed_at) < FRESH_SECONDS]
    if fresh and settle:
        time.sleep(settle)
    held = {file.name for file in fresh if not file.still_is()}
    written = _open_for_writing({file.stamp[:2] for file in files})
    return held | {file.name for file in files if file.stamp[:2] in written}


def printable(name: str) -> str:
    """A name that can be shown: what no terminal should print is written as an escape."""
    return "".join(
        character if _can_be_shown(character) else character.encode("unicode_escape").decode()
        for character in name.encode(errors="backslashreplace").decode()
    )


def _can_be_shown(character: str) -> bool:
    return character.isprintable() or character in WIDE_SPACES


def _walk(folder: Path) -> Iterator[Path]:
    try:
        paths = sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
    except FileNotFoundError:
        return
    except PermissionError:
        yield folder  # told as what cannot be read, not passed over
        return
    for path in paths:
        if any(fnmatch.fnmatchcase(path.name.lower(), pattern) for pattern in LITTER):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


def _unfit(name: str, mode: int) -> FileReason | None:
    if not all(map(_can_be_shown, name)) or len(os.fsencode(name)) > NAME_BYTES:
        return FileReason.NAME
    if stat.S_ISLNK(mode):
        return FileReason.SYMLINK
    if not stat.S_ISREG(mode):
        return FileReason.SPECIAL
    return None


def same_name(name: str) -> str:
    """A name in the one form in which it is compared: composed, as most systems write it."""
    return unicodedata.normalize("NFC", name)


def _open_for_writing(wanted: Collection[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """Device and inode of the files that some process has open for writing, where `/proc` tells."""
    found: set[tuple[int, ...]] = set()
    if not wanted:
        return found
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for handle in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    state = handle.stat()
                    key = (state.st_dev, state.st_ino)
                    if key in wanted and _is_writable(process / "fdinfo" / handle.name):
                        found.add(key)
    return found


def _is_writable(fdinfo: Path) -> bool:
    for line in fdinfo.read_text(encoding="ascii").splitlines():
        if line.startswith("flags:"):
            return bool(int(line.split()[1], 8) & (os.O_WRONLY | os.O_RDWR))
    return False
