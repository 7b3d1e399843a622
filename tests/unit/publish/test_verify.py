from pathlib import Path

import pytest

from pipelines.publish.manifest import Fault, Finding
from pipelines.publish.pointer import Release, current_release, releases
from pipelines.publish.state import is_current
from pipelines.publish.verify import finding_sentence, rollback, verify
from pipelines.settings import Home
from pipelines.words import Lang, UserError
from tests.unit.publish.world import SETTINGS, add_export, publish_figures, state_of

HERE = "releases/2026-10-31-r1"


def opened(path: Path) -> Path:
    """A path that may be written to again, as damage does not ask."""
    path.parent.chmod(0o755)
    if path.exists():
        path.chmod(0o644)
    return path


def truncate(release: Release) -> None:
    path = opened(release.folder / "tables" / "indicator_values.parquet")
    path.write_bytes(path.read_bytes()[:-1])


def flip_a_bit(release: Release) -> None:
    path = opened(release.database)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def delete(release: Release) -> None:
    opened(release.folder / "csv" / "zh" / "regions.csv").unlink()


def add(release: Release) -> None:
    opened(release.folder / "notes.txt").write_text("x", encoding="utf-8")


def leave_a_log(release: Release) -> None:
    opened(release.folder / "petitions.duckdb.wal").touch()


def edit_the_manifest(release: Release) -> None:
    path = opened(release.folder / "MANIFEST.json")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"waiting": 0', '"waiting": 7'), encoding="utf-8")


def garble_the_manifest(release: Release) -> None:
    opened(release.folder / "MANIFEST.json").write_bytes(b"\x00\xff")


def lose_the_manifest(release: Release) -> None:
    opened(release.folder / "MANIFEST.json").unlink()


def a_manifest_that_is_no_object(release: Release) -> None:
    opened(release.folder / "MANIFEST.json").write_text("[]", encoding="utf-8")


DAMAGE = {
    truncate: Finding(Fault.FILE_CHANGED, f"{HERE}/tables/indicator_values.parquet"),
    flip_a_bit: Finding(Fault.FILE_CHANGED, f"{HERE}/petitions.duckdb"),
    delete: Finding(Fault.FILE_MISSING, f"{HERE}/csv/zh/regions.csv"),
    add: Finding(Fault.FILE_EXTRA, f"{HERE}/notes.txt"),
    leave_a_log: Finding(Fault.WAL_LEFT, f"{HERE}/petitions.duckdb.wal"),
    edit_the_manifest: Finding(Fault.BAD_MANIFEST, f"{HERE}/MANIFEST.json"),
    a_manifest_that_is_no_object: Finding(Fault.BAD_MANIFEST, f"{HERE}/MANIFEST.json"),
    garble_the_manifest: Finding(Fault.BAD_MANIFEST, f"{HERE}/MANIFEST.json"),
}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_damage_is_found_and_named(home_with_one: Home, damage):
    home = home_with_one
    [release] = releases(home)
    assert verify(home) == []
    damage(release)
    assert verify(home) == [DAMAGE[damage]]
    assert verify(home, release.id) == [DAMAGE[damage]]


def test_the_current_release_without_its_manifest_gives_way_to_the_one_before(home_with_two: Home):
    old, new = releases(home_with_two)
    lose_the_manifest(new)
    assert verify(home_with_two, new.id) == [
        Finding(Fault.NO_MANIFEST, f"releases/{new.id}/MANIFEST.json")
    ]
    assert current_release(home_with_two) == old


def test_a_lost_pointer_and_a_lost_link_are_found(home_with_one: Home):
    home = home_with_one
    (home.published / "CURRENT").write_bytes(b"2026-10-31-r7\n")
    (home.published / "latest").unlink()
    assert verify(home) == [
        Finding(Fault.BAD_POINTER, "CURRENT"),
        Finding(Fault.BAD_LINK, "latest"),
    ]


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("lang", Lang)
def test_every_finding_is_a_sentence_that_names_the_file(fault: Fault, lang: Lang):
    assert "notes.txt" in finding_sentence(Finding(fault, "notes.txt"), lang)


def test_there_must_be_a_release(home: Home, home_with_one: Home):
    with pytest.raises(UserError, match="Nothing has been published"):
        verify(home)
    with pytest.raises(UserError, match="There are: 2026-10-31-r1") as caught:
        verify(home_with_one, "2026-10-31-r2")
    assert caught.value.exit_code == 2


def test_rollback_shows_the_release_before(home_with_two: Home):
    home = home_with_two
    old, new = releases(home)
    assert rollback(home, SETTINGS) == old
    assert current_release(home) == old
    assert verify(home) == []
    assert rollback(home, SETTINGS, new.id) == new
    assert current_release(home) == new


def test_what_was_rolled_back_does_not_come_back_by_itself(home_with_two: Home):
    home = home_with_two
    rollback(home, SETTINGS)
    assert is_current(home, state_of(home))
    add_export(home, "c" * 64)
    assert not is_current(home, state_of(home))


def test_a_release_made_after_a_rollback_is_newer_than_both(home_with_two: Home):
    rollback(home_with_two, SETTINGS)
    assert publish_figures(home_with_two).id == "2026-10-31-r3"


def test_rollback_to_a_damaged_release_changes_nothing(home_with_two: Home):
    home = home_with_two
    old, new = releases(home)
    truncate(old)
    with pytest.raises(UserError, match=r"2026-10-31-r1 is damaged"):
        rollback(home, SETTINGS)
    assert current_release(home) == new


def test_rollback_needs_an_earlier_release(home_with_one: Home):
    with pytest.raises(UserError, match="no earlier release"):
        rollback(home_with_one, SETTINGS)
