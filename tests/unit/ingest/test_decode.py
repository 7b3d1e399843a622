"""Whatever an original is, it becomes a CSV with an explicit layout, or a refusal with a reason."""

from pathlib import Path

import openpyxl
import pytest

from pipelines.ingest.cage import Cage
from pipelines.ingest.decode import decode
from pipelines.ingest.decoded import Decoded, Original, Reader
from pipelines.ingest.layout import names_of
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.text import careful_twin
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import World

HEADER = "编号,机构,时间"
TEXT = f"{HEADER}\nA1,浦江信访局,2003-09-18\n"


def decoded(world: World, content: bytes | str, name: str = "x.csv", **lines: str) -> Decoded:
    text = GOOD + "".join(f"{key}: {line}\n" for key, line in lines.items())
    world.mapping(text)
    path = world.drop(name, content)
    source = world.sources["own"]
    names = names_of(source, ["case_id", "registered_at"])
    with Cage() as cage:
        return decode(Original(path, name), source, names, world.home.root / "scratch", cage)


def refusal(world: World, content: bytes | str, name: str = "x.csv", **lines: str) -> Refused:
    with pytest.raises(Refused) as caught:
        decoded(world, content, name, **lines)
    return caught.value


def test_regular_utf8_is_read_where_it_lies(world: World):
    found = decoded(world, TEXT)
    assert found.path == world.home.inbox / "x.csv"
    assert (found.reader, found.header) == (Reader.FAST, ("编号", "机构", "时间"))
    assert (found.skipped_lines, found.record_count) == (1, 1)


def test_a_byte_order_mark_is_no_part_of_a_header(world: World):
    assert decoded(world, b"\xef\xbb\xbf" + TEXT.encode()).header[0] == "编号"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_declared_encoding_is_written_out_as_utf8(world: World, encoding: str):
    found = decoded(world, TEXT.encode(encoding), format=f"{{encoding: [utf-8, {encoding}]}}")
    assert (found.encoding, found.reader) == (encoding, Reader.FAST)
    assert found.path.read_text(encoding="utf-8-sig") == TEXT


def test_characters_of_four_bytes_survive(world: World):
    text = f"{HEADER}\nA1,𠮷㐂,2003-09-18\n"
    found = decoded(world, text.encode("gb18030"), format="{encoding: [utf-8, gb18030]}")
    assert found.path.read_text(encoding="utf-8") == text


def test_an_undeclared_encoding_is_refused_with_the_place(world: World):
    found = refusal(world, TEXT.encode("gb18030"))
    assert (found.reason, found.detail) == (FileReason.ENCODING, "0")
    found = refusal(world, b"id,office,at\n" + "浦江,兰溪\n".encode("gb18030") * 3)
    assert (found.reason, found.detail) == (FileReason.ENCODING, "13")


@pytest.mark.parametrize(
    ("text", "reader"),
    [
        (TEXT.replace("\n", "\r\n"), Reader.FAST),
        (TEXT.replace("浦江信访局", '"浦,江"'), Reader.FAST),
        (TEXT.replace("浦江", '浦"江'), Reader.CAREFUL),
        (TEXT.replace("浦江", "浦\x00江"), Reader.CAREFUL),
        (TEXT.replace("\n", "\r"), Reader.CAREFUL),
        ("\n" + TEXT, Reader.CAREFUL),
        (TEXT.replace("机构", '"机\n构"'), Reader.CAREFUL),
    ],
)
def test_what_is_not_regular_goes_to_the_careful_reader(world: World, text: str, reader: Reader):
    assert decoded(world, text).reader is reader


def test_lines_above_the_header_are_left_out(world: World):
    found = decoded(world, "信访件登记表,,\n" + TEXT, format="{header_row: 2}")
    assert (found.header[0], found.skipped_lines, found.record_count) == ("编号", 2, 1)


def test_a_header_alone_is_a_file_without_records(world: World):
    assert decoded(world, HEADER).record_count == 0


@pytest.mark.parametrize(
    ("content", "name", "reason", "detail"),
    [
        ("", "x.csv", FileReason.EMPTY, ""),
        (" \n\n", "x.csv", FileReason.EMPTY, ""),
        ("编号;机构;时间\n", "x.csv", FileReason.DELIMITER, ";"),
        ("编号，机构\n", "x.csv", FileReason.DELIMITER, "，"),
        ('编号,机"构\n', "x.csv", FileReason.HEADER, "E_QUOTE"),
        ("x," * 2_000 + "x\n", "x.csv", FileReason.TOO_WIDE, "2001"),
        (TEXT, "x.docx", FileReason.TYPE, ".docx"),
        (TEXT, "x", FileReason.TYPE, ""),
        (b"%PDF-1.7\n", "x.csv", FileReason.TYPE_MISMATCH, ".csv"),
        (b"\x7fELF", "x.txt", FileReason.TYPE_MISMATCH, ".txt"),
        (b"\x80\x04\x95", "x.csv", FileReason.TYPE_MISMATCH, ".csv"),
        (b"12345678DUCK", "x.csv", FileReason.TYPE_MISMATCH, ".csv"),
        (b"PK\x03\x04", "x.csv", FileReason.CORRUPT, ""),
        (b"\xd0\xcf\x11\xe0", "x.csv", FileReason.CORRUPT, ""),
        (b"PK\x03\x04", "x.xlsx", FileReason.CORRUPT, ""),
    ],
)
def test_refusals(world: World, content: bytes | str, name: str, reason: FileReason, detail: str):
    found = refusal(world, content, name)
    assert (found.reason, found.detail) == (reason, detail)


def test_a_line_without_end_is_refused(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipelines.ingest.survey.LINE_BYTES", 10)
    assert refusal(world, TEXT).reason is FileReason.TOO_LARGE


def test_a_workbook_is_read_by_sheet_and_header_row(world: World, tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append(["说明"])  # type: ignore[union-attr]
    sheet = book.create_sheet()
    sheet.append(["登记表"])
    sheet.append(["编号", "机构", "时间"])
    sheet.append(["A1", "浦江信访局", "2003-09-18"])
    book.save(tmp_path / "x.xlsx")
    content = (tmp_path / "x.xlsx").read_bytes()
    found = decoded(world, content, "x.xlsx", format="{sheet: 2, header_row: 2}")
    assert (found.reader, found.header) == (Reader.WORKBOOK, ("编号", "机构", "时间"))
    assert found.path.read_text(encoding="utf-8") == "1,A1,浦江信访局,2003-09-18\n"
    found = refusal(world, content, "x.xlsx", format="{sheet: 3}")
    assert (found.reason, found.detail) == (FileReason.MULTISHEET, "3")


def test_the_careful_twin_of_a_regular_file_has_the_same_records(world: World):
    fast = decoded(world, TEXT)
    twin = careful_twin(fast, world.home.root / "scratch")
    assert (twin.header, twin.record_count) == (fast.header, fast.record_count)
    assert twin.path.read_text(encoding="utf-8") == "1,A1,浦江信访局,2003-09-18\n"
