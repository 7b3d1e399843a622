"""Indicators of timeliness against the plain reading of the steps of small random worlds."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings

from pipelines.engine.indicator import Cell, load_indicators
from pipelines.settings import PACKAGE

from .world import AS_OF, cells, compute, figures, is_in, open_staging, worlds_of_cases

RULES = """
rule_id,topic,channel,value,unit,clock_start,is_moved_to_workday,valid_from,valid_to
H1,handle_limit,,60,day,accept,true,,2024-07-01
H2,handle_limit,,30,day,accept,true,2024-07-01,
HV,handle_limit,visit,15,day,accept,,,
E1,extension_limit,,30,day,accept,,,
A1,accept_limit,,15,day,receive,true,,2024-06-01
A2,accept_limit,,10,day,receive,,2024-06-01,
C1,contact_limit,,36,hour,assign,,,2024-06-01
C2,contact_limit,,12,hour,assign,,2024-06-01,
S1,sign_limit,,24,hour,assign,,,2024-06-01
S2,sign_limit,,84,hour,assign,,2024-06-01,
"""
DAYS_OFF = [date(2024, 2, 12) + timedelta(n) for n in range(5)] + [date(2024, 10, 1)]
ENDINGS = {"refuse": "not_accepted", "withdraw": "withdrawn", "terminate": "terminated"}
SHARES = (
    *("timely_acceptance_rate", "extension_rate", "first_contact_rate", "signoff_timely_rate"),
    "ontime_closure_rate",
)
CURVES = ("prob_resolved_60d", "handling_time_median")
ALL = load_indicators(PACKAGE / "indicators")
UNGATED = {name: replace(ALL[name], cell=Cell.NONE) for name in (*CURVES, "stock_age_p90")}


@pytest.fixture(scope="module")
def staging(tmp_path_factory):
    con = open_staging(tmp_path_factory.mktemp("home"), RULES, DAYS_OFF)
    yield con
    con.close()


def shown(con, world, indicators):
    found = compute(con, world, indicators)
    return {
        name: {key[1:]: row for key, row in found.items() if key[0] == name} for name in indicators
    }


def in_scope(world):
    return [case for case in world.cases if not case.is_test]


def exports(world, case, *kinds):
    """Whether the office of a case exports such steps at all."""
    return any(c.first(*kinds) for c in world.cases if c.office == case.office)


def day_of(moment):
    return moment.date() if moment else None


def working(day):
    while day.weekday() >= 5 or day in DAYS_OFF:
        day += timedelta(1)
    return day


def acceptance_due(world, case):
    """Fifteen days from receipt, moved to a working day; from June ten days, not moved."""
    if not exports(world, case, "accept", "refuse"):
        return None
    decided = case.first("accept", "refuse")
    sent = sorted(s.at for s in case.steps if s.kind in {"transfer", "assign", "reassign"})
    received = case.registered_at
    if sent and (decided is None or sent[-1] <= decided):
        received = sent[-1]
    elif sent and sent[0] <= decided:
        received = sent[0]
    start = received.date()
    is_new = start >= date(2024, 6, 1)
    return start + timedelta(10) if is_new else working(start + timedelta(15))


def handling_due(case):
    """The limit of handling by the rules, moved by extensions and pauses that began within it."""
    accepted = day_of(case.first("accept"))
    if accepted is None:
        return None
    limit = 15 if case.channel == "visit" else 60 if accepted < date(2024, 7, 1) else 30
    first_due = accepted + timedelta(limit)
    moves = [(day_of(s.at), s.days, timedelta(0)) for s in case.steps if s.kind == "extend"]
    moves += [
        (from_on, 0, None if until_on is None else until_on - from_on)
        for from_on, until_on in pauses(case, accepted)
    ]
    extended, paused = 0, timedelta(0)
    for from_on, days, pause in sorted(moves, key=lambda move: move[0]):
        if from_on > first_due + timedelta(min(30, extended)) + paused:
            break
        if pause is None:
            return None
        extended += days
        paused += pause
    extension = timedelta(min(30, extended))
    due = first_due + extension + paused
    return due if case.channel == "visit" else working(due)


def pauses(case, accepted):
    steps = [s for s in case.steps if s.kind in {"suspend", "resume"}]
    steps.sort(key=lambda s: (s.at, s.kind == "resume"))
    untils = [*(step.at.date() for step in steps), None]
    for step, until in zip(steps, untils[1:], strict=True):
        if step.kind == "suspend" and step.at.date() >= accepted:
            yield step.at.date(), until


def closing(case):
    """The day of the first closing, and how it closed."""
    found = [(case.first(kind), no) for no, kind in enumerate([*ENDINGS, "close"])]
    found = [(at, no) for at, no in found if at]
    if not found:
        return None, None
    at, no = min(found)
    return at.date(), [*ENDINGS.values(), "resolved"][no]


def reply(world, case):
    return day_of(case.first("reply" if exports(world, case, "reply") else "close"))


def answered(case, assigned_at, kind, hours):
    """Whether such a step came within the hours after an assignment."""
    after = [s.at for s in case.steps if s.kind == kind and s.at >= assigned_at]
    return bool(after) and min(after) <= assigned_at + timedelta(hours=hours)


def share_facts(world):
    """The facts of each share, by its id."""
    facts = {name: [] for name in SHARES}
    for case in in_scope(world):
        closed, outcome = closing(case)
        decided_at = case.first("accept", "refuse")
        notices = (s.at for s in case.steps if s.kind == "notify")
        told = day_of(min((at for at in notices if decided_at and at >= decided_at), default=None))
        decided = day_of(decided_at)
        due = acceptance_due(world, case)
        in_time = decided is not None and due is not None and decided <= due
        if due and (in_time or closed is None or closed >= due):
            told_in_time = int(in_time and told is not None and told <= due)
            rate = told_in_time if exports(world, case, "notify") else None
            facts["timely_acceptance_rate"] += [
                ("rate", case.place, due, rate, 1),
                ("decided", case.place, due, int(in_time), 1),
            ]
        due, replied = handling_due(case), reply(world, case)
        if due and (outcome in {None, "resolved", "terminated"} or closed >= due):
            extended = day_of(case.first("extend"))
            had = int(extended is not None and extended <= due)
            rate = had if exports(world, case, "extend") else None
            facts["extension_rate"] += [("rate", case.place, due, rate, 1)]
            on_time = int(replied is not None and replied <= due)
            facts["ontime_closure_rate"] += [("due_based", case.place, due, on_time, 1)]
            if replied:
                facts["ontime_closure_rate"] += [("closed_only", case.place, replied, on_time, 1)]
        _add_assignments(world, case, facts)
    return facts


def _add_assignments(world, case, facts):
    given_at = sorted(s.at for s in case.steps if s.kind in {"assign", "reassign"})
    for number, at in enumerate(given_at):
        hours = 24 if at.date() < date(2024, 6, 1) else 84
        signed = int(answered(case, at, "sign", hours))
        rate = signed if exports(world, case, "sign") else None
        due = (at + timedelta(hours=hours)).date()
        facts["signoff_timely_rate"] += [("rate", case.place, due, rate, 1)]
        if number == 0:
            hours = 36 if at.date() < date(2024, 6, 1) else 12
            met = int(answered(case, at, "contact", hours))
            rate = met if exports(world, case, "contact") else None
            due = (at + timedelta(hours=hours)).date()
            facts["first_contact_rate"] += [("rate", case.place, due, rate, 1)]


@settings(max_examples=8)
@given(world=worlds_of_cases)
def test_shares_that_fall_due(staging, world):
    rows = shown(staging, world, {name: ALL[name] for name in SHARES})
    for name, facts in share_facts(world).items():
        wanted = figures(facts)
        for key, (state, part, whole, _) in rows[name].items():
            expected = wanted.get(key, ("not_available", None, None))
            assert (state, part, whole) == expected, (name, key)


def spells(world, name):
    """Place, first day, last day and whether the event ended it, of each spell of a curve."""
    for case in in_scope(world):
        closed, outcome = closing(case)
        if name == "prob_resolved_60d":
            yield case.place, case.registered_at.date(), closed, outcome == "resolved"
        elif case.first("accept"):
            accepted, replied = day_of(case.first("accept")), reply(world, case)
            is_replied = replied is not None and (closed is None or replied <= closed)
            ended = replied if is_replied else closed
            yield case.place, accepted, ended and max(ended, accepted), is_replied


def incidence(known, day):
    """The share that the event has reached by a day, while other endings compete."""
    waiting, reached = Fraction(1), Fraction(0)
    for today in range(day + 1):
        at_risk = sum(1 for days, _ in known if days >= today)
        ended = [how for days, how in known if days == today and how != "open"]
        if at_risk:
            reached += waiting * Fraction(ended.count("event"), at_risk)
            waiting *= 1 - Fraction(len(ended), at_risk)
    return reached


def followed(world, name, region, start, end):
    for place, begun, ended, is_event in spells(world, name):
        if is_in(place, region) and start <= begun < end:
            how = "open" if ended is None or ended > AS_OF else "event" if is_event else "other"
            yield ((AS_OF if how == "open" else ended) - begun).days, how


@settings(max_examples=4)
@given(world=worlds_of_cases)
def test_curves_where_other_endings_compete(staging, world):
    rows = shown(staging, world, {name: UNGATED[name] for name in CURVES})
    for name in CURVES:
        for region, kind, start, end in cells():
            known = list(followed(world, name, region, start, end))
            state, *_, value = rows[name]["within_60", region, kind, start]
            if not known:
                assert state == "not_available"
            elif state == "ok":
                assert value == pytest.approx(float(incidence(known, 60)))
            else:
                # nobody was watched so long, and not all have ended
                assert max(days for days, _ in known) < 60


@settings(max_examples=6)
@given(world=worlds_of_cases)
def test_what_stands_on_the_last_day(staging, world):
    names = {"overdue_stock_share": ALL["overdue_stock_share"]}
    rows = shown(staging, world, names | {"stock_age_p90": UNGATED["stock_age_p90"]})
    waiting = [
        (c.place, day_of(c.first("accept")), handling_due(c), reply(world, c), closing(c)[0])
        for c in in_scope(world)
    ]
    for region, kind, start, end in cells():
        last = min(end - timedelta(1), AS_OF)
        standing = [
            due
            for place, accepted, due, replied, closed in waiting
            if due and is_in(place, region) and accepted <= last
            if all(day is None or max(day, accepted) > last for day in (replied, closed))
        ]
        state, part, whole, _ = rows["overdue_stock_share"]["share", region, kind, start]
        overdue = sum(due < last for due in standing)
        expected = ("ok", overdue, len(standing)) if standing else ("not_available", None, None)
        assert (state, part, whole) == expected
        ages = sorted(
            (last - c.registered_at.date()).days
            for c in in_scope(world)
            if is_in(c.place, region) and c.registered_at.date() <= last
            if closing(c)[0] is None or closing(c)[0] > last
        )
        state, *_, value = rows["stock_age_p90"]["p90", region, kind, start]
        assert (state, value) == (("ok", oldest(ages, 9, 10)) if ages else ("not_available", None))


def oldest(ages, part, whole):
    """The age that so large a part does not exceed; where it is exact, the midpoint to the next."""
    place = Fraction(part * len(ages), whole)
    below = ages[max(0, -(-place.numerator // place.denominator) - 1)]
    if place.denominator == 1 and place < len(ages):
        larger = [age for age in ages if age > below]
        if sum(age <= below for age in ages) == place and larger:
            return (below + larger[0]) / 2
    return below
