"""Codes of places that were rewritten to a later list, followed back to the day of each record.

A system that recodes its old records writes today's code beside a date of years ago. Where a
mapping says so (`code_vintage: export_date`), the code is looked up as of the export's own moment,
and the code that held that ground on the record's day is put in its place. What several counties
held together cannot be told apart: the record then lies in their stable unit.
"""

from collections.abc import Collection

import duckdb

from pipelines.contract import Table
from pipelines.quoting import literal
from pipelines.validate.rules import REGION


def follow_codes_back(
    con: duckdb.DuckDBPyConnection, table: Table, relation: str, recoded: Collection[str]
) -> str:
    """Replace the region codes of recoded exports by those of the records' own days.

    Args:
        con: the staging database, with `geo.region_validity` and `geo.region_origins`.
        table: the table.
        relation: its rows that are to be judged.
        recoded: names of the sources whose exports are recoded.

    Returns:
        The relation to go on with.
    """
    columns = {column.name for column in table.columns}
    if not (recoded and table.dated_by and REGION in columns):
        return relation
    followed = f"quarantine.followed_{table.name}"
    files = (
        f"select file_id from ops.files where table_name = {literal(table.name)} "
        f"and source in ({', '.join(map(literal, sorted(recoded)))})"
    )
    con.execute(
        f"""
        create or replace view {followed} as
        select landed.* replace (coalesce(origin.origin_code, landed.{REGION}) as {REGION})
        from {relation} as landed
        left join geo.region_validity as meant
            on landed.file_id in ({files}) and meant.region_code = landed.{REGION}
            and meant.from_on <= cast(landed.as_of as date)
            and meant.until_on > cast(landed.as_of as date)
        left join geo.region_origins as origin
            on origin.region_row = meant.region_row
            and origin.from_on <= cast(landed.{table.dated_by} as date)
            and origin.until_on > cast(landed.{table.dated_by} as date)
        """
    )
    return followed
