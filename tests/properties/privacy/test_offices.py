"""Figures by office: each stands where the office works, by year, and none gives another away."""

from itertools import product

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.privacy.gate import apply_gate
from pipelines.privacy.policy import load_policy
from tests.properties.privacy.test_attack import CITIES, KEYS, check
from tests.properties.privacy.world import COLOURS, Header, World, database, published

COUNTIES = tuple(county for counties in CITIES.values() for county in counties)


def gated(world: World, at_work: frozenset[tuple[str, str]]):
    """What is published by year of offices, in the counties where they work and above them."""
    con = database(world, "share")
    con.execute(
        "update indicators.indicator_values set by_name = 'handling_office' where by_name <> ''; "
        "delete from indicators.indicator_values where by_name <> '' and period_kind <> 'year'; "
        "delete from indicators.indicator_values "
        "where by_name <> '' and coalesce(denominator, 0) = 0"
    )
    apply_gate(con, {"things": Header("things", "share")}, load_policy())
    rows = published(con)
    # a reader knows where an office does not work, and that its figure there is none
    for county, office in set(product(COUNTIES, COLOURS)) - at_work:
        assert (county, office, ("year", 1)) not in rows
        rows[county, office, ("year", 1)] = ("ok", 0, 0)
    for code, office in product(("p", *CITIES), COLOURS):
        rows.setdefault((code, office, ("year", 1)), ("ok", 0, 0))
    _tell_what_is_alone(world, at_work, rows)
    return rows


def _tell_what_is_alone(world: World, at_work: frozenset[tuple[str, str]], rows) -> None:
    """The only office of a place has the place's figure, the only city of an office the whole."""
    same = [
        ((code, min(offices)), (code, ""))
        for _, code, counties in world.regions()
        for offices in [{office for county, office in at_work if county in counties}]
        if len(offices) == 1
    ]
    same += [
        ((min(cities), office), ("p", office))
        for office in COLOURS
        for cities in [{city for city, of in CITIES.items() for c in of if (c, office) in at_work}]
        if len(cities) == 1
    ]
    for part, whole in same:
        if rows[*part, ("year", 1)][0] == "hidden":
            rows[*part, ("year", 1)] = rows[*whole, ("year", 1)]


@st.composite
def worlds_of_offices(draw):
    """Ordinary and small counts of three offices, each at work in some counties."""
    at_work = draw(st.frozensets(st.sampled_from([*product(COUNTIES, COLOURS)]), min_size=4))
    usual = draw(st.sampled_from([1, 4, 30]))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))

    def count(key, scale: float) -> int:
        county, _, office = key
        return int(random.exponential(scale)) if (county, office) in at_work else 0

    hits = {key: count(key, usual) for key in KEYS}
    return World(CITIES, hits, {key: count(key, usual / 2) for key in KEYS}), at_work


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(worlds_of_offices())
def test_neither_part_of_an_office_can_be_computed_back(drawn):
    world, worked = drawn
    counts = {key: world.hits[key] + world.misses[key] for key in KEYS}
    at_work = frozenset((c, o) for c, o in worked if sum(counts[c, m, o] for m in range(1, 13)))
    rows = gated(world, at_work)
    check(world, rows, world.hits, lambda row: row[1] or 0)
    check(world, rows, world.misses, lambda row: (row[2] or 0) - (row[1] or 0))


def test_a_small_office_is_hidden_and_so_is_the_one_that_would_give_it_away():
    """In k11 blue handled 4 and green 240; their county says 244."""
    zero = dict.fromkeys(KEYS, 0)
    hits = zero | {("k11", month, "green"): 10 for month in range(1, 13)}
    misses = hits | {("k11", month, "blue"): 1 for month in range(1, 5)}
    misses |= {(c, m, "red"): 20 for c in COUNTIES[1:] for m in range(1, 13)}
    hits |= {(c, m, "red"): 20 for c in COUNTIES[1:] for m in range(1, 13)}
    world = World(CITIES, hits, misses)
    at_work = {("k11", "green"), ("k11", "blue"), *((county, "red") for county in COUNTIES[1:])}
    rows = gated(world, frozenset(at_work))
    assert rows["k11", "", ("year", 1)][0] == "ok"
    assert rows["k11", "blue", ("year", 1)][0] == "hidden"
    assert rows["k11", "green", ("year", 1)][0] == "hidden"
    assert rows["p", "blue", ("year", 1)][0] == "hidden"
    assert rows["c1", "", ("year", 1)][0] == "ok"
