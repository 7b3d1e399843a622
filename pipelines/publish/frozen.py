"""Closed periods keep the figures that were published for them until someone orders a revision.

A late or corrected export would otherwise move figures that people have already quoted, and two
releases that differ by a few cases would give those cases away; so even an ordered revision keeps
what moved by fewer than k until it has moved by more, and tells nowhere which figures those are: a
reader cannot tell them from the figures that did not move. Works on the gated values in the
staging database and on the Parquet file of the current release; it computes no figure of its own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.contract import Table
from pipelines.methods.estimates import Method
from pipelines.publish.catalogue import load_catalogue
from pipelines.publish.manifest import Fault, check_files
from pipelines.publish.pointer import Release, current_release, releases
from pipelines.quoting import literal
from pipelines.settings import Home
from pipelines.words import UserError

VALUES, ESTIMATES = "public.indicator_values", "public.estimates"
# Methods that read the warehouse, where a closed year may still grow; others read gated figures.
FROM_WAREHOUSE = (
    Method.RESOLUTION_CURVE,
    Method.GROUP_DIFFERENCE,
    Method.OFFICE_BOOTSTRAP,
    Method.PROCESS_MAP,
    Method.FUNNEL_CASE_MIX,
)
# What is kept as one: all that such a method said of a year, all that days said of a place.
_KEPT_AS = """
    case
        when caveats = 'trend_from_days'
            then level || region_code || max(period_end)
                over (partition by indicator, method, level, region_code, caveats)
        when period_kind = 'year' and list_contains($methods, method)
            then cast(period_start as varchar)
    end as kept_as
"""
FIGURES = ("numerator", "denominator", "value", "low", "high", "n")
WORDS = ("state", "reason", "coverage")

# The counts that a row tells, for the row named by `{side}`; shares of curves times n are counts.
COUNTS = (
    "{side}.numerator",
    "{side}.denominator",
    "{side}.denominator - {side}.numerator",
    "{side}.n",
)
SHARE_OF_CURVE = (
    "case when {side}.numerator is null and {side}.unit = 'share' "
    "then round({side}.value * {side}.n) end"
)

# Medians and intervals may differ in their last digits between versions of a numerical library.
RELATIVE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Freeze:
    """How many figures were kept, await a revision, were revised, or are new."""

    kept: int
    waiting: int
    revised: int
    added: int


def published_before(home: Home) -> str | None:
    """A query over every row that was published, or None before any release.

    It returns the key columns of `public.indicator_values`, and `is_shown`: whether readers can
    have seen its figure. It covers the current release and the newer ones that were rolled back:
    what was public once stays known.
    """
    current = current_release(home)
    if current is None:
        return None
    files = [values_file(r) for r in releases(home) if r.age >= current.age]
    key = ", ".join(contract().key)
    return (
        f"select {key}, bool_or(state <> 'hidden') as is_shown from {_read(files)} "
        f"group by {key} order by {key}"
    )


def freeze(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    *,
    k: int,
    free: Collection[str] = (),
    revise: bool = False,
) -> Freeze:
    """Turn the newly gated `public.indicator_values` into the values to publish, in place.

    - A figure published before keeps its whole row, also where it is hidden now or was hidden then,
      and also where the new run has no such row, as long as the indicator is still defined.
    - Rows of new periods and new indicators are added. Their change on an earlier period is taken
      out where the figure of that period is waiting, since the published one does not explain it.
    - With `revise`, the new values are published; those that differ carry the flag `r` for good.
      All measures of a place whose counts moved, one of them by fewer than k, are kept and wait on.

    Args:
        con: the staging database, after the gate and before the checks are sealed.
        home: the installation, for its current release.
        k: the smallest difference between two published counts other than none.
        free: indicators that count no matters of persons; any difference of theirs is published.
        revise: whether a revision was ordered.

    Raises:
        UserError: the current release is damaged, so its figures cannot be trusted.
    """
    [(rows,)] = con.execute(f"select count(*) from {VALUES}").fetchall()
    current = current_release(home)
    if current is None:
        return Freeze(kept=0, waiting=0, revised=0, added=rows)
    con.execute(f"create or replace temp table defined as select distinct indicator from {VALUES}")
    con.execute(_published_sql(con, current))
    con.execute("create or replace temp table free as select unnest($free) as indicator",
                {"free": list(free)})  # fmt: skip
    for statement in _unequal_sql(k):
        con.execute(statement)
    [(old, gone, moved, held)] = con.execute(
        """
        select
            (select count(*) from published),
            count(*) filter (where is_gone),
            count(*) filter (where is_moved),
            (select count(*) from held where is_moved)
        from unequal
        """
    ).fetchall()
    for statement in _revise_sql() if revise else _keep_sql("unequal", "published"):
        con.execute(statement)
    con.execute("drop view published")
    for name in ("suspects", "unequal", "held", "defined", "free"):
        con.execute(f"drop table {name}")
    added = rows - (old - gone)
    if revise:
        revised = moved - held
        return Freeze(kept=old - revised, waiting=held, revised=revised, added=added)
    return Freeze(kept=old, waiting=moved, revised=0, added=added)


def keep_estimates(con: duckdb.DuckDBPyConnection, home: Home, *, revise: bool = False) -> int:
    """Put back what was published by methods that read the warehouse.

    A method keeps all that it said of a year, and the trend by days all that it said of a place
    up to the same day, where there was at least one number and the version of the method is the
    same; with `revise` it keeps nothing.

    Returns:
        How many rows of `public.estimates` were put back.
    """
    current = current_release(home)
    if current is None or revise or not (file := _file(current, "estimates")).is_file():
        return 0
    group = "indicator, method, method_version, kept_as"
    columns = _columns(con, ESTIMATES, _read([str(file)]))
    for name, source in (
        ("made", f"select rowid as place, * from {ESTIMATES}"),
        ("told", f"select {columns} from {_read([str(file)])}"),
    ):
        con.execute(
            f"create or replace temp table {name} as select *, {_KEPT_AS} from ({source})",
            {"methods": list(FROM_WAREHOUSE)},
        )
    con.execute(
        f"""
        create or replace temp table kept as
        select * from told
        where ({group}) in (select ({group}) from made where kept_as is not null)
        qualify count(value) over (partition by {group}) > 0
        """
    )
    con.execute(
        f"delete from {ESTIMATES} where rowid in "
        f"(select place from made where ({group}) in (select ({group}) from kept))"
    )
    con.execute(f"insert into {ESTIMATES} by name select * exclude (kept_as) from kept")
    [(rows,)] = con.execute("select count(*) from kept").fetchall()
    for name in ("made", "told", "kept"):
        con.execute(f"drop table {name}")
    return rows


def _published_sql(con: duckdb.DuckDBPyConnection, release: Release) -> str:
    """View `published`: the current release's rows, in the columns of today's contract."""
    if any(finding.fault is not Fault.FILE_EXTRA for finding in check_files(release.folder)):
        raise UserError("release.PREVIOUS_DAMAGED", release=release.id)
    source = _read([values_file(release)])
    return f"""
        create or replace temp view published as
        select {_columns(con, VALUES, source)} from {source}
        where indicator in (select indicator from defined)
        """


def _columns(con: duckdb.DuckDBPyConnection, table: str, source: str) -> str:
    """SQL: the columns of a table by today's contract, from a source that may lack some."""
    there = {row[0] for row in con.execute(f"describe select * from {source}").fetchall()}
    return ", ".join(
        f"cast({column.name if column.name in there else 'null'} as {column.sql_type}) "
        f"as {column.name}"
        for column in contract(table).columns
    )


def _unequal_sql(k: int) -> list[str]:
    """Table `unequal`: published rows that are not to the bit among the new ones.

    `is_gone` where the new run has no such row, `is_moved` where that, a figure, a state or a
    reason differs, `is_small` where a count moved by fewer than k. Nearly all rows are equal, so
    hashes sift them out before the join on the key. Table `held`: the rows of places with a small
    move, which a revision does not publish.
    """
    row = ", ".join(f"cast({c.name} as {c.sql_type})" for c in contract().columns)
    key = ", ".join(contract().key)
    moved = " or ".join(
        ["new.unit is null"]
        + [differs(name) for name in FIGURES]
        + [f"new.{name} is distinct from old.{name}" for name in WORDS]
    )
    small = " or ".join(moves_by_few(f"({count})", k) for count in (*COUNTS, SHARE_OF_CURVE))
    place = ", ".join(name for name in contract().key if name != "measure")
    return [
        f"""
        create or replace temp table suspects as
        select * from published where hash({row}) not in (select hash({row}) from {VALUES})
        """,
        f"""
        create or replace temp table unequal as
        select
            old.*, new.unit is null as is_gone, {moved} as is_moved,
            ({small}) and old.indicator not in (select indicator from free) as is_small
        from suspects as old left join {VALUES} as new using ({key})
        """,
        f"""
        create or replace temp table held as
        select * from unequal
        where not is_gone and ({place}) in (select ({place}) from unequal where is_small)
        """,
    ]


def differs(column: str) -> str:
    """SQL: whether a figure of `new` is another than that of `old`, beyond its last digits."""
    new, old = f"new.{column}", f"old.{column}"
    return (
        f"({new} is null) <> ({old} is null) or "
        f"coalesce(abs({new} - {old}) > {RELATIVE_TOLERANCE} * greatest(abs({new}), abs({old})), "
        "false)"
    )


def moves_by_few(count: str, k: int | str, sides: tuple[str, str] = ("new", "old")) -> str:
    """SQL: whether a count, for the row named by `{side}`, differs by 1 to k - 1 on two sides."""
    one, other = (count.format(side=side) for side in sides)
    return f"coalesce(abs({one} - {other}) between 1 and {k} - 1, false)"


def _keep_sql(kept: str, settled: str) -> list[str]:
    """Put rows of the table `kept` back; then mind changes on them that others tell.

    Rows in `settled` are left as they are.
    """
    names = ", ".join(column.name for column in contract().columns)
    key = ", ".join(contract().key)
    earlier = {
        "change_yoy": "waiting.period_start = new.period_start - interval 1 year",
        "change_mom": "waiting.period_end = new.period_start",
    }
    cell = " and ".join(
        f"waiting.{name} = new.{name}"
        for name in contract().key
        if name not in {"period_start", "period_end"}
    )
    return [
        f"delete from {VALUES} where ({key}) in (select ({key}) from {kept})",
        *(
            f"""
            update {VALUES} as new set {change} = null
            where new.{change} is not null
              and ({key}) not in (select ({key}) from {settled})
              and exists (
                select 1 from {kept} as waiting
                where waiting.is_moved and {cell} and {same_period})
            """
            for change, same_period in earlier.items()
        ),
        f"insert into {VALUES} select {names} from {kept}",
    ]


def _revise_sql() -> list[str]:
    """Mark the new rows whose figure is not the one that was published first; keep those held."""
    key = ", ".join(contract().key)
    return [
        f"""
        update {VALUES} set flags = coalesce(flags, '') || 'r'
        where state <> 'hidden'
          and coalesce(flags, '') not like '%r%'
          and ({key}) in (
            select ({key}) from unequal where is_moved
            union all
            select ({key}) from published where flags like '%r%')
        """,
        *_keep_sql("held", "held"),
    ]


def contract(table: str = VALUES) -> Table:
    """The contract of a published table; of the values where none is named."""
    return next(t.contract for t in load_catalogue() if t.name == table)


def values_file(release: Release) -> str:
    """The file of a release that holds its values."""
    return str(_file(release, "indicator_values"))


def _file(release: Release, table: str) -> Path:
    return release.folder / "tables" / f"{table}.parquet"


def _read(files: list[str]) -> str:
    return f"read_parquet([{', '.join(map(literal, files))}], union_by_name = true)"
