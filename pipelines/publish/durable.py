"""File operations that survive a crash: what is on disk before the next step begins.

A rename is atomic for readers but says nothing of a power cut; only `fsync` of the file and of the
folder that names it does. Nothing here knows what a release is.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FOLDER_MODE, READ_ONLY_FOLDER_MODE = 0o755, 0o555
FILE_MODE, READ_ONLY_FILE_MODE = 0o644, 0o444


def make_folder(folder: Path) -> None:
    """Create `folder` and what leads to it, open to readers whatever the umask is."""
    for path in reversed([folder, *folder.parents]):
        if not path.exists():
            path.mkdir()
            path.chmod(FOLDER_MODE)
            sync(path.parent)


def sync(path: Path) -> None:
    """`fsync` a file, or a folder (the names in it)."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(folder: Path) -> None:
    """Make everything under `folder` read-only and durable, contents before the names of them."""
    for path in _bottom_up(folder):
        path.chmod(READ_ONLY_FOLDER_MODE if path.is_dir() else READ_ONLY_FILE_MODE)
        sync(path)


def write_text(path: Path, text: str) -> None:
    """Replace the text of `path`: afterwards it holds the old or the new text, never a part."""
    draft = path.with_name(f".tmp-{path.name}")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(FILE_MODE)
    draft.replace(path)
    sync(path.parent)


def rename(old: Path, new: Path) -> None:
    """Give `old` the free name `new` in the same folder."""
    old.rename(new)
    sync(new.parent)


def remove(path: Path) -> None:
    """Remove a file, a link or a whole read-only folder; a folder loses its name first.

    A reader therefore never finds half of a folder under its own name.
    """
    if path.is_symlink() or path.is_file():
        path.unlink()
        sync(path.parent)
    elif path.is_dir():
        gone = path if path.name.startswith(".tmp-") else path.with_name(f".tmp-gone-{path.name}")
        if gone != path:
            rename(path, gone)
        for folder in _bottom_up(gone):
            if folder.is_dir():
                folder.chmod(FOLDER_MODE)
        shutil.rmtree(gone)
        sync(gone.parent)


def point_link(link: Path, target: Path) -> None:
    """Let `link` lead to the sibling `target`: a relative link, or a copy where links cannot be.

    A link is replaced in one step. A copy is not; it is for people, and readers that must not see
    a gap use the pointer file.
    """
    draft = link.with_name(f".tmp-{link.name}")
    remove(draft)
    relative = target.relative_to(link.parent)
    try:
        draft.symlink_to(relative, target_is_directory=True)
    except OSError:
        shutil.copytree(target, draft)
    if not draft.is_symlink() or (link.exists() and not link.is_symlink()):
        remove(link)
    draft.replace(link)
    sync(link.parent)


def litter(folder: Path) -> Iterator[Path]:
    """What a run that died has left in `folder`."""
    with suppress(FileNotFoundError):
        yield from sorted(folder.glob(".tmp-*"))


def _bottom_up(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, topdown=False):
        here = Path(parent)
        yield from (here / name for name in sorted(files))
        yield from (here / name for name in sorted(folders) if (here / name).is_symlink())
        yield here
