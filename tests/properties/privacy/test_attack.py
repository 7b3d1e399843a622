"""No hidden number can be computed back, or narrowed, from a table that passed the gate."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.privacy.gate import apply_gate
from pipelines.privacy.policy import load_policy
from tests.properties.privacy.world import (
    COLOURS,
    YEAR,
    Header,
    World,
    database,
    intervals,
    published,
)

K = load_policy().k
CITIES = {"c1": ("k11", "k12", "k13"), "c2": ("k21", "k22")}
KEYS = list(product([c for counties in CITIES.values() for c in counties], range(1, 13), COLOURS))


@st.composite
def worlds(draw, with_misses: bool) -> World:
    """Mostly ordinary counts with some small ones, or mostly small ones."""
    usual = draw(st.sampled_from([4, 12, 30, 60]))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    zero = draw(st.sampled_from([0.0, 0.1, 0.5]))

    def count(scale: float) -> int:
        return 0 if random.random() < zero else int(random.exponential(scale))

    hits = {key: count(usual) for key in KEYS}
    misses = {key: count(usual / 2) if with_misses else 0 for key in KEYS}
    return World(CITIES, hits, misses)


def check(world: World, rows, counts, shown_of) -> int:
    """Attack one additive number of the table; returns how many hidden cells it had."""
    known = {
        place: None if row[0] == "hidden" else shown_of(row)
        for place, row in rows.items()
        if world.is_divided(place)
    }
    counties = {code: members for _, code, members in world.regions()}
    unit_of = {county: unit for unit, members in world.units.items() for county in members}
    city_of = {
        part: city
        for city, members in world.cities.items()
        for part, inside in [*((c, (c,)) for c in members), *world.units.items()]
        if set(inside) <= set(members)
    }
    true = {
        (code, colour, period): world.value(counts, counties[code], colour, period)
        for code, colour, period in known
    }

    def is_wide(place, low: int, high: int) -> bool:
        """A span of k, and a small number can be anything from 1 to k - 1."""
        is_small = 0 < true[place] < K
        return high - low >= K - 1 and (not is_small or (low <= 1 and high >= K - 1))

    for place, (low, high) in intervals(world, known, true, is_wide).items():
        code, colour, period = place
        if (low, high) == (0, 0):
            continue  # a zero is no secret: the policy would show it
        above = (city_of.get(code, ""), unit_of.get(code, ""))
        if any(known.get((whole, colour, period)) == low == high for whole in above):
            continue  # alone in its city or unit: the shown figure of that is its own
        assert is_wide(place, low, high), (place, true[place], low, high)
    return sum(value is None for value in known.values())


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(with_misses=False))
def test_counts_cannot_be_computed_back(world):
    con = database(world, "count")
    apply_gate(con, {"things": Header("things", "count")}, load_policy())
    rows = published(con)
    check(world, rows, world.hits, lambda row: row[1])
    assert not [row for row in rows.values() if row[0] == "ok" and 0 < row[1] < K]


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(with_misses=False))
def test_stocks_cannot_be_computed_back(world):
    world = replace(world, is_stock=True)
    con = database(world, "stock")
    apply_gate(con, {"things": Header("things", "stock")}, load_policy())
    check(world, published(con), world.hits, lambda row: row[1])


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(with_misses=True))
def test_neither_part_of_a_share_can_be_computed_back(world):
    con = database(world, "share")
    apply_gate(con, {"things": Header("things", "share")}, load_policy())
    rows = published(con)
    check(world, rows, world.hits, lambda row: row[1] or 0)
    check(world, rows, world.misses, lambda row: (row[2] or 0) - (row[1] or 0))


UNITS = (
    {"u1": ("k11", "k12")},
    {"u1": ("k12", "k13"), "u2": ("k21", "k22")},
    {"u3": ("k13", "k21")},
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(with_misses=False), st.sampled_from(UNITS))
def test_a_stable_unit_gives_none_of_its_counties_away(world, units):
    world = replace(world, units=units)
    con = database(world, "count")
    apply_gate(con, {"things": Header("things", "count")}, load_policy())
    rows = published(con)
    check(world, rows, world.hits, lambda row: row[1])
    assert not [row for row in rows.values() if row[0] == "ok" and 0 < row[1] < K]


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(with_misses=False), st.sampled_from(UNITS), st.integers(1, 12))
def test_a_stock_that_only_the_unit_has_gives_nothing_away(world, units, last):
    undivided = {(c, month) for month in range(1, last + 1) for c in next(iter(units.values()))}
    world = replace(world, is_stock=True, units=units, undivided=frozenset(undivided))
    con = database(world, "stock")
    apply_gate(con, {"things": Header("things", "stock")}, load_policy())
    check(world, published(con), world.hits, lambda row: row[1])


def test_a_small_stock_that_only_the_unit_has_costs_no_more_than_its_own_cell_and_one_beside_it():
    """Its counties have no figures: nothing of them can tell it."""
    hits = dict.fromkeys(KEYS, 40) | {(c, 3, each): 1 for c in ("k11", "k12") for each in COLOURS}
    world = World(CITIES, hits, dict.fromkeys(KEYS, 0), is_stock=True, units=UNITS[0])
    world = replace(world, undivided=frozenset({("k11", 3), ("k12", 3)}))
    con = database(world, "stock")
    apply_gate(con, {"things": Header("things", "stock")}, load_policy())
    rows = published(con)
    assert rows["u1", "", ("month", 3)][0] == "hidden"
    assert rows["u1", "", ("month", 2)] == ("ok", 240, None)
    assert rows["k11", "", ("month", 2)] == ("ok", 120, None)
    check(world, rows, world.hits, lambda row: row[1])


def test_a_quiet_table_is_shown_whole():
    world = World(CITIES, dict.fromkeys(KEYS, 40), dict.fromkeys(KEYS, 0))
    con = database(world, "count")
    report = apply_gate(con, {"things": Header("things", "count")}, load_policy())
    assert {row[0] for row in published(con).values()} == {"ok"}
    assert report.primary == report.complementary == 0


def test_one_small_cell_takes_others_with_it():
    hits = dict.fromkeys(KEYS, 40) | {("k11", 3, "red"): 1, ("k11", 3, "blue"): 1}
    hits[("k11", 3, "green")] = 1
    world = World(CITIES, hits, dict.fromkeys(KEYS, 0))
    con = database(world, "count")
    apply_gate(con, {"things": Header("things", "count")}, load_policy())
    rows = published(con)
    assert rows["k11", "", ("month", 3)][0] == "hidden"
    assert check(world, rows, world.hits, lambda row: row[1]) >= 4
    assert rows["p", "", ("year", 1)][0] == "ok"


def test_the_attacker_finds_what_a_naive_mask_leaves():
    hits = dict.fromkeys(KEYS, 40) | {("k21", 3, colour): 1 for colour in COLOURS}
    world = World(CITIES, hits, dict.fromkeys(KEYS, 0))
    con = database(world, "count")
    con.execute(
        "create table public.indicator_values as select * replace (case when numerator between 1 "
        "and 9 then 'hidden' else state end as state) from indicators.indicator_values"
    )
    with pytest.raises(AssertionError):
        check(world, published(con), world.hits, lambda row: row[1])


def test_what_was_shown_before_stays_shown_and_nothing_is_given_away():
    quiet = World(CITIES, dict.fromkeys(KEYS, 40), dict.fromkeys(KEYS, 0))
    small = replace(quiet, hits=quiet.hits | {("k11", 3, colour): 1 for colour in COLOURS})
    con = database(small, "count")
    shown = con.sql(
        "select indicator, measure, level, region_code, period_kind, period_start, period_end, "
        "by_name, by_value, true as is_shown from indicators.indicator_values "
        "where region_code = 'k12' and by_name = ''"
    )
    apply_gate(con, {"things": Header("things", "count")}, load_policy(), shown)
    rows = published(con)
    assert {row[0] for place, row in rows.items() if place[:2] == ("k12", "")} == {"ok"}
    check(small, rows, small.hits, lambda row: row[1])


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(with_misses=False), st.integers(1, 11))
def test_two_releases_together_give_no_more_away_than_the_first(world, month):
    """The second knows what is public; where that leaves no mask, it shows nothing new."""
    header, con = {"things": Header("things", "count")}, database(world, "count")
    of_first = f"period_end <= date '{YEAR}-{month + 1:02}-01'"
    con.execute(f"update indicators.indicator_values set is_closed = {of_first}")
    apply_gate(con, header, load_policy())
    first = {place: row for place, row in published(con).items() if row[0] != "hidden"}
    con.execute(
        "create table before as select *, state <> 'hidden' as is_shown "
        "from public.indicator_values"
    )
    con.execute("update indicators.indicator_values set is_closed = true")
    report = apply_gate(con, header, load_policy(), con.table("before"))
    second = published(con)
    shown = {place for place, row in second.items() if row[0] != "hidden"}
    assert shown >= first.keys()
    if report.unproven:
        assert shown == first.keys()
    else:
        check(world, second, world.hits, lambda row: row[1])
