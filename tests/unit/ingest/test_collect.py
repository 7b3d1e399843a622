"""`petitions collect`: what is copied into the inbox from a stick or from saved mails, and how."""

import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipelines.ingest.collect import Outcome, attached_name, collect
from pipelines.words import Lang, UserError, load_words
from tests.unit.ingest.world import CASES_NAME, GOOD_ROW, World, cases

TEXT = cases(GOOD_ROW).encode()
LOCKED = b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")


@pytest.fixture
def stick(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def put(name: str, content: bytes) -> Path:
        path = tmp_path / "stick" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return put


def mail(*attached: tuple[str, bytes]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "导出"
    message.set_content("CANARY of the text")
    for name, content in attached:
        message.add_attachment(content, maintype="text", subtype="csv", filename=name)
    return message


def outcomes(world: World, path: Path) -> list[tuple[str, Outcome, str]]:
    return [(f.name, f.outcome, f.reason or f.place) for f in collect(world.home, path)]


def test_a_stick_is_copied_and_left_as_it_was(world: World, stick, tmp_path: Path):
    path = stick(f"上报/{CASES_NAME}", TEXT)
    stick("说明.docx", b"PK")
    assert outcomes(world, tmp_path / "stick") == [
        (f"上报/{CASES_NAME}", Outcome.TAKEN, f"上报/{CASES_NAME}"),
        ("说明.docx", Outcome.IGNORED, ""),
    ]
    assert path.read_bytes() == TEXT
    copy = world.home.inbox / "上报" / CASES_NAME
    assert copy.read_bytes() == TEXT
    assert copy.stat().st_mode & 0o077 == 0
    assert world.build_one().records == 1


def test_the_same_bytes_are_copied_once_whatever_they_are_called(world: World, stick, tmp_path):
    stick(CASES_NAME, TEXT)
    stick(f"again/{CASES_NAME}", TEXT)
    found = [outcome for _, outcome, _ in outcomes(world, tmp_path / "stick")]
    assert found == [Outcome.TAKEN, Outcome.KNOWN]
    assert len(list(world.home.inbox.rglob("*.csv"))) == 1


def test_what_is_in_the_vault_is_not_copied_again(world: World, stick, tmp_path):
    stick(CASES_NAME, TEXT)
    collect(world.home, tmp_path / "stick")
    world.build()
    (world.home.inbox / CASES_NAME).unlink()
    assert outcomes(world, tmp_path / "stick") == [(CASES_NAME, Outcome.KNOWN, "")]


def test_another_file_of_the_same_name_takes_nothing_away(world: World, stick, tmp_path):
    world.drop(CASES_NAME, cases("A9,M9,F0101,2026-01-05 09:00:00,2"))
    stick(CASES_NAME, TEXT)
    second = CASES_NAME.replace(".csv", " (2).csv")
    assert outcomes(world, tmp_path / "stick") == [(CASES_NAME, Outcome.TAKEN, second)]
    assert [receipt.records for receipt in world.build()] == [1, 1]


def test_a_sidecar_goes_with_its_file(world: World, stick, tmp_path):
    stick("case_register/export.csv", TEXT)
    stick("case_register/export.csv.meta.yml", b"sender: F07\nas_of: 2026-10-30\n")
    assert len(collect(world.home, tmp_path / "stick")) == 1
    world.build()
    assert world.query("select sender_id from ops.files") == [("F07",)]


def test_attachments_of_mails_and_of_forwarded_mails_are_taken(world: World, stick, tmp_path):
    forwarded = EmailMessage()
    forwarded.set_content("see below")
    forwarded.add_attachment(mail((CASES_NAME, TEXT)))
    stick("a.eml", mail(("../../../逃.csv", b"x,y\n1,2\n"), ("照片.jpg", b"\xff")).as_bytes())
    stick("b.eml", forwarded.as_bytes())
    assert outcomes(world, tmp_path / "stick") == [
        (CASES_NAME, Outcome.TAKEN, CASES_NAME),
        ("照片.jpg", Outcome.IGNORED, ""),
        ("逃.csv", Outcome.TAKEN, "逃.csv"),
    ]
    assert b"CANARY" not in world.all_bytes_below(world.home.root)
    assert {path.name for path in tmp_path.iterdir()} <= {"stick", "home", "keys"}


LONG = cases(*(GOOD_ROW.replace("A1", f"A{n}") for n in range(40))).encode()


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("lines", ["whole", "cut"])
def test_of_a_mail_that_is_cut_short_nothing_is_copied(
    world: World, stick, tmp_path: Path, kept: float, lines: str
):
    whole = mail((CASES_NAME, TEXT), ("F02_信访件登记_20261031.csv", LONG)).as_bytes()
    cut = whole[: int(len(whole) * kept)]
    stick("a.eml", cut[: cut.rindex(b"\n") + 1] if lines == "whole" else cut)
    assert outcomes(world, tmp_path / "stick") == [("a.eml", Outcome.REFUSED, "F_TRUNCATED")]
    assert not list(world.home.inbox.rglob("*.csv"))


def test_of_a_mail_that_lacks_a_part_of_an_attachment_nothing_is_copied(
    world: World, stick, tmp_path: Path
):
    whole = mail((CASES_NAME, LONG)).as_bytes()
    at = whole.rindex(b"\n\n") + 2
    for name, inner in (("a.eml", whole[at + 1 :]), ("b.eml", b"\xe4" + whole[at:])):
        stick(name, whole[:at] + inner)
    found = {reason for _, _, reason in outcomes(world, tmp_path / "stick")}
    assert found == {"F_TRUNCATED"}


def test_a_name_that_names_a_person_is_told_nowhere(world: World, stick, tmp_path: Path):
    phone = "13812345678"
    stick(f"F01_张伟_{phone}_20261031.csv", TEXT)
    stick(f"{phone}/b.csv", TEXT + b"\n")
    stick(f"{phone}.eml", mail(("~$a.csv", TEXT)).as_bytes())
    (tmp_path / "stick" / f"{phone}.csv").symlink_to(tmp_path)
    found = collect(world.home, tmp_path / "stick")
    assert sorted(file.outcome for file in found) == ["REFUSED", "REFUSED", "TAKEN", "TAKEN"]
    told = json.dumps([asdict(file) for file in found])
    told += "".join(file.sentence(lang) for file in found for lang in Lang)
    assert phone not in told
    assert "张伟" not in told


def test_a_name_that_names_a_place_of_the_home_is_told(world: World, stick, tmp_path: Path):
    world.home.root.mkdir()
    (world.home.root / "petitions.toml").write_text('region_set = "zj"\n')
    stick("余杭_台账_20261031.csv", TEXT)
    stick("余小杭_台账_20261031.csv", TEXT + b"\n")
    assert [file.name for file in collect(world.home, tmp_path / "stick")] == [
        "***.csv",
        "余杭_台账_20261031.csv",
    ]


@pytest.mark.parametrize("content", [mail().as_bytes(), b"no mail at all", b""])
def test_a_mail_that_brings_nothing_is_told_and_counted(world: World, stick, tmp_path, content):
    stick("网盘.eml", content)
    (found,) = collect(world.home, tmp_path / "stick")
    assert (found.name, found.outcome) == ("网盘.eml", Outcome.NO_ATTACHMENT)
    assert all(found.sentence(lang).startswith("网盘.eml") for lang in Lang)
    assert "{no_attachment}" in load_words()["cli.COLLECTED"][Lang.EN]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("quote", ['"', ""])
def test_the_name_of_an_attachment_may_be_written_as_bare_bytes(
    world: World, stick, tmp_path, encoding: str, quote: str
):
    plain = mail(("NAME.csv", TEXT)).as_bytes()
    name = f"{quote}F01_信访件登记_20261031.csv{quote}".encode(encoding)
    assert plain.count(b'"NAME.csv"') == 1
    stick("a.eml", plain.replace(b'"NAME.csv"', name))
    (found,) = collect(world.home, tmp_path / "stick")
    assert (found.name, found.outcome) == ("F01_信访件登记_20261031.csv", Outcome.TAKEN)


def test_mails_of_other_programs_are_asked_for_in_another_form(world: World, stick, tmp_path):
    stick("a.msg", b"x")
    stick("b.rar", b"x")
    asks = [".eml" in file.sentence(Lang.ZH) for file in collect(world.home, tmp_path / "stick")]
    assert asks == [True, False]


@pytest.mark.parametrize("name", ["", ".", "..", "/", "a\x1b[31m.csv", "~$a.xlsx", "长" * 90])
def test_no_file_gets_such_a_name(name: str):
    assert attached_name(name) == ""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("台账.rar", "F_TYPE"),
        ("台账.7z", "F_TYPE"),
        ("台账.et", "F_TYPE"),
        ("台账.wps", "F_TYPE"),
        ("台账.msg", "F_TYPE"),
        ("台账.MBOX", "F_TYPE"),
        ("winmail.dat", "F_TYPE"),
        ("台账.xlsx", "F_ENCRYPTED"),
    ],
)
def test_what_nobody_can_open_is_refused_with_the_sentence_to_send_back(
    world: World, stick, tmp_path, name, reason
):
    stick(name, LOCKED)
    (found,) = collect(world.home, tmp_path / "stick")
    assert (found.outcome, found.reason) == (Outcome.REFUSED, reason)
    assert all(found.sentence(lang).startswith(name) for lang in Lang)
    assert not any(path.is_file() for path in world.home.inbox.rglob("*"))


def test_a_locked_archive_is_refused(world: World, stick, tmp_path):
    path = stick("台账.zip", b"")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x")
    packed = bytearray(path.read_bytes())
    packed[packed.index(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory
    path.write_bytes(packed)
    assert outcomes(world, tmp_path / "stick") == [("台账.zip", Outcome.REFUSED, "F_ENCRYPTED")]


def test_links_and_pipes_are_told_and_not_followed(world: World, stick, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("CANARY", encoding="utf-8")
    stick("a.csv", b"x\n")
    (tmp_path / "stick" / "link.csv").symlink_to(secret)
    (tmp_path / "stick" / "folder").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "stick" / "pipe.csv")
    assert [(name, reason) for name, outcome, reason in outcomes(world, tmp_path / "stick")
            if outcome is Outcome.REFUSED] == [
        ("folder", "F_SYMLINK"), ("link.csv", "F_SYMLINK"), ("pipe.csv", "F_SPECIAL"),
    ]  # fmt: skip
    assert b"CANARY" not in world.all_bytes_below(world.home.root)


def test_a_mail_that_is_none_costs_itself_only(world: World, stick, tmp_path):
    stick("a.eml", bytes(range(256)) * 10)
    stick(CASES_NAME, TEXT)
    assert (CASES_NAME, Outcome.TAKEN, CASES_NAME) in outcomes(world, tmp_path / "stick")


def test_one_file_alone_can_be_named(world: World, stick):
    path = stick(CASES_NAME, TEXT)
    stick("b.csv", b"x\n")
    assert [name for name, _, _ in outcomes(world, path)] == [CASES_NAME]


@pytest.mark.parametrize("place", ["home", ".", "home/inbox"])
def test_the_home_is_not_collected_into_itself(world: World, tmp_path: Path, place: str):
    world.home.inbox.mkdir(parents=True)
    with pytest.raises(UserError, match="lie within each other"):
        collect(world.home, tmp_path / place)


def test_a_folder_that_is_not_there_is_said(world: World, tmp_path: Path):
    with pytest.raises(UserError, match="no such file"):
        collect(world.home, tmp_path / "absent")
