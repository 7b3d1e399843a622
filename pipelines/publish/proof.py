"""The proof that what is about to be published was checked: rule R21 of reliability.md.

An orchestrator's "blocking" check stops a run only when it fails; one that crashes or never runs
stops nothing. So publication itself asks for the complete list of results, and for a seal that ties
them to the very tables they were computed on.
"""

from collections.abc import Collection

import duckdb

from pipelines.words import UserError

SEALED_SCHEMAS = ("model", "geo", "indicators", "public", "quality")


def seal(con: duckdb.DuckDBPyConnection) -> str:
    """Tie the results in `ops.checks` to the present content of the staging database.

    Call it once, after the last check has written its result and before anything else. Whatever is
    changed afterwards, be it a table or a result, breaks the seal.

    Returns:
        The fingerprint, also kept in `ops.seal(fingerprint)`.
    """
    fingerprint = fingerprint_of(con)
    con.execute("create or replace table ops.seal (fingerprint varchar)")
    con.execute("insert into ops.seal values (?)", [fingerprint])
    return fingerprint


def require_proof(con: duckdb.DuckDBPyConnection, demanded: Collection[tuple[str, str]]) -> None:
    """Refuse to go on unless every demanded check is there, passed, and sealed to this state.

    Args:
        con: a connection whose present database is the staging database.
        demanded: `(check_id, table_name)` of the checks that must have been made. One that blocks
            by its own severity must have passed whether it is demanded or not.

    Raises:
        UserError: a check is missing or failed, or tables changed after the checks.
    """
    results: dict[tuple[str, str], tuple[str, bool | None]] = {}
    if _exists(con, "ops.checks"):
        found = con.execute("select check_id, table_name, severity, passed from ops.checks")
        results = {(check, table): (level, ok) for check, table, level, ok in found.fetchall()}
    if missing := set(demanded) - results.keys():
        raise UserError("release.CHECKS_MISSING", checks=_listed(missing))
    failed = {
        key
        for key, (severity, passed) in results.items()
        if passed is not True and (severity == "block" or key in demanded)
    }
    if failed:
        raise UserError("release.CHECKS_FAILED", checks=_listed(failed))
    if not _exists(con, "ops.seal"):
        raise UserError("release.NOT_SEALED")
    seals = con.execute("select fingerprint from ops.seal").fetchall()
    if seals != [(fingerprint_of(con),)]:
        raise UserError("release.SEAL_BROKEN")


def _listed(checks: Collection[tuple[str, str]]) -> str:
    return ", ".join(f"{check} ({table})" for check, table in sorted(checks))


def fingerprint_of(con: duckdb.DuckDBPyConnection) -> str:
    """Row count and order-free hash of every sealed table, as one text.

    The hash is DuckDB's own and may differ between its versions; it never leaves the run.
    """
    tables = con.execute(
        """
        select table_schema, table_name from information_schema.tables
        where table_catalog = current_database()
          and (list_contains($schemas, table_schema)
               or (table_schema = 'ops' and table_name = 'checks'))
        """,
        {"schemas": list(SEALED_SCHEMAS)},
    ).fetchall()
    parts = " union all ".join(
        f"""select '{schema}.{table} ' || count(*) || ' '
                || coalesce(sum(cast(hash(t) as hugeint)), 0) as part
            from "{schema}"."{table}" as t"""
        for schema, table in tables
    )
    query = f"select md5(string_agg(part, ', ' order by part)) from ({parts})"
    return con.execute(query).fetchall()[0][0]


def _exists(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    found = con.execute(
        """
        select count(*) from information_schema.tables
        where table_catalog = current_database() and table_schema || '.' || table_name = ?
        """,
        [name],
    ).fetchall()
    return found == [(1,)]
