"""The same faults one level lower, where DuckDB writes too: strace injects them into system calls.

Slow, and only where strace is installed; `test_publication` needs nothing but Python.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.harness import Outcome
from tests.faults.publication import Scene, copy_of, discard

STRACE = shutil.which("strace")
MOST_CALLS = 2_000

# (system call, every how-manieth is hit): writes are many, and each is like its neighbour.
CALLS = {
    "rename": 1,
    "unlink": 1,
    "unlinkat": 5,
    "mkdir": 1,
    "ftruncate": 1,
    "fdatasync": 1,
    "fsync": 5,
    "pwrite64": 5,
    "write": 25,
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(STRACE is None, reason="strace is not installed"),
]


def publish_under_strace(scene: Scene, root: Path, inject: str) -> tuple[Outcome, bool]:
    """How a publication ended, and whether the injection came to pass."""
    log = root.with_name(f"{root.name}.strace")
    strace = [str(STRACE), "-f", "-qqq", "-o", str(log), "-e", f"inject={inject}"]
    program = [sys.executable, "-B", "-m", "tests.faults.publication", str(root), scene.state_json]
    done = subprocess.run([*strace, *program], capture_output=True, text=True, check=False)
    is_hit = done.returncode < 0 or "(INJECTED)" in log.read_text(errors="replace")
    return Outcome(done.returncode, (), done.stdout.strip() or done.stderr), is_hit


@pytest.mark.parametrize("effect", ["signal=KILL", "error=ENOSPC", "error=EIO"])
@pytest.mark.parametrize("call", CALLS)
def test_a_fault_at_the_system_calls_of_a_publication(
    scene: Scene, tmp_path: Path, call: str, effect: str
):
    for nth in range(1, MOST_CALLS, CALLS[call]):
        root = copy_of(scene.root, tmp_path / f"home{nth}")
        outcome, is_hit = publish_under_strace(scene, root, f"{call}:{effect}:when={nth}")
        scene.check(root, outcome)
        discard(root)
        if not is_hit:
            return
    pytest.fail("the run never came to its end untouched")
