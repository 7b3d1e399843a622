"""One small panel for each place, all on one scale, in code order: many trends, no ranking."""

import math

from pipelines.publish.site.chart import Chart, Series
from pipelines.publish.site.forms.traces import (
    drawn_ends,
    end_label,
    last_number,
    steps_of,
    stretches,
)
from pipelines.publish.site.style import (
    BLUE,
    GREY,
    GRID,
    INK,
    MUTED,
    NARROW,
    WIDE,
    Canvas,
    Json,
    Plot,
    Scale,
    break_at,
    layout,
    note,
    scale_for,
    tick_text,
)
from pipelines.publish.site.wording import Speaker

CELL = 118
CUT = "#c3ccd4"
TITLE = 22


def draw_multiples(chart: Chart, speaker: Speaker) -> Plot:
    """Draw a chart of form `multiples`; each place is one series."""
    data: list[Json] = []
    steps: list[tuple[int, int]] = []
    for at, series in enumerate(chart.series):
        traces = stretches(chart, series, speaker, BLUE)
        steps += steps_of(traces, len(data))
        data += [_plain(trace, at) for trace in traces]
    numbers = [number for series in chart.series for number in drawn_ends(series)]
    scale = scale_for(numbers, chart.unit, 2)
    layouts = [
        _layout(chart, speaker, _canvas(chart, width, columns), scale, columns)
        for width, columns in ((WIDE, 4), (NARROW, 2))
    ]
    return Plot(data, layouts[0], layouts[1], steps)


def _plain(trace: Json, at: int) -> Json:
    """A trace without markers and whiskers, in the axes of its panel."""
    kept = {key: value for key, value in trace.items() if key != "error_y"}
    return kept | {
        "mode": "lines",
        "line": {"color": BLUE, "width": 1.7},
        "xaxis": f"x{at + 1}" if at else "x",
        "yaxis": f"y{at + 1}" if at else "y",
    }


def _canvas(chart: Chart, width: int, columns: int) -> Canvas:
    rows = math.ceil(len(chart.series) / columns)
    return Canvas(width, rows * CELL + 40, 6, 6, 8, 32)


def _layout(chart: Chart, speaker: Speaker, canvas: Canvas, scale: Scale, columns: int) -> Json:
    axes: Json = {}
    shapes: list[Json] = []
    notes: list[Json] = []
    rows = math.ceil(len(chart.series) / columns)
    for at, series in enumerate(chart.series):
        down, across = divmod(at, columns)
        x = [across / columns + 0.012, (across + 1) / columns - 0.012]
        top = 1 - down / rows
        y = [top - (CELL - 14) / CELL / rows, top - TITLE / canvas.plot_height]
        axes[f"xaxis{at + 1}" if at else "xaxis"] = _years(series, x, at)
        axes[f"yaxis{at + 1}" if at else "yaxis"] = _scale_axis(scale, speaker, chart.unit, y, at)
        shapes += _break_lines(chart, series, at)
        notes += _labels(series, speaker, x, top)
        if at + columns >= len(chart.series):
            notes += _ends(series, x, y[0])
    return layout(canvas) | axes | {"shapes": shapes, "annotations": notes}


def _years(series: Series, domain: list[float], at: int) -> Json:
    first, last = series.rows[0].period_start.year, series.rows[-1].period_start.year
    return {
        "domain": domain,
        "anchor": f"y{at + 1}" if at else "y",
        "range": [first - 0.5, last + 0.5],
        "showticklabels": False,
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": GREY,
        "fixedrange": True,
        "ticks": "",
    }


def _scale_axis(scale: Scale, speaker: Speaker, unit: str, domain: list[float], at: int) -> Json:
    return {
        "domain": [round(each, 4) for each in domain],
        "anchor": f"x{at + 1}" if at else "x",
        "range": [scale.low, scale.high],
        "tickvals": list(scale.ticks),
        "ticktext": [tick_text(tick, speaker, unit) for tick in scale.ticks],
        "ticklabelposition": "inside top",
        "gridcolor": GRID,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"color": MUTED, "size": 10},
        "ticks": "",
    }


def _break_lines(chart: Chart, series: Series, at: int) -> list[Json]:
    """Every break, faint as the panel is small; dashed where the definition stayed.

    Those of one look are one shape, as many small ones would make the drawing heavy.
    """
    axes = {"xref": f"x{at + 1}" if at else "x", "yref": f"y{at + 1} domain" if at else "y domain"}
    shapes: list[Json] = []
    for cuts, dash in ((True, "solid"), (False, "2px,3px")):
        places = [
            break_at(each.on, series.rows[0].period_kind)
            for each in chart.breaks
            if each.cuts is cuts
        ]
        if places:
            path = "".join(f"M{x},0V1" for x in places)
            line = {"color": CUT, "width": 1, "dash": dash}
            shapes.append({"type": "path", "path": path, **axes, "line": line})
    return shapes


def _labels(series: Series, speaker: Speaker, domain: list[float], top: float) -> list[Json]:
    """The place at the left above its panel, its newest figure at the right."""
    place = note(domain[0], top, speaker.fact(series.label), xref="paper", yref="paper")
    look = {"yanchor": "top"}
    number = last_number(series)
    text = end_label(series, speaker, with_name=False) if number is not None else "–"
    figure = note(
        domain[1],
        top,
        text or series.latest.mark,
        xref="paper",
        yref="paper",
        color=BLUE,
        weight=700,
    )
    named = place | look | {"font": {"size": 12, "color": INK, "weight": 600}}
    return [named, figure | look | {"xanchor": "right"}]


def _ends(series: Series, domain: list[float], foot: float) -> list[Json]:
    """First and last year under a panel of the bottom row."""
    look = {"xref": "paper", "yref": "paper", "yanchor": "top", "size": 11, "color": MUTED}
    first, last = series.rows[0].period_start.year, series.rows[-1].period_start.year
    start, end = note(domain[0], foot, f"{first}", **look), note(domain[1], foot, f"{last}", **look)
    return [start, end | {"xanchor": "right"}]
