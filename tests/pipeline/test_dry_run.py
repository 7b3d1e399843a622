"""A run that is only tried tells what would happen and leaves the home as it was."""

import json
import shutil
from pathlib import Path

from tests.pipeline.conftest import call


def everything(home: Path) -> dict[str, tuple[int, int]]:
    """Size and time of each file; the lock alone is signed by whoever looks."""
    return {
        path.relative_to(home).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in home.rglob("*")
        if path.is_file() and path.name != "run.lock"
    }


def test_nothing_changes_and_what_would_come_in_is_told(published: Path, tmp_path: Path):
    home = tmp_path / "home"
    shutil.copytree(published, home, symlinks=True)
    (given,) = published.parent.glob("state/petitions/*.key")
    key = shutil.copy(given, tmp_path / "the.key")
    register = next((home / "inbox" / "case_register").glob("F01_*20261031.csv"))
    later = register.with_name(register.name.replace("20261031", "20261115"))
    text = register.read_text(encoding="utf-8-sig").splitlines()
    later.write_text("\n".join([text[0], *text[1::2]]), encoding="utf-8")
    before = everything(home)

    done = call(home, "run", "--dry-run", "--json", PETITIONS_KEY_FILE=str(key))

    assert done.returncode == 0, done.stderr[-2000:]
    assert everything(home) == before
    told = json.loads(done.stdout)
    assert told["new"] == [f"case_register/{later.name}"]
    (fate,) = [
        one for one in told["receipts"] if one["file"] == later.name and one["table"] == "cases"
    ]
    assert fate["records"] == len(text[1::2])
    assert (
        told["release"] == (published / "published" / "CURRENT").read_text(encoding="utf-8").strip()
    )


def test_a_lost_warehouse_is_built_anew_and_publishes_nothing(published: Path, tmp_path: Path):
    home = tmp_path / "home"
    shutil.copytree(published, home, symlinks=True)
    (given,) = published.parent.glob("state/petitions/*.key")
    key = shutil.copy(given, tmp_path / "the.key")
    (home / "warehouse" / "staging.duckdb").unlink()
    done = call(home, "run", "--json", PETITIONS_KEY_FILE=str(key))
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    shown = (published / "published" / "CURRENT").read_text(encoding="utf-8").strip()
    assert (told["release"], told["is_new"]) == (shown, False)
    assert told["records"]["records"] > 0
