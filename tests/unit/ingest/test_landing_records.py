"""From a file to rows: what a value becomes, what refuses a record, and what is kept between runs.

Each example is one export of one office, landed as a run lands it.
"""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.ingest import landing
from pipelines.ingest.receipts import Finding
from pipelines.privacy.pseudonyms import open_key, pseudonym
from pipelines.words import Lang, UserError
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import CASES_HEADER, CASES_NAME, World

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


def test_the_fast_reader_keeps_refused_records_too(world: World):
    world.drop(NAME, cases(GOOD_ROW, '"A2","M\n1",F0101,someday,1', "A3,M1,F0101,never,1"))
    receipt = world.build_one()
    assert receipt.reader == "fast"
    assert world.refused(receipt)[1:] == [
        (2, '"A2","M\n1",F0101,someday,1'),
        (3, "A3,M1,F0101,never,1"),
    ]


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
    day = 86_400
    first = (date(2026, 1, 5) - date(1970, 1, 1)).days * day
    assert ids == [
        f"{case}-urge-{first}",
        f"{case}-urge-{first + day}",
        f"{case}-close-{first + day}",
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
    world.drop(NAME, f"{header}\n{GOOD_ROW},secret\n")
    receipt = world.build_one()
    assert receipt.records == 1
    assert Finding("W_COLUMN_UNKNOWN", "", 1) in receipt.findings
    assert Finding("W_COLUMN_MISSING", "问题属地", 1) in receipt.findings
    assert b"secret" not in world.all_bytes_below(world.home.warehouse)
    assert "备注" not in (world.home.vault / "receipts" / f"{receipt.sha256}.json").read_text(
        "utf-8"
    )


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
    world.drop(NAME, f"{header}\n")
    world.drop(NAME.replace("F01", "F02"), cases(GOOD_ROW))
    receipts = {receipt.refusal: receipt for receipt in world.build()}
    assert set(receipts) == {"", reason}
    assert receipts[reason].detail == detail
    assert receipts[""].records == 1
    assert world.query(
        "select severity, reason_code, detail from ops.file_findings where severity = 'error'"
    ) == [("error", reason, detail)]
    assert world.query("select count(*) from ops.files") == [(1,)]


def test_a_second_run_makes_nothing_anew(world: World, monkeypatch: pytest.MonkeyPatch):
    world.drop(NAME, cases(GOOD_ROW, "A2,M1,F0101,someday,1"))
    first = world.build()
    monkeypatch.setattr(landing, "_land", lambda *_: pytest.fail("landed again"))
    assert world.build() == first


@pytest.mark.parametrize("kind", ["cases", "refusals", "refused"])
@pytest.mark.parametrize("damage", ["gone", "cut", "zeros"])
def test_what_was_damaged_is_made_anew(world: World, kind: str, damage: str):
    world.drop(NAME, cases(GOOD_ROW, "A2,M1,F0101,someday,1"))
    receipt = world.build_one()
    output = next(o for o in receipt.outputs if o.kind == kind)
    path = output.path(world.home, receipt.file_id)
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-7] if damage == "cut" else bytes(len(whole)))
    assert world.build_one() == receipt
    assert path.read_bytes() == whole


def test_what_the_rows_depend_on_makes_them_anew(world: World):
    world.drop(NAME, cases(GOOD_ROW))
    keys = [world.build_one().landing_key]
    world.in_zone("Asia/Tokyo")
    keys.append(world.build_one().landing_key)
    world.drop(f"{NAME}.meta.yml", "as_of: 2026-11-30")
    keys.append(world.build_one().landing_key)
    shipped = world.sources["case_register"].block.file.read_text(encoding="utf-8")
    world.mapping(shipped.replace("seek_resolution", "consult"), "case_register")
    keys.append(world.build_one().landing_key)
    assert len(set(keys)) == 4
    assert world.rows("cases", "as_of") == [(at("2026-11-30 23:59:59"),)]


def test_a_file_whose_source_is_gone_is_refused_and_its_rows_are_swept(world: World):
    world.mapping(GOOD)
    world.drop("F01_own_20261031.csv", "编号,机构,时间\n1,F01,2026-01-05\n")
    world.build()
    world.forget_mapping()
    receipt = world.build_one()
    assert (receipt.refusal, receipt.detail) == ("F_TYPE", "own")
    assert list((world.home.warehouse / "landing").glob("*/*.parquet")) == []


def test_the_same_inputs_make_the_same_bytes_whatever_the_threads(world: World):
    rows = [f"A{n},M{n % 7},F0101,2026-01-{n % 28 + 1:02},{n}" for n in range(5_000)]
    for office in ("F01", "F02", "F03"):
        world.drop(NAME.replace("F01", office), cases(*rows))
    folder = world.home.warehouse / "landing"
    world.build()
    first = {path.name: path.read_bytes() for path in folder.glob("cases/*")}
    for path in folder.glob("cases/*"):
        path.unlink()
    world.settings = replace(world.settings, threads=3)
    world.build()
    assert {path.name: path.read_bytes() for path in folder.glob("cases/*")} == first


def test_records_are_in_the_order_of_the_file(world: World):
    # Enough for several row groups, with numbers that repeat far apart.
    rows = [f"A{n},M{n * 7919 % 50_000},F0101,2026-01-05,1" for n in range(150_000)]
    world.drop(NAME, cases(*rows))
    world.build()
    path = next((world.home.warehouse / "landing" / "cases").glob("*.parquet"))
    disorder = duckdb.execute(
        f"select count(*) from read_parquet('{path}', file_row_number = true) "
        "where record_no <> file_row_number + 1"
    ).fetchall()
    assert disorder == [(0,)]


def test_a_home_may_have_any_name(tmp_path: Path, world: World):
    odd = World(replace(world.home, root=tmp_path / "ho[m]e's *"))
    odd.drop(NAME, cases(GOOD_ROW, "A2,M1,F0101,someday,1", "A3"))
    receipt = odd.build_one()
    assert (receipt.records, receipt.refused_count) == (3, 2)
    assert odd.query("select count(*) from landing.cases") == [(1,)]


@pytest.mark.parametrize("secret", ["SECRETNAME", "330106195001011234"])
def test_no_value_is_in_any_error_log_or_file_outside_the_vault(world: World, secret: str):
    rows = [
        GOOD_ROW,
        f"{secret},{secret},F0101,{secret},{secret}",
        f'{secret}"',
        f"{secret},{secret}",
        f"A5,M1,F0101,2026-01-05,{secret}",
    ]
    world.drop(NAME, cases(*rows))
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
        (duckdb.ConversionException("could not convert SECRET"), "ingest.LANDING_FAILED"),
        (OSError(28, "No space left on device"), "ingest.NO_SPACE"),
    ],
)
def test_a_fault_names_the_file_and_quotes_no_row(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception, key: str
):
    world.drop(NAME, cases(GOOD_ROW))

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
