"""The contract of one chart card: everything that must be said about a chart before it is shown.

A card with an empty field stops the build: a chart without a source, a way to read it or a
definition is not published.
"""

from dataclasses import dataclass, fields

from pipelines.publish.documents import Facts
from pipelines.publish.site.chart import Chart
from pipelines.publish.site.dictionary import Definition, Dictionary
from pipelines.publish.site.forms.flow import FlowTable
from pipelines.publish.site.forms.tiles import TileGrid
from pipelines.publish.site.forms.traces import drawn_ends
from pipelines.publish.site.headlines import chart_headline
from pipelines.publish.site.style import NUMERALS, Plot, starts_at_zero
from pipelines.publish.site.tables import LIMITED, Grid, chart_table
from pipelines.publish.site.wording import (
    Amount,
    Fact,
    Listing,
    Names,
    Period,
    Sentence,
    Speaker,
    Word,
)
from pipelines.words import load_words

OPTIONAL = frozenset({"caution", "breaks", "drawing", "tiles", "flow"})
TIMED = ("lines", "panels", "multiples", "control")
NOT_FROM_ZERO = ("lines", "multiples", "control")
DRAWER = ("numerator", "denominator", "exclusions", "not_for", "what", "how", "interval")


class IncompleteCardError(ValueError):
    """A chart card lacks something that must be said; the message names chart and field."""


@dataclass(frozen=True, slots=True)
class Card:
    """A chart card in one language, every field in words.

    Attributes:
        drawing: size of the static pictures as (wide height, narrow height).
        definition: (id, heading, [(term, words)]) for each indicator behind the chart, the id empty
            for a method.
        states: what the cells without a figure are, or that every figure is shown.
        breaks: (numeral, date, words) for each break in the chart.
        row_count: rows in the table, the downloads and the figure alike.
    """

    id: str
    form: str
    question: str
    headline: str
    subtitle: str
    alt: str
    how_to_read: str
    caution: str
    definition: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    source: str
    sample: str
    data_through: str
    quality: str
    uncertainty: str
    states: str
    breaks: tuple[tuple[str, str, str], ...]
    table: Grid
    row_count: int
    drawing: tuple[int, int]
    tiles: TileGrid | None
    flow: FlowTable | None

    def __post_init__(self) -> None:
        for field in fields(self):
            if field.name not in OPTIONAL and not getattr(self, field.name):
                raise IncompleteCardError(f"chart `{self.id}`: `{field.name}` is empty")
        for _, title, parts in self.definition:
            if not parts:
                raise IncompleteCardError(f"chart `{self.id}`: `{title}` has no definition")


@dataclass(frozen=True, slots=True)
class CardWriter:
    """Writes cards in one language for one release."""

    speaker: Speaker
    dictionary: Dictionary
    facts: Facts
    place: Names
    quality: Sentence

    def write(self, chart: Chart, picture: Plot | TileGrid | FlowTable) -> Card:
        """The card of a chart with its picture.

        Raises:
            IncompleteCardError: something that must be said about the chart is not known.
        """
        say, spec = self.speaker, chart.spec
        subtitle = say.tell(self._subtitle(chart))
        headline = say.tell(chart_headline(chart))
        table = chart_table(chart, say)
        return Card(
            id=spec.id,
            form=spec.form,
            question=say.name(spec.question),
            headline=headline,
            subtitle=subtitle,
            alt=self._alt(chart, subtitle, headline),
            how_to_read=say.fact(spec.how_to_read or _how_to_read(chart)),
            caution=say.name(spec.caution) if spec.caution else "",
            definition=tuple(map(self._definition, chart.definitions)),
            source=say.say("site.SOURCE"),
            sample=self._sample(chart),
            data_through=say.say("site.THROUGH", through=self.facts.data_through),
            quality=say.tell(self.quality),
            uncertainty=self._uncertainty(chart),
            states=self._states(chart),
            breaks=self._breaks(chart),
            table=table,
            row_count=len(table.rows),
            drawing=_size(picture),
            tiles=picture if isinstance(picture, TileGrid) else None,
            flow=picture if isinstance(picture, FlowTable) else None,
        )

    def _subtitle(self, chart: Chart) -> Sentence:
        first = min(chart.rows, key=lambda row: row.period_start)
        last = chart.last_period
        span: Fact = Period.of(last)
        if first.period_start != last.period_start:
            span = Sentence("site.SPAN", {"first": Period.of(first), "last": Period.of(last)})
        titles: tuple[Fact, ...] = (chart.title,)
        if len(chart.definitions) > 1 and not chart.spec.title:
            titles = tuple(definition.title for definition in chart.definitions)
        unit = self.speaker.unit(chart.unit).strip() if chart.spec.form != "panels" else ""
        return Sentence(
            "site.SUBTITLE_UNIT" if unit else "site.SUBTITLE",
            {"titles": Listing(titles), "unit": unit, "place": self.place, "span": span},
        )

    def _alt(self, chart: Chart, subtitle: str, headline: str) -> str:
        """What a reader who cannot see the chart is told: its form, message and extremes."""
        say = self.speaker
        ranges = [
            say.say(
                "site.ALT_SERIES",
                label=series.label,
                low=Amount(min(numbers), series.unit),
                high=Amount(max(numbers), series.unit),
            )
            for series in chart.series[:4]
            if len(series.rows) > 1
            and (numbers := [n for row in series.rows if (n := series.number(row)) is not None])
        ]
        form = Word(f"site.FORM_{chart.spec.form}")
        lead = say.say("site.ALT", form=form, subtitle=subtitle, headline=headline)
        return say.run_on(lead, *ranges)

    def _definition(self, definition: Definition) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What the drawer says of an indicator; the page of the indicator says all of it."""
        say = self.speaker
        parts = [
            (say.say(f"site.DEFINITION_{key}"), say.fact(fact))
            for key, fact in definition.parts
            if key in DRAWER
        ]
        parts += [(say.say("site.DEFINITION_caveat"), say.name(c)) for c in definition.caveats]
        page = "" if definition.is_method else definition.indicator
        return page, say.name(definition.title), tuple(parts)

    def _sample(self, chart: Chart) -> str:
        sizes = [row.n for row in chart.rows if row.n is not None and row.is_shown]
        if not sizes and any(row.is_shown for row in chart.rows):
            return self.speaker.say("site.SAMPLE_UNTOLD")
        if not sizes:
            return self.speaker.say("site.SAMPLE_NONE")
        if all(row.n in {None, row.value} for row in chart.rows):
            return self.speaker.say("site.SAMPLE_COUNT")
        key = "site.SAMPLE" if min(sizes) < max(sizes) else "site.SAMPLE_SAME"
        return self.speaker.say(key, low=min(sizes), high=max(sizes))

    def _uncertainty(self, chart: Chart) -> str:
        has_interval = any(row.low is not None for row in chart.rows)
        key = "site.UNCERTAIN" if has_interval else "site.FULL_COUNT"
        if chart.method is not None and not has_interval:
            key = "site.UNCERTAIN_NONE"
        if chart.spec.form == "multiples" and has_interval:
            key = "site.UNCERTAIN_TABLE"
        own = f"site.UNCERTAIN_{chart.spec.method}"
        has_own = (chart.spec.form in LIMITED or not has_interval) and own in load_words()
        text = self.speaker.say(own if has_own else key)
        numbers = [number for series in chart.series for number in drawn_ends(series)]
        if not starts_at_zero(numbers, chart.unit) and chart.spec.form in NOT_FROM_ZERO:
            text = self.speaker.run_on(text, self.speaker.say("site.NOT_FROM_ZERO"))
        return text

    def _states(self, chart: Chart) -> str:
        """How many cells carry no figure and why; reasons are the release's own words."""
        say = self.speaker
        said: list[str] = []
        for state in ("hidden", "not_available", "too_few", "not_reached"):
            rows = [row for row in chart.rows if row.state == state]
            if not rows:
                continue
            reasons = tuple(
                self.dictionary.reasons[reason]
                for reason in sorted({row.reason for row in rows})
                if reason in self.dictionary.reasons
            )
            why = Sentence("site.BECAUSE", {"reasons": Listing(reasons)}) if reasons else ""
            said.append(say.say(f"site.COUNT_{state}", count=len(rows), why=why))
        if not said:
            return say.say("site.COUNT_none")
        return say.run_on(*said)

    def _breaks(self, chart: Chart) -> tuple[tuple[str, str, str], ...]:
        if chart.spec.form not in TIMED:
            return ()
        say = self.speaker
        return tuple(
            (
                "" if chart.spec.form == "multiples" else NUMERALS[at % 10],
                say.day(each.on),
                f"{say.name(each.title)}{say.say('site.KIND', kind=say.code('break', each.kind))}",
            )
            for at, each in enumerate(chart.breaks)
        )


def _size(picture: Plot | TileGrid | FlowTable) -> tuple[int, int]:
    """Heights of the two drawings of a plot; tiles and tables are part of the page."""
    if isinstance(picture, Plot):
        return picture.wide["height"], picture.narrow["height"]
    return 0, 0


def _how_to_read(chart: Chart) -> Word:
    """The general way to read a form; without a word on intervals where there are none."""
    has_interval = any(row.low is not None for row in chart.rows)
    plain = chart.spec.form == "lines" and not has_interval
    return Word("site.HOW_lines_plain" if plain else f"site.HOW_{chart.spec.form}")
