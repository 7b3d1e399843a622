"""A mapping says what is wrong with itself: the file, the key, and what to write."""

import pytest

from pipelines.ingest.claims import claim
from pipelines.ingest.mapping import SHIPPED_SOURCES
from pipelines.words import Lang, UserError
from tests.unit.ingest.world import World

GOOD = """
source: own
title: {zh: 登记表, en: Register}
shape: cases
table: cases
files: ["*own*.csv"]
sender: {from: name, pattern: "^(?P<sender>[A-Z0-9]+)_"}
as_of: {from: name, pattern: "(?P<as_of>[0-9]{8})", format: "%Y%m%d"}
columns:
  编号: {to: case_id, required: true}
  机构: {to: office_id}
  时间: {to: registered_at, dates: ["%Y-%m-%d"]}
  形式: {to: channel, values: {来信: letter}}
  初次: {to: is_first, values: {是: true, no: false}}
  办结: {to: case_events.close, dates: ["%Y-%m-%d"]}
  姓名: {personal: drop}
"""

MISTAKES = {
    "an unknown key": ("shape: cases", "shapes: cases", "shapes", "shape"),
    "an unknown key of a column": (
        "to: case_id, required",
        "to: case_id, requird",
        "requird",
        "required",
    ),
    "a missing key": ("table: cases\n", "", "table", "table: cases"),
    "an unknown shape": (
        "shape: cases",
        "shape: case",
        "shape",
        "cases | events | snapshot | rows",
    ),
    "a table that is not fed": ("table: cases", "table: offices", "table", "table: cases"),
    "the wrong table for the shape": ("table: cases", "table: receptions", "table", "table: cases"),
    "a column that the table lacks": ("to: office_id", "to: ofice_id", "机构.to", "office_id"),
    "a step that is none": (
        "case_events.close",
        "case_events.closed",
        "办结.to",
        "case_events.close",
    ),
    "a table that no column can feed": (
        "case_events.close",
        "offices.close",
        "办结.to",
        "case_events.close",
    ),
    "a code that is none": ("来信: letter", "来信: leter", "来信", "letter"),
    "states that nothing can contradict": (
        '  办结: {to: case_events.close, dates: ["%Y-%m-%d"]}',
        "  状态: {to: status_exported, open: [在办]}",
        "状态.open",
        "to: case_events.close",
    ),
    "states of a column of codes": (
        "to: channel, values",
        "to: channel, open: [来信], values",
        "形式.open",
        "to: status_exported",
    ),
    "a truth value that is none": ("是: true", "是: maybe", "是", "true"),
    "a boolean without labels": (", values: {是: true, no: false}", "", "初次.values", "是: true"),
    "a unit of what is no number": (
        "to: office_id",
        "to: office_id, unit: 万",
        "机构.unit",
        "office_id: text",
    ),
    "a unit that is none": ("to: office_id", "to: office_id, unit: 打", "机构.unit", "万"),
    "a placeholder that is no day": (
        "columns:",
        'missing_dates: ["1900-13-01"]\ncolumns:',
        "missing_dates",
        "1900-01-01",
    ),
    "a way to write dates that has no such name": (
        '时间: {to: registered_at, dates: ["%Y-%m-%d"]}',
        "时间: {to: registered_at, dates: [year_last]}",
        "时间.dates",
        "year_first",
    ),
    "a petitioner as the key of matters without their topic and place": (
        "姓名: {personal: drop}",
        "姓名: {personal: key}",
        "姓名.personal",
        "to: region_code",
    ),
    "a date without a format": (
        ', dates: ["%Y-%m-%d"]}\n  形式',
        "}\n  形式",
        "时间.dates",
        "%Y-%m-%d",
    ),
    "a date format of another program": (
        '时间: {to: registered_at, dates: ["%Y',
        '时间: {to: registered_at, dates: ["YYYY',
        "时间.dates",
        "%Y",
    ),
    "dates where there are none": (
        "to: office_id",
        'to: office_id, dates: ["%Y"]',
        "机构.dates",
        "text",
    ),
    "labels where there are none": (
        "to: case_id",
        "to: case_id, values: {a: b}",
        "编号.values",
        "case_id",
    ),
    "a personal column that goes somewhere": (
        "personal: drop",
        "personal: drop, to: office_id",
        "姓名.to",
        "personal: drop",
    ),
    "personal data kept": ("personal: drop", "personal: keep", "姓名.personal", "drop"),
    "a pattern without its fact": (
        "(?P<sender>[A-Z0-9]+)",
        "[A-Z0-9]+",
        "sender.pattern",
        "(?P<sender>",
    ),
    "a pattern that is none": (
        "(?P<sender>[A-Z0-9]+)",
        "(?P<sender>[A-Z",
        "sender.pattern",
        "(?P<sender>",
    ),
    "a sender from nowhere": (
        "sender: {from: name",
        "sender: {from: post",
        "sender.from",
        "name | folder",
    ),
    "an unknown encoding": (
        "files:",
        "format: {encoding: [latin-1]}\nfiles:",
        "format.encoding",
        "gb18030",
    ),
    "an unknown delimiter": ("files:", 'format: {delimiter: "#"}\nfiles:', "format.delimiter", ";"),
    "a header row that is none": (
        "files:",
        "format: {header_row: 0}\nfiles:",
        "format.header_row",
        "1",
    ),
    "an unknown zone": ("files:", "zone: Asia/Peking\nfiles:", "zone", "Asia/Shanghai"),
    "a vintage that is not understood": (
        "files:",
        "code_vintage: extract_date\nfiles:",
        "code_vintage",
        "event_date | export_date",
    ),
    "a required column without a source": ("  机构: {to: office_id}\n", "", "columns", "office_id"),
    "two columns for one target": (
        "姓名: {personal: drop}",
        "姓名: {to: office_id}",
        "columns",
        "office_id",
    ),
    "a constant for no column": (
        "files:",
        "constants: {ofice_id: A}\nfiles:",
        "constants.ofice_id",
        "office_id",
    ),
    "a constant that is no code": (
        "files:",
        "constants: {purpose: anger}\nfiles:",
        "constants.purpose",
        "consult",
    ),
    "a constant for a number": (
        "files:",
        "constants: {persons: 1}\nfiles:",
        "constants.persons",
        "integer",
    ),
    "a constant with an unknown placeholder": (
        "files:",
        'constants: {region_code: "{county}"}\nfiles:',
        "constants.region_code",
        "{sender}",
    ),
    "a sender column that is not there": (
        '{from: name, pattern: "^(?P<sender>[A-Z0-9]+)_"}',
        "{from: column, column: 单位}",
        "sender.column",
        "机构",
    ),
    "an extract column without format": (
        '{from: name, pattern: "(?P<as_of>[0-9]{8})", format: "%Y%m%d"}',
        "{from: column, column: 时间}",
        "as_of.format",
        "%Y-%m-%d",
    ),
    "a list that is none": ('files: ["*own*.csv"]', "files: own.csv", "files", "["),
    "a block that is none": ("  机构: {to: office_id}", "  机构: office_id", "机构", "key: value"),
    "text that is none": ("source: own", "source: [own]", "source", "own"),
}


def test_a_good_mapping_is_read(world: World):
    world.mapping(GOOD)
    source = world.sources["own"]
    assert source.tables == ("cases", "case_events")
    assert source.missing == ("",)
    assert source.columns[4].values == (("是", "true"), ("no", "false"))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_names_the_file_the_key_and_what_to_write(world: World, mistake: str):
    right, wrong, place, expected = MISTAKES[mistake]
    assert right in GOOD
    world.mapping(GOOD.replace(right, wrong))
    with pytest.raises(UserError) as caught:
        _ = world.sources
    assert caught.value.exit_code == 2
    for lang in Lang:
        sentence = caught.value.sentence(lang)
        assert "own.yml" in sentence
        assert place in sentence
        assert expected in sentence


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b: c\n", 1),
        ("a: 1\nb: {\n", 3),
        (GOOD + "  姓名: {personal: drop}\n", 10),
        ("a\n", None),
    ],
)
def test_what_is_not_yaml_names_the_line(world: World, text: str, line: int | None):
    world.mapping(text)
    with pytest.raises(UserError, match=r"own\.yml") as caught:
        _ = world.sources
    assert caught.value.facts.get("line") == line


def test_the_homes_own_mapping_takes_the_place_of_a_shipped_one(world: World):
    shipped = world.sources
    world.mapping(GOOD.replace("source: own", "source: case_register"))
    assert set(world.sources) == set(shipped)
    assert world.sources["case_register"].title.en == "Register"
    assert world.sources["case_register"].digest != shipped["case_register"].digest


def test_two_mappings_of_one_home_cannot_have_one_name(world: World):
    world.mapping(GOOD, "first")
    world.mapping(GOOD, "second")
    with pytest.raises(UserError, match=r"first\.yml"):
        _ = world.sources


def test_every_shipped_mapping_keeps_its_promises_and_says_what_it_is(world: World):
    sources = world.sources
    assert {path.stem for path in SHIPPED_SOURCES.glob("*.yml")} == set(sources)
    for source in sources.values():
        assert source.title.zh
        assert source.title.en
        assert source.files


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "tsv", "zip", "xlsx", "xls"])
def test_shipped_mappings_claim_their_files_in_whatever_form_they_are_sent(world: World, ending):
    for source in world.sources.values():
        for pattern in source.files:
            file = f"F01_{pattern.strip('*')}_20261031.{ending}"
            assert claim(file, world.sources) is source
