"""The tables of a release as files: Parquet for programs, CSV in two languages for people.

Parquet holds values as they are. A CSV is opened in a spreadsheet, so a text that a spreadsheet
would take for a formula is given an apostrophe; the Chinese one has a byte order mark, without
which Excel does not see that it is UTF-8.
"""

from pathlib import Path

import duckdb

from pipelines.engine.contract import Column
from pipelines.publish.catalogue import PublishedTable, load_catalogue
from pipelines.publish.documents import Facts
from pipelines.words import Lang

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"


def write_downloads(con: duckdb.DuckDBPyConnection, folder: Path, facts: Facts) -> None:
    """Write `tables/*.parquet` and `csv/{zh,en}/*.csv` below `folder`.

    Args:
        con: a connection that has attached the finished research database as `release`.
        folder: the release.
        facts: for the metadata inside each Parquet file.
    """
    for sub in (Path("tables"), *(csv_folder(lang) for lang in Lang)):
        (folder / sub).mkdir(parents=True)
    for table in load_catalogue():
        _write_parquet(con, table, folder / parquet_file(table), facts)
        for lang in Lang:
            _write_csv(con, table, folder / csv_file(table, lang), lang)


def parquet_file(table: PublishedTable) -> Path:
    """Where the Parquet file of a table lies in a release."""
    return Path("tables") / f"{table.contract.name}.parquet"


def csv_folder(lang: Lang) -> Path:
    """Where the CSV files of a language lie in a release."""
    return Path("csv") / lang.value


def csv_file(table: PublishedTable, lang: Lang) -> Path:
    """Where the CSV file of a table lies in a release."""
    return csv_folder(lang) / f"{table.contract.name}.csv"


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
    pairs = ", ".join(f"{key}: '{_quoted(value)}'" for key, value in metadata.items())
    con.execute(
        f"copy ({table.select_sql(f'release.{table.name}')}) to '{_quoted(path)}' "
        f"(format parquet, compression zstd, kv_metadata {{{pairs}}})"
    )


def _write_csv(
    con: duckdb.DuckDBPyConnection, table: PublishedTable, path: Path, lang: Lang
) -> None:
    header = csv_header(table, lang)
    if lang is Lang.ZH:
        header[0] = BYTE_ORDER_MARK + header[0]
    columns = ", ".join(
        f'{_harmless(column)} as "{name}"'
        for column, name in zip(table.contract.columns, header, strict=True)
    )
    con.execute(
        f"copy (select {columns} from release.{table.name} order by {table.order_sql}) "
        f"to '{_quoted(path)}' (format csv, header)"
    )


def _harmless(column: Column) -> str:
    if column.sql_type != "VARCHAR":
        return f'"{column.name}"'
    signs = ", ".join(f"'{sign}'" for sign in FORMULA_SIGNS)
    return (
        f"case when left(\"{column.name}\", 1) in ({signs}) then '''' || \"{column.name}\" "
        f'else "{column.name}" end'
    )


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")
