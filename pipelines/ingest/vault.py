"""The vault: originals by the hash of their bytes, the truth from which everything is rebuilt.

Landing brings what is new in the inbox into it, with a manifest for each original. The same bytes
under any name are one object; a file seen before costs one look at its size and times. Nothing in
the inbox is changed or removed, and whatever is wrong with one file, the others land.

What is in a file is not judged here, only whose it is and that it is whole.
"""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from pipelines.ingest.claims import claim, foreign_form
from pipelines.ingest.durable import make_private_folder, sync, write_whole
from pipelines.ingest.inbox import SETTLE_SECONDS, Candidate, growing, look
from pipelines.ingest.mail import MAIL_SUFFIX
from pipelines.ingest.manifest import Listing, Manifest, object_path, record_manifest
from pipelines.ingest.namesakes import namesakes
from pipelines.ingest.originals import Held, Stored, full_disk_named, scratch_folder, store
from pipelines.ingest.provenance import SIDECAR_SUFFIX, Provenance
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.source import Shape, Source
from pipelines.privacy.pseudonyms import open_key
from pipelines.settings import Home, Settings
from pipelines.words import UserError

SIDECAR_BYTES = 65_536
WAITING_THREADS = 8  # most of landing is waiting for the disk, and waits can be shared
SEEN_FILE = "inbox.json"  # in the vault: names of files may name persons


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file of the inbox that cannot be taken; `detail` never holds text from the file."""

    name: str
    reason: FileReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LandReport:
    """What landing found in the inbox; names are below the inbox and in order.

    Attributes:
        new: files whose bytes were not in the vault.
        known: files whose bytes were.
        held: files that are still being written; the next run looks again.
        refused: files that cannot be taken, with the reason.
        unclaimed: files that no source claims.
    """

    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    unclaimed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file whose bytes are in the vault, its manifest still to be written."""

    file: Candidate
    manifest: Manifest
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Unclaimed:
    """A file that no source claims."""

    name: str


@dataclass(frozen=True, slots=True)
class _StillWritten:
    """A file whose writer was not done."""

    name: str


_Verdict = _Taken | _Unclaimed | _StillWritten | RefusedFile
_Seen = dict[str, tuple[list[int], str]]  # stamp and hash of a file, by its name


@dataclass(frozen=True, slots=True)
class _Place:
    """What one landing knows beside the file at hand."""

    home: Home
    settings: Settings
    sources: dict[str, Source]
    namesakes: frozenset[str]
    seen: _Seen


def land(
    home: Home,
    settings: Settings,
    sources: dict[str, Source],
    *,
    settle: float = SETTLE_SECONDS,
) -> LandReport:
    """Take what is new in the inbox into the vault.

    Args:
        home: the installation.
        settings: its zone.
        sources: every mapping by name.
        settle: seconds between two looks at files that changed a moment ago.

    Raises:
        UserError: the disk is full (half copies are removed), or the key cannot be used.
    """
    with full_disk_named(home):
        open_key(home)
        prepare_vault(home)
        return _land(home, settings, sources, settle)


def _land(home: Home, settings: Settings, sources: dict[str, Source], settle: float) -> LandReport:
    found = look(home.inbox)
    held = growing(found.candidates, settle)
    place = _Place(home, settings, sources, namesakes(home, settings), _read_seen(home))
    take = partial(_take, place)
    with ThreadPoolExecutor(WAITING_THREADS) as pool:
        verdicts = list(pool.map(take, [c for c in found.candidates if c.name not in held]))
    new, known = _record(home, [item for item in verdicts if isinstance(item, _Taken)])
    held |= {item.name for item in verdicts if isinstance(item, _StillWritten)}
    refused = [RefusedFile(name, reason) for name, reason in found.refused]
    refused += [item for item in verdicts if isinstance(item, RefusedFile)]
    return LandReport(
        new=new,
        known=known,
        held=tuple(sorted(held)),
        refused=tuple(sorted(refused, key=lambda item: item.name)),
        unclaimed=tuple(item.name for item in verdicts if isinstance(item, _Unclaimed)),
    )


def prepare_vault(home: Home) -> None:
    """Make the vault's folders, closed to others, and remove what a run that died has left."""
    home.root.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(scratch_folder(home), ignore_errors=True)
    for folder in ("", "objects", "files", "receipts", "refused", "tmp"):
        make_private_folder(home.vault / folder)
    for draft in home.vault.glob("*/*.draft"):
        draft.unlink()
    home.warehouse.mkdir(exist_ok=True)
    sync(home.vault)


def _take(place: _Place, file: Candidate) -> _Verdict:
    """Claim one file, find who sent it, store it; the verdict is about this file alone."""
    try:
        source = claim(file.name, place.sources)
        if source is None:
            return _unclaimed(file.name)
        if not file.bytes:
            raise Refused(FileReason.EMPTY)  # noqa: TRY301 - one verdict, one way out
        zone, sidecar = place.settings.zone, _sidecar(file)
        provenance = Provenance.of(source, file.name, sidecar, zone, place.namesakes)
        stored = _seen_before(place.home, file, place.seen) or store(
            place.home, file, source.format.delimiters[0]
        )
        if provenance.sha256 not in {"", stored.sha256}:
            raise Refused(FileReason.CHECKSUM, SIDECAR_SUFFIX)  # noqa: TRY301 - as above
    except Held:
        return _StillWritten(file.name)
    except Refused as verdict:
        return RefusedFile(file.name, verdict.reason, verdict.detail)
    except (UserError, OSError):
        raise  # of the home or its disk, so of every file
    except Exception as error:  # noqa: BLE001 - any; what it says could quote the file
        return RefusedFile(file.name, FileReason.FAULT, type(error).__name__)
    manifest = Manifest(
        sha256=stored.sha256,
        bytes=file.bytes,
        names=(file.name,),
        stated_by=file.name,
        source=source.name,
        provenance=provenance,
        survey=stored.survey,
        listings=_listings(source, file.name, provenance),
    )
    return _Taken(file, manifest, stored.is_new)


def _unclaimed(name: str) -> _Unclaimed | RefusedFile:
    """A file for which a source is to be written, unless none ever could read it."""
    is_mail = name.lower().endswith(MAIL_SUFFIX)
    form = MAIL_SUFFIX if is_mail else foreign_form(name)
    return RefusedFile(name, FileReason.TYPE, form) if form else _Unclaimed(name)


def _listings(source: Source, name: str, provenance: Provenance) -> tuple[Listing, ...]:
    if source.shape is not Shape.SNAPSHOT or provenance.as_of is None:
        return ()
    return (Listing(name, provenance.sender_id, provenance.as_of),)


def _record(home: Home, taken: list[_Taken]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write the manifests and return the names of new and of known files, in order of name.

    Several names may be one object: the first that brought it is new.
    """
    names: dict[str, list[str]] = {}
    manifests: dict[str, list[Manifest]] = {}
    for item in taken:
        names.setdefault(item.manifest.sha256, []).append(item.file.name)
        manifests.setdefault(item.manifest.sha256, []).append(item.manifest)
    with ThreadPoolExecutor(WAITING_THREADS) as pool:
        list(pool.map(partial(record_manifest, home), manifests.values()))
    _write_seen(home, taken)
    new = {names[item.manifest.sha256][0] for item in taken if item.is_new}
    known = [item.file.name for item in taken if item.file.name not in new]
    return tuple(sorted(new)), tuple(known)


def _seen_before(home: Home, file: Candidate, seen: _Seen) -> Stored | None:
    """What was stored of this very file, if it has not changed since and is still there whole."""
    stamp, sha256 = seen.get(file.name, ([], ""))
    if stamp != list(file.stamp):
        return None
    with suppress(FileNotFoundError):
        if object_path(home, sha256).stat().st_size == file.bytes:
            return Stored(sha256, None, is_new=False)
    return None


def _read_seen(home: Home) -> _Seen:
    """What the last landing saw; a convenience that may be lost or damaged at any time."""
    try:
        seen = json.loads((home.vault / SEEN_FILE).read_text(encoding="utf-8"))
        return {name: (stamp, sha256) for name, (stamp, sha256) in seen.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_seen(home: Home, taken: list[_Taken]) -> None:
    seen = {item.file.name: (item.file.stamp, item.manifest.sha256) for item in taken}
    write_whole(home.vault / SEEN_FILE, json.dumps(seen, ensure_ascii=False))


def _sidecar(file: Candidate) -> str | None:
    path = file.path.with_name(file.path.name + SIDECAR_SUFFIX)
    if path.is_symlink() or not path.is_file():
        return None
    try:
        with path.open("rb") as source:
            return source.read(SIDECAR_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise Refused(FileReason.NAME, SIDECAR_SUFFIX) from None
