"""The sums that a reader knows: which cells of an indicator add up to which.

A *line* says: the parts minus the wholes are a known number. Regions add up to the region above,
shorter periods to the longer one they lie in, breakdown values to the total. The reader of this
model knows at least as much as any real one:

- a remainder (rows resolved only to a city, months not received) is taken as known, so that every
  line is an equation, never an inequality;
- a period is made of the longest shorter cells that exist, wherever they lie;
- where a county changed hands within a period, the regions above it are added together;
- the counties of a stable unit make the unit, and the units and the other counties make the city.
  What cannot be divided among counties (the stock of one that was split) is in the unit alone: a
  unit none of whose counties has a figure is bound by its city only.

Stocks do not add up over time, but the stock of a quarter is the stock of its last month. Nothing
adds up across calendar years. Which cells are hidden is not known here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.privacy.cells import Bools, Cells, Ints

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TIME, REGION, BREAKDOWN = 0, 1, 2
PART, WHOLE = 1, -1
KIND_ORDER = {"month": 0, "quarter": 1, "half_year": 2, "year": 3, "ytd": 4}
NEVER_ADDED_OVER_TIME = frozenset({"longest"})


class Member(NamedTuple):
    """Cells (-1: there is none) with the key of the line that each belongs to."""

    key: Ints
    cell: Ints
    sign: int


@dataclass(frozen=True, slots=True)
class Tree:
    """Regions and periods as the gate numbers them.

    Attributes:
        levels: of each region.
        kinds, starts, ends: of each period; ends are exclusive, both in days since 1970.
        part, whole, period: a region (part) lies in another (whole) in a period; where regions
            above share a county in a period, `whole` is the first of them for all their parts.
        unit: of each of these parts the stable unit between them, -1 where there is none.
        members: (county, unit, period) of all stable units, also of those that lie in no one city.
        merged: (region, whole, period) of the regions above that stand on the side of `whole`.
    """

    levels: tuple[str, ...]
    kinds: tuple[str, ...]
    starts: Ints
    ends: Ints
    part: Ints
    whole: Ints
    period: Ints
    unit: Ints
    members: tuple[Ints, Ints, Ints]
    merged: tuple[Ints, Ints, Ints]


@dataclass(frozen=True, slots=True)
class Lines:
    """Equations over cells, as memberships sorted by line.

    Attributes:
        line, cell, sign: one membership each; sign is PART or WHOLE.
        family: per line, TIME, REGION or BREAKDOWN.
    """

    line: Ints
    cell: Ints
    sign: Ints
    family: Ints

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self.family.size

    @classmethod
    def of(cls, members: list[Member], family: int) -> "Lines":
        """The lines of one family. One without a part or without a whole says nothing."""
        key = np.concatenate([member.key.ravel() for member in members] or [_NONE])
        cell = np.concatenate([member.cell.ravel() for member in members] or [_NONE])
        sign = np.concatenate([np.full(m.cell.size, m.sign) for m in members] or [_NONE])
        is_there = cell >= 0
        key, cell, sign = key[is_there], cell[is_there], sign[is_there]
        names, line = np.unique(key, return_inverse=True)
        speaks = np.bincount(line[sign == PART], minlength=names.size) > 0
        speaks &= np.bincount(line[sign == WHOLE], minlength=names.size) > 0
        order = np.lexsort((cell, -sign, line))
        return cls(line[order], cell[order], sign[order], np.full(names.size, family)).keep(speaks)

    def keep(self, is_kept: Bools) -> "Lines":
        """Some of the lines, numbered anew."""
        kept = is_kept[self.line]
        number = np.cumsum(is_kept) - 1
        return Lines(
            number[self.line[kept]], self.cell[kept], self.sign[kept], self.family[is_kept]
        )

    def among(self, is_member: Bools) -> "Lines":
        """The lines all of whose members are among the cells given."""
        outside = np.bincount(self.line, ~is_member[self.cell], minlength=self.count)
        return self.keep(outside == 0)

    def plus(self, other: "Lines") -> "Lines":
        """These lines and others."""
        return Lines(
            np.concatenate([self.line, other.line + self.count]),
            np.concatenate([self.cell, other.cell]),
            np.concatenate([self.sign, other.sign]),
            np.concatenate([self.family, other.family]),
        )


def years_of(cells: Cells, tree: Tree) -> Ints:
    """The calendar year in which the period of each cell ends."""
    last_day = (tree.ends - 1).astype("datetime64[D]")
    return (last_day.astype("datetime64[Y]").astype(np.int64) + 1970)[cells.period]


_NONE = np.empty(0, dtype=np.int64)


_EDGES = """
    with
        above as (
            select *, coalesce(case when level <> 'city' then city_code end, province_code) as whole
            from geo.regions
            where level <> 'province'
        ),
        units as (select distinct region_code, whole from above where level = 'unit')
    select distinct period_no, part.region_no, whole.region_no, coalesce(unit.region_no, -1)
    from above
    inner join gate_regions as part
        on part.region_code = above.region_code and part.level = above.level
    inner join gate_regions as whole
        on whole.region_code = above.whole and whole.level in ('city', 'province')
    left join units
        on units.region_code = above.stable_unit and units.whole = above.whole
        and above.level = 'county'
    left join gate_regions as unit on unit.region_code = units.region_code and unit.level = 'unit'
    inner join gate_periods on above.valid_from < period_end and above.valid_to > period_start
    where above.level <> 'unit'
    order by all
"""

_MEMBERS = """
    select distinct county.region_no, unit.region_no, period_no
    from geo.regions
    inner join gate_regions as county
        on county.region_code = regions.region_code and county.level = 'county'
    inner join gate_regions as unit
        on unit.region_code = regions.stable_unit and unit.level = 'unit'
    inner join gate_periods on regions.valid_from < period_end and regions.valid_to > period_start
    where regions.level = 'county'
    order by all
"""


def read_tree(con: "DuckDBPyConnection") -> Tree:
    """The regions and periods, by the numbers of `gate_regions` and `gate_periods`.

    A county or stable unit lies in its city, or else in its province.
    """
    periods = con.execute(
        """select period_kind, epoch_ms(period_start) // 86400000,
            epoch_ms(period_end) // 86400000
        from gate_periods order by period_no"""
    ).fetchall()
    levels = con.execute("select level from gate_regions order by region_no").fetchall()
    edges = con.execute(_EDGES).fetchall()
    period, part, whole, unit = np.array(edges, dtype=np.int64).reshape(-1, 4).T
    root = _merge(period, part, whole)
    lying = np.unique(np.stack([root, part, period, unit]), axis=1)
    members = np.array(con.execute(_MEMBERS).fetchall(), dtype=np.int64).reshape(-1, 3).T
    return Tree(
        levels=tuple(level for (level,) in levels),
        kinds=tuple(kind for kind, _, _ in periods),
        starts=np.array([start for _, start, _ in periods], dtype=np.int64),
        ends=np.array([end for _, _, end in periods], dtype=np.int64),
        part=lying[1],
        whole=lying[0],
        period=lying[2],
        unit=lying[3],
        members=(members[0], members[1], members[2]),
        merged=tuple(np.unique(np.stack([whole, root, period]), axis=1)),  # pyright: ignore[reportArgumentType] - three rows
    )


def _merge(period: Ints, part: Ints, whole: Ints) -> Ints:
    """For each edge the first of the wholes that are tied together in its period."""
    order = np.lexsort((whole, part, period))
    same = (np.diff(period[order]) == 0) & (np.diff(part[order]) == 0)
    ties: dict[tuple[int, int], int] = {}

    def find(when: int, region: int) -> int:
        while (when, region) in ties:
            region = ties[when, region]
        return region

    for first, second in zip(order[:-1][same], order[1:][same], strict=True):
        when = int(period[first])
        low, high = sorted((find(when, int(whole[first])), find(when, int(whole[second]))))
        if low != high:
            ties[when, high] = low
    root = whole.copy()
    for when, region in ties:
        root[(period == when) & (whole == region)] = find(when, region)
    return root


def find_lines(cells: Cells, tree: Tree) -> Lines:
    """All the sums among the cells of an indicator."""
    time = Lines.of(list(_time_members(cells, tree)), TIME)
    region = Lines.of(_region_members(cells, tree), REGION)
    breakdown = Lines.of(list(_breakdown_members(cells)), BREAKDOWN)
    return time.plus(region).plus(breakdown)


def _time_members(cells: Cells, tree: Tree) -> Iterator[Member]:
    """Each period with the longest cells within it; for stocks, those that end on its last day."""
    if cells.kind in NEVER_ADDED_OVER_TIME:
        return
    is_there = cells.at >= 0
    order = np.array([KIND_ORDER[name] for name in tree.kinds], dtype=np.int64)
    inside = (tree.starts >= tree.starts[:, None]) & (tree.ends <= tree.ends[:, None])
    exists: Bools = np.asarray(is_there.any(axis=(0, 1)))
    inside &= (order < order[:, None]) & exists & exists[:, None]
    if cells.is_stock:
        inside &= np.equal(tree.ends, tree.ends[:, None])
    _, regions, periods = cells.at.shape
    for whole in np.flatnonzero(inside.any(axis=1)):
        value, region = np.nonzero(is_there[:, :, whole])
        key = (value * regions + region) * periods + whole
        yield Member(key, cells.at[value, region, whole], WHOLE)
        for part in np.flatnonzero(inside[whole]):
            between = np.flatnonzero(inside[whole] & inside[:, part])
            is_within_longer = is_there[value[:, None], region[:, None], between].any(axis=1)
            yield Member(key, np.where(is_within_longer, -1, cells.at[value, region, part]), PART)


def _region_members(cells: Cells, tree: Tree) -> list[Member]:
    values, regions, periods = cells.at.shape

    def found(region: Ints, whole: Ints, period: Ints) -> Ints:
        """The whole that the region of each cell has in its period, -1 where it has none."""
        whole_of = np.full((regions, periods), -1)
        whole_of[region, period] = whole
        return whole_of[cells.region, cells.period]

    def member(region: Ints, whole: Ints, period: Ints, sign: int, counts: Bools) -> Member:
        """Each cell that counts with the line of the whole that it has, if any."""
        line = found(region, whole, period)
        key = (cells.period * regions + line) * values + cells.value
        return Member(key, np.where((line >= 0) & counts, np.arange(len(cells)), -1), sign)

    unit = found(tree.part, tree.unit, tree.period)
    unit_cell = np.where(unit >= 0, cells.at[cells.value, unit, cells.period], -1)
    has_figure, every = ~cells.is_void, np.ones(len(cells), dtype=np.bool_)
    is_in_unit = (unit_cell >= 0) & has_figure[unit_cell]
    in_units = tree.unit >= 0
    units = tree.unit[in_units], tree.whole[in_units], tree.period[in_units]
    county, own_unit, period = tree.members
    return [
        member(tree.part, tree.whole, tree.period, PART, ~is_in_unit),
        member(*units, PART, has_figure),
        member(*tree.merged, WHOLE, every),
        member(county, own_unit, period, PART, cells.can_hide),
        member(own_unit, own_unit, period, WHOLE, has_figure),
    ]


def _breakdown_members(cells: Cells) -> Iterator[Member]:
    _, regions, periods = cells.at.shape
    names, name_of = np.unique(cells.by_names[1:], return_inverse=True)
    place = np.arange(regions * periods).reshape(regions, periods)
    for number in range(len(names)):
        yield Member(place + number * regions * periods, cells.at[0], WHOLE)
    parts = np.flatnonzero(cells.value > 0)
    there = place[cells.region[parts], cells.period[parts]]
    yield Member(there + name_of[cells.value[parts] - 1] * regions * periods, parts, PART)
