"""The smallest true .xls file: one sheet of texts and numbers (BIFF8 in a compound file)."""

import struct
from collections.abc import Sequence

SECTOR = 512
END, FREE, IS_FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SMALLEST = 4096  # a shorter stream would lie elsewhere


def old_workbook(*rows: Sequence[str | float], is_locked: bool = False) -> bytes:
    """A workbook of the years before 2007."""
    return compound(stream(rows, is_locked=is_locked))


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def stream(rows: Sequence[Sequence[str | float]], *, is_locked: bool) -> bytes:
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    name = b"\x05\x00Sheet"
    first = record(0x809, begin) + (record(0x2F, b"\1\0" + bytes(52)) if is_locked else b"")
    place = len(first) + len(record(0x85, b"\0" * 6 + name)) + len(record(0x0A))
    sheet = record(0x809, begin[:2] + struct.pack("<H", 0x0010) + begin[4:])
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            where = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                text = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
                sheet += record(0x204, where + text)
            else:
                sheet += record(0x203, where + struct.pack("<d", cell))
    listed = record(0x85, struct.pack("<IBB", place, 0, 0) + name)
    return first + listed + record(0x0A) + sheet + record(0x0A)


def compound(content: bytes, name: str = "Workbook") -> bytes:
    """A compound file with one stream."""
    content = content.ljust(SMALLEST, b"\0")
    count = -(-len(content) // SECTOR)
    sectors = content.ljust(count * SECTOR, b"\0")
    fat = [IS_FAT, END, *range(3, count + 2), END]
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(SECTOR, b"\xff")
    folder = _entry("Root Entry", 5, 1, END, 0) + _entry(name, 2, FREE, 2, len(content))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, SMALLEST, END, 0, END, 0
    )
    head += struct.pack("<I", 0)
    return head.ljust(SECTOR, b"\xff") + table + folder.ljust(SECTOR, b"\0") + sectors


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)
