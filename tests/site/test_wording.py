"""Numbers, dates and lists in two languages."""

from datetime import date

import pytest

from pipelines.publish.site.wording import (
    Amount,
    Fact,
    Interval,
    Listing,
    Names,
    Period,
    Range,
    Sentence,
    Speaker,
)
from pipelines.words import Lang, WordsError

ZH, EN = Speaker(Lang.ZH), Speaker(Lang.EN)


@pytest.mark.parametrize(
    ("fact", "zh", "en"),
    [
        (Amount(0.8826, "share"), "88.3%", "88.3%"),
        (Amount(1.0, "share"), "100.0%", "100.0%"),
        (Amount(38.0, "day"), "38天", "38 days"),
        (Amount(41634.0, "submission"), "41,634件次", "41,634 submissions"),
        (Amount(4.77, "batch_per_visit"), "4.8批次/场", "4.8 batches per visit"),
        (Amount(3.0, "sheep"), "3 sheep", "3 sheep"),
        (Range(0.858, 0.894, "share"), "85.8–89.4%", "85.8–89.4%"),
        (Interval(None, None, None, "share"), "", ""),
        (Interval(37, 39, 0.95, "day"), "（95%\u2060区间37–39天）", " (95% interval 37–39 days)"),
        (Names("甲市(虚构)", "Jia"), "甲市（虚构）", "Jia"),
        (1234, "1,234", "1,234"),
        (date(2026, 10, 1), "2026年10月1日", "1 October 2026"),
        (Listing((Names("甲", "A"), Names("乙", "B"))), "甲、乙", "A, B"),
        (
            Listing(
                ((Names("省级", "Province"), Amount(0.5, "share")), (Names("市级", "City"), 2))
            ),
            "省级50.0%，市级2",
            "Province 50.0%; City 2",
        ),
    ],
)
def test_a_fact_is_said_in_both_languages(fact: Fact, zh: str, en: str) -> None:
    assert (ZH.fact(fact), EN.fact(fact)) == (zh, en)


@pytest.mark.parametrize(
    ("kind", "start", "end", "zh", "en"),
    [
        ("month", (2026, 9, 1), (2026, 10, 1), "2026年9月", "September 2026"),
        ("quarter", (2026, 7, 1), (2026, 10, 1), "2026年第三季度", "Q3 2026"),
        ("half_year", (2026, 7, 1), (2027, 1, 1), "2026年下半年", "H2 2026"),
        ("year", (2025, 1, 1), (2026, 1, 1), "2025年", "2025"),
        ("ytd", (2026, 1, 1), (2026, 10, 1), "2026年1—9月", "January–September 2026"),
        ("ytd", (2026, 1, 1), (2026, 2, 1), "2026年1月", "January 2026"),
    ],
)
def test_a_period_ends_on_the_day_before_its_exclusive_end(
    kind: str, start: tuple[int, int, int], end: tuple[int, int, int], zh: str, en: str
) -> None:
    period = Period(kind, date(*start), date(*end))
    assert (ZH.period(period), EN.period(period)) == (zh, en)


def test_a_code_without_a_name_is_printed_as_it_is() -> None:
    assert ZH.code("source", "case_register") == "信访件登记表"
    assert ZH.code("source", "hotline_of_tomorrow") == "hotline_of_tomorrow"


def test_a_sentence_lacking_a_fact_fails_with_its_key() -> None:
    with pytest.raises(WordsError, match=r"site\.QUALITY_CHECKS"):
        EN.tell(Sentence("site.QUALITY_CHECKS", {"passed": 1}))


def test_what_was_found_is_said_with_the_week_since_which_it_stands():
    found = "confirmed since:2026-10-05"
    assert ZH.finding(found) == "连续两周超出、始于2026年10月5日当周"
    assert EN.finding(found) == "exceeds for two weeks, since the week of 5 October 2026"
    assert EN.since(found) == "since the week of 5 October 2026"
    assert EN.since("flagged by:2026-10-05") == "since the week of 5 October 2026 or earlier"
    assert EN.since("concern two_of_three") == ""
