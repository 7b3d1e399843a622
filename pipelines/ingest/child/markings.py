"""What calamine does not tell of a sheet: hidden rows, errors, formulas without a result.

Nor does it tell whether one holds anything before all of it is parsed.

Only the XML of XLSX has them where they can be read without a second library; of the old XLS and of
ODS they are not known. A part with a document type declaration is refused: no spreadsheet program
writes one, entities that grow without end do.
"""

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import join, normpath
from typing import BinaryIO, cast
from xml.etree import ElementTree as ET
from xml.parsers import expat

from pipelines.ingest.child.verdict import Unreadable

CHUNK = 1 << 20
INDEX_BYTES = 16 << 20
DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
DECLARED_WITHIN = 4096
# A part without any of these holds neither a formula, nor an error, nor anything hidden; to find
# out takes a tenth of the time of parsing it.
SIGNS = (b"<f", b":f", b'"e"', b"'e'", b"hidden=")
WRITTEN = re.compile(rb"[^>]</(?:\w+:)?v>|</(?:\w+:)?is>")  # the end of a value, or of a text
OVERLAP = 64  # more than a sign takes, so that none is missed between two chunks
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
CELL_NAME = re.compile(r"([A-Z]{1,3})([0-9]+)")
TRUE = {"1", "true"}


@dataclass(slots=True)
class Markings:
    """Odd cells of a sheet, columns by row from 0, and how many rows and columns are hidden."""

    odd: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    hidden_count: int = 0


def markings_of(path: Path, place: int) -> Markings:
    """The markings of a sheet of an XLSX file; none of another archive.

    Args:
        path: the file.
        place: of the sheet in the workbook, from 0.

    Raises:
        Unreadable: a part declares a document type.
    """
    marks = Markings()
    with zipfile.ZipFile(path) as archive:
        part = _parts(archive).get(place, "")
        if part and any(sign in window for window in _windows(archive, part) for sign in SIGNS):
            _read(archive, part, marks)
    return marks


def count_filled(path: Path, places: Iterable[int]) -> int | None:
    """How many sheets of an XLSX file hold anything; none of another archive.

    Args:
        path: the file.
        places: of the sheets in the workbook, from 0.

    Raises:
        Unreadable: a part declares a document type.
    """
    with zipfile.ZipFile(path) as archive:
        parts = _parts(archive)
        if not parts:
            return None
        asked = (parts[place] for place in places if place in parts)
        return sum(any(map(WRITTEN.search, _windows(archive, part))) for part in asked)


def _check_declarations(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            with archive.open(name) as part:
                if DECLARATION.search(part.read(DECLARED_WITHIN).replace(b"\0", b"")):
                    raise Unreadable("F_XML")


def _parts(archive: zipfile.ZipFile) -> dict[int, str]:
    """The names of the parts that hold the sheets, by place from 0."""
    _check_declarations(archive)
    names = set(archive.namelist())
    index, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if not {index, relations} <= names:
        return {}
    sheets = [
        element.get(RELATION, "")
        for element in _parsed(archive, index).iter()
        if element.tag.rpartition("}")[2] == "sheet"
    ]
    targets = {e.get("Id", ""): e.get("Target", "") for e in _parsed(archive, relations).iter()}
    found = [normpath(join("/xl", targets.get(sheet, "")))[1:] for sheet in sheets]
    return {place: part for place, part in enumerate(found) if part in names}


def _parsed(archive: zipfile.ZipFile, name: str) -> ET.Element:
    with archive.open(name) as part:
        content = part.read(INDEX_BYTES)
    return ET.fromstring(content)  # noqa: S314 - without declarations, see above


def _windows(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part piece by piece, each after the end of the one before."""
    before = b""
    with archive.open(name) as part:
        while chunk := part.read(CHUNK):
            yield before + chunk
            before = chunk[-OVERLAP:]


def _read(archive: zipfile.ZipFile, name: str, marks: Markings) -> None:
    parser = expat.ParserCreate(namespace_separator="}")
    reader = _SheetReader(marks)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    with archive.open(name) as part:
        parser.ParseFile(cast("BinaryIO", part))


class _SheetReader:
    """Follows the cells of a sheet; a cell or row without a name stands after the one before."""

    def __init__(self, marks: Markings) -> None:
        self._marks = marks
        self._row = self._column = -1
        self._is_error = self._gives_text = False
        self._has_formula = self._has_value = self._in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition("}")[2]:
            case "c":
                self._begin_cell(attributes)
            case "f":
                self._has_formula = True
            case "v":
                self._in_value = True
                self._has_value |= self._gives_text  # which may be empty
            case "row":
                self._row = int(attributes.get("r", self._row + 2)) - 1
                self._column = -1
                self._marks.hidden_count += attributes.get("hidden") in TRUE
            case "col":
                self._marks.hidden_count += attributes.get("hidden") in TRUE
            case _:
                pass

    def text(self, text: str) -> None:
        self._has_value |= self._in_value and bool(text)

    def end(self, name: str) -> None:
        local = name.rpartition("}")[2]
        if local == "v":
            self._in_value = False
        elif local == "c" and (self._is_error or (self._has_formula and not self._has_value)):
            self._marks.odd[self._row].add(self._column)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        named = CELL_NAME.fullmatch(attributes.get("r", ""))
        self._column = _column_number(named[1]) if named else self._column + 1
        kind = attributes.get("t")
        self._is_error, self._gives_text = kind == "e", kind == "str"
        self._has_formula = self._has_value = False


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
