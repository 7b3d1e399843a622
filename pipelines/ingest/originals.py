"""One original into the vault: copied, hashed and surveyed in a single pass over its bytes.

The copy is made under a name of its own, made durable and only then given the name of its hash; a
crash leaves litter that the next run removes, never half an original.
"""

import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.ingest.durable import make_private_folder, sync
from pipelines.ingest.inbox import Candidate, stamp_of
from pipelines.ingest.manifest import object_path
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.survey import Survey, Surveyor
from pipelines.settings import Home
from pipelines.words import UserError

CHUNK = 1 << 20
ORIGINAL_MODE = 0o400
SPARE_BYTES = 1 << 20  # beside the copy itself: folders, manifest
NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
BINARY_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")  # zip (xlsx), OLE (xls)


class Held(Exception):  # noqa: N818 - a state of one file, not a fault of the program
    """The file changed while it was read: its writer is not done."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An original that lies in the vault."""

    sha256: str
    survey: Survey | None
    is_new: bool


def scratch_folder(home: Home) -> Path:
    """Where half-made copies and decoded text lie: inside the vault, emptied by each run."""
    return home.vault / "tmp"


def store(home: Home, file: Candidate, delimiter: str) -> Stored:
    """Bring one file into the vault, unless its bytes are there.

    Raises:
        Held: the file changed meanwhile.
        Refused: it cannot be opened, or is no regular file after all.
        UserError: there is no room for it; the sentence says how much is needed and free.
    """
    _demand_room(home, file)
    draft = scratch_folder(home) / secrets.token_hex(8)
    with full_disk_named(home, file.name, file.bytes):
        try:
            with _open_regular(file) as source, draft.open("xb") as target:
                sha256, survey = _copy(source, target, delimiter)
            if not file.still_is():
                raise Held
            return Stored(sha256, survey, _keep(home, draft, sha256))
        finally:
            with suppress(OSError):
                draft.unlink()


@contextmanager
def full_disk_named(home: Home, name: str = "", size: int = 0) -> Generator[None]:
    """Turn a full disk into a sentence that says how much room is needed and free.

    Args:
        home: the installation.
        name: the file at hand, if it is one file that finds no room.
        size: its bytes.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise no_room(home, name or home.vault.name, size) from None
        raise


def no_room(home: Home, name: str, needed: int) -> UserError:
    """The error that says how much room a file needs and how much there is."""
    place = home.vault if home.vault.exists() else home.root  # the vault may be what found none
    return UserError(
        "ingest.NO_SPACE",
        file=name,
        needed=needed + SPARE_BYTES,
        free=shutil.disk_usage(place).free,
        folder=home.root,
    )


def _demand_room(home: Home, file: Candidate) -> None:
    if shutil.disk_usage(home.vault).free < file.bytes + SPARE_BYTES:
        raise no_room(home, file.name, file.bytes)


def _open_regular(file: Candidate) -> BinaryIO:
    """Open what was looked at and nothing that has taken its place since."""
    try:
        handle = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Held from None
    except OSError:
        raise Refused(FileReason.SPECIAL) from None
    source = os.fdopen(handle, "rb", buffering=0)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        source.close()
        raise Refused(FileReason.SPECIAL)
    if stamp_of(found) != file.stamp:
        source.close()
        raise Held
    return source


def _copy(source: BinaryIO, target: BinaryIO, delimiter: str) -> tuple[str, Survey | None]:
    digest = hashlib.sha256()
    surveyor = None
    first = True
    while chunk := source.read(CHUNK):
        if first and not chunk.startswith(BINARY_MARKS):
            surveyor = Surveyor(delimiter)
        first = False
        digest.update(chunk)
        target.write(chunk)
        if surveyor:
            surveyor.feed(chunk)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), surveyor and surveyor.finish()


def _keep(home: Home, draft: Path, sha256: str) -> bool:
    """Give the copy its name; true if its bytes were not in the vault, or only a part of them."""
    path = object_path(home, sha256)
    if path.exists() and path.stat().st_size == draft.stat().st_size:
        return False
    draft.chmod(ORIGINAL_MODE)
    if not path.parent.exists():
        make_private_folder(path.parent)
        sync(path.parent.parent)
    draft.replace(path)
    sync(path.parent)
    return True
