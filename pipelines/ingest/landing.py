"""Landing: from originals in the vault to typed, pseudonymised rows, one Parquet file per table.

What landed from a file depends on its bytes, its mapping, the contracts, the key and this code, and
on nothing else; while none of these changes, nothing is done again. A file that cannot be read
costs its own rows only. What a record means is still open: which version counts, what it refers to
and whether it is plausible is judged from all files together in `validate`.

Several files are read at once; threads that no file needs help to read one that is large.
"""

import hashlib
import json
from collections.abc import Collection, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from queue import SimpleQueue

import duckdb

from pipelines.contract import Table
from pipelines.ingest import statements
from pipelines.ingest.connection import share
from pipelines.ingest.decoded import Original
from pipelines.ingest.manifest import Manifest, object_path, read_manifests
from pipelines.ingest.namesakes import namesakes
from pipelines.ingest.originals import full_disk_named, no_room, scratch_folder
from pipelines.ingest.personal import is_personal, shown_name
from pipelines.ingest.plan import Reading
from pipelines.ingest.reasons import FileReason, Refused, Remark
from pipelines.ingest.receipts import (
    REFUSALS,
    REFUSED,
    SIGHTINGS,
    Finding,
    Output,
    Receipt,
    output_path,
    read_receipt,
    write_receipt,
)
from pipelines.ingest.records import Typed, Worker
from pipelines.ingest.reference import load_regions, region_files
from pipelines.ingest.source import EVENT_TABLE, SUBMISSION_TABLE, Source
from pipelines.ingest.vault import prepare_vault
from pipelines.privacy.pseudonyms import Key, open_key
from pipelines.settings import PACKAGE, Home, Settings
from pipelines.words import UserError

DRAFT_SUFFIX = ".draft"
# Not of the file at hand, but of the home, its disk, its memory or the database that reads.
FAULTS_OF_ALL = (
    *(UserError, OSError, MemoryError, duckdb.OperationalError),
    *(duckdb.InternalError, duckdb.FatalException, duckdb.InterruptException),
)


@dataclass(frozen=True, slots=True)
class Landing:
    """What landing needs to know beside the file at hand."""

    home: Home
    settings: Settings
    sources: dict[str, Source]
    tables: dict[str, Table]
    key: Key
    places: frozenset[str]

    def shown_name(self, manifest: Manifest) -> str:
        """The last part of a file's name, as it may be shown."""
        name = PurePosixPath(manifest.stated_by).name
        return shown_name(name, manifest.file_id, self.places)


def build_landing(
    home: Home, settings: Settings, sources: dict[str, Source], tables: dict[str, Table]
) -> list[Receipt]:
    """Land every original of the vault that has not landed under the present definitions.

    Args:
        home: the installation; its inbox has been landed by `vault.land`.
        settings: zone, memory and threads.
        sources: every mapping by name.
        tables: every contract by name.

    Returns:
        A receipt for each original, in order of hash: those landed now and those landed before.

    Raises:
        UserError: the key cannot be used, or memory or disk do not suffice.
    """
    with full_disk_named(home):
        return _build(
            Landing(home, settings, sources, tables, open_key(home), namesakes(home, settings))
        )


def _build(landing: Landing) -> list[Receipt]:
    home = landing.home
    prepare_vault(home)
    _remove_drafts(home)
    manifests = list(read_manifests(home))
    known = {m.sha256: receipt for m in manifests if (receipt := _landed_before(landing, m))}
    # The largest first: so the threads finish together.
    waiting = sorted(
        (m for m in manifests if m.sha256 not in known), key=lambda m: (-m.bytes, m.sha256)
    )
    known |= {receipt.sha256: receipt for receipt in _land_all(landing, waiting)}
    receipts = [known[manifest.sha256] for manifest in manifests]
    _sweep(home, receipts)
    return receipts


def _land_all(landing: Landing, manifests: list[Manifest]) -> list[Receipt]:
    if not manifests:
        return []
    count = min(landing.settings.threads, len(manifests))
    has_names = any(_keys_by_name(landing, manifest) for manifest in manifests)
    with (
        _workers(landing, count, has_names=has_names) as workers,
        ThreadPoolExecutor(count) as pool,
    ):

        def take(manifest: Manifest) -> Receipt:
            worker = workers.get()
            try:
                return _land(landing, worker, manifest)
            finally:
                workers.put(worker)

        return list(pool.map(take, manifests))


@contextmanager
def _workers(landing: Landing, count: int, *, has_names: bool) -> Generator[SimpleQueue[Worker]]:
    memory = share(landing.settings.memory_limit, count)
    threads = landing.settings.threads // count
    queue: SimpleQueue[Worker] = SimpleQueue()
    with ExitStack() as stack:
        for number in range(count):
            scratch = scratch_folder(landing.home) / f"worker{number}"
            worker = stack.enter_context(
                Worker(scratch, landing.key, memory, threads, landing.places)
            )
            if has_names:
                load_regions(worker.con, landing.home, landing.settings, landing.tables)
            queue.put(worker)
        yield queue


def _keys_by_name(landing: Landing, manifest: Manifest) -> bool:
    source = landing.sources.get(manifest.source)
    return source is not None and source.keys_by_name


def _land(landing: Landing, worker: Worker, manifest: Manifest) -> Receipt:
    """Land one file and write its receipt."""
    source = landing.sources.get(manifest.source)
    receipt = Receipt(
        file_id=manifest.file_id,
        sha256=manifest.sha256,
        source=manifest.source,
        name=landing.shown_name(manifest),
        landing_key=_landing_key(landing, manifest),
        shape=source.shape if source else "",
        precedence=source.precedence if source else 1,
    )
    with _faults_named(landing, manifest):
        try:
            typed = _read(landing, worker, manifest)
            receipt = _write(landing.home, worker, typed, receipt)
        except Refused as verdict:
            receipt = replace(receipt, refusal=verdict.reason, detail=verdict.detail)
        except FAULTS_OF_ALL:
            raise
        except Exception as error:  # noqa: BLE001 - any; what it says could quote a row
            kind = type(error).__name__
            receipt = replace(receipt, refusal=FileReason.FAULT, detail=kind)
        write_receipt(landing.home, receipt)
    return receipt


def _read(landing: Landing, worker: Worker, manifest: Manifest) -> Typed:
    source = landing.sources.get(manifest.source)
    if source is None:
        raise Refused(FileReason.TYPE, manifest.source)
    original = Original(
        object_path(landing.home, manifest.sha256), manifest.stated_by, manifest.survey
    )
    typed = worker.read(original, manifest, source, landing.tables, landing.settings.zone)
    if manifest.provenance.records not in {None, typed.records}:
        raise Refused(FileReason.CONTROL_TOTAL, str(typed.records))
    return typed


def _write(home: Home, worker: Worker, typed: Typed, receipt: Receipt) -> Receipt:
    plan = typed.plan
    worker.make_keys(plan)
    queries = {plan.table.name: statements.records_sql(plan)}
    if plan.event_table:
        queries[EVENT_TABLE] = statements.steps_sql(plan)
    if plan.case_table:
        queries[SUBMISSION_TABLE] = statements.submissions_sql(plan)
    if typed.has_problems:
        queries[REFUSALS] = statements.refusals_sql(plan)
    if typed.refused_count:
        queries[REFUSED] = worker.refused_sql(typed)
        if statements.has_own_number(plan):
            queries[SIGHTINGS] = statements.sightings_sql(plan)
    decoded = plan.reading.decoded
    return replace(
        receipt,
        reader=decoded.reader,
        encoding=decoded.encoding,
        confidence=decoded.confidence,
        as_of=typed.as_of.isoformat(sep=" ") if typed.as_of else "",
        records=typed.records,
        refused_count=typed.refused_count,
        outputs=tuple(
            _copy(worker.con, query, kind, output_path(home, kind, receipt.file_id))
            for kind, query in queries.items()
        ),
        findings=tuple(_findings(plan.reading, worker.places)),
    )


def _copy(con: duckdb.DuckDBPyConnection, query: str, kind: str, path: Path) -> Output:
    """Write a query as Parquet, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(DRAFT_SUFFIX)
    copied = con.execute(statements.copy_sql(query, draft)).fetchone()
    draft.replace(path)
    return Output(kind, int(copied[0]) if copied else 0, path.stat().st_size)


def _findings(reading: Reading, places: Collection[str]) -> list[Finding]:
    layout, decoded = reading.layout, reading.decoded
    found = [Finding(Remark.COLUMN_MISSING, header, 1) for header in layout.missing]
    if layout.unknown_count:
        found.append(Finding(Remark.COLUMN_UNKNOWN, "", layout.unknown_count))
    name = PurePosixPath(reading.manifest.stated_by).stem
    mapped = {place for _, place in layout.places}
    unknown = [header for place, header in enumerate(decoded.header) if place not in mapped]
    if count := sum(is_personal(text, places) for text in (name, *unknown)):
        found.append(Finding(Remark.PII, "", count))
    found += [Finding(remark, "", count) for remark, count in decoded.remarks]
    return found


def _landed_before(landing: Landing, manifest: Manifest) -> Receipt | None:
    """The receipt of a file whose rows are there and would come out the same."""
    receipt = read_receipt(landing.home, manifest.sha256)
    if receipt is None or receipt.landing_key != _landing_key(landing, manifest):
        return None
    home, file_id = landing.home, receipt.file_id
    is_whole = all(output.is_whole(home, file_id) for output in receipt.outputs)
    return receipt if is_whole else None


def _landing_key(landing: Landing, manifest: Manifest) -> str:
    """A hash of all that the landed rows depend on beside the bytes of the file."""
    source = landing.sources.get(manifest.source)
    tables = source.tables if source else ()
    parts = {
        "code": _code_version(),
        "mapping": source.digest if source else "",
        "contracts": [
            hashlib.sha256(landing.tables[t].path.read_bytes()).hexdigest() for t in tables
        ],
        "provenance": {name: str(fact) for name, fact in asdict(manifest.provenance).items()},
        "name": manifest.stated_by,
        "zone": landing.settings.zone,
        "key": landing.key.fingerprint,
        "places": _regions_digest(landing) if _keys_by_name(landing, manifest) else "",
        "namesakes": _digest_of(landing.places),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _regions_digest(landing: Landing) -> str:
    """A hash of the names of places; read each time, as it is only asked for few sources."""
    digest = hashlib.sha256(landing.settings.region_set.encode())
    for path in region_files(landing.home, landing.settings):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def _digest_of(names: frozenset[str]) -> str:
    """A hash of names; worked out once, as every file asks for it."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


@cache
def _code_version() -> str:
    """A hash of the code that decides what lands, and of the reader it relies on."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    code = sorted((PACKAGE / "ingest").rglob("*.py"))
    for path in (*code, PACKAGE / "privacy" / "pseudonyms.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _faults_named(landing: Landing, manifest: Manifest) -> Generator[None]:
    """Turn faults that stop a run into sentences that name the file and quote nothing."""
    name = landing.shown_name(manifest)
    try:
        with full_disk_named(landing.home, name, manifest.bytes):
            yield
    except (duckdb.OutOfMemoryException, MemoryError):
        limit = landing.settings.memory_limit
        raise UserError("ingest.NO_MEMORY", file=name, limit=limit) from None
    except duckdb.Error as error:
        if "No space left" in str(error):
            raise no_room(landing.home, name, manifest.bytes) from None
        kind = type(error).__name__
        raise UserError("ingest.LANDING_FAILED", file=name, kind=kind) from None


def _remove_drafts(home: Home) -> None:
    for draft in (home.warehouse / "landing").glob(f"*/*{DRAFT_SUFFIX}"):
        draft.unlink()


def _sweep(home: Home, receipts: list[Receipt]) -> None:
    """Remove landed and refused rows that no receipt speaks of any more."""
    kept = {
        output.path(home, receipt.file_id) for receipt in receipts for output in receipt.outputs
    }
    landed = (home.warehouse / "landing").glob("*/*.parquet")
    for path in (*landed, *(home.vault / REFUSED).glob("*.parquet")):
        if path not in kept:
            path.unlink()
