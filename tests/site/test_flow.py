"""The tables of a flow: every cell is a published row, a mark, or a dash; shade means size."""

from dataclasses import replace

import pytest

from pipelines.publish.site.chart import Chart, Series
from pipelines.publish.site.forms.flow import PLACES, RESULTS, SHADES, draw_flow
from pipelines.publish.site.headlines import chart_headline
from pipelines.publish.site.wording import Speaker
from pipelines.words import Lang
from tests.site.rest import CATEGORIES

ZH, EN = Speaker(Lang.ZH), Speaker(Lang.EN)


@pytest.fixture
def flow(charts: dict[str, Chart]) -> Chart:
    return charts["tier-flow"]


def with_value(chart: Chart, way: str, **change: object) -> Chart:
    """The chart with the row of one way changed."""

    def changed(series: Series) -> Series:
        rows = (replace(row, **change) if row.by_value == way else row for row in series.rows)
        return replace(series, rows=tuple(rows))

    return replace(chart, series=tuple(map(changed, chart.series)))


def cell(chart: Chart, way: str):
    first, last, result = way.split("_")
    block = draw_flow(chart, EN).blocks[RESULTS.index(result)]
    return block.rows[PLACES.index(first)][1][PLACES.index(last)]


def test_every_cell_is_a_row_a_mark_or_a_dash(flow: Chart) -> None:
    rows = {series.latest.by_value: series.latest for series in flow.series}
    for first in PLACES:
        for last in PLACES:
            for result in RESULTS:
                way = f"{first}_{last}_{result}"
                found = cell(flow, way)
                if way not in rows:
                    assert (found.figure, found.count, found.shade) == ("–", "", 0)
                elif rows[way].is_shown:
                    assert found.figure == f"{100 * rows[way].value:.1f}%"
                    assert found.count == f"{rows[way].numerator:,}"
                else:
                    assert (found.figure, found.count, found.shade) == ("[c]", "", 0)
    assert set(rows) == set(CATEGORIES["flow"])


@pytest.mark.parametrize(
    ("share", "shade"), [(0.0, 0), (0.0099, 0), (0.01, 1), (0.1, 3), (0.349, 4), (0.9, 5)]
)
def test_the_shade_grows_with_the_share(flow: Chart, share: float, shade: int) -> None:
    assert (
        cell(
            with_value(flow, "village_village_resolved", value=share), "village_village_resolved"
        ).shade
        == shade
    )
    assert len(SHADES) == 5


def test_the_headline_states_what_was_resolved_where_it_began(flow: Chart) -> None:
    changed = flow
    for place, share in zip(PLACES, (0.061, 0.153, 0.523), strict=True):
        changed = with_value(changed, f"{place}_{place}_resolved", value=share)
    assert ZH.tell(chart_headline(changed)) == (
        "2025年开始的纠纷，6.1%在村（社区）就地化解，15.3%在乡镇（街道）就地化解，"
        "52.3%起于县及以上、也在县及以上化解"
    )
    hidden = with_value(changed, "village_village_resolved", value=None, state="hidden")
    assert "在村（社区）就地化解" not in ZH.tell(chart_headline(hidden))
