"""The text of single records of a decoded file, as it stands there, by their numbers."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from pipelines.ingest.decoded import Decoded
from pipelines.ingest.survey import NEWLINE, QUOTE, RETURN, UTF8_BOM

CHUNK = 1 << 20


def record_texts(decoded: Decoded, wanted: Iterable[int]) -> Iterator[tuple[int, str]]:
    """The text of records of a decoded file, by number, in order.

    Args:
        decoded: the file; every quote in it opens or closes a field.
        wanted: numbers of records, ascending.
    """
    find = _numbered if decoded.is_numbered else _counted
    return find(decoded, list(wanted))


def _counted(decoded: Decoded, wanted: list[int]) -> Iterator[tuple[int, str]]:
    """Records that are numbered as they come: counted by line ends outside quotes, empty ones not.

    Millions of records are passed over without a look at each.
    """
    numbers = np.array(wanted, np.int64)
    passed, rest = -decoded.skipped_lines, b""
    for chunk in _chunks(decoded.path):
        if not len(numbers):
            return
        block = rest + chunk
        data = np.frombuffer(block, np.uint8)
        quotes, newlines = np.flatnonzero(data == QUOTE), np.flatnonzero(data == NEWLINE)
        ends = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        if not len(ends):
            rest = block
            continue
        starts = np.concatenate(([0], ends[:-1] + 1))
        is_empty = (ends == starts) | ((ends == starts + 1) & (data[starts] == RETURN))
        counted = passed + np.cumsum(~is_empty)
        here = numbers[numbers <= counted[-1]]
        for number, at in zip(here, np.searchsorted(counted, here), strict=True):
            yield int(number), block[starts[at] : ends[at]].decode().rstrip("\r\n")
        passed, numbers = int(counted[-1]), numbers[len(here) :]
        rest = block[ends[-1] + 1 :]


def _chunks(path: Path) -> Iterator[bytes]:
    """A file in pieces, without its mark and with an end to its last line."""
    with path.open("rb") as file:
        if file.read(len(UTF8_BOM)) != UTF8_BOM:
            file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk
    yield b"\n"


def _numbered(decoded: Decoded, wanted: list[int]) -> Iterator[tuple[int, str]]:
    """Records of which each begins with its number."""
    pending = iter(wanted)
    number = next(pending, None)
    if number is None:
        return
    with decoded.path.open(encoding="utf-8-sig", newline="") as text:
        for record in _whole_records(text):
            found, _, rest = record.partition(",")
            if int(found.strip('"')) == number:
                yield number, rest
                number = next(pending, None)
                if number is None:
                    return


def _whole_records(lines: Iterable[str]) -> Iterator[str]:
    """Lines joined where quotes hold them together; empty ones are no records."""
    joined: list[str] = []
    is_open = False
    for line in chain(lines, ("",)):
        is_open ^= line.count('"') % 2 == 1
        joined.append(line)
        if not is_open:
            record = "".join(joined).rstrip("\r\n")
            joined.clear()
            if record:
                yield record
