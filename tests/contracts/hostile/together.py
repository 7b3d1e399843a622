"""Drops every hostile input into one home and runs it there, within limits; a program of its own.

`python -m tests.contracts.hostile.together HOME` prints, as JSON, what is not as it must be for
each input, the files of which a record is missing, and the peak of memory.
"""

import hashlib
import json
import resource
import sys
from pathlib import Path

from pipelines.settings import Home
from tests.contracts.hostile.catalogue import CASES, CONTROL
from tests.contracts.hostile.runner import new_world, run
from tests.contracts.hostile.verdict import objections, unbalanced

MEMORY_BYTES = 4 << 30
CPU_SECONDS = 300


def main(root: Path) -> None:
    """Run everything in `root` and print what came of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    cases = [*CASES.values(), CONTROL]
    world = new_world(Home(root), cases)
    done = run(world, cases)
    shared = _shared(world.home.inbox)
    told: dict[str, list[str]] = {}
    lost: list[str] = []
    for case in cases:
        outcome = done.outcome(case)
        lost += unbalanced(outcome)
        if case.id not in shared:
            table = world.sources[case.mapping.name].table
            told[case.id] = objections(case, outcome, table)
    sys.stdout.write(json.dumps({"objections": told, "lost": lost, "shared": sorted(shared)}))


def _shared(inbox: Path) -> set[str]:
    """Inputs of which a file has the same bytes as one of another: one object, one owner."""
    senders: dict[bytes, set[str]] = {}
    for path in inbox.rglob("*"):
        if path.is_file() and not path.is_symlink():
            sender = path.relative_to(inbox).parts[1]
            digest = hashlib.sha256(path.read_bytes()).digest()
            senders.setdefault(digest, set()).add(sender)
    return {sender for group in senders.values() if len(group) > 1 for sender in group}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
