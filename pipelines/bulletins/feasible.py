"""Can whole numbers make a printed percentage? The question that a rounded figure cannot dodge.

110 at +52.78 % is 110 of 72. 168 at -1.49 % would need 170.54: 170 gives -1.18 %, 171 gives
-1.75 %, and no whole number rounds to what was printed. The same test for means of whole numbers is
known as GRIM (Brown and Heathers 2017, Social Psychological and Personality Science 8, 363-369).

Ties count as possible however they were rounded: `closed` ranges are looked at.
"""

from dataclasses import dataclass
from fractions import Fraction

from pipelines.bulletins.ranges import Range

# Ranges wider than this hold whole numbers for nearly every percentage, and are not searched.
MOST_TRIED = 1_000_000


@dataclass(frozen=True, slots=True)
class Witness:
    """Whole numbers that make the printed percentage: `count` now (or in part) and its `base`."""

    count: int
    base: int


def bases_of_change(count: int, change: Range) -> Range:
    """The numbers above 0 that `count` is a `change` on, a fraction: 0.1 is ten per cent more."""
    change = change.closed()
    if count == 0:
        is_possible = change.contains(-1)
        return Range(Fraction(1), None if is_possible else Fraction(0), "[)")
    low, high = Fraction(0), None
    if change.high is not None:
        if change.high <= -1:
            return Range(Fraction(1), Fraction(0))
        low = count / (1 + change.high)
    if change.low is not None and change.low > -1:
        high = count / (1 + change.low)
    return Range(low, high, "[]" if low else "(]")


def bases_of_share(count: int, share: Range) -> Range:
    """The numbers that `count` is a `share` of, a fraction."""
    share = share.closed()
    if count == 0:
        return Range(Fraction(1), None if share.contains(0) else Fraction(0), "[)")
    if share.high is not None and share.high <= 0:
        return Range(Fraction(1), Fraction(0))
    low = Fraction(0) if share.high is None else count / share.high
    high = count / share.low if share.low is not None and share.low > 0 else None
    return Range(max(low, Fraction(count)), high)


def find_change(count: Range, change: Range, base: Range) -> Witness | None:
    """Whole numbers in `count` and `base` that make the `change`; None where there are none.

    Raises:
        ValueError: the counts to try are too many (see `can_search`).
    """
    factor = Range.point(1) + change.closed()
    for number in _tried(_narrowed(count, base, factor)):
        if found := _first_whole(bases_of_change(number, change), base):
            return Witness(number, found)
    return None


def find_share(part: Range, share: Range, whole: Range) -> Witness | None:
    """Whole numbers in `part` and `whole`, the part no greater, that make the `share`.

    Raises:
        ValueError: the parts to try are too many (see `can_search`).
    """
    for number in _tried(_narrowed(part, whole, share.closed())):
        if found := _first_whole(bases_of_share(number, share), whole):
            return Witness(number, found)
    return None


def can_search(count: Range) -> bool:
    """Whether a range holds few enough whole numbers to try each."""
    least, greatest = count.whole()
    return greatest is not None and greatest - max(least or 0, 0) < MOST_TRIED


def _narrowed(count: Range, base: Range, factor: Range) -> Range:
    """The part of `count` that `base` times `factor`, both ranges of numbers from 0 up, reaches."""
    least, greatest = count.whole()
    low = max(Fraction(0), factor.low or Fraction(0)) * max(Fraction(0), base.low or Fraction(0))
    lows = [low, Fraction(least or 0)]
    highs = [Fraction(greatest)] if greatest is not None else []
    if base.high is not None and factor.high is not None:
        highs.append(base.high * factor.high)
    return Range(max(lows), min(highs) if highs else None)


def _tried(count: Range) -> range:
    """The whole numbers of a range, from the top, since the greater ones are the likelier."""
    if not can_search(count):
        raise ValueError("too many whole numbers to try")
    least, greatest = count.whole()
    return range(greatest or 0, max(least or 0, 0) - 1, -1)


def _first_whole(one: Range, other: Range) -> int | None:
    """The least whole number above 0 that lies in both."""
    (low, high), (other_low, other_high) = one.whole(), other.whole()
    least = max(low or 1, other_low or 1, 1)
    bounds = [bound for bound in (high, other_high) if bound is not None]
    return None if bounds and least > min(bounds) else least
