"""Shares by days since the beginning: curves of cohorts, or the ways to end, one on the other.

Points are the days that the release prints; between them nobody knows, so lines are straight.
"""

from itertools import pairwise

from pipelines.publish.site.chart import Chart, Series
from pipelines.publish.site.forms.traces import hover_text, whiskers
from pipelines.publish.site.style import (
    BLUE,
    GREY,
    NARROW,
    ORANGE,
    PAPER,
    SERIES,
    TEAL,
    WIDE,
    Canvas,
    Json,
    Plot,
    Scale,
    base_axis,
    layout,
    note,
    spread,
    value_axis,
)
from pipelines.publish.site.values import Value
from pipelines.publish.site.wording import PERCENT, Speaker

WHOLE = Scale(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
TICKS = (0, 30, 60, 90, 180, 365)
LABEL_GAP, KEY_LINE = 17, 19
LAYERS = (BLUE, TEAL, "#5f8fb4", GREY, "#9aa5ae", ORANGE)


def draw_curves(chart: Chart, speaker: Speaker) -> Plot:
    """Draw a chart of form `curves`: one line for each cohort, with intervals."""
    looks = list(SERIES[: len(chart.series)][::-1])
    data = [
        _line(series, speaker, colour) | {"marker": _marker(series, colour, symbol)}
        for series, (colour, symbol) in zip(chart.series, looks, strict=True)
    ]
    colours = [colour for colour, _ in looks]
    ends = [series.number(series.latest) or 0.0 for series in chart.series]
    return _plot(chart, speaker, data, colours, ends)


def draw_stacked(chart: Chart, speaker: Speaker) -> Plot:
    """Draw a chart of form `stacked`: one layer for each way to end, with its own interval."""
    data = [
        _line(series, speaker, colour)
        | {
            "stackgroup": "ends",
            "fillcolor": _pale(colour),
            "marker": _marker(series, colour, "circle"),
        }
        for series, colour in zip(chart.series, LAYERS, strict=False)
    ]
    tops = [0.0]
    for series in chart.series:
        tops.append(tops[-1] + (series.number(series.latest) or 0.0))
    middles = [(low + high) / 2 for low, high in pairwise(tops)]
    return _plot(chart, speaker, data, list(LAYERS[: len(data)]), middles)


def _line(series: Series, speaker: Speaker, colour: str) -> Json:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [_day(row) for row in series.rows],
        "y": [series.number(row) for row in series.rows],
        "text": [hover_text(series, row, speaker, _lead(row, speaker)) for row in series.rows],
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"color": colour, "width": 2},
        "error_y": whiskers(series, list(series.rows)),
    }


def _marker(series: Series, colour: str, symbol: str) -> Json:
    hollow = [PAPER if "p" in row.flags else colour for row in series.rows]
    return {"size": 5.5, "symbol": symbol, "color": hollow, "line": {"color": colour, "width": 1.5}}


def _pale(colour: str) -> str:
    """The colour thinned, so that intervals can be seen on it."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({','.join(map(str, parts))},.35)"


def _lead(row: Value, speaker: Speaker) -> str:
    return speaker.say("site.DAY", day=row.by_value)


def _day(row: Value) -> int:
    return int(row.by_value)


def _plot(
    chart: Chart, speaker: Speaker, data: list[Json], colours: list[str], ends: list[float]
) -> Plot:
    names = [speaker.fact(series.label) for series in chart.series]
    room = 24 + max(map(len, names)) * (14 if speaker.is_zh else 7)
    keys = 8 + KEY_LINE * len(names)
    wide, narrow = Canvas(WIDE, 360, 52, room, 16, 52), Canvas(NARROW, 300 + keys, 44, 16, keys, 50)
    steps = [(at, point) for at, trace in enumerate(data) for point in range(len(trace["x"]))]
    beside = [
        note(1, y, name, xref="paper", xshift=7, color=colour, weight=700)
        for y, name, colour in zip(
            spread(ends, LABEL_GAP / wide.plot_height), names, colours, strict=True
        )
    ]
    above = [
        note(0, 1, f"■ {name}", xref="paper", yref="paper", yanchor="top", color=colour, weight=600)
        | {"xshift": -narrow.left + 6, "yshift": keys - KEY_LINE * at}
        for at, (name, colour) in enumerate(zip(names, colours, strict=True))
    ]
    return Plot(
        data, _layout(chart, speaker, wide, beside), _layout(chart, speaker, narrow, above), steps
    )


def _layout(chart: Chart, speaker: Speaker, canvas: Canvas, notes: list[Json]) -> Json:
    last = max(_day(row) for row in chart.rows)
    ticks = [tick for tick in TICKS if tick <= last and not (canvas.is_narrow and tick == 30)]
    across = base_axis(
        range=[-0.02 * last, 1.02 * last],
        tickvals=ticks,
        ticktext=[str(tick) for tick in ticks],
        title={"text": speaker.say("site.AXIS_DAYS"), "font": {"size": 12}},
    )
    return layout(canvas) | {
        "xaxis": across,
        "yaxis": value_axis(WHOLE, speaker, PERCENT),
        "annotations": notes,
    }
