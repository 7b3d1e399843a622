"""What offices bring on a stick or send by mail, copied into the inbox.

Copies, never removes; links are not followed; the same bytes are copied once, whatever they are
called. Nothing is read here but the first bytes of a file, to turn away what would only be refused
later, while the person who brought it still stands there.
"""

import hashlib
import io
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipelines.ingest.claims import foreign_form
from pipelines.ingest.decode import ARCHIVES, SUFFIXES
from pipelines.ingest.durable import sync
from pipelines.ingest.inbox import NAME_BYTES, Candidate, look, printable, same_name
from pipelines.ingest.kind import Kind, kind_of
from pipelines.ingest.mail import MAIL_SUFFIX, attachments
from pipelines.ingest.manifest import object_path
from pipelines.ingest.namesakes import namesakes
from pipelines.ingest.originals import CHUNK, no_room
from pipelines.ingest.personal import shown_name
from pipelines.ingest.provenance import SIDECAR_SUFFIX
from pipelines.ingest.reasons import FileReason, Refused, refusal_sentence
from pipelines.ingest.vault import SIDECAR_BYTES
from pipelines.settings import Home, Settings
from pipelines.words import Lang, UserError, say

MOST_BYTES = 16 << 30  # of one file
MOST_FILES = 10_000
NAMELESS = "***"  # stands for a name that names a person
DRAFT_SUFFIX = ".part"  # the inbox does not look at such files
EXPORTS = ARCHIVES.union(*SUFFIXES.values())
LOCKED_ENTRY = 1  # flag of an encrypted file in an archive (PKWARE appnote 4.4.4)


class Outcome(StrEnum):
    """What became of a file that was brought; each has words `ingest.COLLECT_<OUTCOME>`."""

    TAKEN = "TAKEN"
    KNOWN = "KNOWN"  # its bytes are in the inbox or in the vault
    REFUSED = "REFUSED"
    IGNORED = "IGNORED"  # no export by its name
    NO_ATTACHMENT = "NO_ATTACHMENT"  # a mail that brings no file


@dataclass(frozen=True, slots=True)
class Collected:
    """One file that was brought.

    Attributes:
        name: its name below the folder, or that of the attachment below the mail's; never one that
            names a person.
        outcome: what became of it.
        place: where it lies below the inbox, as `name` is; empty where it was not copied.
        reason: the reason code of a refusal.
        detail: what the code leaves open; never text from the file.
    """

    name: str
    outcome: Outcome
    place: str = ""
    reason: str = ""
    detail: str = ""

    def sentence(self, lang: Lang) -> str:
        """What became of it; for a refusal, the sentence to send back."""
        if self.outcome is Outcome.REFUSED:
            return refusal_sentence(self.reason, lang, file=self.name, detail=self.detail)
        return say(f"ingest.COLLECT_{self.outcome}", lang, file=self.name, place=self.place)


def collect(home: Home, brought: Path) -> list[Collected]:
    """Copy the exports in a folder, and those attached to mails in it, into the inbox.

    Args:
        home: the installation.
        brought: a folder, or one file.

    Returns:
        What became of each file, in order of name. Sidecars go with their file.

    Raises:
        UserError: there is no such folder or file, it is the home itself, it holds more files than
            anyone brings, or the disk is full.
    """
    _check_place(home, brought)
    home.inbox.mkdir(parents=True, exist_ok=True)
    folder = brought if brought.is_dir() else brought.parent
    found = look(folder)
    wanted = [c for c in found.candidates if brought.is_dir() or c.path == brought]
    refused = found.refused if brought.is_dir() else ()
    shelf = _Shelf(home)
    if len(wanted) > MOST_FILES:
        raise UserError("ingest.COLLECT_MANY", file=brought, count=len(wanted), most=MOST_FILES)
    collected = [
        Collected(shelf.shown(name), Outcome.REFUSED, reason=reason) for name, reason in refused
    ]
    for candidate in wanted:
        collected += _take(shelf, candidate)
    return sorted(collected, key=lambda file: file.name)


def _check_place(home: Home, brought: Path) -> None:
    if brought.is_symlink() or not brought.exists():
        raise UserError("ingest.CHECK_FILE", file=brought)
    place = brought.resolve()
    if place.is_relative_to(home.root) or home.root.is_relative_to(place):
        raise UserError("ingest.COLLECT_HOME", file=brought, home=home.root)


def _take(shelf: "_Shelf", candidate: Candidate) -> Iterator[Collected]:
    name = shelf.shown(candidate.name)
    try:
        if candidate.path.suffix.lower() != MAIL_SUFFIX:
            with _open(candidate) as source:
                yield shelf.put(source, PurePosixPath(candidate.name), candidate.path)
            return
        number = 0
        for number, (attached, content) in enumerate(attachments(candidate.path), 1):
            yield _take_attached(shelf, candidate, attached, content, number)
        if not number:
            yield Collected(name, Outcome.NO_ATTACHMENT)
    except Refused as verdict:
        yield _refused(name, verdict)


def _take_attached(
    shelf: "_Shelf", mail: Candidate, attached: str, content: bytes, number: int
) -> Collected:
    name = attached_name(attached)
    if not name:
        shown = f"{shelf.shown(mail.name)}#{number}"
        return Collected(shown, Outcome.REFUSED, reason=FileReason.NAME)
    try:
        return shelf.put(io.BytesIO(content), PurePosixPath(mail.name).parent / name)
    except Refused as verdict:
        return _refused(shelf.shown(name), verdict)


def _refused(name: str, verdict: Refused) -> Collected:
    return Collected(name, Outcome.REFUSED, reason=verdict.reason, detail=verdict.detail)


def attached_name(attached: str) -> str:
    """The name of an attachment as a file may have it; empty where there is none."""
    name = same_name(attached.replace("\\", "/").rpartition("/")[2]).strip()
    is_fit = name not in {"", ".", ".."} and len(os.fsencode(name)) <= NAME_BYTES // 4
    return name if is_fit and not name.startswith("~$") and printable(name) == name else ""


def _open(candidate: Candidate) -> BinaryIO:
    """Open what was looked at, and nothing that has taken its place."""
    if candidate.bytes > MOST_BYTES:
        raise Refused(FileReason.TOO_LARGE)
    try:
        handle = os.open(candidate.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise Refused(FileReason.SPECIAL) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Refused(FileReason.SPECIAL)
    return os.fdopen(handle, "rb")


class _Shelf:
    """The inbox, and the bytes that are there."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._places = namesakes(home, Settings.load(home))
        self._sizes: dict[int, list[Path]] = {}
        for file in look(home.inbox).candidates:
            self._sizes.setdefault(file.bytes, []).append(file.path)

    def shown(self, name: str) -> str:
        """A name as it may be printed and sent back."""
        return shown_name(printable(name), NAMELESS, self._places)

    def put(self, source: BinaryIO, name: PurePosixPath, path: Path | None = None) -> Collected:
        """Copy one file under its name, or under a free one beside it.

        Raises:
            Refused: no reader will read it.
        """
        shown, suffix = self.shown(str(name)), name.suffix.lower()
        if foreign := foreign_form(name.name):
            raise Refused(FileReason.TYPE, foreign)
        if suffix not in EXPORTS:
            return Collected(shown, Outcome.IGNORED)
        target = self._home.inbox / name
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, drafted = tempfile.mkstemp(DRAFT_SUFFIX, ".", target.parent)
        draft = Path(drafted)
        try:
            sha256, size = _copy(source, handle, self._home, shown)
            _check_kind(draft, suffix)
            if self._holds(sha256, size):
                return Collected(shown, Outcome.KNOWN)
            return self._name(draft, target, path, shown, size)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()

    def _holds(self, sha256: str, size: int) -> bool:
        if object_path(self._home, sha256).exists():
            return True
        return any(_digest(path) == sha256 for path in self._sizes.get(size, ()))

    def _name(
        self, draft: Path, target: Path, path: Path | None, shown: str, size: int
    ) -> Collected:
        free, number = target, 1
        while free.exists() or free.is_symlink():
            number += 1
            free = target.with_name(f"{target.stem} ({number}){target.suffix}")
        # First: a file without what is said of it would land under another moment.
        _copy_sidecar(path, free)
        draft.rename(free)
        sync(free.parent)
        self._sizes.setdefault(size, []).append(free)
        place = self.shown(free.relative_to(self._home.inbox).as_posix())
        return Collected(shown, Outcome.TAKEN, place)


def _copy_sidecar(path: Path | None, target: Path) -> None:
    sidecar = path and path.with_name(path.name + SIDECAR_SUFFIX)
    if sidecar and sidecar.is_file() and not sidecar.is_symlink():
        with sidecar.open("rb") as file:
            text = file.read(SIDECAR_BYTES)
        target.with_name(target.name + SIDECAR_SUFFIX).write_bytes(text)


def _copy(source: BinaryIO, handle: int, home: Home, shown: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if size > MOST_BYTES:
                raise Refused(FileReason.TOO_LARGE)
            if shutil.disk_usage(home.inbox).free < 2 * CHUNK:
                raise no_room(home, shown, size)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest(), size


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_kind(path: Path, suffix: str) -> None:
    """Refuse what is damaged, of a kind that no export is, or asks for a password.

    Raises:
        Refused: it is.
    """
    if kind_of(path, suffix) is Kind.ZIP:
        with zipfile.ZipFile(path) as archive:
            if any(entry.flag_bits & LOCKED_ENTRY for entry in archive.infolist()):
                raise Refused(FileReason.ENCRYPTED)
