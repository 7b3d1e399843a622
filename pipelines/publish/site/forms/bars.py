"""Categories with long names as bars, the name above each bar: steps, ways and rules.

In the order of the code list, which for steps is that of the law.
"""

from pipelines.publish.site.chart import Chart, Series
from pipelines.publish.site.forms.traces import drawn_ends, hover_text
from pipelines.publish.site.style import (
    BLUE,
    GREY,
    INK,
    NARROW,
    ORANGE,
    WIDE,
    Canvas,
    Json,
    Plot,
    Scale,
    layout,
    note,
    scale_for,
    value_axis,
)
from pipelines.publish.site.wording import Speaker

ROW, LINE = 44, 16
THICK = 0.32
# Characters of a name that fit above a bar on a narrow screen.
ROOM = {True: 24, False: 46}


def draw_bars(chart: Chart, speaker: Speaker) -> Plot:
    """Draw a chart of form `bars`; each category is one bar."""
    count = len(chart.series)
    scale = scale_for([n for series in chart.series for n in drawn_ends(series)], chart.unit, 4)
    names = [speaker.fact(series.label) for series in chart.series]
    narrow_names = [_fit(name, ROOM[speaker.is_zh]) for name in names]
    lines = max(name.count("<br>") for name in narrow_names)
    wide = Canvas(WIDE, 60 + ROW * count, 16, 76, 14, 34)
    narrow = Canvas(NARROW, 60 + (ROW + LINE * lines) * count, 10, 62, 14, 34)
    return Plot(
        [_bar(series, count - 1 - at, speaker) for at, series in enumerate(chart.series)],
        _layout(chart, speaker, wide, scale, names),
        _layout(chart, speaker, narrow, scale, narrow_names),
        [(at, 0) for at in range(count)],
    )


def _bar(series: Series, y: int, speaker: Speaker) -> Json:
    row = series.latest
    return {
        "type": "bar",
        "orientation": "h",
        "x": [series.number(row)],
        "y": [y],
        "width": [THICK],
        "text": [hover_text(series, row, speaker)],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": ORANGE if row.finding else BLUE},
    }


def _layout(chart: Chart, speaker: Speaker, canvas: Canvas, scale: Scale, names: list[str]) -> Json:
    count = len(chart.series)
    notes: list[Json] = []
    for at, (series, name) in enumerate(zip(chart.series, names, strict=True)):
        y = count - 1 - at
        label = note(0, y + THICK / 2, name, xref="paper", yanchor="bottom", color=INK)
        notes.append(label | {"align": "left"})
        number = series.number(series.latest)
        text = (
            speaker.absence(series.latest) if number is None else speaker.short(number, series.unit)
        )
        notes.append(note(1, y, text, xref="paper", xshift=8, color=INK, weight=600))
    down = {"range": [-0.5, count - 0.3], "showgrid": False, "zeroline": False, "tickvals": []}
    return layout(canvas) | {
        "xaxis": value_axis(scale, speaker, chart.unit, showgrid=True, linecolor=GREY),
        "yaxis": down | {"fixedrange": True, "ticks": ""},
        "annotations": notes,
    }


def _fit(name: str, room: int) -> str:
    """A way of many steps over several lines, broken at its arrows."""
    lines = [""]
    for step in name.replace(" → ", " → |").split("|"):
        if lines[-1] and len(lines[-1]) + len(step.rstrip()) > room:
            lines.append("")
        lines[-1] += step
    return "<br>".join(line.strip() for line in lines)
