"""A child process for files that may be the end of whoever reads them.

A child serves many files, because the usual file is small and starting a process would cost more
than reading it; one that dies, hangs or breaks a limit takes the file at hand with it and is
replaced. What the child does is in `child/`.
"""

import json
import os
import selectors
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from signal import SIGXCPU
from types import TracebackType
from typing import Any, Self

from pipelines.ingest.clean import CleanCsv, refused_beside
from pipelines.ingest.reasons import FileReason, Refused

CHILD = Path(__file__).with_name("child") / "main.py"
CPU_SECONDS = 60
CPU_BYTES = 1 << 20  # a large file has a second more for each of these
WALL_FACTOR = 3


class Cage:
    """Reads files one after the other; use it as a context manager, from one thread."""

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

    def ask(self, request: dict[str, Any], size: int = 0) -> dict[str, Any]:
        """Have one request carried out; `child/main.py` lists them.

        Args:
            request: the request.
            size: of the file in bytes, where the time it takes grows with it.

        Raises:
            Refused: the file cannot be read, is too large, or was the end of its reader.
        """
        answer = self._exchange(request, CPU_SECONDS + size // CPU_BYTES)
        if "reason" in answer:
            raise Refused(FileReason(answer["reason"]), answer["detail"])
        return answer

    def _exchange(self, request: dict[str, Any], seconds: int) -> dict[str, Any]:
        if self._child and self._child.poll() is not None:  # it ended while nobody asked
            self.close()
        child = self._child = self._child or _start()
        if child.stdin is None or child.stdout is None:
            raise AssertionError  # both are pipes, see _start
        with suppress(BrokenPipeError):
            child.stdin.write(json.dumps(request | {"seconds": seconds}).encode() + b"\n")
            child.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            is_ready = bool(selector.select(WALL_FACTOR * seconds))
        line = child.stdout.readline() if is_ready else b""
        if line.endswith(b"\n"):
            return json.loads(line)
        if not is_ready:
            child.kill()
        ended_by = -child.wait()
        self.close()
        is_endless = not is_ready or ended_by == SIGXCPU
        reason = FileReason.TOO_LARGE if is_endless else FileReason.CORRUPT
        return {"reason": reason, "detail": ""}


def clean_copy_of(target: Path, answer: dict[str, Any]) -> CleanCsv:
    """The clean copy that the child says it has written."""
    return CleanCsv(target, refused_beside(target), answer["kept"], answer["refused_count"])


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own script, nothing from outside on the command line
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"},
    )
