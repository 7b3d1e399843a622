"""Runs work in a child process that dies, or is refused by the disk, at a chosen call.

Every change that Python makes to a folder announces itself through an audit event, whichever
library makes it; `os.fsync` alone has none and is wrapped. The child counts these calls below a
folder and at the N-th one kills itself or raises, before the call takes effect. What DuckDB writes
by itself is out of reach here; kills at random instants and strace (see the slow tests) hit that.

To be used for any work: `run` takes a function, `run_program` a console script.
"""

import argparse
import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Self

from pipelines.words import UserError

PRELOADED = ["pipelines.publish.release", "pipelines.validate.report", "tests.faults.publication"]
LONGEST_RUN_SECONDS = 120
USER_ERROR, CRASH = 1, 99


class Call(StrEnum):
    """Calls that change what is on disk, or make it last."""

    RENAME = "rename"
    UNLINK = "unlink"
    MKDIR = "mkdir"
    RMDIR = "rmdir"
    LINK = "link"
    WRITE = "write"
    FSYNC = "fsync"


class Effect(StrEnum):
    """What happens instead of the call."""

    KILL = "kill"
    ENOSPC = "ENOSPC"
    EIO = "EIO"


@dataclass(frozen=True, slots=True)
class Fault:
    """At the `nth` call of a kind (from 1), `effect` happens."""

    call: Call
    nth: int
    effect: Effect

    def __str__(self) -> str:
        return f"{self.call}:{self.nth}:{self.effect}"

    @classmethod
    def parse(cls, text: str) -> Self:
        call, nth, effect = text.split(":")
        return cls(Call(call), int(nth), Effect(effect))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the child ended.

    Attributes:
        code: exit code, negative for a signal.
        calls: the calls it made below the folder, in order, as (kind, path from the folder).
        said: the sentence of a `UserError` or the traceback of a crash; of a program, its output.
    """

    code: int
    calls: tuple[tuple[Call, str], ...]
    said: str

    def count(self, call: Call) -> int:
        return sum(kind is call for kind, _ in self.calls)


def run(
    work: Callable[..., object], *args: object, root: Path, fault: Fault | None = None
) -> Outcome:
    """Run `work(*args)` in a fresh process and watch `root`; both must be picklable."""
    process = _context().Process(target=_child, args=(work, args, root, fault))
    process.start()
    process.join(LONGEST_RUN_SECONDS)
    assert process.exitcode is not None, "the run hangs"
    return _outcome(process.exitcode, root)


def run_killed_after(
    seconds: float, work: Callable[..., object], *args: object, root: Path
) -> Outcome:
    """As `run`, but killed from outside after some seconds, wherever it is then."""
    process = _context().Process(target=_child, args=(work, args, root, None))
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    return _outcome(process.exitcode or 0, root)


def run_program(
    argv: Sequence[str], *, root: Path, fault: Fault | None = None, seconds: float | None = None
) -> Outcome:
    """Run a console script, such as `petitions run`; with `seconds`, kill it and its children then.

    Slower than `run` by the start of Python, but the program is whole.
    """
    command = [sys.executable, "-m", "tests.faults.harness", str(root), str(fault or "-"), *argv]
    with _said(root).open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            command, start_new_session=True, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        process.wait(seconds or LONGEST_RUN_SECONDS)
    except subprocess.TimeoutExpired:
        assert seconds is not None, "the run hangs"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return _outcome(process.returncode, root)


def watch(root: Path, fault: Fault | None) -> None:
    """Count the calls below `root` from now on, and let `fault` happen. Only in a child."""
    counts = dict.fromkeys(Call, 0)
    log = os.open(_log(root), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    inside = f"{root.resolve()}{os.sep}"

    def seen(call: Call, path: str) -> None:
        if not f"{path}{os.sep}".startswith(inside):
            return
        counts[call] += 1
        os.write(
            log,
            f"{call}\t{path.removeprefix(inside) if path.startswith(inside) else '.'}\n".encode(),
        )
        if fault and fault.call is call and counts[call] == fault.nth:
            if fault.effect is Effect.KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            number = getattr(errno, fault.effect)
            raise OSError(number, os.strerror(number), path)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if found := _call_of(event, args):
            seen(*found)

    fsync = os.fsync

    def watched_fsync(handle: int) -> None:
        seen(Call.FSYNC, str(Path(f"/proc/self/fd/{handle}").readlink()))
        fsync(handle)

    os.fsync = watched_fsync
    sys.addaudithook(hook)


_EVENTS = {
    "os.rename": Call.RENAME,
    "os.remove": Call.UNLINK,
    "os.mkdir": Call.MKDIR,
    "os.rmdir": Call.RMDIR,
    "os.symlink": Call.LINK,
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def _call_of(event: str, args: tuple[Any, ...]) -> tuple[Call, str] | None:
    if event == "open":
        path, _, flags = args
        is_write = not isinstance(path, int) and bool((flags or 0) & _WRITING)
        return (Call.WRITE, _absolute(path)) if is_write else None
    if event not in _EVENTS:
        return None
    # A rename and a link are known by the name that they make.
    path = args[1] if event in {"os.rename", "os.symlink"} else args[0]
    folder = args[-1] if event in {"os.remove", "os.rmdir", "os.mkdir"} else -1
    return _EVENTS[event], _absolute(path, folder)


def _absolute(path: Any, folder: int = -1) -> str:
    """The path of a call that may be relative to an open folder, as `shutil.rmtree` makes them."""
    base = Path(f"/proc/self/fd/{folder}").readlink() if folder >= 0 else Path.cwd()
    return str(base / os.fsdecode(path))


def _child(
    work: Callable[..., object], args: tuple[object, ...], root: Path, fault: Fault | None
) -> None:
    watch(root, fault)
    sys.exit(_guarded(lambda: work(*args), root))


def _guarded(work: Callable[[], object], root: Path) -> int:
    try:
        work()
    except UserError as error:
        _said(root).write_text(str(error), encoding="utf-8")
        return USER_ERROR
    except Exception:  # noqa: BLE001 - the parent shows what went wrong
        _said(root).write_text(traceback.format_exc(), encoding="utf-8")
        return CRASH
    return 0


def _outcome(code: int, root: Path) -> Outcome:
    lines = _log(root).read_text(encoding="utf-8").splitlines() if _log(root).exists() else []
    calls = tuple((Call(kind), path) for kind, _, path in (line.partition("\t") for line in lines))
    said = _said(root).read_text(encoding="utf-8") if _said(root).exists() else ""
    for file in (_log(root), _said(root)):
        file.unlink(missing_ok=True)
    return Outcome(code, calls, said)


def _log(root: Path) -> Path:
    return root.with_name(f"{root.name}.calls")


def _said(root: Path) -> Path:
    return root.with_name(f"{root.name}.said")


def _context() -> multiprocessing.context.ForkServerContext:
    """Children are forked from a server without threads that has imported everything already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", *PRELOADED])
    return context


def main() -> int:
    """`python -m tests.faults.harness FOLDER FAULT SCRIPT ARGUMENTS…`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("fault")
    parser.add_argument("argv", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    [script] = entry_points(group="console_scripts", name=options.argv[0])
    sys.argv = options.argv
    program = script.load()
    watch(options.root, None if options.fault == "-" else Fault.parse(options.fault))
    return int(program() or 0)


if __name__ == "__main__":
    sys.exit(main())
