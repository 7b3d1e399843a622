from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.publish.durable import DRAFT
from pipelines.publish.pointer import (
    Release,
    current_release,
    next_release,
    read_pointer,
    releases,
    tidy,
)
from pipelines.publish.verify import verify
from pipelines.settings import Home
from tests.unit.publish.world import SETTINGS, publish_figures

ESCAPES = (
    b"",
    b"\n",
    b"..\n",
    b"../../etc\n",
    b"2026-10-31-r1/../2026-10-31-r1\n",
    b"2026-10-31-r1\n2026-10-31-r2\n",
    b" 2026-10-31-r1\n",
    b"2026-10-31-r0\n",
    b"2026-10-31-r01\n",
    b"2026-10-31-r9\n",
    "２026-10-31-r1\n".encode(),
    b"\xff\xfe\x00",
    b"2026-10-31-r1" * 1000,
)


def point_at(home: Home, raw: bytes) -> None:
    (home.published / "CURRENT").write_bytes(raw)


@pytest.mark.parametrize("raw", ESCAPES, ids=repr)
def test_a_pointer_is_believed_only_if_it_names_a_release_that_is_there(
    home_with_one: Home, raw: bytes
):
    home = home_with_one
    [release] = releases(home)
    point_at(home, raw)
    assert read_pointer(home) is None
    assert current_release(home) == release
    tidy(home, SETTINGS)
    assert read_pointer(home) == release
    assert verify(home) == []


def test_a_lost_pointer_falls_back_to_the_newest_sound_release(home_with_two: Home):
    home = home_with_two
    old, new = releases(home)
    point_at(home, b"?")
    assert current_release(home) == new
    page = new.folder / "site" / "index.html"
    page.chmod(0o644)
    page.write_text("changed", encoding="utf-8")
    assert current_release(home) == old


def test_before_the_first_release_there_is_none(home: Home):
    assert current_release(home) is None
    assert releases(home) == []
    tidy(home, SETTINGS)
    assert current_release(home) is None


def test_releases_are_sorted_by_number_not_by_text(home: Home):
    for name in (
        "2026-10-31-r10",
        "2026-10-31-r9",
        "2026-09-30-r11",
        "notes",
        ".tmp-2026-10-31-r12",
    ):
        (home.published / "releases" / name).mkdir(parents=True)
    assert [release.id for release in releases(home)] == [
        "2026-09-30-r11",
        "2026-10-31-r9",
        "2026-10-31-r10",
    ]
    assert next_release(home, date(2026, 10, 31)).id == "2026-10-31-r11"
    assert next_release(home, date(2026, 11, 30)).id == "2026-11-30-r1"


def test_a_release_that_was_named_but_never_shown_is_no_release(home_with_two: Home):
    """The run died between the two renames: readers saw the old one, the new one is made anew."""
    home = home_with_two
    shown, named = releases(home)
    point_at(home, b"2026-10-31-r1\n")
    (home.published / ".PENDING").write_text(f"{named.id}\n", encoding="ascii")
    assert releases(home) == [shown]
    tidy(home, SETTINGS)
    assert not named.folder.exists()
    assert publish_figures(home).id == named.id


def test_a_release_that_was_shown_survives_its_note(home_with_one: Home):
    """The run died after the flip, before the note was removed."""
    home = home_with_one
    [release] = releases(home)
    (home.published / ".PENDING").write_text(f"{release.id}\n", encoding="ascii")
    tidy(home, SETTINGS)
    assert current_release(home) == release
    assert not (home.published / ".PENDING").exists()


def test_litter_is_removed_and_nothing_else(home_with_one: Home):
    home = home_with_one
    [release] = releases(home)
    draft = home.published / "releases" / f"{DRAFT}2026-10-31-r2" / "tables"
    draft.mkdir(parents=True)
    (draft / "half.parquet").write_bytes(b"PAR1")
    draft.chmod(0o555)
    (home.published / f"{DRAFT}CURRENT").write_text("2026", encoding="ascii")
    (home.published / f"{DRAFT}latest").symlink_to("nowhere")
    tidy(home, SETTINGS)
    assert [path.name for path in (home.published / "releases").iterdir()] == [release.id]
    assert {path.name for path in home.published.iterdir()} == {"CURRENT", "latest", "releases"}


@pytest.mark.parametrize("what", ["nothing", "a stale link", "a folder"])
def test_the_link_is_put_right(home_with_one: Home, what: str):
    home = home_with_one
    [release] = releases(home)
    latest = home.published / "latest"
    latest.unlink()
    if what == "a stale link":
        latest.symlink_to("releases/2026-09-30-r1")
    if what == "a folder":
        (latest / "site").mkdir(parents=True)
    tidy(home, SETTINGS)
    assert latest.resolve() == release.folder


def test_where_no_links_can_be_made_latest_is_a_copy(home: Home, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    for _ in range(2):
        release = publish_figures(home)
        latest = home.published / "latest"
        assert not latest.is_symlink()
        assert (latest / "MANIFEST.json").read_bytes() == (
            release.folder / "MANIFEST.json"
        ).read_bytes()
        assert verify(home) == []


def test_a_release_is_known_by_its_id_alone(home: Home):
    assert Release.named(home, "2026-10-31-r1") is not None
    assert Release.named(home, "../2026-10-31-r1") is None


def test_rolled_back_releases_are_not_pruned(home_with_two: Home):
    home = home_with_two
    old, new = releases(home)
    point_at(home, f"{old.id}\n".encode())
    tidy(home, replace(SETTINGS, releases_kept=1))
    assert releases(home) == [old, new]
