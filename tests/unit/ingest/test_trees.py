"""JSON and XML: columns by the path that leads to them, one broken record costing itself."""

import json

import pytest

from pipelines.ingest.receipts import Finding, Receipt
from tests.unit.ingest.old_workbook import old_workbook
from tests.unit.ingest.world import World, at

MAPPING = """
source: own
title: {zh: 登记表, en: Register}
shape: cases
table: cases
files: ["*own*"]
sender: {from: name, pattern: "^(?P<sender>[A-Z0-9]+)_"}
as_of: {from: name, pattern: "(?P<as_of>[0-9]{8})", format: "%Y%m%d"}
columns:
  id: {to: case_id, aliases: [编号, "@id"], required: true}
  office: {to: office_id}
  opened.at: {to: registered_at, dates: ["%Y-%m-%d"]}
  opened.by.count: {to: persons}
  name: {personal: drop}
"""


def case(number: int = 1, **more: object) -> dict[str, object]:
    opened = {"at": f"2026-01-0{number}", "by": {"count": number}}
    return {"id": f"A{number}", "office": "F01", "opened": opened, "name": "张三", **more}


CASES = [case(1), case(2), case(3)]
LINES = "\n".join(json.dumps(one, ensure_ascii=False) for one in CASES)
XML = "".join(
    f"<case id='A{n}'><office>F01</office><opened><at>2026-01-0{n}</at><by><count>{n}</count></by>"
    f"</opened><name>张三</name></case>"
    for n in (1, 2, 3)
)
ROWS = [("F01", at(f"2026-01-0{n}"), n) for n in (1, 2, 3)]


def landed(world: World, content: str | bytes, form: str, **written: str) -> Receipt:
    lines = "".join(f", {key}: {value}" for key, value in written.items())
    world.mapping(f"{MAPPING}format: {{form: {form}{lines}}}\n")
    world.drop(f"own/F01_own_20261031.{form}", content)
    return world.build_one()


def rows(world: World) -> list[tuple[object, ...]]:
    return world.rows("cases", "office_id, registered_at, persons")


def refused(world: World) -> list[tuple[int, str]]:
    return [(number, reason) for number, _, reason, _ in world.refusals()]


@pytest.mark.parametrize(
    ("content", "form", "records"),
    [
        (LINES, "jsonl", ""),
        (LINES.replace("\n", "\r\n\r\n") + "\n\0\0", "jsonl", ""),
        (json.dumps(CASES, indent=1), "json", ""),
        ("\ufeff" + json.dumps({"data": {"cases": CASES}, "total": 3}), "json", "data.cases"),
        (json.dumps([{"cases": CASES[:1]}, {"cases": CASES[1:]}]), "json", "cases"),
        (json.dumps({"cases": CASES}), "jsonl", "cases"),
        (f"<export><cases>{XML}</cases></export>", "xml", "case"),
        (f"<?xml version='1.0' encoding='GBK'?><cases>{XML}</cases>", "xml", "cases.case"),
        (f"<x:cases xmlns:x='u'>{XML}</x:cases>".replace("case ", "x:case ").replace(
            "/case>", "/x:case>"), "xml", "case"),
    ],
)  # fmt: skip
def test_records_are_found_and_their_values(world: World, content: str, form: str, records: str):
    written = {"records": records} if records else {}
    receipt = landed(world, content, form, **written)
    assert (receipt.refusal, receipt.records, receipt.refused_count) == ("", 3, 0)
    assert (rows(world), receipt.encoding) == (ROWS, "utf-8")
    assert b"\xe5\xbc\xa0" not in world.all_bytes_below(world.home.warehouse)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
@pytest.mark.parametrize(("content", "form"), [(LINES, "jsonl"), (f"<c>{XML}</c>", "xml")])
def test_they_may_be_in_any_declared_encoding(world: World, content: str, form: str, encoding: str):
    written = {"records": "case"} if form == "xml" else {}
    receipt = landed(world, content.encode(encoding), form, encoding="[utf-8, gb18030]", **written)
    assert (receipt.encoding, receipt.records) == (encoding, 3)
    assert rows(world) == ROWS


def test_numbers_keep_their_digits(world: World):
    content = '{"id": 330106198001011234567, "office": 12.50, "opened": {"at": "2026-01-01"}}'
    landed(
        world, content + '\n{"id": 330106198001011234568, "office": true, "opened": {}}', "jsonl"
    )
    assert world.rows("cases", "office_id") == [("12.50",)]
    (found,) = world.refused(world.build_one())[1:]
    assert "330106198001011234568" in found[1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "A2", "office"', "E_QUOTE"),
        ("A2,F01,2026-01-02", "E_QUOTE"),
        ('"A2"', "E_RAGGED_SHORT"),
        ("null", "E_RAGGED_SHORT"),
        ('{"id": "A2", "id": "A3", "office": "F01"}', "E_RAGGED_LONG"),
        (json.dumps(case(2, office=["F01", "F02"])), "E_RAGGED_LONG"),
        (json.dumps(case(2, office="F\0")), "E_CTRL_CHAR"),
        (json.dumps(case(2, office="F\ud800")), "E_ENCODING"),
        (json.dumps(case(2, office="F?")).replace("?", "\ufffd"), "E_ENCODING"),
        ('{"note": "nothing else"}', "E_REQUIRED"),
        ("{}", "E_REQUIRED"),
        ("[" * 100_000, "E_QUOTE"),
        (json.dumps(case(2, office="F" * 2_000_000)), "E_TOO_LONG"),
    ],
)  # fmt: skip
def test_a_broken_line_costs_itself(world: World, line: str, reason: str):
    receipt = landed(world, "\n".join((json.dumps(CASES[0]), line, json.dumps(CASES[2]))), "jsonl")
    assert refused(world) == [(2, reason)]
    assert (receipt.records, rows(world)) == (3, [ROWS[0], ROWS[2]])


def test_a_line_without_the_place_of_records_is_told(world: World):
    lines = [{"cases": CASES[:1]}, {"error": "timeout"}, {"cases": []}, {"cases": CASES[1:]}]
    receipt = landed(world, "\n".join(map(json.dumps, lines)), "jsonl", records="cases")
    assert (receipt.records, refused(world)) == (4, [(2, "E_RAGGED_SHORT")])


def test_a_list_that_nobody_asked_for_does_no_harm(world: World):
    receipt = landed(world, json.dumps([case(1, steps=[{"at": 1}], other=None)]), "json")
    assert rows(world) == ROWS[:1]
    assert Finding("W_COLUMN_UNKNOWN", "", 2) in receipt.findings


def test_a_value_above_the_records_belongs_to_each(world: World):
    content = {"day": "2026-09-30", "list": [{"by": "F9", "cases": [case(1)]}]}
    mapping = MAPPING.replace("  office:", "  .list.by:").replace("opened.at", ".day")
    world.mapping(f"{mapping}format: {{form: json, records: list.cases}}\n")
    world.drop("F01_own_20261031.json", json.dumps(content))
    world.build()
    assert rows(world) == [("F9", at("2026-09-30"), 1)]


@pytest.mark.parametrize("second", ["<office>F02</office>", "<office x='1'/><office>F02</office>"])
def test_an_element_that_comes_twice_refuses_its_record(world: World, second: str):
    content = f"<c>{XML}</c>".replace("<opened><at>2026-01-02", f"{second}<opened><at>2026-01-02")
    landed(world, content, "xml", records="case")
    assert refused(world) == [(2, "E_RAGGED_LONG")]


@pytest.mark.parametrize(
    ("content", "form", "records", "reason"),
    [
        ("\n", "json", "", "F_EMPTY"),
        (" \n", "jsonl", "", "F_EMPTY"),
        ('[{"id": "A1"', "json", "", "F_CORRUPT"),
        ("[" * 100_000, "json", "", "F_CORRUPT"),
        (json.dumps({"data": CASES}), "json", "cases", "F_HEADER"),
        (json.dumps([{"nr": 1}]), "json", "", "F_HEADER"),
        ("id,office\nA1,F01\n", "jsonl", "", "F_CORRUPT"),
        (json.dumps({"data": CASES}), "jsonl", "cases", "F_HEADER"),
        (json.dumps([{f"k{n}": 1 for n in range(2_001)}]), "json", "", "F_TOO_WIDE"),
        (f"<c>{XML}", "xml", "case", "F_CORRUPT"),
        (f"<c>{XML}</c>", "xml", "row", "F_HEADER"),
        ("\ufeff\n", "xml", "case", "F_EMPTY"),
        ('<!DOCTYPE c [<!ENTITY a "aa">]><c>&a;</c>', "xml", "case", "F_XML"),
        ('<!DOCTYPE c SYSTEM "file:///etc/passwd"><c/>', "xml", "case", "F_XML"),
    ],
)  # fmt: skip
def test_what_holds_no_records_is_refused(
    world: World, content: str, form: str, records: str, reason: str
):
    written = {"records": records} if records else {}
    assert landed(world, content, form, **written).refusal == reason


@pytest.mark.parametrize(
    ("content", "form", "records"),
    [
        ("[]", "json", ""),
        ('{"cases": []}', "json", "cases"),
        ("<x><cases/></x>", "xml", "cases.case"),
    ],
)
def test_an_export_of_nothing_has_no_records(world: World, content: str, form: str, records: str):
    receipt = landed(world, content, form, **({"records": records} if records else {}))
    assert (receipt.refusal, receipt.records) == ("", 0)


def test_a_workbook_is_no_json(world: World):
    content = old_workbook(["id"], ["A1"])
    assert landed(world, content, "json").refusal == "F_TYPE_MISMATCH"
