"""Archives: one export in them is read, anything else is refused with its reason."""

import gzip
import io
import stat
import zipfile

import pytest

from pipelines.ingest import bounds
from pipelines.ingest.receipts import Receipt
from tests.unit.ingest.test_decode import TEXT
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import World

STEM = "own/F01_own_20261031"


def landed(world: World, content: bytes, name: str) -> Receipt:
    world.mapping(GOOD)
    world.drop(f"{STEM}{name}", content)
    return world.build_one()


def zipped(*names: str, content: bytes = TEXT.encode()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def damaged(method: int) -> bytes:
    """An archive of one export whose packed bytes are noise from their first third on."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("x.csv", TEXT * 200)
    content = bytearray(out.getvalue())
    content[60 : content.index(b"PK\x01\x02")] = bytes(
        byte ^ 0xFF for byte in content[60 : content.index(b"PK\x01\x02")]
    )
    return bytes(content)


def link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        part = zipfile.ZipInfo("x.csv")
        part.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(part, "/etc/passwd")
    return out.getvalue()


def locked() -> bytes:
    content = bytearray(zipped("x.csv"))
    content[6] |= 1  # the flag of encryption, here and in the list at the end
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (gzip.compress(TEXT.encode(), mtime=0), ".csv.gz"),
        (gzip.compress(TEXT.encode(), mtime=0), ".csv"),
        (zipped("数据.csv"), ".zip"),
        (zipped("导出/数据.csv", "__MACOSX/._数据.csv", "导出/.DS_Store"), ".zip"),
        (zipped("数据.csv"), ".csv"),
    ],
    ids=["gz", "gz called csv", "zip", "zip with litter", "zip called csv"],
)
def test_one_export_in_an_archive_is_read(world: World, content: bytes, name: str):
    receipt = landed(world, content, name)
    assert (receipt.refusal, receipt.records, receipt.refused_count) == ("", 1, 0)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (gzip.compress(TEXT.encode(), mtime=0)[:-9], ".csv.gz", "F_TRUNCATED"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-8] + bytes(8), ".csv.gz", "F_CORRUPT"),
        (gzip.compress(TEXT.encode(), mtime=0) * 2, ".csv.gz", "F_MULTISHEET"),
        (gzip.compress(b"", mtime=0), ".csv.gz", "F_EMPTY"),
        (gzip.compress(TEXT.encode(), mtime=0), ".docx.gz", "F_TYPE"),
        (gzip.compress(zipped("x.csv"), mtime=0), ".zip.gz", "F_TYPE"),
        (zipped("a.csv", "b.csv"), ".zip", "F_MULTISHEET"),
        (zipped(), ".zip", "F_EMPTY"),
        (zipped("../../x.csv"), ".zip", "F_PATH"),
        (zipped("/etc/x.csv"), ".zip", "F_PATH"),
        (zipped("..\\x.csv"), ".zip", "F_PATH"),
        (zipped("C:\\x.csv"), ".zip", "F_PATH"),
        (zipped("./"), ".zip", "F_EMPTY"),
        (zipped(""), ".zip", "F_CORRUPT"),
        (damaged(zipfile.ZIP_LZMA), ".zip", "F_CORRUPT"),
        (damaged(zipfile.ZIP_BZIP2), ".zip", "F_CORRUPT"),
        (link(), ".zip", "F_SYMLINK"),
        (locked(), ".zip", "F_ENCRYPTED"),
        (zipped("x.csv")[:-30], ".zip", "F_CORRUPT"),
        (zipped("x.csv").replace(b"PK\x03\x04", b"PK\x03\x05"), ".zip", "F_CORRUPT"),
        (zipped("x.zip", content=zipped("x.csv")), ".zip", "F_TYPE"),
        (zipped("x.exe"), ".zip", "F_TYPE"),
        (zipped("[Content_Types].xml", "word/document.xml"), ".zip", "F_TYPE_MISMATCH"),
        (b"Rar!\x1a\x07\x01\x00", ".rar", "F_TYPE"),
        (b"7z\xbc\xaf\x27\x1c", ".7z", "F_TYPE"),
    ],
)
def test_anything_else_is_refused(world: World, content: bytes, name: str, reason: str):
    assert landed(world, content, name).refusal == reason


@pytest.mark.parametrize("name", [".csv.gz", ".zip"])
def test_what_unpacks_without_end_is_given_up_on_the_way(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setattr(bounds, "RATIO_FROM_BYTES", 1 << 20)
    content = TEXT.encode() + bytes(3 << 20)
    packed = (
        gzip.compress(content, mtime=0) if name == ".csv.gz" else zipped("x.csv", content=content)
    )
    assert landed(world, packed, name).refusal == "F_ZIP_BOMB"
    scratch = world.home.vault / "tmp"
    assert max(path.stat().st_size for path in scratch.glob("*.unpacked")) <= 1 << 21


def test_a_bound_is_one_of_size_and_one_of_density():
    large = bounds.RATIO_FROM_BYTES + 1
    assert not bounds.exceeds(large, large // bounds.UNPACKED_RATIO + 1)
    assert bounds.exceeds(large, large // bounds.UNPACKED_RATIO)
    assert not bounds.exceeds(bounds.RATIO_FROM_BYTES, 1)
    assert bounds.exceeds(bounds.UNPACKED_BYTES + 1, bounds.UNPACKED_BYTES)
