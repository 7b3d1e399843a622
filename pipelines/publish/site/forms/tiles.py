"""One tile for each city in its rough place, with its figure and interval, as SVG of our own.

Tiles instead of borders: a border file would have to be reviewed, and area is not importance. All
tiles share one colour: a colour would claim a difference that only a funnel plot can establish.
"""

import csv
from dataclasses import dataclass
from functools import cache

from pipelines.publish.site.chart import Chart, Series
from pipelines.publish.site.style import Scale, scale_for
from pipelines.publish.site.wording import Speaker
from pipelines.settings import SHIPPED_REFERENCE

WIDTH, HEIGHT, GAP = 136, 104, 10


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile, in pixels of the drawing.

    Attributes:
        bar: left end and width of the interval, within the tile; empty without one.
        dot: position of the figure on the same scale.
        total: position of the whole province.
    """

    x: int
    y: int
    name: str
    figure: str
    below: str
    bar: tuple[float, float] | None
    dot: float | None
    total: float | None
    is_shown: bool


@dataclass(frozen=True, slots=True)
class TileGrid:
    """All tiles and the size of the drawing."""

    tiles: tuple[Tile, ...]
    width: int
    height: int
    low: str
    high: str


@cache
def grid_positions(region_set: str) -> dict[str, tuple[int, int]]:
    """Column and row of each city of a region set; empty where no grid has been drawn up."""
    path = SHIPPED_REFERENCE / "geo" / f"tilegrid_cities_{region_set}.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: (int(row["col"]), int(row["row"])) for row in csv.DictReader(lines)}


def has_grid(chart: Chart, region_set: str) -> bool:
    """Whether every place of a chart has a tile."""
    positions = grid_positions(region_set)
    return all(series.latest.region_code in positions for series in chart.series)


def draw_tiles(chart: Chart, speaker: Speaker, region_set: str) -> TileGrid:
    """Lay out a chart of form `tiles`; each city is one series with one row."""
    positions = grid_positions(region_set)
    ends = [
        end
        for series in chart.series
        for end in (series.latest.low, series.latest.high, series.latest.value)
        if end is not None
    ]
    scale = scale_for(ends, chart.unit, 4, is_closed=True)
    tiles = tuple(
        _tile(chart, series, speaker, scale, positions[series.latest.region_code])
        for series in chart.series
    )
    return TileGrid(
        tiles,
        width=max(tile.x for tile in tiles) + WIDTH + 2,
        height=max(tile.y for tile in tiles) + HEIGHT + 2,
        low=speaker.amount(scale.low, chart.unit),
        high=speaker.amount(scale.high, chart.unit),
    )


def _tile(
    chart: Chart, series: Series, speaker: Speaker, scale: Scale, place: tuple[int, int]
) -> Tile:
    row = series.latest
    number = series.number(row)
    below, bar = "", None
    if number is None:
        figure = speaker.absence(row)
    else:
        figure = speaker.short(number, row.unit)
        if row.low is not None and row.high is not None:
            below = f"{speaker.number(row.low, row.unit)}–{speaker.number(row.high, row.unit)}"
            left = _across(row.low, scale)
            bar = (left, round(_across(row.high, scale) - left, 1))
    total = chart.benchmark.value if chart.benchmark else None
    return Tile(
        x=1 + place[0] * (WIDTH + GAP),
        y=1 + place[1] * (HEIGHT + GAP),
        name=speaker.fact(series.label),
        figure=figure,
        below=below,
        bar=bar,
        dot=None if number is None else _across(number, scale),
        total=None if total is None or number is None else _across(total, scale),
        is_shown=number is not None,
    )


def _across(number: float, scale: Scale) -> float:
    """Position on the tile's own axis, which leaves 12 pixels at both ends."""
    share = (number - scale.low) / (scale.high - scale.low)
    return round(12 + share * (WIDTH - 24), 1)
