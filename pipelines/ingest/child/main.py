"""The process in which spreadsheets, HTML, JSON and XML are read. Run as a script.

A hostile file can make a reader abort its interpreter or ask for all memory, so it is read where
that costs one file. One line of JSON in, one out. What can be asked (`do`):

- `open` a workbook or an HTML text (`form`, `path`, `sheet`, `rows`): its first rows (`head`);
- `write` what is open as a clean CSV (`header`, `skip`, `width`, `taken`, `target`);
- `tree`: write the records of a JSON or XML text (`form`, `path`, `records`, `wanted`, `target`).
- `outline`: where the records of a JSON or XML text are and what they hold (`form`, `path`).

An answer with `reason` refuses the file.
"""

import json
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

sys.path.insert(0, str(Path(__file__).parents[3]))  # an isolated interpreter knows no folder

from python_calamine import CalamineError, PasswordError

from pipelines.ingest.child.elements import elements_in
from pipelines.ingest.child.markup import open_markup
from pipelines.ingest.child.objects import objects_in
from pipelines.ingest.child.outline import outline
from pipelines.ingest.child.rows import Grid, Shape, write_rows
from pipelines.ingest.child.trees import write_tree
from pipelines.ingest.child.verdict import Unreadable
from pipelines.ingest.child.workbook import open_workbook

MEMORY_BYTES = 2 << 30
FILE_BYTES = 4 << 30
FAULTS = (
    CalamineError,
    zipfile.BadZipFile,
    ExpatError,
    ParseError,
    ValueError,
    OverflowError,
    RecursionError,
    KeyError,
    EOFError,
)


def main() -> None:
    """Answer one request a line until the input ends."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_FSIZE: FILE_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for what, wanted in limits.items():
        most, _ = _allowed(what, wanted)
        resource.setrlimit(what, (most, most))
    desk = Desk()
    for line in sys.stdin:
        request = json.loads(line)
        _limit_time(request.pop("seconds"))
        sys.stdout.write(json.dumps(_answer(desk, request)) + "\n")
        sys.stdout.flush()


def _answer(desk: "Desk", request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request; what a library has to say about a file could quote it."""
    try:
        return desk.do(request)
    except Unreadable as verdict:
        return {"reason": verdict.reason, "detail": verdict.detail}
    except PasswordError:
        return {"reason": "F_ENCRYPTED", "detail": ""}
    except MemoryError:
        return {"reason": "F_TOO_LARGE", "detail": ""}
    except FAULTS:
        return {"reason": "F_CORRUPT", "detail": ""}


class Desk:
    """What lies open between two requests."""

    def __init__(self) -> None:
        self._grid: Grid | None = None

    def do(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request.

        Raises:
            Unreadable: the file cannot be taken.
        """
        match request.pop("do"):
            case "open":
                return self._open(**request)
            case "write":
                return self._write(**request)
            case "outline":
                return outline(request["form"], Path(request["path"]))
            case _:
                return _write_tree(**request)

    def _open(self, *, form: str, path: str, sheet: str, rows: int) -> dict[str, Any]:
        open_grid = open_workbook if form == "workbook" else open_markup
        self._grid = None
        self._grid = grid = open_grid(Path(path), sheet)
        return {"head": grid.head(rows)}

    def _write(
        self, *, header: list[list[str]], skip: int, width: int, taken: list[int], target: str
    ) -> dict[str, Any]:
        if self._grid is None:
            raise Unreadable("F_CORRUPT")
        grid, self._grid = self._grid, None
        shape = Shape(tuple(map(tuple, header)), skip, width, frozenset(taken))
        return write_rows(grid, shape, Path(target))


def _write_tree(
    *, form: str, path: str, records: list[str], wanted: list[str], target: str
) -> dict[str, Any]:
    if form == "xml":
        found = elements_in(Path(path), tuple(records))
    else:
        found = objects_in(Path(path), tuple(records), is_by_line=form == "jsonl")
    return write_tree(found, wanted, Path(target))


def _limit_time(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    wanted = int(used.ru_utime + used.ru_stime) + seconds
    # The hard limit stays, because the next file has its own time.
    resource.setrlimit(resource.RLIMIT_CPU, _allowed(resource.RLIMIT_CPU, wanted))


def _allowed(what: int, wanted: int) -> tuple[int, int]:
    """A limit no higher than the one that we were started under, and that one."""
    _, hard = resource.getrlimit(what)
    return (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)), hard


if __name__ == "__main__":
    main()
