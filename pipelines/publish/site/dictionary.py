"""What the release's dictionary says about indicators, breaks and codes, as the site quotes it.

Read from the `dictionary` schema only. A table that a release does not hold reads as empty: pages
then say that nothing was recorded, and the build does not fail over it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from pipelines.publish.site.wording import Fact, Names

METHOD_PARTS = ("what", "how", "interval")
DEFINITION_PARTS = ("numerator", "denominator", "exclusions", "clock", "source", "not_for")


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator as its own file defines it, or one statistical method.

    Attributes:
        measures: its numbers by id, with their titles; the first is the headline.
        parts: what it counts, as (key of `site.DEFINITION_<key>`, words).
        caveats: sentences to bear in mind.
        is_method: whether it is a statistical method, which the dictionary has no page for.
    """

    indicator: str
    title: Names
    unit: str
    measures: dict[str, Names]
    parts: tuple[tuple[str, Fact], ...]
    caveats: tuple[Names, ...]
    is_method: bool = False

    @property
    def headline_measure(self) -> str:
        """The first measure listed, which is the indicator's headline figure."""
        return next(iter(self.measures), "")


@dataclass(frozen=True, slots=True)
class Break:
    """A dated change of rule, definition or system that a series must show."""

    on: date
    kind: str
    title: Names
    indicators: tuple[str, ...]

    def concerns(self, indicator: str) -> bool:
        """Whether the series of an indicator shows this break."""
        return "*" in self.indicators or indicator in self.indicators

    @property
    def cuts(self) -> bool:
        """Whether figures on its two sides count different things, so that no line joins them."""
        return self.kind == "definition"


class Dictionary:
    """Definitions, breaks and reasons of one release."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        caveats = {
            row["caveat"]: Names(row["meaning_zh"], row["meaning_en"])
            for row in records(con, "dictionary", "caveats", "caveat")
        }
        measures: dict[str, dict[str, Names]] = {}
        for row in records(con, "dictionary", "measures", "indicator, position"):
            title = Names(row["title_zh"], row["title_en"])
            measures.setdefault(row["indicator"], {})[row["measure"]] = title
        self.definitions = {
            row["indicator"]: _definition(row, caveats, measures.get(row["indicator"], {}))
            for row in records(con, "dictionary", "indicators", "indicator")
        }
        self.methods = {
            row["method"]: _method(row) for row in records(con, "dictionary", "methods", "method")
        }
        self.breaks = tuple(
            Break(
                on=row["break_on"],
                kind=row["kind"],
                title=Names(row["title_zh"], row["title_en"]),
                indicators=tuple(str(row["indicators"]).replace(",", " ").split()),
            )
            for row in records(con, "dictionary", "series_breaks", "break_on, title_zh")
        )
        self.reasons = {
            row["reason"]: Names(row["meaning_zh"], row["meaning_en"])
            for row in records(con, "dictionary", "reasons", "reason")
        }
        self.rules = {
            (row["check_id"], row["table_name"]): Names(row["meaning_zh"], row["meaning_en"])
            for row in records(con, "dictionary", "rules", "check_id, table_name")
        }


def records(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, order: str
) -> list[dict[str, Any]]:
    """Every row of a small table by column name; no rows where the release has no such table."""
    held = con.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, table],
    ).fetchall()
    if not held[0][0]:
        return []
    cursor = con.execute(f"select * from {schema}.{table} order by {order}")
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _method(row: dict[str, Any]) -> Definition:
    parts = [(part, Names(row[f"{part}_zh"], row[f"{part}_en"])) for part in METHOD_PARTS]
    title = Names(row["title_zh"], row["title_en"])
    return Definition(row["method"], title, "", {}, tuple(parts), (), is_method=True)


def _definition(
    row: dict[str, Any], caveats: dict[str, Names], measures: dict[str, Names]
) -> Definition:
    parts: list[tuple[str, Fact]] = [
        (part, Names(row[f"{part}_zh"], row.get(f"{part}_en") or row[f"{part}_zh"]))
        for part in DEFINITION_PARTS
        if row.get(f"{part}_zh")
    ]
    return Definition(
        indicator=row["indicator"],
        title=Names(row["title_zh"], row["title_en"]),
        unit=row["unit"],
        measures=measures,
        parts=tuple(parts),
        caveats=tuple(caveats[key] for key in (row.get("caveats") or "").split() if key in caveats),
    )
