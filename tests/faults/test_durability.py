"""What a power cut would leave: everything a release consists of is on disk before it is shown.

Read from the calls of one undisturbed publication, in order.
"""

from pathlib import Path

from tests.faults.harness import Call
from tests.faults.publication import Scene

DRAFT, NAMED = "releases/.tmp-2026-10-31-r3", "releases/2026-10-31-r3"


def at(scene: Scene, call: Call, path: str) -> int:
    return scene.calm.calls.index((call, path))


def test_every_file_and_folder_is_synced_under_its_draft_name(scene: Scene):
    release = scene.root.parent / "after" / "published" / NAMED
    there = {path.relative_to(release).as_posix() for path in release.rglob("*")} | {"."}
    named = at(scene, Call.RENAME, NAMED)
    synced = {
        Path(path).relative_to(DRAFT).as_posix()
        for call, path in scene.calm.calls[:named]
        if call is Call.FSYNC and Path(path).is_relative_to(DRAFT)
    }
    assert synced == there


def test_nothing_in_the_draft_is_touched_once_syncing_has_begun(scene: Scene):
    calls = scene.calm.calls
    inside = [(n, call) for n, (call, path) in enumerate(calls) if path.startswith(f"{DRAFT}/")]
    first_sync = min(n for n, call in inside if call is Call.FSYNC)
    assert {call for n, call in inside if n > first_sync} == {Call.FSYNC}


def test_a_folder_is_synced_after_what_lies_in_it(scene: Scene):
    order = [path for call, path in scene.calm.calls if call is Call.FSYNC]
    inside = [path for path in order if path.startswith(f"{DRAFT}/")]
    assert inside
    assert all(order.index(path) < order.index(str(Path(path).parent)) for path in inside)


def test_name_pointer_and_link_follow_each_other_each_made_to_last(scene: Scene):
    steps = [
        (Call.FSYNC, DRAFT),
        (Call.FSYNC, ".tmp-.PENDING"),
        (Call.RENAME, ".PENDING"),
        (Call.RENAME, NAMED),
        (Call.FSYNC, "releases"),
        (Call.FSYNC, ".tmp-CURRENT"),
        (Call.RENAME, "CURRENT"),
        (Call.FSYNC, "."),
        (Call.UNLINK, ".PENDING"),
        (Call.RENAME, "latest"),
    ]
    start = 0
    for step in steps:
        start = scene.calm.calls.index(step, start) + 1
