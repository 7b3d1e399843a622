"""Spreadsheets, read in a child process that may die of them.

A child serves many workbooks, because the usual workbook is small and starting a process would cost
more than reading it; one that dies, hangs or breaks a limit takes the workbook at hand with it and
is replaced. What the child does is in `workbook_child.py`.
"""

import json
import os
import selectors
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGXCPU
from types import TracebackType
from typing import Any, Self

from pipelines.ingest.careful import CleanCsv
from pipelines.ingest.reasons import FileReason, Refused

CHILD = Path(__file__).with_name("workbook_child.py")
CPU_SECONDS = 60
WALL_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as a clean CSV, and its header as text."""

    header: tuple[str, ...]
    csv: CleanCsv


class WorkbookReader:
    """Reads workbooks one after the other; use it as a context manager, from one thread."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child:
            with child:
                child.kill()

    def read(self, path: Path, *, sheet: int, header_row: int, target: Path) -> Sheet:
        """Write one sheet of a workbook as a clean CSV.

        Args:
            path: the workbook.
            sheet: its number, from 1.
            header_row: the row with the headers, from 1; rows above it are left out.
            target: where the clean file goes; refused records go beside it.

        Raises:
            Refused: the workbook cannot be read, is too large, or was the end of its reader.
        """
        refused = target.with_suffix(".refused.csv")
        request = {
            "path": str(path),
            "target": str(target),
            "refused": str(refused),
            "sheet": sheet,
            "header_row": header_row,
            "seconds": CPU_SECONDS,
        }
        answer = self._ask(request)
        if "reason" in answer:
            reason = FileReason(answer["reason"])
            raise Refused(reason, str(sheet) if reason is FileReason.MULTISHEET else "")
        clean = CleanCsv(target, refused, answer["kept"], answer["refused_count"])
        return Sheet(tuple(answer["header"]), clean)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        child = self._child = self._child or _start()
        if child.stdin is None or child.stdout is None:
            raise AssertionError  # both are pipes, see _start
        with suppress(BrokenPipeError):
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            is_ready = bool(selector.select(WALL_SECONDS))
        line = child.stdout.readline() if is_ready else b""
        if line.endswith(b"\n"):
            return json.loads(line)
        if not is_ready:
            child.kill()
        ended_by = -child.wait()
        self.close()
        is_endless = not is_ready or ended_by == SIGXCPU
        return {"reason": FileReason.TOO_LARGE if is_endless else FileReason.CORRUPT}


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own script, nothing from outside on the command line
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"},
    )
