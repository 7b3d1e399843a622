"""Places that an export writes by name, read as the codes that they had on the day of each record.

Where a mapping says so (`places: names`), what stands in the column of places is looked up as
`ingest.place_names` says. A name that could be several regions gets a question mark, by which rule
V29N refuses the record.
"""

from collections.abc import Collection

import duckdb

from pipelines.contract import Table
from pipelines.ingest.place_names import meanings_sql, name_sql
from pipelines.quoting import literal
from pipelines.validate.rules import REGION


def read_place_names(
    con: duckdb.DuckDBPyConnection, table: Table, relation: str, named: Collection[str]
) -> str:
    """Replace names of places by the codes that they mean on the records' own days.

    Args:
        con: the staging database, with `geo.region_names`.
        table: the table.
        relation: its rows that are to be judged.
        named: names of the sources whose exports carry names.

    Returns:
        The relation to go on with.
    """
    if not named or REGION not in {column.name for column in table.columns}:
        return relation
    files = (
        f"select file_id from ops.files where table_name = {literal(table.name)} "
        f"and source in ({', '.join(map(literal, sorted(named)))})"
    )
    moments = (f"landed.{name}" for name in (table.dated_by, "as_of") if name)
    name, day = name_sql(f"landed.{REGION}"), f"cast(coalesce({', '.join(moments)}) as date)"
    written = (
        f"select distinct {name} as name, {day} as on_day from {relation} as landed "
        f"where file_id in ({files})"
    )
    meanings, read = f"quarantine.meant_{table.name}", f"quarantine.read_{table.name}"
    con.execute(f"create or replace table {meanings} as {meanings_sql(written)}")
    con.execute(
        f"""
        create or replace view {read} as
        select landed.* replace (
            coalesce(meant.{REGION}, landed.{REGION}) as {REGION})
        from {relation} as landed
        left join {meanings} as meant
            on landed.file_id in ({files}) and meant.name = {name} and meant.on_day = {day}
        """
    )
    return read
