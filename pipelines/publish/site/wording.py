"""How the site says things: numbers, dates, names and sentences, in one language at a time.

A sentence is a key of `reports/words/` with facts. The facts are typed (an amount with its unit, a
period, a pair of names), so that both languages are rendered from one record. No sentence is
written in this package.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pipelines.publish.site.values import Value
from pipelines.publish.site.zhtext import full_width
from pipelines.words import Lang, load_words, say

PERCENT, TIMES, THEIL, POINT = "share", "times", "theil", "point"
SHORT_UNITS = (PERCENT, "day")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Names:
    """One thing's name in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Word:
    """A key of `reports/words/` that stands for a fact."""

    key: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit; shares are fractions from 0 to 1."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval in brackets, or nothing where there is none."""

    low: float | None
    high: float | None
    conf_level: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Range:
    """A range of numbers."""

    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Period:
    """A period; `end` is the day after it."""

    kind: str
    start: date
    end: date

    @classmethod
    def of(cls, value: Value) -> "Period":
        """The period of a published row."""
        return cls(value.period_kind, value.period_start, value.period_end)


@dataclass(frozen=True, slots=True)
class Listing:
    """Several facts, or pairs of a name and a fact, one after the other."""

    items: tuple["Fact | tuple[Names | Word | Sentence, Fact]", ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence before it has a language: its key and its facts."""

    key: str
    facts: dict[str, "Fact"] = field(default_factory=dict[str, "Fact"])


Fact = Names | Word | Amount | Interval | Range | Period | Listing | Sentence | date | int | str


def _found(word: str) -> Fact:
    """A word of what a method says; a day may follow a colon."""
    name, _, day = word.partition(":")
    key = f"findings.{name}"
    return Sentence(key, {"day": date.fromisoformat(day)}) if day else Word(key)


def signed(number: str) -> str:
    """A number with a minus sign in place of a hyphen."""
    return number.replace("-", "−")


class Speaker:
    """Says everything in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.is_zh = lang is Lang.ZH

    def say(self, key: str, **facts: Fact) -> str:
        """The sentence `key`, its facts put into words."""
        spoken = {name: self.fact(fact) for name, fact in facts.items()}
        return self._set(say(key, self.lang, **spoken))

    def tell(self, sentence: Sentence) -> str:
        """A sentence in this language."""
        return self.say(sentence.key, **sentence.facts)

    def name(self, names: Names) -> str:
        """The name in this language."""
        return self._set(names.zh if self.is_zh else names.en or names.zh)

    def code(self, code_list: str, code: str) -> str:
        """The name of a code; the code itself where no name is known."""
        keys = (f"codes.{code_list}_{code}", f"names.{code_list}_{code}")
        known = next((key for key in keys if key in load_words()), "")
        return self.say(known) if known else code

    def fact(self, fact: Fact) -> str:
        """A fact in words."""
        return _SPOKEN[type(fact)](self, fact)

    def number(self, value: float, unit: str) -> str:
        """A number without its unit; a share in percent."""
        if unit == PERCENT:
            return signed(f"{100 * value:z.1f}")
        if unit == TIMES:
            return f"{round(value, 2):g}"
        if unit == THEIL:
            return f"{value:.4f}"
        if unit == POINT:
            return signed(f"{value:z.1f}")
        return signed(f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}")

    def unit(self, unit: str) -> str:
        """What follows a number, with the space that English puts before it."""
        key = f"units.{unit}"
        return say(key, self.lang) if key in load_words() else f" {unit}"

    def amount(self, value: float, unit: str) -> str:
        """A number with its unit."""
        return self.number(value, unit) + self.unit(unit)

    def short(self, value: float, unit: str) -> str:
        """A number for a label in a chart: with its unit only where that is a sign or two."""
        return self.number(value, unit) + (self.unit(unit) if unit in SHORT_UNITS else "")

    def span(self, low: float, high: float, unit: str) -> str:
        """A range of numbers, the unit once; with a minus sign in it, no dash between them."""
        if low < 0:
            return self._pick("至", " to ").join(
                [self.number(low, unit), self.number(high, unit) + self.unit(unit)]
            )
        return f"{self.number(low, unit)}–{self.number(high, unit)}{self.unit(unit)}"

    def day(self, on: date) -> str:
        """A date."""
        if self.is_zh:
            return f"{on.year}年{on.month}月{on.day}日"
        return f"{on.day} {MONTHS[on.month - 1]} {on.year}"

    def period(self, period: Period) -> str:
        """A period by its name."""
        start, last = period.start, period.end - timedelta(days=1)
        quarter = (start.month + 2) // 3
        match period.kind:
            case "month":
                return self._pick(
                    f"{start.year}年{start.month}月", f"{MONTHS[start.month - 1]} {start.year}"
                )
            case "quarter":
                return self._pick(
                    f"{start.year}年第{'一二三四'[quarter - 1]}季度", f"Q{quarter} {start.year}"
                )
            case "half_year":
                half = 1 + (start.month > 6)
                return self._pick(f"{start.year}年{'上下'[half - 1]}半年", f"H{half} {start.year}")
            case "ytd" if start.month != last.month:
                return self._pick(
                    f"{start.year}年{start.month}—{last.month}月",
                    f"{MONTHS[start.month - 1]}–{MONTHS[last.month - 1]} {start.year}",
                )
            case "ytd":
                return self.period(Period("month", start, period.end))
            case _:
                return self._stretch(period)

    def _stretch(self, period: Period) -> str:
        """A week by its first day, any stretch by its first and last month, else the year."""
        start = period.start
        if period.kind == "week":
            return self._pick(f"{self.day(start)}起一周", f"week of {self.day(start)}")
        if period.kind == "span":
            last = period.end - timedelta(days=1)
            first, end = (self.period(Period("month", on, on)) for on in (start, last))
            return self._pick(f"{first}至{end}", f"{first} to {end}")
        return self._pick(f"{start.year}年", f"{start.year}")

    def finding(self, finding: str) -> str:
        """What a method says of a row, its words one after the other."""
        return self.listing(Listing(tuple(map(_found, finding.split()))))

    def since(self, finding: str) -> str:
        """Since when what a method found has stood; empty where it does not say."""
        return self.finding(" ".join(word for word in finding.split() if ":" in word))

    def run_on(self, *sentences: str) -> str:
        """Sentences one after the other: English puts a space between them, Chinese none."""
        return self._pick("", " ").join(sentences)

    def absence(self, row: Value) -> str:
        """What stands in place of a figure: `[c]`, `[x]`, `[z]`, or a word."""
        return row.mark or self.say(f"states.{row.state}")

    def interval(self, fact: Interval) -> str:
        """An interval in brackets with its level; nothing where there is none."""
        if fact.low is None or fact.high is None:
            return ""
        share = f"{100 * (fact.conf_level or 0.95):.0f}%"
        return self.say(
            "site.INTERVAL", share=share, range=self.span(fact.low, fact.high, fact.unit)
        )

    def listing(self, listing: Listing) -> str:
        """Facts, or names with facts, with the separators of the language."""
        parts = [
            f"{self.fact(item[0])}{self._pick('', ' ')}{self.fact(item[1])}"
            if isinstance(item, tuple)
            else self.fact(item)
            for item in listing.items
        ]
        return (
            self._pick("，", "; ").join(parts)
            if any(isinstance(item, tuple) for item in listing.items)
            else self._pick("、", ", ").join(parts)
        )

    def _pick(self, zh: str, en: str) -> str:
        return zh if self.is_zh else en

    def _set(self, text: str) -> str:
        return full_width(text) if self.is_zh else text


_SPOKEN: dict[type, Callable[[Speaker, Any], str]] = {
    Names: Speaker.name,
    Word: lambda speaker, word: speaker.say(word.key),
    Sentence: Speaker.tell,
    Amount: lambda speaker, amount: speaker.amount(amount.value, amount.unit),
    Interval: Speaker.interval,
    Range: lambda speaker, given: speaker.span(given.low, given.high, given.unit),
    Period: Speaker.period,
    Listing: Speaker.listing,
    date: Speaker.day,
    int: lambda _, count: f"{count:,}",
    str: lambda _, text: text,
}
