"""Small files that survive a crash: whole or not there at all.

For manifests, receipts, the pseudonym key and finished Parquet files. Large originals are streamed
by `vault.py`, which uses the same two calls at its end.
"""

import contextlib
import os
from pathlib import Path

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


def sync_folder(folder: Path) -> None:
    """Make names created in, moved into or removed from `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_private_folder(folder: Path) -> None:
    """Create `folder`, and close it to everyone but its owner whatever the umask is."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o777 != PRIVATE_FOLDER:
        folder.chmod(PRIVATE_FOLDER)


def move_into_place(draft: Path, path: Path) -> None:
    """Give a finished and closed `draft` its name: readers see the old file or the new one."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def write_private(path: Path, text: str) -> None:
    """Replace the text of `path`, for its owner only; a draft left by a crash is overwritten."""
    draft = path.with_name(f"{path.name}.draft")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    move_into_place(draft, path)
