"""A random world beside its timelines, as references read it: plain loops, no SQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from tests.properties.indicators.handling_world import Row, World

PASSES = ("transfer", "assign", "reassign")


@dataclass(frozen=True)
class Sent:
    """A world with its timelines, by submission."""

    world: World
    timelines: dict[str, Row]

    def steps(self, case_id: str, *kinds: str) -> list[Row]:
        """The steps of a submission, of these kinds if any are named, in their order."""
        own = [
            step
            for step in self.world["case_events"]
            if step["case_id"] == case_id and (not kinds or step["event_type"] in kinds)
        ]
        return sorted(own, key=lambda s: (s["event_at"], s["seq"] or 0, s["event_id"]))

    def exports(self, case_id: str, *kinds: str) -> bool:
        """Whether the sender of a submission exports a step of one of these kinds."""
        [sender] = [c["sender_id"] for c in self.world["cases"] if c["case_id"] == case_id]
        return any(
            s["sender_id"] == sender and s["event_type"] in kinds for s in self.world["case_events"]
        )

    def ordered(self) -> list[Row]:
        """The timelines in order of registration."""
        return sorted(self.timelines.values(), key=lambda t: (t["registered_at"], t["case_id"]))


def place(timeline: Row, *names: str) -> Row:
    """What every fact brings along, with these columns of the timeline."""
    always = ("region_row", "office_id", "seen_until_on")
    return {name: timeline[name] for name in (*always, *names)}


def share(hit: bool | None) -> Row:
    """The terms of a share; None where nobody can say."""
    return {"numerator": None if hit is None else int(hit), "denominator": 1}


def within(first: date, later: date | None, days: int) -> bool:
    """Whether something came no more than so many days after a day."""
    return later is not None and (later - first).days <= days


def handoffs(sent: Sent, timeline: Row) -> list[Row]:
    return sent.steps(timeline["case_id"], *PASSES, "return")


def handed_on(timeline: Row, step: Row) -> date:
    return max(step["event_at"].date(), timeline["registered_on"])


def handled_by(sent: Sent, timeline: Row) -> Row:
    """The office that a submission last went to before its reply, else the one that registered."""
    replied_on = timeline["replied_on"]
    went_to = [
        step["to_office_id"]
        for step in handoffs(sent, timeline)
        if step["to_office_id"] and (not replied_on or handed_on(timeline, step) <= replied_on)
    ]
    return {"handling_office": went_to[-1] if went_to else timeline["office_id"]}


Reference = Callable[[Sent], Iterator[Row]]


def by_name(*references: Reference) -> dict[str, Reference]:
    """References by the indicator that each is of."""
    return {reference.__name__: reference for reference in references}


def sent_of(world: World, timelines: list[Row]) -> Sent:
    """A world with its timelines."""
    return Sent(world, {row["case_id"]: row for row in timelines})
