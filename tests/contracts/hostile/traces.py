"""Looks for texts that must not be seen outside the vault, in every form that they could take."""

import base64
import gzip
import html
import json
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

import duckdb

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
SHORTEST_FORM = 6  # bytes: two Chinese characters in UTF-8
INPUTS = ("vault", "inbox", "sources")  # what people put in, and where originals belong
# Reference tables hold nothing from exports and are large.
FOREIGN = "schema_name = 'geo' or table_name in ('calendar_days', 'rule_calendar')"


def traces(home: Path, canaries: Iterable[str]) -> list[str]:
    """Files of the home, outside the vault, in which one of the texts is found."""
    wanted = every_form(frozenset(canaries))
    found: list[str] = []
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home)
        if name.parts[0] in INPUTS or path.is_symlink() or not path.is_file():
            continue
        if any(_holds(data, wanted) for data in (bytes(name), *contents(path))):
            found.append(name.as_posix())
    return found


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what is packed in it."""
    data = path.read_bytes()
    yield data
    if data.startswith(b"PAR1"):
        yield _told(_reader(), f"select * from read_parquet('{path}')")
    elif data[8:12] == b"DUCK":
        yield from _tables(path)
    elif data.startswith(b"\x1f\x8b"):
        yield gzip.decompress(data)
    elif data.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _tables(path: Path) -> Iterator[bytes]:
    with duckdb.connect(path, read_only=True) as con:
        names = con.execute(
            f"select schema_name, table_name from duckdb_tables() where not ({FOREIGN})"
        ).fetchall()
        for schema, table in names:
            yield _told(con, f'select * from "{schema}"."{table}"')


def _told(con: duckdb.DuckDBPyConnection, query: str) -> bytes:
    return "\n".join(
        "\t".join(str(value) for value in row) for row in con.execute(query).fetchall()
    ).encode(errors="surrogateescape")


@cache
def every_form(canaries: frozenset[str]) -> tuple[bytes, ...]:
    """All forms of all the texts, but for the shortest: those turn up by chance in packed bytes."""
    found = {form for canary in canaries for form in forms(canary)}
    return tuple(sorted(form for form in found if len(form) >= SHORTEST_FORM))


def _holds(data: bytes, wanted: Iterable[bytes]) -> bool:
    return any(form in data for form in wanted)


def forms(canary: str) -> set[bytes]:
    """A text as programs may write it."""
    numeric = "".join(f"&#{ord(character)};" for character in canary)
    hexadecimal = "".join(f"&#x{ord(character):x};" for character in canary)
    written = {
        json.dumps(canary)[1:-1],
        canary.encode("unicode_escape").decode(),
        html.escape(canary),
        numeric,
        hexadecimal,
        quote(canary),
    }
    encoded = [canary.encode(encoding) for encoding in ENCODINGS]
    found = {text.encode() for text in written} | set(encoded)
    for data in encoded:
        found |= {data.hex().encode(), data.hex().upper().encode()}
        found |= {_inside_base64(data, shift) for shift in range(3)}
    return found


def _inside_base64(data: bytes, shift: int) -> bytes:
    """What base64 makes of the bytes, whatever stands before and after them."""
    coded = base64.b64encode(b"\0" * shift + data)
    start = -(-shift * 8 // 6)
    whole = (shift + len(data)) * 8 // 6
    return coded[start:whole]


def seen(text: str, canaries: Iterable[str]) -> bool:
    """Whether one of the texts is found in what a program said."""
    return _holds(text.encode(errors="surrogateescape"), every_form(frozenset(canaries)))
