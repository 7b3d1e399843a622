"""Headlines follow from the rows: one golden sentence for each branch, in both languages."""

import re
from dataclasses import replace
from datetime import date

import pytest

from pipelines.publish.site.chart import Chart, Resolver
from pipelines.publish.site.dictionary import Break
from pipelines.publish.site.headlines import chart_headline, page_headline, point, statement
from pipelines.publish.site.pages import Page, Pick, SeriesName, load_page
from pipelines.publish.site.tables import chart_table
from pipelines.publish.site.values import COLUMNS, Value
from pipelines.publish.site.wording import Names, Sentence, Speaker
from pipelines.settings import PROJECT
from pipelines.words import Lang, load_words
from tests.site.world import Figure

ZH, EN = Speaker(Lang.ZH), Speaker(Lang.EN)
YEAR = Figure("any_rate", "rate", "year", date(2025, 1, 1), date(2026, 1, 1))
TITLE = Names("按期率", "In time")
FORBIDDEN = ("上升", "下降", "好转", "恶化", "增长", "rose", "fell", "better", "worse", "improv")


def row(figure: Figure) -> Value:
    return Value(**{name: getattr(figure, name) for name in COLUMNS if hasattr(figure, name)})


def both(sentence: Sentence) -> tuple[str, str]:
    return ZH.tell(sentence).replace("\u2060", ""), EN.tell(sentence)


@pytest.mark.parametrize(
    ("figure", "zh", "en"),
    [
        (
            YEAR.share(900, 1000),
            "2025年按期率为90.0%（95%区间88.0–91.7%）",
            "In time, 2025: 90.0% (95% interval 88.0–91.7%)",
        ),
        (
            replace(YEAR.share(900, 1000), low=None, high=None),
            "2025年按期率为90.0%",
            "In time, 2025: 90.0%",
        ),
        (
            replace(YEAR.share(900, 1000), low=None, high=None, flags="p"),
            "2025年按期率为90.0%（暂定）",
            "In time, 2025: 90.0% (provisional)",
        ),
        (
            YEAR.without("hidden"),
            "2025年按期率不公布[c]",
            "In time, 2025: not published [c]",
        ),
        (
            YEAR.without("not_available"),
            "2025年按期率没有可用数字",
            "In time, 2025: no figure available",
        ),
        (
            YEAR.without("too_few"),
            "2025年按期率数量不足以估计",
            "In time, 2025: too few to estimate",
        ),
        (
            YEAR.without("not_reached"),
            "2025年按期率尚未达到：截至导出时办结的还不到半数",
            "In time, 2025: not reached yet, fewer than half were closed at the extract",
        ),
        (
            replace(YEAR, indicator="resolution_time_median", measure="p50").days(37, 38, 39, 900),
            "2025年登记的信访件，半数在38天内办结（95%区间37–39天）",
            "Half of the matters registered in 2025 were closed within 38 days "
            "(95% interval 37–39 days)",
        ),
    ],
)
def test_a_statement_follows_state_interval_and_flags(figure: Figure, zh: str, en: str) -> None:
    assert both(statement(row(figure), TITLE)) == (zh, en)


def test_a_hidden_row_says_nothing_of_its_number_even_if_it_has_one() -> None:
    leaked = replace(YEAR.share(7, 1000), state="hidden")
    assert not re.search(r"0\.7|\b7\b", " ".join(both(statement(row(leaked), TITLE))))


@pytest.mark.parametrize(
    ("share", "words"),
    [(340, "；参评率仅34.0%，不代表未参评者"), (600, "；参评率60.0%")],
)
def test_a_small_participation_is_said_in_the_same_sentence(share: int, words: str) -> None:
    class Beside(Resolver):
        def __init__(self) -> None:
            pass

        def beside(self, value: Value, measure: str) -> Value | None:
            return replace(row(YEAR.share(share, 1000)), unit=value.unit, measure=measure)

    said = point(Beside(), row(YEAR.share(280, 340)), TITLE)
    assert ZH.tell(said).endswith(words)


def overview(**headline: Pick) -> Page:
    page = load_page(PROJECT / "reports" / "pages" / "overview.md")
    return replace(page, headline=headline) if headline else page


def year(name: str) -> Pick:
    return Pick(SeriesName.parse(name), ("year",))


def test_a_page_headline_names_all_its_figures(resolver: Resolver) -> None:
    facts = {name: resolver.pick(pick) for name, pick in overview().headline.items()}
    zh, en = both(page_headline(resolver, overview()))
    ontime, duty = facts["ontime"], facts["duty"]
    assert ontime is not None
    assert duty is not None
    assert zh == (
        f"2026年1—9月，到期信访事项{100 * (ontime.value or 0):.1f}%按期办结，"
        f"{duty.denominator}个应接访期次中{duty.numerator}个达到规定频次"
    )
    assert f"{duty.numerator} of {duty.denominator}" in en


def test_a_page_headline_leaves_out_what_has_no_figure(resolver: Resolver) -> None:
    class Half(Resolver):
        def __init__(self) -> None:
            pass

        definition = resolver.definition

        def pick(self, pick: Pick) -> Value | None:
            hidden = pick.series.indicator == "visit_duty_compliance"
            found = resolver.pick(pick)
            return replace(found, state="hidden", value=None) if found and hidden else found

    zh, _ = both(page_headline(Half(), overview()))
    assert zh.startswith("2026年1—9月按期办结率为")
    assert "期次" not in zh


def test_a_provisional_figure_is_called_so_in_the_headline(resolver: Resolver) -> None:
    page = load_page(PROJECT / "reports" / "pages" / "timeliness.md")
    figure = resolver.pick(page.headline["median"])
    assert figure is not None
    assert "p" in figure.flags
    zh, en = both(page_headline(resolver, page))
    assert zh.endswith("天）（暂定）")
    assert en.endswith("(provisional)")


def test_a_page_without_figures_says_so(resolver: Resolver) -> None:
    page = overview(nothing=year("ontime_closure_rate.no_such_measure"))
    assert both(page_headline(resolver, page))[0] == "概览：尚无可公布的数字"


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, ""), (1, "；口径变过1次，前后两段不可直接比较"), (2, "；口径变过2次，各段不可直接比较")],
)
def test_a_trend_says_that_stretches_do_not_compare(
    charts: dict[str, Chart], count: int, words: str
) -> None:
    cut = Break(date(2014, 1, 1), "definition", Names("断点", "Break"), ("*",))
    rule = replace(cut, kind="rule")
    chart = replace(charts["trend-province"], breaks=(rule, *[cut] * count))
    zh = both(chart_headline(chart))[0]
    assert zh.endswith("场次" + words)


def test_a_chart_of_places_gives_the_range_and_counts_those_without_a_figure(
    charts: dict[str, Chart],
) -> None:
    zh, en = both(chart_headline(charts["ontime-cities"]))
    assert re.fullmatch(r"2025年，9个市的按期办结率在\d\d\.\d–\d\d\.\d%之间，另有2个没有数字", zh)
    assert en.endswith("over 9; no figure for 2")


def test_both_languages_state_the_same_figures(charts: dict[str, Chart]) -> None:
    for chart in charts.values():
        zh, en = both(chart_headline(chart))
        assert numbers(zh) == numbers(en) != set(), chart.spec.id


def numbers(text: str) -> set[str]:
    """Figures and years; how many places or breaks there are may be a word in one language."""
    return set(re.findall(r"\d+[.,][\d.,]*\d|\d{4}", text))


def test_flipping_a_figure_flips_the_headline(charts: dict[str, Chart]) -> None:
    chart = charts["on-spot"]
    series = chart.series[0]
    other = replace(series.latest, value=0.5)
    changed = replace(chart, series=(replace(series, rows=(*series.rows[:-1], other)),))
    assert both(chart_headline(chart)) != both(chart_headline(changed))


def test_no_sentence_of_the_site_claims_a_rise_or_a_fall() -> None:
    claims = [
        (key, word)
        for key, pair in load_words().items()
        if key.startswith(("site.SAY", "site.POINT", "site.HEAD", "site.CHART", "site.RANGE"))
        for sentence in pair.values()
        for word in FORBIDDEN
        if word in sentence
    ]
    assert claims == []


def test_a_share_in_time_is_said_to_meet_or_miss_what_the_rule_asks(
    charts: dict[str, Chart],
) -> None:
    chart = charts["ontime-control"]
    assert chart.assurance is not None
    assert chart.assurance.expected == 1.0
    zh, en = both(chart_headline(chart))
    assert "照现在的做法" in zh
    assert "100.0%" in zh
    assert "as work is done now" in en
    assert charts["on-spot-control"].assurance is None


def test_places_of_a_funnel_stand_in_its_table_with_their_shrunken_ratios(
    charts: dict[str, Chart],
) -> None:
    chart = charts["ontime-funnel"]
    grid = chart_table(chart, Speaker(Lang.EN))
    at = [head.label for head in grid.heads].index("Shrunken ratio")
    for series, row in zip(chart.series, grid.rows, strict=True):
        ratio = series.shrunken
        assert (ratio is not None) == series.latest.is_shown
        assert bool(row[at]) == bool(row[at + 1]) == series.latest.is_shown
        if ratio is not None:
            assert ratio.region_code == series.latest.region_code
            assert row[at] == f"{round(ratio.value or 0, 2):g}"


def test_kinds_of_days_are_told_with_their_signs_and_the_clear_ones_alone(
    charts: dict[str, Chart],
) -> None:
    chart = charts["trend-calendar"]
    zh, en = both(chart_headline(chart))
    assert re.match(r"登记与平常相比：周末−7\d\.\d%，放假日（春节除外）−6\d\.\d%", zh)
    assert re.search(r"8th to 21st day \+2\d\.\d%", en)
    unclear = replace(chart.series[0], rows=(replace(chart.series[0].latest, finding=""),))
    zh, _ = both(chart_headline(replace(chart, series=(unclear, *chart.series[1:]))))
    assert "：周末" not in zh
