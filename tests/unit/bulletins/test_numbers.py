"""How a printed number is read: the forms of the table, each with its interval."""

from fractions import Fraction

import pytest

from pipelines.bulletins.numbers import read_number


@pytest.mark.parametrize(
    ("text", "low", "high", "ends", "unit"),
    [
        ("436批", 436, 436, "[]", "批"),
        ("1,731人次", 1731, 1731, "[]", "人次"),
        ("０件", 0, 0, "[]", "件"),
        ("20余万批", 200_000, 300_000, "[)", "批"),
        ("4100余次", 4_100, 4_200, "[)", "次"),
        ("13.2万余", 132_000, 133_000, "[)", ""),
        ("18万多", 180_000, 190_000, "[)", ""),
        ("70多万人次", 700_000, 800_000, "[)", "人次"),
        ("1.2万多人次", 12_000, 13_000, "[)", "人次"),
        ("约15万人次", 145_000, 155_000, "[)", "人次"),
        ("15万左右", 145_000, 155_000, "[)", ""),
        ("近20人", 10, 20, "(]", "人"),
        ("不到5000人次", 0, 5_000, "[)", "人次"),
        ("超过2000万元", 20_000_000, None, "()", "元"),
        ("逾300件", 300, None, "()", "件"),
        ("至少一次", 1, None, "[)", "次"),
        ("5000人次以下", 0, 5_000, "[]", "人次"),
        ("3个多月", 3, 4, "[)", "月"),
        ("一个多小时", 1, 2, "[)", "小时"),
        ("十几年", 10, 20, "[)", "年"),
        ("一百零五件", 105, 105, "[]", "件"),
        ("三千零五十件", 3050, 3050, "[]", "件"),
        ("两级", 2, 2, "[]", "级"),
        ("14个接待室", 14, 14, "[]", "接待室"),
        ("8毫秒至20毫秒", 8, 20, "[]", "毫秒"),
        ("1103.94万件", 11_039_350, 11_039_450, "[)", "件"),
        ("3134万", 31_335_000, 31_345_000, "[)", ""),
    ],
)
def test_counts(text: str, low: int, high: int | None, ends: str, unit: str) -> None:
    read = read_number(text)
    assert read is not None
    assert (read.range.low, read.range.high, read.range.ends, read.unit) == (low, high, ends, unit)


@pytest.mark.parametrize(
    ("text", "low", "high", "ends"),
    [
        ("52.78%", "0.52775", "0.52785", "[)"),
        ("９９.２％", "0.9915", "0.9925", "[)"),
        ("17%", "0.165", "0.175", "[)"),
        ("90%以上", "0.9", None, "[)"),
        ("下降1.49%", "-0.01495", "-0.01485", "(]"),
        ("−1.49%", "-0.01495", "-0.01485", "(]"),
        ("上升44.4%", "0.4435", "0.4445", "[)"),
        ("增加了17%", "0.165", "0.175", "[)"),
        ("7.8个百分点", "0.0775", "0.0785", "[)"),
        ("约30%", "0.25", "0.35", "[)"),
    ],
)
def test_percentages_are_fractions(text: str, low: str, high: str | None, ends: str) -> None:
    read = read_number(text)
    assert read is not None
    assert read.range.low == Fraction(low)
    assert read.range.high == (Fraction(high) if high else None)
    assert (read.range.ends, read.unit) == (ends, "%")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "数千里",
        "7批近20人",  # two numbers
        "约近20人",
        "约20余万",  # two words about one number
        "20余万多",
        "1,09,976",  # grouped as no Chinese text groups
        "二百五",  # 205 to one reader and 250 to another
        "五十百",
        "百",
        "近0人",
        "20至10人",
        "约8至20人",
        "2017-01-01",
        "三分之一",
    ],
)
def test_what_could_mean_two_things_is_not_read(text: str) -> None:
    assert read_number(text) is None
