"""Writes the rows of a chart as CSV and Parquet: what is drawn, no row more and no row less.

Column names and codes are language-neutral, so both languages share the files. A row without a
figure has empty number columns and its letter in `flag`; there is never text in a number column.
"""

import csv
import io
import json
from pathlib import Path
from typing import Any

from pipelines.contract import Table
from pipelines.publish.site.chart import Chart
from pipelines.publish.site.values import COLUMNS
from pipelines.settings import PACKAGE
from pipelines.words import Lang, say

TABLES = PACKAGE / "publish" / "tables" / "public"
OF_ESTIMATES = ("expected", "finding")
_SOURCES = ("indicator_values", "estimates")
OWN_COLUMNS = {"series": "integer", "part": "string", "flag": "string"}
FIELDS = ("series", "part", *(c for c in COLUMNS if c not in {"flags", "coverage"}), "flag")
JSON_TYPES = {"bigint": "integer", "double": "number", "date": "date", "boolean": "boolean"}
BOM = "\ufeff"


def drawn_rows(chart: Chart) -> list[dict[str, Any]]:
    """The rows of a chart as records with the columns `FIELDS`."""
    return [
        {"series": at, "part": series.part, "flag": row.flag}
        | {name: getattr(row, name) for name in FIELDS if name not in OWN_COLUMNS}
        for at, series in enumerate(chart.series, start=1)
        for row in series.rows
    ]


def write_downloads(chart: Chart, folder: Path) -> int:
    """Write `<chart id>.csv` and `.parquet`; returns the number of rows in each."""
    import polars as pl  # noqa: PLC0415 - heavy, and only needed here

    rows = drawn_rows(chart)
    (folder / f"{chart.spec.id}.csv").write_text(_csv(rows), encoding="utf-8", newline="")
    types = {"integer": pl.Int64, "number": pl.Float64, "date": pl.Date, "string": pl.String}
    schema = {name: types[kind] for name, (kind, _) in field_papers().items()}
    pl.DataFrame(rows, schema=schema).write_parquet(
        folder / f"{chart.spec.id}.parquet", compression="zstd"
    )
    return len(rows)


def write_package(charts: dict[str, tuple[str, int]], folder: Path, release: str) -> None:
    """Write `datapackage.json` over the files of all charts: id -> (title, rows)."""
    fields = [
        {"name": name, "type": kind, "description": words}
        for name, (kind, words) in field_papers().items()
    ]
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"site-{release}",
        "resources": [
            {
                "name": chart,
                "title": title,
                "path": f"{chart}.csv",
                "format": "csv",
                "encoding": "utf-8",
                "rowCount": rows,
                "schema": {"fields": fields},
            }
            for chart, (title, rows) in sorted(charts.items())
        ],
    }
    text = json.dumps(package, ensure_ascii=False, indent=1)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def field_papers() -> dict[str, tuple[str, str]]:
    """Type and meaning of each column, from the contract of the table they come from."""
    figures, estimates = (Table.load(TABLES / f"{name}.yml") for name in _SOURCES)
    papers: dict[str, tuple[str, str]] = {}
    for name in FIELDS:
        if name in OWN_COLUMNS:
            words = " ".join(say(f"site.FIELD_{name}", lang) for lang in (Lang.ZH, Lang.EN))
            papers[name] = (OWN_COLUMNS[name], words)
        else:
            column = (estimates if name in OF_ESTIMATES else figures).column(name)
            kind = JSON_TYPES.get(column.type, "string")
            papers[name] = (kind, f"{column.words.zh} {column.words.en}")
    return papers


def _csv(rows: list[dict[str, Any]]) -> str:
    """CSV with a byte order mark, without which a spreadsheet misreads the Chinese names."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return BOM + text.getvalue()
