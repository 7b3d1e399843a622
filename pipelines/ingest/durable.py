"""Small files that are whole or not there at all, and those among them that survive a power cut.

What cannot be made again (manifests, the pseudonym key) is written with `write_durably`. What can
(receipts, landed rows) only has to be whole: `write_whole`, and a look at it before it is believed.
"""

import contextlib
import os
from pathlib import Path

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut (`fsync`)."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_private_folder(folder: Path) -> None:
    """Create `folder`, and close it to everyone but its owner whatever the umask is."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o777 != PRIVATE_FOLDER:
        folder.chmod(PRIVATE_FOLDER)


def write_durably(path: Path, text: str) -> None:
    """Replace the text of `path`, for its owner only; on return it is on the disk."""
    draft = _write_draft(path, text, is_synced=True)
    draft.replace(path)
    sync(path.parent)


def write_whole(path: Path, text: str) -> None:
    """Replace the text of `path`, for its owner only: readers see the old text or the new one."""
    _write_draft(path, text, is_synced=False).replace(path)


def _write_draft(path: Path, text: str, *, is_synced: bool) -> Path:
    draft = path.with_name(f"{path.name}.draft")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        if is_synced:
            file.flush()
            os.fsync(file.fileno())
    return draft
