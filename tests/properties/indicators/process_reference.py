"""The facts of the indicators of handling, by plain loops over what was sent."""

from collections.abc import Iterator

from tests.properties.indicators.handling_world import Row
from tests.properties.indicators.sent import (
    PASSES,
    Sent,
    by_name,
    handed_on,
    handled_by,
    handoffs,
    place,
    share,
    within,
)


def passes_in_90_days(sent: Sent, timeline: Row) -> int | None:
    if not sent.exports(timeline["case_id"], *PASSES):
        return None
    days = [handed_on(timeline, step) for step in handoffs(sent, timeline)]
    return sum(within(timeline["registered_on"], day, 90) for day in days)


def handoff_count(sent: Sent) -> Iterator[Row]:
    for timeline in sent.ordered():
        own = place(timeline, "channel") | handled_by(sent, timeline)
        amount = passes_in_90_days(sent, timeline)
        yield own | {"on_date": timeline["registered_on"], "amount": amount}


def handoff_spread(sent: Sent) -> Iterator[Row]:
    for timeline in sent.ordered():
        yield place(timeline) | {
            "on_date": timeline["registered_on"],
            "amount": passes_in_90_days(sent, timeline),
        }


def return_rate(sent: Sent) -> Iterator[Row]:
    for timeline in sent.ordered():
        steps = handoffs(sent, timeline)
        for step, later in zip(steps, [*steps[1:], None], strict=False):
            if step["event_type"] == "return":
                continue
            day = handed_on(timeline, step)
            is_back = later is not None and later["event_type"] == "return"
            hit = is_back and within(day, handed_on(timeline, later), 30)
            known = sent.exports(timeline["case_id"], "return")
            yield place(timeline) | {"on_date": day} | share(hit if known else None)


def is_stamped(step: Row) -> bool:
    return step["at_precision"] in {None, "second"} and step["event_at"].hour > 0


def tells(notice: Row, decisions: list[Row]) -> bool:
    """Whether a notice can be of the decision: not given before it, as far as stamps tell."""
    told, decided = notice["event_at"], [step["event_at"] for step in decisions]
    if notice["at_precision"] == "day":
        return any(told.date() >= at.date() for at in decided)
    return any(told >= at for at in decided)


def node_completeness(sent: Sent) -> Iterator[Row]:
    required = {
        "resolved": ("register", "accept", "notify", "reply", "close"),
        "not_accepted": ("register", "refuse", "notify"),
    }
    for timeline in sent.ordered():
        nodes = required.get(timeline["outcome"])
        if nodes is None:
            continue
        case_id = timeline["case_id"]
        decisions = sent.steps(case_id, nodes[1])[:1]
        firsts = [
            [s for s in sent.steps(case_id, node) if node != "notify" or tells(s, decisions)][:1]
            for node in nodes
        ]
        present: bool | None = all(firsts)
        # a notice known to the day only is not stamped, so that its order is of no consequence
        moments = [step["event_at"] for found in firsts for step in found]
        everything = sent.steps(case_id, *required["resolved"], "refuse")
        complete: bool | None = (
            all(firsts) and moments == sorted(moments) and all(map(is_stamped, everything))
        )
        if not all(sent.exports(case_id, node) for node in ("accept", "notify", "reply")):
            present = complete = None
        own = place(timeline, "channel") | handled_by(sent, timeline)
        own["on_date"] = timeline["closed_on"]
        yield own | {"measure": "complete"} | share(complete)
        yield own | {"measure": "present"} | share(present)


def supervision_rate(sent: Sent) -> Iterator[Row]:
    for timeline in sent.ordered():
        known = sent.exports(timeline["case_id"], "supervise", "urge")
        for measure, kind in (("supervised", "supervise"), ("urged", "urge")):
            days = [s["event_at"].date() for s in sent.steps(timeline["case_id"], kind)]
            hit = bool(days) and within(timeline["registered_on"], days[0], 90)
            own = place(timeline) | {"on_date": timeline["registered_on"], "measure": measure}
            yield own | share(hit if known else None)


PROCESS = by_name(handoff_count, handoff_spread, return_rate, node_completeness, supervision_rate)
