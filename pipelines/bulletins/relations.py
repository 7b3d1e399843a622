"""Does a claimed relation hold? One function for each kind, from figures to a finding.

A relation is contradicted only where no values within the printed intervals make it true. Counts of
different things (件 and 人次) in one sum or share contradict it whatever the figures are; figures
of different scope are not comparable, which is a statement about the claim and not about them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from pipelines.bulletins.bulletin import Figure, Kind, Relation
from pipelines.bulletins.feasible import (
    bases_of_change,
    can_search,
    find_change,
    find_share,
)
from pipelines.bulletins.ranges import Range, total


class Verdict(StrEnum):
    """What became of a claim; `caution` is true as far as it goes and easily misread."""

    CONSISTENT = "consistent"
    CAUTION = "caution"
    NOT_COMPARABLE = "not_comparable"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on one relation.

    Attributes:
        key: the sentence in `reports/words/audit.yml`.
        figures: figures to be named in it, by the word that stands for them.
        facts: numbers in it, written out; a list of figures is joined by the sentence's language.
    """

    relation: Relation
    verdict: Verdict
    key: str
    figures: Mapping[str, tuple[Figure, ...]]
    facts: Mapping[str, str]


def check_relation(relation: Relation) -> Finding:
    """The finding on one relation."""
    scopes = {figure.scope for figure in relation.figures}
    if len(scopes) > 1:
        verdict, facts = (
            Verdict.NOT_COMPARABLE,
            " / ".join(sorted(scope or "–" for scope in scopes)),
        )
        return _finding(relation, verdict, "SCOPES_DIFFER", figures=relation.figures, scopes=facts)
    if mixed := _mixed_units(relation):
        verdict, facts = Verdict.CONTRADICTS, " / ".join(mixed)
        return _finding(relation, verdict, "UNITS_DIFFER", figures=relation.figures, units=facts)
    return _CHECKS[relation.kind](relation)


def _mixed_units(relation: Relation) -> list[str]:
    """The units of what must be counted alike, where they are not one; none where all is well."""
    alike = _COUNTED_ALIKE.get(relation.kind, ())
    units = {f.unit for role in alike for f in relation.roles.get(role, ()) if f.unit}
    return sorted(units) if len(units) > 1 else []


_COUNTED_ALIKE: Mapping[Kind, tuple[str, ...]] = {
    Kind.SUM: ("whole", "parts"),
    Kind.BALANCE: ("opening", "added", "removed", "closing"),
    Kind.CHANGE: ("now", "before"),
    Kind.SHARE: ("part", "whole"),
    Kind.SAME: ("figures",),
    Kind.CLOSED_MEAN: ("opening", "closing"),
}


def _check_sum(relation: Relation) -> Finding:
    whole, parts = relation.one("whole"), relation.roles["parts"]
    summed = total([part.range for part in parts])
    holds = summed.meets(whole.range)
    return _finding(
        relation,
        Verdict.CONSISTENT if holds else Verdict.CONTRADICTS,
        "SUM_HOLDS" if holds else "SUM_FAILS",
        whole=(whole,),
        parts=parts,
        sum=_written(summed, whole.unit),
        gap=_gap(whole.range, summed, whole.unit),
    )


def _check_balance(relation: Relation) -> Finding:
    opening, closing = relation.one("opening"), relation.one("closing")
    added = total([figure.range for figure in relation.roles["added"]])
    removed = total([figure.range for figure in relation.roles["removed"]])
    expected = opening.range + added - removed
    holds = expected.meets(closing.range)
    return _finding(
        relation,
        Verdict.CONSISTENT if holds else Verdict.CONTRADICTS,
        "BALANCE_HOLDS" if holds else "BALANCE_FAILS",
        opening=(opening,),
        added=relation.roles["added"],
        removed=relation.roles["removed"],
        closing=(closing,),
        sum=_written(expected, closing.unit),
        gap=_gap(closing.range, expected, closing.unit),
    )


def _check_change(relation: Relation) -> Finding:
    now, change, before = relation.one("now"), relation.one("change"), relation.maybe("before")
    if before is None:
        return _check_lone_change(relation, now, change)
    actual = now.range.over(before.range) - Range.point(1)
    holds = actual.meets(change.range.closed())
    if holds and can_search(now.range):
        holds = find_change(now.range, change.range, before.range) is not None
    return _finding(
        relation,
        Verdict.CONSISTENT if holds else Verdict.CONTRADICTS,
        "CHANGE_HOLDS" if holds else "CHANGE_FAILS",
        now=(now,),
        before=(before,),
        change=(change,),
        actual=_written(actual, "%", signed=True),
    )


def _check_lone_change(relation: Relation, now: Figure, change: Figure) -> Finding:
    """A change whose earlier figure is not printed: some whole number must be able to be it."""
    if not can_search(now.range):
        return _finding(relation, Verdict.CONSISTENT, "CHANGE_WIDE", now=(now,), change=(change,))
    found = find_change(now.range, change.range, Range(Fraction(1), None))
    if found:
        key, detail = "CHANGE_POSSIBLE", f"{found.count:,} / {found.base:,}"
    else:
        key, detail = "CHANGE_IMPOSSIBLE", _nearest(now.range, change.range)
    verdict = Verdict.CONSISTENT if found else Verdict.CONTRADICTS
    return _finding(relation, verdict, key, now=(now,), change=(change,), detail=detail)


def _nearest(now: Range, change: Range) -> str:
    """What the whole numbers on either side of the impossible one would have given."""
    count = now.whole()[1] or 0
    bases = [base for base in reversed(bases_of_change(count, change).whole()) if base]
    return " · ".join(
        f"{count:,} / {base:,} = {percent(Fraction(count, base) - 1, signed=True)}"
        for base in sorted(set(bases))
    )


def _check_share(relation: Relation) -> Finding:
    share, whole, part = relation.one("share"), relation.one("whole"), relation.maybe("part")
    counted = part.range if part else Range(Fraction(0), whole.range.high)
    if can_search(counted):
        holds = find_share(counted, share.range, whole.range) is not None
    else:
        holds = counted.over(whole.range).meets(share.range.closed())
    if part is None:
        key = "SHARE_POSSIBLE" if holds else "SHARE_IMPOSSIBLE"
    else:
        key = "SHARE_HOLDS" if holds else "SHARE_FAILS"
    return _finding(
        relation,
        Verdict.CONSISTENT if holds else Verdict.CONTRADICTS,
        key,
        share=(share,),
        whole=(whole,),
        part=(part,) if part else (),
        actual=_written(counted.over(whole.range), "%") if part else "",
    )


def _check_ratio(relation: Relation) -> Finding:
    ratio = relation.one("ratio")
    numerator, denominator = relation.one("numerator"), relation.one("denominator")
    actual = numerator.range.over(denominator.range)
    holds = actual.meets(ratio.range.closed())
    return _finding(
        relation,
        Verdict.CONSISTENT if holds else Verdict.CONTRADICTS,
        "RATIO_HOLDS" if holds else "RATIO_FAILS",
        ratio=(ratio,),
        numerator=(numerator,),
        denominator=(denominator,),
        actual=_written(actual, ratio.unit),
    )


def _check_same(relation: Relation) -> Finding:
    first, *rest = relation.roles["figures"]
    odd = next((other for other in rest if not first.range.meets(other.range)), None)
    return _finding(
        relation,
        Verdict.CONTRADICTS if odd else Verdict.CONSISTENT,
        "SAME_FAILS" if odd else "SAME_HOLDS",
        figures=relation.roles["figures"],
        gap=_gap(odd.range, first.range, first.unit) if odd else "",
    )


def _check_closed_mean(relation: Relation) -> Finding:
    opening, closing = relation.one("opening"), relation.one("closing")
    is_still = opening.range.meets(closing.range)
    return _finding(
        relation,
        Verdict.CONSISTENT if is_still else Verdict.CAUTION,
        "MEAN_STEADY" if is_still else "MEAN_OF_CLOSED",
        mean=relation.roles["mean"],
        opening=(opening,),
        closing=(closing,),
        gap=_gap(closing.range, opening.range, closing.unit),
    )


_CHECKS: Mapping[Kind, Callable[[Relation], Finding]] = {
    Kind.SUM: _check_sum,
    Kind.BALANCE: _check_balance,
    Kind.CHANGE: _check_change,
    Kind.SHARE: _check_share,
    Kind.RATIO: _check_ratio,
    Kind.SAME: _check_same,
    Kind.CLOSED_MEAN: _check_closed_mean,
}


def _finding(
    relation: Relation, verdict: Verdict, key: str, **parts: tuple[Figure, ...] | str
) -> Finding:
    figures = {name: part for name, part in parts.items() if not isinstance(part, str)}
    facts = {name: part for name, part in parts.items() if isinstance(part, str)}
    return Finding(relation, verdict, key, figures, facts)


def _gap(printed: Range, derived: Range, unit: str) -> str:
    """Printed less derived, with its sign; of intervals, the range of it."""
    return _written(printed - derived, unit, signed=True)


def _written(numbers: Range, unit: str, *, signed: bool = False) -> str:
    write = percent if unit == "%" else number
    if numbers.low is not None and numbers.low == numbers.high:
        return write(numbers.low, signed=signed)
    low = "…" if numbers.low is None else write(numbers.low, signed=signed)
    high = "…" if numbers.high is None else write(numbers.high, signed=signed)
    return f"{low} – {high}"


def number(value: Fraction, *, signed: bool = False) -> str:
    """A number with separators of thousands, to two decimals where it has a fraction."""
    text = f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.2f}"
    return f"+{text}" if signed and value > 0 else text


def percent(value: Fraction, *, signed: bool = False) -> str:
    """A fraction as a percentage of two decimals."""
    return f"{float(value * 100):{'+' if signed else ''}.2f}%"
