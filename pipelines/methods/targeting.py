"""Where visits go: do the counties with more unsolved matters get more of them?

The answer is Spearman's rank correlation (Spearman 1904), ties by average ranks, over the counties
of a city or province: visits held in a period against the long-standing stock on the day before
it. It describes a choice of places and says nothing of what the visits achieved.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrow = Any  # pyarrow has no types
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST_COUNTIES = 5
PERIOD_KINDS = ("quarter", "year")
VISITS, STOCK = ("leader_visit_count", "events"), ("long_standing_stock", "open")


def visits_on_stock(values: Arrow) -> Arrow:
    """The rank correlation of visits with the stock before them, by place and period.

    Args:
        values: figures of `leader_visit_count` and `long_standing_stock` as a derived indicator is
            given them. Counties where either has no figure are left out.

    Returns:
        Columns `measure` (always `index`), `level` (city, province), `region_code`, `period_kind`
        (quarter, year), `period_start`, `value` from -1 to 1, and `n`, the counties. The value is
        NULL with fewer than five counties, or where all are alike in one of the two.
    """
    import pyarrow as pa  # noqa: PLC0415 - only when it is computed
    import pyarrow.compute as pc  # noqa: PLC0415 - the same

    pairs = _counties(values)
    found: list[Arrow] = []
    for level in ("city", "province"):
        keys = [f"{level}_code", "period_kind", "period_start"]
        inside = pairs.filter(pc.field(keys[0]).is_valid())
        groups = inside.group_by(keys).aggregate([([], "count_all")])
        number = groups.select(keys).append_column("group", pa.array(np.arange(len(groups))))
        numbered = inside.join(number, keys, join_type="inner").to_pydict()
        value, n = rank_correlations(
            np.asarray(numbered["group"], dtype=np.int64),
            np.asarray(numbered["visits"], dtype=np.float64),
            np.asarray(numbered["stock"], dtype=np.float64),
            len(groups),
        )
        columns: dict[str, Any] = {
            "measure": pa.array(["index"] * len(groups), pa.string()),
            "level": pa.array([level] * len(groups), pa.string()),
            "region_code": groups[keys[0]],
            "period_kind": groups["period_kind"],
            "period_start": groups["period_start"],
            "value": pa.array(value, mask=np.isnan(value) | (n < FEWEST_COUNTIES)),
            "n": pa.array(n),
        }
        found.append(pa.table(columns))
    return pa.concat_tables(found)


def rank_correlations(group: Ints, x: Floats, y: Floats, groups: int) -> tuple[Floats, Ints]:
    """Spearman's correlation within each group, and how many pairs each has.

    Args:
        group: the number of the group of each pair, from 0.
        x: one number of each pair.
        y: the other.
        groups: how many groups there are.

    Returns:
        Per group the correlation, NaN where one of the two does not vary, and the pairs.
    """
    first, second = _average_ranks(group, x), _average_ranks(group, y)
    n = np.bincount(group, minlength=groups)
    middle = (n + 1) / 2
    u, v = first - middle[group], second - middle[group]
    together, own, other = (
        np.bincount(group, weights=product, minlength=groups) for product in (u * v, u * u, v * v)
    )
    varies = (own > 0) & (other > 0)
    spread = np.sqrt(np.where(varies, own * other, 1.0))
    return np.where(varies, together / spread, np.nan), n.astype(np.int64)


def _average_ranks(group: Ints, x: Floats) -> Floats:
    """The rank of each number within its group, from 1, equal ones sharing their mean rank."""
    order = np.lexsort((x, group))
    sorted_group, sorted_x = group[order], x[order]
    is_new_group = np.diff(sorted_group, prepend=-1) != 0
    is_new_tie = is_new_group | (np.diff(sorted_x, prepend=np.nan) != 0)
    tie = np.cumsum(is_new_tie) - 1
    place = np.arange(len(x)) - np.flatnonzero(is_new_group)[np.cumsum(is_new_group) - 1]
    mean_place = np.bincount(tie, weights=place) / np.bincount(tie)
    ranks = np.empty(len(x))
    ranks[order] = mean_place[tie] + 1
    return ranks


def _counties(values: Arrow) -> Arrow:
    """Each county and period with its visits and the stock of the month that ends before it."""
    import pyarrow.compute as pc  # noqa: PLC0415 - only when it is computed

    def of(source: tuple[str, str], kinds: tuple[str, ...]) -> Arrow:
        indicator, measure = source
        return values.filter(
            (pc.field("indicator") == indicator)
            & (pc.field("measure") == measure)
            & (pc.field("level") == "county")
            & (pc.field("by_name") == "")
            & (pc.field("state") == "ok")
            & pc.field("period_kind").isin(kinds)
        )

    visits = of(VISITS, PERIOD_KINDS).select(
        ["region_code", "city_code", "province_code", "period_kind", "period_start", "value"]
    )
    stock = of(STOCK, ("month",)).select(["region_code", "period_end", "value"])
    return visits.rename_columns([*visits.column_names[:-1], "visits"]).join(
        stock.rename_columns(["region_code", "period_start", "stock"]),
        ["region_code", "period_start"],
        join_type="inner",
    )
