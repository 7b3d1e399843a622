"""Records in JSON: in one document, or in a document a line.

Numbers keep the digits that they are written with. A line that is no JSON costs its own record; a
document is read whole, so that the process's memory bounds its size.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.ingest.careful import RECORD_CHARACTERS, TAIL
from pipelines.ingest.child.trees import Found
from pipelines.ingest.child.verdict import Unreadable
from pipelines.ingest.clean import LACKING
from pipelines.ingest.reasons import RecordReason

TWICE = "\0twice"  # marks an object in which a key stands twice

Node = Any


def _object(pairs: list[tuple[str, Node]]) -> dict[str, Node]:
    made = dict(pairs)
    if len(made) < len(pairs):
        made[TWICE] = ""
    return made


_DECODER = json.JSONDecoder(
    parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_object
)


def objects_in(path: Path, records: tuple[str, ...], *, is_by_line: bool) -> Iterator[Found]:
    """The records of a JSON text.

    Args:
        path: the text, in UTF-8.
        records: keys that lead to them from the root of a document; lists are gone through.
        is_by_line: whether each line is a document.

    Raises:
        Unreadable: it is empty, or nothing stands where the records should.
        ValueError: a document is no JSON.
    """
    walk = _Walk(records)
    read = walk.through_line if is_by_line else walk.through
    is_empty = True
    with path.open(encoding="utf-8-sig", newline="\n" if is_by_line else "") as text:
        for piece in text if is_by_line else (text.read(),):
            if content := piece.strip(f" \t\r\n{TAIL}"):
                is_empty = False
                yield from read(content)
    if is_empty:
        raise Unreadable("F_EMPTY")
    if not walk.has_arrived:
        raise Unreadable("F_HEADER" if records else "F_CORRUPT", ".".join(records))


class _Walk:
    """Goes down to the records and remembers whether it ever got there."""

    def __init__(self, records: tuple[str, ...]) -> None:
        self._records = records
        self.has_arrived = False

    def through(self, document: str) -> Iterator[Found]:
        """The records of a document."""
        return self._down(_DECODER.decode(document), 0, {})

    def through_line(self, line: str) -> Iterator[Found]:
        """The records of a document that is a line; if it is none, the line is a broken record."""
        if len(line) > RECORD_CHARACTERS:
            yield Found(reason=RecordReason.TOO_LONG, text=line)
            return
        try:
            for found in self.through(line):
                found.text = line
                yield found
        except (ValueError, RecursionError):
            reason = RecordReason.ENCODING if LACKING in line else RecordReason.QUOTE
            yield Found(reason=reason, text=line)

    def _down(self, node: Node, depth: int, above: dict[str, str]) -> Iterator[Found]:
        has_arrived = depth == len(self._records)
        self.has_arrived |= has_arrived
        if isinstance(node, list):
            for item in node:
                yield from self._down(item, depth, above)
        elif has_arrived:
            yield _record(node, above)
        elif isinstance(node, dict) and self._records[depth] in node:
            key = self._records[depth]
            others = {name: value for name, value in node.items() if name != key}
            # Values above a record are named from the root.
            root = ".".join(("", *self._records[:depth], ""))
            beside = Found()
            _flatten(others, root, beside)
            yield from self._down(node[key], depth + 1, above | beside.values)
        else:
            yield Found(reason=RecordReason.RAGGED_SHORT)


def _record(node: Node, above: dict[str, str]) -> Found:
    if not isinstance(node, dict):
        return Found(reason=RecordReason.RAGGED_SHORT)
    found = Found(dict(above))
    _flatten(node, "", found)
    if TWICE in found.values:
        found.reason = RecordReason.RAGGED_LONG
        del found.values[TWICE]
    return found


def _flatten(node: dict[str, Node], before: str, found: Found) -> None:
    """Add the values of an object under the path that leads to each."""
    for key, value in node.items():
        name = key if key == TWICE else before + key
        if isinstance(value, dict):
            _flatten(value, f"{name}.", found)
        elif isinstance(value, list):
            found.several.add(name)
        else:
            found.values[name] = _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
