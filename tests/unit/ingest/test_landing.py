"""From a file to rows: what a value becomes, what refuses a record, and what is kept between runs.

Each example is one export of one office, landed as a run lands it.
"""

from datetime import datetime
from typing import Any

import duckdb
import pytest

from pipelines.ingest import statements
from pipelines.privacy.pseudonyms import open_key, pseudonym
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import CASES_HEADER, CASES_NAME, STEPS_NAME, TABLES, World

at = datetime.fromisoformat
NAME = f"case_register/{CASES_NAME}"
GOOD_ROW = "A1,M1,F0101,2026-01-05 09:00:00,2"
EXTRACT = at("2026-10-31 23:59:59")


def cases(*rows: str) -> str:
    return "\n".join((CASES_HEADER, *rows)) + "\n"


def landed(world: World, column: str, header: str, spec: str, *texts: str) -> list[Any]:
    """Land one column of texts under a mapping of its own, and return what they became."""
    text = GOOD.replace("姓名: {personal: drop}", f"{header}: {{to: {column}, {spec}}}")
    world.mapping(text.replace('  办结: {to: case_events.close, dates: ["%Y-%m-%d"]}\n', ""))
    rows = [f'{n},F01,2026-01-05,"{value}"' for n, value in enumerate(texts)]
    world.drop("F01_own_20261031.csv", "\n".join((f"编号,机构,时间,{header}", *rows)))
    world.build()
    found = dict(world.rows("cases", f"record_no, {column}"))
    return [found.get(n, "refused") for n in range(1, len(texts) + 1)]


def test_a_row_of_the_table_that_counts(world: World):
    world.drop(NAME, cases(GOOD_ROW))
    receipt = world.build_one()
    key = open_key(world.home)
    columns = (
        "case_id, matter_key, office_id, registered_at, registered_precision, persons, channel"
    )
    assert world.rows("cases", columns) == [
        (
            pseudonym(key, "case_id", "F01", "A1"),
            pseudonym(key, "matter_key", "F01", "M1"),
            "F0101",
            at("2026-01-05 09:00:00"),
            "second",
            2,
            None,
        )
    ]
    assert world.rows("cases", "file_id, record_no, sender_id, as_of") == [
        (receipt.file_id, 1, "F01", EXTRACT)
    ]
    assert (receipt.records, receipt.refused_count, receipt.reader) == (1, 0, "fast")


def test_landed_columns_are_those_of_the_contract_then_lineage(world: World):
    world.drop(NAME, cases(GOOD_ROW))
    world.build()
    path = next((world.home.warehouse / "landing" / "cases").glob("*.parquet"))
    found = duckdb.execute(f"describe select * from '{path}'").fetchall()
    expected = [(c.name, c.sql_type) for c in TABLES["cases"].columns]
    assert [row[:2] for row in found] == [*expected, *statements.LINEAGE.items()]


def test_without_a_matter_number_the_case_is_its_own_matter(world: World):
    world.drop(NAME, cases("A1,,F0101,2026-01-05,1", "A2,A1,F0101,2026-01-05,1"))
    world.build()
    (first, second) = world.rows("cases", "case_id, matter_key")
    assert first[0] == first[1]
    assert second[1] not in {first[0], second[0]}


def test_numbers_join_across_exports_of_an_office_and_never_across_offices(world: World):
    world.drop(NAME, cases(GOOD_ROW))
    world.drop(NAME.replace("F01", "F02"), cases(GOOD_ROW.replace("F0101", "F0201")))
    steps = "信访编号,步骤序号,步骤,时间\nA1,1,登记,2026-01-05\nA1,2,办结,2026-02-01\n"
    world.drop(f"step_log/{STEPS_NAME}", steps)
    world.build()
    ids = dict(world.query("select sender_id, case_id from landing.cases"))
    assert ids["F01"] != ids["F02"]
    events = world.rows("case_events", "event_id, case_id, seq, event_type")
    assert events == [
        (f"{ids['F01']}-1", ids["F01"], 1, "register"),
        (f"{ids['F01']}-2", ids["F01"], 2, "close"),
    ]


def test_the_number_of_a_home_is_the_same_from_every_office(world: World):
    world.mapping(GOOD + "key_scope: home\n")
    for office in ("F01", "F02"):
        world.drop(f"{office}_own_20261031.csv", f"编号,机构,时间\nA1,{office},2026-01-05\n")
    world.build()
    assert len(set(world.query("select case_id from landing.cases"))) == 1


def test_spaces_around_a_number_do_not_make_another_number(world: World):
    found = cases("A1 ,M1,F0101,2026-01-05,1", "\u3000A1,M1 ,F0101\t,2026-01-05, 1")
    world.drop(NAME, found)
    world.build()
    rows = world.rows("cases", "case_id, matter_key, office_id, persons")
    assert rows[0] == rows[1]
    assert rows[0][0] == pseudonym(open_key(world.home), "case_id", "F01", "A1")


@pytest.mark.parametrize(
    ("written", "texts", "values"),
    [
        (
            '"%Y-%m-%d %H:%M:%S"',
            ["2003-09-18 08:05:00", "2003-9-18 8:05:00", "2003-09-18", "2003-02-30 08:05:00", ""],
            [at("2003-09-18 08:05:00"), at("2003-09-18 08:05:00"), "refused", "refused", None],
        ),
        ('"%Y年%m月%d日"', ["2003年9月18日", "2003-09-18"], [at("2003-09-18"), "refused"]),
        (
            '"%m/%d/%Y %I:%M:%S %p"',
            ["04/18/2019 09:55:45 PM", "04/18/2019 12:05:00 AM", "04/18/2019 13:00:00 PM"],
            [at("2019-04-18 21:55:45"), at("2019-04-18 00:05:00"), "refused"],
        ),
        (
            '"%Y-%m-%d"',
            ["infinity", "epoch", "03-9-18", "0000-00-00", "1900-01-01"],
            ["refused", "refused", "refused", "refused", at("1900-01-01")],
        ),
        (
            '"%Y%m%d"',
            ["20030918", "2003091", "2003-09-18"],
            [at("2003-09-18"), "refused", "refused"],
        ),
        (
            '"%Y-%m-%dT%H:%M:%S%z"',
            ["2003-09-18T08:05:00+0900", "2003-09-18T00:05:00Z"],
            [at("2003-09-18 07:05:00"), at("2003-09-18 08:05:00")],
        ),
    ],
)
def test_dates(world: World, written: str, texts: list[str], values: list[Any]):
    assert landed(world, "due_at", "期限", f"dates: [{written}]", *texts) == values


def test_how_fine_a_time_is_follows_from_how_it_is_written(world: World):
    formats = '["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y-%m"]'
    texts = ["2003-09-18 08:05:00", "2003-09-18 08:05", "2003-09-18", "2003-09", ""]
    landed(world, "due_at", "期限", f"dates: {formats}", *texts)
    found = [precision for (precision,) in world.rows("cases", "due_precision")]
    assert found == ["second", "minute", "day", "month", None]


def test_wall_times_are_brought_to_the_zone_of_the_home_and_dates_are_not(world: World):
    world.mapping(
        GOOD.replace("files:", "zone: America/New_York\nfiles:").replace(
            '时间: {to: registered_at, dates: ["%Y-%m-%d"]}',
            '时间: {to: registered_at, dates: ["%Y-%m-%d %H:%M", "%Y-%m-%d"]}',
        )
    )
    rows = ["1,F01,2022-01-21 13:47", "2,F01,2022-07-21 13:47", "3,F01,2022-01-21"]
    world.drop("F01_own_20261031.csv", "\n".join(("编号,机构,时间", *rows)))
    world.build()
    # New York is 13 hours behind Shanghai in winter, 12 in summer.
    assert world.rows("cases", "registered_at") == [
        (at("2022-01-22 02:47"),),
        (at("2022-07-22 01:47"),),
        (at("2022-01-21"),),
    ]


@pytest.mark.parametrize(
    ("column", "texts", "values"),
    [
        (
            "persons",
            [
                "12",
                "012",
                "+3",
                "-3",
                "12.0",
                "12.5",
                "1e3",
                "1_000",
                "12人",
                "0x1F",
                "",
                "9999999999",
            ],
            [12, 12, 3, -3, 12, *["refused"] * 5, None, "refused"],
        ),
    ],
)
def test_whole_numbers(world: World, column: str, texts: list[str], values: list[Any]):
    assert landed(world, column, "人次", "required: true", *texts) == values


def test_labels(world: World):
    spec = "values: {求决: seek_resolution, 不明: unknown}"
    texts = ["求决", "不明", "求决 ", "发火", "seek_resolution", ""]
    assert landed(world, "purpose", "目的", spec, *texts) == [
        "seek_resolution",
        "unknown",
        "seek_resolution",
        "unknown",
        "unknown",
        None,
    ]
    assert world.refusals() == [
        (4, "purpose", "W_ENUM_UNKNOWN", "warning"),
        (5, "purpose", "W_ENUM_UNKNOWN", "warning"),
    ]


def test_codes_without_labels_stand_for_themselves(world: World):
    assert landed(world, "purpose", "目的", "required: true", "consult", "Consult") == [
        "consult",
        "unknown",
    ]


def test_a_label_that_may_stand_for_nothing_is_left_out_with_a_remark(world: World):
    spec = "values: {江干: '330104'}"
    assert landed(world, "region_code", "区", spec, "江干", "上城") == ["330104", None]
    assert world.refusals() == [(2, "region_code", "W_ENUM_UNKNOWN", "warning")]


def test_texts_that_mean_missing_are_those_the_mapping_names(world: World):
    spec = "required: true"
    world.mapping(GOOD)
    assert landed(world, "status_exported", "状态", spec, "—", "不详", " ") == ["—", "不详", None]


def test_an_unknown_step_refuses_its_record(world: World):
    steps = "信访编号,步骤序号,步骤,时间\nA1,1,登记,2026-01-05\nA1,2,散步,2026-01-06\n"
    world.drop(f"step_log/{STEPS_NAME}", steps)
    world.build()
    assert world.refusals() == [(2, "event_type", "E_ENUM_UNKNOWN", "error")]


def test_every_reason_refuses_its_record_and_no_other(world: World):
    rows = [
        GOOD_ROW,
        ",M1,F0101,2026-01-05,1",
        "A3,M1,,2026-01-05,1",
        "A4,M1,F0101,,1",
        "A5,M1,F0101,5 January,1",
        "A6,M1,F0101,2026-01-05,many",
        "1.23457E+17,M1,F0101,2026-01-05,1",
        "A8,M1,F0101",
        "A9,M1,F0101,2026-01-05,1,more",
        'A10,M1,F01"01,2026-01-05,1',
        "A11,M\x0011,F0101,2026-01-05,1",
        "A12,M1,F0101,2026-01-05,x",
        ",,,,",
        GOOD_ROW.replace("A1", "A14"),
    ]
    world.drop(NAME, cases(*rows))
    receipt = world.build_one()
    assert world.refusals() == [
        (2, "case_id", "E_REQUIRED", "error"),
        (3, "office_id", "E_REQUIRED", "error"),
        (4, "registered_at", "E_REQUIRED", "error"),
        (5, "registered_at", "E_DATE", "error"),
        (6, "persons", "E_NUM", "error"),
        (7, "case_id", "E_PRECISION_LOST", "error"),
        (8, "", "E_RAGGED_SHORT", "error"),
        (9, "", "E_RAGGED_LONG", "error"),
        (10, "", "E_QUOTE", "error"),
        (11, "", "E_CTRL_CHAR", "error"),
        (12, "persons", "E_NUM", "error"),
    ]
    assert [number for (number,) in world.rows("cases", "record_no")] == [1, 14]
    # The line with nothing on it is no record.
    assert (receipt.records, receipt.refused_count) == (13, 11)


def test_refused_records_are_kept_in_their_own_words_in_the_vault_only(world: World):
    world.drop(NAME, cases(GOOD_ROW, "A2,M1,F0101,someday,1", "A3", 'A4,"M\n1",F0101,never,1'))
    receipt = world.build_one()
    assert world.refused(receipt) == [
        (0, CASES_HEADER),
        (2, "A2,M1,F0101,someday,1"),
        (3, "A3"),
        (4, 'A4,"M\n1",F0101,never,1'),
    ]
    assert b"someday" not in world.all_bytes_below(world.home.warehouse)
