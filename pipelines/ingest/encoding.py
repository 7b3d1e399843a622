"""From the bytes of a text to UTF-8, by the encodings that its mapping allows.

A mark at the beginning, or being valid UTF-8, settles it. Otherwise the encodings are tried in the
order of the mapping and the first one is taken in which the text reads as Chinese is written: bytes
that are merely valid prove nothing, since nearly any bytes are valid GB18030. A byte that is not
valid in the encoding taken becomes U+FFFD, for which the careful reader refuses its record only.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.ingest.clean import LACKING
from pipelines.ingest.originals import CHUNK
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.survey import LINE_BYTES, Survey

SAMPLE_BYTES = 1 << 20
# Measured: simplified Chinese in GB18030 0.9 and more, Big5 or UTF-8 taken for it less than 0.5.
CREDIBLE = 0.7
MOST_LINES = 0.5  # a text with more broken lines is not in that encoding
BEGINNING = 3  # characters of several bytes that by chance are never valid UTF-8
NUL_SHARE = 0.1  # of the bytes of UTF-16: every digit, comma and line end has one
UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Lead and trail bytes of what is usual in GB 2312: punctuation, figures, the characters of level 1.
USUAL = ((*range(0xA1, 0xA4), *range(0xB0, 0xD8)), range(0xA1, 0xFF))
UTF8_RUN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){3,}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in UTF-8.

    Attributes:
        path: where it lies.
        survey: what its bytes are.
        encoding: of the original.
        confidence: how sure that is, 0 to 1: the share of the characters outside ASCII that are as
            the encoding has them, at the beginning of the file.
    """

    path: Path
    survey: Survey
    encoding: str
    confidence: float


def as_utf8(
    path: Path, survey: Survey | None, encodings: tuple[str, ...], delimiter: str, target: Path
) -> Text:
    """Read a text as UTF-8; where it lies if it is, else from a copy.

    Args:
        path: the text.
        survey: what its bytes are, if that is known.
        encodings: those that it may be in, in order.
        delimiter: for the survey.
        target: where the copy goes.

    Raises:
        Refused: it is in none of them.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    if head.startswith(UTF32_MARKS):
        raise Refused(FileReason.ENCODING, "0")
    if encoding := _utf16(head, encodings):
        return _copied(path, encoding, 1.0, delimiter, target)
    survey = survey or Survey.of(chunks(path), delimiter)
    if survey.bad_byte is None:
        return Text(path, survey, "utf-8", 1.0)
    if encoding := _most_credible(head, survey.bad_byte, encodings):
        return _copied(path, encoding, _credit(head, encoding), delimiter, target)
    raise Refused(FileReason.ENCODING, str(survey.bad_byte))


def chunks(path: Path) -> Iterator[bytes]:
    """A file in pieces of bounded size."""
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def mended(names: Iterable[str]) -> Iterator[list[str]]:
    """Readings of names whose UTF-8 was taken for another encoding and written as UTF-8 again."""
    listed = list(names)
    for wrong in ("gb18030", "cp1252", "latin-1"):
        try:
            yield [name.encode(wrong).decode("utf-8") for name in listed]
        except UnicodeError:
            continue


def _utf16(head: bytes, encodings: tuple[str, ...]) -> str:
    """The form of UTF-16 of a text, if it has a mark, or NULs and the mapping names the form."""
    if head.startswith(UTF16_MARKS):
        return "utf-16"
    for name in encodings:
        if name.startswith("utf-16"):
            encoding = "utf-16-le" if name == "utf-16" else name  # as Windows writes it
            is_high = int(encoding == "utf-16-le")
            if head[is_high::2].count(0) > NUL_SHARE * len(head) > head[1 - is_high :: 2].count(0):
                return encoding
    return ""


def _most_credible(head: bytes, bad_byte: int, encodings: tuple[str, ...]) -> str:
    beginning = head[:bad_byte].decode("utf-8", "ignore")
    if sum(character > "\x7f" for character in beginning) >= BEGINNING:
        return "utf-8"
    for encoding in encodings:
        if not encoding.startswith("utf-16") and _credit(head, encoding) >= CREDIBLE:
            return encoding
    # Where nearly all is ASCII, one broken character says nothing about the encoding.
    if "utf-8" in encodings and _broken_share(head) < MOST_LINES:
        return "utf-8"
    return ""


def _credit(head: bytes, encoding: str) -> float:
    """The share of the characters outside ASCII that are as the encoding has them."""
    usual = None
    if encoding == "gb18030":
        # What begins as UTF-8 was glued on and does not speak for or against the beginning.
        head, usual = UTF8_RUN.split(head, maxsplit=1)[0], _usual()
    outside = [character for character in head.decode(encoding, "replace") if character > "\x7f"]
    good = sum((c in usual) if usual else (c != LACKING) for c in outside)
    return round(good / len(outside), 2) if outside else 0.0


def _broken_share(head: bytes) -> float:
    lines = head.decode("utf-8", "replace").splitlines()
    return sum(LACKING in line for line in lines) / max(len(lines), 1)


@cache
def _usual() -> frozenset[str]:
    """The characters that make up all but a few percent of simplified Chinese text."""
    leads, trails = USUAL
    codes = (bytes((lead, trail)) for lead in leads for trail in trails)
    return frozenset("".join(code.decode("gb2312", "ignore") for code in codes))


def _copied(path: Path, encoding: str, confidence: float, delimiter: str, target: Path) -> Text:
    pieces = _without_utf8(path) if encoding == "gb18030" else chunks(path)
    with target.open("w", encoding="utf-8", newline="") as out:
        # A lone half of a UTF-16 pair is as broken as any other character.
        for text in codecs.iterdecode(pieces, encoding, "replace"):
            out.write(text)
    return Text(target, Survey.of(chunks(target), delimiter), encoding, confidence)


def _without_utf8(path: Path) -> Iterator[bytes]:
    """Whole lines; runs of Chinese in UTF-8, which would be valid nonsense, are made invalid."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK) + file.readline(LINE_BYTES):
            yield UTF8_RUN.sub(b"\xff", piece)
