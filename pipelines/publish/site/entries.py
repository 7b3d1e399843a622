"""The data dictionary of the site: what each indicator means, one entry for each.

Everything is read from the `dictionary` schema of the release, so a page says exactly what the
tables of the release say: definition, figures, rules through time, changes, worked example, query.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import duckdb

from pipelines.contract import FINEST
from pipelines.publish.site.dictionary import Definition, Dictionary, records
from pipelines.publish.site.tables import ColumnHead, Grid
from pipelines.publish.site.wording import Names, Speaker
from pipelines.words import load_words

DICTIONARY = "indicators/index.html"
FOREVER = 9999
Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Use:
    """A chart that draws an indicator: the page's file, the chart and what it asks."""

    file: str
    chart: str
    question: Names


@dataclass(frozen=True, slots=True)
class Part:
    """One section of an entry: a message, then tables with captions, code, or links."""

    id: str
    heading: str
    message: str = ""
    tables: tuple[tuple[str, Grid], ...] = ()
    code: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator in words.

    Attributes:
        terms: the definition as (term, words).
        caveats: sentences to bear in mind.
    """

    indicator: str
    theme: str
    title: str
    question: str
    unit: str
    terms: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    parts: tuple[Part, ...]


class EntryWriter:
    """Writes entries in one language."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        dictionary: Dictionary,
        speaker: Speaker,
        uses: Mapping[str, list[Use]],
    ) -> None:
        self._dictionary, self._speaker, self._uses = dictionary, speaker, uses
        self._indicators = records(con, "dictionary", "indicators", "indicator")
        self._measures = _grouped(con, "measures", "indicator", "position")
        self._changes = _grouped(con, "changes", "indicator", "position")
        self._rules = _grouped(con, "rule_calendar", "topic", "valid_from, rule_id")
        self._examples = _grouped(con, "examples", "indicator", "indicator")

    def entries(self) -> list[Entry]:
        """Every indicator of the release, theme after theme in the order of the words file."""
        themes = [key for key in load_words() if key.startswith("names.theme_")]
        order = {key.removeprefix("names.theme_"): at for at, key in enumerate(themes)}
        found = sorted(
            self._indicators,
            key=lambda row: (order.get(row["theme"], len(order)), row["indicator"]),
        )
        return [self._entry(row) for row in found]

    def _entry(self, row: dict[str, Any]) -> Entry:
        say, definition = self._speaker, self._dictionary.definitions[row["indicator"]]
        parts = (
            self._figures(row),
            self._rules_through_time(row),
            self._history(definition),
            self._example(row),
            self._query(row),
            self._charts(row),
        )
        return Entry(
            indicator=row["indicator"],
            theme=say.code("theme", row["theme"]),
            title=say.name(definition.title),
            question=say.name(_pair(row, "question")),
            unit=self._unit(row["unit"]),
            terms=self._terms(row, definition),
            caveats=tuple(map(say.name, definition.caveats)),
            parts=tuple(part for part in parts if part is not None),
        )

    def _terms(self, row: dict[str, Any], definition: Definition) -> tuple[tuple[str, str], ...]:
        say = self._speaker
        terms = {key: say.fact(fact) for key, fact in definition.parts}
        terms["unit"] = self._unit(row["unit"])
        terms["direction"] = say.code("better", row["better"])
        terms["breakdowns"] = self._listed(
            [say.code("by", by) for by in (row.get("breakdowns") or "").split()]
        )
        terms["finest"] = self._listed(
            [
                say.say(
                    "site.FINEST",
                    level=say.code("level", level),
                    kind=say.code("kind", row[f"finest_{level}"]),
                )
                for level in FINEST
            ]
        )
        terms["derived_from"] = self._listed(
            [self._title(name) for name in (row.get("derived_from") or "").split()]
        )
        terms["since_on"] = say.day(row["since_on"])
        checks = [say.say(f"checks.{kind}") for kind in row["checked_by"].split()]
        terms["checked_by"] = say.say("checks.BY", checks=self._listed(checks))
        for key in ("reviewed_on", "next_review_on"):
            terms[key] = say.day(row[key])
        return tuple(
            (say.say(f"site.DEFINITION_{key}"), text) for key, text in terms.items() if text
        )

    def _figures(self, row: dict[str, Any]) -> Part:
        say = self._speaker
        grid = self._grid(
            ("FIGURE_CODE", "FIGURE_TITLE", "UNIT", "INTERVAL_METHOD"),
            [
                (
                    measure["measure"],
                    say.name(_pair(measure, "title")),
                    self._unit(measure["unit"]),
                    say.code("interval", measure["interval_method"]),
                )
                for measure in self._measures.get(row["indicator"], [])
            ],
        )
        return self._part("figures", tables=(("", grid),))

    def _rules_through_time(self, row: dict[str, Any]) -> Part | None:
        """The rules that the indicator follows, by date; none where it follows no rule."""
        found = self._rules.get(row.get("rule_topic") or "", [])
        if not found:
            return None
        say = self._speaker
        grid = self._grid(
            ("RULE_FROM", "RULE_UNTIL", "RULE_VALUE", "RULE_SCOPE", "RULE_SOURCE", "RULE_VERIFIED"),
            [
                (
                    say.day(rule["valid_from"]),
                    say.say("site.RULE_OPEN")
                    if rule["valid_to"].year == FOREVER
                    else say.day(rule["valid_to"]),
                    say.say(f"site.RULE_{rule['unit']}", value=rule["value"]),
                    self._scope(rule),
                    say.name(_pair(rule, "legal_source")),
                    say.say("site.RULE_YES" if rule["is_verified"] else "site.RULE_NO"),
                )
                for rule in found
            ],
        )
        topic = say.code("topic", row["rule_topic"])
        return self._part("rules", tables=(("", grid),), topic=topic)

    def _scope(self, rule: dict[str, Any]) -> str:
        say = self._speaker
        names = [say.code("code", rule[key]) for key in ("tier", "channel") if rule.get(key)]
        names += [rule["region_code"]] if rule.get("region_code") else []
        names += [say.code("post", rule["post_kind"])] if rule.get("post_kind") else []
        return self._listed(names) or say.say("site.RULE_EVERYWHERE")

    def _history(self, definition: Definition) -> Part:
        """Changes of the definition, and breaks that its series cross, newest first."""
        say = self._speaker
        rows = [
            (change["changed_on"], say.say("site.HISTORY_OWN"), say.name(_pair(change, "change")))
            for change in self._changes.get(definition.indicator, [])
        ]
        rows += [
            (each.on, say.code("break", each.kind), say.name(each.title))
            for each in self._dictionary.breaks
            if each.concerns(definition.indicator)
        ]
        rows.sort(key=lambda row: row[0], reverse=True)
        cells = [(say.day(on), kind, words) for on, kind, words in rows]
        return self._part("history", tables=(("", self._grid(("DATE", "KIND", "BREAK"), cells)),))

    def _example(self, row: dict[str, Any]) -> Part | None:
        """Invented input, the figures that must come out, and why."""
        found = self._examples.get(row["indicator"], [])
        if not found:
            return None
        example, say = found[0], self._speaker
        given = [block.partition("\n") for block in example["given_rows"].split("\n\n")]
        tables = [
            (say.say("site.EXAMPLE_GIVEN", table=self._table(name)), _written(rows))
            for name, _, rows in given
        ]
        tables.append((say.say("site.EXAMPLE_EXPECTED"), _written(example["expected_rows"])))
        why, day = say.name(_pair(example, "why")), example["as_of"]
        return self._part("example", tables=tuple(tables), why=why, as_of=say.day(day))

    def _table(self, name: str) -> str:
        """A table by its code, or the indicator whose figures stand for it."""
        return self._title(name) if name in self._dictionary.definitions else name

    def _query(self, row: dict[str, Any]) -> Part | None:
        return self._part("query", code=row["facts_sql"]) if row.get("facts_sql") else None

    def _charts(self, row: dict[str, Any]) -> Part | None:
        say = self._speaker
        links = tuple(
            (f"{use.file}#{use.chart}", say.name(use.question))
            for use in self._uses.get(row["indicator"], [])
        )
        return self._part("charts", links=links) if links else None

    def _part(self, name: str, **given: Any) -> Part:
        """A section with its heading; facts that are no field of a part fill its message."""
        say = self._speaker
        own = {key: given.pop(key) for key in ("tables", "code", "links") if key in given}
        key = f"site.ENTRY_{name}_SAYS"
        message = say.say(key, **given) if key in load_words() else ""
        return Part(name, say.say(f"site.ENTRY_{name}"), message, **own)

    def _grid(self, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Grid:
        say = self._speaker
        titles = (ColumnHead(say.say(f"site.COLUMN_{key}"), is_number=False) for key in heads)
        return Grid(tuple(titles), tuple(rows))

    def _unit(self, unit: str) -> str:
        return self._speaker.unit(unit).strip()

    def _title(self, indicator: str) -> str:
        return self._speaker.name(self._dictionary.definitions[indicator].title)

    def _listed(self, names: list[str]) -> str:
        return self._speaker.say("site.LIST_SEPARATOR").join(names)


def by_theme(entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    """Entries under the heading of their theme, in the order given."""
    return [(theme, list(group)) for theme, group in groupby(entries, lambda entry: entry.theme)]


def _grouped(con: duckdb.DuckDBPyConnection, table: str, by: str, order: str) -> dict[str, Records]:
    groups: dict[str, Records] = {}
    for row in records(con, "dictionary", table, order):
        groups.setdefault(row[by], []).append(row)
    return groups


def _pair(row: dict[str, Any], name: str) -> Names:
    return Names(row[f"{name}_zh"], row[f"{name}_en"])


def _written(rows: str) -> Grid:
    """A table written with `|` between its columns, the first line being the names."""
    lines = [tuple(cell.strip() for cell in line.split("|")) for line in rows.splitlines()]
    return Grid(tuple(ColumnHead(name, is_number=False) for name in lines[0]), tuple(lines[1:]))
