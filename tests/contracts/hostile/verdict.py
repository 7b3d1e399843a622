"""Holds an outcome against what the contract demands."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.contracts.hostile.case import ANY_REMARK, Case, Decision, Expected, Place
from tests.contracts.hostile.runner import Codes, Outcome


def objections(case: Case, outcome: Outcome, table: str) -> list[str]:
    """What is not as it must be, in words; empty where all is."""
    found = _objections(case, case.expected, outcome, table)
    if found and case.expected.otherwise:
        found = min(found, _objections(case, case.expected.otherwise, outcome, table), key=len)
    return found


def _objections(case: Case, expected: Expected, outcome: Outcome, table: str) -> list[str]:
    return [
        *_decision(expected, outcome),
        *_counts(expected, outcome, table),
        *_codes("record", _by_file(case, expected.bad), outcome.errors),
        *_codes("step of record", _by_file(case, expected.bad_steps), outcome.step_errors),
        *_remarks(expected, outcome),
        *_values(_by_file(case, expected.values), outcome),
    ]


def unbalanced(outcome: Outcome) -> list[str]:
    """Files of which a record is missing or counted twice."""
    return [
        f"{file}: {counts} does not add up"
        for file, _, counts in outcome.fates
        if counts["records"] * 2 != sum(counts.values())
    ]


def _decision(expected: Expected, outcome: Outcome) -> Iterator[str]:
    wanted = Decision.ACCEPT if expected.decision is Decision.WARN else expected.decision
    if outcome.decision is not wanted:
        told = sorted(outcome.refused.values())
        yield f"decision is {outcome.decision} {told}, not {expected.decision}"
    if wanted is Decision.REJECT:
        for reason in sorted(outcome.refused.values()):
            if reason not in expected.reasons.split():
                yield f"refused for {reason}, not for {expected.reasons}"


def _counts(expected: Expected, outcome: Outcome, table: str) -> Iterator[str]:
    wanted = {
        "records": expected.records,
        "current": expected.current,
        "duplicate": expected.duplicate,
        "superseded": expected.superseded,
        "quarantined": len(expected.bad),
    }
    for fate, count in wanted.items():
        if (found := outcome.total(table, fate)) != count:
            yield f"{found} {fate}, not {count}"


def _codes(what: str, bad: Mapping[tuple[str, int], str], found: Codes) -> Iterator[str]:
    for place in sorted(bad.keys() - found.keys()):
        yield f"{what} {place[1]} was not kept apart"
    for place in sorted(found.keys() - bad.keys()):
        yield f"{what} {place[1]} was kept apart for {sorted(found[place])}"
    for place in sorted(bad.keys() & found.keys()):
        if not found[place] <= set(bad[place].split()):
            yield f"{what} {place[1]} was kept apart for {sorted(found[place])}, not {bad[place]}"


def _remarks(expected: Expected, outcome: Outcome) -> Iterator[str]:
    for code in expected.remarks.split():
        if code not in outcome.remarks and not (code == ANY_REMARK and outcome.remarks):
            yield f"no {code}"
    if expected.stops and not outcome.stops:
        yield "publication is not stopped"
    if expected.steps and outcome.steps != set(expected.steps.split()):
        yield f"the steps {sorted(outcome.steps)} count, not {expected.steps}"


def _values(
    values: Mapping[tuple[str, int], Mapping[str, object]], outcome: Outcome
) -> Iterator[str]:
    for place, wanted in values.items():
        told = outcome.values.get(place)
        if told is None:
            yield f"record {place[1]} does not count"
            continue
        for column, value in wanted.items():
            if told[column] not in (value if isinstance(value, tuple) else (value,)):
                yield f"record {place[1]}: {column} is not as it must be"


def _by_file(case: Case, listed: Mapping[Place, Any]) -> dict[tuple[str, int], Any]:
    """By file and number; the file is the only one where it is not named."""
    only = case.files[0][0] if case.files else ""
    return {
        place if isinstance(place, tuple) else (only, place): thing
        for place, thing in listed.items()
    }
