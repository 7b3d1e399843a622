"""Publication under SIGKILL, a full disk and a broken disk, at every call that changes something.

The normal lane takes a sample of each kind of call, the slow one all of them.
"""

import random
from pathlib import Path

import pytest

from tests.faults.harness import Call, Effect, Fault, Outcome, run, run_killed_after
from tests.faults.publication import PUBLISHED, Scene, copy_of, discard, plain_run

REACH = 1.2  # random kills fall a little beyond the usual end as well


def inflict(scene: Scene, folder: Path, fault: Fault) -> Outcome:
    """One publication with one fault, then all that must hold."""
    root = copy_of(scene.root, folder / "home")
    outcome = run(plain_run, root, scene.state, root=root / PUBLISHED, fault=fault)
    scene.check(root, outcome)
    discard(root)
    return outcome


def test_an_undisturbed_publication_makes_every_kind_of_call(scene: Scene):
    assert {call for call in Call if scene.calm.count(call) == 0} == set()


def test_the_harness_lets_the_fault_happen(scene: Scene, tmp_path: Path):
    killed = inflict(scene, tmp_path, Fault(Call.RENAME, 1, Effect.KILL))
    refused = inflict(scene, tmp_path, Fault(Call.FSYNC, 1, Effect.ENOSPC))
    late = inflict(
        scene, tmp_path, Fault(Call.RENAME, scene.calm.count(Call.RENAME) + 1, Effect.KILL)
    )
    assert (killed.code, refused.code, late.code) == (-9, 1, 0)
    assert "No space left on device" in refused.said


@pytest.mark.parametrize("effect", [Effect.KILL, Effect.ENOSPC])
def test_a_fault_at_each_rename(scene: Scene, tmp_path: Path, effect: Effect):
    for nth in range(1, scene.calm.count(Call.RENAME) + 1):
        inflict(scene, tmp_path, Fault(Call.RENAME, nth, effect))


SAMPLED = sorted(set(Call) - {Call.RENAME})


@pytest.mark.parametrize("effect", [Effect.KILL, Effect.ENOSPC])
@pytest.mark.parametrize("call", SAMPLED)
def test_a_fault_at_the_last_call_of_a_kind(
    scene: Scene, tmp_path: Path, call: Call, effect: Effect
):
    """The last ones are the fewest steps away from the flip, or behind it."""
    inflict(scene, tmp_path, Fault(call, scene.calm.count(call), effect))


@pytest.mark.slow
@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("call", Call)
def test_a_fault_at_every_call(scene: Scene, tmp_path: Path, call: Call, effect: Effect):
    total = scene.calm.count(call)
    for nth in range(1, total + 1):
        inflict(scene, tmp_path, Fault(call, nth, effect))
    assert inflict(scene, tmp_path, Fault(call, total + 1, effect)).code == 0


def kill_at_random(scene: Scene, folder: Path, seed: int) -> None:
    root = copy_of(scene.root, folder / "home")
    moment = random.Random(seed).uniform(0, REACH * scene.calm_seconds)  # noqa: S311 - not for secrets
    outcome = run_killed_after(moment, plain_run, root, scene.state, root=root / PUBLISHED)
    scene.check(root, outcome)
    discard(root)


@pytest.mark.parametrize("seed", range(5))
def test_a_kill_at_a_random_instant(scene: Scene, tmp_path: Path, seed: int):
    kill_at_random(scene, tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 200))
def test_kills_at_many_random_instants(scene: Scene, tmp_path: Path, seed: int):
    kill_at_random(scene, tmp_path, seed)
