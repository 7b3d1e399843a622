"""Where the tables of the staging database lie, and how they are made from their contracts."""

import duckdb

from pipelines.contract import Table
from pipelines.engine.search_path import bare_names

GEO_TABLES = frozenset(
    {
        "regions",
        "region_events",
        "region_special_codes",
        "region_successors",
        "region_origins",
        "region_validity",
        "region_aliases",
        "region_names",
        "stable_units",
        "crosswalk",
    }
)


def qualified(table: str) -> str:
    """The name of a table with its schema: regions are `geo`, everything else is `model`."""
    return f"{'geo' if table in GEO_TABLES else 'model'}.{table}"


def create(con: duckdb.DuckDBPyConnection, contract: Table) -> None:
    """Make an empty table with the columns and comments of its contract."""
    name = qualified(contract.name)
    con.execute(contract.create_sql(name))
    for statement in contract.comment_sql(name):
        con.execute(statement)


def fill(con: duckdb.DuckDBPyConnection, contract: Table, query: str) -> None:
    """Make a table from a query, whose columns may stand in any order."""
    create(con, contract)
    columns = ", ".join(f'"{column.name}"' for column in contract.columns)
    with bare_names(con):
        con.execute(
            f"insert into {qualified(contract.name)} by name select {columns} from ({query})"
        )
