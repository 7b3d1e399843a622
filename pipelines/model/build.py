"""Build the derived tables: one query each, in the order in which they read one another.

What a table holds and how it is computed stands in its own `<table>.sql`; the order is read off the
queries by `lineage`. Here is only what a query cannot do by itself in portable SQL:
the row of months, and the few facts of the run that queries refer to (`ops.run_facts`,
`ops.senders`, `ops.first_records`, `ops.months`).
"""

from collections.abc import Mapping

import duckdb

from pipelines.backend import Backend, DuckDB
from pipelines.contract import ContractError, Table
from pipelines.engine.search_path import bare_names
from pipelines.ingest.schemas import qualified
from pipelines.model.lineage import build_order, source_tables
from pipelines.settings import Home, Settings
from pipelines.words import UserError

__all__ = ["build_model", "create_derived", "source_tables"]

DUCKDB = DuckDB()
INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})


def build_model(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    settings: Settings,
    tables: Mapping[str, Table],
    backend: Backend = DUCKDB,
) -> None:
    """Create every derived table, what `ingest.geography` derived once more among them.

    Args:
        con: the staging database, with the fed and the reference tables and `ops.files`.
        home: named in an error that its files can mend.
        settings: `expected_offices` and `closed_after_days` decide what is closed.
        tables: contracts by table name; those with a query are derived.
        backend: who runs their queries.

    Raises:
        ContractError: a query gives other columns than its contract.
        UserError: rows have no region and none can be found for them.
    """
    _record_senders(con, settings)
    _record_run_facts(con, settings)
    _record_first_records(con, tables)
    _record_months(con)
    for name in build_order(tables):
        create_derived(con, tables[name], backend)
        _refuse_missing_regions(con, home, settings, tables[name])


def create_derived(con: duckdb.DuckDBPyConnection, table: Table, backend: Backend = DUCKDB) -> None:
    """Create one derived table with the columns, types and comments of its contract.

    Raises:
        ContractError: the query gives other columns, or types that do not fit; both are named.
    """
    name = qualified(table.name)
    with bare_names(con):
        _check_columns(con, table)
        con.execute(table.create_sql(name))
        backend.fill(con, f"insert into {name}", table.query)
    for statement in table.comment_sql(name):
        con.execute(statement)


def _check_columns(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    given = {row[0]: row[1] for row in con.execute(f"describe {table.query}").fetchall()}
    expected = {column.name: column.sql_type for column in table.columns}
    if list(given) != list(expected):
        raise ContractError(
            f"{table.path.name}: the query gives {', '.join(given)}; "
            f"the header lists {', '.join(expected)}"
        )
    for column, sql_type in expected.items():
        if given[column] != sql_type and not {given[column], sql_type} <= INTEGERS:
            raise ContractError(
                f"{table.path.name}: column `{column}` is {given[column]} in the query and "
                f"{sql_type} in the header"
            )


def _record_senders(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Who sends, up to when, and who was expected: everybody seen, unless settings name them."""
    con.execute(
        "create or replace table ops.senders "
        "(sender_id varchar, is_expected boolean, as_of timestamp)"
    )
    con.execute(
        """
        insert into ops.senders
        select
            coalesce(seen.sender_id, expected.sender_id),
            len($expected) = 0 or expected.sender_id is not null,
            seen.as_of
        from (select sender_id, max(as_of) as as_of from ops.files group by sender_id) as seen
        full join (select unnest($expected) as sender_id) as expected using (sender_id)
        order by 1
        """,
        {"expected": list(settings.expected_offices)},
    )


def _record_run_facts(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """One row of facts for the queries; the top region is the only province's last version."""
    con.execute(
        """
        create or replace table ops.run_facts as
        select
            (select max(as_of) from ops.files) as as_of,
            cast($closed_after_days as integer) as closed_after_days,
            (
                select max_by(region_row, valid_from)
                from geo.regions
                where level = 'province'
                having count(distinct region_code) = 1
            ) as top_region_row
        """,
        {"closed_after_days": settings.closed_after_days},
    )


def _record_first_records(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]) -> None:
    """The day of the earliest record of each file in each table whose records have a day."""
    first_days = " union all ".join(
        f"select '{table.name}' as table_name, file_id, "
        f"min(cast({table.dated_by} as date)) as first_on from model.{table.name} group by file_id"
        for table in tables.values()
        if table.dated_by
    )
    con.execute(f"create or replace table ops.first_records as {first_days}")


def _record_months(con: duckdb.DuckDBPyConnection) -> None:
    """Every month from the first record to the latest extract; none where there are no records."""
    con.execute(
        """
        create or replace table ops.months as
        select cast(unnest(generate_series(
            date_trunc('month', min(first_records.first_on)),
            date_trunc('month', min(run_facts.as_of)),
            interval '1 month'
        )) as date) as month_start
        from ops.first_records as first_records
        cross join ops.run_facts as run_facts
        order by month_start
        """
    )


def _refuse_missing_regions(
    con: duckdb.DuckDBPyConnection, home: Home, settings: Settings, table: Table
) -> None:
    if not any(column.name == "region_row" and column.required for column in table.columns):
        return
    ((count,),) = con.execute(
        f"select count(*) from {qualified(table.name)} where region_row is null"
    ).fetchall()
    if count:
        raise UserError(
            "model.REGION_NEEDED",
            file=home.reference / "offices.csv",
            table=table.name,
            count=count,
            region_set=settings.region_set,
        )
