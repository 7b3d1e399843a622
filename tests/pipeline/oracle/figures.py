"""Published figures counted once more from the originals, slowly and in plain Python.

Independent of the product: facts are made from the words of the exports, periods and places are
compared one by one, and curves are drawn as the textbook has them (Kaplan and Meier; Aalen and
Johansen where outcomes compete).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any

from tests.pipeline.oracle import submissions, visits
from tests.pipeline.oracle.facts import Amount, Event, Fact, Spell
from tests.pipeline.oracle.originals import Originals

Row = dict[str, Any]
Z = 1.959963984540054  # of a 95 % interval
FLAT = 1e-9  # two heights of a curve that differ by less are the same


@dataclass
class Counted:
    """A figure: its value, its terms, and the units behind it."""

    value: float | None
    n: int
    numerator: int | None = None
    denominator: int | None = None


@dataclass
class Indicator:
    """How an indicator is recounted.

    Attributes:
        kind: count, composition, quotient, stock, age or curve.
        facts: what it counts, by measure.
        events: outcomes that a curve waits for; the others compete.
        most: days or minutes after which everything counts as still open.
    """

    kind: str
    facts: Callable[[Originals, str], Iterable[Fact]]
    events: frozenset[str] = frozenset()
    most: int = 0


CLOSED = frozenset({"resolved", "not_accepted", "withdrawn", "transferred_out", "terminated"})
INDICATORS = {
    "submission_count": Indicator("count", submissions.submissions),
    "channel_share": Indicator("composition", submissions.submissions),
    "open_stock": Indicator("stock", submissions.standing),
    "long_standing_stock": Indicator("stock", submissions.long_standing),
    "stock_age_p90": Indicator("age", submissions.standing),
    "resolution_time_median": Indicator("curve", submissions.standing, CLOSED, 730),
    "prob_resolved_60d": Indicator("curve", submissions.standing, frozenset({"resolved"}), 90),
    "handling_time_median": Indicator("curve", submissions.handling, frozenset({"replied"}), 365),
    "clearance_ratio": Indicator("quotient", submissions.clearance),
    "timely_acceptance_rate": Indicator("quotient", submissions.acceptance),
    "ontime_closure_rate": Indicator("quotient", submissions.on_time),
    "support_rate": Indicator("quotient", submissions.support),
    "satisfaction_triple": Indicator("quotient", submissions.satisfaction),
    "confirmed_resolution_rate": Indicator("quotient", submissions.confirmed),
    "leader_visit_count": Indicator("count", visits.visits),
    "batches_per_leader_visit": Indicator("quotient", visits.batches_per_visit),
    "batches_per_room": Indicator("quotient", visits.batches_per_room),
    "problems_per_visit": Indicator("quotient", visits.problems_per_visit),
    "cases_per_leader_visit": Indicator("quotient", visits.cases_per_visit),
    "on_spot_resolution_rate": Indicator("quotient", visits.on_spot),
    "visit_notice_share": Indicator("quotient", visits.notice_share),
    "visit_notice_lead": Indicator("curve", visits.notice_lead, most=365),
    "visit_batch_count": Indicator("count", visits.batches),
    "visit_person_count": Indicator("count", visits.batch_persons),
    "persons_per_batch": Indicator("quotient", visits.batch_persons),
    "batch_size_median": Indicator("curve", visits.batch_sizes),
    "collective_share": Indicator("quotient", visits.collective),
    "commitment_fulfilment": Indicator("quotient", visits.commitments),
    "pretrial_resolution_share": Indicator("quotient", visits.pretrial),
    "sentinel_dispatch_time": Indicator("curve", visits.dispatch, most=10_080),
    "items_per_hall_visit": Indicator("quotient", visits.hall_items),
}


class Recount:
    """Recounts figures of one home; facts are made once for each indicator and measure."""

    def __init__(self, world: Originals) -> None:
        self.world = world
        self._facts: dict[tuple[str, str], list[Fact]] = {}

    def can(self, row: Row) -> bool:
        """Whether a figure is of an indicator, measure and place that is recounted here.

        Counties that a change of boundary concerns, and stable units, need the history of regions.
        """
        is_county = row["level"] == "county" and row["region_code"] not in self.world.moved_codes
        is_above = row["level"] in {"province", "city"}
        return row["indicator"] in INDICATORS and (is_county or is_above)

    def figure(self, row: Row) -> Counted:
        """The figure of a row of `indicator_values`."""
        indicator = INDICATORS[row["indicator"]]
        key = (row["indicator"], row["measure"])
        if key not in self._facts:
            self._facts[key] = list(indicator.facts(self.world, row["measure"]))
        here = [fact for fact in self._facts[key] if _is_in_place(fact.region, row)]
        as_of, first, after = self.world.as_of, row["period_start"], row["period_end"]
        if indicator.kind in {"stock", "age"}:
            last = min(after - timedelta(1), as_of)
            stands = [f for f in here if isinstance(f, Spell) and _stands(f, last)]
            chosen = [f for f in stands if _is_of(f, row)]
            if indicator.kind == "stock":
                return Counted(float(len(chosen)), len(chosen), len(chosen))
            ages = [((last - f.on).days, "event") for f in chosen]
            return Counted(_read_off(ages, row["measure"]), len(ages))
        timed = [f for f in here if first <= f.on < after and f.on <= as_of]
        chosen = [f for f in timed if _is_of(f, row)]
        if indicator.kind == "curve":
            watched = [_watched(f, indicator, as_of) for f in chosen]
            return Counted(_read_off(watched, row["measure"]), len(watched))
        return _summed(indicator.kind, _events(chosen), _events(timed))


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    """Wilson's interval of a share (1927), at 95 %."""
    share, n = numerator / denominator, denominator
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    reach = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return centre - reach, centre + reach


def _is_in_place(code: str, row: Row) -> bool:
    """Whether a region lies in that of a row: cities have kept their codes and their counties."""
    shared = {"province": 0, "city": 4, "county": 6}[row["level"]]
    return code[:shared] == row["region_code"][:shared]


def _is_of(fact: Fact, row: Row) -> bool:
    return not row["by_name"] or fact.by.get(row["by_name"], "unknown") == row["by_value"]


def _stands(spell: Spell, last: date) -> bool:
    return spell.on <= last and (spell.until is None or spell.until > last)


def _events(facts: Iterable[Fact]) -> list[tuple[int, int]]:
    """The terms of the events of which both are known."""
    return [
        (f.numerator, f.denominator)
        for f in facts
        if isinstance(f, Event) and f.numerator is not None and f.denominator is not None
    ]


def _summed(kind: str, terms: list[tuple[int, int]], whole: list[tuple[int, int]]) -> Counted:
    part = sum(numerator for numerator, _ in terms)
    if kind == "count":
        return Counted(float(part), sum(1 for numerator, _ in terms if numerator), part)
    if kind == "composition":
        total = sum(numerator for numerator, _ in whole)
        n = sum(1 for numerator, _ in whole if numerator)
        return Counted(part / total if total else None, n, part, total)
    units = sum(denominator for _, denominator in terms)
    n = sum(1 for _, denominator in terms if denominator)
    return Counted(part / units if units else None, n, part, units)


def _watched(fact: Fact, indicator: Indicator, as_of: date) -> tuple[int, str]:
    """How long a spell was watched, and how it ended: by the event, in another way, or not."""
    if isinstance(fact, Amount):
        days, end = fact.size, "event"
    elif isinstance(fact, Spell) and fact.until and fact.until <= as_of and fact.outcome:
        end = "event" if fact.outcome in indicator.events else "competing"
        days = (fact.until - fact.on).days
    else:
        days, end = (as_of - fact.on).days, "open"
    return (indicator.most, "open") if indicator.most and days > indicator.most else (days, end)


def _read_off(watched: list[tuple[int, str]], measure: str) -> float | None:
    """A quantile (`p50`), the share within some days (`within_60`), or mean days (`rmst_90`)."""
    curve = _without_event(watched)
    name, _, horizon = measure.partition("_")
    if horizon:
        before = [(0, 1.0), *((on, height) for on, height in curve if on <= int(horizon))]
        ends = [on for on, _ in before[1:]] + [int(horizon)]
        area = sum(height * (end - on) for (on, height), end in zip(before, ends, strict=True))
        without = before[-1][1]
        return {"rmst": area, "within": 1 - without, "without": without}[name]
    target = 1 - int(name[1:]) / 100
    reached = next(((on, h) for on, h in curve if h <= target + FLAT), None)
    if reached is None:
        return None
    under = next((on for on, h in curve if h < target - FLAT), None)
    if under is not None and abs(reached[1] - target) <= FLAT:
        return (reached[0] + under) / 2
    return float(reached[0])


def _without_event(watched: list[tuple[int, str]]) -> list[tuple[int, float]]:
    """Day by day the share without the event: 1 - F of Aalen and Johansen."""
    at_risk, free, without = len(watched), 1.0, 1.0
    curve: list[tuple[int, float]] = []
    for on in sorted({days for days, _ in watched}):
        ends = [end for days, end in watched if days == on]
        events = ends.count("event")
        without -= free * events / at_risk
        free *= 1 - (events + ends.count("competing")) / at_risk
        curve.append((on, without))
        at_risk -= len(ends)
    return curve
