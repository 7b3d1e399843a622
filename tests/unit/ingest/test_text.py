"""The structure of delimited text: what an export may look like, and what costs which record."""

import pytest

from pipelines.ingest import text as module
from pipelines.ingest.receipts import Finding, Receipt
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import World

NAME = "F01_own_20261031.csv"
HEADER = "编号,机构,时间"
ROWS = ["A1,F01,2026-01-01", "A2,F02,2026-01-02", "A3,F03,2026-01-03"]
LINES = [HEADER, *ROWS]
TEXT = "\n".join(LINES) + "\n"
DATED = [("F01", 1), ("F02", 2), ("F03", 3)]


def landed(world: World, content: str, written: str = "{}", name: str = NAME) -> Receipt:
    world.mapping(f"{GOOD}format: {written}\n")
    world.drop(f"own/{name}", content)
    return world.build_one()


def dated(world: World) -> list[tuple[object, ...]]:
    """Office and day of each record that was taken."""
    return world.rows("cases", "office_id, day(registered_at)")


def refused(world: World) -> list[tuple[int, str]]:
    return [(number, reason) for number, _, reason, _ in world.refusals()]


@pytest.mark.parametrize(
    ("content", "reader"),
    [
        (TEXT, "fast"),
        (TEXT.rstrip("\n"), "fast"),
        (TEXT.replace("\n", "\r\n"), "fast"),
        ("\n".join('"' + line.replace(",", '","') + '"' for line in LINES), "fast"),
        (TEXT.replace("\n", "\r"), "careful"),
        ("\r\n".join(LINES[:2]) + "\n" + "\r".join(LINES[2:]), "careful"),
        (TEXT.replace("\n", "\n\n"), "fast"),
        (TEXT.replace("A2", "\n \t\nA2"), "careful"),
        ("\n".join(f"{line},," for line in LINES), "fast"),
        (TEXT.replace("F01", '="F01"').replace("A2", '="A2"'), "careful"),
        (TEXT.replace("F01", '"=""F01"""'), "careful"),
        (TEXT.replace("F01", "\tF01"), "fast"),
        (f"sep=,\n{TEXT}", "fast"),
        (f'"sep=,"\r\n{TEXT}', "careful"),
        (f"信访件登记表,,\n2026年10月,,\n{TEXT}", "fast"),
        (f"信访件登记表\n制表：浦江县信访局\n{TEXT}", "fast"),
        (TEXT.replace("A2", f"{HEADER}\nA2"), "careful"),
        (TEXT.replace("F02", '"F02"'), "fast"),
    ],
)
def test_many_looks_and_one_content(world: World, content: str, reader: str):
    receipt = landed(world, content)
    assert (dated(world), receipt.records) == (DATED, 3)
    assert (receipt.reader, refused(world)) == (reader, [])


def test_lines_without_anything_are_no_records(world: World):
    receipt = landed(world, TEXT.replace("A2", ",,\nA2") + ",,\n , ,\n")
    assert (dated(world), receipt.records, refused(world)) == (DATED, 3, [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("written", "first"),
    [('{{delimiter: "{}"}}', ""), ("{{delimiter: detect}}", ""), ("{{}}", "sep={}\n")],
)
def test_a_delimiter_is_declared_detected_or_stated_by_the_file(
    world: World, delimiter: str, written: str, first: str
):
    content = first.format(delimiter) + TEXT.replace(",", delimiter)
    escaped = delimiter.replace("\t", "\\t")
    assert landed(world, content, written.format(escaped)).records == 3
    assert dated(world) == DATED


def test_the_ending_tsv_says_its_delimiter(world: World):
    name = NAME.replace(".csv", ".tsv")
    assert landed(world, TEXT.replace(",", "\t"), name=name).records == 3


def test_the_delimiter_is_the_one_that_finds_the_header_not_the_commonest(world: World):
    content = "编号;机构;时间\nA1;甲,乙,丙,丁;2026-01-01\n"
    assert landed(world, content, "{delimiter: detect}").records == 1
    assert dated(world) == [("甲,乙,丙,丁", 1)]


@pytest.mark.parametrize(
    ("content", "written", "reason", "detail"),
    [
        (TEXT.replace(",", ";"), "{}", "F_DELIMITER", ";"),
        (TEXT.replace(",", "，"), "{delimiter: detect}", "F_DELIMITER", "，"),
        (" \n\n", "{}", "F_EMPTY", ""),
        ("\n".join(ROWS), "{}", "F_HEADER", "编号"),
        (TEXT.replace("时间", "日期"), "{}", "F_HEADER", "时间"),
        (f"表\n{TEXT}", "{header_row: 1}", "F_HEADER", "编号"),
        (TEXT, "{header_row: 9}", "F_EMPTY", ""),
        ("表\n" * 10 + TEXT, "{}", "F_HEADER", "编号"),
    ],
)
def test_a_file_without_a_usable_header_is_refused(
    world: World, content: str, written: str, reason: str, detail: str
):
    receipt = landed(world, content, written)
    assert (receipt.refusal, receipt.detail) == (reason, detail)


def test_a_header_alone_is_an_export_of_nothing(world: World):
    receipt = landed(world, HEADER)
    assert (receipt.refusal, receipt.records, receipt.refused_count) == ("", 0, 0)


def test_a_header_far_down_is_found_where_it_is_declared(world: World):
    assert landed(world, "表\n" * 10 + TEXT, "{header_row: 11}").records == 3


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('A2,F"02,2026-01-02', "E_QUOTE"),
        ('A2,"F02,2026-01-02', "E_QUOTE"),
        ('A2,"F \\"02\\"",2026-01-02', "E_QUOTE"),
        ("A2,F02", "E_RAGGED_SHORT"),
        ("A2,F02,2026-01-02,more", "E_RAGGED_LONG"),
        ("合计,2,", "E_TOTAL_ROW"),
        (",合 计,2", "E_TOTAL_ROW"),
        (",,总　计：", "E_TOTAL_ROW"),
        ("小计,2", "E_TOTAL_ROW"),
        ('"Total",2,2', "E_TOTAL_ROW"),
        ("GRAND TOTAL,2,2", "E_TOTAL_ROW"),
    ],
)
def test_a_broken_line_costs_itself(world: World, line: str, reason: str):
    receipt = landed(world, TEXT.replace(ROWS[1], line))
    assert refused(world) == [(2, reason)]
    assert (dated(world), receipt.records) == ([DATED[0], DATED[2]], 3)


def test_a_total_at_the_end_of_a_regular_file_is_seen_by_the_fast_way(world: World):
    receipt = landed(world, TEXT + "合计,3,2026-01-01\n")
    assert (receipt.reader, refused(world)) == ("careful", [(4, "E_TOTAL_ROW")])


def test_a_word_that_only_begins_like_a_total_is_none(world: World):
    receipt = landed(world, TEXT.replace("A2", "合计划局A2"))
    assert (receipt.reader, receipt.records, refused(world)) == ("fast", 3, [])


def test_a_record_that_begins_like_the_header_is_a_record(world: World):
    receipt = landed(world, TEXT.replace("A2", "编号"))
    assert (receipt.reader, receipt.records, dated(world)) == ("careful", 3, DATED)


def test_an_unclosed_quote_in_the_last_line_is_told(world: World):
    receipt = landed(world, TEXT + 'A4,"F04,2026-01-04')
    assert (receipt.records, refused(world)) == (4, [(4, "E_QUOTE")])


def test_names_of_two_rows_are_joined(world: World):
    head = "编号,登记,,办结\n,机构,时间,\n"
    mapping = GOOD.replace("  机构:", "  登记/机构:").replace("  时间:", "  登记/时间:")
    for written in ("{header_rows: 2}", "{header_rows: 2, header_row: 2}"):
        world.mapping(f"{mapping}format: {written}\n")
        world.drop(NAME, f"登记表,,,\n{head}A1,F01,2026-01-05,2026-02-01\n{head}")
        receipt = world.build_one()
        assert (receipt.records, receipt.refused_count) == (1, 0)
        assert world.query("select count(*) from landing.case_events") == [(3,)]


@pytest.mark.parametrize(("more", "is_told"), [("", True), ("A4,F04,2026-01-04", False)])
def test_a_file_as_long_as_a_sheet_can_be_is_remarked_on(
    world: World, monkeypatch: pytest.MonkeyPatch, more: str, is_told: bool
):
    monkeypatch.setattr(module, "ROW_LIMITS", (4,))
    assert (Finding("W_ROW_LIMIT", "", 1) in landed(world, TEXT + more).findings) is is_told
