from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.privacy.pseudonyms import Key
from pipelines.publish import state
from pipelines.publish.state import code_hash, commit, input_state
from pipelines.settings import Home
from tests.unit.publish.world import KEY, SETTINGS, add_export


def add_a_file(home: Home) -> None:
    add_export(home, "b" * 64)


def say_another_moment(home: Home) -> None:
    [path] = (home.vault / "files").iterdir()
    path.write_text(path.read_text().replace("2026-10-31", "2026-10-30"))


def change_a_rule(home: Home) -> None:
    with (home.reference / "rule_calendar.csv").open("a") as file:
        file.write("\n")


def add_a_mapping(home: Home) -> None:
    home.sources.mkdir()
    (home.sources / "own.yml").write_text("source: own\n")


@pytest.mark.parametrize(
    "step",
    [add_a_file, say_another_moment, change_a_rule, add_a_mapping],
    ids=lambda step: step.__name__,
)
def test_whatever_can_move_a_figure_moves_the_state(home: Home, step):
    before = input_state(home, SETTINGS, KEY)
    step(home)
    assert input_state(home, SETTINGS, KEY).digest != before.digest


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        ({"closed_after_days": 20}, True),
        ({"zone": "Asia/Urumqi"}, True),
        ({"publisher": "某局"}, True),
        ({"threads": 7}, False),
        ({"memory_limit": "9GB"}, False),
        ({"releases_kept": 3}, False),
    ],
)
def test_settings_move_it_unless_they_move_no_figure(home: Home, change: dict, moves: bool):
    one, other = (input_state(home, s, KEY).digest for s in (SETTINGS, replace(SETTINGS, **change)))
    assert (one != other) is moves


def test_another_name_of_the_same_file_is_nothing_new(home: Home):
    before = input_state(home, SETTINGS, KEY)
    [path] = (home.vault / "files").iterdir()
    path.write_text(path.read_text().replace("{", '{"names": ["again.csv"], ', 1))
    assert input_state(home, SETTINGS, KEY) == before


def test_no_hash_of_an_original_is_told(home: Home):
    """Or whoever holds a file, or guesses a small one, could find out that it was received."""
    found = input_state(home, SETTINGS, KEY)
    other = input_state(home, SETTINGS, Key(bytes(31) + b"1"))
    assert len(found.objects) == 1
    assert "a" * 12 not in repr(found)
    assert not set(found.objects) & set(other.objects)
    assert found.objects_sha256 != other.objects_sha256


def test_the_program_is_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state, "CODE_FOLDERS", (tmp_path,))
    hashes = []
    for text in ("select 1", "select 2"):
        (tmp_path / "x.sql").write_text(text)
        code_hash.cache_clear()
        hashes.append(code_hash())
    (tmp_path / "x.pyc").write_text("compiled")
    code_hash.cache_clear()
    assert hashes[0] != hashes[1] == code_hash()
    code_hash.cache_clear()


ID = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"HEAD": f"{ID}\n"}, ID),
        ({"HEAD": "ref: refs/heads/main\n", "refs/heads/main": f"{ID}\n"}, ID),
        ({"HEAD": "ref: refs/heads/main\n", "packed-refs": f"# x\n{ID} refs/heads/main\n"}, ID),
        ({"HEAD": "ref: refs/heads/main\n", "packed-refs": f"{ID} refs/heads/main2\n"}, ""),
        ({}, ""),
    ],
)
def test_the_commit_is_read_without_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], expected: str
):
    for name, text in files.items():
        path = tmp_path / ".git" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(state, "PROJECT", tmp_path)
    assert commit() == expected
