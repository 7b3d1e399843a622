"""Records in XML: each an element of a declared name, read as the file streams by.

A document type declaration refuses the file: entities that grow without end or read other files
need one, exports do not.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from pipelines.ingest.careful import RECORD_CHARACTERS
from pipelines.ingest.child.trees import Found
from pipelines.ingest.child.verdict import Unreadable
from pipelines.ingest.reasons import RecordReason

CHUNK = 1 << 16
BLANK = b"\xef\xbb\xbf \t\r\n\0"


def elements_in(path: Path, records: tuple[str, ...]) -> Iterator[Found]:
    """The records of an XML text.

    Args:
        path: the text, in UTF-8 whatever it declares.
        records: the name of their element, after the names of elements around it if need be;
            prefixes of namespaces are left out.

    Raises:
        Unreadable: it declares a document type, or there is no such element.
        expat.ExpatError: it is no XML.
    """
    reader = _RecordReader(records)
    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True
    refuse_entities(parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    with path.open("rb") as file:
        if not file.read(CHUNK).strip(BLANK):
            raise Unreadable("F_EMPTY")
        file.seek(0)
        while chunk := file.read(CHUNK):
            parser.Parse(chunk.rstrip(b"\0") if len(chunk) < CHUNK else chunk)
            yield from reader.take()
    parser.Parse(b"", True)  # noqa: FBT003 - as expat calls it
    if not reader.has_arrived:
        raise Unreadable("F_HEADER", ".".join(records))


def refuse_entities(parser: expat.XMLParserType) -> None:
    """Have a declaration of a document type or of an entity refuse the text."""
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse


def _refuse(*_: object) -> NoReturn:
    raise Unreadable("F_XML")


class _RecordReader:
    """Collects the values of each record by the path that leads to them."""

    def __init__(self, records: tuple[str, ...]) -> None:
        self._records = list(records)
        self._stack: list[str] = []
        self._depth = 0  # of the record that is open; 0 where none is
        self._found = Found()
        self._size = 0
        self._texts: list[str] = []
        self._done: list[Found] = []
        self.has_arrived = False

    def take(self) -> list[Found]:
        """The records that are complete."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._texts.clear()
        self._stack.append(name.rpartition(":")[2])
        if not self._depth and self._stack[-len(self._records) :] == self._records:
            self._depth, self._found, self._size = len(self._stack), Found(), 0
            self.has_arrived = True
        elif self._is_around():
            self.has_arrived = True  # there is the place for records, if none of them
        if self._depth:
            for attribute, value in attributes.items():
                if not attribute.startswith("xmlns"):
                    self._add(f"@{attribute.rpartition(':')[2]}", value)

    def text(self, text: str) -> None:
        if self._depth:
            self._texts.append(text)

    def end(self, _: str) -> None:
        if self._depth:
            text = "".join(self._texts).strip()
            if text or len(self._stack) > self._depth:
                self._add("", text)
            self._texts.clear()
        if len(self._stack) == self._depth:
            self._done.append(self._found)
            self._depth = 0
        self._stack.pop()

    def _is_around(self) -> bool:
        around = self._records[:-1]
        return bool(around) and self._stack[-len(around) :] == around

    def _add(self, last: str, value: str) -> None:
        path = [*self._stack[self._depth :], *filter(None, (last,))]
        name = ".".join(path) or "."  # the record's own text
        self._size += len(name) + len(value)
        if self._size > RECORD_CHARACTERS:
            self._found = Found(reason=RecordReason.TOO_LONG)
        elif not value:
            self._found.values.setdefault(name, "")
        elif self._found.values.get(name):
            self._found.several.add(name)
        else:
            self._found.values[name] = value
