"""Process mining of event logs in SQL: edges, variants, rework, hand-overs, deadlines.

Each function returns one statement over one relation with a row per event, and no row leaves the
database. All but the quantiles of `edges` is the portable subset; `median` and `quantile_cont` are
DuckDB's. Events of equal time are ordered by the source's own sequence: without one, edges would be
arbitrary. Publish edges and variants of at least ten cases only.
"""

from dataclasses import dataclass

from pipelines.quoting import literal


@dataclass(frozen=True, slots=True)
class EventLog:
    """Names of a relation and of its columns.

    Attributes:
        relation: table or view, one row per event.
        case: column that tells cases apart.
        activity: what was done.
        at: instant, TIMESTAMP or DATE.
        sequence: order of the source among events of equal time.
        office: who did it.
        kept: further columns, the same for all events of a case, that a deadline refers to.
    """

    relation: str
    case: str
    activity: str
    at: str
    sequence: str
    office: str
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """After `since`, one of `until` must follow within `days`.

    Attributes:
        name: of the rule.
        since: activity that starts the clock, at its first occurrence.
        until: activities of which any one, not before `since`, stops it.
        days: calendar days; the last of them still counts.
        extended_by: activity that extends the limit, if any.
        extra_days: by how many days.
        due: column of the log with the last day of each case's own limit, in place of `days`; it
            must be one of those kept, and a case without one is not concerned.
    """

    name: str
    since: str
    until: tuple[str, ...]
    days: int = 0
    extended_by: str = ""
    extra_days: int = 0
    due: str = ""


@dataclass(frozen=True, slots=True)
class Precedence:
    """No `then` before the first `first`; cases without `then` are not concerned."""

    name: str
    first: str
    then: str


def edges(log: EventLog) -> str:
    """Directly-follows edges with waits in seconds, busiest first.

    Columns: from_activity, to_activity, n, n_cases, mean_wait, median_wait, p90_wait, elapsed_share
    (of all time that passed in the log: the largest is the bottleneck).
    """
    wait = "(epoch(next_at) - epoch(happened_at))"
    return f"""
with {_ordered(log)},
steps as (
    select case_key, activity, next_activity, {wait} as wait
    from ordered
    where next_activity is not null
)
select
    activity as from_activity,
    next_activity as to_activity,
    count(*) as n,
    count(distinct case_key) as n_cases,
    avg(wait) as mean_wait,
    median(wait) as median_wait,
    quantile_cont(wait, 0.9) as p90_wait,
    sum(wait) / nullif(sum(sum(wait)) over (), 0) as elapsed_share
from steps
group by activity, next_activity
order by n desc, from_activity, to_activity"""


def variants(log: EventLog) -> str:
    """Whole paths of cases and how many took each: variant, n_cases, n_events."""
    return f"""
with {_ordered(log)},
paths as (
    select case_key, string_agg(activity, ' > ' order by position) as variant, count(*) as n_events
    from ordered
    group by case_key
)
select variant, count(*) as n_cases, max(n_events) as n_events
from paths
group by variant
order by n_cases desc, variant"""


def rework(log: EventLog) -> str:
    """Activities that happen more than once in a case: activity, n_cases, n_reworked, n_repeats."""
    return f"""
with {_ordered(log)},
times as (
    select case_key, activity, count(*) as n from ordered group by case_key, activity
)
select
    activity,
    count(*) as n_cases,
    sum(case when n > 1 then 1 else 0 end) as n_reworked,
    sum(n - 1) as n_repeats
from times
group by activity
order by n_repeats desc, activity"""


def handovers(log: EventLog) -> str:
    """Passages between different offices: from_office, to_office, n, n_cases."""
    return f"""
with {_ordered(log)}
select
    office as from_office,
    next_office as to_office,
    count(*) as n,
    count(distinct case_key) as n_cases
from ordered
where next_office <> office
group by office, next_office
order by n desc, from_office, to_office"""


def ping_pong(log: EventLog) -> str:
    """A to B and back to A: office, other_office, n, n_cases.

    Steps within one office count as one stay, so that A, A, B, A is one return.
    """
    return f"""
with {_ordered(log)},
{_TRIPLES}
select office, other_office, count(*) as n, count(distinct case_key) as n_cases
from triples
where back_at = office
group by office, other_office
order by n desc, office, other_office"""


def ping_pong_cases(log: EventLog) -> str:
    """One row: n_cases in the log, and n_returned of them that came back to an office."""
    return f"""
with {_ordered(log)},
{_TRIPLES}
select
    count(distinct case_key) as n_cases,
    count(distinct case when back_at = office then case_key end) as n_returned
from triples"""


_TRIPLES = """arrivals as (
    select case_key, office, position
    from ordered
    where previous_office is null or previous_office <> office
),
triples as (
    select
        case_key,
        office,
        lead(office, 1) over (partition by case_key order by position) as other_office,
        lead(office, 2) over (partition by case_key order by position) as back_at
    from arrivals
)"""


def deadline(log: EventLog, rule: Deadline, as_of: str) -> str:
    """One row: rule, n_applicable, n_satisfied, n_violated, n_open.

    What is not yet due, and not yet done, is open: it has violated nothing.

    Args:
        log: the relation.
        rule: the deadline.
        as_of: SQL expression of the last day seen, e.g. a literal or a column that is kept.
    """
    extended = f"activity = {literal(rule.extended_by)}"
    limit = f"{rule.days}"
    if rule.extended_by:
        limit += f" + max(case when {extended} then {rule.extra_days} else 0 end)"
    due = f"max(cast({rule.due} as date))" if rule.due else f"min(starts.since_on) + ({limit})"
    done = ", ".join(literal(name) for name in rule.until)
    return f"""
with {_ordered(log)},
starts as (
    select case_key, min(position) as since_position, min(cast(happened_at as date)) as since_on
    from ordered
    where activity = {literal(rule.since)}
    group by case_key
),
clocks as (
    select
        starts.case_key,
        min(case when position > since_position and activity in ({done})
            then cast(happened_at as date) end) as done_on,
        cast({due} as date) as due_on,
        max(cast({as_of} as date)) as seen_on
    from starts inner join ordered on ordered.case_key = starts.case_key
    group by starts.case_key
),
judged as (
    select coalesce(done_on, seen_on) > due_on as is_late, done_on is not null as is_done
    from clocks
    where due_on is not null
)
select
    {literal(rule.name)} as rule,
    count(*) as n_applicable,
    count(case when is_done and not is_late then 1 end) as n_satisfied,
    count(case when is_late then 1 end) as n_violated,
    count(case when not is_done and not is_late then 1 end) as n_open
from judged"""


def precedence(log: EventLog, rule: Precedence) -> str:
    """One row, as `deadline`; nothing is ever open, as what came too early stays so."""
    return f"""
with {_ordered(log)},
firsts as (
    select
        case_key,
        min(case when activity = {literal(rule.first)} then position end) as first_position,
        min(case when activity = {literal(rule.then)} then position end) as then_position
    from ordered
    group by case_key
)
select
    {literal(rule.name)} as rule,
    count(*) as n_applicable,
    count(case when first_position < then_position then 1 end) as n_satisfied,
    count(case when first_position is null or first_position > then_position then 1 end)
        as n_violated,
    0 as n_open
from firsts
where then_position is not null"""


def _ordered(log: EventLog) -> str:
    """Events with their place in the case and their neighbours."""
    within = f"over (partition by {log.case} order by {log.at}, {log.sequence})"
    kept = "".join(f",\n        {name}" for name in log.kept)
    return f"""ordered as (
    select
        {log.case} as case_key,
        {log.activity} as activity,
        {log.at} as happened_at,
        {log.office} as office,
        row_number() {within} as position,
        lead({log.activity}) {within} as next_activity,
        lead({log.at}) {within} as next_at,
        lead({log.office}) {within} as next_office,
        lag({log.office}) {within} as previous_office{kept}
    from {log.relation}
)"""
