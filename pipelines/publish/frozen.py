"""Closed periods keep the figures that were published for them until someone orders a revision.

A late or corrected export would otherwise move figures that people have already quoted, and two
releases that differ by a few cases would give those cases away. Works on the gated values in the
staging database and on the Parquet file of the current release; it computes no figure of its own.
"""

from dataclasses import dataclass

import duckdb

from pipelines.engine.contract import Table
from pipelines.publish.catalogue import load_catalogue
from pipelines.publish.manifest import Fault, check_files
from pipelines.publish.pointer import Release, current_release, releases
from pipelines.settings import Home
from pipelines.words import UserError

VALUES = "indicator_values"
FIGURES = ("numerator", "denominator", "value", "low", "high", "n")
WORDS = ("state", "reason", "coverage")

# Medians and intervals may differ in their last digits between versions of a numerical library.
RELATIVE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Freeze:
    """How many figures were kept, await a revision, were revised, or are new."""

    kept: int
    waiting: int
    revised: int
    added: int


def shown_before(home: Home) -> str | None:
    """A query over every cell that readers can have seen a figure of, or None before any release.

    It returns the key columns of `public.indicator_values`. It covers the current release and the
    newer ones that were rolled back: what was public once stays known.
    """
    current = current_release(home)
    if current is None:
        return None
    files = [_parquet(r) for r in releases(home) if r.age >= current.age]
    key = ", ".join(_contract().key)
    return f"select distinct {key} from {_read(files)} where state <> 'hidden' order by {key}"


def freeze(con: duckdb.DuckDBPyConnection, home: Home, *, revise: bool = False) -> Freeze:
    """Turn the newly gated `public.indicator_values` into the values to publish, in place.

    - A figure published before keeps its whole row, also where it is hidden now or was hidden then,
      and also where the new run has no such row, as long as the indicator is still defined.
    - Rows of new periods and new indicators are added. Their change on an earlier period is taken
      out where the figure of that period is waiting, since the published one does not explain it.
    - With `revise`, the new values are published; those that differ carry the flag `r` for good.

    Args:
        con: the staging database, after the gate and before the checks are sealed.
        home: the installation, for its current release.
        revise: whether a revision was ordered.

    Raises:
        UserError: the current release is damaged, so its figures cannot be trusted.
    """
    current = current_release(home)
    if current is None:
        [(added,)] = con.execute(f"select count(*) from public.{VALUES}").fetchall()
        return Freeze(kept=0, waiting=0, revised=0, added=added)
    _load_published(con, current)
    con.execute(_compared_sql())
    counts = con.execute(
        """
        select
            count(*) filter (where is_old and not is_moved),
            count(*) filter (where is_old and is_moved),
            count(*) filter (where not is_old)
        from compared
        """
    ).fetchall()
    con.execute(_revised_sql() if revise else _kept_sql())
    for step in ("compared", "published"):
        con.execute(f"drop table temp.{step}")
    [(same, moved, added)] = counts
    if revise:
        return Freeze(kept=same, waiting=0, revised=moved, added=added)
    return Freeze(kept=same + moved, waiting=moved, revised=0, added=added)


def _load_published(con: duckdb.DuckDBPyConnection, release: Release) -> None:
    """The current release's rows as temp.published, in the columns of today's contract."""
    damage = {finding.fault for finding in check_files(release.folder)} - {Fault.FILE_EXTRA}
    if damage:
        raise UserError("release.PREVIOUS_DAMAGED", release=release.id)
    source = _read([_parquet(release)])
    described = con.execute(f"describe select * from {source}").fetchall()
    there = {row[0] for row in described}
    columns = ", ".join(
        f"cast({column.name if column.name in there else 'null'} as {column.sql_type}) "
        f'as "{column.name}"'
        for column in _contract().columns
    )
    con.execute(
        f"""
        create or replace temp table published as
        select {columns} from {source}
        where indicator in (select indicator from public.{VALUES})
        """
    )


def _compared_sql() -> str:
    """temp.compared: one row per key in either set: was it published, has it moved."""
    key = ", ".join(_contract().key)
    moved = " or ".join(
        [f"{_differs(name)}" for name in FIGURES]
        + [f"new.{name} is distinct from old.{name}" for name in WORDS]
    )
    return f"""
        create or replace temp table compared as
        select {key}, old.unit is not null as is_old, new.unit is null or {moved} as is_moved
        from public.{VALUES} as new full join published as old using ({key})
        """


def _differs(column: str) -> str:
    new, old = f"new.{column}", f"old.{column}"
    return (
        f"({new} is null) <> ({old} is null) or "
        f"coalesce(abs({new} - {old}) > {RELATIVE_TOLERANCE} * greatest(abs({new}), abs({old})), "
        "false)"
    )


def _kept_sql() -> str:
    """All published rows as they were, and the new ones."""
    names = [column.name for column in _contract().columns]
    taken_out = {
        "change_yoy": _waits("earlier.period_start = new.period_start - interval 1 year"),
        "change_mom": _waits("earlier.period_end = new.period_start"),
    }
    added = ", ".join(
        f"case when not {taken_out[name]} then new.{name} end as {name}"
        if name in taken_out
        else f"new.{name}"
        for name in names
    )
    key = ", ".join(_contract().key)
    return f"""
        create or replace table public.{VALUES} as
        select {", ".join(names)} from published
        union all
        select {added} from public.{VALUES} as new anti join published using ({key})
        """


def _waits(same_period: str) -> str:
    cell = " and ".join(
        f"earlier.{name} = new.{name}"
        for name in _contract().key
        if name not in {"period_start", "period_end"}
    )
    return (
        f"exists (select 1 from compared as earlier where earlier.is_old and earlier.is_moved "
        f"and {cell} and {same_period})"
    )


def _revised_sql() -> str:
    """The new rows, marked where the figure is not the one that was published first."""
    names = [column.name for column in _contract().columns]
    key = ", ".join(_contract().key)
    flagged = """
        case
            when new.state = 'hidden' or coalesce(new.flags, '') like '%r%' then new.flags
            when (compared.is_old and compared.is_moved) or coalesce(old.flags, '') like '%r%'
                then coalesce(new.flags, '') || 'r'
            else new.flags
        end as flags"""
    columns = ", ".join(flagged if name == "flags" else f"new.{name}" for name in names)
    return f"""
        create or replace table public.{VALUES} as
        select {columns}
        from public.{VALUES} as new
        join compared using ({key})
        left join published as old using ({key})
        """


def _contract() -> Table:
    return next(t.contract for t in load_catalogue() if t.name == f"public.{VALUES}")


def _parquet(release: Release) -> str:
    return str(release.folder / "tables" / f"{VALUES}.parquet")


def _read(files: list[str]) -> str:
    quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    return f"read_parquet([{quoted}], union_by_name = true)"
