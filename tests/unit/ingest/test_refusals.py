"""What refuses a record or a file, where that is told, and that no value is ever repeated there.

Each example is one export of one office, landed as a run lands it.
"""

import errno
import json

import duckdb
import pytest

from pipelines.ingest import landing, reading, vault
from pipelines.ingest.inbox import Candidate
from pipelines.ingest.originals import Stored
from pipelines.ingest.reasons import FileReason
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.records import Typed, Worker
from pipelines.settings import Home
from pipelines.words import Lang, UserError
from tests.unit.ingest.world import (
    CASES_HEADER,
    CASES_NAME,
    CASES_PATH,
    GOOD_ROW,
    STEPS_NAME,
    World,
    cases,
)


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
    world.drop(CASES_PATH, cases(*rows))
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
    world.drop(
        CASES_PATH, cases(GOOD_ROW, "A2,M1,F0101,someday,1", "A3", 'A4,"M\n1",F0101,never,1')
    )
    receipt = world.build_one()
    assert world.refused(receipt) == [
        (0, CASES_HEADER),
        (2, "A2,M1,F0101,someday,1"),
        (3, "A3"),
        (4, 'A4,"M\n1",F0101,never,1'),
    ]
    assert b"someday" not in world.all_bytes_below(world.home.warehouse)


def test_the_fast_reader_keeps_refused_records_too(world: World):
    world.drop(CASES_PATH, cases(GOOD_ROW, '"A2","M\n1",F0101,someday,1', "A3,M1,F0101,never,1"))
    receipt = world.build_one()
    assert receipt.reader == "fast"
    assert world.refused(receipt)[1:] == [
        (2, '"A2","M\n1",F0101,someday,1'),
        (3, "A3,M1,F0101,never,1"),
    ]


@pytest.mark.parametrize(
    ("header", "reason", "detail"),
    [
        ("信访编号,登记机构,人次", "F_HEADER", "登记时间"),
        ("信访编号,编号,登记机构,登记时间", "F_HEADER_DUP", "信访编号"),
        ("信访编号,登记机构,登记时间,备注,备注", "F_HEADER_DUP", ""),
    ],
)
def test_a_header_that_will_not_do_refuses_the_file(
    world: World, header: str, reason: str, detail: str
):
    world.drop(CASES_PATH, f"{header}\n")
    world.drop(CASES_PATH.replace("F01", "F02"), cases(GOOD_ROW))
    receipts = {receipt.refusal: receipt for receipt in world.build()}
    assert set(receipts) == {"", reason}
    assert receipts[reason].detail == detail
    assert receipts[""].records == 1
    assert world.query(
        "select severity, reason_code, detail from ops.file_findings where severity = 'error'"
    ) == [("error", reason, detail)]
    assert world.query("select count(*) from ops.files") == [(1,)]


@pytest.mark.parametrize("secret", ["SECRETNAME", "330106195001011234"])
def test_no_value_is_in_any_error_log_or_file_outside_the_vault(world: World, secret: str):
    rows = [
        GOOD_ROW,
        f"{secret},{secret},F0101,{secret},{secret}",
        f'{secret}"',
        f"{secret},{secret}",
        f"A5,M1,F0101,2026-01-05,{secret}",
    ]
    world.drop(CASES_PATH, cases(*rows))
    world.build()
    receipts = world.home.vault / "receipts"
    manifests = world.home.vault / "files"
    for folder in (world.home.warehouse, receipts, manifests):
        assert secret.encode() not in world.all_bytes_below(folder)


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (duckdb.OutOfMemoryException("could not allocate SECRET"), "ingest.NO_MEMORY"),
        (duckdb.IOException("SECRET: No space left on device"), "ingest.NO_SPACE"),
        (duckdb.InternalException("SECRET"), "ingest.LANDING_FAILED"),
        (MemoryError("SECRET"), "ingest.NO_MEMORY"),
        (OSError(28, "No space left on device"), "ingest.NO_SPACE"),
    ],
)
def test_a_fault_names_the_file_and_quotes_no_row(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception, key: str
):
    world.drop(CASES_PATH, cases(GOOD_ROW))

    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(landing, "_write", fail)
    with pytest.raises(UserError) as caught:
        world.build()
    assert caught.value.key == key
    assert caught.value.__suppress_context__
    for lang in Lang:
        assert CASES_NAME in caught.value.sentence(lang)
        assert "SECRET" not in caught.value.sentence(lang)


@pytest.mark.parametrize(
    "fault", [duckdb.ConversionException("SECRET"), KeyError("SECRET"), RecursionError("SECRET")]
)
def test_a_fault_of_the_program_costs_the_file_at_hand_only(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception
):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    world.drop(CASES_PATH.replace("F01", "F02"), cases(GOOD_ROW, GOOD_ROW.replace("A1", "A2")))
    write = landing._write

    def fail_for_one(home: Home, worker: Worker, typed: Typed, receipt: Receipt) -> Receipt:
        if typed.records == 1:
            raise fault
        return write(home, worker, typed, receipt)

    monkeypatch.setattr(landing, "_write", fail_for_one)
    found = {(r.refusal, r.detail, r.records) for r in world.build()}
    assert found == {("F_FAULT", type(fault).__name__, 0), ("", "", 2)}
    assert world.query("select reason_code from ops.file_findings where severity = 'error'") == [
        ("F_FAULT",)
    ]


def test_a_fault_at_the_door_costs_the_file_at_hand_only(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    bad = CASES_PATH.replace("F01", "F02")
    world.drop(CASES_PATH, cases(GOOD_ROW))
    world.drop(bad, cases(GOOD_ROW, GOOD_ROW))
    store = vault.store

    def fail_for_one(home: Home, file: Candidate, delimiter: str) -> Stored:
        if file.name == bad:
            raise KeyError("SECRET")
        return store(home, file, delimiter)

    monkeypatch.setattr(vault, "store", fail_for_one)
    report = world.land()
    assert report.new == (CASES_PATH,)
    assert report.refused == (vault.RefusedFile(bad, FileReason.FAULT, "KeyError"),)


def test_a_fault_of_the_disk_is_not_taken_for_a_lack_of_room(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    world.drop(CASES_PATH, cases(GOOD_ROW))

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(landing, "_write", fail)
    with pytest.raises(OSError, match="Input/output"):
        world.build()


def test_a_file_that_no_reader_gets_through_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    monkeypatch.setattr(reading, "plain_sql", lambda _: "select error('SECRET')")
    assert world.build_one().refusal == "F_CORRUPT"


@pytest.mark.parametrize("off", [-1, 1])
def test_a_reader_that_finds_another_number_of_records_is_not_believed(world: World, off: int):
    world.drop(CASES_PATH, cases(GOOD_ROW, GOOD_ROW))
    world.land()
    (path,) = (world.home.vault / "files").glob("*.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["survey"]["records"] += off
    path.write_text(json.dumps(manifest), encoding="utf-8")
    receipt = world.build_one()
    assert (receipt.reader, receipt.records) == ("careful", 2)
