"""One series over time against what was expected of it: a control chart, or a trend.

Months that a rule marks are larger, orange and diamonds; all others are common cause, whatever they
look like. Limits are dashed; a trend has none. No line crosses a change of definition.
"""

from pipelines.publish.site.chart import Chart, Series
from pipelines.publish.site.forms.traces import (
    drawn_ends,
    end_room,
    hover_text,
    last_number,
    limit_line,
    steps_of,
    uncut,
)
from pipelines.publish.site.style import (
    BLUE,
    GREY,
    NARROW,
    ORANGE,
    WIDE,
    Canvas,
    Json,
    Plot,
    Scale,
    break_lines,
    layout,
    note,
    scale_for,
    time_axis,
    value_axis,
    when,
)
from pipelines.publish.site.values import Value
from pipelines.publish.site.wording import Speaker

FEW_POINTS = 60


def draw_control(chart: Chart, speaker: Speaker) -> Plot:
    """Draw a chart of form `control`: its first series."""
    series = chart.series[0]
    has_limits = any(row.low is not None for row in series.rows)
    pieces = uncut(chart, series)
    points = [_points(series, rows, speaker) for rows in pieces]
    lines = [line for rows in pieces for line in _lines(rows, has_limits=has_limits)]
    expected = [row.expected for row in series.rows if row.expected is not None]
    scale = scale_for([*drawn_ends(series), *expected], chart.unit)
    wide = Canvas(WIDE, 320, 56, 64, 28, 36)
    narrow = Canvas(NARROW, 260, 46, end_room(chart), 24, 34)
    return Plot(
        points + lines,
        _layout(chart, speaker, wide, scale),
        _layout(chart, speaker, narrow, scale),
        steps_of(points, 0),
    )


def _points(series: Series, rows: list[Value], speaker: Speaker) -> Json:
    marked = [bool(row.finding) for row in rows]
    few = len(series.rows) <= FEW_POINTS
    return {
        "type": "scatter",
        "mode": "lines+markers" if few else "lines",
        "x": [when(row) for row in rows],
        "y": [series.number(row) for row in rows],
        "text": [_told(series, row, speaker) for row in rows],
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"color": BLUE if few else GREY, "width": 1.6 if few else 1},
        "marker": {
            "size": [10 if each else 6 for each in marked],
            "symbol": ["diamond" if each else "circle" for each in marked],
            "color": [ORANGE if each else BLUE for each in marked],
        },
    }


def _told(series: Series, row: Value, speaker: Speaker) -> str:
    text = hover_text(series, row, speaker)
    return f"{text}<br>{speaker.finding(row.finding)}" if row.finding else text


def _lines(rows: list[Value], *, has_limits: bool) -> list[Json]:
    """The centre line between its limits, or a fitted trend."""
    days = [when(row) for row in rows]
    look = {"color": GREY, "width": 1.2} if has_limits else {"color": BLUE, "width": 2.2}
    centre = limit_line(days, [row.expected for row in rows]) | {"line": look | {"dash": "solid"}}
    ends = ("low", "high") if has_limits else ()
    return [centre, *(limit_line(days, [getattr(row, end) for row in rows]) for end in ends)]


def _layout(chart: Chart, speaker: Speaker, canvas: Canvas, scale: Scale) -> Json:
    series = chart.series[0]
    shapes, notes = break_lines(chart.breaks, chart.rows[0].period_kind)
    number = last_number(series)
    if number is not None:
        is_trend = all(row.low is None for row in series.rows)
        label = speaker.short(round(number) if is_trend else number, series.unit)
        notes.append(note(1, number, label, xref="paper", xshift=7, color=BLUE, weight=700))
    return layout(canvas) | {
        "xaxis": time_axis(chart.rows, speaker, canvas),
        "yaxis": value_axis(scale, speaker, chart.unit),
        "shapes": shapes,
        "annotations": notes,
    }
