"""Headlines and statements, computed from published rows; none is ever typed.

Each function turns rows into a `Sentence`: a key and typed facts, from which both languages are
rendered. The words "rose", "fell", "better" and "worse" are in none of them: they need a signal
from a control chart or a funnel, and say what was measured until there is one.
"""

from dataclasses import replace

from pipelines.publish.site.chart import Chart, Label, Resolver, Series
from pipelines.publish.site.forms.flow import PLACES
from pipelines.publish.site.pages import Page
from pipelines.publish.site.values import Value
from pipelines.publish.site.wording import (
    Amount,
    Fact,
    Interval,
    Listing,
    Names,
    Period,
    Range,
    Sentence,
    Word,
    signed,
)
from pipelines.words import load_words

LOW_PARTICIPATION = 0.5
MOST_LISTED = 4
HEADLINE_DAY = "60"
CALENDAR_EFFECT = "calendar_effect"


def statement(value: Value, title: Label, kind: str = "SAY") -> Sentence:
    """What one row says; by its state where it carries no figure.

    An indicator may have its own sentence, `site.<kind>_<indicator>` or, for one measure of
    several, `site.<kind>_<indicator>_<measure>`; else the general one, `site.<kind>`, is used.
    """
    facts: dict[str, Fact] = {"title": title, "period": Period.of(value)}
    if not value.is_shown:
        return Sentence(f"site.STATE_{value.state}", facts)
    own = f"site.{kind}_{value.indicator}_{value.measure}"
    return Sentence(own if own in load_words() else f"site.{kind}", facts | value_facts(value))


def value_facts(value: Value) -> dict[str, Fact]:
    """What a sentence may say about a row that carries a figure."""
    return {
        "value": Amount(value.value or 0.0, value.unit),
        "interval": Interval(value.low, value.high, value.conf_level, value.unit),
        "numerator": _count(value.numerator),
        "denominator": _count(value.denominator),
        "n": _count(value.n),
        "note": Word("site.NOTE_PROVISIONAL") if "p" in value.flags else "",
    }


def point(resolver: Resolver, value: Value, label: Names | None = None) -> Sentence:
    """A bullet: a statement, with the caveat in the same sentence where few took part."""
    title = label or resolver.definition(value.indicator).title
    said = statement(value, title, "POINT")
    share = resolver.beside(value, "participation")
    if not value.is_shown or share is None or share.value is None or not share.is_shown:
        return said
    key = "site.WITH_FEW" if share.value < LOW_PARTICIPATION else "site.WITH_PARTICIPATION"
    return Sentence(key, {"statement": said, "share": Amount(share.value, share.unit)})


def page_headline(resolver: Resolver, page: Page) -> Sentence:
    """The headline of a page, from the figures that the page names.

    Where all of them have figures, the page's own sentence `site.HEAD_<page>`; where some do not,
    those that do, one after the other; where none does, that none has been published.
    """
    rows = {name: resolver.pick(pick) for name, pick in page.headline.items()}
    shown = {name: row for name, row in rows.items() if row is not None and row.is_shown}
    if said := _of_method(page, rows):
        return said
    own = f"site.HEAD_{page.name}"
    periods = {(row.period_start, row.period_end) for row in shown.values()}
    if shown and len(shown) == len(rows) and len(periods) == 1 and own in load_words():
        return Sentence(own, _named_facts(shown))
    if not shown:
        return Sentence("site.HEAD_NOTHING", {"title": page.title})
    said = [statement(row, resolver.definition(row.indicator).title) for row in shown.values()]
    return Sentence("site.JOINED", {"items": Listing(tuple(said))}) if len(said) > 1 else said[0]


def _of_method(page: Page, rows: dict[str, Value | None]) -> Sentence | None:
    """The headline of a page about one estimate, if it has sentences for what a method may say.

    `_above` or `_below` where the interval lies on that side of no effect, `_unclear` where it does
    not, `_absent` with the reason where the method gives no answer.
    """
    stem = f"site.HEAD_{page.name}"
    if f"{stem}_unclear" not in load_words():
        return None
    [(name, row)] = rows.items()
    if row is None:
        return None
    if not row.is_shown:
        return Sentence(f"{stem}_absent", {"reason": Word(f"reasons.{row.reason}")})
    facts = _named_facts({name: row})
    facts[f"{name}_size"] = Amount(abs(row.value or 0.0), row.unit)
    return Sentence(f"{stem}_{row.finding or 'unclear'}", facts)


def _named_facts(rows: dict[str, Value]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {"period": Period.of(next(iter(rows.values())))}
    for name, row in rows.items():
        facts |= {f"{name}_{key}": fact for key, fact in value_facts(row).items()}
        facts[f"{name}_period"] = Period.of(row)
    return facts


def chart_headline(chart: Chart) -> Sentence:
    """The headline of a chart: its newest figures, or the range over categories or places."""
    if chart.spec.form in _OF_METHODS:
        return _OF_METHODS[chart.spec.form](chart)
    if chart.spec.form == "flow":
        return _settled_where_begun(chart)
    if chart.spec.form in {"dots", "tiles", "multiples"}:
        return _range(chart)
    return _with_breaks(chart, _newest(chart))


def _against_limits(chart: Chart) -> Sentence:
    """Of a control chart: its newest month, and whether a rule marks it; of a trend, its level."""
    series = chart.series[0]
    row, marked = series.latest, sum(bool(row.finding) for row in series.rows)
    facts: dict[str, Fact] = {
        "statement": statement(replace(row, low=None, high=None), chart.title),
        "count": len(series.rows),
        "marked": marked,
        "finding": Listing(tuple(Word(f"findings.{word}") for word in row.finding.split())),
        "value": Amount(row.value or 0.0, row.unit),
        "expected": Amount(round(row.expected or 0.0), row.unit),
        "period": Period.of(row),
        "title": chart.title,
    }
    if row.low is None:
        facts["value"] = Amount(round(row.value or 0.0), row.unit)
        return Sentence("site.TREND", facts)
    said = Sentence("site.CONTROL_SIGNAL" if row.finding else "site.CONTROL_QUIET", facts)
    if (held := chart.assurance) is None:
        return said
    target: dict[str, Fact] = {"target": Amount(held.expected or 0.0, held.unit)}
    return Sentence(f"site.ASSURED_{held.finding}", target | {"statement": said})


def _changes(chart: Chart) -> Sentence:
    """Of changes with intervals: the last one, and how many leave out no change."""
    shown = [series for series in chart.series if series.latest.is_shown]
    if not shown:
        return statement(chart.series[-1].latest, chart.title)
    row = shown[-1].latest
    facts: dict[str, Fact] = value_facts(row) | {
        "title": chart.title,
        "label": shown[-1].label,
        "count": len(shown),
        "clear": sum(bool(series.latest.finding) for series in shown),
    }
    clear = [series for series in shown if series.latest.finding]
    if clear and chart.series[0].measure == CALENDAR_EFFECT:
        items = tuple(
            (each.label, signed(f"{100 * (each.latest.value or 0.0):+.1f}%")) for each in clear
        )
        return Sentence("site.CALENDAR_EFFECTS", {"items": Listing(items)})
    if row.low is None and row.unit == "times":
        found = tuple(series.label for series in shown if series.latest.finding)
        facts |= {"clear": len(found), "names": Listing(found), "period": Period.of(row)}
        return Sentence("site.SIGNALS_SOME" if found else "site.SIGNALS_NONE", facts)
    return Sentence("site.EFFECTS", facts)


def _beyond(chart: Chart) -> Sentence:
    """Of a funnel: which places lie beyond the limits; no other is named."""
    shown = [series for series in chart.series if series.latest.is_shown]
    named = tuple(series.label for series in shown if series.latest.finding)
    facts: dict[str, Fact] = {
        "title": chart.title,
        "period": Period.of(chart.last_period),
        "count": len(shown),
        "beyond": len(named),
        "side": Word(f"site.SIDE_{chart.last_period.by_value}"),
        "names": Listing(named),
        "missing": len(chart.series) - len(shown),
        "dimension": Word(f"codes.by_{chart.spec.level}"),
    }
    return Sentence("site.FUNNEL_SOME" if named else "site.FUNNEL_NONE", facts)


def _curve(chart: Chart) -> Sentence:
    """Of curves: where the newest one stands on a day that readers know; of a stack, all parts."""
    start = chart.last_period.period_start
    newest = [series for series in chart.series if series.rows[0].period_start == start]
    days = [row.by_value for row in newest[0].rows]
    day = HEADLINE_DAY if HEADLINE_DAY in days else days[-1]
    found = [(series, row) for series in newest for row in series.rows if row.by_value == day]
    row = found[0][1]
    items = tuple((series.label, Amount(each.value or 0.0, each.unit)) for series, each in found)
    facts = value_facts(row) | {"period": Period.of(row), "day": day, "items": Listing(items)}
    return Sentence("site.CURVE" if chart.spec.form == "curves" else "site.STACK", facts)


def _bars(chart: Chart) -> Sentence:
    """Of bars: the one that its method marks, else the first."""
    shown = [series for series in chart.series if series.latest.is_shown]
    series = next((series for series in shown if series.latest.finding), shown[0])
    facts = value_facts(series.latest) | {"label": series.label, "period": Period.of(series.latest)}
    return Sentence(f"site.BARS_{series.latest.finding or 'first'}", facts | {"title": chart.title})


_OF_METHODS = {
    "control": _against_limits,
    "effects": _changes,
    "funnel": _beyond,
    "curves": _curve,
    "stacked": _curve,
    "bars": _bars,
}


def _newest(chart: Chart) -> Sentence:
    if len(chart.series) == 1:
        return statement(chart.series[0].latest, chart.title)
    newest = chart.last_period
    shown = _shown_in(chart, newest)
    own = f"site.CHART_{chart.spec.id.replace('-', '_')}"
    if own in load_words() and len(shown) == len(chart.series):
        facts: dict[str, Fact] = {
            name: Amount(value, series.unit)
            for name, (series, value) in zip("abcd", shown, strict=False)
        }
        return Sentence(own, facts | {"period": Period.of(newest)})
    if not shown:
        return statement(newest, chart.title)
    return _several(Period.of(newest), shown, chart.title if chart.spec.by else "")


def _settled_where_begun(chart: Chart) -> Sentence:
    """Of a flow: how much was resolved on the tier at which it began; the range where not known."""
    newest = chart.last_period
    shown = {series.latest.by_value: number for series, number in _shown_in(chart, newest)}
    facts: dict[str, Fact] = {
        place: Amount(shown[way], chart.unit)
        for place in PLACES
        if (way := f"{place}_{place}_resolved") in shown
    }
    if len(facts) < len(PLACES):
        return _range(chart)
    return Sentence("site.FLOW_HEADLINE", facts | {"period": Period.of(newest)})


def _range(chart: Chart) -> Sentence:
    newest = chart.last_period
    shown = _shown_in(chart, newest)
    title = chart.title
    if not shown:
        return statement(newest, title)
    if len(chart.series) <= MOST_LISTED:
        return _several(Period.of(newest), shown, title)
    numbers = [number for _, number in shown]
    return Sentence(
        "site.RANGE" if len(shown) == len(chart.series) else "site.RANGE_SOME",
        {
            "period": Period.of(newest),
            "count": len(shown),
            "dimension": Word(f"codes.by_{chart.spec.by or chart.spec.level}"),
            "title": title,
            "range": Range(min(numbers), max(numbers), chart.unit),
            "missing": len(chart.series) - len(shown),
        },
    )


def _shown_in(chart: Chart, newest: Value) -> list[tuple[Series, float]]:
    """Every series with its figure in the newest period, where it has one."""
    return [
        (series, number)
        for series in chart.series
        for row in series.rows
        if row.period_start == newest.period_start and (number := series.number(row)) is not None
    ]


def _several(
    period: Period, shown: list[tuple[Series, float]], title: Label | str = ""
) -> Sentence:
    items = tuple((series.label, Amount(number, series.unit)) for series, number in shown)
    key = "site.SEVERAL_OF" if title else "site.SEVERAL"
    return Sentence(key, {"period": period, "title": title, "items": Listing(items)})


def _with_breaks(chart: Chart, said: Sentence) -> Sentence:
    """Adds that stretches on the two sides of a change of definition do not compare."""
    if not chart.cuts:
        return said
    key = "site.WITH_BREAK" if len(chart.cuts) == 1 else "site.WITH_BREAKS"
    return Sentence(key, {"statement": said, "count": len(chart.cuts)})


def _count(number: int | None) -> Fact:
    return "" if number is None else number
