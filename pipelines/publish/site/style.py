"""The look of every chart: paper, ink, axes, labels, break marks. A Plotly figure as plain lists.

A `Plot` holds one set of traces and two layouts, for a wide and for a narrow screen; both the
static drawing and the live chart are made of it. What is drawn is decided in `forms`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from pipelines.publish.site.dictionary import Break
from pipelines.publish.site.values import Value
from pipelines.publish.site.wording import PERCENT, Period, Speaker, signed

Json = dict[str, Any]

INK, MUTED, GRID, PAPER = "#1b2733", "#5b6773", "#e4e8ec", "#ffffff"
BLUE, TEAL, GREY, ORANGE = "#12436d", "#1d7874", "#6b7782", "#b4470a"
SERIES = ((BLUE, "circle"), (GREY, "square"), (TEAL, "diamond"), (ORANGE, "triangle-up"))
WIDE, NARROW = 760, 343
FONTS = (
    '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",'
    '"Segoe UI",system-ui,sans-serif'
)
NEAR_ZERO = 0.5
FEW_YEARS = 3
NUMERALS = "①②③④⑤⑥⑦⑧⑨⑩"


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart ready to draw.

    Attributes:
        data: Plotly traces, plain lists only.
        wide: layout at 760 pixels; `narrow` at 343.
        steps: for each row of the chart, in order, the trace and the point that draw it.
    """

    data: list[Json]
    wide: Json
    narrow: Json
    steps: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Canvas:
    """A size to lay out for."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int

    @property
    def is_narrow(self) -> bool:
        """Whether it is the phone's."""
        return self.width == NARROW

    @property
    def plot_height(self) -> int:
        """Height of the area that data fill, in pixels."""
        return self.height - self.top - self.bottom

    @property
    def plot_width(self) -> int:
        """Width of the area that data fill, in pixels."""
        return self.width - self.left - self.right


@dataclass(frozen=True, slots=True)
class Scale:
    """A vertical or horizontal scale with its ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]


def layout(canvas: Canvas) -> Json:
    """What every layout has in common."""
    return {
        "width": canvas.width,
        "height": canvas.height,
        "font": {"family": FONTS, "size": 12 if canvas.is_narrow else 13, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": PAPER,
            "bordercolor": GREY,
            "font": {"family": FONTS, "size": 13, "color": INK},
        },
        "margin": {"l": canvas.left, "r": canvas.right, "t": canvas.top, "b": canvas.bottom},
        "annotations": [],
        "shapes": [],
    }


def base_axis(**more: Any) -> Json:
    """An axis with a line and outside ticks, without a grid."""
    return {
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "showline": True,
        "linecolor": GREY,
        "ticks": "outside",
        "tickcolor": GREY,
        "ticklen": 4,
        "tickfont": {"color": MUTED},
    } | more


def value_axis(scale: Scale, speaker: Speaker, unit: str, **more: Any) -> Json:
    """An axis of values: grid lines, no line of its own, ticks in words."""
    return {
        "range": [scale.low, scale.high],
        "tickvals": list(scale.ticks),
        "ticktext": [tick_text(tick, speaker, unit) for tick in scale.ticks],
        "gridcolor": GRID,
        "zeroline": False,
        "fixedrange": True,
        "showline": False,
        "ticks": "",
        "tickfont": {"color": MUTED},
    } | more


def tick_text(tick: float, speaker: Speaker, unit: str) -> str:
    """A number on an axis: no decimal that says nothing."""
    if unit == PERCENT:
        return signed(f"{round(100 * tick, 6):g}%")
    return speaker.number(tick, unit) if tick >= 10 or tick == int(tick) else f"{tick:g}"


def scale_for(
    numbers: Sequence[float], unit: str, count: int = 5, *, is_closed: bool = False
) -> Scale:
    """A scale that holds all numbers; from zero, but for shares that all lie far above it.

    Args:
        numbers: what has to fit.
        unit: shares end at one.
        count: how many ticks, about.
        is_closed: whether the scale ends on a tick.
    """
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if unit != PERCENT or low < NEAR_ZERO:
        low = min(low, 0.0)
    step = _step((high - low) / count or 1.0, unit)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9) if is_closed else math.floor(high / step + 1e-9)
    ticks = tuple(round(step * at, 10) for at in range(first, last + 1))
    top = max(high, ticks[-1])
    return Scale(ticks[0], top if is_closed else top + (top - ticks[0]) * 0.04, ticks)


def starts_at_zero(numbers: Sequence[float], unit: str) -> bool:
    """Whether `scale_for` begins at zero; a chart says so where it does not."""
    return scale_for(numbers, unit).low == 0.0


def _step(rough: float, unit: str) -> float:
    """The next round step at or above `rough`: 1, 2, 5 or, where that is whole, 2.5 by tens."""
    power = 10.0 ** math.floor(math.log10(rough))
    is_whole = power * (100 if unit == PERCENT else 1) >= 10
    rounds = (1, 2, 2.5, 5, 10) if is_whole else (1, 2, 5, 10)
    return next(power * times for times in rounds if power * times >= rough * 0.999)


def note(x: Any, y: Any, text: str, **more: Any) -> Json:
    """A line of text at a point, without an arrow."""
    font = {"size": more.pop("size", 12), "color": more.pop("color", INK)}
    font["weight"] = more.pop("weight", 400)
    return {
        "x": x,
        "y": y,
        "text": text,
        "showarrow": False,
        "xanchor": "left",
        "font": font,
    } | more


def when(row: Value) -> float | str:
    """Where a row stands on a time axis: the year as a number, else the middle of its period."""
    if row.period_kind in {"year", "ytd"}:
        return float(row.period_start.year)
    return (row.period_start + (row.period_end - row.period_start) / 2).isoformat()


def break_at(on: date, kind: str) -> float | str:
    """Where a break stands on the same axis: a year's number is its middle."""
    if kind not in {"year", "ytd"}:
        return on.isoformat()
    start = date(on.year, 1, 1)
    return round(on.year + (on - start).days / 365.25 - 0.5, 3)


def stretch(row: Value, cuts: Sequence[Break]) -> int:
    """Which stretch of a series a row belongs to: the breaks before the middle of its period."""
    middle = row.period_start + (row.period_end - row.period_start) / 2
    return sum(each.on <= middle for each in cuts)


def break_lines(breaks: Sequence[Break], kind: str) -> tuple[list[Json], list[Json]]:
    """Shapes and numbers for breaks; solid where the definition changed, dotted otherwise."""
    shapes: list[Json] = []
    notes: list[Json] = []
    for at, each in enumerate(breaks):
        x = break_at(each.on, kind)
        line = {"color": MUTED if each.cuts else GREY, "width": 1.2}
        line |= {} if each.cuts else {"dash": "3px,3px"}
        shapes.append(
            {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}
        )
        notes.append(
            note(x, 1, NUMERALS[at % 10], yref="paper", yanchor="bottom", color=MUTED, size=13)
            | {"xanchor": "center"}
        )
    return shapes, notes


def time_axis(rows: Sequence[Value], speaker: Speaker, canvas: Canvas, **more: Any) -> Json:
    """A time axis over rows: few ticks, whole years, room for half a period at both ends."""
    kind = rows[0].period_kind
    first, last = min(row.period_start for row in rows), max(row.period_end for row in rows)
    if kind in {"year", "ytd"}:
        years = range(first.year, (last - timedelta(days=1)).year + 1)
        ticks: list[float | str] = list(map(float, _thin(years, 4 if canvas.is_narrow else 7)))
        ends: list[float | str] = [years[0] - 0.6, years[-1] + 0.6]
        text = [f"{tick:.0f}" for tick in ticks]
        return base_axis(range=ends, tickvals=ticks, ticktext=text, **more)
    starts = sorted({row.period_start for row in rows if row.period_start.month == 1})
    if len(starts) < FEW_YEARS:
        starts = sorted({row.period_start for row in rows if row.period_start.month in {1, 7}})
    kept = [starts[at] for at in _thin(range(len(starts)), 3 if canvas.is_narrow else 6)]
    text = [speaker.period(Period("month", start, start + timedelta(days=31))) for start in kept]
    return base_axis(
        type="date",
        range=[first.isoformat(), last.isoformat()],
        tickvals=[start.isoformat() for start in kept],
        ticktext=text,
        **more,
    )


def _thin(items: range, most: int) -> list[int]:
    """At most `most` items, evenly spaced, counted back from the last."""
    step = max(1, math.ceil(len(items) / most))
    return sorted(items[::-1][::step])


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Positions as near as can be to those wanted, in their order, at least `gap` apart."""
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    placed = list(wanted)
    for lower, upper in pairwise(order):
        placed[upper] = max(placed[upper], placed[lower] + gap)
    shift = (sum(placed) - sum(wanted)) / len(wanted) if wanted else 0.0
    return [each - shift for each in placed]
