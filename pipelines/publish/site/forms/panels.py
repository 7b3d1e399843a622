"""Series over time in panels of their own, one under the other, sharing the time axis.

For numbers of different size or unit: two scales in one panel would suggest that the crossing of
the lines means something.
"""

from pipelines.publish.site.chart import Chart, Series
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
    BLUE,
    GREY,
    NARROW,
    TEAL,
    WIDE,
    Canvas,
    Json,
    Plot,
    break_lines,
    layout,
    note,
    scale_for,
    time_axis,
    value_axis,
)
from pipelines.publish.site.wording import Speaker

COLOURS = (BLUE, TEAL, GREY)
TITLE = 24


def draw_panels(chart: Chart, speaker: Speaker) -> Plot:
    """Draw a chart of form `panels`."""
    data: list[Json] = []
    steps: list[tuple[int, int]] = []
    for at, series in enumerate(chart.series):
        traces = stretches(chart, series, speaker, COLOURS[at % 3])
        steps += steps_of(traces, len(data))
        data += [trace | {"yaxis": _axis("y", at)} for trace in traces]
    each = 150 if len(chart.series) > 2 else 180
    height = 60 + each * len(chart.series)
    wide = Canvas(WIDE, height, 56, 64, 24, 36)
    narrow = Canvas(NARROW, 56 + 130 * len(chart.series), 50, end_room(chart), 22, 34)
    return Plot(data, _layout(chart, speaker, wide), _layout(chart, speaker, narrow), steps)


def _layout(chart: Chart, speaker: Speaker, canvas: Canvas) -> Json:
    shapes, notes = break_lines(chart.breaks, chart.rows[0].period_kind)
    axes: Json = {}
    count = len(chart.series)
    title = TITLE / canvas.plot_height
    for at, series in enumerate(chart.series):
        top = 1 - at / count
        bottom = 1 - (at + 1) / count + (0.045 if at < count - 1 else 0)
        scale = scale_for(drawn_ends(series), series.unit, 2 if canvas.is_narrow else 3)
        axes[_axis("yaxis", at)] = value_axis(
            scale, speaker, series.unit, domain=[round(bottom, 4), round(top - title, 4)]
        )
        notes += [_title(series, speaker, canvas, at, top), *gap_notes(series, _axis("y", at))]
        notes += _end(series, speaker, at)
    axes["xaxis"] = time_axis(chart.rows, speaker, canvas, anchor=_axis("y", count - 1))
    return layout(canvas) | axes | {"shapes": shapes, "annotations": notes}


def _title(series: Series, speaker: Speaker, canvas: Canvas, at: int, top: float) -> Json:
    return note(
        0,
        top,
        speaker.fact(series.label),
        xref="paper",
        yref="paper",
        yanchor="top",
        xshift=-canvas.left + 6,
        color=COLOURS[at % 3],
        weight=700,
        bgcolor="rgba(255,255,255,.85)",
    )


def _end(series: Series, speaker: Speaker, at: int) -> list[Json]:
    number = last_number(series)
    if number is None:
        return []
    text = end_label(series, speaker, with_name=False)
    look = {"xref": "paper", "xshift": 7, "color": COLOURS[at % 3], "weight": 700}
    return [note(1, number, text, yref=_axis("y", at), **look)]


def _axis(stem: str, at: int) -> str:
    return stem if at == 0 else f"{stem}{at + 1}"
