"""The invented province: names, codes through time, boundary changes, and codes in the exports."""

import csv
import re

import pytest

from pipelines.settings import SHIPPED_REFERENCE

GEO = SHIPPED_REFERENCE / "geo"
KINDS = {"rename", "upgrade", "merge", "split", "carve_out", "transfer"}


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


REGIONS = rows(GEO / "regions_fictional.csv")
EVENTS = rows(GEO / "region_events_fictional.csv")
PLACES = rows(SHIPPED_REFERENCE / "fictional" / "places.csv")
OFFICES = rows(SHIPPED_REFERENCE / "fictional" / "offices.csv")


def valid_on(table, day):
    return [r for r in table if (r["valid_from"] or "0") <= day < (r["valid_to"] or "9")]


def codes_on(day):
    return {r["code"] for r in valid_on(REGIONS, day) if r["level"] == "county"}


def stem(name):
    return re.sub(r"(自治[县旗州]|地区|[新林特]区|[省市县区旗盟])$", "", name)


@pytest.mark.parametrize("table", ["regions", "region_events"])
def test_the_tables_have_the_columns_of_the_real_ones(table):
    headers = [
        (GEO / f"{table}_{kind}.csv").read_text(encoding="utf-8").splitlines()[0]
        for kind in ("zj", "fictional")
    ]
    assert headers[0] == headers[1]


def test_no_name_is_that_of_a_real_county_city_or_province():
    real = {stem(row["name_zh"]) for row in rows(GEO / "regions_cn.csv")}
    assert len(real) > 2000
    assert not {stem(row["name_zh"]) for row in REGIONS} & real


def test_names_are_told_apart_in_both_languages_on_every_day():
    for day in ("2003-01-01", "2013-10-18", "2026-10-31"):
        for name in ("name_zh", "name_en"):
            names = [row[name] for row in valid_on(REGIONS, day)]
            assert len(set(names)) == len(names)


def test_codes_begin_with_99_and_lie_in_their_city():
    for row in REGIONS:
        assert re.fullmatch(r"99\d{4}", row["code"])
        parent = {"county": row["code"][:4] + "00", "city": "990000", "province": ""}
        assert row["parent_code"] == parent[row["level"]]
    assert sum(row["level"] == "city" for row in REGIONS) == 11


def test_there_are_ninety_counties_but_for_the_years_between_a_merger_and_a_carve_out():
    counts = {
        day: len(codes_on(day))
        for day in ("2003-01-01", "2016-09-13", "2016-09-14", "2019-08-15", "2019-08-16")
    }
    assert list(counts.values()) == [90, 90, 90 - 1, 90 - 1, 90 - 1 + 1]
    assert len(codes_on("2026-10-31")) == 90


def test_one_row_of_a_code_is_valid_on_a_day():
    days = {row["valid_from"] for row in REGIONS} | {"2003-01-01", "2026-10-31"}
    for day in days - {""}:
        codes = [row["code"] for row in valid_on(REGIONS, day)]
        assert len(set(codes)) == len(codes)


def test_every_kind_of_boundary_change_occurs():
    assert {event["kind"] for event in EVENTS} == KINDS
    assert all("2003-01-01" < event["event_date"] < "2026-10-31" for event in EVENTS)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event['kind']}-{event['new_code']}")
def test_places_move_as_the_boundary_change_says(event):
    day = event["event_date"]
    before = {
        place["place"]: place["code"]
        for place in PLACES
        if (place["valid_from"] or "0") < day <= (place["valid_to"] or "9")
    }
    after = {place["place"]: place["code"] for place in valid_on(PLACES, day)}
    moved = {p for p in before if before[p] == event["old_code"] and after[p] == event["new_code"]}
    assert moved
    stays = {p for p in before if before[p] == event["old_code"]} - moved
    joins = {p for p in after if after[p] == event["new_code"]} - moved
    assert bool(stays) == (event["old_share"] == "part")
    assert bool(joins) == (event["new_share"] == "part")


def test_places_carry_exactly_the_codes_that_are_valid():
    days = {place["valid_from"] for place in PLACES} | {"2003-01-01", "2026-10-31"}
    for day in days - {""}:
        assert {place["code"] for place in valid_on(PLACES, day)} == codes_on(day)


def test_each_region_has_its_office():
    assert {office["region_code"] for office in OFFICES} == {row["code"] for row in REGIONS}
    assert len({office["office_id"] for office in OFFICES}) == len(OFFICES)
    for office in OFFICES:
        versions = [row for row in REGIONS if row["code"] == office["region_code"]]
        assert office["valid_from"] == min(row["valid_from"] for row in versions)
        assert (office["valid_to"] or "9") == max(row["valid_to"] or "9" for row in versions)


@pytest.mark.parametrize(
    ("table", "region", "office", "day"),
    [
        ("case_register", "问题属地", "登记机构", "登记时间"),
        ("receptions", "接待地", "接待机构", "接待时间"),
        ("leader_visits", "下访地", "组织机构", "下访日期"),
    ],
)
def test_exports_carry_the_code_and_office_of_their_own_day(demo, table, region, office, day):
    for column, key, known in (
        (region, "code", REGIONS),
        (office, "office_id", OFFICES),
    ):
        first_last = demo.rows(
            f"select {column}, min({day})[:10], max({day})[:10] from {table} "
            f"where {column} <> '999999' group by 1"
        )
        versions = {row[key]: [v for v in known if v[key] == row[key]] for row in known}
        for code, first, last in first_last:
            assert min(v["valid_from"] for v in versions[code]) <= first
            assert last < max(v["valid_to"] or "9" for v in versions[code])


def test_the_case_lies_in_the_city_that_sends_it(demo):
    assert demo.count("case_register", "问题属地 <> '999999' and 问题属地[3:4] <> sender[2:3]") == 0
