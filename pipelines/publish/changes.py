"""What changed from one release to another, by indicator, and what it was made from anew.

From published files only: two sets of gated values, two dictionaries, two manifests. A difference
that the gate has not let through cannot be seen here. What a run would change in the current
release is `comparison`, asked by a dry run.
"""

from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.publish.comparison import Comparison, compare_with
from pipelines.publish.frozen import values_file
from pipelines.publish.manifest import Fault, check_files, read_manifest
from pipelines.publish.pointer import Release, current_release, releases
from pipelines.quoting import literal
from pipelines.settings import Home
from pipelines.words import UserError

WRONG_USE = 2
PARTS, KEY = ("reference", "sources", "settings", "code"), "key"
# A review that changes no word of a definition changes no figure.
UNDEFINING = ("checked_by", "reviewed_on", "next_review_on")


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed.

    Attributes:
        old: the earlier release, by id; `new` the later one.
        new_files: exports that `new` was made from and `old` was not; `gone_files` the reverse.
            Where the key was changed between the two, they cannot be told, and both are 0.
        parts: what else differs between the two: names out of `PARTS`, or `KEY`.
        definitions: indicators whose definition differs, or that only one of the two has.
        revised: figures that `new` marks as revised and `old` did not.
        comparison: the figures themselves.
    """

    old: str
    new: str
    new_files: int
    gone_files: int
    parts: tuple[str, ...]
    definitions: tuple[str, ...]
    revised: int
    comparison: Comparison


def changes_since(home: Home, name: str | None = None) -> Changes:
    """Compare the current release with an earlier one.

    Args:
        home: the installation.
        name: id of the earlier release; None for the one before the current.

    Raises:
        UserError: there is nothing to compare with, there is no such release, or one of the two is
            damaged.
    """
    new = current_release(home)
    if new is None:
        raise UserError("release.NONE_YET")
    old = _earlier(home, new, name)
    for release in (old, new):
        if any(finding.fault is not Fault.FILE_EXTRA for finding in check_files(release.folder)):
            raise UserError("release.DIFF_DAMAGED", release=release.id)
    before, after = _inputs(old), _inputs(new)
    has_new_key = before.get("key_fingerprint") != after.get("key_fingerprint")
    files, files_before = (set() if has_new_key else set(one["objects"]) for one in (after, before))
    parts = [part for part in PARTS if before[f"{part}_sha256"] != after[f"{part}_sha256"]]
    with duckdb.connect() as con:
        return Changes(
            old=old.id,
            new=new.id,
            new_files=len(files - files_before),
            gone_files=len(files_before - files),
            parts=(*parts, KEY) if has_new_key else tuple(parts),
            definitions=_definitions(con, old, new),
            revised=_revised(con, old, new),
            comparison=compare_with(con, old, _parquet(values_file(new))),
        )


def _earlier(home: Home, new: Release, name: str | None) -> Release:
    older = [release for release in releases(home) if release.age < new.age]
    if name is None:
        if not older:
            raise UserError("release.DIFF_FIRST", release=new.id)
        return older[-1]
    for release in releases(home):
        if release.id == name and release != new:
            return release
    known = ", ".join(release.id for release in older) or "–"
    raise UserError("release.DIFF_UNKNOWN", exit_code=WRONG_USE, release=name, known=known)


def _inputs(release: Release) -> dict[str, Any]:
    manifest = read_manifest(release.folder)
    if manifest is None:
        raise UserError("release.DIFF_DAMAGED", release=release.id)
    return manifest["inputs"]


def _definitions(con: duckdb.DuckDBPyConnection, old: Release, new: Release) -> tuple[str, ...]:
    """Indicators of which a defining column differs; columns that one release lacks are passed."""
    files = [_parquet(str(r.folder / "tables" / "indicators.parquet")) for r in (old, new)]
    columns = [
        {row[0] for row in con.execute(f"describe select * from {file}").fetchall()}
        for file in files
    ]
    names = ", ".join(sorted(columns[0] & columns[1] - set(UNDEFINING)))
    one, other = (f"select {names} from {file}" for file in files)
    found = con.execute(
        f"select distinct indicator from (({one} except {other}) union all "
        f"({other} except {one})) order by indicator"
    ).fetchall()
    return tuple(name for (name,) in found)


def _revised(con: duckdb.DuckDBPyConnection, old: Release, new: Release) -> int:
    counts = [
        con.execute(
            f"select count(*) from {_parquet(values_file(release))} where flags like '%r%'"
        ).fetchall()[0][0]
        for release in (old, new)
    ]
    return max(0, counts[1] - counts[0])


def _parquet(file: str) -> str:
    return f"read_parquet({literal(file)})"
