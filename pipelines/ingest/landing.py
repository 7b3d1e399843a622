"""Landing: from originals in the vault to typed, pseudonymised rows, one Parquet file per table.

What landed from a file depends on its bytes, its mapping, the contracts, the key and this code, and
on nothing else; while none of these changes, nothing is done again. A file that cannot be read
costs its own rows only. The whole meaning of a record is still open: which version counts, what it
refers to and whether it is plausible is judged from all files together in `validate`.

Several files are read at once, each by one thread: so the order of its records is kept.
"""

import hashlib
import json
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from typing import Any

import duckdb

from pipelines.engine.contract import Table
from pipelines.ingest import statements
from pipelines.ingest.connection import connect, share
from pipelines.ingest.decode import Decoded, Original, Reader, careful_twin, decode
from pipelines.ingest.durable import move_into_place
from pipelines.ingest.layout import Layout, find_layout
from pipelines.ingest.manifest import Manifest, object_path, read_manifests
from pipelines.ingest.originals import no_room, scratch_folder
from pipelines.ingest.plan import Plan, Reading, make_plan
from pipelines.ingest.reasons import FileReason, Refused, Remark
from pipelines.ingest.receipts import Finding, Receipt, read_receipt, write_receipt
from pipelines.ingest.source import Source
from pipelines.ingest.workbook import WorkbookReader
from pipelines.privacy.pseudonyms import Key, open_key, use_key
from pipelines.settings import Home, Settings
from pipelines.words import UserError
