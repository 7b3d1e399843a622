"""Run a command in a process of its own and note seconds and peak memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds, CPU seconds, and peak memory in MiB of the largest process.

    `answer` is what the process wrote to standard output, where that is JSON.
    """

    wall: float
    cpu: float
    peak_mib: float
    answer: dict[str, Any]


def measure(*arguments: str) -> Cost:
    """Run this interpreter with `arguments`; the process must succeed.

    Raises:
        RuntimeError: it did not; the message is what it wrote to standard error.
    """
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen([sys.executable, *arguments], stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        for file in (out, errors):
            file.seek(0)
        if os.waitstatus_to_exitcode(status):
            raise RuntimeError(errors.read())
        last = (out.read().splitlines() or [""])[-1]
        answer = json.loads(last) if last.startswith("{") else {}
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, answer)


def petitions(*arguments: str) -> Cost:
    """Cost of one call of the command line."""
    return measure("-c", "from pipelines.cli import main; main()", *arguments)


def spent_on(work: Callable[[], object]) -> dict[str, float]:
    """Wall seconds and CPU seconds of a piece of work in this process and in those it ends."""
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    work()
    return {"seconds": time.perf_counter() - wall, "cpu": sum(os.times()[:4]) - cpu}
