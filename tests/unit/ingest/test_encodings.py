"""Encodings: what is broken costs its record; a file in none of those declared is refused."""

import pytest

from pipelines.ingest.receipts import Receipt
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import World

NAME = "F01_own_20261031.csv"
HEADER = "编号,机构,时间,姓名\n"
ROWS = [f"A{n},浦江县信访局,2026-01-0{n},张𠮷\n" for n in range(1, 6)]
TEXT = HEADER + "".join(ROWS)
BOTH = "{encoding: [utf-8, gb18030]}"


def landed(world: World, content: bytes, written: str = BOTH) -> Receipt:
    world.mapping(f"{GOOD}format: {written}\n")
    world.drop(NAME, content)
    return world.build_one()


def good(world: World) -> list[int]:
    return [number for (number,) in world.rows("cases", "record_no")]


@pytest.mark.parametrize(
    ("encoding", "written", "stated"),
    [
        ("utf-8", BOTH, "utf-8"),
        ("utf-8-sig", BOTH, "utf-8"),
        ("gb18030", BOTH, "gb18030"),
        ("gb18030", "{encoding: [gbk]}", "gb18030"),
        ("gb18030", "{encoding: detect}", "gb18030"),
        # A mark at the beginning says it, whatever the mapping does.
        ("utf-16", BOTH, "utf-16"),
        ("utf-16", "{encoding: detect}", "utf-16"),
        ("utf-16-le", "{encoding: [utf-16]}", "utf-16-le"),
        ("utf-16-le", "{encoding: [utf-8, utf-16-le]}", "utf-16-le"),
        ("utf-16-be", "{encoding: [utf-8, utf-16-be]}", "utf-16-be"),
    ],
)
def test_every_encoding_gives_the_same_rows(world: World, encoding: str, written: str, stated: str):
    receipt = landed(world, TEXT.encode(encoding), written)
    assert (receipt.encoding, receipt.reader, receipt.records) == (stated, "fast", 5)
    assert receipt.confidence is not None
    assert receipt.confidence > 0.8
    assert world.refusals() == []
    assert world.query("select distinct office_id from landing.cases") == [("浦江县信访局",)]


def test_big_endian_with_a_mark(world: World):
    receipt = landed(world, b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert (receipt.encoding, receipt.records) == ("utf-16", 5)


def test_utf16_without_a_mark_is_read_only_where_it_is_declared(world: World):
    assert landed(world, TEXT.encode("utf-16-le")).refusal == "F_ENCODING"


def test_only_what_is_sure_is_said_to_be(world: World):
    header = "编号,机构,时间\n"
    rare = "\u9f98\u9750\u9f49\u9ea4"
    text = header + f"A1,浦江县信访局浦江县信访局,2026-01-01{rare}\n"
    receipt = landed(world, text.encode("gb18030"))
    common = len("编号机构时间") + 2 * len("浦江县信访局")
    assert receipt.confidence == round(common / (common + len(rare)), 2)


@pytest.mark.parametrize(
    ("encoding", "broken"),
    [
        ("utf-8", b"\xff"),
        ("utf-8", "信".encode()[:2]),
        ("utf-8", "访".encode("gb18030")),
        ("gb18030", b"\xff"),
        ("gb18030", b"\x81"),
        ("gb18030", "浦江县".encode()),
    ],
)
def test_a_broken_character_costs_its_record(world: World, encoding: str, broken: bytes):
    rows = [row.encode(encoding) for row in ROWS]
    rows[2] = rows[2].replace("信访".encode(encoding), broken)
    receipt = landed(world, HEADER.encode(encoding) + b"".join(rows))
    assert (receipt.encoding, receipt.records, receipt.refused_count) == (encoding, 5, 1)
    assert world.refusals() == [(3, "", "E_ENCODING", "error")]
    assert good(world) == [1, 2, 4, 5]


def test_so_it_does_where_nearly_all_is_ascii(world: World):
    world.mapping(GOOD.replace("编号:", "id:").replace("机构:", "office:").replace("时间:", "at:"))
    world.drop(NAME, b"id,office,at\nA1,F\xe9,2026-01-01\nA2,F2,2026-01-01\nA3,F3,2026-01-01\n")
    receipt = world.build_one()
    assert (receipt.encoding, receipt.confidence, receipt.records) == ("utf-8", 0.0, 3)
    assert world.refusals() == [(1, "", "E_ENCODING", "error")]


@pytest.mark.parametrize(("first", "second"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_a_file_glued_from_two_encodings_keeps_the_rows_of_the_first(
    world: World, first: str, second: str
):
    head, tail = HEADER + "".join(ROWS[:2]), "".join(ROWS[2:])
    receipt = landed(world, head.encode(first) + tail.encode(second))
    assert (receipt.encoding, receipt.records) == (first, 5)
    assert good(world) == [1, 2]
    assert world.refusals() == [(n, "", "E_ENCODING", "error") for n in (3, 4, 5)]


def test_a_character_that_was_lost_before_costs_its_record(world: World):
    receipt = landed(world, TEXT.replace("A2,浦江县", "A2,浦\ufffd县").encode())
    assert receipt.reader == "careful"
    assert world.refusals() == [(2, "", "E_ENCODING", "error")]


def test_what_was_broken_is_kept_for_the_office_in_a_form_that_can_be_written(world: World):
    receipt = landed(world, TEXT.encode().replace(b"A2,", b"A2\xff,"))
    assert [number for number, _ in world.refused(receipt)] == [0, 2]


TRADITIONAL = "編號,機構,時間\nA1,臺北縣國稅局,2026-01-01\nA2,臺灣鐵路,2026-01-02\n"


@pytest.mark.parametrize(
    "content",
    [
        TRADITIONAL.encode("big5"),
        TEXT.encode("utf-32"),
        # UTF-8 taken for another encoding and written as UTF-8 once more.
        TEXT.encode().decode("latin-1").encode(),
        TEXT.replace("县", "").encode().decode("gb18030", "ignore").encode(),
        bytes(range(128, 256)) * 40,
    ],
    ids=["big5", "utf-32", "mojibake of latin-1", "mojibake of gb18030", "binary"],
)
@pytest.mark.parametrize("written", [BOTH, "{encoding: detect}"])
def test_what_is_in_no_encoding_is_refused(world: World, content: bytes, written: str):
    assert landed(world, content, written).refusal == "F_ENCODING"


@pytest.mark.parametrize("tail", ["\x1a", "\0" * 512, "\n\x1a", "\n\0\0\0", "\x1a\0\0"])
def test_what_an_old_system_or_a_crash_appends_is_cut_off(world: World, tail: str):
    receipt = landed(world, (TEXT.rstrip("\n") + tail).encode())
    assert (receipt.records, receipt.refused_count) == (5, 0)


def test_a_nul_inside_costs_its_record(world: World):
    landed(world, TEXT.replace("A4,浦", "A4,\0浦").encode())
    assert world.refusals() == [(4, "", "E_CTRL_CHAR", "error")]
    assert good(world) == [1, 2, 3, 5]


def test_composed_and_look_alike_characters_in_headers_are_known(world: World):
    # The file writes the first letter as two characters, and the second as a radical.
    world.mapping(GOOD.replace("初次:", "é日:"))
    world.drop(NAME, "编号,机构,时间,e\u0301\u2f47\nA1,F01,2026-01-01,是\n")
    world.build()
    assert world.rows("cases", "is_first") == [(True,)]
