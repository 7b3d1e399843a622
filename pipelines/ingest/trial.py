"""A worker for reading a file once more, or on trial: nothing of what it makes is kept."""

import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager

from pipelines.ingest.durable import make_private_folder
from pipelines.ingest.namesakes import namesakes
from pipelines.ingest.originals import scratch_folder
from pipelines.ingest.records import Worker
from pipelines.privacy.pseudonyms import Key
from pipelines.settings import Home, Settings


@contextmanager
def trial_worker(home: Home, settings: Settings) -> Generator[Worker]:
    """A worker with a folder of its own in the vault, which is gone when the block ends.

    Its pseudonyms are thrown away, so any key will do.
    """
    scratch = scratch_folder(home) / f"trial-{secrets.token_hex(4)}"
    for folder in (home.vault, scratch_folder(home), scratch):
        make_private_folder(folder)
    key = Key(secrets.token_bytes(32))
    try:
        places = namesakes(home, settings)
        with Worker(scratch / "text", key, settings.memory_limit, places=places) as worker:
            yield worker
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
