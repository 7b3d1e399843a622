"""One writer at a time: an exclusive `flock` on `<home>/run.lock`.

The kernel frees the lock however its holder dies, so there is never a lock file to delete by hand.
What the file says (who holds it, since when) is for people only; nothing is decided by it.
"""

import fcntl
import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from pipelines.ingest.durable import PRIVATE_FILE
from pipelines.settings import Home
from pipelines.words import UserError

EXIT_LOCKED = 75  # EX_TEMPFAIL of sysexits.h: try again later


@contextmanager
def writer_lock(home: Home, *, waits: bool = False) -> Generator[None]:
    """Hold the home's lock for as long as the block runs.

    Args:
        home: the installation.
        waits: whether to wait for another run to end, as the scheduler may and a person would not.

    Raises:
        UserError: another run holds it (exit code 75); the sentence names its process and start.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    handle = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            pid, since = _holder(handle)
            raise UserError(
                "ingest.LOCKED", exit_code=EXIT_LOCKED, file=home.lock, pid=pid, since=since
            ) from None
        _sign(handle)
        yield
    finally:
        os.close(handle)


def is_locked(home: Home) -> bool:
    """Whether a run holds the lock at this moment."""
    try:
        handle = os.open(home.lock, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _sign(handle: int) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps({"pid": os.getpid(), "since": since}).encode(), 0)


def _holder(handle: int) -> tuple[str, str]:
    """Process and start of the holder, or question marks where it has not signed yet."""
    try:
        signed = json.loads(os.pread(handle, 200, 0))
        return str(int(signed["pid"])), datetime.fromisoformat(signed["since"]).isoformat()
    except (ValueError, KeyError, TypeError):
        return "?", "?"
