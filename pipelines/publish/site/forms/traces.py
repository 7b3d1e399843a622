"""Traces over time, shared by the forms that have a time axis.

A trace is a stretch of a series that no change of definition cuts. Every row is a point of some
trace; a row without a figure is a point without a height, so that nothing is joined across it.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from pipelines.publish.site.chart import Chart, Series
from pipelines.publish.site.style import GREY, PAPER, Json, note, stretch, when
from pipelines.publish.site.values import Value
from pipelines.publish.site.wording import Interval, Period, Speaker
from pipelines.words import Lang

FEW_POINTS = 40


def stretches(
    chart: Chart, series: Series, speaker: Speaker, colour: str, symbol: str = "circle"
) -> list[Json]:
    """The traces of one series, in time order."""
    return [_trace(series, rows, speaker, colour, symbol) for rows in uncut(chart, series)]


def uncut(chart: Chart, series: Series) -> list[list[Value]]:
    """The rows of each stretch of a series, in time order."""
    by_stretch = groupby(series.rows, key=lambda row: stretch(row, chart.cuts))
    return [list(rows) for _, rows in by_stretch]


def drawn_ends(series: Series) -> list[float]:
    """Every number that the scale must hold: figures and the ends of their intervals."""
    numbers: list[float] = []
    for row in series.rows:
        number = series.number(row)
        ends = (row.low, row.high) if series.part == "value" and row.is_shown else ()
        numbers += [each for each in (number, *ends) if each is not None]
    return numbers


def steps_of(traces: list[Json], start: int) -> list[tuple[int, int]]:
    """Where each row is drawn: the number of its trace, counted from `start`, and of its point."""
    return [
        (start + at, point) for at, trace in enumerate(traces) for point in range(len(trace["x"]))
    ]


def hover_text(series: Series, row: Value, speaker: Speaker, lead: str = "") -> str:
    """What the pointer reads at a point; a hidden row says that it is hidden and no more."""
    heading = lead or speaker.period(Period.of(row))
    number = series.number(row)
    label = speaker.fact(series.label)
    if number is None:
        state = speaker.absence(row)
        return f"{heading}<br>{label} {state}"
    amount = speaker.amount(number, series.unit) if series.unit else speaker.number(number, "")
    if series.part == "value":
        amount += speaker.fact(Interval(row.low, row.high, row.conf_level, row.unit))
    return f"{heading}<br>{label} {amount}"


def gap_notes(series: Series, axis: str = "y") -> list[Json]:
    """One mark at the foot of the chart for each run of rows without a figure."""
    notes: list[Json] = []
    for mark, run in groupby(series.rows, key=lambda row: "" if row.is_shown else row.mark or "–"):
        rows = list(run)
        if mark:
            middle = rows[len(rows) // 2]
            notes.append(
                note(when(middle), 0, mark, yref=f"{axis} domain", yanchor="bottom", size=11)
                | {"xanchor": "center"}
            )
    return notes


def end_label(series: Series, speaker: Speaker, *, with_name: bool) -> str:
    """What stands at the right end of a line."""
    number = series.number(series.latest)
    text = "" if number is None else speaker.short(number, series.unit)
    return f"{speaker.fact(series.label)} {text}".strip() if with_name else text


def end_room(chart: Chart) -> int:
    """Room for figures at the right ends of lines, in pixels, whatever the language."""
    speakers = [Speaker(lang) for lang in Lang]
    texts = [end_label(s, speaker, with_name=False) for s in chart.series for speaker in speakers]
    return 16 + 7 * max(map(len, texts))


def limit_line(x: Sequence[Any], y: Sequence[float | None]) -> Json:
    """A dashed limit, which says nothing to the pointer."""
    look = {"color": GREY, "width": 1.2, "dash": "5px,4px"}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "line": look}


def last_number(series: Series) -> float | None:
    """The newest figure that is shown."""
    shown = [number for row in series.rows if (number := series.number(row)) is not None]
    return shown[-1] if shown else None


def _trace(series: Series, rows: list[Value], speaker: Speaker, colour: str, symbol: str) -> Json:
    numbers = [series.number(row) for row in rows]
    hollow = ["p" in row.flags for row in rows]
    few = len(series.rows) <= FEW_POINTS
    trace: Json = {
        "type": "scatter",
        "mode": "lines+markers" if few else "lines",
        "x": [when(row) for row in rows],
        "y": numbers,
        "text": [hover_text(series, row, speaker) for row in rows],
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"color": colour, "width": 2},
        "marker": {
            "size": 5.5,
            "symbol": symbol,
            "color": [PAPER if each else colour for each in hollow],
            "line": {"color": colour, "width": 1.5},
        },
    }
    if series.part == "value" and any(row.low is not None for row in rows):
        trace["error_y"] = whiskers(series, rows)
    return trace


def whiskers(series: Series, rows: list[Value]) -> Json:
    """Intervals as bars around the points."""
    pairs: list[tuple[float | None, float | None]] = []
    for row in rows:
        number = series.number(row)
        if number is None or row.low is None or row.high is None:
            pairs.append((None, None))
        else:
            pairs.append((row.high - number, number - row.low))
    return {
        "type": "data",
        "symmetric": False,
        "array": [above for above, _ in pairs],
        "arrayminus": [below for _, below in pairs],
        "thickness": 1.5,
        "width": 0,
        "color": GREY,
    }
