"""The table of estimates: one row for each number of a method, in the one schema of all methods."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from math import isfinite

import duckdb

from pipelines.contract import Severity
from pipelines.methods.estimates import Estimate, Method, estimate_columns
from pipelines.validate.checks import Check, record_checks

TABLE = "public.estimates"
CHECKS = {method: (f"{method}_finite_or_explained", "estimates") for method in Method}
NUMBERS = ("value", "expected", "low", "high")


@dataclass(frozen=True, slots=True)
class Stratum:
    """Which place, category and contrast an estimate is of; text, empty where it has none.

    Attributes:
        contrast: what is compared, or which part of the method's answer it is, e.g. a phase.
    """

    level: str
    region_code: str
    region_zh: str
    region_en: str
    by_name: str = ""
    by_value: str = ""
    contrast: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An estimate and what it is of."""

    stratum: Stratum
    estimate: Estimate


KEYS = tuple(field.name for field in fields(Stratum))
COLUMNS = estimate_columns(KEYS)


def known(number: float) -> float | None:
    """A number as the table holds it: none where it is not finite."""
    return float(number) if isfinite(number) else None


def write_estimates(con: duckdb.DuckDBPyConnection, rows: Iterable[Row]) -> int:
    """Write `public.estimates` new; returns the number of rows."""
    import pyarrow as pa  # noqa: PLC0415 - heavy

    columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
    con.execute("create schema if not exists public")
    con.execute(f"create or replace table {TABLE} ({columns})")
    held: dict[str, list[object]] = {name: [] for name in COLUMNS}
    for row in rows:
        for part in (row.stratum, row.estimate):
            for name in part.__dataclass_fields__:
                held[name].append(getattr(part, name))
    count = len(held["indicator"])
    if count:
        con.register("found_estimates", pa.table(held))
        con.execute(f"insert into {TABLE} select {', '.join(COLUMNS)} from found_estimates")
        con.unregister("found_estimates")
    return count


def check_estimates(con: duckdb.DuckDBPyConnection) -> dict[Method, Check]:
    """Count the estimates of each method that are neither finite nor explained, in `ops.checks`.

    A row without a value must say why by its state; a row with one has an interval that does not
    run backwards. Publication is refused where one row fails. A method that had nothing to work on
    has no row and passes.

    Raises:
        ValueError: a row is of no method that is listed, so that no check would judge it.
    """
    finite = " and ".join(f"coalesce(isfinite({name}), true)" for name in NUMBERS)
    wrong = f"not ({finite}) or (value is null) <> (state <> 'ok') or low > high"
    rows = con.execute(
        f"select method, count(*) filter (where {wrong}), count(*) from {TABLE} group by method"
    ).fetchall()
    found = {method: (failed, total) for method, failed, total in rows}
    if unlisted := found.keys() - CHECKS.keys():
        raise ValueError(f"estimates of methods that are not listed: {', '.join(sorted(unlisted))}")
    checks = {
        method: Check(*key, Severity.BLOCK, *found.get(method, (0, 0)))
        for method, key in CHECKS.items()
    }
    record_checks(con, list(checks.values()))
    return checks
