"""Intervals of exact numbers, each end open or closed, and the sums that a bulletin implies.

A printed number is rarely a point; a claim about printed numbers is refuted only where no choice of
values within their intervals makes it true. Numbers are fractions: no digit is ever rounded here.
How a text becomes an interval is decided in `numbers`.
"""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

ENDS = ("[]", "[)", "(]", "()")


@dataclass(frozen=True, slots=True)
class Range:
    """All numbers from `low` to `high`; an end that is None is unbounded.

    Attributes:
        ends: which ends belong to it, as mathematicians write them: `[)` is without the high end.
    """

    low: Fraction | None
    high: Fraction | None
    ends: str = "[]"

    @classmethod
    def point(cls, number: Fraction | int) -> "Range":
        """The one number."""
        return cls(Fraction(number), Fraction(number))

    @property
    def is_point(self) -> bool:
        """Whether it holds one number only."""
        return self.low is not None and self.low == self.high

    def closed(self) -> "Range":
        """With both ends: offices differ in how they round a tie."""
        return replace(self, ends="[]")

    def contains(self, number: Fraction | int) -> bool:
        """Whether `number` is one of its numbers."""
        return self.meets(Range.point(number))

    def meets(self, other: "Range") -> bool:
        """Whether the two have a number in common."""
        return not _is_below(self, other) and not _is_below(other, self)

    def whole(self) -> tuple[int | None, int | None]:
        """The least and the greatest whole number that it may hold; None is unbounded.

        The least is above the greatest where it holds none.
        """
        least, greatest = None, None
        if self.low is not None:
            least = math.ceil(self.low)
            least += least == self.low and self.ends[0] == "("
        if self.high is not None:
            greatest = math.floor(self.high)
            greatest -= greatest == self.high and self.ends[1] == ")"
        return least, greatest

    def __neg__(self) -> "Range":
        low, high = self.low, self.high
        ends = ("(" if self.ends[1] == ")" else "[") + (")" if self.ends[0] == "(" else "]")
        return Range(None if high is None else -high, None if low is None else -low, ends)

    def __add__(self, other: "Range") -> "Range":
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Range(low, high, _both_ends(self.ends, other.ends))

    def __sub__(self, other: "Range") -> "Range":
        return self + -other

    def scaled(self, factor: Fraction | int) -> "Range":
        """Every number times a `factor` above zero."""
        low = None if self.low is None else self.low * factor
        return replace(self, low=low, high=None if self.high is None else self.high * factor)

    def over(self, other: "Range") -> "Range":
        """Every quotient of a number of this by one of `other`; neither may hold numbers below 0.

        Where `other` may be 0 the quotient has no upper bound.
        """
        low, high = Fraction(0), None
        low_end, high_end = "[", ")"
        if self.low is not None and other.high is not None and other.high > 0:
            low = self.low / other.high
            is_open = self.low > 0 and other.ends[1] == ")"
            low_end = "(" if is_open or self.ends[0] == "(" else "["
        if self.high is not None and other.low is not None and other.low > 0:
            high = self.high / other.low
            is_open = self.high > 0 and other.ends[0] == "("
            high_end = ")" if is_open or self.ends[1] == ")" else "]"
        return Range(low, high, low_end + high_end)


def total(ranges: list[Range]) -> Range:
    """The sum; 0 of none."""
    result = Range.point(0)
    for each in ranges:
        result += each
    return result


def _is_below(left: Range, right: Range) -> bool:
    if left.high is None or right.low is None:
        return False
    is_open = left.ends[1] == ")" or right.ends[0] == "("
    return left.high < right.low or (left.high == right.low and is_open)


def _both_ends(one: str, other: str) -> str:
    low = "(" if "(" in {one[0], other[0]} else "["
    return low + (")" if ")" in {one[1], other[1]} else "]")
