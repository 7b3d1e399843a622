"""`datapackage.json`: the release as a Data Package (datapackage.org, version 2), from contracts.

Lists the files that hold rows, with their fields, keys, bytes and hashes, so that other programs
can read and check them without us. The DuckDB file is left out: the standard knows no such format.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.contract import Column
from pipelines.publish.catalogue import PublishedTable, load_catalogue
from pipelines.publish.documents import Facts
from pipelines.publish.downloads import CSV_PARTS, csv_file, csv_header, parquet_file
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
        rows: number of rows of each file, by its path in the release.
    """
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": f"petitions-{facts.release}",
        "title": f"{settings.title_zh} {settings.title_en}",
        "version": facts.release,
        "resources": [
            resource | {"rows": rows[resource["path"]]}
            for table in load_catalogue()
            for resource in _resources(folder, table)
        ],
    }
    if settings.licence:
        package["licenses"] = [{"name": settings.licence}]
    if settings.publisher:
        package["contributors"] = [{"title": settings.publisher, "roles": ["publisher"]}]
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    (folder / FILE).write_text(text, encoding="utf-8", newline="\n")


def _resources(folder: Path, table: PublishedTable) -> Iterator[dict[str, Any]]:
    contract = table.contract
    names = [column.name for column in contract.columns]
    about = f"{contract.about.zh} {contract.about.en}"
    yield _resource(folder, table, parquet_file(table), names) | {"description": about}
    if part := CSV_PARTS.get(table.name):
        about += f" {part.words.zh} {part.words.en}"
    for lang in Lang:
        csv = _resource(folder, table, csv_file(table, lang), csv_header(table, lang))
        yield csv | {"description": about, "type": "table", "encoding": "utf-8"}


def _resource(folder: Path, table: PublishedTable, path: str, names: list[str]) -> dict[str, Any]:
    contract = table.contract
    renamed = dict(zip((c.name for c in contract.columns), names, strict=True))
    return {
        "name": path.replace("/", "_").replace(".", "_"),
        "path": path,
        "title": f"{contract.title.zh} {contract.title.en}",
        "format": Path(path).suffix.removeprefix("."),
        "bytes": (folder / path).stat().st_size,
        "hash": f"sha256:{sha256_of(folder / path)}",
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
