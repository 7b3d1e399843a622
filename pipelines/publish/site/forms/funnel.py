"""Places against what was to be expected of their size: a funnel, never a rank.

Dots inside the limits are grey and have no name; only those beyond are marked and named.
"""

from math import log10, sqrt

from pipelines.publish.site.chart import Chart
from pipelines.publish.site.forms.traces import drawn_ends, hover_text, limit_line
from pipelines.publish.site.style import (
    GREY,
    INK,
    MUTED,
    NARROW,
    ORANGE,
    WIDE,
    Canvas,
    Json,
    Plot,
    Scale,
    base_axis,
    layout,
    note,
    scale_for,
    spread,
    value_axis,
)
from pipelines.publish.site.wording import Speaker


def draw_funnel(chart: Chart, speaker: Speaker) -> Plot:
    """Draw a chart of form `funnel`; each place is one series of one row."""
    scale = scale_for([each for series in chart.series for each in drawn_ends(series)], chart.unit)
    shown = sorted(
        (series.latest for series in chart.series if series.latest.is_shown),
        key=lambda row: row.n or 0,
    )
    sizes = [row.n for row in shown]
    limits = [limit_line(sizes, [getattr(row, end) for row in shown]) for end in ("low", "high")]
    wide, narrow = Canvas(WIDE, 380, 52, 40, 16, 52), Canvas(NARROW, 300, 44, 18, 16, 50)
    return Plot(
        [_places(chart, speaker), *limits],
        _layout(chart, speaker, wide, scale),
        _layout(chart, speaker, narrow, scale),
        [(0, at) for at in range(len(chart.series))],
    )


def _places(chart: Chart, speaker: Speaker) -> Json:
    beyond = [bool(series.latest.finding) for series in chart.series]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [series.latest.n if series.latest.is_shown else None for series in chart.series],
        "y": [series.number(series.latest) for series in chart.series],
        "text": [hover_text(series, series.latest, speaker) for series in chart.series],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "size": [11 if each else 7 for each in beyond],
            "symbol": ["diamond" if each else "circle" for each in beyond],
            "color": [ORANGE if each else GREY for each in beyond],
        },
    }


def _layout(chart: Chart, speaker: Speaker, canvas: Canvas, scale: Scale) -> Json:
    sizes = [series.latest.n or 1 for series in chart.series if series.latest.is_shown]
    low, high = min(sizes) * 0.8, max(sizes) * 1.25
    ticks = [
        times * 10**power
        for power in range(1, 8)
        for times in (1, 2, 5)
        if low <= times * 10**power <= high
    ][:: 2 if canvas.is_narrow else 1]
    line = {"color": MUTED, "width": 1.2}
    across = base_axis(
        type="log",
        range=[log10(low), log10(high)],
        tickvals=ticks,
        ticktext=[f"{tick:,}" for tick in ticks],
        title={"text": speaker.say("site.AXIS_SIZE"), "font": {"size": 12, "color": MUTED}},
    )
    return layout(canvas) | {
        "xaxis": across,
        "yaxis": value_axis(scale, speaker, chart.unit),
        "shapes": [
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": line}
        ],
        "annotations": _names(chart, speaker, canvas, scale, sqrt(low * high)),
    }


def _names(
    chart: Chart, speaker: Speaker, canvas: Canvas, scale: Scale, middle: float
) -> list[Json]:
    """Names of the places beyond the limits, towards the middle of the chart and kept apart."""
    beyond = [series for series in chart.series if series.latest.finding]
    gap = 16 * (scale.high - scale.low) / canvas.plot_height
    heights = spread([series.latest.value or 0.0 for series in beyond], gap)
    notes: list[Json] = []
    for series, y in zip(beyond, heights, strict=True):
        size = series.latest.n or 1
        side = {"xanchor": "right", "xshift": -9} if size > middle else {"xshift": 9}
        text = speaker.fact(series.label)
        notes.append(note(log10(size), y, text, color=INK, weight=600) | side)
    return notes
