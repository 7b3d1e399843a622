"""Facts of submissions and of the ratings of them, from the originals in plain Python."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import zip_longest

from tests.pipeline.oracle.facts import Event, Spell
from tests.pipeline.oracle.originals import OPINIONS, Case, Originals, Record, day, number


def _due(world: Originals, case: Case) -> date | None:
    """When a reply is due: the limit from acceptance, extended, without pauses, on a workday."""
    accepted = case.accepted_on
    limit = accepted and world.limit("handle_limit", accepted)
    if not accepted or not limit:
        return None
    first_due = accepted + timedelta(int(limit["value"]))
    extended_at = case.first("extend")
    days = sum(number(s.record["延期天数"]) or 0 for s in case.steps if s.kind == "extend")
    most = world.limit("extension_limit", accepted)
    days = min(days, int(most["value"])) if most else 0

    def extension(paused: int) -> int:
        by = first_due + timedelta(paused)
        return days if extended_at and extended_at.date() <= by else 0

    paused = 0
    turns = sorted(
        (s for s in case.steps if s.kind in {"suspend", "resume"}),
        key=lambda s: (s.at, s.kind == "resume"),
    )
    for turn, after in zip_longest(turns, turns[1:]):
        begun = turn.at.date()
        if turn.kind != "suspend" or begun < accepted:
            continue
        if begun > first_due + timedelta(extension(0) + paused):
            break
        if after is None:
            return None
        paused += (after.at.date() - begun).days
    due = first_due + timedelta(extension(paused) + paused)
    return world.next_workday(due) if limit["is_moved_to_workday"] == "true" else due


def submissions(world: Originals, _measure: str) -> Iterator[Event]:
    for case in world.cases:
        yield Event(case.region, case.on, 1, 0, case.by)


def standing(world: Originals, _measure: str) -> Iterator[Spell]:
    for case in world.cases:
        yield Spell(case.region, case.on, case.ending[0], case.ending[1], case.by)


def long_standing(world: Originals, _measure: str) -> Iterator[Spell]:
    for case in world.cases:
        closed = case.ending[0]
        if closed is None or (closed - case.on).days > 365:
            yield Spell(case.region, case.on + timedelta(365), closed)


def handling(world: Originals, _measure: str) -> Iterator[Spell]:
    for case in world.cases:
        accepted, closed = case.accepted_on, case.ending[0]
        if accepted is None:
            continue
        replied = max(case.replied_at.date(), case.on) if case.replied_at else None
        until, outcome = None, None
        if replied and (closed is None or replied <= closed):
            until, outcome = max(replied, accepted), "replied"
        elif closed:
            until, outcome = max(closed, accepted), "ended"
        yield Spell(case.region, accepted, until, outcome, case.by)


def clearance(world: Originals, _measure: str) -> Iterator[Event]:
    for case in world.cases:
        if case.accepted_on:
            yield Event(case.region, case.accepted_on, 0, 1, case.by)
            if case.ending[0]:
                yield Event(case.region, case.ending[0], 1, 0, case.by)


def acceptance(world: Originals, measure: str) -> Iterator[Event]:
    for case in world.cases:
        limit = world.limit("accept_limit", case.on)
        if limit is None:
            continue
        due = world.next_workday(case.on + timedelta(int(limit["value"])))
        decided = case.first("accept", "refuse")
        notices = (s.at for s in case.steps if s.kind == "notify")
        told = min((at for at in notices if decided and at >= decided), default=None)
        is_decided = bool(decided and decided.date() <= due)
        closed = case.ending[0]
        if closed is None or closed >= due or is_decided:
            is_told = is_decided and bool(told and told.date() <= due)
            yield Event(case.region, due, int(is_told if measure == "rate" else is_decided), 1,
                        case.by)  # fmt: skip


def on_time(world: Originals, measure: str) -> Iterator[Event]:
    for case in world.cases:
        due, (closed, outcome) = _due(world, case), case.ending
        if due is None:
            continue
        if outcome not in {None, "resolved", "terminated"} and closed and closed < due:
            continue
        replied = case.replied_at.date() if case.replied_at else None
        is_on_time = int(bool(replied and replied <= due))
        on = due if measure == "due_based" else replied
        if on:
            yield Event(case.region, on, is_on_time, 1, case.by)


def support(world: Originals, _measure: str) -> Iterator[Event]:
    for case in world.cases:
        if case.replied_at is None:
            continue
        said = [
            (step.seq, OPINIONS.get(step.record.get("处理意见") or step.record.get("答复意见", "")))
            for step in case.steps
            if step.at == case.replied_at and step.kind in {"reply", "close"}
        ]
        opinion = next((o for _, o in sorted(said, key=lambda s: s[0]) if o), None)
        if opinion != "none":
            counted = None if opinion is None else int(opinion in {"support", "partial"})
            yield Event(case.region, max(case.replied_at.date(), case.on), counted, 1, case.by)


def _ratings(world: Originals) -> Iterator[tuple[Record, Case]]:
    cases = {(c.record["sender"], c.record["信访编号"]): c for c in world.cases}
    for record in world.once("evaluations"):
        if case := cases.get((record["sender"], record["信访编号"])):
            yield record, case


def satisfaction(world: Originals, measure: str) -> Iterator[Event]:
    asked = [r for r in world.once("evaluations") if not r["剔除原因"]]
    silent = {r["sender"] for r in asked if not r["作答时间"] or not r["评价"]}
    targets = {"信访部门": "petition_office", "责任单位": "handling_unit"}
    for record, case in _ratings(world):
        if record["剔除原因"]:
            continue
        by = case.by | {"target": targets.get(record["评价对象"], "unknown")}
        is_rated = record["评价"] in {"满意", "基本满意", "不满意"}
        is_satisfied = record["评价"] in {"满意", "基本满意"}
        answered, asked = day(record["作答时间"]), day(record["邀请时间"])
        if measure in {"rate", "strict"}:
            if is_rated and answered:
                is_so = is_satisfied if measure == "rate" else record["评价"] == "满意"
                yield Event(case.region, answered, int(is_so), 1, by)
            continue
        base = case.replied_at.date() if case.replied_at else asked
        window = base and world.limit("rating_window", base)
        if not base or not window:
            continue
        end = base + timedelta(int(window["value"]))
        in_time = bool(answered and answered <= end)
        rated, satisfied = is_rated and in_time, is_satisfied and in_time
        counted = {
            "participation": rated,
            "lower_bound": satisfied,
            "upper_bound": satisfied or not rated,
        }[measure]
        known = int(counted) if record["sender"] in silent else None
        yield Event(case.region, end, known, 1, by)


def confirmed(world: Originals, measure: str) -> Iterator[Event]:
    for record, case in _ratings(world):
        answered = day(record["作答时间"])
        if record["评价方式"] != "回访" or not answered:
            continue
        if measure == "left_out":
            yield Event(case.region, answered, int(bool(record["剔除原因"])), 1, case.by)
        elif not record["剔除原因"]:
            solved = {"是": 1, "否": 0}.get(record["是否解决"])
            yield Event(case.region, answered, solved, 1, case.by)
