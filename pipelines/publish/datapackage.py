"""`datapackage.json`: the release as a Data Package (datapackage.org, version 2), from contracts.

Lists the files that hold rows, with their fields, keys, bytes and hashes, so that other programs
can read and check them without us. The DuckDB file is left out: the standard knows no such format.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.engine.contract import Column
from pipelines.publish.catalogue import PublishedTable, load_catalogue
from pipelines.publish.documents import Facts
from pipelines.publish.downloads import csv_file, csv_header, parquet_file
from pipelines.publish.manifest import sha256_of
from pipelines.settings import Settings
from pipelines.words import Lang

FILE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
FIELD_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}


def write_datapackage(
    folder: Path, facts: Facts, settings: Settings, rows: Mapping[str, int]
) -> None:
    """Describe the files of `folder`, which must all be there, in `datapackage.json`.

    Args:
        folder: the release.
        facts: its facts.
        settings: for the words about the publisher.
        rows: number of rows by `<schema>.<table>`.
    """
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": f"petitions-{facts.release}",
        "title": f"{settings.title_zh} {settings.title_en}",
        "version": facts.release,
        "resources": [r for table in load_catalogue() for r in _resources(folder, table, rows)],
    }
    if settings.licence:
        package["licenses"] = [{"name": settings.licence}]
    if settings.publisher:
        package["contributors"] = [{"title": settings.publisher, "roles": ["publisher"]}]
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    (folder / FILE).write_text(text, encoding="utf-8", newline="\n")


def _resources(
    folder: Path, table: PublishedTable, rows: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.contract.columns]
    yield _resource(folder, table, "parquet", parquet_file(table), names) | {
        "rows": rows[table.name]
    }
    for lang in Lang:
        name, path = f"csv_{lang}", csv_file(table, lang)
        yield _resource(folder, table, name, path, csv_header(table, lang)) | {
            "type": "table",
            "encoding": "utf-8",
            "rows": rows[table.name],
        }


def _resource(
    folder: Path, table: PublishedTable, form: str, path: Path, names: list[str]
) -> dict[str, Any]:
    file = folder / path
    contract = table.contract
    renamed = dict(zip((c.name for c in contract.columns), names, strict=True))
    return {
        "name": f"{contract.name}_{form}",
        "path": path.as_posix(),
        "title": f"{contract.title.zh} {contract.title.en}",
        "description": f"{contract.about.zh} {contract.about.en}",
        "format": path.suffix.removeprefix("."),
        "bytes": file.stat().st_size,
        "hash": f"sha256:{sha256_of(file)}",
        "schema": {
            "fields": [_field(column, renamed[column.name]) for column in contract.columns],
            "primaryKey": [renamed[name] for name in contract.key],
            "missingValues": [""],
        },
    }


def _field(column: Column, name: str) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": name,
        "type": FIELD_TYPES[column.sql_type],
        "description": f"{column.words.zh} {column.words.en}",
    }
    if column.unit:
        field["unit"] = column.unit
    if column.sql_type == "TIMESTAMP":
        field["format"] = "%Y-%m-%d %H:%M:%S"
    return field
