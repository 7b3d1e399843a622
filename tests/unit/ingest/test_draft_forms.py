"""`petitions source draft` of trees and workbooks: where the records and the headers are."""

import json
from pathlib import Path

import openpyxl
import pytest

from pipelines.ingest import specimen
from pipelines.ingest.decode import decode
from pipelines.ingest.draft_text import draft_text
from pipelines.words import Lang, UserError
from tests.unit.ingest.drafting import LEDGER, REGISTER, draft, loaded, targets, written
from tests.unit.ingest.world import World

CASES = [
    {"工单编号": f"A{n}", "登记": {"日期": f"2026-03-0{n}", "渠道": "来信"}, "诉求人姓名": "王小明"}
    for n in range(1, 4)
]
STEPS = [{"step": "受理", "at": "2026-03-05"}, {"step": "办结", "at": "2026-03-06"}]
XML_CASES = "".join(
    f'<c:case 工单编号="{one["工单编号"]}"><登记><日期>{one["登记"]["日期"]}</日期>'
    f"<渠道>来信</渠道></登记><诉求人姓名>王小明</诉求人姓名></c:case>"
    for one in CASES
)
TREES = {
    "F01_工单_20261031.json": (
        json.dumps({"meta": {"pages": [{"n": 1}]}, "data": {"cases": CASES}}),
        'form: json, encoding: [utf-8], records: "data.cases"',
    ),
    "F01_工单 _20261031.json": (
        "\n".join(json.dumps(one | {"steps": STEPS}, ensure_ascii=False) for one in CASES),
        "form: jsonl, encoding: [utf-8]",
    ),
    "F01_工单_20261031.jsonl": (
        "\n".join(map(json.dumps, CASES)),
        "form: jsonl, encoding: [utf-8]",
    ),
    "F01_工单_20261031.xml": (
        f'<x xmlns:c="urn:c"><page n="1"/><list>{XML_CASES}</list></x>',
        "form: xml, encoding: [utf-8], records: case",
    ),
}


@pytest.mark.parametrize("name", TREES)
def test_the_draft_of_a_tree_finds_its_records_and_reads_them(
    world: World, tmp_path: Path, name: str
):
    content, written_as = TREES[name]
    text = written(world, tmp_path / name, content)
    assert f"format: {{{written_as}}}" in text
    assert "王小明" not in text
    mark = "@" if name.endswith("xml") else ""
    assert targets(loaded(tmp_path, text)) == {
        f"{mark}工单编号": "case_id",
        "登记.日期": "registered_at",
        "登记.渠道": "channel",
        "诉求人姓名": "",
    }
    world.mapping(text, "mine")
    world.drop(f"mine/{name}", content)
    assert world.build_one().refusal == ""
    assert world.rows("cases", "registered_at::date::varchar, channel") == [
        (f"2026-03-0{n}", "letter") for n in range(1, 4)
    ]


def test_a_tree_that_is_hostile_is_refused_as_any_run_would(world: World, tmp_path: Path):
    path = tmp_path / "x.xml"
    path.write_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', encoding="utf-8")
    with pytest.raises(UserError, match="document type"):
        draft(world, path)
    path = tmp_path / "x.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match=r"x\.json"):
        draft(world, path)


def test_a_record_that_is_too_short_does_not_stop_the_draft(world: World, tmp_path: Path):
    text = written(world, tmp_path / "F01_工单_20261031.csv", f"{REGISTER}A4,F01\n")
    assert targets(loaded(tmp_path, text))["收到日期"] == "registered_at"


def test_title_rows_above_the_header_and_typed_cells_of_a_workbook(world: World, tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append(["某某市工单台账"])
    for line in REGISTER.splitlines():
        book.active.append(line.split(","))
    path = tmp_path / "F01_工单_20261031.xlsx"
    book.save(path)
    source = loaded(tmp_path, draft_text(draft(world, path), Lang.EN))
    assert source.format.header_row == 2
    assert targets(source)["收到日期"] == "registered_at"


def test_a_ledger_of_one_quarter_whose_names_nobody_has_seen(world: World, tmp_path: Path):
    text = written(world, tmp_path / "某县2026年三季度首办台账.csv", LEDGER)
    source = loaded(tmp_path, text)
    assert source.format.header_row == 3
    assert source.files == ("*首办台账*.csv",)  # and of the next quarter
    assert targets(source) == {
        "流水号": "case_id",
        "来访登记时点": "registered_at",
        "诉求案由": "content_code",
        "途径": "channel",
        "同来人数(含本人)": "persons",
        "首办单位": "office_id",
        "结案日": "case_events.close",
    }
    assert "land = Land; " in text


LEVELS = (
    ["X07县信访局来访登记台账"],
    ["序号", "信访编号", "登记日期", "信访形式", "来访人", "", "责任单位", "办结日期"],
    ["", "", "", "", "姓名", "人数", "", ""],
)
GROUPS = (
    ["X07县信访局来访登记台账"],
    ["填报单位：X07", "", "", "", "", "", "2026年10月31日"],
    ["序号", "登记情况", "", "", "来访人", "", "办理情况", ""],
    ["", "登记编号", "登记日期", "来访方式", "姓名", "人数", "承办单位", "办结时间"],
)


def ledger(path: Path, head: tuple[list[str], ...]) -> Path:
    book = openpyxl.Workbook()
    for row in head:
        book.active.append(row)
    for n in range(12):
        day = f"2026-09-{n + 1:02d}"
        book.active.append([n + 1, f"LF{n:03d}", day, "来访", "李四", n % 3 + 1, "民政局", day])
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("head", "at", "known"),
    [
        (LEVELS, 2, {"信访编号": "case_id", "来访人/人数": "persons"}),
        (GROUPS, 3, {"登记情况/登记编号": "case_id", "来访人/人数": "persons"}),
    ],
)
def test_a_header_of_two_levels_is_found(world: World, tmp_path: Path, head, at, known):
    found = draft(world, ledger(tmp_path / "X07_two_20261031.xlsx", head), table="cases")
    source = loaded(tmp_path, draft_text(found, Lang.ZH))
    assert (source.format.header_row, source.format.header_rows) == (at, 2)
    assert known.items() <= targets(source).items()
    assert targets(source)["来访人/姓名"] == ""  # dropped
    assert found.specimen.rows == 12


def test_a_header_of_one_level_under_a_title_is_one(world: World, tmp_path: Path):
    head = (
        LEVELS[0],
        ["序号", "信访编号", "登记日期", "信访形式", "姓名", "", "责任单位", "办结日期"],
    )
    found = draft(world, ledger(tmp_path / "X07_two_20261031.xlsx", head), table="cases")
    source = loaded(tmp_path, draft_text(found, Lang.ZH))
    assert (source.format.header_row, source.format.header_rows) == (2, 1)


def test_a_delimiter_is_found_by_names_that_all_stand_below_others(world: World, tmp_path: Path):
    head = (["备考", *GROUPS[2][1:]], GROUPS[3])
    rows = [*head, ["", "LF001", "2026-09-01", "来访", "李四", "2", "民政局", "2026-09-02"]]
    text = written(world, tmp_path / "X07_two_20261031.csv", "\n".join(map(";".join, rows)))
    source = loaded(tmp_path, text)
    assert source.format.delimiters == (";",)
    assert (source.format.header_row, source.format.header_rows) == (1, 2)


@pytest.mark.parametrize("head", [LEVELS, LEVELS[:2]], ids=["two levels", "one level"])
def test_a_table_is_decoded_once_however_deep_its_header(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head
):
    depths: list[int] = []

    def counted(*given):
        found = decode(*given)
        depths.append(len(found.heading.rows))
        return found

    monkeypatch.setattr(specimen, "decode", counted)
    draft(world, ledger(tmp_path / "X07_two_20261031.xlsx", head))
    assert depths == [len(head) - 1]
