"""The page about the effect of visits claims an effect where one is planted, and only there."""

import numpy as np
import pytest

from pipelines.estimates.table import write_estimates
from pipelines.estimates.visits import visit_effects
from pipelines.privacy.policy import load_policy
from pipelines.publish.site.chart import Resolver
from pipelines.publish.site.dictionary import Dictionary
from pipelines.publish.site.headlines import page_headline
from pipelines.publish.site.pages import load_page
from pipelines.publish.site.values import Figures
from pipelines.publish.site.wording import Amount, Interval, Sentence, Speaker
from pipelines.settings import PROJECT
from pipelines.words import Lang
from tests.unit.estimates.world import AS_OF, add_cases, staging

PAGE = load_page(PROJECT / "reports" / "pages" / "effect.md")


def headline(*, effect: float, cases: int) -> Sentence:
    con = staging()
    con.execute(
        "insert into public.indicator_values (indicator, measure, level, region_code, region_zh, "
        "basis, period_kind, period_start, period_end, by_name, by_value, unit, state) values "
        "('a', 'a', 'province', '990000', '云泽省', 'as_was', 'year', '2025-01-01', "
        "'2026-01-01', '', '', 'share', 'hidden')"
    )
    add_cases(con, effect=effect, cases=cases)
    write_estimates(con, visit_effects(con, AS_OF, load_policy()))
    return page_headline(Resolver(Figures(con), Dictionary(con), AS_OF), PAGE)


def test_a_planted_effect_is_stated_with_an_interval_that_holds_it():
    said = headline(effect=0.4, cases=120_000)
    assert said.key == "site.HEAD_effect_above"
    interval, size = said.facts["pace_interval"], said.facts["pace_size"]
    assert isinstance(interval, Interval)
    assert isinstance(size, Amount)
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low <= np.expm1(0.4) <= interval.high
    assert "faster" in Speaker(Lang.EN).tell(said)


def test_with_nothing_planted_the_page_says_that_there_is_no_reliable_difference():
    said = headline(effect=0.0, cases=120_000)
    assert said.key == "site.HEAD_effect_unclear"
    assert "No reliable difference" in Speaker(Lang.EN).tell(said)
    assert "没有可靠的差别" in Speaker(Lang.ZH).tell(said)


@pytest.mark.parametrize("cases", [60])
def test_where_the_data_cannot_say_the_page_says_why(cases: int):
    said = headline(effect=0.4, cases=cases)
    assert said.key in {"site.HEAD_effect_absent", "site.HEAD_effect_unclear"}
    assert Speaker(Lang.EN).tell(said)
