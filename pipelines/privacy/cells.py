"""What must be hidden for its own sake: the cells of one indicator, as numbers, and the rule.

A cell is one region x one period x one value of a breakdown (value 0 is the total). All measures
of the indicator at that place are one cell: they share one mask, because they share terms.

Each cell carries *atoms*: the independent counts that a reader of the shown row would know. The
numerator, the complement (denominator - numerator) of a share, and `n` are such counts, unless
one of them equals another or the sum of two others (the denominator of a share always does).
Atoms add up over regions, time and breakdowns, each for itself; a number made of several atoms is
at least as uncertain as each of them.

The atoms of each kind of indicator, and what `n` and `n_numerator` mean for it:

- count, stock: numerator (the cases counted) and, where it differs, n.
- share, stock_share: numerator and complement. Where problems or persons are summed, n counts the
  cases behind the denominator and n_numerator those behind the numerator: both must reach k too.
- composition: numerator only. Denominator and n are the total's, which has its own cell.
- ratio, mean: numerator, denominator and n. A denominator that counts acts of offices
  (`open_denominators` of the policy) is public, and so is its n.
- duration, quantile, stock_age, longest: n (units at risk, standing or touching). n_numerator
  (events, or all of them) is judged and never published. Shares of a curve (`within_60`) times n
  are counts too: they are judged beside it, see `curves`.
- derived: whatever of numerator, denominator and n its method returns.

How hidden cells are kept from being worked out is in `complement` and `audit`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.privacy.policy import Policy

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection  # processes that only judge need no database

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNKNOWN = -1
NUMBERS = ("numerator", "denominator", "n", "n_numerator", "top_one", "top_two")
STOCKS = frozenset({"stock", "stock_share", "stock_age"})
SHARES = frozenset({"share", "stock_share", "composition"})
NOTHING_TO_COUNT = "no_denominator"
CURVES = frozenset({"duration", "quantile"})


class Definition(Protocol):
    """What the gate reads of an indicator's header."""

    @property
    def id(self) -> str:
        """The indicator."""
        ...

    @property
    def kind(self) -> str:
        """What is made of the facts: count, share, stock and so on."""
        ...

    @property
    def cell(self) -> str:
        """The rule that its cells must meet: S, N30 or none."""
        ...


class GateError(ValueError):
    """The gate cannot judge a table, so nothing may be published from it."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one indicator.

    Attributes:
        kind: of the indicator.
        by_names: the breakdown of each value, '' for value 0, the total.
        at: [values, regions, periods] the number of the cell there, -1 where there is none.
        value, region, period: where each cell lies.
        atoms: [atoms, cells] counts; UNKNOWN where a cell has no such number.
        is_void: no measure has a figure there: nothing to hide.
        is_empty: void because there was nothing to count, which by itself says that it is zero.
        is_primary: must be hidden for its own sake.
        floor, ceiling: [atoms, cells] as far as a reader can tell, a hidden atom must be able to
            be as low as `floor` and as high as `ceiling`.
    """

    kind: str
    by_names: tuple[str, ...]
    at: NDArray[np.int32]
    value: Ints
    region: Ints
    period: Ints
    atoms: Ints
    is_void: Bools
    is_empty: Bools
    is_primary: Bools
    floor: Ints
    ceiling: Ints

    @property
    def can_hide(self) -> Bools:
        """Cells with something to hide: a figure, or a zero that its state would tell."""
        return ~self.is_void | self.is_empty

    @property
    def is_stock(self) -> bool:
        """Whether the cells count what is there on the last day of their period."""
        return self.kind in STOCKS

    def __len__(self) -> int:
        return self.value.size


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one measure: the cell of each row and its numbers."""

    cell: Ints
    has_figure: Bools
    is_empty: Bools
    numerator: Ints
    denominator: Ints
    n: Ints
    n_numerator: Ints
    top_one: Ints
    top_two: Ints

    @property
    def complement(self) -> Ints:
        """What is left of the denominator; UNKNOWN where a term is."""
        is_known = (self.numerator != UNKNOWN) & (self.denominator != UNKNOWN)
        return np.where(is_known, self.denominator - self.numerator, UNKNOWN)


def number_places(con: "DuckDBPyConnection") -> None:
    """Number the regions, periods and breakdown values of all closed rows, in a fixed order.

    Creates the temporary tables `gate_regions(region_no, level, region_code)`,
    `gate_periods(period_no, period_kind, period_start, period_end)` and
    `gate_values(indicator, value_no, by_name, by_value)`, where value 0 is the total.
    """
    con.execute(
        """create or replace temp table gate_regions as
        select row_number() over (order by level, region_code) - 1 as region_no, *
        from (
            select distinct level, region_code from indicators.indicator_values where is_closed
        )"""
    )
    con.execute(
        """create or replace temp table gate_periods as
        select
            row_number() over (order by period_start, period_end, period_kind) - 1 as period_no, *
        from (
            select distinct period_kind, period_start, period_end
            from indicators.indicator_values where is_closed
        )"""
    )
    con.execute(
        """create or replace temp table gate_values as
        select
            indicator,
            row_number() over (partition by indicator order by by_name, by_value) - 1 as value_no,
            by_name, by_value
        from (
            select indicator, by_name, by_value from indicators.indicator_values where is_closed
            union
            select indicator, '', '' from indicators.indicator_values
        )"""
    )


def read_cells(con: "DuckDBPyConnection", definition: Definition, policy: Policy) -> Cells:
    """The cells of an indicator, from the closed rows of `indicators.indicator_values`.

    Columns `top_one` and `top_two` (the largest and the two largest parts of the numerator) are
    used where the table has them.

    Raises:
        GateError: two rows claim the same place.
    """
    values = con.execute(
        "select by_name from gate_values where indicator = ? order by value_no", [definition.id]
    ).fetchall()
    shape = (len(values), _size(con, "gate_regions"), _size(con, "gate_periods"))
    found = _fetch_rows(con, definition.id)
    places = np.ravel_multi_index(
        (found["value_no"], found["region_no"], found["period_no"]), shape
    )
    cells, cell = np.unique(places, return_inverse=True)
    at = np.full(shape, -1, dtype=np.int32)
    at.flat[cells] = np.arange(cells.size)
    value, region, period = (axis.astype(np.int64) for axis in np.unravel_index(cells, shape))
    measures = list(_by_measure(found, cell, definition.id))
    atoms = _find_atoms(definition, policy, measures, cells.size)
    is_void = np.ones(cells.size, dtype=np.bool_)
    is_primary, is_empty = (np.zeros(cells.size, dtype=np.bool_) for _ in range(2))
    for rows in measures:
        is_void[rows.cell[rows.has_figure]] = False
        is_empty[rows.cell[rows.is_empty]] = True
        breaks = _is_primary(rows, definition, policy, value[rows.cell] == 0)
        is_primary[rows.cell[rows.has_figure & breaks]] = True
    is_small = (atoms >= 0) & (atoms < policy.k)
    floor, ceiling = np.where(is_small, 0, atoms), np.where(is_small, policy.k - 1, atoms)
    if definition.kind == "composition":
        _guard_complement(measures, floor, ceiling, policy.k)
    return Cells(
        kind=definition.kind,
        by_names=tuple(name for (name,) in values),
        at=at,
        value=value,
        region=region,
        period=period,
        atoms=atoms,
        is_void=is_void,
        is_empty=is_empty & is_void,
        is_primary=is_primary,
        floor=floor,
        ceiling=ceiling,
    )


CLOSED_ROWS = """
    from indicators.indicator_values as rows
    inner join gate_values
        on gate_values.indicator = rows.indicator
        and gate_values.by_name = rows.by_name and gate_values.by_value = rows.by_value
    inner join gate_regions
        on gate_regions.level = rows.level and gate_regions.region_code = rows.region_code
    inner join gate_periods
        on gate_periods.period_kind = rows.period_kind
        and gate_periods.period_start = rows.period_start
        and gate_periods.period_end = rows.period_end
    where rows.indicator = ? and is_closed"""
"""The rows of an indicator that may be published, beside the numbers of their places."""


def _size(con: "DuckDBPyConnection", table: str) -> int:
    return con.execute(f"select count(*) from {table}").fetchall()[0][0]


def _fetch_rows(con: "DuckDBPyConnection", indicator: str) -> dict[str, Any]:
    described = con.execute("select * from indicators.indicator_values limit 0").description or []
    there = {column[0] for column in described}
    numbers = ", ".join(
        f"cast({f'coalesce({name}, {UNKNOWN})' if name in there else UNKNOWN} as bigint) as {name}"
        for name in NUMBERS
    )
    return con.execute(
        f"""select
            value_no, region_no, period_no,
            dense_rank() over (order by measure) - 1 as measure_no,
            state <> 'not_available' as has_figure,
            reason = '{NOTHING_TO_COUNT}' as is_empty, {numbers}
        {CLOSED_ROWS}""",
        [indicator],
    ).fetchnumpy()


def _by_measure(found: dict[str, Any], cell: Ints, indicator: str) -> Iterator[_Rows]:
    has_figure = np.asarray(found["has_figure"], dtype=np.bool_)
    for measure in range(int(found["measure_no"].max(initial=-1)) + 1):
        here = found["measure_no"] == measure
        if np.unique(cell[here]).size < np.count_nonzero(here):
            raise GateError(f"{indicator}: two rows of one measure claim the same place")
        numbers = {
            name: np.where(has_figure[here], np.asarray(found[name])[here], UNKNOWN)
            for name in NUMBERS
        }
        is_empty = np.asarray(found["is_empty"], dtype=np.bool_)[here]
        yield _Rows(cell[here], has_figure[here], is_empty, **numbers)


def _is_primary(rows: _Rows, definition: Definition, policy: Policy, is_total: Bools) -> Bools:
    """Which rows break the rule of the indicator. UNKNOWN numbers break none."""
    if definition.cell == "N30":
        has_few = (rows.n < policy.curve_min_units) | (rows.n_numerator < policy.curve_min_events)
        return (rows.n > 0) & has_few
    is_open = definition.id in policy.open_denominators
    counts = [rows.numerator, rows.n_numerator]
    if not is_open:
        counts += [rows.denominator, rows.n]
    breaks = _is_dominated(rows, policy)
    if definition.kind in SHARES:
        counts.append(rows.complement)
        is_all_or_none = (rows.numerator == 0) | (rows.complement == 0)
        is_short = (rows.denominator > 0) & (rows.denominator < policy.rate_min_denominator)
        # the total of a composition is all of it everywhere, which says nothing
        is_trivial = is_total & (definition.kind == "composition")
        breaks |= is_all_or_none & is_short & ~is_trivial
    for count in counts:
        breaks |= (count > 0) & (count < policy.k)
    return breaks


def _is_dominated(rows: _Rows, policy: Policy) -> Bools:
    return (rows.top_one > policy.dominance_one * rows.numerator) & (rows.numerator > 0) | (
        (rows.top_two > policy.dominance_two * rows.numerator) & (rows.numerator > 0)
    )


def _find_atoms(definition: Definition, policy: Policy, measures: list[_Rows], size: int) -> Ints:
    """The independent counts among all that the measures show, small ones first."""
    shown = [
        _spread(rows.cell, numbers, size)
        for rows in measures
        for numbers in _counts_shown(rows, definition, policy)
    ]
    shown.sort(key=lambda numbers: int(np.maximum(numbers, 0).sum()))
    known: list[Ints] = []
    atoms: list[Ints] = []
    for numbers in shown:
        if not _follows_from(numbers, known):
            atoms.append(numbers)
        known.append(numbers)
    return np.array(atoms, dtype=np.int64).reshape(len(atoms), size)


def _counts_shown(rows: _Rows, definition: Definition, policy: Policy) -> list[Ints]:
    if definition.kind in CURVES:
        return [rows.n]
    if definition.kind == "composition" or definition.id in policy.open_denominators:
        return [rows.numerator]
    if definition.kind in SHARES:
        return [rows.numerator, rows.complement, rows.n]
    return [rows.numerator, rows.denominator, rows.n]


def _spread(cell: Ints, numbers: Ints, size: int) -> Ints:
    spread = np.full(size, UNKNOWN, dtype=np.int64)
    spread[cell] = numbers
    return spread


def _follows_from(numbers: Ints, known: list[Ints]) -> bool:
    """Whether the numbers are unknown throughout, or equal to known ones or the sum of two."""
    is_known = numbers != UNKNOWN
    if not is_known.any():
        return True
    wanted = numbers[is_known]
    terms = [other[is_known] for other in known if (other[is_known] != UNKNOWN).all()]
    sums = [int(term.sum()) for term in terms]
    total = int(wanted.sum())
    for i, left in enumerate(terms):
        if sums[i] == total and (left == wanted).all():
            return True
        for j, right in enumerate(terms[:i]):
            if sums[i] + sums[j] == total and (left + right == wanted).all():
                return True
    return False


def _guard_complement(measures: list[_Rows], floor: Ints, ceiling: Ints, k: int) -> None:
    """A small rest of a composition must look like 0 to k - 1: aim the numerator accordingly."""
    for rows in measures:
        is_small = (rows.complement >= 0) & (rows.complement < k) & (rows.numerator >= k)
        cell, whole = rows.cell[is_small], rows.denominator[is_small]
        floor[:, cell], ceiling[:, cell] = whole - (k - 1), whole
