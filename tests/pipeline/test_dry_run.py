"""A run that is only tried tells what would happen and leaves the home as it was."""

import json
from pathlib import Path

from tests.homes import Small, call


def everything(home: Path) -> dict[str, tuple[int, int]]:
    """Size and time of each file; the lock alone is signed by whoever looks."""
    return {
        path.relative_to(home).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in home.rglob("*")
        if path.is_file() and path.name != "run.lock"
    }


def current(home: Path) -> str:
    return (home / "published" / "CURRENT").read_text(encoding="utf-8").strip()


def test_nothing_changes_and_what_would_come_in_is_told(small: Small, tmp_path: Path):
    home, key = small.copy(tmp_path)
    register = next((home / "inbox" / "case_register").glob("F01_*20261031.csv"))
    later = register.with_name(register.name.replace("20261031", "20261115"))
    text = register.read_text(encoding="utf-8-sig").splitlines()
    later.write_text("\n".join([text[0], *text[1::2]]), encoding="utf-8")
    before = everything(home)

    done = call(home, "run", "--dry-run", "--json", **key)

    assert done.returncode == 0, done.stderr[-2000:]
    assert everything(home) == before
    told = json.loads(done.stdout)
    assert told["new"] == [f"case_register/{later.name}"]
    (fate,) = [
        one for one in told["receipts"] if one["file"] == later.name and one["table"] == "cases"
    ]
    assert fate["records"] == len(text[1::2])
    assert told["release"] == current(small.ran)


def test_a_lost_warehouse_is_built_anew_and_publishes_nothing(small: Small, tmp_path: Path):
    home, key = small.copy(tmp_path)
    (home / "warehouse" / "staging.duckdb").unlink()
    done = call(home, "run", "--json", **key)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert (told["release"], told["is_new"]) == (current(small.ran), False)
    assert told["records"]["records"] > 0
