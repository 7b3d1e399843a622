"""Two tables of the quality page: our figures beside those that others printed, and beside earlier.

Both come from the `quality` schema of the release; the page frames them in `quality`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from pipelines.publish.site.dictionary import records
from pipelines.publish.site.wording import Fact, Names, Period, Speaker

LONGEST_HISTORY = 24


@dataclass(frozen=True, slots=True)
class Part:
    """What a section says: the ending of its sentence's key, column heads, rows and facts.

    `heads` are keys of `site.COLUMN_<KEY>`, with whether the column holds numbers.
    """

    key: str
    heads: dict[str, bool]
    rows: list[tuple[str, ...]]
    facts: dict[str, Fact] = field(default_factory=dict[str, Fact])


def printed_part(con: duckdb.DuckDBPyConnection, say: Speaker) -> Part | None:
    """Printed figures with their verdicts, those that disagree first; None where there are none."""
    found = records(con, "quality", "published_figures", "figure_id")
    if not found:
        return None
    order = ("disagrees", "agrees", "not_comparable")
    found.sort(key=lambda row: (order.index(row["verdict"]), row["figure_id"]))
    counts = {name: sum(row["verdict"] == name for row in found) for name in order}
    heads = {
        "PRINTED": False,
        "AS_PUBLISHED": False,
        "OURS": True,
        "RESULT": False,
        "SOURCE": False,
    }
    rows = [
        (
            say.name(Names(row["title_zh"], row["title_en"])),
            row["as_published"],
            "–" if row["value"] is None else say.number(row["value"], row["unit"]),
            _verdict(say, row),
            row["source"],
        )
        for row in found
    ]
    return Part("SOME", heads, rows, {**counts})


def _verdict(say: Speaker, row: dict[str, Any]) -> str:
    verdict = say.say(f"figures.{row['verdict'].upper()}")
    if not row["reason"]:
        return verdict
    reason = say.say(f"figures.REASON_{row['reason']}")
    return say.say("site.VERDICT_AND_REASON", verdict=verdict, reason=reason)


def recovery_part(
    con: duckdb.DuckDBPyConnection, say: Speaker, title: Callable[[str], str]
) -> Part | None:
    """Planted effects beside what was found; None where nothing was planted."""
    found = records(con, "quality", "recovery", "method, measure, contrast, period_start")
    if not found:
        return None
    heads = {"METHOD": False, "ITEM": False, "PLANTED": True, "OURS": True, "INTERVAL": True}
    rows = [
        (
            title(row["method"]),
            _item(say, row),
            say.number(row["planted"], "share"),
            "–" if row["value"] is None else say.number(row["value"], "share"),
            "" if row["low"] is None else say.span(row["low"], row["high"], "share"),
            say.say(f"site.RECOVERY_{row['is_held']}"),
        )
        for row in found
    ]
    judged = [row for row in found if row["is_held"] is not None]
    facts: dict[str, Fact] = {
        "count": len(judged),
        "held": sum(row["is_held"] for row in judged),
    }
    return Part("SOME", heads | {"RESULT": False}, rows, facts)


def _item(say: Speaker, row: dict[str, Any]) -> str:
    """What was planted: a phase, a step on a day, or a slope over a span."""
    measure = say.say(f"site.RECOVERY_{row['measure']}")
    if row["measure"] == "annual_change":
        span = Period("span", row["period_start"], row["period_end"])
        return say.say("site.RECOVERY_ITEM", measure=measure, item=span)
    code = row["contrast"]
    item = say.day(date.fromisoformat(code)) if row["measure"] == "step" else say.code("code", code)
    return say.say("site.RECOVERY_ITEM", measure=measure, item=item)


def vintages_part(
    con: duckdb.DuckDBPyConnection, say: Speaker, title: Callable[[str], str]
) -> Part | None:
    """Revised figures: the first and the latest vintage; None where nothing is recorded.

    Args:
        con: the release.
        say: the language.
        title: the title of an indicator by its id.
    """
    key = "indicator, measure, region_code, period_kind, period_start, vintage_no"
    found = records(con, "quality", "vintages", key)
    if not found:
        return None
    cells: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in found:
        cell = tuple(row[name] for name in key.split(", ")[:-1])
        cells.setdefault(cell, []).append(row)
    revised = [history for history in cells.values() if len(history) > 1]
    if not revised:
        return Part("NONE", {}, [], {"figures": len(cells)})
    revised.sort(key=lambda history: history[-1]["period_start"], reverse=True)
    heads = {"INDICATOR": False, "PERIOD": False, "FIRST": True, "LATEST": True}
    rows = [
        (
            title(history[0]["indicator"]),
            _period(say, history[0]),
            _figure(say, history[0]),
            _figure(say, history[-1]),
            "[c]" if history[-1]["revision"] is None else f"{100 * history[-1]['revision']:+.1f}%",
            f"{history[0]['months_later']} / {history[-1]['months_later']}",
        )
        for history in revised[:LONGEST_HISTORY]
    ]
    heads |= {"REVISION": True, "MONTHS_LATER": True}
    return Part("SOME", heads, rows, {"figures": len(cells), "revised": len(revised)})


def _period(say: Speaker, row: dict[str, Any]) -> str:
    return say.period(Period(row["period_kind"], row["period_start"], row["period_end"]))


def _figure(say: Speaker, row: dict[str, Any]) -> str:
    return "[c]" if row["value"] is None else say.number(row["value"], "")
