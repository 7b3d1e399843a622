"""Holds an outcome against what the contract demands."""

from collections.abc import Iterator, Mapping

from tests.contracts.hostile.case import Case, Decision, Place
from tests.contracts.hostile.runner import Codes, Outcome


def objections(case: Case, outcome: Outcome, table: str) -> list[str]:
    """What is not as it must be, in words; empty where all is."""
    if outcome.decision is Decision.REJECT and case.expected.or_rejected:
        return list(_refusals(outcome, case.expected.or_rejected))
    return [
        *_decision(case, outcome),
        *_counts(case, outcome, table),
        *_codes("record", case, case.expected.bad, outcome.errors),
        *_codes("step of record", case, case.expected.bad_steps, outcome.step_errors),
        *_remarks(case, outcome),
        *_values(case, outcome),
    ]


def unbalanced(outcome: Outcome) -> list[str]:
    """Files of which a record is missing or counted twice."""
    return [
        f"{file}: {counts} does not add up"
        for (file, _), counts in outcome.fates.items()
        if counts["records"] * 2 != sum(counts.values())
    ]


def _decision(case: Case, outcome: Outcome) -> Iterator[str]:
    expected = case.expected.decision
    wanted = Decision.ACCEPT if expected is Decision.WARN else expected
    if outcome.decision is not wanted:
        told = sorted(outcome.refused.values())
        yield f"decision is {outcome.decision} {told}, not {expected}"
    if expected is Decision.REJECT:
        yield from _refusals(outcome, case.expected.reasons)


def _refusals(outcome: Outcome, allowed: str) -> Iterator[str]:
    for reason in outcome.refused.values():
        if reason not in allowed.split():
            yield f"refused for {reason}, not for {allowed}"
    if outcome.fates:
        yield "refused, and yet records were taken"


def _counts(case: Case, outcome: Outcome, table: str) -> Iterator[str]:
    expected = case.expected
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


def _codes(what: str, case: Case, bad: Mapping[Place, str], found: Codes) -> Iterator[str]:
    wanted = {place_of(case, place): codes.split() for place, codes in bad.items()}
    for place in sorted(wanted.keys() - found.keys()):
        yield f"{what} {place[1]} was not kept apart"
    for place in sorted(found.keys() - wanted.keys()):
        yield f"{what} {place[1]} was kept apart for {sorted(found[place])}"
    for place in sorted(wanted.keys() & found.keys()):
        if not found[place] <= set(wanted[place]):
            yield f"{what} {place[1]} was kept apart for {sorted(found[place])}, not {wanted[place]}"


def _remarks(case: Case, outcome: Outcome) -> Iterator[str]:
    for code in case.expected.remarks.split():
        if code not in outcome.remarks:
            yield f"no {code}"
    if case.expected.stops and not outcome.stops:
        yield "publication is not stopped"


def _values(case: Case, outcome: Outcome) -> Iterator[str]:
    for place, wanted in case.expected.values.items():
        told = outcome.values.get(place_of(case, place))
        if told is None:
            yield f"record {place} does not count"
            continue
        for column, value in wanted.items():
            if told[column] != value:
                yield f"record {place}: {column} is {told[column]}, not {value}"


def place_of(case: Case, place: Place) -> tuple[str, int]:
    """File and number of a record; the file is the only one where it is not named."""
    if isinstance(place, int):
        ((name, _),) = case.files
        return name, place
    return place
