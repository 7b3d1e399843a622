"""The files that are attached to a saved mail. Its text and its addresses are never looked at."""

from collections.abc import Iterator
from contextlib import suppress
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from pipelines.ingest.reasons import FileReason, Refused

MAIL_BYTES = 256 << 20
ATTACHMENTS = 1_000
MAIL_SUFFIX = ".eml"
NAMED_IN = ("content-disposition", "content-type")
LOST = "\ufffd"  # stands for bytes that are no UTF-8


def attachments(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each attached file, those of forwarded mails included.

    Args:
        path: the mail, as a mail program saves it (RFC 5322).

    Raises:
        Refused: it is larger than any mail that is sent, or cannot be read.
    """
    if path.stat().st_size > MAIL_BYTES:
        raise Refused(FileReason.TOO_LARGE)
    try:
        with path.open("rb") as file:
            message = BytesParser(policy=policy.default).parse(file)
        for count, part in enumerate(p for p in message.walk() if p.get_filename()):
            if count == ATTACHMENTS:
                raise Refused(FileReason.TOO_LARGE)
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield _name(part), content
    except (MessageError, ValueError, LookupError, RecursionError):
        # What the library says could quote the mail.
        raise Refused(FileReason.CORRUPT) from None


def _name(part: EmailMessage) -> str:
    """The name of an attached file; one that was written as bare bytes is read as GB18030."""
    name = str(part.get_filename())
    if LOST not in name:
        return name
    for header, value in part.raw_items():
        if header.lower() in NAMED_IN:
            with suppress(UnicodeError):
                written = str(value).encode("utf-8", "surrogateescape").decode("gb18030")
                found = policy.default.header_factory(header, "".join(written.splitlines()))
                named = found.params.get("filename") or found.params.get("name")
                if named:
                    return str(named)
    return name
