"""The sections of the quality page: what arrived, what was checked, what is hidden, what is meant.

Each section is a table or a list made from the `quality` and `dictionary` schemas. A table that a
release does not hold leaves a sentence that says so.
"""

from dataclasses import dataclass, replace
from typing import Any

import duckdb

from pipelines.publish.site.calibration import calibration_part
from pipelines.publish.site.comparisons import (
    Part,
    printed_part,
    recovery_part,
    vintages_part,
)
from pipelines.publish.site.dictionary import Dictionary, records
from pipelines.publish.site.entries import DICTIONARY
from pipelines.publish.site.forms.flow import FlowTable
from pipelines.publish.site.tables import ColumnHead, Grid
from pipelines.publish.site.triangle import draw_triangle
from pipelines.publish.site.wording import Fact, Sentence, Speaker
from pipelines.words import load_words

SECOND_READING, CLEAN = "GX:", ""
LEVELS = ("province", "city", "unit", "county")
MARKS = (
    ("[c]", "HIDDEN"),
    ("[x]", "NOT_RECEIVED"),
    ("[z]", "NOT_APPLICABLE"),
    ("[p]", "PROVISIONAL"),
    ("[r]", "REVISED"),
    ("[b]", "BREAK"),
    ("[e]", "ESTIMATED"),
    ("[u]", "UNVERIFIED"),
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One section in words: a heading, a message, maybe a link (href, words), maybe tables."""

    id: str
    heading: str
    message: str
    grid: Grid | None = None
    link: tuple[str, str] | None = None
    flow: FlowTable | None = None


@dataclass(frozen=True, slots=True)
class QualityFacts:
    """The measured parts of the quality badge, as a release records them.

    Attributes:
        blocking: checks without which nothing is published; `passed` of them.
        rules: rules on records; `breached` of them found records that break them.
        records: records received; nothing where that may not be shown, as `quarantined`.
        arrived: offices that sent something.
        expected: offices that should have; those that did where a home names none.
    """

    blocking: int
    passed: int
    rules: int
    breached: int
    records: int | None
    quarantined: int | None
    arrived: int
    expected: int
    shown: int
    hidden: int

    @property
    def badge(self) -> str:
        """`GOOD`, `USABLE` or `NOT_COMPARABLE`; never a score."""
        if not self.blocking or self.passed < self.blocking:
            return "NOT_COMPARABLE"
        return "GOOD" if self.arrived >= self.expected else "USABLE"

    @property
    def lines(self) -> tuple[Sentence, ...]:
        """What the badge rests on."""
        if not self.blocking:
            return (Sentence("site.QUALITY_NONE"),)
        return (
            Sentence("site.QUALITY_CHECKS", {"passed": self.passed, "blocking": self.blocking}),
            Sentence("site.QUALITY_OFFICES", {"arrived": self.arrived, "expected": self.expected}),
        )

    @property
    def headline(self) -> Sentence:
        """The headline of the quality page."""
        if not self.blocking:
            return Sentence("site.QUALITY_NONE")
        key = "ALL" if self.passed == self.blocking else "SOME"
        offices = "IN" if self.arrived >= self.expected else "MISSING"
        return Sentence(
            f"site.HEAD_QUALITY_{key}_{offices}",
            {
                "blocking": self.blocking,
                "failed": self.blocking - self.passed,
                "arrived": self.arrived,
                "missing": self.expected - self.arrived,
            },
        )

    @property
    def points(self) -> tuple[Sentence, ...]:
        """The bullets of the quality page."""
        points: list[Sentence] = []
        if self.records is not None and self.quarantined is not None:
            facts: dict[str, Fact] = {"records": self.records, "quarantined": self.quarantined}
            points.append(Sentence("site.POINT_RECORDS", facts))
        if self.rules:
            facts = {"rules": self.rules, "breached": self.breached}
            points.append(Sentence("site.POINT_RULES", facts))
        if self.shown + self.hidden:
            points.append(
                Sentence("site.POINT_HIDDEN", {"shown": self.shown, "hidden": self.hidden})
            )
        return tuple(points)


def quality_facts(
    con: duckdb.DuckDBPyConnection, expected_offices: tuple[str, ...]
) -> QualityFacts:
    """Read the measured parts; absent tables count as nothing recorded."""
    checks = records(con, "quality", "checks", "check_id, table_name")
    receipts = records(con, "quality", "receipts", "source, table_name")
    files = records(con, "quality", "files", "sender_id, source, table_name")
    cells = records(con, "quality", "suppression", "indicator, level, period_kind, by_name")
    blocking = [row for row in checks if row["severity"] == "block"]
    arrived = {row["sender_id"] for row in files}
    expected = set(expected_offices) or arrived
    return QualityFacts(
        blocking=len(blocking),
        passed=sum(row["is_passed"] for row in blocking),
        rules=len(checks) - len(blocking),
        breached=sum(not row["is_passed"] for row in checks if row["severity"] != "block"),
        records=_total([row["record_count"] for row in receipts]),
        quarantined=_total([row["quarantined_count"] for row in receipts]),
        arrived=len(arrived & expected),
        expected=len(expected),
        shown=sum(row["shown"] for row in cells),
        hidden=sum(row["hidden"] for row in cells),
    )


def _total(counts: list[int | None]) -> int | None:
    """The sum; nothing where one part may not be shown, which the sum would give away."""
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


@dataclass(frozen=True, slots=True)
class QualityWriter:
    """Writes the sections in one language."""

    con: duckdb.DuckDBPyConnection
    dictionary: Dictionary
    speaker: Speaker
    contact: str
    publisher: str

    def panel(self, name: str) -> Panel:
        """The section called `name`.

        Raises:
            KeyError: there is no such section.
        """
        return {
            "receipts": self._receipts,
            "arrivals": self._arrivals,
            "checks": self._checks,
            "suppression": self._suppression,
            "printed": lambda: self._told("printed", printed_part(self.con, self.speaker)),
            "vintages": lambda: self._told(
                "vintages", vintages_part(self.con, self.speaker, self._title)
            ),
            "triangle": self._triangle,
            "recovery": lambda: self._told(
                "recovery", recovery_part(self.con, self.speaker, self._title)
            ),
            "calibration": lambda: self._told(
                "calibration", calibration_part(self.con, self.speaker)
            ),
            "breaks": self._breaks,
            "symbols": self._symbols,
            "definitions": self._definitions,
            "contact": self._contact,
        }[name]()

    def _panel(self, name: str, key: str = "", grid: Grid | None = None, **facts: Any) -> Panel:
        say = self.speaker
        message = f"site.SECTION_{name}_{key}" if key else f"site.SECTION_{name}_ABSENT"
        if message not in load_words():
            message = "site.SECTION_ABSENT"
        return Panel(name, say.say(f"site.SECTION_{name}"), say.say(message, **facts), grid)

    def _grid(self, heads: dict[str, bool], rows: list[tuple[str, ...]]) -> Grid:
        say = self.speaker
        return Grid(
            tuple(ColumnHead(say.say(f"site.COLUMN_{key}"), num) for key, num in heads.items()),
            tuple(rows),
        )

    def _told(self, name: str, part: Part | None) -> Panel:
        if part is None:
            return self._panel(name)
        grid = self._grid(part.heads, part.rows) if part.rows else None
        return self._panel(name, part.key, grid, **part.facts)

    def _triangle(self) -> Panel:
        if not records(self.con, "quality", "vintages", "vintage_no"):
            return self._panel("triangle")
        found = draw_triangle(self.con, self.speaker, self._title)
        if found is None:
            return self._panel("triangle", "ONCE")
        heads = tuple(ColumnHead(head, is_number=at > 0) for at, head in enumerate(found.heads))
        panel = self._panel("triangle", "SOME", Grid(heads, found.rows))
        return replace(panel, flow=found.table)

    def _receipts(self) -> Panel:
        found = records(self.con, "quality", "receipts", "source, table_name")
        if not found:
            return self._panel("receipts")
        say = self.speaker
        counts = ("record", "current", "superseded", "duplicate", "quarantined")
        rows = [
            (
                say.code("source", row["source"]),
                say.code("table", row["table_name"]),
                f"{row['file_count']:,}",
                *(_count(row[f"{name}_count"]) for name in counts),
            )
            for row in found
        ]
        heads = {"SOURCE": False, "TABLE": False, "FILES": True}
        grid = self._grid(heads | {name.upper(): True for name in counts}, rows)
        return self._panel("receipts", "SOME", grid, files=sum(row["file_count"] for row in found))

    def _arrivals(self) -> Panel:
        found = records(self.con, "quality", "files", "sender_id, source, table_name")
        if not found:
            return self._panel("arrivals")
        say = self.speaker
        sources = sorted({row["source"] for row in found})
        newest = {(row["sender_id"], row["source"]): row["last_as_of"] for row in found}
        senders = sorted({row["sender_id"] for row in found})
        rows = [
            (
                sender,
                *(
                    say.day(newest[sender, source].date()) if (sender, source) in newest else "–"
                    for source in sources
                ),
            )
            for sender in senders
        ]
        heads = [ColumnHead(say.say("site.COLUMN_SENDER"), is_number=False)]
        heads += [ColumnHead(say.code("source", source), is_number=False) for source in sources]
        grid = Grid(tuple(heads), tuple(rows))
        return self._panel("arrivals", "SOME", grid, senders=len(senders), sources=len(sources))

    def _checks(self) -> Panel:
        found = records(self.con, "quality", "checks", "check_id, table_name")
        if not found:
            return self._panel("checks")
        first = [row for row in found if not row["check_id"].startswith(SECOND_READING)]
        again = [row for row in found if row["check_id"].startswith(SECOND_READING)]
        breached = [row for row in first if not row["is_passed"]]
        clean_rows = [row for row in first if row["is_passed"]]
        grouped = (*_by_table(clean_rows, CLEAN), *_by_table(again, SECOND_READING))
        rows = [self._check(row) for row in (*breached, *grouped)]
        heads = {"CHECK": False, "TABLE": False, "RULE": False, "SEVERITY": False}
        grid = self._grid(heads | {"RESULT": False, "BREACHES": True}, rows)
        clean = sum(row["is_passed"] for row in found)
        return self._panel("checks", "SOME", grid, clean=clean, checks=len(found))

    def _check(self, row: dict[str, Any]) -> tuple[str, ...]:
        say = self.speaker
        return (
            say.say("site.CHECK_REST") if row["check_id"] == CLEAN else row["check_id"].rstrip(":"),
            say.code("table", row["table_name"]),
            self._rule(row),
            say.code("severity", row["severity"]),
            say.say(f"site.CHECK_{_verdict(row)}"),
            _count(row["failed_count"]),
        )

    def _rule(self, row: dict[str, Any]) -> str:
        if "rules" in row:
            key = "CLEAN_RULES" if row["check_id"] == CLEAN else "SECOND_READING"
            return self.speaker.say(f"site.{key}", count=row["rules"])
        words = self.dictionary.rules.get((row["check_id"], row["table_name"]))
        return self.speaker.name(words) if words else row["check_id"]

    def _suppression(self) -> Panel:
        found = records(
            self.con, "quality", "suppression", "indicator, level, period_kind, by_name"
        )
        if not found:
            return self._panel("suppression")
        say = self.speaker
        totals: dict[str, dict[str, list[int]]] = {}
        for row in found:
            levels = totals.setdefault(row["indicator"], {level: [0, 0] for level in LEVELS})
            levels[row["level"]][0] += row["shown"]
            levels[row["level"]][1] += row["hidden"]
        rows = [
            (self._title(indicator), *(f"{count:,}" for level in LEVELS for count in levels[level]))
            for indicator, levels in totals.items()
        ]
        heads = [ColumnHead(say.say("site.COLUMN_INDICATOR"), is_number=False)]
        heads += [
            ColumnHead(
                say.say(f"site.COLUMN_{key}", level=say.code("level", level)), is_number=True
            )
            for level in LEVELS
            for key in ("SHOWN", "HIDDEN")
        ]
        hidden = sum(row["hidden"] for row in found)
        shown = sum(row["shown"] for row in found)
        key = "SOME" if hidden else "NONE"
        grid = Grid(tuple(heads), tuple(rows))
        return self._panel("suppression", key, grid, hidden=hidden, shown=shown)

    def _title(self, indicator: str) -> str:
        known = self.dictionary.methods | self.dictionary.definitions
        definition = known.get(indicator)
        return self.speaker.name(definition.title) if definition else indicator

    def _breaks(self) -> Panel:
        say = self.speaker
        if not self.dictionary.breaks:
            return self._panel("breaks")
        rows = [
            (
                say.day(each.on),
                say.code("break", each.kind),
                say.name(each.title),
                say.say("site.ALL_INDICATORS")
                if "*" in each.indicators
                else say.say("site.LIST_SEPARATOR").join(map(self._title, each.indicators)),
            )
            for each in self.dictionary.breaks
        ]
        heads = {"DATE": False, "KIND": False, "BREAK": False, "CONCERNS": False}
        return self._panel("breaks", "SOME", self._grid(heads, rows), count=len(rows))

    def _symbols(self) -> Panel:
        say = self.speaker
        rows = [(mark, say.say(f"states.{key}")) for mark, key in MARKS]
        grid = self._grid({"SYMBOL": False, "MEANING": False}, rows)
        return self._panel("symbols", "SOME", grid)

    def _definitions(self) -> Panel:
        count = len(self.dictionary.definitions)
        if not count:
            return self._panel("definitions")
        panel = self._panel("definitions", "SOME", count=count)
        return replace(panel, link=(DICTIONARY, self.speaker.say("site.DICTIONARY")))

    def _contact(self) -> Panel:
        key = "SOME" if self.contact and self.publisher else "ABSENT"
        return self._panel("contact", key, publisher=self.publisher, contact=self.contact)


def _by_table(checks: list[dict[str, Any]], check_id: str) -> list[dict[str, Any]]:
    """One row for each table with all these checks; each by itself is in `quality.checks`."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for row in checks:
        tables.setdefault(row["table_name"], []).append(row)
    return [
        {
            "check_id": check_id,
            "table_name": table,
            "severity": "block" if any(row["severity"] == "block" for row in rows) else "warning",
            "is_passed": all(row["is_passed"] for row in rows),
            "failed_count": _total([row["failed_count"] for row in rows]),
            "rules": len(rows),
        }
        for table, rows in sorted(tables.items())
    ]


def _verdict(row: dict[str, Any]) -> str:
    if row["is_passed"]:
        return "PASSED"
    return "BLOCKED" if row["severity"] == "block" else "FAILED"


def _count(number: int | None) -> str:
    return "[c]" if number is None else f"{number:,}"
