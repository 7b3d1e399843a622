"""What was planted, written to `truth.json` beside the exports: the oracle of tests and the README.

Every key is described in `docs/truth.md`.

Days run from the date of registration to the date of the first closing of any outcome. The cohorts
count every case that was simulated, the few faulty ones included.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from pipelines.simulate import intake, labels, pauses, visits
from pipelines.simulate.calendar import day_number
from pipelines.simulate.cases import GAMING_SINCE, Cases
from pipelines.simulate.dirt import faults_by_reason
from pipelines.simulate.durations import FRAILTY_VARIANCE, RESOLVED, SPEED_SD, STILL_OPEN
from pipelines.simulate.exports import OLD_HEADERS, RENAMED_OFFICE, RENAMED_ON, Written
from pipelines.simulate.repeats import MEAN_LAG_DAYS, REPEAT_SHARE
from pipelines.simulate.scenario import Floats, Ints, Scenario
from pipelines.simulate.systems.planted import planted_facts
from pipelines.simulate.world import GAMING_PLACE, OUTLIER_SPEED, World

FORMAT = 2
SHARE_DAYS = 60


@dataclass(frozen=True, slots=True)
class Durations:
    """Counts of cases by half-year cohort and days to closing; the last column never closes.

    Attributes:
        every: all cases, followed to their end.
        resolved: those of them that were resolved.
        closed: those that closed by the extract.
    """

    every: Ints
    resolved: Ints
    closed: Ints

    @classmethod
    def empty(cls, world: World) -> "Durations":
        """No cases yet."""
        cohorts = (world.scenario.until.year - 2003) * 2 + 2
        shape = (cohorts, world.calendar.days + 1)
        return cls(*(np.zeros(shape, dtype=np.int64) for _ in range(3)))

    def of(self, cohort: int) -> "Durations":
        """The counts of one cohort, along the days."""
        return Durations(self.every[cohort], self.resolved[cohort], self.closed[cohort])

    def whole(self) -> "Durations":
        """The counts of all cohorts together, along the days."""
        return Durations(self.every.sum(0), self.resolved.sum(0), self.closed.sum(0))

    def add(self, world: World, cases: Cases) -> None:
        """Count the cases of a city."""
        calendar = world.calendar
        half = (calendar.year[cases.day] - 2003) * 2 + (calendar.month[cases.day] > 6)
        days = np.where(cases.endings.days == STILL_OPEN, calendar.days, cases.endings.days)
        cell = half * self.every.shape[1] + days
        seen = cases.closing_day < calendar.seen
        self.every[:] += _count(cell, self.every.shape)
        self.closed[:] += _count(cell[seen], self.closed.shape)
        is_resolved = (cases.endings.days != STILL_OPEN) & (cases.endings.outcome == RESOLVED)
        self.resolved[:] += _count(cell[is_resolved], self.resolved.shape)


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of the cases while their exports are written.

    Attributes:
        durations: days to closing.
        limits: limits passed and kept, as `pauses.count_limits` names them.
    """

    durations: Durations
    limits: Counter[str]

    @classmethod
    def empty(cls, world: World) -> "Tally":
        """No cases yet."""
        return cls(Durations.empty(world), Counter())


def _count(cell: Ints, shape: tuple[int, ...]) -> Ints:
    return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)


def truth_of(
    world: World,
    tally: Tally,
    faults: Counter[str],
    planted: Counter[str],
    written: list[Written],
) -> dict[str, Any]:
    """The content of truth.json."""
    rows: dict[str, int] = {}
    for file in written:
        table = file.path.split("/")[0]
        rows[table] = rows.get(table, 0) + file.rows
    return {
        "format": FORMAT,
        "parameters": parameters_of(world.scenario),
        "rows": rows,
        "planted_faults": dict(sorted(faults.items())),
        "expected_fates": faults_by_reason(faults),
        "old_headers": {
            "office": RENAMED_OFFICE,
            "before": RENAMED_ON.isoformat(),
            "columns": {old: new for new, old in OLD_HEADERS.items()},
        },
        "effects": _effects(world.scenario.visit_effect),
        "emerging_issues": _issues(world),
        "pauses": _pauses(tally.limits),
        "outliers": _outliers(world),
        "systems": planted_facts() | {"counts": dict(sorted(planted.items()))},
        "cohorts": _cohorts(tally.durations),
        "overall": _summary(tally.durations.whole()),
        "files": [asdict(file) for file in sorted(written, key=lambda file: file.path)],
    }


def parameters_of(scenario: Scenario) -> dict[str, Any]:
    """The parameters of a scenario as truth.json writes them."""
    return asdict(scenario) | {"until": scenario.until.isoformat()}


def _effects(of_visits: float) -> dict[str, Any]:
    return {
        "trend": [
            {"yearly": slope, "until": until.isoformat() if until else None}
            for slope, until in intake.TREND
        ],
        "breaks": {day.isoformat(): step for day, step in intake.BREAKS.items()},
        "lunar_new_year": intake.LNY_EFFECTS,
        "weekday": {"monday": intake.MONDAY_EFFECT, "weekend": intake.WEEKEND_EFFECT},
        "visits": {
            "intake": _pulses(of_visits, visits.INTAKE_NOTICE, visits.INTAKE_AFTER),
            "resolution": _pulses(of_visits, visits.RESOLUTION_NOTICE, visits.RESOLUTION_AFTER),
        },
        "fixed_days": 0.0,
        "frailty_variance": FRAILTY_VARIANCE,
        "log_speed_sd": SPEED_SD,
        "repeats": {"share": REPEAT_SHARE, "mean_lag_days": MEAN_LAG_DAYS},
    }


def _pulses(
    times: float, notice: float, after: tuple[tuple[int, int, float], ...]
) -> dict[str, float]:
    phases = {"notice": notice} | {f"{first}..{last}": size for first, last, size in after}
    return {days: times * size for days, size in phases.items()}


def _issues(world: World) -> list[dict[str, Any]]:
    return [
        {
            "content": labels.CONTENTS[issue.content],
            "region_codes": sorted({_code_on(world, place, issue.start) for place in issue.places}),
            "start_on": issue.start.isoformat(),
            "weeks": issue.weeks,
            "times": world.scenario.issue_times,
        }
        for issue in intake.ISSUES
        if issue.start <= world.scenario.until
    ]


def _pauses(limits: Counter[str]) -> dict[str, Any]:
    def of(name: str) -> dict[str, dict[str, int]]:
        return {
            clock: {count: limits[f"{name}.{clock}.{count}"] for count in ("due", "in_time")}
            for clock in ("stops", "runs_on")
        }

    return {
        "hearings": {
            "share_of_rechecks": pauses.HEARD_SHARE,
            "days": _both_ends(pauses.HEARING_DAYS),
            "late_share": pauses.LATE_SHARE,
            "count": limits["rechecks.pauses"],
        },
        "suspensions": {
            "share": pauses.SUSPENDED_SHARE,
            "handled_days": pauses.SUSPENDED_FROM_SPAN,
            "days": _both_ends(pauses.SUSPENDED_DAYS),
            "count": limits["suspended.pauses"],
        },
        "limits": {name: of(name) for name in ("rechecks", "suspended")},
    }


def _both_ends(span: tuple[int, int]) -> list[int]:
    return [span[0], span[1] - 1]


def _outliers(world: World) -> dict[str, Any]:
    until = world.scenario.until
    return {
        "log_speed": {_code_on(world, p, until): speed for p, speed in OUTLIER_SPEED.items()},
        "closes_at_day_59": _code_on(world, GAMING_PLACE, until),
        "closes_at_day_59_since": GAMING_SINCE.isoformat(),
    }


def _code_on(world: World, place: int, day: date) -> str:
    return world.places.codes[world.places.code[place, day_number(day)]]


def _cohorts(durations: Durations) -> list[dict[str, Any]]:
    return [
        {"cohort": f"{2003 + half // 2}H{half % 2 + 1}"} | _summary(durations.of(half))
        for half in range(len(durations.every))
        if durations.every[half].any()
    ]


def _summary(durations: Durations) -> dict[str, Any]:
    every, closed = durations.every, durations.closed
    return {
        "cases": int(every.sum()),
        "open_at_extract": int(every.sum() - closed.sum()),
        "true_median_days": _median(every),
        "closed_only_median_days": _median(closed),
        "true_share_60_days": _share(every, every),
        "true_resolved_60_days": _share(durations.resolved, every),
        "closed_only_share_60_days": _share(closed, closed),
    }


def _median(counts: Ints) -> int | None:
    """The first day by which at least half have closed; None where that is never seen."""
    total = int(counts.sum())
    if not total:
        return None
    reached: Floats = np.cumsum(counts) / total
    day = int(np.searchsorted(reached, 0.5))
    return day if day < len(counts) - 1 else None


def _share(counts: Ints, of: Ints) -> float | None:
    """Those counted that ended within 60 days, as a share of all `of` these."""
    total = int(of.sum())
    return round(int(counts[: SHARE_DAYS + 1].sum()) / total, 6) if total else None
