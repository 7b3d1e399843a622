import os
import signal
import subprocess
import sys
import threading

import pytest

from pipelines.ingest.lock import is_locked, writer_lock
from pipelines.words import Lang, UserError
from tests.unit.ingest.world import World

HOLD = """
import sys, time
from pathlib import Path
from pipelines.ingest.lock import writer_lock
from pipelines.settings import Home
with writer_lock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_run_leaves_and_says_who_holds_the_lock(world: World):
    command = [sys.executable, "-c", HOLD, str(world.home.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(UserError) as caught, writer_lock(world.home):
            pass
        other.kill()
    assert caught.value.exit_code == 75
    for lang in Lang:
        assert str(other.pid) in caught.value.sentence(lang)


def test_a_killed_run_leaves_no_lock_behind(world: World):
    command = [sys.executable, "-c", HOLD, str(world.home.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        other.kill()
    with writer_lock(world.home):
        assert str(os.getpid()) in world.home.lock.read_text(encoding="ascii")


def test_whether_the_lock_is_held_can_be_asked(world: World):
    assert not is_locked(world.home)
    with writer_lock(world.home):
        assert is_locked(world.home)
    assert not is_locked(world.home)


def test_the_scheduler_waits_for_the_run_before_it(world: World):
    command = [sys.executable, "-c", HOLD, str(world.home.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        threading.Timer(0.5, other.kill).start()
        with writer_lock(world.home, waits=True):
            assert other.wait() == -signal.SIGKILL


def test_one_process_cannot_write_twice_at_once(world: World):
    with writer_lock(world.home), pytest.raises(UserError), writer_lock(world.home):
        pass


def test_a_holder_that_has_not_signed_yet_is_no_traceback(world: World):
    with writer_lock(world.home):
        world.home.lock.write_text("{", encoding="ascii")
        with pytest.raises(UserError, match=r"process \?, since \?"), writer_lock(world.home):
            pass
