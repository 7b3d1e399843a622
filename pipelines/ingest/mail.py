"""The files that are attached to a saved mail. Its text and its addresses are never looked at."""

from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.parser import BytesParser
from pathlib import Path

from pipelines.ingest.reasons import FileReason, Refused

MAIL_BYTES = 256 << 20
ATTACHMENTS = 1_000
MAIL_SUFFIX = ".eml"


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
                yield str(part.get_filename()), content
    except (MessageError, ValueError, LookupError, RecursionError):
        # What the library says could quote the mail.
        raise Refused(FileReason.CORRUPT) from None
