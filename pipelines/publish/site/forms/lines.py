"""One to four series over time on one scale, with their intervals: change over time."""

from pipelines.publish.site.chart import Chart
from pipelines.publish.site.forms.traces import (
    drawn_ends,
    end_label,
    end_room,
    gap_notes,
    last_number,
    steps_of,
    stretches,
)
from pipelines.publish.site.style import (
    NARROW,
    SERIES,
    WIDE,
    Canvas,
    Json,
    Plot,
    Scale,
    break_lines,
    layout,
    note,
    scale_for,
    spread,
    time_axis,
    value_axis,
)
from pipelines.publish.site.wording import Speaker

LABEL_GAP = 17
KEY_LINE = 19


def draw_lines(chart: Chart, speaker: Speaker) -> Plot:
    """Draw a chart of form `lines`."""
    data: list[Json] = []
    steps: list[tuple[int, int]] = []
    for series, (colour, symbol) in zip(chart.series, SERIES, strict=False):
        traces = stretches(chart, series, speaker, colour, symbol)
        steps += steps_of(traces, len(data))
        data += traces
    numbers = [number for series in chart.series for number in drawn_ends(series)]
    scale = scale_for(numbers, chart.unit)
    keys = len(chart.series) if len(chart.series) > 1 else 0
    longest = max(len(end_label(s, speaker, with_name=bool(keys))) for s in chart.series)
    named = 30 + longest * (13 if speaker.is_zh else 7)
    wide = Canvas(WIDE, 380, 52, named if keys else 64, 28, 36)
    narrow = Canvas(NARROW, 300 + KEY_LINE * keys, 44, end_room(chart), 24 + KEY_LINE * keys, 34)
    return Plot(
        data,
        _layout(chart, speaker, wide, scale),
        _layout(chart, speaker, narrow, scale),
        steps,
    )


def _layout(chart: Chart, speaker: Speaker, canvas: Canvas, scale: Scale) -> Json:
    shapes, notes = break_lines(chart.breaks, chart.rows[0].period_kind)
    for series in chart.series[:1]:
        notes += gap_notes(series)
    notes += _end_labels(chart, speaker, canvas, scale)
    if canvas.is_narrow and len(chart.series) > 1:
        notes += _key(chart, speaker, canvas)
    return layout(canvas) | {
        "xaxis": time_axis(chart.rows, speaker, canvas),
        "yaxis": value_axis(scale, speaker, chart.unit),
        "shapes": shapes,
        "annotations": notes,
    }


def _end_labels(chart: Chart, speaker: Speaker, canvas: Canvas, scale: Scale) -> list[Json]:
    """Names and newest figures at the right ends of the lines, kept apart."""
    ends = [
        (s, colour, last_number(s)) for s, (colour, _) in zip(chart.series, SERIES, strict=False)
    ]
    shown = [(series, colour, number) for series, colour, number in ends if number is not None]
    gap = LABEL_GAP * (scale.high - scale.low) / canvas.plot_height
    places = spread([number for _, _, number in shown], gap)
    with_name = len(chart.series) > 1 and not canvas.is_narrow
    return [
        note(
            1,
            y,
            end_label(series, speaker, with_name=with_name),
            xref="paper",
            xshift=7,
            color=colour,
            weight=700,
        )
        for (series, colour, _), y in zip(shown, places, strict=True)
    ]


def _key(chart: Chart, speaker: Speaker, canvas: Canvas) -> list[Json]:
    """Names above the plot, one line each, where there is no room beside the lines."""
    signs = "●■◆▲"
    top = canvas.top / canvas.plot_height
    return [
        note(
            0,
            1 + top - at * KEY_LINE / canvas.plot_height,
            f"{signs[at]} {speaker.fact(series.label)}",
            xref="paper",
            yref="paper",
            yanchor="top",
            xshift=-canvas.left + 6,
            color=colour,
            weight=600,
        )
        for at, (series, (colour, _)) in enumerate(zip(chart.series, SERIES, strict=False))
    ]
