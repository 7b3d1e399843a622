"""What a text becomes: numbers of records, dates, whole numbers, labels, and nothing."""

from typing import Any

import pytest

from pipelines.privacy.pseudonyms import open_key, pseudonym
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import CASES_PATH, World, at, cases


def landed(world: World, column: str, header: str, spec: str, *texts: str) -> list[Any]:
    """Land one column of texts under a mapping of its own, and return what they became."""
    text = GOOD.replace("姓名: {personal: drop}", f"{header}: {{to: {column}, {spec}}}")
    world.mapping(text.replace('  办结: {to: case_events.close, dates: ["%Y-%m-%d"]}\n', ""))
    rows = [f'{n},F01,2026-01-05,"{value}"' for n, value in enumerate(texts)]
    world.drop("F01_own_20261031.csv", "\n".join((f"编号,机构,时间,{header}", *rows)))
    world.build()
    found = dict(world.rows("cases", f"record_no, {column}"))
    return [found.get(n, "refused") for n in range(1, len(texts) + 1)]


def test_spaces_around_a_number_do_not_make_another_number(world: World):
    found = cases("A1 ,M1,F0101,2026-01-05,1", "\u3000A1,M1 ,F0101\t,2026-01-05, 1")
    world.drop(CASES_PATH, found)
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
            ["refused"] * 5,
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
            [12, 12, 3, -3, 12, *["refused"] * 3, 12, "refused", None, "refused"],
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
