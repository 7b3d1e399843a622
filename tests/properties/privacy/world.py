"""Small made-up tables for the gate, and an attacker who knows every sum and has all the time.

The attacker shares no code with the gate: it reads the published rows, writes down the sums of a
region tree, of a calendar year and of a breakdown, and asks integer programmes how low and how high
each hidden number can be.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import product

import duckdb
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

YEAR = 2020
COLOURS = ("blue", "green", "red")
PERIODS = (
    {("month", m): (date(YEAR, m, 1), date(YEAR + m // 12, m % 12 + 1, 1)) for m in range(1, 13)}
    | {
        ("quarter", q): (date(YEAR, 3 * q - 2, 1), date(YEAR + q // 4, 3 * q % 12 + 1, 1))
        for q in range(1, 5)
    }
    | {("year", 1): (date(YEAR, 1, 1), date(YEAR + 1, 1, 1))}
)

Place = tuple[str, str, tuple[str, int]]  # region, colour ('' = all), period


@dataclass(frozen=True)
class Header:
    id: str
    kind: str
    cell: str = "S"


@dataclass(frozen=True)
class World:
    """Counts of each county, month and colour: hits, and misses where it is a share.

    Of a stock they are what is there at the end of the month. Stable units are sums of counties;
    counties may be without figures in a month (a stock that cannot be divided), their unit has it.
    """

    cities: dict[str, tuple[str, ...]]
    hits: dict[tuple[str, int, str], int]
    misses: dict[tuple[str, int, str], int]
    is_stock: bool = False
    units: dict[str, tuple[str, ...]] = field(default_factory=dict)
    undivided: frozenset[tuple[str, int]] = frozenset()

    def regions(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Level, code and counties of each region."""
        everything = tuple(c for counties in self.cities.values() for c in counties)
        yield "province", "p", everything
        for city, counties in self.cities.items():
            yield "city", city, counties
        for unit, counties in self.units.items():
            yield "unit", unit, counties
        for county in everything:
            yield "county", county, (county,)

    def value(self, counts, counties, colour: str, period: tuple[str, int]) -> int:
        months = months_of(period)[-1:] if self.is_stock else months_of(period)
        colours = COLOURS if colour == "" else (colour,)
        return sum(counts[key] for key in product(counties, months, colours))

    def places(self) -> Iterator[tuple[str, Place, tuple[str, ...]]]:
        for level, code, counties in self.regions():
            for period in PERIODS:
                for colour in ("", *COLOURS):
                    if colour == "" or level not in {"county", "unit"} or period[0] == "year":
                        yield level, (code, colour, period), counties

    def is_divided(self, place: Place) -> bool:
        """Whether the counties of a place are known apart on its last day."""
        code, _, period = place
        return (code, months_of(period)[-1]) not in self.undivided


def months_of(period: tuple[str, int]) -> range:
    kind, number = period
    if kind == "month":
        return range(number, number + 1)
    return range(1, 13) if kind == "year" else range(3 * number - 2, 3 * number + 1)


def database(world: World, kind: str) -> duckdb.DuckDBPyConnection:
    """`indicators.indicator_values` and `geo.regions` as the engine would leave them."""
    con = duckdb.connect()
    for schema in ("geo", "indicators", "public", "quality"):
        con.execute(f"create schema {schema}")
    con.execute(
        "create table geo.regions (region_row varchar, region_code varchar, level varchar, "
        "city_code varchar, province_code varchar, valid_from date, valid_to date, "
        "stable_unit varchar)"
    )
    con.execute(
        "create table indicators.indicator_values (indicator varchar, measure varchar, "
        "level varchar, region_code varchar, region_zh varchar, region_en varchar, basis varchar, "
        "period_kind varchar, period_start date, period_end date, by_name varchar, "
        "by_value varchar, numerator bigint, denominator bigint, value double, low double, "
        "high double, conf_level double, n bigint, unit varchar, state varchar, reason varchar, "
        "flags varchar, coverage varchar, change_yoy double, change_mom double, rule_id varchar, "
        "vintage varchar, n_numerator bigint, is_closed boolean, cell varchar)"
    )
    open_from, open_to = date(1, 1, 1), date(9999, 12, 31)
    city_of = {county: city for city, counties in world.cities.items() for county in counties}
    unit_of = {county: unit for unit, counties in world.units.items() for county in counties}
    city_of |= {city: city for city in world.cities}
    for unit, counties in world.units.items():
        around = {city_of[county] for county in counties}
        city_of |= dict.fromkeys([unit], around.pop() if len(around) == 1 else None)
    regions = [
        (f"{c}@", c, level, city_of.get(c), "p", open_from, open_to, unit_of.get(c))
        for level, c, _ in world.regions()
    ]
    con.executemany("insert into geo.regions values (?, ?, ?, ?, ?, ?, ?, ?)", regions)
    rows = []
    for level, (code, colour, period), counties in world.places():
        hits = world.value(world.hits, counties, colour, period)
        misses = world.value(world.misses, counties, colour, period)
        units, start_end = hits + misses, PERIODS[period]
        is_share = kind == "share"
        there = (not is_share or units > 0) and world.is_divided((code, colour, period))
        value = (hits / units if is_share else float(hits)) if there else None
        rows.append((
            "things", "only", level, code, code, code, "as_was", period[0], *start_end,
            "colour" if colour else "", colour, hits if there else None,
            units if is_share and there else None, value, None, None, None,
            units if is_share else hits, "thing", "ok" if there else "not_available",
            "" if there else "no_denominator" if is_share else "boundary_split", "",
            "full", None, None, "", "", hits, True, "S",
        ))  # fmt: skip
    marks = ", ".join("?" for _ in rows[0])
    con.executemany(f"insert into indicators.indicator_values values ({marks})", rows)
    return con


def published(con: duckdb.DuckDBPyConnection) -> dict[Place, tuple[str, int | None, int | None]]:
    """State, numerator and denominator of each place."""
    kinds = {(kind, start_end): (kind, n) for (kind, n), start_end in PERIODS.items()}
    rows = con.execute(
        "select region_code, by_value, period_kind, period_start, period_end, state, numerator, "
        "denominator from public.indicator_values"
    ).fetchall()
    return {(r[0], r[1], kinds[r[2], (r[3], r[4])]): r[5:] for r in rows}


def sums(world: World, places: set[Place]) -> Iterator[tuple[Place, list[Place]]]:
    """Every sum that the attacker knows: a whole and its parts."""
    for code, colour, period in places:
        kind, number = period
        below = {"p": list(world.cities)} | world.cities | world.units
        inner = {
            "quarter": [("month", m) for m in months_of(period)],
            "year": [("quarter", q) for q in range(1, 5)],
        }.get(kind, [])
        inner = inner[-1:] if world.is_stock else inner
        of_city = [unit for unit, counties in world.units.items() if part_of(code, counties, world)]
        alone = [c for c in below.get(code, ()) if not any(c in world.units[u] for u in of_city)]
        for parts in (
            [(part, colour, period) for part in below.get(code, ())],
            [(part, colour, period) for part in [*of_city, *alone]] if of_city else [],
            [(code, colour, part) for part in inner],
            [(code, each, (kind, number)) for each in COLOURS] if colour == "" else [],
        ):
            if parts and all(part in places for part in parts):
                yield (code, colour, period), parts


def part_of(code: str, counties: tuple[str, ...], world: World) -> bool:
    return set(counties) <= set(world.cities.get(code, ()))


def equations(world: World, known: dict[Place, int | None]) -> LinearConstraint:
    """What the hidden numbers, in the order of `known`, must add up to."""
    hidden = [place for place, value in known.items() if value is None]
    column = {place: i for i, place in enumerate(hidden)}
    rows, right = [np.zeros(len(hidden))], [0]
    for whole, parts in sums(world, set(known)):
        row, rest = np.zeros(len(hidden)), 0
        for place, sign in [(whole, -1), *((part, 1) for part in parts)]:
            if place in column:
                row[column[place]] += sign
            else:
                rest -= sign * known[place]
        if row.any():
            rows.append(row)
            right.append(rest)
    return LinearConstraint(csr_array(np.array(rows)), right, right)


def intervals(
    world: World,
    known: dict[Place, int | None],
    true: dict[Place, int],
    is_wide: Callable[[Place, int, int], bool],
) -> dict[Place, tuple[int, int]]:
    """Two whole numbers that each hidden cell can hold, with everything shown as it is.

    Every programme solved is a whole world that would look the same, so it widens all cells at
    once. A cell that is wide already is asked no further; of any other these are the exact ends.
    """
    hidden = [place for place, value in known.items() if value is None]
    if not hidden:
        return {}
    adding_up = equations(world, known)

    def solve(goal: np.ndarray) -> np.ndarray:
        whole = np.ones(len(hidden))
        found = milp(goal, integrality=whole, bounds=Bounds(0, 10_000), constraints=adding_up)
        return found.x.round()

    least = most = np.array([true[place] for place in hidden], float)
    assert (adding_up.A @ least == adding_up.lb).all(), "the attacker's sums do not hold"
    for goal in np.random.default_rng(0).normal(size=(8, len(hidden))):
        least, most = np.minimum(least, solve(goal)), np.maximum(most, solve(-goal))
    for i, place in enumerate(hidden):
        for sign in (1, -1):
            if not is_wide(place, least[i], most[i]):
                point = solve(sign * np.eye(len(hidden))[i])
                least, most = np.minimum(least, point), np.maximum(most, point)
    return {place: (int(least[i]), int(most[i])) for i, place in enumerate(hidden)}
