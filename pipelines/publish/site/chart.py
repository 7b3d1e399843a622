"""Turns a chart as a page asks for it into the rows that it draws.

Here is decided which rows belong to a chart, how they fall into series, in which order they stand
and which breaks they cross. Nothing is computed from a figure, nothing is drawn.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import dropwhile, groupby

from pipelines.publish.site.dictionary import Break, Definition, Dictionary
from pipelines.publish.site.pages import ChartSpec, PageError, Pick, SeriesName
from pipelines.publish.site.values import EstimateSelection, Figures, Selection, Value
from pipelines.publish.site.wording import Fact, Names, Period, Sentence, Word
from pipelines.words import Lang, load_words, say

Label = Names | Word | Sentence
OVER_DAYS = ("curves", "stacked")  # forms of estimates by day since the beginning


@dataclass(frozen=True, slots=True)
class Series:
    """Rows that belong together in a chart, in time order.

    Attributes:
        label: what tells it from the other series of the chart.
        part: which number of a row is drawn: the figure, or one of its two terms.
        unit: unit of that number; empty for a bare count.
        shrunken: of a place of a funnel, its shrunken ratio, if there is one.
    """

    label: Label
    definition: Definition
    measure: str
    part: str
    unit: str
    rows: tuple[Value, ...]
    shrunken: Value | None = None

    def number(self, row: Value) -> float | None:
        """What is drawn of a row; nothing where the row carries no figure."""
        return row.part(self.part)

    @property
    def latest(self) -> Value:
        """The newest row."""
        return self.rows[-1]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its rows.

    Attributes:
        benchmark: the whole province in the same period, for charts of parts of it.
        method: what the method of a chart of estimates is.
        assurance: of a control chart, how its limits lie to the target, if there is one.
    """

    spec: ChartSpec
    series: tuple[Series, ...]
    breaks: tuple[Break, ...]
    benchmark: Value | None
    method: Definition | None = None
    assurance: Value | None = None

    @property
    def rows(self) -> list[Value]:
        """Every row drawn, series after series."""
        return [row for series in self.series for row in series.rows]

    @property
    def title(self) -> Label:
        """What the chart shows, in a few words."""
        return self.spec.title or self.series[0].definition.title

    @property
    def definitions(self) -> list[Definition]:
        """The indicators behind the chart, each once, then the method."""
        found = {s.definition.indicator: s.definition for s in self.series}
        if self.method is not None:
            found[self.method.indicator] = self.method
        return list(found.values())

    @property
    def unit(self) -> str:
        """The unit of the first series; charts with one scale have one unit."""
        return self.series[0].unit

    @property
    def last_period(self) -> Value:
        """A row of the newest period in the chart."""
        return max(self.rows, key=lambda row: row.period_end)

    @property
    def cuts(self) -> tuple[Break, ...]:
        """The breaks that no line may cross."""
        return tuple(each for each in self.breaks if each.cuts)


class Missing(StrEnum):
    """Why a chart cannot be drawn: all its figures are hidden, nothing stands out, or none is."""

    HIDDEN = "hidden"
    QUIET = "quiet"
    NOTHING = "nothing"


class Resolver:
    """Finds rows for charts and picks, out of one release."""

    def __init__(self, figures: Figures, dictionary: Dictionary, as_of: date) -> None:
        self._figures, self._dictionary, self._as_of = figures, dictionary, as_of
        self._whole, *_ = figures.whole_area()

    def chart(self, spec: ChartSpec) -> Chart | Missing:
        """The chart with its rows, or why there is nothing to draw.

        Raises:
            PageError: the page names an indicator that the release does not define.
        """
        series = [
            part for at, name in enumerate(spec.series) for part in self._parts(spec, at, name)
        ]
        states = {row.state for s in series for row in s.rows}
        if not any(row.is_shown for s in series for row in s.rows):
            return self._why_none(spec, states)
        if spec.form in OVER_DAYS:  # too few for a curve: one row without a day, which says so
            series = [each for each in series if each.latest.by_value]
        first = min(row.period_start for s in series for row in s.rows)
        last = max(row.period_end for s in series for row in s.rows)
        crossed = [
            each
            for each in self._dictionary.breaks
            if first < each.on < last and any(each.concerns(name.indicator) for name in spec.series)
        ]
        method = self.definition(spec.method) if spec.method else None
        benchmark, assurance = self._benchmark(spec, series), self._assurance(spec, series[0])
        return Chart(spec, tuple(series), tuple(crossed), benchmark, method, assurance)

    def _why_none(self, spec: ChartSpec, states: set[str]) -> Missing:
        """Why a chart whose rows have these states shows nothing.

        Nothing stands out where the method has looked and has no row of the kind drawn.
        """
        if "hidden" in states:
            return Missing.HIDDEN
        is_examined = spec.method and any(
            self._figures.is_examined(spec.method, name.indicator, spec.level)
            for name in spec.series
        )
        return Missing.QUIET if is_examined and not states else Missing.NOTHING

    def pick(self, pick: Pick) -> Value | None:
        """The newest row of a pick, of the first period kind that has a figure."""
        history = self.history(pick)
        return history[-1] if history else None

    def history(self, pick: Pick) -> list[Value]:
        """Every row of a pick up to its newest, of the first period kind that has a figure."""
        if pick.method:
            rows = self._estimates(pick.method, pick.series, "province")
            return [row for row in rows if row.by_value == pick.contrast]
        for kind in pick.periods:
            rows = self._rows(pick.series, kind, "province", "", pick.mature_days)
            if any(row.is_shown for row in rows[-1:]) or (rows and kind == pick.periods[-1]):
                return rows
        return []

    def beside(self, value: Value, measure: str) -> Value | None:
        """Another measure of the same indicator, place and period."""
        selection = Selection(value.indicator, measure, value.level, value.period_kind)
        for row in self._figures.rows(selection):
            if (row.region_code, row.period_start) == (value.region_code, value.period_start):
                return row
        return None

    def definition(self, indicator: str) -> Definition:
        """The definition of an indicator.

        Raises:
            PageError: the release does not define it.
        """
        dictionary = self._dictionary
        try:
            return (dictionary.methods | dictionary.definitions)[indicator]
        except KeyError:
            raise PageError(
                f"`{indicator}` is not an indicator of this release; it defines "
                f"{', '.join(self._dictionary.definitions)}"
            ) from None

    def measure(self, name: SeriesName) -> str:
        """The measure a page means: the one it names, else the indicator's headline."""
        if name.measure:
            return name.measure
        held = self._figures.measures(name.indicator)
        headline = self.definition(name.indicator).headline_measure
        return headline if headline in held or not held else held[0]

    def _rows(
        self, name: SeriesName, kind: str, level: str, by: str, mature_days: int
    ) -> list[Value]:
        """Rows of one series that are old enough, without the years before it begins."""
        selection = Selection(name.indicator, self.measure(name), level, kind, by)
        until = self._as_of - timedelta(days=mature_days)
        rows = [row for row in self._figures.rows(selection) if row.period_end <= until]
        rows = self._of_whole(rows, level)
        return [
            row
            for _, group in groupby(rows, key=lambda row: (row.region_code, row.by_value))
            for row in dropwhile(lambda row: row.state == "not_available", group)
        ]

    def _estimates(self, method: str, name: SeriesName, level: str) -> list[Value]:
        """What a method says of one series."""
        selection = EstimateSelection(method, name.indicator, self.measure(name), level)
        return self._of_whole(self._figures.estimates(selection), level)

    def _of_whole(self, rows: list[Value], level: str) -> list[Value]:
        """On the highest level, the rows of the one region that is the whole."""
        return [row for row in rows if level != "province" or row.region_code == self._whole]

    def _parts(self, spec: ChartSpec, at: int, name: SeriesName) -> list[Series]:
        if spec.method:
            rows = self._estimates(spec.method, name, spec.level)
            rows = [row for row in rows if row.finding or not spec.only_found]
            rows = [row for row in rows if not spec.by or row.by_name == spec.by]
        else:
            rows = self._rows(name, spec.period, spec.level, spec.by, spec.mature_days)
        rows = _newest(rows, spec.last)
        definition = self.definition(name.indicator)
        plain = Series(
            label=_label(spec, at, name, definition, self.measure(name)),
            definition=definition,
            measure=self.measure(name),
            part=name.part,
            unit=_unit(spec, at, name, rows, definition),
            rows=tuple(rows),
        )
        if spec.form in OVER_DAYS:
            return _curves(plain)
        if spec.by and spec.only_found:
            return _split(plain, lambda row: row.region_code + row.by_value, _plain, self._both)
        if spec.by:
            return _split(plain, lambda row: row.by_value, _code_order, self._category)
        if spec.form == "effects":
            return _split(plain, lambda row: str(row.period_start), _plain, _span)
        if spec.level != "province":
            places = _split(plain, lambda row: row.region_code, _plain, _place)
            return self._shrunken(name, places) if spec.method == "funnel" else places
        return [plain] if rows else []

    def _shrunken(self, name: SeriesName, places: list[Series]) -> list[Series]:
        """The places of a funnel with their shrunken ratios of the same period."""
        level = places[0].latest.level if places else ""
        ratios = self._estimates("shrinkage", replace(name, measure="ratio"), level)
        held = {(row.region_code, row.period_start, row.by_value): row for row in ratios}
        keys = [
            (each.latest.region_code, each.latest.period_start, each.latest.by_value)
            for each in places
        ]
        return [
            replace(each, shrunken=held.get(key)) for each, key in zip(places, keys, strict=True)
        ]

    def _assurance(self, spec: ChartSpec, series: Series) -> Value | None:
        """How the limits of a control chart lie to the target of its newest month."""
        if spec.form != "control":
            return None
        name = replace(spec.series[0], measure="assurance")
        rows = self._estimates(spec.method, name, spec.level)
        return next((row for row in rows if row.by_value == series.measure), None)

    def _both(self, row: Value) -> Label:
        """The name of a category in a place."""
        names: dict[str, Fact] = {"place": _place(row), "category": self._category(row)}
        return Sentence("site.PLACE_CATEGORY", names)

    def _category(self, row: Value) -> Label:
        """The name of a category; of a day, that of the break on it."""
        steps = [f"codes.code_{step}" for step in row.by_value.split(">")]
        if set(steps) <= set(load_words()):
            return Word(steps[0]) if len(steps) == 1 else _way(steps)
        rule, _, verdict = row.by_value.partition(":")
        if verdict:
            pair = {"place": Word(f"codes.code_{rule}"), "category": Word(f"codes.code_{verdict}")}
            return Sentence("site.PLACE_CATEGORY", dict[str, Fact](pair))
        for each in self._dictionary.breaks:
            if each.on.isoformat() == row.by_value and each.concerns(row.indicator):
                return each.title
        return Names(row.by_value, row.by_value)

    def _benchmark(self, spec: ChartSpec, series: list[Series]) -> Value | None:
        """The provincial total in the newest period of a chart of categories or places."""
        if spec.method or not (spec.by or spec.level != "province"):
            return None
        newest = max((row for s in series for row in s.rows), key=lambda row: row.period_end)
        rows = self._rows(spec.series[0], spec.period, "province", "", spec.mature_days)
        same = [row for row in rows if row.period_start == newest.period_start and row.is_shown]
        return same[0] if same else None


def _newest(rows: list[Value], count: int) -> list[Value]:
    """Rows of the newest `count` periods; all of them for 0."""
    periods = sorted({row.period_start for row in rows})
    kept = set(periods[-count:] if count else periods)
    return [row for row in rows if row.period_start in kept]


def _split(
    plain: Series,
    key: Callable[[Value], str],
    order: Callable[[str], tuple[tuple[int, ...], str]],
    label: Callable[[Value], Label],
) -> list[Series]:
    """One series for each category or place, in code order."""
    groups: dict[str, list[Value]] = {}
    for row in plain.rows:
        groups.setdefault(key(row), []).append(row)
    return [
        replace(plain, label=label(groups[code][-1]), rows=tuple(groups[code]))
        for code in sorted(groups, key=order)
    ]


def _curves(plain: Series) -> list[Series]:
    """A series for each cohort, days in order; where there is one, its own label stays."""
    cohorts = sorted({row.period_start for row in plain.rows})
    rows = sorted(plain.rows, key=lambda row: int(row.by_value or 0))
    found = [tuple(row for row in rows if row.period_start == start) for start in cohorts]
    if len(found) == 1:
        return [replace(plain, rows=found[0])]
    return [replace(plain, label=_span(each[0]), rows=each) for each in found]


def _way(steps: Sequence[str]) -> Names:
    """Steps one after the other."""
    zh, en = (" → ".join(say(step, lang) for step in steps) for lang in (Lang.ZH, Lang.EN))
    return Names(zh, en[:1].upper() + en[1:])


def _code_order(code: str) -> tuple[tuple[int, ...], str]:
    """The order of `reports/words/codes.yml`, step by step; codes unknown there follow by name."""
    place = _places_of_codes()
    return (tuple(place.get(part, len(place)) for part in re.split("[>:]", code)), code)


@cache
def _places_of_codes() -> dict[str, int]:
    codes = [
        key.removeprefix("codes.code_") for key in load_words() if key.startswith("codes.code_")
    ]
    return {code: at for at, code in enumerate(codes)}


def _span(row: Value) -> Label:
    return Sentence("site.PERIOD", {"period": Period.of(row)})


def _plain(code: str) -> tuple[tuple[int, ...], str]:
    return ((), code)


def _place(row: Value) -> Label:
    return Names(row.region_zh, row.region_en)


def _label(
    spec: ChartSpec, at: int, name: SeriesName, definition: Definition, measure: str
) -> Label:
    if at < len(spec.labels):
        return spec.labels[at]
    several = [other for other in spec.series if other.indicator == name.indicator]
    if len(several) > 1 and measure in definition.measures:
        return definition.measures[measure]
    return spec.title or definition.title


def _unit(
    spec: ChartSpec, at: int, name: SeriesName, rows: list[Value], definition: Definition
) -> str:
    if at < len(spec.units):
        return spec.units[at]
    if name.part != "value":
        return ""
    return rows[0].unit if rows else definition.unit
