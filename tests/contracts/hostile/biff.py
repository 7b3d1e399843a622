"""The fewest bytes that make a true .xls: one sheet of texts and numbers in an OLE container.

Written by hand from the public descriptions of the two formats ([MS-XLS], [MS-CFB]), because no
library that writes them is among those we use.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence

SECTOR = 512
FREE, END, FAT_MARK = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
STREAM_BYTES = 4096  # shorter streams would lie in a place of their own
HEADER_FATS = 109
MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")

Cell = str | float


def xls(rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet with these cells, in BIFF 8."""
    sheet = [_begin(0x0010), *_cells(rows), _part(0x000A)]
    name = b"Sheet1"
    codepage, end = _part(0x0042, struct.pack("<H", 1200)), _part(0x000A)
    before = len(_begin(0x0005)) + len(codepage) + 4 + 8 + len(name) + len(end)
    place = _part(0x0085, struct.pack("<IBBBB", before, 0, 0, len(name), 0) + name)
    stream = b"".join([_begin(0x0005), codepage, place, end, *sheet])
    return ole({"Workbook": stream})


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A container that holds these streams."""
    padded = {name: data.ljust(STREAM_BYTES, b"\0") for name, data in streams.items()}
    lengths = [-(-len(data) // SECTOR) for data in padded.values()]
    directory_length = -(-(len(padded) + 1) // 4)
    others = directory_length + sum(lengths)
    fat_length = next(n for n in range(1, HEADER_FATS + 1) if n * SECTOR // 4 >= others + n)
    chains = [FAT_MARK] * fat_length + _chain(fat_length, directory_length)
    starts = []
    for length in lengths:
        starts.append(len(chains))
        chains += _chain(len(chains), length)
    chains += [FREE] * (fat_length * SECTOR // 4 - len(chains))
    fats = [*range(fat_length), *[FREE] * (HEADER_FATS - fat_length)]
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        MAGIC,
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        fat_length,
        fat_length,
        0,
        STREAM_BYTES,
        END,
        0,
        END,
        0,
    )
    listed = [_entry("Root Entry", 5, END, 0, child=1)]
    listed += [
        _entry(name, 2, start, len(data), right=number + 2 if number + 1 < len(padded) else FREE)
        for number, ((name, data), start) in enumerate(zip(padded.items(), starts, strict=True))
    ]
    body = [struct.pack(f"<{len(chains)}I", *chains), b"".join(listed), *padded.values()]
    return b"".join(
        [head + struct.pack(f"<{HEADER_FATS}I", *fats), *(_whole(part) for part in body)]
    )


def _chain(first: int, length: int) -> list[int]:
    return [*range(first + 1, first + length), END]


def _whole(data: bytes) -> bytes:
    return data.ljust(-(-len(data) // SECTOR) * SECTOR, b"\0")


def _entry(
    name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE
) -> bytes:
    written = name.encode("utf-16-le")
    links = struct.pack("<III", FREE, right, child)
    return b"".join(
        [
            written.ljust(64, b"\0"),
            struct.pack("<HBB", len(written) + 2, kind, 1),
            links,
            bytes(36),
            struct.pack("<IQ", start, size),
        ]
    )


def _part(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(kind: int) -> bytes:
    return _part(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))


def _cells(rows: Iterable[Sequence[Cell]]) -> Iterable[bytes]:
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                text = cell.encode("utf-16-le")
                yield _part(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
            else:
                yield _part(0x0203, place + struct.pack("<d", cell))
