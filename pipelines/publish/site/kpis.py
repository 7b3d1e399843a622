"""Indicator cards: the newest figure with its interval, size and period, beside its last points.

The small line claims nothing: it has no colour for good or bad and no word for up or down.
"""

from dataclasses import dataclass

from pipelines.publish.site.chart import Resolver
from pipelines.publish.site.pages import Pick
from pipelines.publish.site.values import Value
from pipelines.publish.site.wording import Amount, Interval, Period, Speaker

POINTS = 24
WIDTH, HEIGHT, MARGIN = 150, 46, 5


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line: SVG paths for its runs, its last point, and what it says in words."""

    runs: tuple[str, ...]
    end: tuple[float, float] | None
    alt: str


@dataclass(frozen=True, slots=True)
class IndicatorCard:
    """One indicator card in words."""

    indicator: str
    title: str
    figure: str
    unit: str
    interval: str
    sample: str
    period: str
    note: str
    spark: Spark


def indicator_card(resolver: Resolver, pick: Pick, speaker: Speaker) -> IndicatorCard | None:
    """The card of one figure; none where nothing of it has been published."""
    history = resolver.history(pick)[-POINTS:]
    if not history:
        return None
    row = history[-1]
    definition = resolver.definition(row.indicator)
    if row.is_shown:
        figure, unit = speaker.number(row.value or 0.0, row.unit), speaker.unit(row.unit).strip()
    else:
        figure, unit = speaker.absence(row), ""
    share = resolver.beside(row, "participation")
    note = ""
    if share is not None and share.is_shown:
        note = speaker.say("site.CARD_PARTICIPATION", share=Amount(share.value or 0, share.unit))
    return IndicatorCard(
        indicator=row.indicator,
        title=speaker.name(pick.label or definition.title),
        figure=figure,
        unit=unit,
        interval=_interval(row, speaker),
        sample=_sample(row, speaker),
        period=speaker.period(Period.of(row)),
        note=note,
        spark=_spark(history, speaker),
    )


def _interval(row: Value, speaker: Speaker) -> str:
    if not row.is_shown:
        return ""
    if row.low is None or row.high is None:
        return speaker.say("site.CARD_FULL_COUNT")
    spoken = Interval(row.low, row.high, row.conf_level, row.unit)
    return speaker.fact(spoken).strip("（） ()")


def _sample(row: Value, speaker: Speaker) -> str:
    if not row.is_shown or row.n is None or row.n == row.value:
        return ""
    return speaker.say("site.CARD_SAMPLE", n=row.n)


def _spark(history: list[Value], speaker: Speaker) -> Spark:
    numbers = [row.value if row.is_shown else None for row in history]
    shown = [number for number in numbers if number is not None]
    if len(shown) < 2:
        return Spark((), None, speaker.say("site.SPARK_NONE"))
    low, high = min(shown), max(shown)
    tall = (HEIGHT - 2 * MARGIN) / ((high - low) or 1.0)
    wide = (WIDTH - 2 * MARGIN) / (len(numbers) - 1)
    places = [
        None if number is None else (MARGIN + at * wide, HEIGHT - MARGIN - (number - low) * tall)
        for at, number in enumerate(numbers)
    ]
    alt = speaker.say(
        "site.SPARK_ALT",
        count=len(history),
        low=Amount(low, history[-1].unit),
        high=Amount(high, history[-1].unit),
    )
    return Spark(_runs(places), places[-1], alt)


def _runs(places: list[tuple[float, float] | None]) -> tuple[str, ...]:
    """One run of points for each stretch without a gap."""
    runs: list[list[str]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(f"{place[0]:.1f},{place[1]:.1f}")
    return tuple(" ".join(run) for run in runs if run)
