"""The facts of the indicators of tiers, by plain loops over what was sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.properties.indicators.handling_world import OFFICES, TIERS, Row
from tests.properties.indicators.sent import (
    Sent,
    by_name,
    handed_on,
    handoffs,
    place,
    share,
    within,
)

REGION_ROWS = {code: f"{code}@0001-01-01" for code in ("990000", "990100", "990102", "990103")}


def tier_of(timeline: Row) -> str | None:
    tier = timeline["tier_received"]
    if tier in {None, "unknown"}:
        return OFFICES[timeline["office_id"]][1]
    return tier


def arrivals(sent: Sent, timeline: Row) -> Iterator[tuple[date, int, str]]:
    """Day, place in the order of the day, and tier of each arrival of a submission."""
    yield timeline["registered_on"], 0, tier_of(timeline)
    for number, step in enumerate(handoffs(sent, timeline), start=1):
        target = OFFICES.get(step["to_office_id"])
        if step["event_type"] != "return" and target:
            yield handed_on(timeline, step), number, target[1]


def ending(timeline: Row) -> tuple[date, int, str] | None:
    """Day, precedence and manner of the first closing of a submission."""
    outcome = timeline["outcome"]
    if outcome is None:
        return None
    if outcome == "resolved" and timeline["replied_at"] is not None:
        return timeline["closed_on"], 0, "resolved"
    if outcome == "withdrawn":
        return timeline["closed_on"], 1, "withdrawn"
    return timeline["closed_on"], 2, "ended"


@dataclass
class Matter:
    """A matter: its first submission, and what happened to all of them."""

    first: Row
    tier_first: str
    moves: list[tuple[date, int, str]]
    endings: list[tuple[date, int, str]]
    terminated_on: date | None

    @property
    def raised_on(self) -> date | None:
        rank = TIERS.index(self.tier_first)
        return min((day for day, _, tier in self.moves if TIERS.index(tier) > rank), default=None)

    @property
    def county_on(self) -> date | None:
        return min((day for day, _, tier in self.moves if TIERS.index(tier) >= 2), default=None)


def matters(sent: Sent) -> dict[str, Matter]:
    found: dict[str, Matter] = {}
    for timeline in sent.ordered():
        key = timeline["matter_key"]
        if key not in found:
            found[key] = Matter(timeline, tier_of(timeline), [], [], None)
        matter = found[key]
        matter.moves += arrivals(sent, timeline)
        end = ending(timeline)
        matter.endings += [end] if end else []
        if timeline["outcome"] == "terminated":
            days = [timeline["closed_on"], matter.terminated_on]
            matter.terminated_on = min(day for day in days if day)
    return found


def escalation_rate(sent: Sent) -> Iterator[Row]:
    for matter in matters(sent).values():
        if matter.tier_first == "province":
            continue
        ways = [(matter.raised_on, 0, "raised"), (matter.terminated_on, 1, "terminated")]
        until_on, _, outcome = min((w for w in ways if w[0]), default=(None, 0, None))
        yield place(matter.first, "content_code") | {
            "from_on": matter.first["registered_on"],
            "until_on": until_on,
            "outcome": outcome,
            "tier_first": matter.tier_first,
        }


def loop_closure_rate(sent: Sent) -> Iterator[Row]:
    for matter in matters(sent).values():
        raised_on = matter.raised_on
        if raised_on is None:
            continue
        later = [end for end in matter.endings if end[0] >= raised_on]
        until_on, _, outcome = min(later, default=(None, 0, None))
        yield place(matter.first) | {
            "from_on": raised_on,
            "until_on": until_on,
            "outcome": outcome,
            "tier_first": matter.tier_first,
        }


@dataclass
class Dispute:
    """A matter with its mediations, or mediations that no register knows."""

    own: Row
    started_on: date
    tier_first: str | None
    content_code: str | None
    moves: list[tuple[date, int, str]]
    endings: list[tuple[date, int, str]]
    county_on: date | None

    @property
    def settled(self) -> tuple[date | None, int, str | None]:
        return min(self.endings, default=(None, 0, None))

    @property
    def tier_last(self) -> str | None:
        bound = self.started_on + timedelta(180)
        if self.settled[0]:
            bound = min(bound, self.settled[0])
        # Of mediations that begin on one day, that of the highest tier is the last.
        here = (m for m in self.moves if m[0] <= bound)
        return max(here, key=lambda m: (m[0], m[1], _height(m[2])), default=(None, 0, None))[2]


def _height(tier: str | None) -> int:
    return TIERS.index(tier) if tier in TIERS else -1


def disputes(sent: Sent) -> dict[str, Dispute]:
    found: dict[str, Dispute] = {}
    for key, matter in matters(sent).items():
        first = matter.first
        found[key] = Dispute(
            place(first),
            first["registered_on"],
            matter.tier_first,
            first["content_code"],
            list(matter.moves),
            list(matter.endings),
            matter.county_on,
        )
    registered = set(found)
    by_key: dict[str, list[Row]] = {}
    for mediation in sent.world["mediation_cases"]:
        timeline = sent.timelines.get(mediation["case_id"] or "")
        key = timeline["matter_key"] if timeline else mediation["case_id"]
        by_key.setdefault(key or mediation["mediation_id"], []).append(mediation)
    for key, own in by_key.items():
        first = min(own, key=lambda m: (m["applied_on"], m["mediation_id"]))
        begun = found.get(key)
        is_first = begun is None or (first["applied_on"], first["result"] != "escalated") < (
            begun.started_on,
            True,
        )
        if is_first:
            found[key] = _begun_by(first, begun)
        for mediation in own:
            _mediate(found[key], mediation, is_registered=key in registered)
    return found


def _begun_by(mediation: Row, begun: Dispute | None) -> Dispute:
    region = mediation["region_code"] or OFFICES[mediation["sender_id"]][0]
    own = {
        "region_row": REGION_ROWS[region],
        "office_id": mediation["sender_id"],
        "seen_until_on": date(2024, 12, 31),
    }
    tier = mediation["tier"] if mediation["tier"] in TIERS else None
    return Dispute(
        own,
        mediation["applied_on"],
        tier,
        mediation["content_code"],
        begun.moves if begun else [],
        begun.endings if begun else [],
        begun.county_on if begun else None,
    )


def _mediate(dispute: Dispute, mediation: Row, *, is_registered: bool) -> None:
    tier, result = mediation["tier"], mediation["result"]
    has_case = mediation["case_id"] is not None
    if tier in TIERS:
        order = -1 if result == "escalated" else 999_999
        dispute.moves.append((mediation["applied_on"], order, tier))
    days = [dispute.county_on]
    if tier in TIERS[2:]:
        days.append(mediation["applied_on"])
    elif result == "escalated" and not has_case:
        days.append(mediation["concluded_on"])
    dispute.county_on = min((day for day in days if day), default=None)
    end = {"agreed": (0, "resolved"), "withdrawn": (1, "withdrawn"), "escalated": None}.get(
        result, (2, "ended")
    )
    if mediation["concluded_on"] and end and (result == "agreed" or not has_case):
        dispute.endings.append((mediation["concluded_on"], *end))
    assert is_registered or has_case or dispute.own["office_id"] == mediation["sender_id"]


def tier_share_village_town(sent: Sent) -> Iterator[Row]:
    for dispute in disputes(sent).values():
        if dispute.tier_first not in {"village", "township"}:
            continue
        settled_on, _, how = dispute.settled
        ways = [(dispute.county_on, 0, "raised")]
        ways.append((settled_on, 1, "resolved_low" if how == "resolved" else how))
        until_on, _, outcome = min((w for w in ways if w[0]), default=(None, 0, None))
        yield dispute.own | {
            "from_on": dispute.started_on,
            "until_on": until_on,
            "outcome": outcome,
            "tier_first": dispute.tier_first,
            "content_code": dispute.content_code,
        }


def tier_flow(sent: Sent) -> Iterator[Row]:
    for dispute in disputes(sent).values():
        if dispute.tier_first is None or dispute.tier_last is None:
            continue
        first, last = (
            "county" if tier in TIERS[2:] else tier
            for tier in (dispute.tier_first, dispute.tier_last)
        )
        settled_on, _, how = dispute.settled
        if not within(dispute.started_on, settled_on, 180):
            how = "standing"
        result = {"resolved": "resolved", "standing": "standing"}.get(how or "", "ended")
        yield dispute.own | {
            "on_date": dispute.started_on,
            "numerator": 1,
            "flow": f"{first}_{last}_{result}",
        }


def receptions_per_resolved(sent: Sent) -> Iterator[Row]:
    for key, dispute in disputes(sent).items():
        settled_on, _, how = dispute.settled
        if how != "resolved" or settled_on is None:
            continue
        received = []
        for reception in sent.world["receptions"]:
            timeline = sent.timelines.get(reception["case_id"] or "")
            theirs = timeline["matter_key"] if timeline else reception["case_id"]
            if theirs == key and reception["received_at"].date() <= settled_on:
                received.append(reception)
        if received:
            tiers = {r["tier"] for r in received} & set(TIERS)
            own = dispute.own | {"on_date": settled_on}
            yield own | {"measure": "receptions", "amount": len(received)}
            yield own | {"measure": "tiers", "amount": len(tiers) or None}


def offices_in_90_days(sent: Sent, timeline: Row) -> set[str]:
    """The offices on the list that a submission passed."""
    found = {timeline["office_id"]}
    for step in handoffs(sent, timeline):
        if within(timeline["registered_on"], handed_on(timeline, step), 90):
            found.add(step["to_office_id"])
    return found & set(OFFICES)


def cross_boundary_share(sent: Sent) -> Iterator[Row]:
    for timeline in sent.ordered():
        county = timeline["region_row"].partition("@")[0]
        hit = None
        if county in {"990102", "990103"}:
            near = {
                OFFICES[office][0]
                for office in offices_in_90_days(sent, timeline)
                if OFFICES[office][1] in TIERS[:3]
            }
            hit = bool(near - {county})
        own = place(timeline, "content_code") | {"on_date": timeline["registered_on"]}
        yield own | share(hit)


def cross_township_share(sent: Sent) -> Iterator[Row]:
    for timeline in sent.ordered():
        towns = [o for o in offices_in_90_days(sent, timeline) if OFFICES[o][1] == "township"]
        if towns:
            on = {"on_date": timeline["registered_on"]}
            yield place(timeline) | on | share(len(towns) > 1)


TIERS_OF = by_name(
    escalation_rate,
    loop_closure_rate,
    tier_share_village_town,
    tier_flow,
    receptions_per_resolved,
    cross_boundary_share,
    cross_township_share,
)
