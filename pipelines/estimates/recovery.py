"""What was planted in a demo beside what the methods found: table `quality.recovery`.

The simulator writes what it planted to `truth.json`: effects on the log scale, which are relative
changes here. A slope is compared where one planted slope spans the whole segment.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

TABLE = "quality.recovery"
PHASES = {
    "notice": "announced",
    "0..0": "event_day",
    "1..6": "after_1_6",
    "7..27": "after_7_27",
    "28..55": "after_28_56",
}
UNCHANGED = "after_57_84"  # the simulator plants nothing after day 55
INTAKE = "1..56"
NEW_YEAR = {
    "before": "new_year_before", "holiday": "new_year", "after": "new_year_after",
}  # fmt: skip
LAST_DAY = "9999-12-31"

_CREATE = f"""
    create or replace table {TABLE} (
        method varchar, indicator varchar, measure varchar, contrast varchar,
        period_start date, period_end date, planted double, value double, low double,
        high double, is_held boolean
    )
"""
_ESTIMATES = """
    select method, indicator, measure, contrast, period_start, period_end, value, low, high
    from public.estimates
    where
        level = 'province' and (
            (method = 'visit_effect' and measure in ('pace', 'intake'))
            or (method = 'trend' and indicator = 'submission_count'
                and measure in ('annual_change', 'step', 'calendar_effect'))
        )
    order by all
"""


@dataclass(frozen=True, slots=True)
class _Planted:
    """Log effects: of phases, of the weeks after a visit, of days, and slopes until a day.

    `kinds` are those of kinds of days, as the trend tells them apart.
    """

    phases: dict[str, float]
    intake: float
    steps: dict[str, float]
    kinds: dict[str, float]
    slopes: list[tuple[date, date, float]]

    def of(self, measure: str, contrast: str, since: date, until: date) -> float | None:
        """The log effect that an estimate is of; none where nothing was planted of it."""
        if measure == "pace":
            return self.phases.get(contrast)
        if measure == "intake":
            return self.intake if contrast in {"lagged", "differenced"} else None
        if measure == "step":
            return self.steps.get(contrast)
        if measure == "calendar_effect":
            return self.kinds.get(contrast)
        spanning = (slope for start, end, slope in self.slopes if start <= since and until <= end)
        return next(spanning, None)


def write_recovery(con: duckdb.DuckDBPyConnection, truth: Path | None) -> int:
    """Write the table, empty without a truth; returns the number of rows."""
    con.execute("create schema if not exists quality")
    con.execute(_CREATE)
    if truth is None or not truth.is_file():
        return 0
    planted = _planted(json.loads(truth.read_text(encoding="utf-8"))["effects"])
    rows = list(_rows(con.execute(_ESTIMATES).fetchall(), planted))
    if rows:
        con.executemany(f"insert into {TABLE} values ({', '.join('?' * len(rows[0]))})", rows)
    return len(rows)


def _rows(found: list[tuple[Any, ...]], planted: _Planted) -> Iterator[tuple[Any, ...]]:
    for *key, value, low, high in found:
        log = planted.of(*key[2:])
        if log is not None:
            change = float(np.expm1(log))
            held = None if low is None else low <= change <= high
            yield (*key, change, value, low, high, held)


def _planted(effects: dict[str, Any]) -> _Planted:
    resolution = effects["visits"]["resolution"]
    slopes: list[tuple[date, date, float]] = []
    since = date.min
    for piece in effects["trend"]:
        until = date.fromisoformat(piece["until"] or LAST_DAY)
        slopes.append((since, until, piece["yearly"]))
        since = until
    return _Planted(
        phases={UNCHANGED: 0.0}
        | {PHASES[days]: log for days, log in resolution.items() if days in PHASES},
        intake=effects["visits"]["intake"][INTAKE],
        steps=effects["breaks"],
        kinds=_kinds(effects),
        slopes=slopes,
    )


def _kinds(effects: dict[str, Any]) -> dict[str, float]:
    """The phases of the New Year; weekends against the mean of Monday to Friday."""
    found = {NEW_YEAR[phase]: log for phase, log in effects["lunar_new_year"].items()}
    weekday = effects["weekday"]
    return found | {"weekend": weekday["weekend"] - weekday["monday"] / 5}
