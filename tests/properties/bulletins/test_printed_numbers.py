"""Printed numbers and whole numbers, against slow and simple reckoning."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pipelines.bulletins.feasible import find_change, find_share
from pipelines.bulletins.numbers import read_number
from pipelines.bulletins.ranges import ENDS, Range

UNBOUNDED = Range(Fraction(1), None)
ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN)
counts = st.integers(1, 60)
places = st.integers(0, 2)


def rounded(number: Fraction, digits: int, way: str) -> Decimal:
    exact = Decimal(number.numerator * 10**12 // number.denominator) / Decimal(10**12)
    if Fraction(exact) != number:  # not a tie, which have few digits: any more digits will do
        exact += Decimal(1) / Decimal(10**13)
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=way)


def printings(number: Fraction, digits: int) -> set[Decimal]:
    """A percentage as offices may print it, whichever way they round a tie."""
    return {rounded(number * 100, digits, way) for way in ROUNDINGS}


@given(st.integers(1, 10**6), st.sampled_from(["", "万", "亿"]), st.data())
def test_the_word_more_means_up_to_the_next_digit(number: int, tens: str, data: st.DataObject):
    scale = {"": 1, "万": 10**4, "亿": 10**8}[tens]
    digits = str(number)
    last = len(digits.rstrip("0"))  # the place of the last digit that is not zero
    next_one = int(digits[:last]) + 1
    form = data.draw(st.sampled_from([f"{number}余{tens}", f"{number}{tens}多"]))
    read = read_number(form + "件")
    assert read is not None
    low, high = number * scale, next_one * 10 ** (len(digits) - last) * scale
    assert read.range == Range(Fraction(low), Fraction(high), "[)")


@given(st.decimals(0, 10**5, places=3), st.integers(0, 3))
def test_what_was_rounded_lies_in_what_is_read(number: Decimal, digits: int):
    printed = number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    for sign in ("", "-"):
        read = read_number(f"{sign}{printed}%")
        assert read is not None
        truth = Fraction(number) / 100
        assert read.range.contains(-truth if sign else truth)
        one_more = Fraction(Decimal(1).scaleb(-digits)) / 100
        assert not read.range.contains((truth + one_more) * (-1 if sign else 1))


@given(st.text("0123456789余多万亿约近%.,个件十百千一二至-+不到以上", max_size=12))
def test_no_text_breaks_the_reader_and_no_range_is_upside_down(text: str):
    read = read_number(text)
    if read and read.range.low is not None and read.range.high is not None:
        assert read.range.low <= read.range.high


@given(counts, st.integers(-95, 300), places)
def test_a_change_is_possible_where_a_search_through_all_bases_finds_one(
    now: int, percentage: int, digits: int
):
    printed = Decimal(percentage) + (Decimal(7).scaleb(-digits) if digits else 0)
    read = read_number(f"{printed:+}%")
    assert read is not None
    # a change of -95.5 % makes the base n / 0.045, and none makes it greater
    bases = range(1, 23 * now)
    truth = [b for b in bases if printed in printings(Fraction(now, b) - 1, digits)]
    found = find_change(Range.point(now), read.range, UNBOUNDED)
    assert (found.base if found else None) == (truth[0] if truth else None)


@given(counts, counts, places)
def test_the_change_of_two_whole_numbers_is_always_possible(now: int, before: int, digits: int):
    for printed in printings(Fraction(now, before) - 1, digits):
        read = read_number(f"{printed:+}%")
        assert read is not None
        assert find_change(Range.point(now), read.range, UNBOUNDED)
        assert find_change(Range.point(now), read.range, Range.point(before))


@given(st.integers(1, 60), st.integers(0, 10_000), st.integers(0, 2))
def test_a_share_is_possible_where_some_part_makes_it(whole: int, hundredths: int, digits: int):
    printed = (Decimal(hundredths) / 100).quantize(
        Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP
    )
    read = read_number(f"{printed}%")
    assert read is not None
    parts = {p for p in range(whole + 1) if printed in printings(Fraction(p, whole), digits)}
    found = find_share(Range(Fraction(0), Fraction(whole)), read.range, Range.point(whole))
    assert (found.count in parts) if found else not parts


numbers = st.integers(0, 12).map(Fraction)
ranges = st.builds(
    lambda low, width, ends: Range(low, low + width, ends if width else "[]"),
    numbers,
    numbers,
    st.sampled_from(ENDS),
)
QUARTERS = [Fraction(n, 4) for n in range(200)]


def members(numbers: Range) -> list[Fraction]:
    return [n for n in QUARTERS if numbers.contains(n)]


@given(ranges, ranges)
def test_sums_and_quotients_hold_those_of_their_members(one: Range, other: Range):
    for a in members(one)[:6]:
        for b in members(other)[-6:]:
            assert (one + other).contains(a + b)
            assert (one - other).contains(a - b)
            assert b == 0 or one.over(other).contains(a / b)


@given(ranges, ranges)
def test_two_ranges_meet_where_they_share_a_number(one: Range, other: Range):
    shared = [n for n in members(one) if other.contains(n)]
    assert one.meets(other) == bool(shared) == other.meets(one)


@given(ranges)
def test_whole_numbers_are_those_inside(numbers: Range):
    least, greatest = numbers.whole()
    inside = [n for n in range(60) if numbers.contains(n)]
    assert least is not None
    assert greatest is not None
    assert inside == list(range(least, greatest + 1))
