"""Places that an export writes by name, read as the codes that they had on the day of each record.

Where a mapping says so (`places: names`), what stands in the column of places is looked up in
`geo.region_names`: first a whole name that was in force on the record's day, then one cut short,
then a former or a later whole name, then such a one cut short. Spaces and look-alike characters do
not matter. A name that means several regions in the first of these is not guessed: it gets a
question mark, by which rule V29N refuses the record.
"""

from collections.abc import Collection

import duckdb

from pipelines.contract import Table
from pipelines.quoting import literal
from pipelines.validate.rules import REGION, UNCLEAR

LOOK_ALIKE = "'巿', '市'"  # a census table writes 市 with the first
SPACES = r"'[\s\x{3000}]'"


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
    day = f"coalesce(landed.{table.dated_by}, landed.as_of)" if table.dated_by else "landed.as_of"
    written = f"regexp_replace(translate(landed.{REGION}, {LOOK_ALIKE}), {SPACES}, '', 'g')"
    meanings, read = f"quarantine.meant_{table.name}", f"quarantine.read_{table.name}"
    con.execute(
        f"""
        create or replace table {meanings} as
        with
            written as (
                select distinct {written} as name, cast({day} as date) as on_day
                from {relation} as landed
                where file_id in ({files})
            ),
            candidates as (
                select
                    name, on_day, region_code,
                    case when valid_from <= on_day and valid_to > on_day then 0 else 2 end
                    + cast(is_short as integer) as distance
                from written inner join geo.region_names using (name)
            ),
            nearest as (
                select * from candidates
                qualify distance = min(distance) over (partition by name, on_day)
            )
        select
            name, on_day,
            case when count(distinct region_code) = 1 then min(region_code)
                else '{UNCLEAR}' || name end as region_code
        from nearest
        group by name, on_day
        """
    )
    con.execute(
        f"""
        create or replace view {read} as
        select landed.* replace (
            coalesce(meant.{REGION}, landed.{REGION}) as {REGION})
        from {relation} as landed
        left join {meanings} as meant
            on landed.file_id in ({files}) and meant.name = {written}
            and meant.on_day = cast({day} as date)
        """
    )
    return read
