"""`petitions rotate-key`: every pseudonym is another one, and readers notice nothing."""

import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.privacy.pseudonyms import key_file, link_breaks
from pipelines.publish.pointer import current_release
from pipelines.settings import Home
from tests.pipeline.conftest import call


def case_ids(home: Home) -> set[str]:
    with duckdb.connect(home.staging, read_only=True) as con:
        rows = con.execute("select case_id from landing.cases").fetchall()
    return {case_id for (case_id,) in rows}


def test_a_new_key_changes_every_pseudonym_and_no_release(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_STATE_HOME", str(published.parent / "state"))
    key = shutil.copy(key_file(Home(published)), tmp_path / "own.key")
    shutil.copytree(published, tmp_path / "home", symlinks=True)
    home, before = Home(tmp_path / "home"), Home(published)
    old_key = key.read_bytes()
    done = call(home.root, "rotate-key", PETITIONS_KEY_FILE=str(key))
    assert done.returncode == 0, done.stderr[-2000:]
    assert "The key is changed" in done.stdout + done.stderr
    assert key.read_bytes() != old_key
    assert len(link_breaks(home)) == 1
    old, new = case_ids(before), case_ids(home)
    assert len(old) == len(new) > 0
    assert not old & new
    assert current_release(home).id == current_release(before).id
