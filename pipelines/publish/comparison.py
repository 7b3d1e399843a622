"""Published figures beside newer ones, published or about to be: what changes, by indicator.

Only cells that passed the gate, on both sides; a cell that is hidden on either side is counted and
never shown.
"""

from dataclasses import dataclass

import duckdb

from pipelines.publish.frozen import RELATIVE_TOLERANCE, VALUES, contract, values_file
from pipelines.publish.pointer import Release
from pipelines.quoting import literal

LARGEST = 10


@dataclass(frozen=True, slots=True)
class Moves:
    """What becomes of the published figures of one indicator: numbers of cells."""

    indicator: str
    changed: int
    added: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Move:
    """A published figure and the one that takes its place."""

    indicator: str
    measure: str
    region: str
    period_kind: str
    period_start: str
    by: str
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts by indicator, those with any change only, and the figures that change most."""

    indicators: tuple[Moves, ...]
    largest: tuple[Move, ...]


def compare_with(
    con: duckdb.DuckDBPyConnection, release: Release, values: str = VALUES
) -> Comparison:
    """Hold gated values against those of a release.

    Args:
        con: a database with `values`. Of the staging database, those after a gate that was passed
            with a revision ordered, so that no published figure has been kept.
        release: what readers see, or saw.
        values: the relation of the newer values.
    """
    con.execute(_pairs_sql(release, values))
    counted = con.execute(
        """
        select
            indicator,
            count(*) filter (where is_changed),
            count(*) filter (where was_shown is not true and is_shown),
            count(*) filter (where was_shown and is_shown is not true)
        from pairs
        group by indicator
        having bool_or(is_changed) or bool_or(was_shown is distinct from is_shown)
        order by indicator
        """
    ).fetchall()
    largest = con.execute(
        f"""
        select indicator, measure, region_code, period_kind, cast(period_start as varchar),
            case when by_name = '' then '' else by_name || '=' || by_value end, old_value, new_value
        from pairs
        where is_changed
        order by abs(new_value - old_value) / greatest(abs(old_value), abs(new_value)) desc,
            {", ".join(contract().key)}
        limit {LARGEST}
        """
    ).fetchall()
    con.execute("drop table pairs")
    return Comparison(tuple(Moves(*row) for row in counted), tuple(Move(*row) for row in largest))


def _pairs_sql(release: Release, values: str) -> str:
    """Temporary table `pairs`: every cell of either side, `was_shown` and `is_shown`."""
    key = ", ".join(contract().key)
    columns = f"{key}, region_code, state = 'ok' as shown, value"
    file = literal(values_file(release))
    return f"""
        create or replace temp table pairs as
        select
            {key},
            coalesce(old.region_code, new.region_code) as region_code,
            coalesce(old.shown, false) as was_shown,
            coalesce(new.shown, false) as is_shown,
            old.value as old_value,
            new.value as new_value,
            was_shown and is_shown and coalesce(
                abs(new.value - old.value)
                > {RELATIVE_TOLERANCE} * greatest(abs(new.value), abs(old.value)),
                (new.value is null) <> (old.value is null)
            ) as is_changed
        from (select {columns} from read_parquet({file})) as old
        full join (select {columns} from {values}) as new using ({key})
        where old.shown or new.shown
        """
