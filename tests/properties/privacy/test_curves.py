"""Shares of curves tell no small count, not even together with n, over regions, time and horizons.

The attacker turns every share that is shown into a count, and asks how low and how high each
hidden step can be: of each step by itself, as the gate judges it, where a small one must look like
anything from 1 to k - 1; and of all steps of a cell at once under its n and every sum that is
shown, where some values may fall away at the ends but k must remain.
"""

from itertools import product

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, csr_array, hstack, identity, vstack

from pipelines.privacy.gate import apply_gate
from pipelines.privacy.policy import load_policy
from tests.properties.privacy.world import COLOURS, PERIODS, Header, Place, World, database, sums

K = load_policy().k
CITIES = {"c1": ("k11", "k12", "k13"), "c2": ("k21", "k22")}
KEYS = list(product([c for counties in CITIES.values() for c in counties], range(1, 13), COLOURS))
DAYS = (15, 60)
HEADERS = {"things": Header("things", "duration", "N30")}
Steps = tuple[dict[tuple[str, int, str], int], ...]


def curves(steps: Steps) -> tuple[World, dict[Place, np.ndarray], duckdb.DuckDBPyConnection]:
    """What ended by each of the days, and what had not: the world, its steps by place, a table."""
    nobody = dict.fromkeys(KEYS, 0)
    world = World(CITIES, {key: sum(step[key] for step in steps) for key in KEYS}, nobody)
    con = database(world, "count")
    con.execute("create table blank as select * from indicators.indicator_values")
    con.execute("delete from indicators.indicator_values")
    told = {
        place: np.array([world.value(step, counties, *place[1:]) for step in steps])
        for _, place, counties in world.places()
    }
    rows = []
    for (code, colour, period), parts in told.items():
        n, ended = int(parts.sum()), np.cumsum(parts)[:-1]
        shares = [(f"within_{day}", int(one)) for day, one in zip(DAYS, ended, strict=True)]
        rows += [(code, colour, *PERIODS[period], name, n, int(ended[-1]), one)
                 for name, one in [("p50", -1), *shares]]  # fmt: skip
    con.execute("create table drawn (code text, colour text, starts date, ends date, "
                "measure text, n bigint, events bigint, ended bigint)")  # fmt: skip
    con.executemany("insert into drawn values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    con.execute(
        """insert into indicators.indicator_values
        select blank.* replace (
            drawn.measure as measure, null as numerator, null as denominator, drawn.n as n,
            case when drawn.n = 0 then null when ended < 0 then 20 else ended / drawn.n end
                as value,
            case when drawn.n = 0 then 'not_available' else 'ok' end as state,
            case when drawn.n = 0 then 'no_denominator' else '' end as reason,
            events as n_numerator, 'N30' as cell)
        from blank inner join drawn
            on region_code = code and by_value = colour
            and period_start = starts and period_end = ends"""
    )
    return world, told, con


def shown(con: duckdb.DuckDBPyConnection, measure: str) -> dict[Place, tuple[int, float] | None]:
    """n and value by place, None where they are hidden; places without units are left out."""
    kinds = {(kind, *start_end): (kind, no) for (kind, no), start_end in PERIODS.items()}
    rows = con.execute(
        "select region_code, by_value, period_kind, period_start, period_end, state, n, value "
        "from public.indicator_values where measure = ? and state <> 'not_available'",
        [measure],
    ).fetchall()
    return {
        (code, colour, kinds[kind, start, end]): None if state == "hidden" else (n, value)
        for code, colour, kind, start, end, state, n, value in rows
    }


class Attack:
    """All hidden steps of a table as whole numbers >= 0 under everything that is shown."""

    def __init__(self, world: World, told, con, *, knows_sums: bool) -> None:
        self.knows_sums = knows_sums
        shares = [shown(con, f"within_{day}") for day in DAYS]
        sizes = shown(con, "p50")
        self.hidden = [p for p in shares[0] if any(one[p] is None for one in shares)]
        self.truth = np.array([told[place] for place in self.hidden]).T
        empty = {p: steps for p, steps in told.items() if not steps.sum()}  # readers see that
        known = {p: None if p in self.hidden else told[p] for p in shares[0]} | empty
        self._check_readable(told, shares)
        column = {place: at for at, place in enumerate(self.hidden)}
        lines: list[np.ndarray] = []
        for whole, parts in sums(world, set(known)):
            row = np.zeros(len(self.hidden))
            for place, sign in [(whole, -1), *((part, 1) for part in parts)]:
                if place in column:
                    row[column[place]] += sign
            lines += [row] if row.any() else []
        lines = lines or [np.zeros(len(self.hidden))]
        one = csr_array(np.array(lines))
        # of each place the sums of the first steps that a share or n tells
        sees = [[found.get(p, 0) is not None for p in self.hidden] for found in [*shares, sizes]]
        self.sees = np.array(sees).reshape(len(sees), len(self.hidden))
        pick = csr_array(identity(len(self.hidden)))
        sums_seen = [
            hstack([(pick if step <= at else 0 * pick)[np.flatnonzero(seen)]
                    for step in range(len(self.truth))])
            for at, seen in enumerate(self.sees)
        ]  # fmt: skip
        told_alone = [csr_array(identity(self.truth.size))[np.flatnonzero(self.is_told())]]
        seen = sums_seen if knows_sums else told_alone
        matrix = vstack([block_diag([one] * len(self.truth)), *seen])
        right = matrix @ self.truth.ravel()
        self.rule = LinearConstraint(csr_array(matrix), right, right)

    @staticmethod
    def _check_readable(told, shares) -> None:
        """What a reader computes from shares is the truth, or the attack would be on paper only."""
        for at, one in enumerate(shares):
            for place, found in one.items():
                if found is not None:
                    assert round(found[0] * found[1]) == told[place][: at + 1].sum()

    def is_told(self) -> np.ndarray:
        """Which steps stand between two sums that are shown: the policy lets them be known."""
        before = np.vstack([np.ones(len(self.hidden), dtype=bool), self.sees[:-1]])
        return (before & self.sees).ravel()

    def solve(self, goal: np.ndarray) -> np.ndarray:
        found = milp(goal, integrality=np.ones(goal.size), bounds=Bounds(0, 1e5),
                     constraints=self.rule)  # fmt: skip
        return found.x.round()

    def is_narrow(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """By itself a step spans k values, a small one all of 1 to k - 1; with sums it is not told.

        Who puts all sums of a cell together may rule out more (`privacy/curves.py`).
        """
        if self.knows_sums:
            return high == low
        true = self.truth.ravel()
        is_small = (true > 0) & (true < K)
        return (high - low < K - 1) | (is_small & ((low > 1) | (high < K - 1)))

    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest and highest value of each hidden step: exact where they are narrow."""
        least = most = self.truth.ravel().astype(float)
        if not least.size:
            return least, most
        for goal in np.random.default_rng(0).normal(size=(8, least.size)):
            for each in (goal, -goal):
                point = self.solve(each)
                least, most = np.minimum(least, point), np.maximum(most, point)
        for at in np.flatnonzero(~self.is_told()):
            for sign in (1, -1):
                if self.is_narrow(least, most)[at]:
                    point = self.solve(sign * np.eye(1, least.size, at)[0])
                    least, most = np.minimum(least, point), np.maximum(most, point)
        return least, most


def check(world: World, told: dict[Place, np.ndarray], con) -> int:
    """Attack in both ways; returns how many cells had hidden shares."""
    for knows_sums in (False, True):
        attack = Attack(world, told, con, knows_sums=knows_sums)
        _hold(attack, told)
    return len(attack.hidden)


def _hold(attack: Attack, told: dict[Place, np.ndarray]) -> None:
    low, high = attack.ends()
    is_narrow = attack.is_narrow(low, high) & (high > 0)  # a step of nobody is no secret
    is_told = attack.is_told()
    of_told = attack.truth.ravel()[is_told]
    assert ((of_told == 0) | (of_told >= K)).all()
    is_narrow &= ~is_told
    parent = {county: city for city, counties in CITIES.items() for county in counties}
    for at in np.flatnonzero(is_narrow):
        step, number = divmod(int(at), len(attack.hidden))
        code, colour, period = place = attack.hidden[number]
        above = told[parent.get(code, "p"), colour, period]
        if low[at] == high[at] == above[step]:
            continue  # alone in its city: what is shown of that is its own
        raise AssertionError((attack.knows_sums, place, step, told[place], low[at], high[at]))


@st.composite
def drawn_steps(draw) -> Steps:
    """A first step that is often small, and two that are small at times."""
    scales = [draw(st.sampled_from(sizes)) for sizes in ([1, 4, 30], [12, 60], [12, 60])]
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    zero = draw(st.sampled_from([0.0, 0.1]))
    return tuple(
        {key: 0 if random.random() < zero else int(random.exponential(scale)) for key in KEYS}
        for scale in scales
    )


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(drawn_steps())
def test_no_step_of_a_curve_can_be_computed_back(steps):
    world, told, con = curves(steps)
    apply_gate(con, HEADERS, load_policy())
    check(world, told, con)
    found = [shown(con, f"within_{day}") for day in DAYS]
    for place, parts in told.items():
        if all(one.get(place) is not None for one in found):
            assert not ((parts > 0) & (parts < K)).any(), (place, parts)


def steady(first: int) -> Steps:
    return dict.fromkeys(KEYS, first), dict.fromkeys(KEYS, 40), dict.fromkeys(KEYS, 40)


def test_two_of_two_hundred_are_not_told_by_their_share():
    """The curve has enough at risk and enough events: only its shares tell."""
    steps = steady(20)
    for colour in COLOURS:
        steps[0]["k11", 3, colour] = 2 if colour == "red" else 0
    world, told, con = curves(steps)
    apply_gate(con, HEADERS, load_policy())
    place = ("k11", "", ("month", 3))
    assert told[place].tolist() == [2, 120, 120]
    assert shown(con, "within_15")[place] is None
    assert shown(con, "within_60")[place] == (242, 122 / 242)
    assert shown(con, "p50")[place] == (242, 20)
    assert check(world, told, con) >= 4
    assert shown(con, "within_15")["p", "", ("year", 1)] is not None


@pytest.mark.parametrize(("at", "hidden"), [(0, 15), (1, 60), (2, 60)])
def test_a_small_step_between_two_days_or_after_the_last_counts_as_well(at: int, hidden: int):
    """The day that has the small step is hidden; of two that have it between them the later."""
    steps = steady(40)
    for colour in COLOURS:
        steps[at]["k11", 3, colour] = 3
    world, told, con = curves(steps)
    apply_gate(con, HEADERS, load_policy())
    place = ("k11", "", ("month", 3))
    assert [day for day in DAYS if shown(con, f"within_{day}")[place] is None] == [hidden]
    check(world, told, con)


def test_curves_without_small_steps_are_shown_whole():
    _, _, con = curves(steady(40))
    report = apply_gate(con, HEADERS, load_policy())
    assert (report.primary, report.complementary) == (0, 0)
    assert all(found is not None for found in shown(con, "within_15").values())


def test_the_attacker_finds_what_hiding_small_steps_alone_leaves():
    steps = steady(40)
    for colour in COLOURS:
        steps[0]["k11", 3, colour] = 1
    world, told, con = curves(steps)
    con.execute(
        "create table public.indicator_values as select * replace (case when measure <> 'p50' and "
        "region_code = 'k11' and by_value = '' and period_start = '2020-03-01' "
        "then 'hidden' else state end as state) from indicators.indicator_values"
    )
    with pytest.raises(AssertionError):
        check(world, told, con)
