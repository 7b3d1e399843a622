"""The table under a chart: exactly the rows that are drawn, in the words of one language.

Only columns that tell rows apart are shown, then the figure with its terms, interval and marks.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.publish.site.chart import OVER_DAYS, Chart, Series
from pipelines.publish.site.values import Value
from pipelines.publish.site.wording import Period, Speaker, Word


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """The head of a column; numbers stand at the right."""

    label: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A table ready to print; the first cell of a row is its heading."""

    heads: tuple[ColumnHead, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Which columns hold numbers, from 1, as the style sheet counts them."""
        return tuple(at for at, head in enumerate(self.heads, start=1) if head.is_number)


LIMITED = ("control", "funnel")
Cell = Callable[[Series, Value], str]


def chart_table(chart: Chart, speaker: Speaker) -> Grid:
    """The table of a chart, one row for each row drawn and in the same order."""
    columns = [*_naming(chart, speaker), *_measuring(chart, speaker)]
    return Grid(
        heads=tuple(ColumnHead(label, is_number) for label, is_number, _ in columns),
        rows=tuple(
            tuple(cell(series, row) for _, _, cell in columns)
            for series in chart.series
            for row in series.rows
        ),
    )


def _naming(chart: Chart, speaker: Speaker) -> list[tuple[str, bool, Cell]]:
    """Columns that say which row it is: period, then category, place or series."""

    def period(_: Series, row: Value) -> str:
        return speaker.period(Period.of(row))

    def label(series: Series, _: Value) -> str:
        return speaker.fact(series.label)

    columns: list[tuple[str, bool, Cell]] = []
    if len({row.period_start for row in chart.rows}) > 1 or len(chart.series) == 1:
        columns.append((speaker.say("site.COLUMN_PERIOD"), False, period))
    if len(chart.series) > 1:
        split = chart.spec.by or (chart.spec.level if chart.spec.level != "province" else "")
        key = f"codes.by_{split}" if split else "site.COLUMN_SERIES"
        columns.append((_capital(speaker.say(key)), False, label))
    if chart.spec.form in OVER_DAYS:
        columns.append((speaker.say("site.COLUMN_DAY"), True, lambda _, row: row.by_value))
    return columns


def _measuring(chart: Chart, speaker: Speaker) -> list[tuple[str, bool, Cell]]:
    """Columns of numbers: the figure, its two terms, its interval, its size and its marks."""

    def figure(series: Series, row: Value) -> str:
        number = series.number(row)
        if number is None:
            return speaker.absence(row)
        return speaker.number(number, series.unit)

    rows = chart.rows
    columns: list[tuple[str, bool, Cell]] = [(_figure_head(chart, speaker), True, figure)]
    has_terms = any(row.denominator is not None for row in rows)
    if has_terms and all(series.part == "value" for series in chart.series):
        columns += [(speaker.say(f"names.part_{part}"), True, _count(part)) for part in _TERMS]
    columns += _ends(chart, speaker)
    if any(series.shrunken for series in chart.series):
        columns += _shrunken(speaker)
    if not has_terms and any(row.n not in {None, row.value} for row in rows):
        columns.append(("n", True, _count("n")))
    if any(row.finding for row in rows):
        found = speaker.say("site.COLUMN_FINDING")
        columns.append((found, False, lambda _, row: speaker.finding(row.finding)))
    if any(row.flags and row.is_shown for row in rows):
        columns.append((speaker.say("site.COLUMN_FLAG"), False, _flags))
    return columns


def _ends(chart: Chart, speaker: Speaker) -> list[tuple[str, bool, Cell]]:
    """The interval; limits stand beside what they are around."""
    columns: list[tuple[str, bool, Cell]] = []
    is_limited = chart.spec.form in LIMITED
    if is_limited and any(row.expected is not None for row in chart.rows):
        columns.append((speaker.say("site.COLUMN_EXPECTED"), True, _expected(speaker)))
    if any(row.low is not None for row in chart.rows):
        key = "LIMITS" if is_limited else "INTERVAL"
        columns.append((speaker.say(f"site.COLUMN_{key}"), True, _range(speaker)))
    return columns


def _shrunken(speaker: Speaker) -> list[tuple[str, bool, Cell]]:
    """The shrunken ratio of a place and its interval."""

    def figure(series: Series, _: Value) -> str:
        row = series.shrunken
        return "" if row is None or row.value is None else speaker.number(row.value, row.unit)

    def interval(series: Series, _: Value) -> str:
        return "" if series.shrunken is None else _range(speaker)(series, series.shrunken)

    return [
        (speaker.say("site.COLUMN_SHRUNKEN"), True, figure),
        (speaker.say("site.COLUMN_SHRUNKEN_INTERVAL"), True, interval),
    ]


_TERMS = ("numerator", "denominator")


def _figure_head(chart: Chart, speaker: Speaker) -> str:
    units = {series.unit for series in chart.series}
    unit = speaker.unit(units.pop()).strip() if len(units) == 1 else ""
    return (
        speaker.say("site.COLUMN_FIGURE", unit=unit)
        if unit
        else speaker.fact(Word("names.part_value"))
    )


def _count(name: str) -> Cell:
    def cell(_: Series, row: Value) -> str:
        number = row.part(name) if name != "n" else (row.n if row.is_shown else None)
        return row.mark if number is None else f"{number:,.0f}"

    return cell


def _expected(speaker: Speaker) -> Cell:
    def cell(_: Series, row: Value) -> str:
        return "" if row.expected is None else speaker.number(row.expected, row.unit)

    return cell


def _range(speaker: Speaker) -> Cell:
    def cell(series: Series, row: Value) -> str:
        if series.part != "value" or row.low is None or row.high is None:
            return ""
        return speaker.between(row.low, row.high, row.unit)

    return cell


def _flags(_: Series, row: Value) -> str:
    return "".join(f"[{letter}]" for letter in row.flags) if row.is_shown else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
