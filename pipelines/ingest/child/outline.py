"""Where the records of a tree are, JSON or XML, and what is in them, for a draft of a mapping.

Records are the things of one kind that there are most of, looked for from the root down and never
inside one another: the steps of a submission belong to it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pipelines.ingest.child.elements import CHUNK, elements_in, refuse_entities
from pipelines.ingest.child.objects import objects_in
from pipelines.ingest.child.trees import Found
from pipelines.ingest.header import COLUMNS

LOOKED_AT = 20_000  # records

Node = Any


def outline(form: str, path: Path) -> dict[str, Any]:
    """Find the records and their columns.

    Args:
        form: `json`, `jsonl` or `xml`.
        path: the text, in UTF-8.

    Returns:
        `records`, what leads to them, and `names` of their columns, in order of appearance; those
        that hold several values for one record are left out.

    Raises:
        ValueError: it is no JSON.
        expat.ExpatError: it is no XML.
        Unreadable: it is empty, or declares a document type.
    """
    records = {"xml": _in_xml, "json": _in_json}.get(form, _at_root)(path)
    if form == "xml":
        found = elements_in(path, records)
    else:
        found = objects_in(path, records, is_by_line=form == "jsonl")
    return {"records": records, "names": _names(islice(found, LOOKED_AT))}


def _names(found: Iterator[Found]) -> list[str]:
    names: dict[str, None] = {}
    several: set[str] = set()
    for record in found:
        names.update(dict.fromkeys(record.values))
        several |= record.several
    return [name for name in names if name not in several][:COLUMNS]


def _at_root(_: Path) -> tuple[str, ...]:
    return ()


def _in_json(path: Path) -> tuple[str, ...]:
    lists = dict(_lists(json.loads(path.read_text(encoding="utf-8-sig")), ()))
    return max(lists, key=lambda place: lists[place], default=())


def _lists(node: Node, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Lists of objects, by the keys that lead to each, and how long they are."""
    if isinstance(node, list):
        if any(isinstance(item, dict) for item in node):
            yield place, len(node)
    elif isinstance(node, dict):
        yield from chain.from_iterable(_lists(below, (*place, key)) for key, below in node.items())


def _in_xml(path: Path) -> tuple[str, ...]:
    counter = _ElementCounter()
    parser = expat.ParserCreate(encoding="utf-8")
    refuse_entities(parser)
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            parser.Parse(chunk)
    parser.Parse(b"", True)  # noqa: FBT003 - as expat calls it
    return (counter.records(),)


class _ElementCounter:
    """Counts elements that hold others, by the names around them."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._holding: set[tuple[str, ...]] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._stack:
            self._holding.add(tuple(self._stack))
        self._stack.append(name.rpartition(":")[2])
        place = tuple(self._stack)
        self._counts[place] += 1
        if any(not attribute.startswith("xmlns") for attribute in attributes):
            self._holding.add(place)

    def end(self, _: str) -> None:
        self._stack.pop()

    def records(self) -> str:
        """The element of which there are most, among those that repeat nearest to the root."""
        many = [place for place in self._holding if self._counts[place] > 1]
        outer = [p for p in many if not any(p[:n] in many for n in range(1, len(p)))]
        # A record that is alone is the innermost thing that holds others.
        places = outer or sorted(self._holding, key=len)[-1:] or [*self._counts][:1]
        return max(sorted(places), key=lambda place: self._counts[place])[-1]
