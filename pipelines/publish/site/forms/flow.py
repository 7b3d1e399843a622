"""Where things begin and where they end, as a small table for each outcome, shaded by size.

A table instead of a Sankey diagram: it can be read aloud, needs no script and fits a phone. The
shade says how much and nothing else; where disputes go has no good direction.
"""

from dataclasses import dataclass

from pipelines.publish.site.chart import Chart
from pipelines.publish.site.values import Value
from pipelines.publish.site.wording import Speaker

PLACES = ("village", "township", "county")
RESULTS = ("resolved", "ended", "standing")
SHADES = (0.01, 0.03, 0.1, 0.2, 0.35)  # from each of these shares on the shade is a step darker


@dataclass(frozen=True, slots=True)
class FlowCell:
    """One cell: its figure, its count, and how dark it is, from 0 to the number of `SHADES`."""

    figure: str
    count: str
    shade: int


@dataclass(frozen=True, slots=True)
class FlowBlock:
    """The table of one outcome: a row for each beginning, a cell for each place it got to."""

    title: str
    rows: tuple[tuple[str, tuple[FlowCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class FlowTable:
    """The tables of all outcomes, with the heads that they share."""

    corner: str
    heads: tuple[str, ...]
    blocks: tuple[FlowBlock, ...]


def draw_flow(chart: Chart, speaker: Speaker) -> FlowTable:
    """Lay out a chart of form `flow`, whose categories are `<first>_<last>_<result>`.

    A way that nothing took in the period has no row in the release, and its cell is empty.
    """
    rows = {series.latest.by_value: series.latest for series in chart.series}
    names = [speaker.say(f"site.FLOW_{place}") for place in PLACES]
    blocks = [
        FlowBlock(
            title=speaker.say(f"site.FLOW_{result}"),
            rows=tuple(
                (
                    name,
                    tuple(_cell(rows.get(f"{first}_{last}_{result}"), speaker) for last in PLACES),
                )
                for first, name in zip(PLACES, names, strict=True)
            ),
        )
        for result in RESULTS
    ]
    return FlowTable(speaker.say("site.FLOW_CORNER"), tuple(names), tuple(blocks))


def _cell(row: Value | None, speaker: Speaker) -> FlowCell:
    if row is None:
        return FlowCell("–", "", 0)
    if row.value is None:
        return FlowCell(speaker.absence(row), "", 0)
    count = "" if row.numerator is None else f"{row.numerator:,}"
    shade = sum(row.value >= least for least in SHADES)
    return FlowCell(speaker.short(row.value, row.unit), count, shade)
