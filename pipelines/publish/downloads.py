"""The tables of a release as files: Parquet for programs, CSV in two languages for people.

Parquet holds values as they are. A CSV is opened in a spreadsheet, so a text that a spreadsheet
would take for a formula is given an apostrophe; the Chinese one has a byte order mark, without
which Excel does not see that it is UTF-8.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.contract import Column, Words
from pipelines.publish.catalogue import PublishedTable, load_catalogue
from pipelines.publish.documents import Facts
from pipelines.quoting import literal
from pipelines.spreadsheet import guarded_sql
from pipelines.words import Lang

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a large table that is also given as CSV."""

    condition: str
    words: Words


# A spreadsheet holds about a million rows; with all breakdowns and county months this table has
# several. What is left out is in the Parquet file and in the database.
CSV_PARTS = {
    "public.indicator_values": Part(
        "by_name = '' and (level <> 'county' or period_kind = 'year')",
        Words(
            "本文件只含不分组的数值，县级只含年度；全部数值见 Parquet 文件和数据库。",
            "This file holds figures without breakdown, and for counties by year only; all figures "
            "are in the Parquet file and in the database.",
        ),
    )
}


def write_downloads(
    con: duckdb.DuckDBPyConnection, folder: Path, facts: Facts, rows: Mapping[str, int]
) -> dict[str, int]:
    """Write `tables/*.parquet` and `csv/{zh,en}/*.csv` below `folder`.

    Rows keep the order that they have in the database.

    Args:
        con: a connection that has attached the finished research database as `release`.
        folder: the release.
        facts: for the metadata inside each Parquet file.
        rows: number of rows by `<schema>.<table>`.

    Returns:
        The number of rows of each file, by its path in the release.
    """
    for sub in (Path("tables"), *(Path("csv") / lang.value for lang in Lang)):
        (folder / sub).mkdir(parents=True)
    written: dict[str, int] = {}
    for table in load_catalogue():
        _write_parquet(con, table, folder / parquet_file(table), facts)
        written[parquet_file(table)] = rows[table.name]
        for lang in Lang:
            path = csv_file(table, lang)
            written[path] = _write_csv(con, table, folder / path, lang)
    return written


def parquet_file(table: PublishedTable) -> str:
    """Where the Parquet file of a table lies in a release."""
    return f"tables/{table.contract.name}.parquet"


def csv_file(table: PublishedTable, lang: Lang) -> str:
    """Where the CSV file of a table lies in a release."""
    return f"csv/{lang.value}/{table.contract.name}.csv"


def csv_header(table: PublishedTable, lang: Lang) -> list[str]:
    """Names of the columns of a CSV: those of the table, or their Chinese meanings."""
    return [c.words.zh if lang is Lang.ZH else c.name for c in table.contract.columns]


def _write_parquet(
    con: duckdb.DuckDBPyConnection, table: PublishedTable, path: Path, facts: Facts
) -> None:
    title = table.contract.title
    metadata = {
        "title_zh": title.zh,
        "title_en": title.en,
        "release": facts.release,
        "as_of": facts.as_of.isoformat(),
        "data_through": facts.data_through.isoformat(),
    }
    pairs = ", ".join(f"{key}: {literal(value)}" for key, value in metadata.items())
    con.execute(
        f"copy release.{table.name} to {literal(path)} "
        f"(format parquet, compression zstd, kv_metadata {{{pairs}}})"
    )


def _write_csv(
    con: duckdb.DuckDBPyConnection, table: PublishedTable, path: Path, lang: Lang
) -> int:
    header = csv_header(table, lang)
    if lang is Lang.ZH:
        header[0] = BYTE_ORDER_MARK + header[0]
    columns = ", ".join(
        f'{_harmless(column)} as "{name}"'
        for column, name in zip(table.contract.columns, header, strict=True)
    )
    part = CSV_PARTS.get(table.name)
    where = f"where {part.condition}" if part else ""
    [(rows,)] = con.execute(
        f"copy (select {columns} from release.{table.name} {where}) "
        f"to {literal(path)} (format csv, header)"
    ).fetchall()
    return rows


def _harmless(column: Column) -> str:
    name = f'"{column.name}"'
    return guarded_sql(name) if column.sql_type == "VARCHAR" else name
