"""What landing does with an inbox: nothing is lost, nothing is taken twice, nothing is touched."""

import errno
import os
import shutil
import stat
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines.ingest import originals
from pipelines.ingest.inbox import growing, look
from pipelines.ingest.manifest import Manifest, object_path, read_manifests
from pipelines.ingest.reasons import FileReason
from pipelines.ingest.vault import RefusedFile
from pipelines.words import Lang, UserError
from tests.unit.ingest.world import CASES_NAME, World, cases
from tests.unit.ingest.world import CASES_PATH as NAME

TEXT = cases("A1,,F01,2026-01-05,1")


def manifest(world: World) -> Manifest:
    (found,) = read_manifests(world.home)
    return found


def test_a_file_lands_whole_private_and_with_its_manifest(world: World):
    path = world.drop(NAME, TEXT)
    report = world.land()
    assert report.new == (NAME,)
    found = manifest(world)
    original = object_path(world.home, found.sha256)
    assert original.read_bytes() == path.read_bytes() == TEXT.encode()
    assert stat.S_IMODE(original.stat().st_mode) == 0o400
    assert stat.S_IMODE(world.home.vault.stat().st_mode) == 0o700
    assert (found.source, found.provenance.sender_id) == ("case_register", "F01")
    assert str(found.provenance.as_of) == "2026-10-31 23:59:59"


def test_a_second_look_takes_nothing_twice(world: World):
    world.drop(NAME, TEXT)
    world.land()
    report = world.land()
    assert (report.new, report.known) == ((), (NAME,))


def test_the_second_look_does_not_depend_on_its_memory(world: World):
    world.drop(NAME, TEXT)
    world.land()
    for damaged in (None, "{", '{"x": 1}'):
        memory = world.home.vault / "inbox.json"
        memory.unlink() if damaged is None else memory.write_text(damaged, encoding="utf-8")
        assert world.land().known == (NAME,)


def test_the_same_bytes_under_any_name_are_one_object(world: World):
    again = f"case_register/{CASES_NAME.replace('20261031', '20261130')}"
    world.drop(NAME, TEXT)
    world.drop(again, TEXT)
    report = world.land()
    assert (report.new, report.known) == ((NAME,), (again,))
    found = manifest(world)
    assert found.names == (NAME, again)
    assert str(found.provenance.as_of) == "2026-10-31 23:59:59"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_it_does_not_matter_which_name_came_first(world: World, order: tuple[int, int]):
    names = [f"case_register/F01_信访件登记_{day}.csv" for day in ("20261031", "20261130")]
    for place in order:
        world.drop(names[place], TEXT)
        world.land()
    assert manifest(world).names == tuple(names)
    assert str(manifest(world).provenance.as_of) == "2026-10-31 23:59:59"


@pytest.mark.parametrize("sidecar", ["sender: F01\nas_of: 昨天".encode("gb18030"), b"\xff\xfe"])
def test_a_sidecar_that_is_no_text_refuses_the_file(world: World, sidecar: bytes):
    world.drop(NAME, TEXT)
    world.drop(f"{NAME}.meta.yml", sidecar)
    assert world.land().refused == (RefusedFile(NAME, FileReason.NAME, ".meta.yml"),)


def test_a_sidecar_that_is_a_link_is_not_followed(world: World, tmp_path: Path):
    (tmp_path / "secret.yml").write_text("sender: EVIL", encoding="utf-8")
    world.drop(NAME, TEXT)
    (world.home.inbox / f"{NAME}.meta.yml").symlink_to(tmp_path / "secret.yml")
    world.land()
    assert manifest(world).provenance.sender_id == "F01"


def test_a_sidecar_that_comes_later_corrects_what_was_said(world: World):
    world.drop(NAME, TEXT)
    world.land()
    world.drop(f"{NAME}.meta.yml", "as_of: 2026-11-05\n")
    assert world.land().known == (NAME,)
    assert str(manifest(world).provenance.as_of) == "2026-11-05 23:59:59"


def test_an_original_that_was_cut_is_brought_in_again(world: World):
    world.drop(NAME, TEXT)
    world.land()
    original = object_path(world.home, manifest(world).sha256)
    original.chmod(0o600)
    original.write_bytes(TEXT.encode()[:10])
    assert world.land().new == (NAME,)
    assert original.read_bytes() == TEXT.encode()


def test_what_cannot_be_taken_is_told_with_its_reason_and_costs_nothing_else(world: World):
    world.drop(NAME, TEXT)
    world.drop("readme.docx", "x")
    world.drop("case_register/登记.csv", TEXT)
    world.drop("F02_信访件登记_20261031.csv", "")
    world.drop("F01_办理步骤_信访件登记_20261031.csv", TEXT)
    (world.home.inbox / "link.csv").symlink_to(world.home.inbox / NAME)
    (world.home.inbox / "folder").symlink_to(world.home.inbox / "case_register")
    os.mkfifo(world.home.inbox / "pipe.csv")
    world.drop("bad\nname_信访件登记_20261031.csv", TEXT)
    report = world.land()
    assert report.new == (NAME,)
    assert report.unclaimed == ("readme.docx",)
    assert set(report.refused) == {
        RefusedFile("case_register/登记.csv", FileReason.NAME, "sender"),
        RefusedFile("F02_信访件登记_20261031.csv", FileReason.EMPTY),
        RefusedFile(
            "F01_办理步骤_信访件登记_20261031.csv", FileReason.NAME, "case_register, step_log"
        ),
        RefusedFile("link.csv", FileReason.SYMLINK),
        RefusedFile("folder", FileReason.SYMLINK),
        RefusedFile("pipe.csv", FileReason.SPECIAL),
        RefusedFile(r"bad\nname_信访件登记_20261031.csv", FileReason.NAME),
    }


def test_a_name_that_is_no_text_is_refused_and_can_be_shown(world: World):
    world.home.inbox.mkdir(parents=True)
    (Path(os.fsdecode(os.fsencode(world.home.inbox) + b"/\xff\xfe.csv"))).write_bytes(b"x")
    (refused,) = world.land().refused
    assert refused.reason is FileReason.NAME
    assert refused.name.isprintable()


@pytest.mark.parametrize(
    "name",
    ["~$x.xlsx", ".x.csv.swp", "x.csv.part", ".DS_Store", "Thumbs.db", "x.tmp", "x.csv~"],
)
def test_litter_is_no_export(world: World, name: str):
    world.drop(f"case_register/{name}", TEXT)
    assert look(world.home.inbox).candidates == ()


def test_a_full_width_space_may_stand_in_a_name(world: World):
    world.drop("F01_信访件登记\u3000_20261031.csv", TEXT)
    assert len(world.land().new) == 1


def test_names_written_in_pieces_are_the_same_names(world: World):
    decomposed = "F01_\u4fe1\u8bbf\u4ef6\u767b\u8bb0_e\u0301_20261031.csv"
    world.drop(decomposed, TEXT)
    assert world.land().new == (decomposed,)


def test_nothing_in_the_inbox_is_changed_or_removed(world: World):
    for name in (NAME, "readme.docx", "case_register/登记.csv"):
        world.drop(name, TEXT)
    before = {c.name: c.stamp for c in look(world.home.inbox).candidates}
    world.land()
    assert {c.name: c.stamp for c in look(world.home.inbox).candidates} == before


def test_a_file_that_a_process_has_open_for_writing_is_held(world: World):
    path = world.drop(NAME, TEXT)
    os.utime(path, (0, 0))
    with path.open("ab"):
        assert world.land().held == (NAME,)
    with path.open("rb"):
        assert world.land().new == (NAME,)


def test_a_file_that_grows_between_two_looks_is_held(world: World, monkeypatch: pytest.MonkeyPatch):
    path = world.drop(NAME, TEXT)

    def meanwhile(_: float) -> None:
        path.write_bytes(path.read_bytes() + b"A2,,F01,2026-01-06,1\n")

    monkeypatch.setattr("time.sleep", meanwhile)
    assert growing(look(world.home.inbox).candidates, settle=0.25) == {NAME}


def test_there_is_no_wait_where_no_file_is_fresh(world: World, monkeypatch: pytest.MonkeyPatch):
    os.utime(world.drop(NAME, TEXT), (0, 0))
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("waited"))
    assert growing(look(world.home.inbox).candidates) == set()


def test_a_file_that_changes_while_it_is_copied_is_held(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    path = world.drop(NAME, TEXT)
    copy = originals._copy

    def copy_and_grow(*arguments: object) -> object:
        done = copy(*arguments)  # type: ignore[arg-type]
        path.write_bytes(TEXT.encode() * 2)
        return done

    monkeypatch.setattr(originals, "_copy", copy_and_grow)
    report = world.land()
    assert (report.held, report.new) == ((NAME,), ())
    assert list(read_manifests(world.home)) == []
    assert list((world.home.vault / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("swap", "verdict"),
    [("gone", "held"), ("other", "held"), ("link", "refused"), ("pipe", "refused")],
)
def test_what_takes_the_place_of_a_file_after_the_look_is_not_read(
    world: World, monkeypatch: pytest.MonkeyPatch, swap: str, verdict: str
):
    path = world.drop(NAME, TEXT)
    demand_room = originals._demand_room

    def swapped(*arguments: object) -> None:
        demand_room(*arguments)  # type: ignore[arg-type]
        path.unlink()
        if swap == "other":
            path.write_text("secret", encoding="utf-8")
        elif swap == "link":
            path.symlink_to(world.home.root / "key")
        elif swap == "pipe":
            os.mkfifo(path)

    monkeypatch.setattr(originals, "_demand_room", swapped)
    report = world.land()
    assert len(getattr(report, verdict)) == 1
    assert list(read_manifests(world.home)) == []


def test_a_folder_that_cannot_be_read_is_told(world: World, monkeypatch: pytest.MonkeyPatch):
    world.drop(NAME, TEXT)
    world.drop("locked/x.csv", TEXT)
    listed = Path.iterdir

    def denied(folder: Path) -> object:
        if folder.name == "locked":
            raise PermissionError
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", denied)
    report = world.land()
    assert report.refused == (RefusedFile("locked", FileReason.SPECIAL),)
    assert report.new == (NAME,)


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def no_room_left(world: World) -> UserError:
    with pytest.raises(UserError) as caught:
        world.land()
    for lang in Lang:
        assert CASES_NAME in caught.value.sentence(lang)
        assert str(caught.value.facts["free"]) in caught.value.sentence(lang)
    assert caught.value.key == "ingest.NO_SPACE"
    assert list((world.home.vault / "tmp").iterdir()) == []
    return caught.value


def test_a_disk_without_room_is_a_sentence_before_anything_is_copied(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    world.drop(NAME, TEXT)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(100, 93, 7))
    error = no_room_left(world)
    assert error.facts["needed"] == len(TEXT.encode()) + originals.SPARE_BYTES
    monkeypatch.undo()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_meanwhile_is_the_same_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch, code: int
):
    world.drop(NAME, TEXT)

    def full(_: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        patch.setattr("pipelines.ingest.vault.open_key", lambda _: None)
        patch.setattr("pipelines.ingest.vault.sync", lambda _: None)
        no_room_left(world)
    assert world.land().new == (NAME,)


def test_other_faults_of_the_disk_are_not_taken_for_a_lack_of_room(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    world.drop(NAME, TEXT)

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(originals, "_copy", broken)
    with pytest.raises(OSError, match="Input/output"):
        world.land()


def killed_at(world: World, call: str, number: int) -> bool:
    """Land in a process that dies without a word at the given call; whether it came to that."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    seen = 0
    untouched = getattr(os, call)

    def deadly(*arguments: object, **more: object) -> object:
        nonlocal seen
        seen += 1
        if seen == number:
            os._exit(9)
        return untouched(*arguments, **more)

    setattr(os, call, deadly)
    world.land()
    os._exit(0)


@pytest.mark.parametrize("call", ["fsync", "replace", "unlink", "mkdir"])
def test_a_run_killed_at_any_step_leaves_no_half_original_and_the_next_one_heals(
    world: World, call: str
):
    world.drop(NAME, TEXT)
    kills = 0
    while killed_at(world, call, kills + 1):
        kills += 1
        for path in (world.home.vault / "objects").glob("*/*"):
            assert path.read_bytes() == TEXT.encode()
        shutil.rmtree(world.home.root / "warehouse", ignore_errors=True)
    assert kills
    world.land()
    assert manifest(world).names == (NAME,)
    assert list((world.home.vault / "tmp").iterdir()) == []
    assert list(world.home.vault.glob("**/*.draft")) == []
