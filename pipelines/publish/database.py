"""The research database of a release: built new from gated tables, documented to the last column.

Nothing is copied as a file or altered in place, since a DuckDB file keeps what was deleted from it.
The file is in storage version v1.0.0, so that clients that lag behind can open it. It has no index
and no key: both have cost others their database after a crash; uniqueness is checked here instead.

Two builds from the same data differ in the bytes of this file, though not in its rows. The Parquet
twin of each table is the same to the byte, and so the proof of what the table holds.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from pipelines.contract import ContractError, Words
from pipelines.engine.indicator import Indicator
from pipelines.publish.catalogue import PublishedTable, load_catalogue
from pipelines.publish.documents import Row
from pipelines.quoting import literal

STORAGE_VERSION = "v1.0.0"
VALUES = "indicator_values"

# Wilson (1927), Journal of the American Statistical Association 22, 209-212; z of 95 % by default.
_WILSON = """
create macro public.wilson(k, n, z := 1.959964) as
case when n > 0 and k between 0 and n then struct_pack(
    low := (k + z * z / 2 - z * sqrt(k * (n - k) / cast(n as double) + z * z / 4)) / (n + z * z),
    high := (k + z * z / 2 + z * sqrt(k * (n - k) / cast(n as double) + z * z / 4)) / (n + z * z)
) end
"""
_REGIONS_AT = """
create macro geo.regions_at(day) as table
select * from geo.regions where valid_from <= day and day < valid_to
"""
_MACROS = (
    (
        "macro public.wilson",
        _WILSON,
        Words(
            "n 次中发生 k 次，其比例的威尔逊区间。",
            "The Wilson interval of a share of k in n.",
        ),
    ),
    (
        "macro table geo.regions_at",
        _REGIONS_AT,
        Words(
            "某日有效的行政区划；数县时限定level = 'county'，含多个县的稳定单元另列为unit。",
            "The regions that were valid on a day; count counties with level = 'county', since "
            "stable units of several counties are there too, as level unit.",
        ),
    ),
)


def build_database(
    con: duckdb.DuckDBPyConnection,
    target: Path,
    documents: Mapping[str, list[Row]],
    indicators: Mapping[str, Indicator],
) -> dict[str, int]:
    """Write the research database to the new file `target`, complete and closed.

    Args:
        con: a connection that has attached the staging database, read-only, as `staging`.
        target: the file to be made.
        documents: rows of the tables that describe the release, by `<schema>.<table>`.
        indicators: the definitions; each gets a view of its own.

    Returns:
        The number of rows of each table, by `<schema>.<table>`.

    Raises:
        ContractError: a table lacks a column of its contract, or a key is not unique.
    """
    con.execute(f"attach {literal(target)} as release (storage_version '{STORAGE_VERSION}')")
    con.execute("use release")
    con.execute("begin")  # one commit: DuckDB syncs its log at each
    for schema in sorted({table.schema for table in load_catalogue()}):
        con.execute(f"create schema if not exists {schema}")
    rows = {table.name: _write_table(con, table, documents) for table in load_catalogue()}
    _write_views(con, indicators)
    for macro, create, words in _MACROS:
        con.execute(create)
        con.execute(_comment_sql(macro, words))
    con.execute("commit")
    con.execute("checkpoint release")
    con.execute("use memory")
    con.execute("detach release")
    return rows


def _write_table(
    con: duckdb.DuckDBPyConnection, table: PublishedTable, documents: Mapping[str, list[Row]]
) -> int:
    con.execute(table.contract.create_sql(table.name))
    if table.is_document:
        _insert_rows(con, table, documents[table.name])
    else:
        _require_columns(con, table)
        con.execute(f"insert into {table.name} {table.select_sql(f'staging.{table.name}')}")
    _require_unique_key(con, table)
    con.execute("; ".join(table.contract.comment_sql(table.name)))
    return _rows(con, table)


def _insert_rows(con: duckdb.DuckDBPyConnection, table: PublishedTable, rows: list[Row]) -> None:
    if not rows:
        return
    width = len(table.contract.columns)
    places = ", ".join([f"({', '.join('?' * width)})"] * len(rows))
    values = [value for row in rows for value in row]
    con.execute(
        f"insert into {table.name} "
        + table.select_sql(f"(values {places}) as written ({_names(table)})"),
        values,
    )


def _require_columns(con: duckdb.DuckDBPyConnection, table: PublishedTable) -> None:
    found = con.execute(
        """
        select column_name from duckdb_columns()
        where database_name = 'staging' and schema_name || '.' || table_name = ?
        """,
        [table.name],
    ).fetchall()
    there = {name for (name,) in found}
    if missing := [c.name for c in table.contract.columns if c.name not in there]:
        raise ContractError(f"{table.name}: the staging table has no {', '.join(missing)}")


def _require_unique_key(con: duckdb.DuckDBPyConnection, table: PublishedTable) -> None:
    key = ", ".join(f'"{name}"' for name in table.contract.key)
    [(twice,)] = con.execute(
        f"select count(*) from (select 1 from {table.name} group by {key} having count(*) > 1)"
    ).fetchall()
    if twice:
        raise ContractError(f"{table.name}: {twice} values of its key ({key}) occur more than once")


def _rows(con: duckdb.DuckDBPyConnection, table: PublishedTable) -> int:
    [(rows,)] = con.execute(f"select count(*) from {table.name}").fetchall()
    return rows


def _write_views(con: duckdb.DuckDBPyConnection, indicators: Mapping[str, Indicator]) -> None:
    """`public.<indicator>`: its rows without the column that would say the same in each."""
    values = next(t for t in load_catalogue() if t.name == f"public.{VALUES}").contract
    columns = [column for column in values.columns if column.name != "indicator"]
    names = ", ".join(column.name for column in columns)
    for indicator in indicators.values():
        view = f"public.{indicator.id}"
        con.execute(
            f"create view {view} as "
            f"select {names} from public.{VALUES} where indicator = '{indicator.id}'"
        )
        title, question = indicator.title, indicator.question
        words = Words(f"{title.zh}：{question.zh}", f"{title.en}: {question.en}")
        comments = [_comment_sql(f"view {view}", words)]
        comments += [_comment_sql(f"column {view}.{c.name}", c.words, c.unit) for c in columns]
        con.execute("; ".join(comments))


def _comment_sql(what: str, words: Words, unit: str = "") -> str:
    text = f"{words.zh} {words.en}" + (f" [{unit}]" if unit else "")
    return f"comment on {what} is {literal(text)}"


def _names(table: PublishedTable) -> str:
    return ", ".join(f'"{column.name}"' for column in table.contract.columns)
