"""Figures for every series of the shipped pages that the story of `world` does not tell.

They are made up from the unit alone, so that a page that asks for one more indicator is built,
read and looked at like the others. One category of each breakdown is hidden.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pipelines.engine.indicator import Indicator, Measure, load_indicators
from pipelines.publish.site.forms.flow import PLACES, RESULTS
from pipelines.publish.site.pages import load_pages
from pipelines.settings import PACKAGE, PROJECT
from tests.site.world import CHANNELS, Figure, Span, spans

CATEGORIES = {
    "tier": ("province", "city", "county"),
    "tier_first": ("city", "county", "township", "village"),
    "target": ("petition_office", "handling_unit"),
    "channel": CHANNELS,
    "content_code": ("land", "rural", "health", "environment", "transport"),
    "flow": tuple(f"{a}_{b}_{result}" for a in PLACES for b in PLACES for result in RESULTS[:2]),
}
FIRST = 2012
KINDS = ("month", "year", "ytd")


def rest(told: list[Figure]) -> list[Figure]:
    """Figures of all measures that pages draw or state and that are not among those told."""
    province = [row for row in told if row.level == "province"]
    known = {(row.indicator, row.measure, row.by_name) for row in province}
    rng = np.random.default_rng(20261031)
    return [
        figure
        for kind in KINDS
        for span in spans(kind)
        if span.start.year >= FIRST
        for indicator, measure, by in sorted(_asked() - known)
        for figure in _figures(indicator, measure, by, span, rng)
    ]


INDICATORS = load_indicators(PACKAGE / "indicators")


def _asked() -> set[tuple[str, str, str]]:
    """Indicator, measure and breakdown of every series and pick of the pages."""
    pages = load_pages(PROJECT / "reports" / "pages")
    charts = [chart for page in pages for chart in page.charts if not chart.method]
    picks = [pick for page in pages for pick in (*page.headline.values(), *page.points)]
    names = [(name, chart.by) for chart in charts for name in chart.series]
    names += [(pick.series, "") for pick in picks if not pick.method]
    return {
        (name.indicator, name.measure or INDICATORS[name.indicator].headline.name, by)
        for name, by in names
    }


def _figures(
    indicator: str, measure: str, by: str, span: Span, rng: np.random.Generator
) -> Iterator[Figure]:
    definition = INDICATORS[indicator]
    [found] = [each for each in definition.measures if each.name == measure]
    if not by:
        yield _figure(definition, found, span, 900, rng)
    elif span.kind == "year":
        for code in CATEGORIES[by]:
            figure = _figure(definition, found, span, 120, rng).by(by, code)
            yield figure.without("hidden") if code == CATEGORIES[by][1] else figure


def _figure(
    definition: Indicator, measure: Measure, span: Span, size: int, rng: np.random.Generator
) -> Figure:
    new = replace(span.new(definition.id, measure.name), unit=measure.unit)
    if measure.unit == "share":
        return new.share(int(size * rng.uniform(0.3, 0.9)), size)
    value = round(float(rng.uniform(2, 60)), 1)
    return replace(new, value=value, low=value * 0.9, high=value * 1.1, conf_level=0.95, n=size)
