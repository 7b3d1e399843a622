"""File operations that survive a crash: what is on disk before the next step begins.

A rename is atomic for readers but says nothing of a power cut; only `fsync` of the file and of the
folder that names it does. Nothing here knows what a release is.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipelines.ingest.durable import sync

DRAFT = ".tmp-"  # everything that is not yet, or no longer, what its name says

FOLDER_MODE, READ_ONLY_FOLDER_MODE = 0o755, 0o555
FILE_MODE, READ_ONLY_FILE_MODE = 0o644, 0o444
NO_LINKS_HERE = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


def make_folder(folder: Path) -> None:
    """Create `folder` where it is missing, open to readers whatever the umask is."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    sync(folder.parent)


def settle(folder: Path) -> None:
    """Make everything under `folder` read-only and durable: files first, then their folders."""
    for path in _bottom_up(folder):
        path.chmod(READ_ONLY_FOLDER_MODE if path.is_dir() else READ_ONLY_FILE_MODE)
        sync(path)


def write_text(path: Path, text: str) -> None:
    """Replace the text of `path`: afterwards it holds the old or the new text, never a part."""
    draft = path.with_name(DRAFT + path.name)
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.chmod(FILE_MODE)
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def rename(old: Path, new: Path) -> None:
    """Give `old` the free name `new` in the same folder."""
    old.rename(new)
    sync(new.parent)


def remove(path: Path) -> None:
    """Remove a file, a link or a whole read-only folder, where there is one.

    A folder loses its name first, so that a reader never finds half of it.
    """
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        gone = path
        if not path.name.startswith(DRAFT):
            gone = path.with_name(f"{DRAFT}gone-{path.name}")
            rename(path, gone)
        for inner in _bottom_up(gone):
            if inner.is_dir():
                inner.chmod(FOLDER_MODE)
        shutil.rmtree(gone)


def point_link(link: Path, target: Path) -> None:
    """Let `link` lead to `target` below its folder: a relative link, or a copy without links.

    A link is replaced in one step. A copy is not; it is a convenience for people, and programs that
    must not see a gap read the pointer file.
    """
    draft = link.with_name(DRAFT + link.name)
    remove(draft)
    try:
        draft.symlink_to(target.relative_to(link.parent), target_is_directory=True)
    except OSError as error:
        if error.errno not in NO_LINKS_HERE:
            raise
        shutil.copytree(target, draft)
    if not link.is_symlink():
        remove(link)
    draft.replace(link)
    sync(link.parent)


def litter(folder: Path) -> Iterator[Path]:
    """What a run that died has left in `folder`."""
    yield from sorted(folder.glob(f"{DRAFT}*"))


def _bottom_up(folder: Path) -> Iterator[Path]:
    for parent, _, files in os.walk(folder, topdown=False):
        yield from (Path(parent) / name for name in sorted(files))
        yield Path(parent)
