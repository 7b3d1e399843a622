"""What the bytes of a text file are, before anyone reads a field of it.

One pass, made while the file is copied into the vault: is it UTF-8, how many records has it, is its
quoting regular. The count is independent of any CSV reader (newlines outside quotes), so that it
can be held against what a reader returns. What the fields say is for others.
"""

import codecs
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipelines.ingest.clean import LACKING

NEWLINE, RETURN, QUOTE, SPACE, TAB, DELETE = 10, 13, 34, 32, 9, 0x7F
SPACES = (SPACE, TAB)
WIDE_SPACES = tuple(space.encode() for space in "\u00a0\u3000")
UTF8_BOM = codecs.BOM_UTF8
LACKING_BYTES = LACKING.encode()
GUARD = b'="'  # a spreadsheet's way to keep a number as text, which is no CSV
FIRST_PLAIN = 35  # below it: control characters, space, "!" and the quote
LINE_BYTES = 16 << 20  # a longer line is no export

Positions = NDArray[np.int64]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found.

    Attributes:
        delimiter: the delimiter for which the quoting was judged.
        bad_byte: offset of the first byte that is not UTF-8; none where all of it is.
        records: records, header included: lines that are not empty and not inside quotes.
        is_tidy: no field begins or ends with a space, so that none has to be trimmed.
        is_regular: every quote opens or closes a whole field, lines end in one way only, and there
            is no control or replacement character: any strict CSV reader must read the same
            records, and they are good text.
        has_long_line: a line is longer than `LINE_BYTES`.
    """

    delimiter: str
    bad_byte: int | None
    records: int
    is_tidy: bool
    is_regular: bool
    has_long_line: bool

    @classmethod
    def of(cls, chunks: Iterable[bytes], delimiter: str) -> Self:
        """Survey a file given in pieces."""
        surveyor = Surveyor(delimiter)
        for chunk in chunks:
            surveyor.feed(chunk)
        found = surveyor.finish()
        return cls(**asdict(found))

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        """The survey that `facts` once described."""
        return cls(**facts)

    def facts(self) -> dict[str, Any]:
        """The survey as plain values, for a manifest."""
        return asdict(self)


class Surveyor:
    """Takes a file piece by piece. A piece that is not UTF-8 ends the work: only bytes follow."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._bad_byte: int | None = None
        self._offset = 0
        # The last two bytes before the piece; a file begins as after an empty line.
        self._before = bytes([NEWLINE, NEWLINE])
        self._is_quoted = False
        self._around = np.array([ord(delimiter), NEWLINE, RETURN, QUOTE], np.uint8)
        self._quote_waits = False  # the last byte closed a quoted field: what follows decides
        self._space_waits = False  # the last byte was a space
        self._return_waits = False
        self._records = 0
        self._crlf_count = 0
        self._end_count = 0
        self._is_tidy = True
        self._is_regular = True
        self._line_bytes = 0
        self._has_long_line = False

    def feed(self, chunk: bytes) -> None:
        """Take the next piece."""
        if self._bad_byte is not None or not chunk:
            return
        self._check_utf8(chunk)
        if self._offset == 0 and chunk.startswith(UTF8_BOM):
            self._offset, chunk = len(UTF8_BOM), chunk[len(UTF8_BOM) :]
        self._offset += len(chunk)
        if chunk:
            self._look(chunk)

    def finish(self) -> Survey:
        """What was found in all pieces."""
        self._check_utf8(b"", final=True)
        last = self._before[1]
        has_open_line = last not in (NEWLINE, RETURN)
        return Survey(
            delimiter=self._delimiter,
            bad_byte=self._bad_byte,
            records=self._records + has_open_line,
            is_tidy=self._is_tidy and last not in SPACES,
            is_regular=self._is_regular
            and not self._is_quoted
            and not self._return_waits
            and self._crlf_count in (0, self._end_count),
            has_long_line=self._has_long_line,
        )

    def _check_utf8(self, chunk: bytes, *, final: bool = False) -> None:
        if self._bad_byte is not None:
            return
        pending = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            self._bad_byte = self._offset - pending + error.start

    def _look(self, chunk: bytes) -> None:
        around = self._before + chunk
        data = np.frombuffer(around, np.uint8)
        # Everything of interest is among the few small bytes; the first two are the piece before.
        small = np.flatnonzero(data[2:] < FIRST_PLAIN) + 2
        values = data[small]
        quotes, newlines = small[values == QUOTE], small[values == NEWLINE]
        if DELETE in chunk or _has_control(values) or LACKING_BYTES in around or GUARD in around:
            self._is_regular = False
        self._check_returns(data, small[values == RETURN])
        self._check_quotes(data, quotes)
        self._check_spaces(data, small[(values == SPACE) | (values == TAB)])
        if self._is_tidy and _has_wide_space(around):
            self._is_tidy = False
        self._count(data, newlines, quotes)
        self._measure(data, small[(values == NEWLINE) | (values == RETURN)])
        self._is_quoted ^= bool(len(quotes) % 2)
        self._before = bytes(data[-2:])

    def _check_returns(self, data: Bytes, returns: Positions) -> None:
        """A return is regular only before a newline."""
        if self._return_waits and data[2] != NEWLINE:
            self._is_regular = False
        inside = returns[returns < len(data) - 1]
        if np.any(data[inside + 1] != NEWLINE):
            self._is_regular = False
        self._return_waits = len(inside) < len(returns)

    def _check_quotes(self, data: Bytes, quotes: Positions) -> None:
        """A quote opens after a field's start and closes before its end; pairs inside are text."""
        if self._quote_waits and data[2] not in self._around:
            self._is_regular = False
        self._quote_waits = False
        if not len(quotes):
            return
        opens = (np.arange(len(quotes)) % 2 == 0) ^ self._is_quoted
        opening, closing = quotes[opens], quotes[~opens]
        if not np.all(_is_any(data[opening - 1], self._around)):
            self._is_regular = False
        inside = closing[closing < len(data) - 1]
        if not np.all(_is_any(data[inside + 1], self._around)):
            self._is_regular = False
        self._quote_waits = len(inside) < len(closing)

    def _check_spaces(self, data: Bytes, spaces: Positions) -> None:
        """A space beside a delimiter, a quote or a line end is at the edge of a field."""
        if self._space_waits and data[2] in self._around:
            self._is_tidy = False
        inside = spaces[spaces < len(data) - 1]
        self._space_waits = len(inside) < len(spaces)
        if self._is_tidy:
            beside = _is_any(data[spaces - 1], self._around)
            if beside.any() or _is_any(data[inside + 1], self._around).any():
                self._is_tidy = False

    def _count(self, data: Bytes, newlines: Positions, quotes: Positions) -> None:
        if len(quotes) or self._is_quoted:
            quotes_before = np.searchsorted(quotes, newlines) + self._is_quoted
            newlines = newlines[quotes_before % 2 == 0]
        before, two_before = data[newlines - 1], data[newlines - 2]
        is_crlf = before == RETURN
        is_empty = (before == NEWLINE) | (is_crlf & (two_before == NEWLINE))
        self._records += int(len(newlines) - is_empty.sum())
        self._crlf_count += int(is_crlf.sum())
        self._end_count += len(newlines)

    def _measure(self, data: Bytes, ends: Positions) -> None:
        longest = self._line_bytes + len(data) - 2
        if len(ends):
            first = self._line_bytes + int(ends[0]) - 2
            longest = max(first, int(np.diff(ends).max(initial=0)) - 1)
            self._line_bytes = len(data) - 1 - int(ends[-1])
        else:
            self._line_bytes = longest
        self._has_long_line |= longest > LINE_BYTES


def _is_any(values: Bytes, wanted: Bytes) -> NDArray[np.bool_]:
    """Which values are among a few: quicker than `np.isin` for so few."""
    found = values == wanted[0]
    for value in wanted[1:]:
        found |= values == value
    return found


def _has_wide_space(chunk: bytes) -> bool:
    # The first byte alone is found, or not, many times as fast as all of them.
    return any(space[:1] in chunk and space in chunk for space in WIDE_SPACES)


def _has_control(values: Bytes) -> bool:
    is_control = (values < 32) & (values != NEWLINE) & (values != RETURN) & (values != TAB)
    return bool(is_control.any())
