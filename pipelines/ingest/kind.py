"""What a file is by its first bytes, whatever its name says.

Offices rename exports; programs write HTML or text and call it a workbook. What can be read as what
it is, is read so. Nothing is parsed here.
"""

import re
import zipfile
from enum import StrEnum
from pathlib import Path

from pipelines.ingest.archive import GZIP_MARK
from pipelines.ingest.encoding import chunks
from pipelines.ingest.reasons import FileReason, Refused

HEAD_BYTES = 4096
ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0"
# An encrypted workbook is a stream of this name (XLSX), or has a record of that kind right after
# its first one (XLS), save perhaps for one that says who may write.
LOCKED_STREAM = "EncryptedPackage".encode("utf-16-le")
LOCKED_RECORD = rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00"
LOCKED = re.compile(re.escape(LOCKED_STREAM) + b"|" + LOCKED_RECORD, re.DOTALL)
OVERLAP = 64  # longer than what is looked for
BINARY_MARKS = (
    b"%PDF",
    b"\x7fELF",
    b"MZ\x90",
    b"Rar!",
    b"7z\xbc\xaf",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"PAR1",
    b"SQLite format 3",
    b"{\\rtf",
    *(bytes((0x80, protocol)) for protocol in range(2, 6)),  # pickled Python
)
DUCKDB = slice(8, 12)
MARKUP_STARTS = (b"<html", b"<!doctype", b"<table", b"<head", b"<meta", b"<body", b"<div")
SPREADSHEET_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
UTF8_MARK = b"\xef\xbb\xbf"


class Kind(StrEnum):
    """What a file is."""

    TEXT = "text"
    MARKUP = "markup"  # HTML, or the XML that Excel 2003 wrote
    WORKBOOK = "workbook"
    GZIP = "gzip"
    ZIP = "zip"


def kind_of(path: Path, suffix: str) -> Kind:
    """What a file is.

    Args:
        path: the file.
        suffix: what its name says, for the refusal.

    Raises:
        Refused: it is of a kind that no export is, encrypted, or a damaged archive.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(GZIP_MARK):
        return Kind.GZIP
    if head.startswith(ZIP):
        return _kind_of_zip(path, suffix)
    if head.startswith(OLE):
        if _is_locked(path):
            raise Refused(FileReason.ENCRYPTED)
        return Kind.WORKBOOK
    if head.startswith(BINARY_MARKS) or head[DUCKDB] == b"DUCK":
        raise Refused(FileReason.TYPE_MISMATCH, suffix)
    return Kind.MARKUP if _is_markup(head) else Kind.TEXT


def _kind_of_zip(path: Path, suffix: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Refused(FileReason.CORRUPT) from None
    if "[Content_Types].xml" in names or "mimetype" in names:
        if any(name.startswith("xl/") or name == "content.xml" for name in names):
            return Kind.WORKBOOK
        raise Refused(FileReason.TYPE_MISMATCH, suffix)
    return Kind.ZIP


def _is_markup(head: bytes) -> bool:
    # Enough of UTF-16 to tell: its letters without the NULs between them.
    text = head.removeprefix(UTF8_MARK).replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n").lower()
    return text.startswith(MARKUP_STARTS) or (text.startswith(b"<") and SPREADSHEET_XML in text)


def _is_locked(path: Path) -> bool:
    before = b""
    for piece in chunks(path):
        if LOCKED.search(before + piece):
            return True
        before = piece[-OVERLAP:]
    return False
