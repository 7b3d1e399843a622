"""The section on how the methods do in simulated worlds, from `dictionary.calibration`."""

from typing import Any

import duckdb

from pipelines.publish.calibration import told
from pipelines.publish.site.comparisons import Part
from pipelines.publish.site.dictionary import records
from pipelines.publish.site.wording import Fact, Names, Speaker

UNBROKEN = "\u00a0"


def calibration_part(con: duckdb.DuckDBPyConnection, say: Speaker) -> Part | None:
    """Each measured property beside what is promised; None where a release has no such table."""
    found = records(con, "dictionary", "calibration", "method_en, setting, what")
    if not found:
        return None
    heads = {"METHOD": False, "WORLD": False, "PROPERTY": False, "PROMISED": True}
    heads |= {"MEASURED": True, "RUNS": True, "RESULT": False}
    promised = [row for row in found if row["is_kept"] is not None]
    facts: dict[str, Fact] = {
        "promises": len(promised),
        "kept": sum(row["is_kept"] for row in promised),
    }
    return Part("SOME", heads, [_row(say, row) for row in found], facts)


def _row(say: Speaker, row: dict[str, Any]) -> tuple[str, ...]:
    names = (
        say.name(Names(row[f"{part}_zh"], row[f"{part}_en"]))
        for part in ("method", "setting", "what")
    )
    actual, error = (told(row[name], row["what"]) for name in ("actual", "error"))
    return (
        *names,
        told(row["nominal"], row["what"]),
        f"{actual}{UNBROKEN}±{error}",
        f"{row['runs']:,}",
        say.say(f"calibration.KEPT_{row['is_kept']}"),
    )
