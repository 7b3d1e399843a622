"""Categories in one period as dots with intervals, in the order of their code list.

Never in the order of their values: that would be a ranking.
"""

from pipelines.publish.site.chart import Chart, Series
from pipelines.publish.site.forms.traces import drawn_ends, hover_text, whiskers
from pipelines.publish.site.style import (
    BLUE,
    INK,
    MUTED,
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
from pipelines.publish.site.values import Value
from pipelines.publish.site.wording import Speaker

ROW, ROW_OF_TWO_LINES = 27, 46
FEW = 6


def draw_dots(chart: Chart, speaker: Speaker) -> Plot:
    """Draw a chart of form `dots`; each category is one row."""
    count = len(chart.series)
    data = [_trace(series, count - 1 - at, speaker) for at, series in enumerate(chart.series)]
    numbers = [number for series in chart.series for number in drawn_ends(series)]
    benchmark = chart.benchmark
    if benchmark is not None and benchmark.value is not None:
        numbers.append(benchmark.value)
    scale = scale_for(numbers, chart.unit, 4)
    # Changes have ticks on both sides of zero, too many for a phone.
    small_scale = scale_for(numbers, chart.unit, 2) if chart.spec.form == "effects" else scale
    row = ROW if count > FEW else ROW + 8
    names = [speaker.fact(series.label) for series in chart.series]
    longest = max(map(len, names)) * (14 if speaker.is_zh else 7.4) + 16
    wide_names, narrow_names = (_fit(names, room) for room in _rooms(speaker))
    wide, narrow = (
        Canvas(width, 74 + count * _row(row, fitted), left, right, 30, bottom)
        for width, fitted, left, right, bottom in (
            (WIDE, wide_names, min(int(longest), 200), _beside_width(chart, speaker), 36),
            (NARROW, narrow_names, min(int(longest), 132), 60, 34),
        )
    )
    steps = [(at, 0) for at in range(count)]
    return Plot(
        data,
        _layout(chart, speaker, wide, scale, wide_names),
        _layout(chart, speaker, narrow, small_scale, narrow_names),
        steps,
    )


def _trace(series: Series, y: int, speaker: Speaker) -> Json:
    """The newest row of a category; earlier ones are not drawn and not in the chart."""
    row = series.latest
    trace: Json = {
        "type": "scatter",
        "mode": "markers",
        "x": [series.number(row)],
        "y": [y],
        "text": [_told(series, row, speaker)],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": _look(row),
    }
    if row.low is not None:
        trace["error_x"] = whiskers(series, [row])
    return trace


def _told(series: Series, row: Value, speaker: Speaker) -> str:
    since = speaker.since(row.finding)
    return hover_text(series, row, speaker) + (f"<br>{since}" if since else "")


def _look(row: Value) -> Json:
    """A dot; a diamond where a method says that a row without an interval stands out."""
    look: Json = {"size": 9, "color": BLUE, "line": {"color": "#ffffff", "width": 1}}
    if row.finding and row.low is None:
        look |= {"size": 11, "color": ORANGE, "symbol": "diamond"}
    return look


def _layout(chart: Chart, speaker: Speaker, canvas: Canvas, scale: Scale, names: list[str]) -> Json:
    count = len(chart.series)
    ticks = {"tickvals": [count - 1 - at for at in range(count)], "ticktext": names}
    shapes, notes = _benchmark(chart, speaker)
    for at, series in enumerate(chart.series):
        text = _beside(series.latest, series, speaker, canvas)
        notes.append(note(1, count - 1 - at, text, xref="paper", xshift=8, color=INK, weight=600))
    across = value_axis(scale, speaker, chart.unit, showgrid=True)
    down = {"range": [-0.7, count - 0.3], "showgrid": False, "zeroline": False} | ticks
    return layout(canvas) | {
        "xaxis": across,
        "yaxis": down | {"fixedrange": True, "tickfont": {"color": INK}, "ticks": ""},
        "shapes": shapes,
        "annotations": notes,
    }


def _beside(row: Value, series: Series, speaker: Speaker, canvas: Canvas) -> str:
    """The figure at the right of its row; where there is room with its terms, or since when."""
    number = series.number(row)
    if number is None:
        return speaker.absence(row)
    text = speaker.short(number, series.unit)
    if canvas.is_narrow:
        return text
    if row.numerator is not None and row.denominator is not None:
        return f"{text}  {row.numerator:,}/{row.denominator:,}"
    return f"{text}  {speaker.since(row.finding)}".rstrip()


def _beside_width(chart: Chart, speaker: Speaker) -> int:
    """Room that the figures at the right need on a wide screen, in pixels."""
    wide = Canvas(WIDE, 0, 0, 0, 0, 0)
    texts = [_beside(series.latest, series, speaker, wide) for series in chart.series]
    return 24 + 8 * max(map(len, texts))


def _benchmark(chart: Chart, speaker: Speaker) -> tuple[list[Json], list[Json]]:
    """A line at the figure of the whole province; at no change, where changes are drawn."""
    total = chart.benchmark
    if chart.spec.form == "effects":
        at = chart.rows[0].expected or 0.0
        text = speaker.say("site.AS_EXPECTED" if at else "site.NO_CHANGE")
    elif total is None or total.value is None:
        return [], []
    else:
        at = total.value
        text = speaker.say("site.BENCHMARK", value=speaker.amount(at, total.unit))
    line = {"color": MUTED, "width": 1.2, "dash": "4px,3px"}
    shape = {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1}
    label = note(at, 1, text, yref="paper", yanchor="bottom", color=MUTED)
    return [shape | {"yref": "paper", "line": line}], [label | {"xanchor": "center"}]


def _rooms(speaker: Speaker) -> tuple[int, int]:
    """How many characters a name may have in one line, on a wide screen and on a narrow one."""
    return (14, 9) if speaker.is_zh else (30, 17)


def _row(height: int, names: list[str]) -> int:
    """The height of a row, with room for names of two lines."""
    return ROW_OF_TWO_LINES if any("<br>" in name for name in names) else height


def _fit(names: list[str], room: int) -> list[str]:
    """Names broken over two lines where the margin cannot hold them."""
    return [_break(name) if len(name) > room else name for name in names]


def _break(name: str) -> str:
    """A name in two halves, at a blank where it has some."""
    words = name.split(" ")
    if len(words) == 1:
        half = (len(name) + 1) // 2
        return f"{name[:half]}<br>{name[half:]}"
    half = (len(words) + 1) // 2
    return " ".join(words[:half]) + "<br>" + " ".join(words[half:])
