"""Run a command in a process of its own and note seconds and peak memory."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds, CPU seconds, and peak memory in MiB of the largest process."""

    wall: float
    cpu: float
    peak_mib: float


def measure(*arguments: str) -> Cost:
    """Run this interpreter with `arguments`; the process must succeed.

    Raises:
        RuntimeError: it did not; the message is what it wrote to standard error.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    errors = process.stderr.read() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(errors)
    wall = time.perf_counter() - began
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def petitions(*arguments: str) -> Cost:
    """Cost of one call of the command line."""
    return measure("-c", "from pipelines.cli import main; main()", *arguments)
