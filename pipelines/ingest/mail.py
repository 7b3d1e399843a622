"""The files that are attached to a saved mail. Its text and its addresses are never looked at."""

from contextlib import suppress
from email import errors, policy
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from pipelines.ingest.reasons import FileReason, Refused

MAIL_BYTES = 256 << 20
ATTACHMENTS = 1_000
MAIL_SUFFIX = ".eml"
# What the library remarks on and reads all the same: the mail was cut short, or changed on its way.
CUT_SHORT = (
    errors.StartBoundaryNotFoundDefect,
    errors.CloseBoundaryNotFoundDefect,
    errors.MultipartInvariantViolationDefect,
    errors.NoBoundaryInMultipartDefect,
    errors.InvalidBase64PaddingDefect,
    errors.InvalidBase64CharactersDefect,
    errors.InvalidBase64LengthDefect,
)
NAMED_IN = ("content-disposition", "content-type")
LOST = "\ufffd"  # stands for bytes that are no UTF-8


def attachments(path: Path) -> list[tuple[str, bytes]]:
    """Name and content of each attached file, those of forwarded mails included.

    All of them or none: of a mail that lacks a part, nobody knows which file is whole.

    Args:
        path: the mail, as a mail program saves it (RFC 5322).

    Raises:
        Refused: it is larger than any mail that is sent, is cut short, or cannot be read.
    """
    if path.stat().st_size > MAIL_BYTES:
        raise Refused(FileReason.TOO_LARGE)
    try:
        with path.open("rb") as file:
            message = BytesParser(policy=policy.default).parse(file)
        parts = list(message.walk())
        attached = [part for part in parts if part.get_filename()]
        if len(attached) > ATTACHMENTS:
            raise Refused(FileReason.TOO_LARGE)
        contents = [(_name(part), part.get_payload(decode=True)) for part in attached]
        if any(map(_is_cut_short, parts)):
            raise Refused(FileReason.TRUNCATED)
    except (errors.MessageError, ValueError, LookupError, RecursionError):
        # What the library says could quote the mail.
        raise Refused(FileReason.CORRUPT) from None
    return [(name, content) for name, content in contents if isinstance(content, bytes)]


def _is_cut_short(part: Message) -> bool:
    """Whether a part, its content decoded, lacks an end or has what no mail program writes."""
    return any(isinstance(defect, CUT_SHORT) for defect in part.defects)


def _name(part: Message) -> str:
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
