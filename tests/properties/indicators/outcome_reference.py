"""The facts of the indicators of outcomes, by plain loops over what was sent.

Timelines are taken as the model gives them; they have a reference of their own.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.properties.indicators.handling_world import (
    ASK_DAYS,
    ASK_DAYS_BEFORE,
    DECIDE_DAYS,
    RULE_CHANGE,
    Row,
)
from tests.properties.indicators.sent import Sent, by_name, handled_by, place, share, within

REVIEWS = ("review_request", "review_decide", "recheck_request", "recheck_decide")


def support_rate(sent: Sent) -> Iterator[Row]:
    for timeline in sent.ordered():
        if timeline["replied_at"] is None:
            continue
        opinions = [
            step["opinion"]
            for step in sent.steps(timeline["case_id"], "reply", "close")
            if step["event_at"] == timeline["replied_at"] and step["opinion"] is not None
        ]
        opinion = opinions[0] if opinions else None
        if opinion in {"none", "redirected"}:
            continue
        hit = None if opinion is None else opinion in {"support", "partial"}
        on = {"on_date": timeline["replied_on"]}
        own = place(timeline, "content_code") | handled_by(sent, timeline)
        yield own | on | share(hit)


def confirmed_resolution_rate(sent: Sent) -> Iterator[Row]:
    for rating in sent.world["evaluations"]:
        timeline = sent.timelines.get(rating["case_id"])
        if timeline is None or rating["method"] != "callback" or rating["answered_at"] is None:
            continue
        left_out = rating["excluded_reason"] is not None
        own = place(timeline, "channel", "content_code")
        own["on_date"] = rating["answered_at"].date()
        own["seen_until_on"] = date(2024, 12, 31)
        yield own | {"measure": "left_out"} | share(left_out)
        if not left_out:
            yield own | {"measure": "confirmed"} | share(rating["is_confirmed_solved"])


def stages(sent: Sent) -> Iterator[tuple[Row, str, date, Row | None, Row | None]]:
    """Submission, stage, the day from which it can be asked for, first request, first decision."""
    for timeline in sent.ordered():
        start = timeline["replied_on"]
        for stage in ("review", "recheck"):
            if start is None:
                break
            found = [
                (sent.steps(timeline["case_id"], f"{stage}_{kind}") or [None])[0]
                for kind in ("request", "decide")
            ]
            asked, decided = found
            yield timeline, stage, start, asked, decided
            start = decided and decided["event_at"].date()


def review_rate(sent: Sent) -> Iterator[Row]:
    for timeline, stage, start, asked, _ in stages(sent):
        days = (ASK_DAYS_BEFORE if start < RULE_CHANGE else ASK_DAYS)[stage]
        end = start + timedelta(days)
        hit = asked is not None and asked["event_at"].date() <= end
        known = sent.exports(timeline["case_id"], *REVIEWS)
        own = place(timeline, "content_code") | {"on_date": end, "measure": stage}
        yield own | share(hit if known else None)


def pauses(sent: Sent, case_id: str, start: str, end: str) -> Iterator[tuple[date, date | None]]:
    """First day of each pause and the first day that counts again."""
    marks = sorted(sent.steps(case_id, start, end), key=lambda s: s["event_type"], reverse=True)
    marks.sort(key=lambda step: step["event_at"])
    for at, mark in enumerate(marks):
        if mark["event_type"] == start:
            later = marks[at + 1] if at + 1 < len(marks) else None
            back = later and later["event_at"].date()
            if later and later["event_type"] == "hearing_end":
                back += timedelta(1)
            yield mark["event_at"].date(), back


def decide_due(sent: Sent, stage: str, case_id: str, asked: date, decided: date | None) -> Any:
    """The limit of a decision: its days, and one for each day that the clock stood still."""
    kinds = [("suspend", "resume")]
    kinds += [("hearing_start", "hearing_end")] if stage == "recheck" else []
    own = [pause for start, end in kinds for pause in pauses(sent, case_id, start, end)]
    stopped: set[date] = set()
    for start, back in sorted(own, key=lambda pause: pause[0]):
        if start < asked or (decided is not None and start > decided):
            continue
        if start > asked + timedelta(DECIDE_DAYS[stage] + len(stopped)):
            break
        if back is None:
            return None
        stopped |= {start + timedelta(n) for n in range((back - start).days)}
    return asked + timedelta(DECIDE_DAYS[stage] + len(stopped))


def review_ontime_rate(sent: Sent) -> Iterator[Row]:
    for timeline, stage, _, asked, decided in stages(sent):
        if asked is None:
            continue
        decided_on = decided and decided["event_at"].date()
        due = decide_due(sent, stage, timeline["case_id"], asked["event_at"].date(), decided_on)
        if due is not None:
            hit = decided_on is not None and decided_on <= due
            yield place(timeline) | {"on_date": due, "measure": stage} | share(hit)


def review_change_rate(sent: Sent) -> Iterator[Row]:
    for timeline, stage, _, _, decided in stages(sent):
        if decided is not None:
            conclusion = decided["conclusion"]
            known = conclusion in {"upheld", "changed", "revoked"}
            own = place(timeline) | handled_by(sent, timeline)
            own |= {"on_date": decided["event_at"].date(), "measure": stage}
            yield own | share(conclusion != "upheld" if known else None)


def verified_rate(sent: Sent) -> Iterator[Row]:
    for timeline in sent.ordered():
        for step in sent.steps(timeline["case_id"], "verify"):
            hit = {"consistent": True, "inconsistent": False}.get(step["conclusion"])
            yield place(timeline) | {"on_date": step["event_at"].date()} | share(hit)


def redo_rate(sent: Sent) -> Iterator[Row]:
    for timeline in sent.ordered():
        if timeline["outcome"] != "resolved":
            continue
        redone = [
            step["event_at"].date()
            for step in sent.steps(timeline["case_id"], "redo")
            if step["event_at"] >= timeline["closed_at"]
        ]
        known = sent.exports(timeline["case_id"], "redo")
        hit = bool(redone) and within(timeline["closed_on"], redone[0], 90)
        own = place(timeline, "channel") | {"on_date": timeline["closed_on"]}
        yield own | share(hit if known else None)


def first_time_resolution_rate(sent: Sent) -> Iterator[Row]:
    asked_of = {t["case_id"]: asked for t, stage, _, asked, _ in stages(sent) if stage == "review"}
    seen: set[str] = set()
    for timeline in sent.ordered():
        key, case_id = timeline["matter_key"], timeline["case_id"]
        is_first = key not in seen and timeline["is_first"] is not False
        seen.add(key)
        if key == case_id or not is_first or timeline["outcome"] != "resolved":
            continue
        if case_id not in asked_of or not sent.exports(case_id, *REVIEWS):
            continue
        closed_on = timeline["closed_on"]
        repeats = [
            other["registered_on"]
            for other in sent.timelines.values()
            if other["matter_key"] == key and other["registered_on"] > closed_on
        ]
        ways = [(day, "repeat") for day in repeats]
        if asked_of[case_id]:
            ways.append((max(asked_of[case_id]["event_at"].date(), closed_on), "review"))
        until_on, outcome = min(ways, default=(None, None))
        spell = {"from_on": closed_on, "until_on": until_on, "outcome": outcome}
        yield place(timeline, "content_code") | handled_by(sent, timeline) | spell


OUTCOME = by_name(
    support_rate,
    confirmed_resolution_rate,
    review_rate,
    review_ontime_rate,
    review_change_rate,
    verified_rate,
    redo_rate,
    first_time_resolution_rate,
)
