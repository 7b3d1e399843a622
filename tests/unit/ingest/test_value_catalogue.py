"""Groups D and E of the catalogue of hostile inputs: each written form and what must come of it."""

import pytest

from pipelines.privacy.pseudonyms import open_key, pseudonym
from tests.unit.ingest.columns import become, land_column
from tests.unit.ingest.world import World, at

DAY, MINUTE, SECOND = at("2003-09-18"), at("2003-09-18 08:05"), at("2003-09-18 08:05:30")

DATES = {
    "2003年9月18日": (DAY, "day"),
    "2003年9月18日8时5分": (MINUTE, "minute"),
    "2003年09月18日 08时05分30秒": (SECOND, "second"),
    "2003/9/18 8:05": (MINUTE, "minute"),
    "2003.9.18": (DAY, "day"),
    "20030918": (DAY, "day"),
    "20030918080530": (SECOND, "second"),
    "２００３－０９－１８　０８：０５": (MINUTE, "minute"),
    "2003年9月18日下午8:05": (at("2003-09-18 20:05"), "minute"),
    "2003-9-18 下午 8:05:30": (at("2003-09-18 20:05:30"), "second"),
    "2003/9/18 上午 12:05": (at("2003-09-18 00:05"), "minute"),
    "2003/9/18 下午 12:05": (at("2003-09-18 12:05"), "minute"),
    "2003-09-18 8:05 PM": (at("2003-09-18 20:05"), "minute"),
    "2003-09-18 24:00": (at("2003-09-19"), "minute"),
    "2003-12-31 24:00:00": (at("2004-01-01"), "second"),
    "二〇〇三年九月十八日": (DAY, "day"),
    "二○○三年十二月三十一日上午十时二十分": (at("2003-12-31 10:20"), "minute"),
    "2003年9月18日 星期四": (DAY, "day"),
    "2003-09-18(周四)": (DAY, "day"),
    "2003-09-18（周四） 8:05": (MINUTE, "minute"),
    "2003年9月18日星期四下午三点半": (at("2003-09-18 15:30"), "minute"),
    "2003年9月18日上午十点": (at("2003-09-18 10:00"), "minute"),
    "2003-09-18T00:05:30Z": (SECOND, "second"),
    "2003-09-18T09:05:30+09:00": (SECOND, "second"),
    "2003-09-18 08:05:30.123456789": (at("2003-09-18 08:05:30.123456"), "second"),
    "2004-02-29": (at("2004-02-29"), "day"),
    "2003年9月": (at("2003-09-01"), "month"),
    "2003-09-18 08\u200b:05": (MINUTE, "minute"),
}
NO_DATES = {
    "民国92年9月18日": "E_DATE_CALENDAR",
    "农历二〇〇三年八月廿二": "E_DATE_CALENDAR",
    "癸未年八月廿二": "E_DATE_CALENDAR",
    "0000-00-00": "E_DATE_CALENDAR",
    "2003-02-30": "E_DATE_CALENDAR",
    "2023年2月29日": "E_DATE_CALENDAR",
    "2003-09-18 23:59:60": "E_DATE_CALENDAR",
    "2003-09-18 24:30": "E_DATE_CALENDAR",
    "03-9-18": "E_DATE_AMBIGUOUS",
    "03年9月18日": "E_DATE_AMBIGUOUS",
    "09/10/2003": "E_DATE_AMBIGUOUS",
    "1/2/03 8:05": "E_DATE_AMBIGUOUS",
    "1063843500000": "E_DATE",
    "37882": "E_DATE",
    "36420.5": "E_DATE",
    "上月中旬": "E_DATE",
    "2003-09-18（补录）": "E_DATE",
    "2003年9月18日下午15:05": "E_DATE",
    "2003年9月18日 周八": "E_DATE",
    "2003-09-18(周四": "E_DATE",
    "2003年9月星期四": "E_DATE",
    "2003118": "E_DATE",
    "infinity": "E_DATE",
    "1900-01-01": "E_DATE_RANGE",
    "2099-12-31": "E_DATE_RANGE",
    "2100-01-01": "E_DATE_RANGE",
    "9999-12-31": "E_DATE_RANGE",
    "9999年12月31日": "E_DATE_RANGE",
}


def test_dates_that_begin_with_the_year_are_read_with_their_precision(world: World):
    spec = "to: due_at, dates: [year_first]"
    assert become(world, spec, "due_at, due_precision", tuple(DATES)) == [
        list(expected) for expected in DATES.values()
    ]


def test_what_is_no_date_is_refused_for_its_reason(world: World):
    spec = "to: due_at, dates: [year_first]"
    assert become(world, spec, "due_at", tuple(NO_DATES)) == list(NO_DATES.values())


@pytest.mark.parametrize(
    ("system", "serial"), [("excel", "37882"), ("excel1904", "36420"), ("excel", "37882.0")]
)
def test_serial_numbers_are_dates_where_the_mapping_says_so(world: World, system: str, serial: str):
    spec = f"to: due_at, dates: [{system}]"
    assert become(world, spec, "due_at", (serial, "2003-09-18", "3788")) == [
        DAY,
        "E_DATE",
        "E_DATE",
    ]


def test_a_serial_number_with_a_fraction_is_a_second(world: World):
    spec = "to: due_at, dates: [excel]"
    texts = ("37882.3371527778", "37882")
    assert become(world, spec, "due_at, due_precision", texts) == [[SECOND, "second"], [DAY, "day"]]


def test_a_declared_order_of_day_and_month_is_not_ambiguous(world: World):
    spec = 'to: due_at, dates: ["%d/%m/%Y"]'
    texts = ("09/10/2003", "31/02/2003", "2003-10-09", "０９/10/2003")
    day = at("2003-10-09")
    assert become(world, spec, "due_at", texts) == [day, "E_DATE_CALENDAR", "E_DATE", day]


def test_offsets_and_wall_times_are_brought_to_the_zone_of_the_home(world: World):
    spec = "to: due_at, dates: [year_first]"
    texts = ("2003年9月18日 8:05", "2003-09-18T08:05:30Z", "2003年9月18日")
    found = become(world, spec, "due_at", texts, "zone: Europe/London")
    assert found == [at("2003-09-18 15:05"), at("2003-09-18 16:05:30"), DAY]


@pytest.mark.parametrize(
    ("spec", "source"),
    [
        ('missing_dates: ["1900-01-01", "1970-01-01"]', ""),
        ("", 'missing_dates: ["1900-01-01", "1970-01-01"]'),
    ],
)
def test_placeholders_are_missing_where_the_mapping_says_so(world: World, spec: str, source: str):
    dates = f"to: due_at, dates: [year_first]{spec and ', '}{spec}"
    texts = ("1900-01-01", "1970年1月1日", "9999-12-31", "1970-01-02")
    found = become(world, dates, "due_at, due_precision", texts, source)
    assert found[:2] == [[None, None], [None, None]]
    assert found[2:] == ["E_DATE_RANGE", [at("1970-01-02"), "day"]]
    assert (1, "due_at", "W_DATE_RANGE", "warning") in world.refusals()


def test_a_required_date_that_is_a_placeholder_is_refused(world: World):
    world.mapping(
        """
source: own
title: {zh: 表, en: Table}
shape: rows
table: evaluations
sender: {from: fixed, value: F01}
as_of: {from: fixed, value: "2026-10-31"}
missing_dates: ["1900-01-01"]
columns:
  号: {to: evaluation_id}
  件: {to: case_id}
  对象: {to: target, values: {信访部门: petition_office}}
  时间: {to: asked_at, dates: [year_first]}
"""
    )
    world.drop("own/x.csv", "号,件,对象,时间\n1,1,信访部门,1900-01-01\n2,2,信访部门,2003-09-18\n")
    world.build()
    assert world.refusals() == [(1, "asked_at", "E_DATE_RANGE", "error")]


NUMBERS = {
    "１２": 12,
    "12人": 12,
    "12 人次": 12,
    "0.01万": 100,
    "1,234": 1234,
    "￥12": 12,
    "12.0": 12,
    "12\u200b": 12,
    "012": 12,
    "2.5万": 25_000,
    "1.2亿": 120_000_000,
    "-3": -3,
}
NO_NUMBERS = {
    "12,5": "E_NUM",
    "(12)": "E_NUM",
    "2.5": "E_NUM",
    "2.00001万": "E_NUM",
    "100000000000": "E_NUM_RANGE",
    "9" * 40: "E_NUM_RANGE",
    "1E3": "E_NUM",
    "NaN": "E_NUM",
    "inf": "E_NUM",
    "不详": "E_NUM",
    "—": "E_NUM",
    "三十二": "E_NUM",
    "0x10": "E_NUM",
    "100余人": "E_NUM",
    "3-5": "E_NUM",
    "١٢": "E_NUM",
    "1²": "E_NUM",
    "1_000": "E_NUM",
    "12件": "E_NUM",
}


def test_numbers_are_read_however_they_are_surely_written(world: World):
    assert become(world, "to: persons", "persons", tuple(NUMBERS)) == list(NUMBERS.values())


def test_what_is_no_whole_number_is_refused_for_its_reason(world: World):
    assert become(world, "to: persons", "persons", tuple(NO_NUMBERS)) == list(NO_NUMBERS.values())


def test_a_column_in_ten_thousands_is_multiplied(world: World):
    texts = ("2", "2.5", "２.5人", "1万", "0.00001")
    found = become(world, "to: persons, unit: 万", "persons", texts)
    assert found == [20_000, 25_000, 25_000, "E_NUM", "E_NUM"]


def test_what_means_missing_in_one_column_need_not_in_another(world: World):
    spec = 'to: status_exported, missing: ["0", "无", EMPTY]'
    land_column(world, spec, "0", "无", "EMPTY", "不详", source='missing: ["不详"]')
    assert world.rows("cases", "status_exported") == [(None,)] * 4


IDS = {
    "A1": "A1",
    "Ａ１": "A1",
    "A\u200b1\ufeff": "A1",
    '="0123"': "0123",
    "'0123": "0123",
    "a1": "a1",
    "2.026E+17": "E_PRECISION_LOST",
    "3307262026010100000": "E_PRECISION_LOST",
    "330726202601010000": "330726202601010000",
    "=A1": "=A1",
}


def test_numbers_of_records_have_one_form(world: World):
    found = become(world, "to: visit_id", "visit_id", tuple(IDS))
    key = open_key(world.home)
    assert found == [
        number if number.startswith("E_") else pseudonym(key, "visit_id", "F01", number)
        for number in IDS.values()
    ]


def test_codes_of_statistics_are_cut_to_the_county(world: World):
    texts = ("330726", "330726101000", "33072610100X", "３３０７２６", "浦江县")
    found = become(world, "to: region_code", "region_code", texts)
    assert found == ["330726", "330726", "33072610100X", "330726", "浦江县"]


def test_labels_are_known_in_any_form(world: World):
    spec = "to: purpose, values: {求决（一）: seek_resolution}"
    texts = ("求决（一）", "求决(一)", "求⁠决（一）", "⽔")
    found = become(world, spec, "purpose", texts)
    assert found == ["seek_resolution"] * 3 + ["unknown"]
    assert [row[0] for row in world.refusals()] == [4]


def test_texts_lose_what_cannot_be_seen_with_a_remark_and_never_begin_a_formula(world: World):
    texts = ("已\u202e办结", "＝1+1", "@SUM(A1)", "+1", "-1", "x" * 601)
    found = become(world, "to: status_exported", "status_exported", texts)
    assert found == ["已办结", "E_FORMULA", "E_FORMULA", "E_FORMULA", "-1", "E_TOO_LONG"]
    assert (1, "status_exported", "W_CTRL_CHAR", "warning") in world.refusals()
