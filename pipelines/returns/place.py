"""Where returns may be written: they hold what offices wrote of people, so they stay closed.

Folders are 0700 and files 0600 from their first byte on, and nothing is written where a reader of
the report, or the next run, would find it.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pipelines.ingest.durable import PRIVATE_FILE, make_private_folder
from pipelines.settings import Home
from pipelines.words import UserError

OTHERS = 0o077
UNFIT = re.compile(r"[^\w-]+")
NAME_CHARACTERS = 60
MARK_LENGTH = 8


def open_place(home: Home, folder: Path) -> Path:
    """A folder for returns, made where there is none.

    Raises:
        UserError: it lies where others read or where exports are taken from, or others may open it.
    """
    place = folder.expanduser().resolve()
    for public in (home.published, home.inbox):
        if place.is_relative_to(public.resolve()):
            raise UserError("returns.PUBLIC_PLACE", file=folder, folder=public)
    if place.exists() and (not place.is_dir() or place.stat().st_mode & OTHERS):
        raise UserError("returns.OPEN_PLACE", file=folder)
    make_private_folder(place)
    return place


def fit_name(text: str) -> str:
    """A text as a part of a file name: two texts never become one name."""
    name = UNFIT.sub("_", text)[:NAME_CHARACTERS].strip("_")
    if name == text:
        return name
    mark = hashlib.sha256(text.encode()).hexdigest()[:MARK_LENGTH]
    return f"{name}_{mark}".lstrip("_")


@contextmanager
def private_file(path: Path) -> Generator[BinaryIO]:
    """A file for its owner only; it has its name when the block ends without an error.

    Programs that write through files of their own find a place for them beside it: the usual one
    for such files is open to others.
    """
    handle, drafted = tempfile.mkstemp(".draft", ".", path.parent)
    draft = Path(drafted)
    usual, tempfile.tempdir = tempfile.tempdir, str(path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        draft.chmod(PRIVATE_FILE)
        draft.replace(path)
    finally:
        tempfile.tempdir = usual
        with suppress(FileNotFoundError):
            draft.unlink()
