"""Publication: from the checked staging database to a folder that readers see whole or not at all.

The order of steps is the promise. Everything is built under a name that no reader looks at; the
database is closed; the manifest is written; every file and folder is made durable; only then does
the folder get its name, and only then does `CURRENT` name it. A run that dies anywhere leaves
readers with the old or the new release, and `pointer.tidy` puts the rest right.

The caller holds the writer's lock.
"""

import os
import re
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.engine.indicator import Indicator
from pipelines.ingest.connection import connect
from pipelines.publish.database import build_database
from pipelines.publish.datapackage import write_datapackage
from pipelines.publish.documents import Facts, document_rows
from pipelines.publish.downloads import write_downloads
from pipelines.publish.durable import DRAFT, remove, rename, settle
from pipelines.publish.frozen import Freeze
from pipelines.publish.manifest import OWN_HASH, write_manifest
from pipelines.publish.pointer import (
    Release,
    announce,
    current_release,
    flip,
    next_release,
    tidy,
)
from pipelines.publish.proof import require_proof
from pipelines.publish.state import InputState, commit, program_version
from pipelines.quoting import literal
from pipelines.settings import Home, Settings
from pipelines.words import UserError

SPILL = "publish.spill"

# Two releases made from the same state differ in these parts of the manifest and in no others.
VOLATILE = ("published_at", "commit", "files[petitions.duckdb]", OWN_HASH)


@dataclass(frozen=True, slots=True)
class Edition:
    """What a run hands over to be published, beside the staging database.

    Attributes:
        as_of: moment of the latest extract, wall time of the home's zone.
        data_through: last day of the last closed period.
        state: what the run was made from (`state.input_state`).
        demanded: `(check_id, table_name)` of the checks without which nothing is published.
        indicators: the definitions, by id.
        build_site: writes `site/` into the folder given, from the facts and from what lies there
            by then: `petitions.duckdb`, `tables/` and `csv/`.
        freeze: what became of the figures that were published before.
    """

    as_of: datetime
    data_through: date
    state: InputState
    demanded: Collection[tuple[str, str]]
    indicators: Mapping[str, Indicator]
    build_site: Callable[[Path, Facts], object]
    freeze: Freeze


def publish(home: Home, settings: Settings, edition: Edition) -> Release:
    """Publish the staging database of `home` as a new release.

    Returns:
        The release, which `CURRENT` now names.

    Raises:
        UserError: a demanded check is missing or failed, the tables changed after the checks, or
            the disk refused; readers see what they saw before, unless the message says otherwise.
        ContractError: a staging table is not what its contract says.
    """
    with _disk_errors(home):
        tidy(home, settings)
        release = next_release(home, edition.as_of.date())
        draft = release.folder.with_name(DRAFT + release.id)
        try:
            _build(home, settings, edition, release, draft)
            settle(draft)
            announce(home, release)
            rename(draft, release.folder)
            flip(home, release)
        except BaseException:
            with suppress(OSError):
                remove(draft)
            raise
        tidy(home, settings)
    return release


def _build(home: Home, settings: Settings, edition: Edition, release: Release, draft: Path) -> None:
    facts = _facts(home, edition, release)
    draft.mkdir()
    with _staging(home, settings) as con:
        require_proof(con, edition.demanded)
        checks = _check_results(con)
        documents = document_rows(facts, home, settings, edition.indicators)
        database = draft / release.database.name
        rows = build_database(con, database, documents, edition.indicators)
        con.execute("detach staging")
        con.execute(f"attach {literal(database)} as release (read_only)")
        files = write_downloads(con, draft, facts, rows)
    edition.build_site(draft, facts)
    write_datapackage(draft, facts, settings, files)
    if left := sorted(draft.rglob("*.wal")):
        raise OSError(f"{left[0].name} was left beside a closed database")
    write_manifest(draft, _manifest(edition, facts, checks, rows), files)


def _facts(home: Home, edition: Edition, release: Release) -> Facts:
    previous = current_release(home)
    return Facts(
        release=release.id,
        as_of=edition.as_of,
        data_through=edition.data_through,
        version=program_version(),
        code_sha256=edition.state.code_sha256,
        input_state=edition.state.digest,
        previous=previous.id if previous else "",
        waiting=edition.freeze.waiting,
        revised=edition.freeze.revised,
    )


@contextmanager
def _staging(home: Home, settings: Settings) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection that can read the staging database and can change nothing in it."""
    if not home.staging.is_file():
        raise UserError("release.NO_STAGING", file=home.staging.name)
    con = connect(
        None,
        memory_limit=settings.memory_limit,
        threads=settings.threads,
        spill=home.warehouse / SPILL,
    )
    try:
        con.execute(f"attach {literal(home.staging)} as staging (read_only)")
        con.execute("use staging")
        yield con
    finally:
        con.close()


def _check_results(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Names and verdicts; what a check counted is in `quality.checks`, where the gate sees it."""
    results = con.execute(
        "select check_id, table_name, severity, passed from ops.checks order by all"
    ).fetchall()
    names = ("check_id", "table_name", "severity", "is_passed")
    return [dict(zip(names, result, strict=True)) for result in results]


def _manifest(
    edition: Edition,
    facts: Facts,
    checks: list[dict[str, Any]],
    rows: Mapping[str, int],
) -> dict[str, Any]:
    return {
        "release": facts.release,
        "as_of": facts.as_of.isoformat(),
        "data_through": facts.data_through.isoformat(),
        "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "previous": facts.previous,
        "version": facts.version,
        "commit": commit(),
        "inputs": asdict(edition.state) | {"state": facts.input_state},
        "figures": asdict(edition.freeze),
        "checks": checks,
        "tables": rows,
        "volatile": VOLATILE,
    }


@contextmanager
def _disk_errors(home: Home) -> Generator[None]:
    """A disk that refuses is something a user can mend: say what the system said, and what is so.

    The last `fsync` may fail when `CURRENT` is already the new one, so look rather than guess.
    """
    before = current_release(home)
    try:
        yield
    except (OSError, duckdb.OperationalError, duckdb.FatalException) as error:
        after = current_release(home)
        if after is None or after == before:
            raise UserError("release.NOT_PUBLISHED", reason=_reason(error)) from None
        raise UserError(
            "release.PUBLISHED_UNTIDY", release=after.id, reason=_reason(error)
        ) from None


def _reason(error: Exception) -> str:
    """The system's own words, out of an error that may also name files."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if found := re.search(r'"errno":"([0-9]+)"', str(error)):
        return os.strerror(int(found[1]))
    return str(error).splitlines()[0].rpartition(": ")[2]
