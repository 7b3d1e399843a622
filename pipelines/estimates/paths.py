"""The way of cases through their steps: where time goes, what comes back, which rules hold.

Reads the events of the warehouse with the queries of `methods.process`. Its rule of disclosure: the
whole province and a whole calendar year only; none or at least k cases in every count and in what
is left of its whole; medians of so many waits as the gate wants.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import inf
from typing import Any

import duckdb

from pipelines.estimates.places import whole_area
from pipelines.estimates.series import Maker, Period
from pipelines.estimates.table import Row
from pipelines.methods import process
from pipelines.methods.estimates import Method
from pipelines.methods.process import Deadline, EventLog, Precedence
from pipelines.privacy.policy import Policy

METHOD = Method.PROCESS_MAP
MATURE_DAYS = 90
MOST_EDGES, MOST_VARIANTS = 8, 6
SECONDS_A_DAY = 86_400
REST, PING_PONG, VERDICTS = "rest", "ping_pong", ("kept", "broken", "open")
CAVEATS = "steps_not_exported_are_unknown"

LOG = EventLog("path_events", "case_id", "event_type", "event_at", "place", "office_id")
TIERS = replace(LOG, office="tier")
JUDGED = replace(
    LOG,
    relation="(select * from path_events where is_judged)",
    kept=("accept_due_on", "due_on", "seen_until_on"),
)
RESOLVED = replace(JUDGED, relation="(select * from path_events where is_judged and is_resolved)")
ENDED = ("reply", "withdraw", "terminate", "merge", "close")
DEADLINES = (
    Deadline("accept_limit", "register", ("accept", "refuse", *ENDED), due="accept_due_on"),
    Deadline("reply_limit", "accept", ENDED, due="due_on"),
)
ORDERS = (
    (Precedence("reply_after_acceptance", "accept", "reply"), JUDGED),
    (Precedence("handle_after_acceptance", "accept", "handle"), JUDGED),
    (Precedence("close_after_reply", "reply", "close"), RESOLVED),
)

# An event is done by the office that the case was passed on to last. Steps of one instant stand in
# the order of the exported number, then of the list of steps.
_EVENTS = """
    create or replace temp table path_events as
    with
        chosen as (
            select case_id, office_id, accept_due_on, due_on, seen_until_on,
                coalesce(outcome = 'resolved', false) as is_resolved
            from model.case_timelines
            where registered_on >= date '{first}' and registered_on < date '{end}'
        ),
        placed as (
            select
                events.case_id, event_type, event_at, to_office_id,
                chosen.office_id as first_office, accept_due_on, due_on, seen_until_on, is_resolved,
                sender_id in (
                    select sender_id from model.exported_steps where has_required_steps
                ) as is_judged,
                row_number() over (
                    partition by events.case_id
                    order by event_at, coalesce(seq, 0),
                        list_position({steps}, event_type), event_id
                ) as place
            from model.case_events as events
            inner join chosen using (case_id)
        ),
        located as (
            select * exclude (to_office_id, first_office),
                coalesce(
                    last_value(to_office_id ignore nulls) over (
                        partition by case_id order by place
                        rows between unbounded preceding and current row
                    ),
                    first_office
                ) as office_id
            from placed
        )
    select located.*, coalesce(offices.level, 'unknown') as tier
    from located
    left join model.offices as offices using (office_id)
"""


@dataclass(frozen=True, slots=True)
class _Teller:
    """Where the rows of one period belong, and what may be told."""

    con: duckdb.DuckDBPyConnection
    maker: Maker
    period: Period
    policy: Policy

    def found(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()

    def at(self, by: str, value: str) -> Maker:
        stratum = replace(self.maker.stratum, by_name=by, by_value=value)
        return replace(self.maker, stratum=stratum)

    def share(self, measure: str, maker: Maker, cases: int, total: int) -> Row:
        """So many of so many."""
        return maker.row(self.period, cases / total, n=None, measure=measure)

    def too_few(self, measure: str, maker: Maker) -> Row:
        return maker.missing(self.period, "too_few", "fewer_than_curves_need", measure=measure)

    def may_part(self, cases: int, total: int) -> bool:
        """Whether a part and the rest of its whole hold k cases each."""
        return cases >= self.policy.k <= total - cases


def paths(
    con: duckdb.DuckDBPyConnection, as_of: date, policy: Policy, steps: Sequence[str]
) -> Iterator[Row]:
    """Rows of `process_map` for the province, of what was registered in the last year watched.

    A year is watched when 90 days have passed since its end. No stretch of days that moves with the
    extract: two neighbouring ones would tell by their difference what a day brought.

    `elapsed` share of all time between steps that passed on one edge, the largest found
    `bottleneck`; `wait` its median in days; `variant` share of cases that took one path; `rework`
    share of cases with a step that had it again, and of all cases that came back to an office they
    had left (`ping_pong`); `handover` share of passages between tiers; `rule` share in time, late,
    and not yet due. Beside the bottleneck the longest wait, the most frequent path and passage and
    what is done again most are found `most`, the rule that is kept least `least`.

    Args:
        con: the staging database, after the gate.
        as_of: day of the latest extract.
        policy: thresholds of disclosure.
        steps: kinds of step in legal order.
    """
    whole = whole_area(con)
    year = (as_of - timedelta(days=MATURE_DAYS)).year - 1
    period = Period("year", date(year, 1, 1), date(year + 1, 1, 1))
    if whole is None:
        return
    maker = Maker(METHOD, "", METHOD, "share", as_of, whole, "2", CAVEATS, is_blunt=True)
    teller = _Teller(con, maker, period, policy)
    cases = _take(con, period, steps)
    if cases < policy.curve_min_units:
        yield teller.too_few("elapsed", maker)
        return
    yield from _edges(teller)
    yield from _variants(teller, cases)
    yield from _rework(teller)
    yield from _handovers(teller)
    yield from _rules(teller)
    con.execute("drop table path_events")


def _take(con: duckdb.DuckDBPyConnection, period: Period, steps: Sequence[str]) -> int:
    """Make `path_events` of the cases registered in a period; returns how many cases it holds."""
    listed = "[" + ", ".join(f"'{step}'" for step in steps) + "]"
    con.execute(_EVENTS.format(first=period.start, end=period.end, steps=listed))
    [(cases,)] = con.execute("select count(distinct case_id) from path_events").fetchall()
    return cases


def safe_parts(parts: Mapping[str, int], k: int) -> list[str]:
    """Keys of parts of at least k cases, the largest first, and with what is left 0 or k at least.

    Args:
        parts: cases of each part of a whole.
        k: fewest cases that may be told.
    """
    ordered = sorted(parts, key=lambda key: (-parts[key], key))
    shown = [key for key in ordered if parts[key] >= k]
    while shown and 0 < sum(parts[key] for key in ordered[len(shown) :]) < k:
        shown.pop()
    return shown


def _value(row: Row) -> float:
    return row.estimate.value or 0.0


def _less_kept(row: Row) -> float:
    """How much less than others a rule is kept, from the row of the share that kept it."""
    is_kept = row.stratum.by_value.endswith(f":{VERDICTS[0]}")
    return -_value(row) if is_kept else -inf


def _marked(rows: list[Row], finding: str, worth: Callable[[Row], float] = _value) -> Iterator[Row]:
    """Rows of one measure, that of most worth marked; by default the one with the largest value."""
    known = [row for row in rows if row.estimate.value is not None]
    chosen = max(known, key=worth, default=None)
    for row in rows:
        is_it = row is chosen
        yield replace(row, estimate=replace(row.estimate, finding=finding)) if is_it else row


def _edges(teller: _Teller) -> Iterator[Row]:
    """The edges on which most time passes, in order of that time, then the rest together."""
    found = {f"{one}>{other}": rest for one, other, *rest in teller.found(process.edges(LOG))}
    safe = safe_parts({edge: cases for edge, (_, cases, *_) in found.items()}, teller.policy.k)
    slowest = sorted(safe, key=lambda edge: (-found[edge][-1], edge))[:MOST_EDGES]
    elapsed: list[Row] = []
    waits: list[Row] = []
    for edge in slowest:
        n, _, _, median, _, share = found[edge]
        maker = teller.at("edge", edge)
        elapsed.append(maker.row(teller.period, share, n=None, measure="elapsed"))
        if n >= teller.policy.curve_min_units:
            days = median / SECONDS_A_DAY
            waits.append(maker.row(teller.period, days, n=None, measure="wait", unit="day"))
    yield from _marked(elapsed, "bottleneck")
    left = 1 - sum(found[edge][-1] for edge in slowest)
    yield teller.at("edge", REST).row(teller.period, left, n=None, measure="elapsed")
    yield from _marked(waits, "most")


def _variants(teller: _Teller, cases: int) -> Iterator[Row]:
    """The most frequent paths, then the rest together."""
    found = {path.replace(" > ", ">"): n for path, n, _ in teller.found(process.variants(LOG))}
    shown = safe_parts(found, teller.policy.k)[:MOST_VARIANTS]
    rows = [teller.share("variant", teller.at("variant", p), found[p], cases) for p in shown]
    yield from _marked(rows, "most")
    if rest := cases - sum(found[path] for path in shown):
        yield teller.share("variant", teller.at("variant", REST), rest, cases)


def _rework(teller: _Teller) -> Iterator[Row]:
    rows = [
        teller.share("rework", teller.at("step", step), again, cases)
        for step, cases, again, _ in teller.found(process.rework(LOG))
        if teller.may_part(again, cases)
    ]
    [(cases, returned)] = teller.found(process.ping_pong_cases(LOG))
    maker = teller.at("step", PING_PONG)
    if teller.may_part(returned, cases):
        rows.append(teller.share("rework", maker, returned, cases))
    else:
        rows.append(teller.too_few("rework", maker))
    yield from _marked(rows, "most")


def _handovers(teller: _Teller) -> Iterator[Row]:
    found = teller.found(process.handovers(TIERS))
    passages = {f"{one}>{other}": n for one, other, n, _ in found}
    cases = {f"{one}>{other}": n for one, other, _, n in found}
    total = sum(passages.values())
    rows = [
        teller.share("handover", teller.at("tiers", pair), passages[pair], total)
        for pair in safe_parts(cases, teller.policy.k)
    ]
    yield from _marked(rows, "most")


def _rules(teller: _Teller) -> Iterator[Row]:
    """Of each rule the shares kept, broken and open; all of them or none."""
    queries = [process.deadline(JUDGED, rule, "seen_until_on") for rule in DEADLINES]
    queries += [process.precedence(log, rule) for rule, log in ORDERS]
    rows: list[Row] = []
    for query in queries:
        [(name, total, *counts)] = teller.found(query)
        is_small = any(0 < count < teller.policy.k for count in counts)
        if is_small or total < teller.policy.rate_min_denominator:
            rows.append(teller.too_few("rule", teller.at("rule", f"{name}:kept")))
            continue
        can_be_open = any(rule.name == name for rule in DEADLINES)
        verdicts = VERDICTS if can_be_open else VERDICTS[:2]
        for verdict, count in zip(verdicts, counts, strict=False):
            maker = teller.at("rule", f"{name}:{verdict}")
            rows.append(teller.share("rule", maker, count, total))
    yield from _marked(rows, "least", _less_kept)
