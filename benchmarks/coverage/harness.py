"""What a Monte Carlo study yields: rows of a table, each with its own error."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.publish.calibration import Calibration as Row

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SEED = 29_112_026
"""Of the printed table. Methods and worlds were developed on other seeds."""


Study = Callable[[int, int], Iterator[Row]]
"""From a number of runs and a seed to rows."""


def rngs(runs: int, *seed: int) -> Iterator[np.random.Generator]:
    """One generator for each run; a run is the same whatever the number of runs."""
    return (np.random.default_rng([*seed, run]) for run in range(runs))


def measured(  # noqa: PLR0913 - the columns of a row
    method: str,
    setting: str,
    what: str,
    values: ArrayLike,
    *,
    seed: int,
    nominal: float | None = None,
) -> Row:
    """The mean of what each run gave.

    Args:
        method: as in `Row`.
        setting: as in `Row`.
        what: as in `Row`.
        values: runs, or runs x whatever; what belongs to one run is averaged first, as it need not
            be independent. NaN is left out.
        seed: as in `Row`.
        nominal: as in `Row`.
    """
    table = np.asarray(values, dtype=np.float64)
    table = table.reshape(len(table), -1)
    count = np.isfinite(table).sum(axis=1)
    known = np.nansum(table, axis=1)[count > 0] / count[count > 0]
    error = float(known.std(ddof=1) / np.sqrt(len(known)))
    return Row(method, setting, what, nominal, float(known.mean()), error, len(known), seed)


def holds(low: ArrayLike, truth: ArrayLike, high: ArrayLike) -> Bools:
    """Whether intervals hold the truth; an end that is not reached is open."""
    below, above = np.nan_to_num(low, nan=-np.inf), np.nan_to_num(high, nan=np.inf)
    return (below <= truth) & (truth <= above)


def smallest_effect(  # noqa: PLR0913 - the columns of a row
    method: str,
    setting: str,
    effects: Floats,
    found: Bools,
    *,
    seed: int,
    power: float = 0.8,
    what: str = "smallest_effect",
) -> Row:
    """The effect that is found in the share `power` of runs, between two effects of a grid.

    Args:
        method: as in `Row`.
        setting: as in `Row`.
        effects: E, ascending.
        found: runs x E.
        seed: as in `Row`.
        power: the share.
        what: as in `Row`.

    Raises:
        ValueError: the grid does not reach so far, or begins too late.
    """
    runs, shares = len(found), found.mean(axis=0)
    after = int(np.argmax(shares >= power))
    if after == 0:
        raise ValueError(f"{method}, {setting}: {shares} does not cross {power}")
    gap, rise = effects[after] - effects[after - 1], shares[after] - shares[after - 1]
    at = effects[after] - (shares[after] - power) / rise * gap
    error = np.sqrt(power * (1 - power) / runs) / (rise / gap)
    return Row(method, setting, what, None, float(at), float(error), runs, seed)


def in_place(rows: Iterable[Row], table: Iterable[Row]) -> list[Row]:
    """A table with rows measured anew; a new one stands behind that measured before it."""
    keyed = {_key(row): row for row in table}
    order, behind = list(keyed), len(keyed)
    for row in rows:
        key = _key(row)
        if key not in keyed:
            order.insert(behind, key)
        keyed[key] = row
        behind = order.index(key) + 1
    return [keyed[key] for key in order]


def _key(row: Row) -> tuple[str, str, str]:
    return row.method, row.setting, row.what


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write the table, numbers to four decimals."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(Row))
        for row in rows:
            told = ("" if x is None else f"{x:.4f}" if isinstance(x, float) else x
                    for x in astuple(row))  # fmt: skip
            writer.writerow(told)
