"""Page files: the shipped ones can be used, a wrong one is refused with what to write."""

from pathlib import Path

import pytest

from pipelines.engine.indicator import load_indicators
from pipelines.publish.site.forms import FORMS
from pipelines.publish.site.pages import (
    Cards,
    PageError,
    Prose,
    Section,
    SeriesName,
    load_page,
    load_pages,
)
from pipelines.settings import PACKAGE, PROJECT
from pipelines.words import load_words

FRONT = """---
order: 4
title: {zh: "样页", en: "Sample"}
question: {zh: "问", en: "What?"}
audience: {zh: "谁", en: "anyone"}
---
"""
CHART = """:::chart
id: a-chart
form: lines
series: submission_count
question: {zh: "问", en: "What?"}
:::
"""


def page(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sample.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_pages_name_known_indicators_measures_and_forms() -> None:
    indicators = load_indicators(PACKAGE / "indicators")
    for shipped in load_pages(PROJECT / "reports" / "pages"):
        picks = (*shipped.headline.values(), *shipped.points)
        names = [name for chart in shipped.charts if not chart.method for name in chart.series]
        names += [pick.series for pick in picks if not pick.method]
        methods = {each.method for each in (*shipped.charts, *picks) if each.method}
        assert all(f"methods.{method}_title" in load_words() for method in methods)
        for name in names:
            measures = {measure.name for measure in indicators[name.indicator].measures}
            assert name.measure in measures | {""}, name
        for chart in shipped.charts:
            assert chart.form in FORMS
            if not chart.method:
                assert chart.by in {"", *indicators[chart.series[0].indicator].by}


def test_what_has_no_direction_is_listed_by_code_and_never_painted() -> None:
    """Tiles and small multiples compare places; of what has no direction, only volume is there."""
    indicators = load_indicators(PACKAGE / "indicators")
    for shipped in load_pages(PROJECT / "reports" / "pages"):
        for chart in shipped.charts:
            indicator = indicators.get(chart.series[0].indicator)  # none: a method of its own
            neither = indicator is None or indicator.better.value == "neither"
            if neither and chart.level != "province":
                assert chart.form == "multiples" or chart.only_found, chart.id


def test_pages_stand_in_the_order_that_they_state() -> None:
    pages = load_pages(PROJECT / "reports" / "pages")
    assert [shipped.name for shipped in pages] == [
        *("overview", "visits", "effect", "timeliness", "stock", "outcome", "tiers", "process"),
        *("platforms", "trends", "regions", "categories", "quality"),
    ]


def test_a_page_is_read_block_by_block(tmp_path: Path) -> None:
    blocks = ":::zh\n你好\n:::\n:::en\nHello\n:::\n:::section\nchecks\n:::\n"
    blocks += ":::cards\n- {value: open_stock.open, periods: [month], mature_days: 9}\n:::\n"
    prose, section, cards, chart = load_page(page(tmp_path, FRONT + blocks + CHART)).parts
    assert isinstance(prose, Prose)
    assert (prose.text.zh, prose.text.en) == ("你好", "Hello")
    assert section == Section("checks")
    assert isinstance(cards, Cards)
    assert cards.picks[0].mature_days == 9
    assert chart.series == (SeriesName("submission_count"),)


def test_a_series_names_indicator_measure_and_part() -> None:
    assert SeriesName.parse("a.b:numerator") == SeriesName("a", "b", "numerator")
    assert SeriesName.parse("a") == SeriesName("a", "", "value")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("no front matter", "begins with front matter"),
        (FRONT.replace("order: 4\n", ""), "key `order` is missing"),
        (FRONT.replace("order: 4", "order: 4\ncolour: red"), "unknown key `colour`"),
        (FRONT.replace('{zh: "问", en: "What?"}', '{zh: "问"}'), "`zh` and `en` are both needed"),
        (FRONT.replace("order: 4", "order: [4"), "not valid YAML"),
        (FRONT.replace("order: 4", "order: 4\npoints: [a, b, c, d]"), "at most three"),
        (FRONT + "stray text\n" + CHART, "text outside a block"),
        (FRONT + ":::poem\n:::\n", "a block opens with one of"),
        (FRONT + ":::zh\n你好\n", "not closed"),
        (FRONT + ":::zh\n你好\n:::\n", "no `:::en` block"),
        (FRONT + ":::zh\n你好\n:::\n" + CHART, "no `:::en` block"),
        (FRONT + CHART.replace("form: lines\n", ""), "key `form` is missing"),
    ],
)
def test_a_wrong_page_is_refused_with_its_name_and_fault(
    tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(PageError, match=fault) as refused:
        load_page(page(tmp_path, text))
    assert str(refused.value).startswith("sample.md: ")


def test_two_charts_of_a_site_must_not_share_an_id(tmp_path: Path) -> None:
    page(tmp_path, FRONT + CHART)
    (tmp_path / "other.md").write_text(FRONT + CHART, encoding="utf-8")
    with pytest.raises(PageError, match="`a-chart` is used twice"):
        load_pages(tmp_path)


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="there is no page"):
        load_pages(tmp_path)
