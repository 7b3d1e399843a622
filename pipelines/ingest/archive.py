"""An archive with one export in it: unpacked with a bound, or refused with the reason.

`.gz` with one member and `.zip` with exactly one file are opened. What an archive says about its
size is not believed; names in it are never used as paths, but one that would leave its folder is a
sign of an attack and refuses the archive.
"""

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipelines.ingest.bounds import exceeds
from pipelines.ingest.decoded import Original
from pipelines.ingest.encoding import chunks
from pipelines.ingest.originals import CHUNK
from pipelines.ingest.reasons import FileReason, Refused

GZIP_MARK = b"\x1f\x8b"
GZIP_WINDOW = 16 + zlib.MAX_WBITS
IS_ENCRYPTED = 1
DAMAGED = (zlib.error, lzma.LZMAError, OSError)  # the last is bzip2's, without an error number
LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def ungzip(original: Original, target: Path) -> Original:
    """Unpack a gzip file of one member.

    Raises:
        Refused: it is damaged, cut off, has several members, or unpacks to more than any export.
    """
    _write(_inflated(original.path), original.path.stat().st_size, target)
    name = PurePosixPath(original.name)
    return Original(
        target, str(name.with_suffix("")) if name.suffix.lower() == ".gz" else str(name)
    )


def unzip(original: Original, target: Path) -> Original:
    """Unpack the one file of a zip archive.

    Raises:
        Refused: it is damaged or encrypted, holds no file, several files, links or names that
            lead out of it, or unpacks to more than any export.
    """
    try:
        with zipfile.ZipFile(original.path) as archive:
            part = _only_file(archive.infolist())
            with archive.open(part) as packed:
                pieces = iter(lambda: packed.read(CHUNK), b"")
                _write(pieces, part.compress_size, target)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, *DAMAGED) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # of the disk, not of the archive
        raise Refused(FileReason.CORRUPT) from None
    return Original(target, PurePosixPath(part.filename).name)


def _inflated(path: Path) -> Iterator[bytes]:
    member = zlib.decompressobj(GZIP_WINDOW)
    try:
        for chunk in chunks(path):
            if member.eof:
                raise Refused(FileReason.MULTISHEET)
            while chunk and not member.eof:
                yield member.decompress(chunk, CHUNK)
                chunk = member.unconsumed_tail  # noqa: PLW2901 - what the bound left over
            if member.unused_data.strip(b"\0"):
                raise Refused(FileReason.MULTISHEET)
    except zlib.error:
        raise Refused(FileReason.CORRUPT) from None
    if not member.eof:
        raise Refused(FileReason.TRUNCATED)


def _write(pieces: Iterator[bytes], packed: int, target: Path) -> None:
    unpacked = 0
    with target.open("wb") as out:
        for piece in pieces:
            unpacked += len(piece)
            if exceeds(unpacked, packed):
                raise Refused(FileReason.ZIP_BOMB)
            out.write(piece)
    if not unpacked:
        raise Refused(FileReason.EMPTY)


def _only_file(parts: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    for part in parts:
        if not part.filename:
            raise Refused(FileReason.CORRUPT)
        if _leads_out(part.filename):
            raise Refused(FileReason.PATH)
        if stat.S_ISLNK(part.external_attr >> 16):
            raise Refused(FileReason.SYMLINK)
    files = [part for part in parts if not part.is_dir() and not _is_litter(part.filename)]
    if not files:
        raise Refused(FileReason.EMPTY)
    if len(files) > 1:
        raise Refused(FileReason.MULTISHEET)
    if files[0].flag_bits & IS_ENCRYPTED:
        raise Refused(FileReason.ENCRYPTED)
    return files[0]


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1])


def _is_litter(name: str) -> bool:
    return name.startswith(LITTER[0]) or PurePosixPath(name).name in LITTER
