"""From a file to rows of the canonical tables, and to the steps that the dates of a case become.

Each example is one export of one office, landed as a run lands it.
"""

from datetime import date
from pathlib import Path

import duckdb
import openpyxl

from pipelines.ingest import statements
from pipelines.ingest.receipts import Finding
from pipelines.privacy.pseudonyms import open_key, pseudonym
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import (
    CASES_HEADER,
    CASES_PATH,
    EXTRACT,
    GOOD_ROW,
    STEPS_NAME,
    TABLES,
    World,
    at,
    cases,
)


def test_a_row_of_the_table_that_counts(world: World):
    world.drop(CASES_PATH, cases(GOOD_ROW))
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
    world.drop(CASES_PATH, cases(GOOD_ROW))
    world.build()
    path = next((world.home.warehouse / "landing" / "cases").glob("*.parquet"))
    found = duckdb.execute(f"describe select * from '{path}'").fetchall()
    expected = [(c.name, c.sql_type) for c in TABLES["cases"].columns]
    assert [row[:2] for row in found] == [*expected, *statements.LINEAGE.items()]


def test_without_a_matter_number_the_case_is_its_own_matter(world: World):
    world.drop(CASES_PATH, cases("A1,,F0101,2026-01-05,1", "A2,A1,F0101,2026-01-05,1"))
    world.build()
    (first, second) = world.rows("cases", "case_id, matter_key")
    assert first[0] == first[1]
    assert second[1] not in {first[0], second[0]}


def test_numbers_join_across_exports_of_an_office_and_never_across_offices(world: World):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    world.drop(CASES_PATH.replace("F01", "F02"), cases(GOOD_ROW.replace("F0101", "F0201")))
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


def test_dates_of_a_submission_become_its_steps(world: World):
    world.mapping(GOOD)
    rows = ["1,F01,2026-01-05,2026-02-01", "2,F01,2026-01-06,", "3,F01,2026-01-07,soon"]
    world.drop("F01_own_20261031.csv", "\n".join(("编号,机构,时间,办结", *rows)))
    receipt = world.build_one()
    ids = [case for (case,) in world.rows("cases", "case_id")]
    columns = "event_id, case_id, seq, event_type, event_at, at_precision, record_no"
    # Nothing says when it was replied to: the closing is the reply.
    assert world.rows("case_events", columns) == [
        (f"{ids[0]}-register", ids[0], 1, "register", at("2026-01-05"), "day", 1),
        (f"{ids[0]}-reply", ids[0], 2, "reply", at("2026-02-01"), "day", 1),
        (f"{ids[0]}-close", ids[0], 3, "close", at("2026-02-01"), "day", 1),
        (f"{ids[1]}-register", ids[1], 1, "register", at("2026-01-06"), "day", 2),
    ]
    assert world.refusals() == [(3, "case_events.close", "E_DATE", "error")]
    assert [(o.kind, o.rows) for o in receipt.landed] == [("cases", 2), ("case_events", 4)]
    assert world.query("select table_name, records from ops.files order by table_name desc") == [
        ("cases", 3),
        ("case_events", 4),
    ]


def test_a_mapped_reply_is_the_reply(world: World):
    mapping = GOOD.replace(
        "姓名: {personal: drop}", '答复: {to: case_events.reply, dates: ["%Y-%m-%d"]}'
    )
    world.mapping(mapping)
    rows = ["1,F01,2026-01-05,2026-02-01,2026-01-20", "2,F01,2026-01-05,2026-02-01,"]
    world.drop("F01_own_20261031.csv", "\n".join(("编号,机构,时间,办结,答复", *rows)))
    world.build()
    found = world.query(
        "select record_no, event_at from landing.case_events where event_type = 'reply'"
    )
    assert found == [(1, at("2026-01-20"))]


def test_steps_without_a_place_are_told_apart_by_type_and_time(world: World):
    world.mapping(
        """
source: own
title: {zh: 步骤, en: Steps}
shape: events
table: case_events
files: ["*own*.csv"]
sender: {from: fixed, value: X}
as_of: {from: fixed, value: 2026-10-31}
columns:
  编号: {to: case_id}
  步骤: {to: event_type}
  时间: {to: event_at, dates: ["%Y-%m-%d"]}
"""
    )
    world.drop(
        "own.csv", "编号,步骤,时间\n1,urge,2026-01-05\n1,urge,2026-01-06\n1,close,2026-01-06\n"
    )
    world.build()
    ids = [event for (event,) in world.rows("case_events", "event_id")]
    case = pseudonym(open_key(world.home), "case_id", "X", "1")
    day = 86_400_000_000  # microseconds
    first = (date(2026, 1, 5) - date(1970, 1, 1)).days * day
    assert ids == [
        f"{case}-urge-{first}-1",
        f"{case}-urge-{first + day}-1",
        f"{case}-close-{first + day}-1",
    ]


def test_sender_and_extract_moment_can_stand_in_columns(world: World):
    mapping = GOOD.replace(
        '{from: name, pattern: "^(?P<sender>[A-Z0-9]+)_"}', "{from: column, column: 单位}"
    ).replace(
        '{from: name, pattern: "(?P<as_of>[0-9]{8})", format: "%Y%m%d"}',
        '{from: column, column: 导出, format: "%Y-%m-%d"}',
    )
    world.mapping(mapping + "  单位: {personal: drop}\n  导出: {personal: drop}\n")
    rows = [
        "1,X,2026-01-05,F01,2026-09-30",
        "1,X,2026-01-05,F02,2026-10-31",
        "1,X,2026-01-05,,2026-10-31",
        "1,X,2026-01-05,F02,",
    ]
    world.drop("own.csv", "\n".join(("编号,机构,时间,单位,导出", *rows)))
    receipt = world.build_one()
    assert world.rows("cases", "sender_id, as_of") == [
        ("F01", at("2026-09-30 23:59:59")),
        ("F02", EXTRACT),
    ]
    (first, second) = world.rows("cases", "case_id")
    assert first != second
    assert world.refusals() == [
        (3, "sender_id", "E_REQUIRED", "error"),
        (4, "as_of", "E_REQUIRED", "error"),
    ]
    assert receipt.latest == EXTRACT
    assert world.query("select as_of from ops.files limit 1") == [(EXTRACT,)]


def test_constants_fill_what_no_export_has(world: World):
    mapping = GOOD.replace("  机构: {to: office_id}\n", "").replace(
        "  形式: {to: channel, values: {来信: letter}}\n", ""
    )
    world.mapping(mapping + 'constants: {office_id: "{sender}", channel: phone}\n')
    world.drop("F09_own_20261031.csv", "编号,时间\n1,2026-01-05\n")
    world.build()
    assert world.rows("cases", "office_id, channel") == [("F09", "phone")]


def test_headers_are_the_same_in_any_dress(world: World):
    header = "\ufeff 编\u200b号 ,事项编号,登记机构,登记时间,人次,备注"
    world.drop(CASES_PATH, f"{header}\n{GOOD_ROW},secret\n")
    receipt = world.build_one()
    assert receipt.records == 1
    assert Finding("W_COLUMN_UNKNOWN", "", 1) in receipt.findings
    assert Finding("W_COLUMN_MISSING", "问题属地", 1) in receipt.findings
    assert b"secret" not in world.all_bytes_below(world.home.warehouse)
    assert "备注" not in (world.home.vault / "receipts" / f"{receipt.sha256}.json").read_text(
        "utf-8"
    )


def test_a_workbook_becomes_the_same_rows_as_a_text(world: World, tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([*CASES_HEADER.split(","), "更新时间"])
    sheet.append(["A1", "M1", "F0101", at("2026-01-05 09:00:00"), 2, None])
    sheet.append(["A2", "M1", "F0101", date(2026, 1, 5), 2.0, "2026-01-06 10:00:00"])
    sheet.append(["A3", "M1", "F0101", "yesterday", 2, None])
    sheet.append(["A4", "M1", "F0101", date(2026, 1, 5), 2, None, "more"])
    book.save(tmp_path / "x.xlsx")
    world.drop(CASES_PATH.replace(".csv", ".xlsx"), (tmp_path / "x.xlsx").read_bytes())
    receipt = world.build_one()
    assert (receipt.reader, receipt.records, receipt.refused_count) == ("workbook", 4, 2)
    columns = "registered_at, registered_precision, persons, updated_at"
    assert world.rows("cases", columns) == [
        (at("2026-01-05 09:00:00"), "second", 2, None),
        (at("2026-01-05 00:00:00"), "day", 2, at("2026-01-06 10:00:00")),
    ]
    assert [row[:3] for row in world.refusals()] == [
        (3, "registered_at", "E_DATE"),
        (4, "", "E_RAGGED_LONG"),
    ]
    assert [number for number, _ in world.refused(receipt)] == [0, 3, 4]


def test_a_regular_file_with_a_short_row_goes_to_the_careful_reader(world: World):
    world.drop(CASES_PATH, cases(GOOD_ROW, "A2,M1", GOOD_ROW.replace("A1", "A3")))
    receipt = world.build_one()
    assert receipt.reader == "careful"
    assert world.rows("cases", "record_no") == [(1,), (3,)]
